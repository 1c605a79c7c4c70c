// Newer values of updatable columns, laid over those in the segment.
//
// Values are kept in chunks of 4,096 documents, of which a copy shares all that it does not change: an
// update under a snapshot copies one chunk of 33 KiB and an array of references, whatever the size of the
// segment.
//
// File: magic "SaekinCo", version u32, documents u32, chunks u32, zero u32, then per chunk, by field and
// window: field u16, entries u16, window u32, entries of offset u16 with the top bit set when the value is
// there, then the values i64 of those that are; CRC-32C of all before u32. The page ColumnOverlay has a
// worked example.
import CKernels

/// Values that replace those of a segment's integer and decimal columns. A value: copies are independent.
public struct ColumnOverlay: Sendable {
    private static let magic: [UInt8] = Array("SaekinCo".utf8)
    private static let version: UInt32 = 1
    private static let headerByteCount = 24
    private static let presentFlag: UInt16 = 1 << 15

    /// Documents of the segment.
    public let documentCount: UInt32
    private var columns: [FieldID: [OverlayChunk?]] = [:]

    /// An overlay without values.
    public init(documentCount: UInt32) { self.documentCount = documentCount }

    /// Whether no value is replaced.
    public var isEmpty: Bool { columns.isEmpty }

    /// The fields of which some value is replaced, by id.
    public var fields: [FieldID] { columns.keys.sorted() }

    /// Memory that the overlay takes, shared parts included.
    public var byteCount: Int {
        var count = 0
        for chunks in columns.values {
            count += chunks.count * 8
            for case .some in chunks { count += OverlayChunk.byteCount }
        }
        return count
    }

    /// Replaces the value of a document; nil leaves it without one.
    ///
    /// - Precondition: `document` is below `documentCount`.
    public mutating func set(_ field: FieldID, _ document: DocID, _ value: Int64?) {
        precondition(document < documentCount, "no such document")
        let window = Int(document) / SegmentFormat.windowCount
        let empty = [OverlayChunk?](repeating: nil, count: ColumnFormat.blockCount(documentCount))
        var chunk = columns[field, default: empty][window].take() ?? OverlayChunk()
        if !isKnownUniquelyReferenced(&chunk) { chunk = OverlayChunk(chunk) }
        chunk.set(Int(document) % SegmentFormat.windowCount, value)
        columns[field, default: empty][window] = chunk
    }

    /// The replaced value of a document: `.none` when the segment's stands, `.some(nil)` when the document
    /// has none.
    ///
    /// - Precondition: `document` is below `documentCount`.
    public func value(_ field: FieldID, _ document: DocID) -> Int64?? {
        precondition(document < documentCount, "no such document")
        guard let chunk = columns[field]?[Int(document) / SegmentFormat.windowCount] else { return .none }
        return chunk.value(Int(document) % SegmentFormat.windowCount)
    }

    /// Whether some value of a window is replaced.
    public func hasValues(_ field: FieldID, window: Int) -> Bool {
        chunk(field, window) != nil
    }

    /// Whether some value of a field is replaced.
    public func hasValues(_ field: FieldID) -> Bool { columns[field] != nil }

    /// Whether two overlays replace a window's values of a field by the same chunk. Where they do not, the
    /// values may still be equal.
    static func areSame(_ field: FieldID, window: Int, _ a: ColumnOverlay?, _ b: ColumnOverlay?) -> Bool {
        a?.chunk(field, window) === b?.chunk(field, window)
    }

    private func chunk(_ field: FieldID, _ window: Int) -> OverlayChunk? {
        guard let chunks = columns[field], window < chunks.count else { return nil }
        return chunks[window]
    }

    /// Lays a window over values as `IntegerColumn.decode` wrote them.
    ///
    /// - Precondition: `values` has room for 4,096 values and `present` for 64 words.
    public func apply(
        _ field: FieldID, window: Int, values: UnsafeMutablePointer<Int64>,
        present: UnsafeMutablePointer<UInt64>
    ) {
        chunk(field, window)?.apply(values, present)
    }

    // MARK: File

    /// The bytes of a generation file.
    public func encoded() -> [UInt8] {
        var bytes = Self.magic
        bytes.appendLittleEndian(Self.version)
        bytes.appendLittleEndian(documentCount)
        var chunkCount: UInt32 = 0
        var body: [UInt8] = []
        for field in fields {
            for (window, chunk) in (columns[field] ?? []).enumerated() {
                guard let chunk else { continue }
                chunkCount += 1
                let entries = chunk.entries
                body.appendLittleEndian(field.rawValue)
                body.appendLittleEndian(UInt16(entries.count))
                body.appendLittleEndian(UInt32(window))
                for (offset, value) in entries {
                    body.appendLittleEndian(UInt16(offset) | (value == nil ? 0 : Self.presentFlag))
                }
                for case (_, let value?) in entries { body.appendLittleEndian(value) }
            }
        }
        bytes.appendLittleEndian(chunkCount)
        bytes.appendLittleEndian(UInt32(0))
        bytes.append(contentsOf: body)
        bytes.appendLittleEndian(saekin_crc32c(0, bytes, bytes.count))
        return bytes
    }

