// Sections grow at the same time while a segment is written, but stand one after another in the file. Each is
// collected in a spool: in memory for a refresh, through an unlinked temporary file for a merge, so that the
// memory of a merge does not grow with its data.
import CKernels
import CPlatform
import Glibc

/// Where a segment that is being written keeps its sections until they are put together.
public enum SpoolStorage: Sendable {
    /// In memory: for segments that fit there.
    case memory
    /// In temporary files, which are made beside this path and unlinked at once.
    case files(besidePath: String)
}

/// One section under construction: an append-only stream of bytes and its checksum.
struct SectionSpool: ~Copyable {
    private static let chunkByteCount = 1 << 20

    private var buffer: [UInt8] = []
    /// Full buffers, when the section stays in memory: growing never copies them.
    private var chunks: [[UInt8]] = []
    private(set) var byteCount: UInt64 = 0
    private var checksum: UInt32 = 0
    private var descriptor: Int32 = -1
    private let storage: SpoolStorage

    init(_ storage: SpoolStorage) { self.storage = storage }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Memory that the spool holds.
    var memoryByteCount: Int { buffer.capacity + chunks.count * Self.chunkByteCount }

    mutating func append(_ bytes: [UInt8]) throws(SegmentError) {
        buffer.append(contentsOf: bytes)
        byteCount += UInt64(bytes.count)
        if buffer.count >= Self.chunkByteCount { try spill() }
    }

    mutating func append(_ bytes: ArraySlice<UInt8>) throws(SegmentError) {
        buffer.append(contentsOf: bytes)
        byteCount += UInt64(bytes.count)
        if buffer.count >= Self.chunkByteCount { try spill() }
    }

    private mutating func spill() throws(SegmentError) {
        checksum = saekin_crc32c(checksum, buffer, buffer.count)
        guard case .files(let path) = storage else {
            chunks.append(buffer)
            buffer = []
            buffer.reserveCapacity(Self.chunkByteCount + Self.chunkByteCount / 16)
            return
        }
        if descriptor < 0 { descriptor = try Self.temporaryFile(besidePath: path) }
        try writeAll(buffer, to: descriptor, file: path)
        buffer.removeAll(keepingCapacity: true)
    }

    static func temporaryFile(besidePath path: String) throws(SegmentError) -> Int32 {
        var template = Array((path + ".spool-XXXXXX").utf8CString)
        let descriptor = saekin_make_temporary(&template)
        guard descriptor >= 0 else {
            throw SegmentError(
                .system(errno: saekin_errno()), file: path, "cannot make a temporary file beside")
        }
        unlink(template)
        return descriptor
    }

    /// Hands the section's bytes to `sink` in order, and returns their checksum. The spool is then empty.
    mutating func drain(
        into sink: ([UInt8]) throws(SegmentError) -> Void
    ) throws(SegmentError) -> UInt32 {
        if descriptor >= 0, case .files(let path) = storage {
            try spill()
            var chunk = [UInt8](repeating: 0, count: Self.chunkByteCount)
            var offset: off_t = 0
            while UInt64(offset) < byteCount {
                let wanted = min(chunk.count, Int(byteCount - UInt64(offset)))
                let count = pread(descriptor, &chunk, wanted, offset)
                if count < 0, saekin_errno() == EINTR { continue }
                guard count > 0 else {
                    throw SegmentError(
                        .system(errno: saekin_errno()), file: path, "cannot read a temporary file back")
                }
                if count < chunk.count { chunk.removeLast(chunk.count - count) }
                try sink(chunk)
                offset += off_t(count)
            }
        } else {
            for index in chunks.indices {
                try sink(chunks[index])
                chunks[index] = []
            }
            checksum = saekin_crc32c(checksum, buffer, buffer.count)
            try sink(buffer)
        }
        chunks = []
        buffer = []
        return checksum
    }
}

/// Writes all bytes at the descriptor's position.
func writeAll(_ bytes: [UInt8], to descriptor: Int32, file: String) throws(SegmentError) {
    var done = 0
    while done < bytes.count {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, bytes.count - done) }
        if count < 0 {
            if saekin_errno() == EINTR { continue }
            throw SegmentError(.system(errno: saekin_errno()), file: file, "cannot write the file")
        }
        done += count
    }
}
