// Writes stored fields: zstd frames of about 4 KiB of documents, or 16 KiB when there is no dictionary.
//
//   frame content   per document its byte count varint; then the documents
//   index           dictionary byte count u32, block count u32, dictionary; per block:
//                   offset u64, byte count u32, content byte count u32, first document u32, CRC-32C of the
//                   frame u32
import CKernels
import CZstd

/// Numbers of the stored fields' layout.
enum StoredFormat {
    static let entryByteCount = 24
    static let headerByteCount = 8
    /// A block is closed once it has this many bytes: with a dictionary, and without, when a block must
    /// bring its own context.
    static let blockByteCount = 4 << 10
    static let blockByteCountWithoutDictionary = 16 << 10
    /// No block of a sound segment has more: one document may be this long.
    static let contentByteCountMax = 256 << 20
    static let dictionaryByteCountMax = 110 << 10
    /// Below this much, a dictionary costs more than it saves.
    static let dictionaryThreshold = 1 << 20
}

/// How hard stored documents are compressed; reading costs the same.
public enum StoredCompression: Sendable {
    /// For what is soon merged again.
    case fast
    /// For what lasts: product records take a sixth less, in seven times the processor time.
    case small

    var level: Int32 {
        switch self {
        case .fast: 3
        case .small: 9
        }
    }
}

/// Compresses documents into blocks.
struct StoredFieldsWriter: ~Copyable {
    var blocks: SectionSpool
    private var entries: [UInt8] = []
    private var blockCount: UInt32 = 0
    private var documentCount: UInt32 = 0
    private var firstDocument: UInt32 = 0
    private var lengths: [UInt8] = []
    private var content: [UInt8] = []
    private var frame: [UInt8] = []
    private let dictionary: [UInt8]
    private let compression: StoredCompression
    private let blockByteCount: Int
    private let file: String
    private let context: OpaquePointer
    private let compiledDictionary: OpaquePointer?

    init(
        storage: SpoolStorage, file: String, dictionary: [UInt8], compression: StoredCompression = .fast
    ) throws(SegmentError) {
        blocks = SectionSpool(storage)
        self.file = file
        self.dictionary = dictionary
        self.compression = compression
        blockByteCount =
            dictionary.isEmpty ? StoredFormat.blockByteCountWithoutDictionary : StoredFormat.blockByteCount
        guard let context = ZSTD_createCCtx() else {
            throw SegmentError(.tooLarge, file: file, section: .stored, "no memory for the compressor")
        }
        self.context = context
        compiledDictionary =
            dictionary.isEmpty
            ? nil : ZSTD_createCDict(dictionary, dictionary.count, compression.level)
    }

    /// Memory that the blocks and their index take.
    var memoryByteCount: Int { blocks.memoryByteCount + entries.count + content.count }

    deinit {
        ZSTD_freeCCtx(context)
        ZSTD_freeCDict(compiledDictionary)
    }

    /// Adds the next document.
    mutating func add(_ document: some Collection<UInt8>) throws(SegmentError) {
        guard document.count <= StoredFormat.contentByteCountMax / 2 else {
            throw SegmentError(
                .invalidDocument, file: file, section: .stored, "a document stores more than 128 MiB")
        }
        lengths.appendVarint(UInt64(document.count))
        content.append(contentsOf: document)
        documentCount += 1
        if content.count >= blockByteCount { try flush() }
    }

    /// Writes the last block; returns the bytes of the index.
    mutating func finish() throws(SegmentError) -> [UInt8] {
        try flush()
        var index: [UInt8] = []
        index.reserveCapacity(StoredFormat.headerByteCount + dictionary.count + entries.count)
        index.appendLittleEndian(UInt32(dictionary.count))
        index.appendLittleEndian(blockCount)
        index.append(contentsOf: dictionary)
        index.append(contentsOf: entries)
        return index
    }

    private mutating func flush() throws(SegmentError) {
        guard documentCount > firstDocument else { return }
        lengths.append(contentsOf: content)
        let bound = ZSTD_compressBound(lengths.count)
        if frame.count < bound { frame = [UInt8](repeating: 0, count: bound) }
        let level = compression.level
        let count: Int
        if let compiledDictionary {
            count = ZSTD_compress_usingCDict(
                context, &frame, frame.count, lengths, lengths.count, compiledDictionary)
        } else {
            count = ZSTD_compressCCtx(context, &frame, frame.count, lengths, lengths.count, level)
        }
        guard ZSTD_isError(count) == 0 else {
            let reason = String(cString: ZSTD_getErrorName(count))
            throw SegmentError(.tooLarge, file: file, section: .stored, "compression failed: \(reason)")
        }
        entries.appendLittleEndian(blocks.byteCount)
        entries.appendLittleEndian(UInt32(count))
        entries.appendLittleEndian(UInt32(lengths.count))
        entries.appendLittleEndian(firstDocument)
        entries.appendLittleEndian(saekin_crc32c(0, frame, count))
        blockCount += 1
        try blocks.append(frame[..<count])
        firstDocument = documentCount
        lengths.removeAll(keepingCapacity: true)
        content.removeAll(keepingCapacity: true)
    }
}
