// Turns the documents of one term after another into postings and positions. See PostingsFormat for the
// layout.
//
// The encoder holds one block of documents, the positions of that block, and one group of encoded blocks,
// whatever the length of the list.
import CKernels

/// What the term dictionary keeps about a term.
struct TermRecord: Equatable {
    var documentFrequency: UInt32 = 0
    var totalFrequency: UInt64 = 0
    var postingsByteCount = 0
    var positionsByteCount = 0
    /// Set when the term has one document: the document, how often, and where when that is once.
    var singleton: Singleton?

    struct Singleton: Equatable {
        var document: DocID
        var frequency: UInt32
        var position: UInt32?
    }
}

/// Encodes one term's postings at a time.
struct PostingsEncoder: ~Copyable {
    var postings: SectionSpool
    var positions: SectionSpool

    private var documents = [UInt32](repeating: 0, count: 128)
    private var frequencies = [UInt32](repeating: 0, count: 128)
    private var blockPositions: [UInt32] = []
    private var scratch = [UInt32](repeating: 0, count: 128)
    private var count = 0
    private var minNorm: UInt8 = .max
    /// The last document of the blocks before, or all ones at the start of a list.
    private var previous = UInt32.max
    private var record = TermRecord()
    private var hasPositions = false
    private var packed = [UInt8](repeating: 0, count: 16 * 32 + 8)
    private var block: [UInt8] = []
    private var group: [UInt8] = []
    private var groupBlockCount = 0
    private var groupImpact = Impact(maxFrequency: 0, minNorm: .max)
    private let file: String

    init(storage: SpoolStorage, file: String) {
        postings = SectionSpool(storage)
        positions = SectionSpool(storage)
        self.file = file
    }

    /// Starts a term's list.
    mutating func begin(hasPositions: Bool) {
        record = TermRecord()
        previous = .max
        count = 0
        minNorm = .max
        blockPositions.removeAll(keepingCapacity: true)
        self.hasPositions = hasPositions
    }

    /// Adds a document, greater than the one before, with its field norm, and its ascending positions when
    /// the field has them: as many as its frequency.
    mutating func add(
        _ document: DocID, frequency: UInt32, norm: UInt8, positions: ArraySlice<UInt32>
    ) throws(SegmentError) {
        if count == 128 { try flushBlock() }
        documents[count] = document
        frequencies[count] = frequency
        count += 1
        minNorm = min(minNorm, norm)
        record.documentFrequency += 1
        record.totalFrequency += UInt64(frequency)
        guard hasPositions else { return }
        precondition(positions.count == Int(frequency), "a position is missing")
        var last: UInt32 = 0
        for position in positions {
            blockPositions.append(position &- last)
            last = position
        }
    }

    /// Adds documents. `norms` has the norms of all documents, or is empty.
    mutating func add(_ run: borrowing PostingsRun, norms: [UInt8]) throws(SegmentError) {
        var start = 0
        for index in 0..<run.count {
            if count == 128 { try flushBlock() }
            let frequency = run.frequencies[index]
            documents[count] = run.documents[index]
            frequencies[count] = frequency
            count += 1
            minNorm = min(minNorm, norms.isEmpty ? 0 : norms[Int(run.documents[index])])
            record.documentFrequency += 1
            record.totalFrequency += UInt64(frequency)
            guard hasPositions else { continue }
            for place in start..<start + Int(frequency) { blockPositions.append(run.distances[place]) }
            start += Int(frequency)
        }
    }

    /// Ends the term's list, which may be empty.
    mutating func end() throws(SegmentError) -> TermRecord {
        if record.documentFrequency == 0 {
            return record
        } else if record.documentFrequency == 1 {
            let isInline = hasPositions && frequencies[0] == 1
            record.singleton = TermRecord.Singleton(
                document: documents[0], frequency: frequencies[0],
                position: isInline ? blockPositions[0] : nil)
            if hasPositions && !isInline { try flushPositions() }
        } else if record.documentFrequency < 128 {
            try flushShortList()
        } else {
            try flushBlock()
            try flushGroup()
        }
        return record
    }

    // MARK: Lists

    private mutating func flushShortList() throws(SegmentError) {
        let gapWidth = setGaps()
        let largest = saekin_max(frequencies, count)
        let frequencyWidth = (largest - 1).significantBitCount
        block.removeAll(keepingCapacity: true)
        block.append(UInt8(gapWidth))
        block.append(UInt8(frequencyWidth))
        block.append(minNorm)
        if frequencyWidth > 0 { block.append(UInt8(min(largest, PostingsFormat.shortFrequencyMax))) }
        appendPacked(width: gapWidth)
        setFrequencies()
        appendPacked(width: frequencyWidth)
        record.postingsByteCount = block.count
        try postings.append(block)
        try flushPositions()
    }

