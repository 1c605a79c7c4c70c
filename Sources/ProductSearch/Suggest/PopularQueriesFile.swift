// The file of the counted queries, DIR/popular-queries, replaced as a whole. Little-endian:
//
//   magic 8 "SaekinPQ", version u32, query count u32, time of the counts i64
//   per query, in byte order: byte count u16, UTF-8, count as the bits of a Double u64
//   FNV-1a of everything before, u64
//
// It holds nothing that the shop needs: whoever deletes it only loses completions by popularity.

import CPlatform
import Glibc

/// Reads and writes the counted queries of a data folder.
public struct PopularQueriesFile: Sendable {
    /// The file cannot be read or written; the message says why and what to do.
    public struct Failure: Error, CustomStringConvertible, Sendable {
        public let description: String
    }

    struct Content: Equatable, Sendable {
        var counts: [[UInt8]: Double]
        var decayedAt: Int64
    }

    private static let magic = Array("SaekinPQ".utf8)
    private static let version: UInt32 = 1
    private static let byteCountMax = 16 << 20
    private static let queryByteCountMax = 1_024

    private let path: String

    init(folder: DataFolder) { path = folder.path + "/popular-queries" }

    /// The time, as counts are dated.
    public static let secondsSince1970: @Sendable () -> Int64 = { Int64(time(nil)) }

    // MARK: Bytes

    static func encode(_ content: Content) -> [UInt8] {
        var bytes = magic
        append(version, to: &bytes)
        append(UInt32(content.counts.count), to: &bytes)
        append(UInt64(bitPattern: content.decayedAt), to: &bytes)
        for (query, count) in content.counts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            append(UInt16(query.count), to: &bytes)
            bytes += query
            append(count.bitPattern, to: &bytes)
        }
        append(checksum(bytes[...]), to: &bytes)
        return bytes
    }

    /// Nil for bytes that `encode` does not write.
    static func decode(_ bytes: [UInt8]) -> Content? {
        guard bytes.count >= 32, bytes.starts(with: magic) else { return nil }
        var end = bytes[(bytes.count - 8)...]
        var rest = bytes[8..<bytes.count - 8]
        guard take(UInt64.self, from: &end) == checksum(bytes[..<(bytes.count - 8)]),
            take(UInt32.self, from: &rest) == version, let count = take(UInt32.self, from: &rest),
            let decayedAt = take(UInt64.self, from: &rest)
        else { return nil }
        var content = Content(counts: [:], decayedAt: Int64(bitPattern: decayedAt))
        for _ in 0..<count {
            guard let length = take(UInt16.self, from: &rest), length <= queryByteCountMax,
                Int(length) <= rest.count
            else { return nil }
            let query = Array(rest.prefix(Int(length)))
            rest = rest.dropFirst(Int(length))
            guard let bits = take(UInt64.self, from: &rest), String(validating: query, as: UTF8.self) != nil
            else { return nil }
            let value = Double(bitPattern: bits)
            guard value.isFinite, value >= 0 else { return nil }
            content.counts[query] = value
        }
        return rest.isEmpty ? content : nil
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        for byte in 0..<value.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> (byte * 8))) }
    }

    private static func take<Value: FixedWidthInteger>(
        _ type: Value.Type, from bytes: inout ArraySlice<UInt8>
    ) -> Value? {
        let count = Value.bitWidth / 8
        guard bytes.count >= count else { return nil }
        var value: Value = 0
        for byte in bytes.prefix(count).reversed() { value = value << 8 | Value(truncatingIfNeeded: byte) }
        bytes = bytes.dropFirst(count)
        return value
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    // MARK: File

    /// The saved counts; nil where nothing was saved yet.
    func read() throws(Failure) -> Content? {
        let descriptor = saekin_open(path, O_RDONLY)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw failed("read") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= Self.byteCountMax {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { throw failed("read") }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        guard let content = Self.decode(bytes) else {
            throw Failure(
                description: "\(path) is damaged; delete it, and popular queries are counted anew")
        }
        return content
    }

    /// Replaces the saved counts: after a crash the old ones or the new ones are there.
    func write(_ content: Content) throws(Failure) {
        let bytes = Self.encode(content)
        let temporary = path + ".tmp"
        let descriptor = saekin_create(temporary, O_WRONLY | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw failed("create", temporary) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count >= 0 else {
                let failure = failed("write", temporary)
                close(descriptor)
                throw failure
            }
            written += count
        }
        let isSynced = fsync(descriptor) == 0
        guard close(descriptor) == 0, isSynced else { throw failed("sync", temporary) }
        guard rename(temporary, path) == 0 else { throw failed("replace") }
    }

    private func failed(_ operation: String, _ path: String? = nil) -> Failure {
        Failure(
            description: "cannot \(operation) \(path ?? self.path): \(String(cString: strerror(errno))); "
                + "popular queries are not kept")
    }
}
