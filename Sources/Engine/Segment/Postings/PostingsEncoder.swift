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
    private static var capacity: Int { SegmentFormat.postingsBlockCount }

    var postings: SectionSpool
    var positions: SectionSpool

    // SAFETY: each has room for `capacity` values, and `count` never exceeds it.
    private let documents = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    private let frequencies = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    private let scratch = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    private let packed = UnsafeMutablePointer<UInt8>.allocate(capacity: PostingsFormat.runByteCountMax)
    private var distances = PageBuffer<UInt32>()
    private var count = 0
    private var impact = Impact.none
    private var factors = ImpactFactors(averageLength: 1)
    /// The last document of the blocks before, or all ones at the start of a list.
    private var previous = UInt32.max
    private var record = TermRecord()
    private var hasPositions = false
    private var block: [UInt8] = []
    private var positionBytes: [UInt8] = []
    private var group: [UInt8] = []
    private var groupBlockCount = 0
    private var groupPositionsOffset = 0
    private var groupImpact = Impact.none
    private let file: String

    init(storage: SpoolStorage, file: String) {
        postings = SectionSpool(storage)
        positions = SectionSpool(storage)
        self.file = file
    }

    deinit {
        documents.deallocate()
        frequencies.deallocate()
        scratch.deallocate()
        packed.deallocate()
    }

    /// Starts a term's list, in a field with these factors.
    mutating func begin(hasPositions: Bool, _ factors: ImpactFactors) {
        self.factors = factors
        record = TermRecord()
        previous = .max
        count = 0
        impact = .none
        distances.removeAll(keepingMemory: true)
        self.hasPositions = hasPositions
    }

    /// Adds a document, greater than the one before, with its field norm, and its ascending positions when
    /// the field has them: as many as its frequency.
    mutating func add(
        _ document: DocID, frequency: UInt32, norm: UInt8, positions: ArraySlice<UInt32>
    ) throws(SegmentError) {
        try add(document, frequency, norm)
        guard hasPositions else { return }
        precondition(positions.count == Int(frequency), "a position is missing")
        var last: UInt32 = 0
        for position in positions {
            distances.append(position &- last)
            last = position
        }
    }

    /// Adds documents. `norms` has the norms of all documents, or is empty.
    mutating func add(_ run: borrowing PostingsRun, norms: [UInt8]) throws(SegmentError) {
        var start = 0
        for index in 0..<run.count {
            let (document, frequency) = (run.documents[index], run.frequencies[index])
            try add(document, frequency, norms.isEmpty ? 0 : norms[Int(document)])
            guard hasPositions else { continue }
            precondition(start + Int(frequency) <= run.distances.count, "a position is missing")
            // SAFETY: the run has this many distances from `start` on.
            distances.append(
                contentsOf: UnsafeBufferPointer(start: run.distances.base + start, count: Int(frequency)))
            start += Int(frequency)
        }
    }

    @inline(__always)
    private mutating func add(_ document: DocID, _ frequency: UInt32, _ norm: UInt8) throws(SegmentError) {
        if count == Self.capacity { try flushBlock() }
        documents[count] = document
        frequencies[count] = frequency
        count += 1
        impact.add(frequency: frequency, norm: norm, factors)
        record.documentFrequency += 1
        record.totalFrequency += UInt64(frequency)
    }

    /// Ends the term's list, which may be empty.
    mutating func end() throws(SegmentError) -> TermRecord {
        if record.documentFrequency == 0 {
            return record
        } else if record.documentFrequency == 1 {
            let isInline = hasPositions && frequencies[0] == 1
            record.singleton = TermRecord.Singleton(
                document: documents[0], frequency: frequencies[0], position: isInline ? distances[0] : nil)
            if hasPositions && !isInline { _ = try flushPositions() }
        } else if record.documentFrequency < Self.capacity {
            try flushShortList()
        } else {
            try flushBlock()
            try flushGroup()
        }
        return record
    }

    // MARK: Lists

    private mutating func flushShortList() throws(SegmentError) {
        let largest = saekin_max(frequencies, count)
        block.removeAll(keepingCapacity: true)
        setGaps()
        let gaps = chooseWidth(surcharge: PostingsFormat.gapSurcharge)
        appendRun(gaps)
        setFrequencies()
        let others = chooseWidth(surcharge: 0)
        appendRun(others)
        let hasExceptions = gaps.exceptions + others.exceptions > 0
        var header = [
            UInt8(gaps.width) | (hasExceptions ? PostingsFormat.flag : 0), UInt8(others.width),
            impact.minNorm,
        ]
        if hasExceptions { header.append(UInt8(gaps.exceptions | others.exceptions << 4)) }
        if largest > 1 {
            header.append(UInt8(min(largest, PostingsFormat.largestFrequencyMax)))
            header.append(impact.minNormOfRepeated)
            header.append(impact.maxWeightOfRepeated)
        }
        record.postingsByteCount = header.count + block.count
        try postings.append(header)
        try postings.append(block)
        _ = try flushPositions()
    }

    private mutating func flushBlock() throws(SegmentError) {
        let last = documents[count - 1]
        let largest = saekin_max(frequencies, count)
        if groupBlockCount == 0 { groupPositionsOffset = record.positionsByteCount }
        let positionByteCount = try flushPositions()
        setGaps()
        var gaps = chooseWidth(surcharge: PostingsFormat.gapSurcharge)
        let firstWord = (previous &+ 1) / 64
        let bitSetByteCount = Int(last / 64 - firstWord + 1) * 8
        let gapByteCount = patchedByteCount(
            count, width: UInt8(gaps.width), exceptions: UInt8(gaps.exceptions))
        let isBitSet = gapByteCount > 0 && bitSetByteCount <= gapByteCount * 2
        block.removeAll(keepingCapacity: true)
        if isBitSet {
            gaps = (UInt32(PostingsFormat.bitSetEncoding), 0)
            appendBitSet(firstWord: firstWord, byteCount: bitSetByteCount)
        } else {
            appendRun(gaps)
        }
        setFrequencies()
        let others = chooseWidth(surcharge: 0)
        appendRun(others)

        let distance = last &- (previous &+ 1)
        let isFar = distance > UInt32(UInt16.max)
        let isLong = positionByteCount > Int(UInt16.max)
        group.append(UInt8(gaps.width) | (isFar ? PostingsFormat.flag : 0))
        group.append(UInt8(others.width) | (isLong ? PostingsFormat.flag : 0))
        group.append(UInt8(gaps.exceptions | others.exceptions << 4))
        group.append(impact.minNorm)
        group.append(UInt8(min(largest, PostingsFormat.largestFrequencyMax)))
        if isFar { group.appendLittleEndian(distance) } else { group.appendLittleEndian(UInt16(distance)) }
        if hasPositions {
            if isLong {
                group.appendLittleEndian(UInt32(positionByteCount))
            } else {
                group.appendLittleEndian(UInt16(positionByteCount))
            }
        }
        if largest > 1 {
            group.append(impact.minNormOfRepeated)
            group.append(impact.maxWeightOfRepeated)
        }
        group.append(contentsOf: block)
        groupBlockCount += 1
        groupImpact.add(impact)
        previous = last
        count = 0
        impact = .none
        if groupBlockCount == SegmentFormat.groupBlockCount { try flushGroup() }
    }

    private mutating func flushGroup() throws(SegmentError) {
        guard groupBlockCount > 0 else { return }
        guard UInt64(groupPositionsOffset) <= UInt64(UInt32.max) else {
            throw SegmentError(
                .tooLarge, file: file, section: .positions, "a term has more than 4 GiB of positions")
        }
        block.removeAll(keepingCapacity: true)
        block.appendLittleEndian(previous)
        block.appendLittleEndian(UInt32(group.count))
        block.append(UInt8(min(groupImpact.maxFrequency, PostingsFormat.largestFrequencyMax)))
        block.append(groupImpact.minNorm)
        block.append(groupImpact.minNormOfRepeated)
        block.append(groupImpact.maxWeightOfRepeated)
        if hasPositions { block.appendLittleEndian(UInt32(groupPositionsOffset)) }
        record.postingsByteCount += block.count + group.count
        try postings.append(block)
        try postings.append(group)
        group.removeAll(keepingCapacity: true)
        groupBlockCount = 0
        groupImpact = .none
    }

    // MARK: Blocks

    /// The form of a patched run.
    private typealias RunForm = (width: UInt32, exceptions: UInt32)

    /// Puts the block's gaps less one into `scratch`.
    private func setGaps() {
        var last = previous
        for index in 0..<count {
            scratch[index] = documents[index] &- last &- 1
            last = documents[index]
        }
    }

    private func setFrequencies() {
        for index in 0..<count { scratch[index] = frequencies[index] - 1 }
    }

    /// The smallest form of the block's `scratch`.
    private func chooseWidth(surcharge: UInt32) -> RunForm {
        var exceptions: UInt32 = 0
        let width = saekin_patched_width(
            scratch, UInt32(count), PostingsFormat.exceptionCountMax, surcharge, &exceptions)
        return (width, exceptions)
    }

    /// Appends the block's `scratch` to `block`.
    private mutating func appendRun(_ form: RunForm) {
        // SAFETY: `packed` has room for the longest run.
        let byteCount = saekin_pack_patched(scratch, UInt32(count), form.width, packed)
        block.append(contentsOf: UnsafeBufferPointer(start: packed, count: byteCount))
    }

    private mutating func appendBitSet(firstWord: UInt32, byteCount: Int) {
        let start = block.count
        block.append(contentsOf: repeatElement(0, count: byteCount))
        for index in 0..<count {
            let bit = Int(documents[index] - firstWord * 64)
            block[start + bit / 8] |= 1 << UInt8(bit % 8)
        }
    }

    /// Writes the positions of the block: packs of 128 and a rest, each behind its form. Returns their bytes.
    private mutating func flushPositions() throws(SegmentError) -> Int {
        guard distances.count > 0 else { return 0 }
        positionBytes.removeAll(keepingCapacity: true)
        var start = 0
        while start < distances.count {
            let packCount = min(Self.capacity, distances.count - start)
            let pack = distances.base + start
            var exceptions: UInt32 = 0
            // One byte more says how many there are.
            let width = saekin_patched_width(
                pack, UInt32(packCount), PostingsFormat.positionExceptionCountMax, 1, &exceptions)
            positionBytes.append(UInt8(width) | (exceptions > 0 ? PostingsFormat.flag : 0))
            if exceptions > 0 { positionBytes.append(UInt8(exceptions)) }
            // SAFETY: the pack lies inside `distances`, and `packed` has room for the longest run.
            let byteCount = saekin_pack_patched(pack, UInt32(packCount), width, packed)
            positionBytes.append(contentsOf: UnsafeBufferPointer(start: packed, count: byteCount))
            start += packCount
        }
        record.positionsByteCount += positionBytes.count
        distances.removeAll(keepingMemory: true)
        try positions.append(positionBytes)
        return positionBytes.count
    }
}
