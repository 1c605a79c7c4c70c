// Writes the term dictionary: front-coded blocks of 32 terms, and the sparse index over them.
//
// A key is the field's id as two big-endian bytes, then the term, so that all terms of a field stand
// together.
//
//   block   postings offset varint, positions offset varint, entries, CRC-32C u32
//   entry   bytes shared with the key before varint, bytes that follow varint, these bytes,
//           document frequency varint, then
//             one document: document varint, (frequency - 1) * 2 + (a position follows) varint,
//                           [position varint] or, above one occurrence, positions byte count varint
//             several: (total frequency - document frequency) * 2 + (has positions) varint,
//                      postings byte count varint, [positions byte count varint]
//   index   per block: block offset u64, key end u32; then the keys
//
// The index keeps for each block the shortest key that is greater than every key before it.
import CKernels

/// Writes terms in key order.
struct TermDictionaryWriter: ~Copyable {
    var blocks: SectionSpool
    private var index: [UInt8] = []
    private var indexKeys: [UInt8] = []
    private var block: [UInt8] = []
    private var lastKey: [UInt8] = []
    private var postingsOffset: UInt64 = 0
    private var positionsOffset: UInt64 = 0
    private(set) var termCount: UInt32 = 0
    private let file: String

    init(storage: SpoolStorage, file: String) {
        blocks = SectionSpool(storage)
        self.file = file
    }

    /// Memory that the index needs until the end.
    var memoryByteCount: Int { index.capacity + indexKeys.capacity + blocks.memoryByteCount }

    /// Adds a term. Keys must ascend.
    mutating func add(_ key: ArraySlice<UInt8>, _ record: TermRecord) throws(SegmentError) {
        let shared = sharedPrefixCount(key)
        precondition(
            termCount == 0
                || shared < key.count
                    && (shared == lastKey.count || lastKey[shared] < key[key.startIndex + shared]),
            "terms must ascend")
        if Int(termCount) % SegmentFormat.termBlockCount == 0 {
            try flushBlock()
            try beginBlock(key, shared: shared)
        } else {
            block.appendVarint(UInt64(shared))
            block.appendVarint(UInt64(key.count - shared))
            block.append(contentsOf: key.dropFirst(shared))
        }
        append(record)
        postingsOffset += UInt64(record.postingsByteCount)
        positionsOffset += UInt64(record.positionsByteCount)
        lastKey.removeAll(keepingCapacity: true)
        lastKey.append(contentsOf: key)
        guard termCount < UInt32.max - 1 else {
            throw SegmentError(.tooLarge, file: file, section: .terms, "more than 4 billion terms")
        }
        termCount += 1
    }

    /// Ends the dictionary; returns the bytes of the index.
    mutating func finish() throws(SegmentError) -> [UInt8] {
        try flushBlock()
        let bytes = index + indexKeys
        index = []
        indexKeys = []
        return bytes
    }

    private mutating func beginBlock(_ key: ArraySlice<UInt8>, shared: Int) throws(SegmentError) {
        index.appendLittleEndian(blocks.byteCount)
        indexKeys.append(contentsOf: termCount == 0 ? key.prefix(0) : key.prefix(shared + 1))
        guard indexKeys.count <= Int(UInt32.max) else {
            throw SegmentError(.tooLarge, file: file, section: .termIndex, "more than 4 GiB of index keys")
        }
        index.appendLittleEndian(UInt32(indexKeys.count))
        block.appendVarint(postingsOffset)
        block.appendVarint(positionsOffset)
        block.appendVarint(0 as UInt64)
        block.appendVarint(UInt64(key.count))
        block.append(contentsOf: key)
    }

    private mutating func flushBlock() throws(SegmentError) {
        guard !block.isEmpty else { return }
        block.appendLittleEndian(saekin_crc32c(0, block, block.count))
        try blocks.append(block)
        block.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ record: TermRecord) {
        block.appendVarint(record.documentFrequency)
        if let singleton = record.singleton {
            block.appendVarint(singleton.document)
            block.appendVarint(UInt64(singleton.frequency - 1) * 2 + (singleton.position == nil ? 0 : 1))
            if let position = singleton.position {
                block.appendVarint(position)
            } else if singleton.frequency > 1 {
                block.appendVarint(UInt64(record.positionsByteCount))
            }
        } else {
            let hasPositions = record.positionsByteCount > 0
            let extra = record.totalFrequency - UInt64(record.documentFrequency)
            block.appendVarint(extra * 2 + (hasPositions ? 1 : 0))
            block.appendVarint(UInt64(record.postingsByteCount))
            if hasPositions { block.appendVarint(UInt64(record.positionsByteCount)) }
        }
    }

    private func sharedPrefixCount(_ key: ArraySlice<UInt8>) -> Int {
        let limit = min(lastKey.count, key.count)
        var count = 0
        while count < limit, lastKey[count] == key[key.startIndex + count] { count += 1 }
        return count
    }
}
