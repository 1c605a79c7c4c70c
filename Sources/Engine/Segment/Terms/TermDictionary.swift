// Reads the term dictionary. See TermDictionaryWriter for the layout, and the page TermDictionary.
//
// The sparse index is checked when the segment is opened, a block when it is read: its checksum, then every
// length in it, so that a sound checksum over unsound bytes does no harm either.

/// The terms of a segment.
struct TermDictionary {
    static let indexEntryByteCount = 12
    /// In half of an entry's first byte: this length or more.
    static let longLength = 15

    private let file: String
    private let blocks: SectionRange
    private let index: SectionRange
    let blockCount: Int
    private let keysOffset: Int
    let termCount: UInt32
    private let documentCount: UInt32
    private let postingsByteCount: Int
    private let positionsByteCount: Int

    init(_ frame: SegmentFrame, _ fields: FieldTable, file: String) throws(SegmentError) {
        try frame.verify(.termIndex, file: file)
        self.file = file
        blocks = frame[.terms]
        index = frame[.termIndex]
        termCount = fields.termCount
        documentCount = fields.documentCount
        postingsByteCount = frame[.postings].view.count
        positionsByteCount = frame[.positions].view.count
        blockCount = (Int(termCount) + SegmentFormat.termBlockCount - 1) / SegmentFormat.termBlockCount
        keysOffset = blockCount * Self.indexEntryByteCount
        guard keysOffset <= index.view.count else {
            throw index.damaged(file, 0, "the index is too short for \(termCount) terms")
        }
        var blockEnd: UInt64 = 0
        var keyEnd: UInt32 = 0
        for block in 0..<blockCount {
            let offset = index.view.u64(block * Self.indexEntryByteCount)
            let end = index.view.u32(block * Self.indexEntryByteCount + 8)
            // A block has at least one entry and its checksum, so that offsets ascend strictly.
            guard block == 0 ? offset == 0 : offset > blockEnd, offset < UInt64(blocks.view.count),
                end >= keyEnd
            else {
                throw index.damaged(file, block * Self.indexEntryByteCount, "offsets do not ascend")
            }
            blockEnd = offset
            keyEnd = end
        }
        guard Int(keyEnd) == index.view.count - keysOffset, blockCount > 0 || blocks.view.count == 0 else {
            throw index.damaged(file, 0, "the index does not end with its last key")
        }
    }

    // MARK: Blocks

    /// A block of the dictionary whose checksum is right, without that checksum.
    func block(_ number: Int) throws(SegmentError) -> (bytes: ByteView, offset: Int) {
        precondition(number >= 0 && number < blockCount)
        let start = Int(index.view.u64(number * Self.indexEntryByteCount))
        let end =
            number + 1 < blockCount
            ? Int(index.view.u64((number + 1) * Self.indexEntryByteCount)) : blocks.view.count
        guard end - start > 4 else { throw blocks.damaged(file, start, "a block is too short") }
        let bytes = blocks.view.slice(start, end - start - 4)
        guard bytes.checksum == blocks.view.u32(end - 4) else {
            throw blocks.damaged(file, start, "the checksum of a block of terms differs")
        }
        return (bytes, start)
    }

    /// How many terms block `number` has.
    func termCount(ofBlock number: Int) -> Int {
        min(SegmentFormat.termBlockCount, Int(termCount) - number * SegmentFormat.termBlockCount)
    }

    /// The last block whose index key is not greater than the key; nil when there are no terms.
    func blockNumber(_ key: TermKey) -> Int? {
        var low = 0
        var high = blockCount
        while low < high {
            let middle = (low + high) / 2
            if key.isLess(thanKey: indexKey(middle)) { high = middle } else { low = middle + 1 }
        }
        return blockCount == 0 ? nil : max(low - 1, 0)
    }

    func indexKey(_ number: Int) -> ByteView {
        let start = number == 0 ? 0 : Int(index.view.u32((number - 1) * Self.indexEntryByteCount + 8))
        let end = Int(index.view.u32(number * Self.indexEntryByteCount + 8))
        return index.view.slice(keysOffset + start, end - start)
    }

    func damaged(_ offset: Int, _ message: String) -> SegmentError { blocks.damaged(file, offset, message) }

    // MARK: Look-up

    /// Finds a term.
    func find(_ key: TermKey, firstOrdinal: UInt32) throws(SegmentError) -> TermEntry? {
        guard let number = blockNumber(key) else { return nil }
        let (bytes, offset) = try block(number)
        var scan = try TermBlockScan(self, bytes, blockOffset: offset)
        // How many bytes the key shares with the term before. A term that shares more with its predecessor
        // than the key does is smaller than the key, one that shares less is greater, without a look at its
        // bytes.
        var matched = 0
        for position in 0..<termCount(ofBlock: number) {
            try scan.next()
            if scan.shared > matched { continue }
            if scan.shared < matched { return nil }
            let (order, common) = key.compare(scan.suffix, from: matched)
            if order < 0 { return nil }
            if order == 0 {
                let ordinal = UInt32(number * SegmentFormat.termBlockCount + position)
                return try entry(scan, field: key.field, ordinal: ordinal &- firstOrdinal)
            }
            matched = common
        }
        return nil
    }

