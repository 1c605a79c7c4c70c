// Which documents of a segment are alive. A value: a snapshot keeps its own, and a change copies what it
// shares.
//
// File: magic "SaekinLd", version u32, documents u32, deleted u32, zero u32, one bit a document in 64-bit
// words (set: alive), CRC-32C of all before u32. The page LiveDocs describes it with a worked example.
import CKernels

/// The documents of a segment that have not been deleted.
public struct LiveDocs: Equatable, Sendable {
    private static let magic: [UInt8] = Array("SaekinLd".utf8)
    private static let version: UInt32 = 1
    private static let headerByteCount = 24

    /// Documents of the segment, deleted ones included.
    public let documentCount: UInt32
    /// Documents alive.
    public private(set) var liveCount: UInt32
    private var words: [UInt64]

    /// All documents of a segment alive.
    public init(documentCount: UInt32) {
        self.documentCount = documentCount
        liveCount = documentCount
        words = [UInt64](repeating: .max, count: (Int(documentCount) + 63) / 64)
        if documentCount % 64 > 0 { words[words.count - 1] = (1 << UInt64(documentCount % 64)) - 1 }
    }

    /// Documents deleted.
    public var deletedCount: UInt32 { documentCount - liveCount }

    /// Whether a document is alive.
    ///
    /// - Precondition: `document` is below `documentCount`.
    public func contains(_ document: DocID) -> Bool {
        precondition(document < documentCount, "no such document")
        return words[Int(document) / 64] >> UInt64(document % 64) & 1 == 1
    }

    /// Deletes a document; false when it was deleted already.
    ///
    /// - Complexity: O(1), or O(documents / 64) when a snapshot shares the value.
    public mutating func delete(_ document: DocID) -> Bool {
        guard contains(document) else { return false }
        words[Int(document) / 64] &= ~(1 << UInt64(document % 64))
        liveCount -= 1
        return true
    }

    /// One bit a document, 64 to a word, lowest first; bits behind the last document are 0.
    public func withWords<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt64>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try words.withUnsafeBufferPointer(body)
    }

    /// Clears the bits of a window's deleted documents.
    ///
    /// - Precondition: `bits` has room for 64 words.
    public func and(into bits: UnsafeMutablePointer<UInt64>, window: Int) {
        let first = window * SegmentFormat.windowWordCount
        let count = max(0, min(SegmentFormat.windowWordCount, words.count - first))
        // SAFETY: the caller gives 64 words, and `count` is at most that.
        for index in 0..<count { bits[index] &= words[first + index] }
        for index in count..<SegmentFormat.windowWordCount { bits[index] = 0 }
    }

    // MARK: File

    /// The bytes of a generation file.
    public func encoded() -> [UInt8] {
        var bytes = Self.magic
        bytes.reserveCapacity(Self.headerByteCount + words.count * 8 + 4)
        bytes.appendLittleEndian(Self.version)
        bytes.appendLittleEndian(documentCount)
        bytes.appendLittleEndian(deletedCount)
        bytes.appendLittleEndian(UInt32(0))
        for word in words { bytes.appendLittleEndian(word) }
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
        let wordCount = (Int(documentCount) + 63) / 64
        guard file.u32(12) == documentCount, bytes.count == Self.headerByteCount + wordCount * 8 + 4 else {
            throw file.damaged(12, "the file belongs to a segment of another size")
        }
        self.documentCount = documentCount
        words = (0..<wordCount).map { file.u64(Self.headerByteCount + $0 * 8) }
        liveCount = words.reduce(0) { $0 + UInt32($1.nonzeroBitCount) }
        let tail = documentCount % 64
        guard file.u32(16) == documentCount - min(liveCount, documentCount), file.u32(20) == 0,
            liveCount <= documentCount, tail == 0 || words[wordCount - 1] >> UInt64(tail) == 0
        else { throw file.damaged(16, "the count of deleted documents disagrees with the bits") }
    }
}
