// Writes the term dictionary: front-coded blocks of 32 terms, and the sparse index over them.
//
// A key is the field's id as two big-endian bytes, then the term, so that all terms of a field stand
// together.
//
//   block   postings offset varint, positions offset varint, entries, CRC-32C u32
//   entry   lengths u8: bytes shared with the key before * 16 + bytes that follow, 15 in either half saying
//           that a varint with the rest follows; these bytes; then
//             code 0 varint: one document: distance of the document varint
//             code 1: one document, once, positioned: distance varint, position varint
//             code 2: one document, several times: distance varint, frequency - 2 varint,
//                     positions byte count varint
//             code n + 1: n documents: (total frequency - n) * 2 + (has positions) varint,
//                     postings byte count varint, [positions byte count varint]
//           Distances count from the block's single document before, the first from 0, zigzag: twice the
//           distance, or when it is negative twice its opposite less 1.
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
    private var lastSingleton: DocID = 0
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
            append(shared: shared, key.dropFirst(shared))
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
        lastSingleton = 0
        append(shared: 0, key)
    }

    private mutating func append(shared: Int, _ rest: ArraySlice<UInt8>) {
        let long = TermDictionary.longLength
        block.append(UInt8(min(shared, long) << 4 | min(rest.count, long)))
        if shared >= long { block.appendVarint(UInt64(shared - long)) }
        if rest.count >= long { block.appendVarint(UInt64(rest.count - long)) }
        block.append(contentsOf: rest)
    }

    private mutating func flushBlock() throws(SegmentError) {
        guard !block.isEmpty else { return }
        block.appendLittleEndian(saekin_crc32c(0, block, block.count))
        try blocks.append(block)
        block.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ record: TermRecord) {
        guard let singleton = record.singleton else {
            let hasPositions = record.positionsByteCount > 0
            let extra = record.totalFrequency - UInt64(record.documentFrequency)
            block.appendVarint(UInt64(record.documentFrequency) + 1)
            block.appendVarint(extra * 2 + (hasPositions ? 1 : 0))
            block.appendVarint(UInt64(record.postingsByteCount))
            if hasPositions { block.appendVarint(UInt64(record.positionsByteCount)) }
            return
        }
        block.append(singleton.frequency > 1 ? 2 : singleton.position != nil ? 1 : 0)
        let distance = Int64(singleton.document) - Int64(lastSingleton)
        block.appendVarint(UInt64(bitPattern: distance << 1 ^ distance >> 63))
        lastSingleton = singleton.document
        if singleton.frequency > 1 {
            block.appendVarint(UInt64(singleton.frequency) - 2)
            block.appendVarint(UInt64(record.positionsByteCount))
        } else if let position = singleton.position {
            block.appendVarint(position)
        }
    }

    private func sharedPrefixCount(_ key: ArraySlice<UInt8>) -> Int {
        let limit = min(lastKey.count, key.count)
        var count = 0
        while count < limit, lastKey[count] == key[key.startIndex + count] { count += 1 }
        return count
    }
}