    /// The entry of the term at which the scan stands, its places checked.
    func entry(_ scan: TermBlockScan, field: FieldID, ordinal: UInt32) throws(SegmentError) -> TermEntry {
        let record = scan.record
        var entry = TermEntry(field: field, ordinal: ordinal)
        entry.documentFrequency = record.documentFrequency
        entry.totalFrequency = record.totalFrequency
        entry.postingsOffset = scan.postingsOffset
        entry.postingsByteCount = record.postingsByteCount
        entry.positionsOffset = scan.positionsOffset
        entry.positionsByteCount = record.positionsByteCount
        entry.hasPositions = record.positionsByteCount > 0
        if let singleton = record.singleton {
            entry.singleton = singleton.document
            entry.singletonPosition = singleton.position
            entry.hasPositions = entry.hasPositions || singleton.position != nil
        }
        guard entry.documentFrequency > 0, entry.documentFrequency <= documentCount,
            record.singleton.map({ $0.document < documentCount }) ?? true,
            entry.postingsOffset + entry.postingsByteCount <= postingsByteCount,
            entry.positionsOffset + entry.positionsByteCount <= positionsByteCount
        else { throw damaged(scan.offset, "a term's postings lie outside of their section") }
        return entry
    }
}

/// The key of a term: its field and its bytes.
struct TermKey {
    let field: FieldID
    let term: UnsafeBufferPointer<UInt8>

    private var count: Int { term.count + 2 }

    @inline(__always)
    private func byte(_ index: Int) -> UInt8 {
        switch index {
        case 0: UInt8(field.rawValue >> 8)
        case 1: UInt8(field.rawValue & 0xFF)
        default: term[index - 2]
        }
    }

    /// Whether this key stands before another.
    func isLess(thanKey other: ByteView) -> Bool { compare(other, from: 0).order < 0 }

    /// Compares the key with another that shares `from` bytes with it and goes on with `suffix`: less than
    /// 0 when this key stands before, 0 when equal; and how many bytes they share.
    func compare(_ suffix: ByteView, from: Int) -> (order: Int, common: Int) {
        let limit = min(count - from, suffix.count)
        var index = 0
        while index < limit {
            let (mine, other) = (byte(from + index), suffix.base[index])
            if mine != other { return (Int(mine) - Int(other), from + index) }
            index += 1
        }
        return (count - from - suffix.count, from + index)
    }
}

/// Steps through the terms of one block.
struct TermBlockScan {
    private let dictionary: TermDictionary
    private let blockOffset: Int
    private var reader: VarintReader
    /// Bytes that the term shares with the one before, and those that follow.
    private(set) var shared = 0
    private(set) var suffix: ByteView
    private(set) var record = TermRecord()
    private(set) var postingsOffset: Int
    private(set) var positionsOffset: Int
    private var keyByteCount = 0
    /// The last singleton's document.
    private var lastSingleton: DocID = 0

    init(_ dictionary: TermDictionary, _ bytes: ByteView, blockOffset: Int) throws(SegmentError) {
        self.dictionary = dictionary
        self.blockOffset = blockOffset
        reader = VarintReader(bytes)
        suffix = bytes.slice(0, 0)
        postingsOffset = reader.nextByteCount()
        positionsOffset = reader.nextByteCount()
        if reader.hasFailed { throw dictionary.damaged(blockOffset, "a block of terms is cut") }
    }

    /// Where the scan stands, in the section of terms.
    var offset: Int { blockOffset + reader.offset }

    /// Whether nothing follows the term at which the scan stands.
    var isAtEnd: Bool { reader.offset == reader.view.count }

    /// Reads the next term.
    mutating func next() throws(SegmentError) {
        postingsOffset += record.postingsByteCount
        positionsOffset += record.positionsByteCount
        let lengths = reader.nextByte()
        shared = Int(lengths >> 4)
        if shared == TermDictionary.longLength { shared += reader.nextByteCount() }
        var count = Int(lengths & 15)
        if count == TermDictionary.longLength { count += reader.nextByteCount() }
        let start = reader.offset
        reader.skip(count)
        guard !reader.hasFailed, shared <= keyByteCount,
            shared + count <= IndexDocument.termByteCountMax + 2
        else { throw dictionary.damaged(offset, "a term's lengths contradict its block") }
        suffix = reader.view.slice(start, count)
        keyByteCount = shared + count
        record = TermRecord()
        let code = reader.next()
        if code < 3 {
            readSingleton(code)
        } else if code <= UInt64(SegmentFormat.documentCountMax) + 1 {
            readList(UInt32(code - 1))
        } else {
            reader.fail()
        }
        if reader.hasFailed { throw dictionary.damaged(offset, "a term's record is cut or impossible") }
    }

    private mutating func readSingleton(_ code: UInt64) {
        let zigzag = reader.next()
        let distance = Int64(bitPattern: zigzag >> 1) ^ -Int64(zigzag & 1)
        guard
            let document = DocID(exactly: Int64(lastSingleton).addingReportingOverflow(distance).partialValue)
        else { return reader.fail() }
        lastSingleton = document
        record.documentFrequency = 1
        var frequency: UInt32 = 1
        var position: UInt32?
        if code == 1 {
            position = reader.next32()
        } else if code == 2 {
            frequency = reader.next32().addingReportingOverflow(2).partialValue
            if frequency < 2 { return reader.fail() }
            record.positionsByteCount = reader.nextByteCount()
        }
        record.totalFrequency = UInt64(frequency)
        record.singleton = TermRecord.Singleton(
            document: document, frequency: frequency, position: position)
    }

    private mutating func readList(_ documentFrequency: UInt32) {
        let code = reader.next()
        record.documentFrequency = documentFrequency
        record.totalFrequency = UInt64(documentFrequency) + code >> 1
        record.postingsByteCount = reader.nextByteCount()
        if code & 1 == 1 { record.positionsByteCount = reader.nextByteCount() }
    }
}