    /// Reads the bytes of a generation file.
    ///
    /// - Parameters:
    ///   - file: the file's path, for messages.
    ///   - documentCount: the documents of the segment to which the file belongs.
    /// - Throws: `damaged` or `unsupportedVersion`.
    public init(_ bytes: [UInt8], file: String, documentCount: UInt32) throws(SegmentError) {
        let file = GenerationFile(bytes, file: file)
        try file.verify(magic: Self.magic, version: Self.version, headerByteCount: Self.headerByteCount)
        guard file.u32(12) == documentCount, file.u32(20) == 0 else {
            throw file.damaged(12, "the file belongs to a segment of another size")
        }
        self.documentCount = documentCount
        let empty = [OverlayChunk?](repeating: nil, count: ColumnFormat.blockCount(documentCount))
        var offset = Self.headerByteCount
        var last: (field: UInt16, window: UInt32)?
        for _ in 0..<file.u32(16) {
            let (field, window, chunk) = try Self.chunk(file, &offset, documentCount)
            guard last.map({ $0 < (field, window) }) ?? true, Int(field) < FieldRegistry.fieldCountMax else {
                throw file.damaged(offset, "chunks do not ascend")
            }
            last = (field, window)
            columns[FieldID(rawValue: field), default: empty][Int(window)] = chunk
        }
        guard offset == file.contentByteCount else {
            throw file.damaged(offset, "bytes behind the last chunk")
        }
    }

    private static func chunk(
        _ file: GenerationFile, _ offset: inout Int, _ documentCount: UInt32
    ) throws(SegmentError) -> (UInt16, UInt32, OverlayChunk) {
        let start = offset
        guard start + 8 <= file.contentByteCount else { throw file.damaged(start, "a chunk is cut") }
        let field = file.u16(start)
        let count = Int(file.u16(start + 2))
        let window = file.u32(start + 4)
        guard Int(window) < ColumnFormat.blockCount(documentCount), count > 0,
            start + 8 + count * 2 <= file.contentByteCount
        else { throw file.damaged(start, "a chunk lies outside of its segment") }
        let limit = ColumnFormat.documentCount(ofBlock: Int(window), documentCount)
        let chunk = OverlayChunk()
        var valueOffset = start + 8 + count * 2
        var previous = -1
        for index in 0..<count {
            let entry = file.u16(start + 8 + index * 2)
            let place = Int(entry & ~presentFlag)
            guard place > previous, place < limit else {
                throw file.damaged(start + 8 + index * 2, "a document does not follow the one before")
            }
            previous = place
            guard entry & presentFlag != 0 else {
                chunk.set(place, nil)
                continue
            }
            guard valueOffset + 8 <= file.contentByteCount else {
                throw file.damaged(valueOffset, "a value is cut")
            }
            chunk.set(place, Int64(bitPattern: file.u64(valueOffset)))
            valueOffset += 8
        }
        offset = valueOffset
        return (field, window, chunk)
    }
}

/// The replaced values of one column in one window.
private final class OverlayChunk: @unchecked Sendable {
    // SAFETY (Sendable): a chunk is written only while one overlay alone refers to it.
    static let byteCount = SegmentFormat.windowCount * 8 + SegmentFormat.windowWordCount * 16

    private var values: [Int64]
    private var isReplaced: [UInt64]
    private var isPresent: [UInt64]

    init() {
        values = [Int64](repeating: 0, count: SegmentFormat.windowCount)
        isReplaced = [UInt64](repeating: 0, count: SegmentFormat.windowWordCount)
        isPresent = isReplaced
    }

    init(_ other: OverlayChunk) {
        values = other.values
        isReplaced = other.isReplaced
        isPresent = other.isPresent
    }

    func set(_ offset: Int, _ value: Int64?) {
        let bit: UInt64 = 1 << UInt64(offset % 64)
        values[offset] = value ?? 0
        isReplaced[offset / 64] |= bit
        if value == nil { isPresent[offset / 64] &= ~bit } else { isPresent[offset / 64] |= bit }
    }

    func value(_ offset: Int) -> Int64?? {
        let bit: UInt64 = 1 << UInt64(offset % 64)
        guard isReplaced[offset / 64] & bit != 0 else { return .none }
        return isPresent[offset / 64] & bit != 0 ? .some(values[offset]) : .some(nil)
    }

    func apply(_ values: UnsafeMutablePointer<Int64>, _ present: UnsafeMutablePointer<UInt64>) {
        // SAFETY: callers give 4,096 values and 64 words.
        for index in 0..<SegmentFormat.windowWordCount {
            var word = isReplaced[index]
            present[index] = present[index] & ~word | isPresent[index]
            while word != 0 {
                let offset = index * 64 + word.trailingZeroBitCount
                values[offset] = self.values[offset]
                word &= word &- 1
            }
        }
    }

    var entries: [(offset: Int, value: Int64?)] {
        var entries: [(offset: Int, value: Int64?)] = []
        isReplaced.withUnsafeBufferPointer { words in
            guard let base = words.baseAddress else { return }
            forEachBit(base) { offset in entries.append((offset, value(offset) ?? nil)) }
        }
        return entries
    }
}
