// The frame around the small files of an index (manifest, tombstones, live generation): eight magic bytes, a
// version, the length of the body, the body, a CRC-32C of everything before it. The layout is described in
// Engine.docc/Manifest.md.

import CKernels

/// The frame of one kind of small file.
struct RecordFormat {
    /// Eight ASCII bytes that open the file.
    let magic: StaticString
    /// The version this program writes, and the only one it reads.
    let version: UInt32
    /// The longest file that is read.
    let byteLimit: Int

    /// Bytes around the body.
    static let headerByteCount = 16
    static let footerByteCount = 4

    /// The CRC-32C of bytes.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        // SAFETY: the pointer is read within its count, inside the closure.
        bytes.withUnsafeBytes { saekin_crc32c(0, $0.baseAddress, $0.count) }
    }

    /// Frames a body.
    func seal(_ body: RecordWriter) -> [UInt8] {
        precondition(magic.utf8CodeUnitCount == 8, "the magic of a record file has eight bytes")
        var file = RecordWriter()
        file.reserve(Self.headerByteCount + body.bytes.count + Self.footerByteCount)
        // SAFETY: a StaticString of ASCII bytes is one pointer to utf8CodeUnitCount bytes.
        file.append(UnsafeBufferPointer(start: magic.utf8Start, count: 8))
        file.append(version)
        file.append(UInt32(body.bytes.count))
        file.append(body.bytes)
        file.append(Self.checksum(file.bytes[...]))
        return file.bytes
    }

    /// Checks the frame and returns a reader at the start of the body.
    func open(_ bytes: [UInt8], file: String) throws(IndexError) -> RecordReader {
        func damaged(_ offset: Int, _ what: String) -> IndexError {
            .damaged(file: file, byteOffset: UInt64(offset), what: what)
        }
        guard bytes.count >= Self.headerByteCount + Self.footerByteCount else {
            throw damaged(bytes.count, "the file ends inside its header")
        }
        // SAFETY: as in `seal`.
        guard bytes[..<8].elementsEqual(UnsafeBufferPointer(start: magic.utf8Start, count: 8)) else {
            throw damaged(0, "the file does not start with \(magic)")
        }
        let end = bytes.count - Self.footerByteCount
        var frame = RecordReader(bytes: bytes, range: 8..<bytes.count, file: file)
        let version = try frame.uint32("version")
        let length = try frame.uint32("length")
        guard Int(length) == end - Self.headerByteCount else {
            throw damaged(12, "the body should have \(length) bytes and has \(end - Self.headerByteCount)")
        }
        var footer = RecordReader(bytes: bytes, range: end..<bytes.count, file: file)
        guard try footer.uint32("checksum") == Self.checksum(bytes[..<end]) else {
            throw damaged(end, "the checksum does not match")
        }
        // After the checksum, so that a flipped bit is called damage and not a version.
        guard version == self.version else { throw .unsupportedVersion(file: file, found: version) }
        return RecordReader(bytes: bytes, range: Self.headerByteCount..<end, file: file)
    }
}

/// Appends little-endian values.
struct RecordWriter {
    private(set) var bytes: [UInt8] = []

    mutating func reserve(_ byteCount: Int) {
        bytes.reserveCapacity(byteCount)
    }

    mutating func append(_ value: some FixedWidthInteger & UnsignedInteger) {
        var rest = value
        for _ in 0..<value.bitWidth / 8 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    mutating func append(_ more: some Collection<UInt8>) {
        bytes.append(contentsOf: more)
    }

    /// Appends a length of two bytes and the bytes.
    mutating func appendShort(_ more: some Collection<UInt8>) {
        precondition(more.count <= Int(UInt16.max), "a short string has at most 65,535 bytes")
        append(UInt16(more.count))
        append(more)
    }
}

/// Takes little-endian values from a range of bytes and refuses to leave it.
struct RecordReader {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int
    private let file: String

    init(bytes: [UInt8], range: Range<Int>, file: String) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
        self.file = file
    }

    /// Bytes not yet taken.
    var remaining: Int { end - position }

    /// An error at the current position.
    func damaged(_ what: String) -> IndexError {
        .damaged(file: file, byteOffset: UInt64(position), what: what)
    }

    mutating func uint8(_ field: String) throws(IndexError) -> UInt8 { try integer(field) }
    mutating func uint16(_ field: String) throws(IndexError) -> UInt16 { try integer(field) }
    mutating func uint32(_ field: String) throws(IndexError) -> UInt32 { try integer(field) }
    mutating func uint64(_ field: String) throws(IndexError) -> UInt64 { try integer(field) }

    /// Takes what `RecordWriter.appendShort` wrote.
    mutating func short(_ field: String) throws(IndexError) -> [UInt8] {
        let count = Int(try uint16(field))
        guard count <= remaining else { throw damaged("\(field) reaches past the end") }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// Takes a short string of UTF-8.
    mutating func text(_ field: String) throws(IndexError) -> String {
        let start = self
        guard let text = String(validating: try short(field), as: UTF8.self) else {
            throw start.damaged("\(field) is not UTF-8")
        }
        return text
    }

    /// Says that everything must have been taken.
    func finish() throws(IndexError) {
        guard remaining == 0 else { throw damaged("\(remaining) bytes follow the last entry") }
    }

    private mutating func integer<Value: FixedWidthInteger>(_ field: String) throws(IndexError) -> Value {
        let count = Value.bitWidth / 8
        guard count <= remaining else { throw damaged("\(field) reaches past the end") }
        var value: Value = 0
        for offset in (0..<count).reversed() { value = value << 8 | Value(bytes[position + offset]) }
        position += count
        return value
    }
}