    private mutating func flushBlock() throws(SegmentError) {
        guard UInt64(record.positionsByteCount) <= UInt64(UInt32.max) else {
            throw SegmentError(
                .tooLarge, file: file, section: .positions, "a term has more than 4 GiB of positions")
        }
        let last = documents[count - 1]
        let largest = saekin_max(frequencies, count)
        let gapWidth = setGaps()
        let frequencyWidth = (largest - 1).significantBitCount
        let firstWord = (previous &+ 1) / 64
        let bitSetByteCount = Int(last / 64 - firstWord + 1) * 8
        let isBitSet = gapWidth > 0 && bitSetByteCount <= packedByteCount(count, width: gapWidth)

        block.removeAll(keepingCapacity: true)
        block.appendLittleEndian(last)
        block.appendLittleEndian(UInt16(0))
        block.appendLittleEndian(UInt16(min(largest, PostingsFormat.blockFrequencyMax)))
        block.appendLittleEndian(UInt32(record.positionsByteCount))
        block.append(minNorm)
        block.append(isBitSet ? PostingsFormat.bitSetEncoding : UInt8(gapWidth))
        block.append(UInt8(frequencyWidth))
        block.append(UInt8(count))
        if isBitSet {
            appendBitSet(firstWord: firstWord, byteCount: bitSetByteCount)
        } else {
            appendPacked(width: gapWidth)
        }
        setFrequencies()
        appendPacked(width: frequencyWidth)
        let byteCount = UInt16(block.count - PostingsFormat.blockHeaderByteCount)
        block[4] = UInt8(truncatingIfNeeded: byteCount)
        block[5] = UInt8(truncatingIfNeeded: byteCount >> 8)

        group.append(contentsOf: block)
        groupBlockCount += 1
        groupImpact.maxFrequency = max(groupImpact.maxFrequency, largest)
        groupImpact.minNorm = min(groupImpact.minNorm, minNorm)
        previous = last
        try flushPositions()
        count = 0
        minNorm = .max
        if groupBlockCount == SegmentFormat.groupBlockCount { try flushGroup() }
    }

    private mutating func flushGroup() throws(SegmentError) {
        guard groupBlockCount > 0 else { return }
        block.removeAll(keepingCapacity: true)
        block.appendLittleEndian(previous)
        block.appendLittleEndian(UInt32(group.count))
        block.appendLittleEndian(UInt16(min(groupImpact.maxFrequency, PostingsFormat.blockFrequencyMax)))
        block.append(groupImpact.minNorm)
        block.append(UInt8(groupBlockCount))
        record.postingsByteCount += block.count + group.count
        try postings.append(block)
        try postings.append(group)
        group.removeAll(keepingCapacity: true)
        groupBlockCount = 0
        groupImpact = Impact(maxFrequency: 0, minNorm: .max)
    }

    // MARK: Blocks

    /// Puts the block's gaps less one into `scratch` and returns the width of the largest.
    private mutating func setGaps() -> Int {
        var last = previous
        for index in 0..<count {
            scratch[index] = documents[index] &- last &- 1
            last = documents[index]
        }
        return saekin_or(scratch, count).significantBitCount
    }

    private mutating func setFrequencies() {
        for index in 0..<count { scratch[index] = frequencies[index] - 1 }
    }

    /// Appends the block's `scratch` to `block`.
    private mutating func appendPacked(width: Int) { appendPacked(width: width, count: count) }

    private mutating func appendPacked(width: Int, count: Int) {
        // SAFETY: `packed` has room for 128 values of 32 bits, and `scratch` holds `count` values, at most
        // 128.
        let byteCount = saekin_pack_array(scratch, count, UInt32(width), &packed)
        block.append(contentsOf: packed[..<byteCount])
    }

    private mutating func appendBitSet(firstWord: UInt32, byteCount: Int) {
        let start = block.count
        block.append(contentsOf: repeatElement(0, count: byteCount))
        for index in 0..<count {
            let bit = Int(documents[index] - firstWord * 64)
            block[start + bit / 8] |= 1 << UInt8(bit % 8)
        }
    }

    /// Writes the positions of the block: packs of 128, each behind its width, and a narrow rest behind its
    /// width.
    private mutating func flushPositions() throws(SegmentError) {
        guard !blockPositions.isEmpty else { return }
        block.removeAll(keepingCapacity: true)
        var start = 0
        while start < blockPositions.count {
            let packCount = min(128, blockPositions.count - start)
            for index in 0..<packCount { scratch[index] = blockPositions[start + index] }
            let width = saekin_or(scratch, packCount).significantBitCount
            block.append(UInt8(width))
            appendPacked(width: width, count: packCount)
            start += packCount
        }
        record.positionsByteCount += block.count
        blockPositions.removeAll(keepingCapacity: true)
        try positions.append(block)
    }
}
