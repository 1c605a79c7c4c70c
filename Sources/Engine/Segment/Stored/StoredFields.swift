// Reads stored fields. See StoredFieldsWriter for the layout, and the page StoredFields.
import CKernels
import CZstd
import Synchronization

/// The stored documents of a segment.
final class StoredFields: Sendable {
    private let file: String
    private let index: SectionRange
    private let blocks: SectionRange
    private let entriesOffset: Int
    let blockCount: Int
    private let documentCount: UInt32
    private let dictionary: ZstdDictionary?
    private let contexts = Mutex<[ZstdContext]>([])

    init(_ frame: SegmentFrame, documentCount: UInt32, file: String) throws(SegmentError) {
        try frame.verify(.storedIndex, file: file)
        self.file = file
        self.documentCount = documentCount
        index = frame[.storedIndex]
        blocks = frame[.stored]
        let view = index.view
        guard view.count >= StoredFormat.headerByteCount else {
            throw index.damaged(file, 0, "the index is cut")
        }
        let dictionaryByteCount = Int(view.u32(0))
        blockCount = Int(view.u32(4))
        entriesOffset = StoredFormat.headerByteCount + dictionaryByteCount
        guard entriesOffset + blockCount * StoredFormat.entryByteCount == view.count else {
            throw index.damaged(file, 0, "the index has another size than its counts say")
        }
        var nextOffset: UInt64 = 0
        var nextDocument: UInt32 = 0
        for block in 0..<blockCount {
            let entry = entriesOffset + block * StoredFormat.entryByteCount
            let first = view.u32(entry + 16)
            guard view.u64(entry) == nextOffset, block == 0 ? first == 0 : first > nextDocument,
                first < documentCount, Int(view.u32(entry + 12)) <= StoredFormat.contentByteCountMax
            else { throw index.damaged(file, entry, "a block does not follow the one before") }
            nextOffset += UInt64(view.u32(entry + 8))
            nextDocument = first
        }
        guard nextOffset == UInt64(blocks.view.count), (blockCount == 0) == (documentCount == 0) else {
            throw index.damaged(file, 0, "the blocks do not fill their section")
        }
        dictionary =
            dictionaryByteCount == 0
            ? nil : ZstdDictionary(view.slice(StoredFormat.headerByteCount, dictionaryByteCount))
        if dictionaryByteCount > 0, dictionary == nil {
            throw index.damaged(file, StoredFormat.headerByteCount, "the dictionary cannot be used")
        }
    }

    /// The bytes of a document.
    func document(_ document: DocID) throws(SegmentError) -> [UInt8] {
        let block = blockNumber(document)
        let content = try content(ofBlock: block)
        let range = try ranges(content, block: block)[Int(document - firstDocument(ofBlock: block))]
        return Array(content[range])
    }

    /// The documents of a block, decompressed.
    func documents(ofBlock block: Int) throws(SegmentError) -> [ArraySlice<UInt8>] {
        let content = try content(ofBlock: block)
        return try ranges(content, block: block).map { content[$0] }
    }

    func firstDocument(ofBlock block: Int) -> DocID {
        index.view.u32(entriesOffset + block * StoredFormat.entryByteCount + 16)
    }

    /// How many documents a block has.
    func documentCount(ofBlock block: Int) -> Int {
        let end = block + 1 < blockCount ? firstDocument(ofBlock: block + 1) : documentCount
        return Int(end - firstDocument(ofBlock: block))
    }

    /// How many bytes a block has before compression.
    func contentByteCount(ofBlock block: Int) -> Int {
        Int(index.view.u32(entriesOffset + block * StoredFormat.entryByteCount + 12))
    }

    /// How many bytes all blocks have before compression.
    var contentByteCount: Int { (0..<blockCount).reduce(0) { $0 + contentByteCount(ofBlock: $1) } }

    /// The block that holds a document.
    func blockNumber(_ document: DocID) -> Int {
        var low = 0
        var high = blockCount
        while low < high {
            let middle = (low + high) / 2
            if firstDocument(ofBlock: middle) <= document { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    private func content(ofBlock block: Int) throws(SegmentError) -> [UInt8] {
        let entry = entriesOffset + block * StoredFormat.entryByteCount
        let offset = Int(index.view.u64(entry))
        let frame = blocks.view.slice(offset, Int(index.view.u32(entry + 8)))
        guard frame.checksum == index.view.u32(entry + 20) else {
            throw blocks.damaged(file, offset, "the checksum of a stored block differs")
        }
        let contentByteCount = Int(index.view.u32(entry + 12))
        // The frame names its size too; comparing first keeps a damaged index from asking for memory.
        let claimed = ZSTD_getFrameContentSize(frame.base, frame.count)
        guard claimed == UInt64(contentByteCount) else {
            throw blocks.damaged(file, offset, "a stored block has another size than the index says")
        }
        guard let context = contexts.withLock({ $0.popLast() }) ?? ZstdContext() else {
            throw SegmentError(.tooLarge, file: file, section: .stored, "no memory to decompress")
        }
        defer { contexts.withLock { $0.append(context) } }
        var count = 0
        let content = [UInt8](unsafeUninitializedCapacity: contentByteCount) { buffer, initializedCount in
            count = context.decompress(frame, dictionary, into: buffer)
            initializedCount = ZSTD_isError(count) == 0 ? count : 0
        }
        guard count == contentByteCount else {
            throw blocks.damaged(file, offset, "a stored block cannot be decompressed")
        }
        return content
    }

    /// Where each document of a block is in its content.
    private func ranges(_ content: [UInt8], block: Int) throws(SegmentError) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        let count = documentCount(ofBlock: block)
        let isSound = content.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return false }
            // SAFETY: the view is used inside this closure only.
            var reader = VarintReader(ByteView(base: base, count: bytes.count))
            var lengths: [Int] = []
            for _ in 0..<count { lengths.append(reader.nextByteCount()) }
            var start = reader.offset
            for length in lengths {
                guard !reader.hasFailed, length <= bytes.count - start else { return false }
                ranges.append(start..<start + length)
                start += length
            }
            return start == bytes.count
        }
        guard isSound else {
            let offset = Int(index.view.u64(entriesOffset + block * StoredFormat.entryByteCount))
            throw blocks.damaged(file, offset, "the documents of a stored block do not fill it")
        }
        return ranges
    }
}

/// A compression dictionary, prepared for reading.
final class ZstdDictionary: @unchecked Sendable {
    // SAFETY (Sendable): zstd reads a prepared dictionary without changing it.
    fileprivate let pointer: OpaquePointer

    init?(_ bytes: ByteView) {
        guard let pointer = ZSTD_createDDict(bytes.base, bytes.count) else { return nil }
        self.pointer = pointer
    }

    deinit { ZSTD_freeDDict(pointer) }
}

/// The memory with which zstd decompresses; used by one thread at a time.
final class ZstdContext: @unchecked Sendable {
    // SAFETY (Sendable): a context is taken out of its pool by the thread that uses it.
    private let pointer: OpaquePointer

    init?() {
        guard let pointer = ZSTD_createDCtx() else { return nil }
        self.pointer = pointer
    }

    deinit { ZSTD_freeDCtx(pointer) }

    /// Decompresses a frame; returns its size or an error of zstd.
    func decompress(
        _ frame: ByteView, _ dictionary: ZstdDictionary?, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        guard let dictionary else {
            return ZSTD_decompressDCtx(pointer, buffer.baseAddress, buffer.count, frame.base, frame.count)
        }
        return ZSTD_decompress_usingDDict(
            pointer, buffer.baseAddress, buffer.count, frame.base, frame.count, dictionary.pointer)
    }
}
