// Reads the postings of one term, block by block. See PostingsFormat for the layout.
//
// The cursor stands on a block of up to 128 documents, or before the first, or behind the last. Moving
// reads the skip data alone: a group header for 32 blocks, a block header for 128 documents. Documents and
// frequencies are decoded when they are asked for, into memory of the caller. A cursor is a few words and
// is copied freely: a copy is how a caller looks ahead.
import CKernels

/// A position in the postings of one term. Valid as long as its segment.
public struct PostingsCursor {
    /// How many values the buffers given to `decodeDocuments` and `decodeFrequencies` must hold.
    public static let blockCapacity = 128

    enum Form { case singleton, short, long }

    // SAFETY: no reference is counted for each cursor; whoever uses it keeps the segment, which is immutable.
    private let segment: Unmanaged<Segment>
    let postings: ByteView
    let positions: ByteView
    private let sectionOffset: Int
    /// The number of the segment's first document, which all documents of the cursor start from, and the one
    /// behind its last.
    private let base: DocID
    let documentEnd: DocID
    let form: Form
    private let singletonDocument: DocID
    let singletonPosition: UInt32?
    let hasPositions: Bool
    /// Documents of the whole list.
    public let documentFrequency: UInt32
    let totalFrequency: UInt64
    private let singletonNorm: UInt8

    private var nextOffset = 0
    private var groupEnd = 0
    private(set) var dataOffset = 0
    private(set) var encoding: UInt8 = 0
    private(set) var frequencyWidth: UInt8 = 0
    private(set) var gapExceptions: UInt8 = 0
    private(set) var frequencyExceptions: UInt8 = 0
    private var previous: UInt32
    private(set) var positionsOffset = 0
    private var nextPositionsOffset = 0
    /// How many documents stand before the next block, and before the next group.
    private var nextBlockStart: UInt32 = 0
    private var nextGroupStart: UInt32 = 0
    private var hasStarted = false

    /// Documents in the block; 0 before the first block and behind the last.
    public private(set) var blockCount = 0
    /// The block's last document; `DocID.noMoreDocuments` behind the last block. Meaningless before the
    /// first.
    public private(set) var blockLastDocument: DocID = 0
    /// What the block can offer at best.
    public private(set) var blockImpact = Impact(maxFrequency: 0, minNorm: 0)
    /// The last document of the group of up to 32 blocks in which the block is.
    public private(set) var groupLastDocument: DocID = 0
    /// What the group can offer at best.
    public private(set) var groupImpact = Impact(maxFrequency: 0, minNorm: 0)

    /// A cursor before the first block.
    ///
    /// - Parameter base: the number of the segment's first document, a multiple of 64.
    init(_ segment: Segment, _ entry: TermEntry, base: DocID = 0) {
        self.segment = Unmanaged.passUnretained(segment)
        postings = segment.frame[.postings].view.slice(entry.postingsOffset, entry.postingsByteCount)
        positions = segment.frame[.positions].view.slice(entry.positionsOffset, entry.positionsByteCount)
        sectionOffset = entry.postingsOffset
        self.base = base
        documentEnd = base + segment.documentCount
        previous = base &- 1
        documentFrequency = entry.documentFrequency
        totalFrequency = entry.totalFrequency
        singletonDocument = entry.singleton &+ base
        singletonPosition = entry.singletonPosition
        hasPositions = entry.hasPositions
        form = documentFrequency == 1 ? .singleton : documentFrequency < 128 ? .short : .long
        singletonNorm = form == .singleton ? (segment.norms(entry.field)?[entry.singleton] ?? 0) : 0
    }

    // MARK: Moving

    /// Whether the cursor stands behind the last block.
    public var isAtEnd: Bool { blockLastDocument == .noMoreDocuments }

    /// The document before which the block cannot start: every document of the block is at least this.
    public var blockLowerBound: DocID { previous &+ 1 }

    /// Moves to the next block; false when there is none.
    public mutating func nextBlock() throws(SegmentError) -> Bool {
        guard form == .long else { return try nextOnlyBlock() }
        if hasStarted {
            if isAtEnd { return false }
            previous = blockLastDocument
        }
        hasStarted = true
        if nextOffset == groupEnd {
            if groupEnd == postings.count { return end() }
            try readGroupHeader()
        }
        try readBlockHeader()
        return true
    }

    /// Moves forward to the first block whose last document is at least `target`; false when there is none.
    /// Stays when the block is that one. Decodes nothing.
    public mutating func skip(to target: DocID) throws(SegmentError) -> Bool {
        guard form == .long else {
            if !hasStarted { _ = try nextOnlyBlock() }
            if isAtEnd { return false }
            return blockLastDocument >= target ? true : end()
        }
        if !hasStarted {
            guard try nextBlock() else { return false }
        }
        if isAtEnd { return false }
        while groupLastDocument < target {
            if groupEnd == postings.count { return end() }
            nextOffset = groupEnd
            blockLastDocument = groupLastDocument
            previous = blockLastDocument
            try readGroupHeader()
            try readBlockHeader()
        }
        while blockLastDocument < target {
            previous = blockLastDocument
            try readBlockHeader()
        }
        return true
    }

    /// Moves to the next block of the group; false, and nothing done, at its end.
    @inline(__always)
    mutating func nextBlockOfGroup() throws(SegmentError) -> Bool {
        guard form == .long, blockCount > 0, nextOffset < groupEnd else { return false }
        previous = blockLastDocument
        try readBlockHeader()
        return true
    }

    /// Moves to the next group and reads no header but its own: of what the cursor tells, `groupImpact` alone
    /// means something then. False when there is none.
    mutating func nextGroup() throws(SegmentError) -> Bool {
        if isAtEnd { return false }
        switch form {
        case .singleton:
            return try nextOnlyBlock()
        case .short:
            if hasStarted { return end() }
            hasStarted = true
            try readShortHeader()
            groupImpact = blockImpact
        case .long:
            if groupEnd == postings.count { return end() }
            if hasStarted { previous = groupLastDocument }
            hasStarted = true
            nextOffset = groupEnd
            try readGroupHeader()
        }
        return true
    }

    /// Moves behind the last block.
    mutating func leave() { _ = end() }

    private mutating func end() -> Bool {
        blockCount = 0
        blockLastDocument = .noMoreDocuments
        groupLastDocument = .noMoreDocuments
        blockImpact = .none
        groupImpact = .none
        hasStarted = true
        return false
    }

    private mutating func nextOnlyBlock() throws(SegmentError) -> Bool {
        if hasStarted { return end() }
        hasStarted = true
        if form == .singleton {
            blockCount = 1
            blockLastDocument = singletonDocument
            let frequency = UInt32(clamping: totalFrequency)
            blockImpact = Impact(maxFrequency: frequency, minNorm: singletonNorm)
        } else {
            // The last document is not stored: for at most 127 documents adding the gaps up costs less than a
            // header.
            try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.blockCapacity) {
                buffer throws(SegmentError) in
                // SAFETY: the buffer has the capacity of a block.
                try readShortList(into: buffer.baseAddress!)
            }
        }
        groupLastDocument = blockLastDocument
        groupImpact = blockImpact
        return true
    }

    /// Whether the cursor stands before the only block of a short list.
    @inline(__always)
    var isBeforeShortList: Bool { form == .short && !hasStarted }

    /// Moves to the only block of a short list and writes its documents, which have to be added up to know
    /// the last; returns how many there are.
    ///
    /// - Precondition: `isBeforeShortList`, and `documents` has room for 128 values.
    mutating func beginShortList(into documents: UnsafeMutablePointer<UInt32>) throws(SegmentError) -> Int {
        precondition(isBeforeShortList)
        hasStarted = true
        try readShortList(into: documents)
        groupLastDocument = blockLastDocument
        groupImpact = blockImpact
        return blockCount
    }

    // MARK: Skip data

    private mutating func readShortHeader() throws(SegmentError) {
        guard postings.count >= 3 else { throw damaged(0, "a short list is cut") }
        encoding = postings.u8(0) & ~PostingsFormat.flag
        frequencyWidth = postings.u8(1)
        dataOffset = 3
        if postings.u8(0) & PostingsFormat.flag != 0, postings.count > 3 {
            gapExceptions = postings.u8(3) & 15
            frequencyExceptions = postings.u8(3) >> 4
            dataOffset = 4
        }
        let count = Int(documentFrequency)
        var largest: UInt8 = 1
        var (norm, weight) = (UInt8.max, UInt8(0))
        if frequencyWidth > 0 || frequencyExceptions > 0, postings.count > dataOffset + 2 {
            largest = postings.u8(dataOffset)
            (norm, weight) = (postings.u8(dataOffset + 1), postings.u8(dataOffset + 2))
            dataOffset += 3
        }
        blockCount = count
        guard encoding <= 32, frequencyWidth <= 32,
            dataOffset + documentsByteCount + frequenciesByteCount == postings.count
        else { throw damaged(0, "the lengths of a short list contradict its size") }
        blockImpact = Impact(stored: largest, postings.u8(2), ofRepeated: norm, weight)
    }

    private mutating func readShortList(into documents: UnsafeMutablePointer<UInt32>) throws(SegmentError) {
        try readShortHeader()
        let count = blockCount
        saekin_unpack_patched_ascending(
            postings.base + dataOffset, UInt32(count), UInt32(encoding), UInt32(gapExceptions), previous,
            documents)
        guard documents[count - 1] < documentEnd, documents[count - 1] >= base,
            Self.ascends(gapWidth) || saekin_is_ascending(documents, count) == 1
        else {
            throw damaged(0, "the documents of a short list do not ascend")
        }
        blockLastDocument = documents[count - 1]
    }

    private mutating func readGroupHeader() throws(SegmentError) {
        let offset = nextOffset
        let headerByteCount = PostingsFormat.groupHeaderByteCount + (hasPositions ? 4 : 0)
        guard postings.contains(offset, headerByteCount) else {
            throw damaged(offset, "a group's header is cut")
        }
        let (last, isOver) = postings.u32(offset).addingReportingOverflow(base)
        let byteCount = Int(postings.u32(offset + 4))
        nextOffset = offset + headerByteCount
        guard postings.contains(nextOffset, byteCount), byteCount > 0, !isOver, last < documentEnd,
            previous == base &- 1 || last > previous
        else { throw damaged(offset, "a group's header contradicts the list") }
        groupLastDocument = last
        groupEnd = nextOffset + byteCount
        groupImpact = Impact(
            stored: postings.u8(offset + 8), postings.u8(offset + 9), ofRepeated: postings.u8(offset + 10),
            postings.u8(offset + 11))
        if hasPositions { nextPositionsOffset = Int(postings.u32(offset + 12)) }
        nextBlockStart = nextGroupStart
        nextGroupStart &+= UInt32(SegmentFormat.groupBlockCount * SegmentFormat.postingsBlockCount)
    }

    @inline(__always)
    private mutating func readBlockHeader() throws(SegmentError) {
        if !readUsualBlockHeader() { try readAnyBlockHeader() }
    }

    /// Reads the header of a full block without wide numbers, as nearly all are; false, and nothing done,
    /// when the block is another or contradicts its group.
    @inline(__always)
    private mutating func readUsualBlockHeader() -> Bool {
        guard documentFrequency >= nextBlockStart &+ 128,
            let header = usualHeader(nextOffset, after: previous)
        else { return false }
        encoding = header.encoding
        frequencyWidth = header.frequencyWidth
        gapExceptions = header.exceptions & 15
        frequencyExceptions = header.exceptions >> 4
        dataOffset = header.data
        nextOffset = header.next
        positionsOffset = nextPositionsOffset
        nextPositionsOffset &+= header.positionsByteCount
        blockLastDocument = header.last
        blockCount = 128
        nextBlockStart &+= 128
        blockImpact = header.impact
        return true
    }

    /// What the header of a usual block says.
    private struct UsualHeader {
        let encoding, frequencyWidth, exceptions: UInt8
        let impact: Impact
        let last: DocID
        /// Where the block's documents begin, and the next header.
        let data, next: Int
        let positionsByteCount: Int
    }

    /// The header at `offset` of a block behind the document `previous`, from two words; nil as in
    /// `readUsualBlockHeader`.
    @inline(__always)
    private func usualHeader(_ offset: Int, after previous: DocID) -> UsualHeader? {
        guard offset >= 0, offset <= postings.count - 16 else { return nil }
        // SAFETY: 16 bytes from `offset` on lie inside the list.
        let bytes = UnsafeRawPointer(postings.base + offset)
        let head = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        let flags = UInt64(PostingsFormat.flag) << 8 | UInt64(PostingsFormat.flag)
        if head & flags != 0 { return nil }
        let form = UInt8(truncatingIfNeeded: head)
        let width = UInt8(truncatingIfNeeded: head >> 8)
        let exceptions = UInt8(truncatingIfNeeded: head >> 16)
        let hasRepeated = head & 0xf0_ff00 != 0
        let distance = UInt32(truncatingIfNeeded: head >> 40 & 0xffff)
        let first = previous &+ 1
        let (last, isOver) = first.addingReportingOverflow(distance)
        var documentsByteCount = 16 &* Int(form) &+ 2 &* Int(exceptions & 15)
        if form > 32 {
            guard form == PostingsFormat.bitSetEncoding, exceptions & 15 == 0 else { return nil }
            documentsByteCount = 8 &* (Int(last / 64) &- Int(first / 64) &+ 1)
        }
        let shortCount = PostingsFormat.blockHeaderByteCount &+ (hasPositions ? 2 : 0)
        let data = offset &+ shortCount &+ (hasRepeated ? 2 : 0)
        let next = data &+ documentsByteCount &+ 16 &* Int(width) &+ 2 &* Int(exceptions >> 4)
        guard width <= 32, !isOver, next <= groupEnd,
            next < groupEnd ? last < groupLastDocument : last == groupLastDocument
        else { return nil }
        return UsualHeader(
            encoding: form, frequencyWidth: width, exceptions: exceptions,
            impact: Impact(
                stored: UInt8(truncatingIfNeeded: head >> 32), UInt8(truncatingIfNeeded: head >> 24),
                ofRepeated: hasRepeated ? bytes.load(fromByteOffset: shortCount, as: UInt8.self) : .max,
                hasRepeated ? bytes.load(fromByteOffset: shortCount + 1, as: UInt8.self) : 0),
            last: last, data: data, next: next,
            positionsByteCount: hasPositions
                ? Int(UInt16(littleEndian: (bytes + 7).loadUnaligned(as: UInt16.self))) : 0)
    }

    /// Moves over blocks of the group that are not within `reach`, to the first that is, or that has the
    /// document before `end`, or the group's last; false, and nothing done, at the end of the group.
    mutating func nextBlockOfGroup(within reach: ImpactReach, end: DocID) throws(SegmentError) -> Bool {
        guard form == .long, blockCount > 0, nextOffset < groupEnd else { return false }
        // Other blocks than the usual end the loop: they are read below.
        var (offset, last) = (nextOffset, blockLastDocument)
        var (positionsOffset, blockStart) = (nextPositionsOffset, nextBlockStart)
        while documentFrequency >= blockStart &+ 128, let header = usualHeader(offset, after: last),
            header.next < groupEnd, header.last < end &- 1,
            !reach.contains(header.impact)
        {
            offset = header.next
            last = header.last
            positionsOffset &+= header.positionsByteCount
            blockStart &+= 128
        }
        nextOffset = offset
        previous = last
        nextPositionsOffset = positionsOffset
        nextBlockStart = blockStart
        try readBlockHeader()
        return true
    }

    /// Reads the header of any block, and says what is wrong with it.
    @inline(never)
    private mutating func readAnyBlockHeader() throws(SegmentError) {
        let offset = nextOffset
        guard offset + PostingsFormat.blockHeaderByteCount <= groupEnd, nextBlockStart < documentFrequency
        else { throw damaged(offset, "a block's header is cut") }
        let isFar = postings.u8(offset) & PostingsFormat.flag != 0
        let isLong = postings.u8(offset + 1) & PostingsFormat.flag != 0
        encoding = postings.u8(offset) & ~PostingsFormat.flag
        frequencyWidth = postings.u8(offset + 1) & ~PostingsFormat.flag
        gapExceptions = postings.u8(offset + 2) & 15
        frequencyExceptions = postings.u8(offset + 2) >> 4
        let hasRepeated = frequencyWidth > 0 || frequencyExceptions > 0
        dataOffset = offset + (isFar ? 9 : 7) + (hasPositions ? (isLong ? 4 : 2) : 0) + (hasRepeated ? 2 : 0)
        guard dataOffset <= groupEnd else { throw damaged(offset, "a block's header is cut") }
        let distance = isFar ? postings.u32(offset + 5) : UInt32(postings.u16(offset + 5))
        let (last, isOver) = blockLowerBound.addingReportingOverflow(distance)
        positionsOffset = nextPositionsOffset
        if hasPositions {
            let place = offset + (isFar ? 9 : 7)
            nextPositionsOffset += isLong ? Int(postings.u32(place)) : Int(postings.u16(place))
        }
        blockLastDocument = last
        blockCount = Int(min(documentFrequency - nextBlockStart, UInt32(SegmentFormat.postingsBlockCount)))
        nextBlockStart += UInt32(blockCount)
        blockImpact = Impact(
            stored: postings.u8(offset + 4), postings.u8(offset + 3),
            ofRepeated: hasRepeated ? postings.u8(dataOffset - 2) : .max,
            hasRepeated ? postings.u8(dataOffset - 1) : 0)
        let documentsByteCount = documentsByteCount
        nextOffset = dataOffset + documentsByteCount + frequenciesByteCount
        // After the last block of a group stands the next group: the ends must meet.
        guard documentsByteCount >= 0, frequencyWidth <= 32, !isOver, nextOffset <= groupEnd,
            nextOffset < groupEnd ? last < groupLastDocument : last == groupLastDocument
        else { throw damaged(offset, "a block's header contradicts its group") }
    }

    /// How many bytes the block's documents take; -1 when their form is unknown.
    @inline(__always)
    var documentsByteCount: Int {
        if encoding <= 32 { return patchedByteCount(blockCount, width: encoding, exceptions: gapExceptions) }
        return encoding == PostingsFormat.bitSetEncoding && gapExceptions == 0 ? bitSetWordCount * 8 : -1
    }

    @inline(__always)
    private var frequenciesByteCount: Int {
        patchedByteCount(blockCount, width: frequencyWidth, exceptions: frequencyExceptions)
    }

    var bitSetFirstWord: UInt32 { blockLowerBound / 64 }

    var bitSetWordCount: Int { Int(blockLastDocument / 64) - Int(bitSetFirstWord) + 1 }

    // MARK: Documents

    /// Writes the block's documents, ascending, and returns how many there are.
    ///
    /// - Precondition: `documents` has room for 128 values, and the cursor stands on a block.
    public func decodeDocuments(
        into documents: UnsafeMutablePointer<UInt32>
    ) throws(SegmentError) -> Int {
        if form == .singleton {
            documents[0] = singletonDocument
            return blockCount
        }
        precondition(blockCount > 0, "the cursor stands on no block")
        // SAFETY: the header's lengths were compared with the list when it was read, so that the kernels
        // read inside it; they write at most 128 values.
        let data = postings.base + dataOffset
        if encoding == PostingsFormat.bitSetEncoding {
            let count = saekin_bits_to_values(
                data, bitSetWordCount, bitSetFirstWord * 64, documents, Self.blockCapacity)
            guard count == blockCount, documents[0] >= blockLowerBound,
                documents[count - 1] == blockLastDocument
            else { throw damaged(dataOffset, "a bit set has other documents than its block") }
            return count
        }
        if gapExceptions > 0 {
            saekin_unpack_patched_ascending(
                data, UInt32(blockCount), UInt32(encoding), UInt32(gapExceptions), previous, documents)
        } else if blockCount == 128 {
            saekin_unpack128_ascending(data, UInt32(encoding), previous, documents)
        } else {
            saekin_unpack_narrow_ascending(data, UInt32(blockCount), UInt32(encoding), previous, documents)
        }
        guard documents[blockCount - 1] == blockLastDocument,
            Self.ascends(gapWidth)
                || saekin_is_ascending(documents, blockCount) == 1 && documents[0] >= blockLowerBound
        else { throw damaged(dataOffset, "a block's documents do not end where its header says") }
        return blockCount
    }

    /// How many bits a gap of the block may have.
    private var gapWidth: Int { Int(encoding) + (gapExceptions > 0 ? PostingsFormat.exceptionBitCount : 0) }

    /// Whether documents with gaps of so many bits certainly ascend: gaps below 2^24 add up to less than
    /// 2^32.
    private static func ascends(_ gapWidth: Int) -> Bool { gapWidth <= 24 }

    /// Whether every frequency of the block is 1.
    public var hasOnlySingleOccurrences: Bool {
        form == .singleton ? totalFrequency == 1 : frequencyWidth == 0 && frequencyExceptions == 0
    }

    /// Writes the frequencies of the block's documents, in their order, and returns how many there are.
    ///
    /// - Precondition: `frequencies` has room for 128 values, and the cursor stands on a block.
    public func decodeFrequencies(into frequencies: UnsafeMutablePointer<UInt32>) -> Int {
        if form == .singleton {
            frequencies[0] = UInt32(clamping: totalFrequency)
            return blockCount
        }
        let offset = dataOffset + documentsByteCount
        // SAFETY: as in `decodeDocuments`.
        saekin_unpack_patched(
            postings.base + offset, UInt32(blockCount), UInt32(frequencyWidth), UInt32(frequencyExceptions),
            frequencies)
        if Int(frequencyWidth) + PostingsFormat.exceptionBitCount < 32 {
            for index in 0..<blockCount { frequencies[index] &+= 1 }
        } else {
            // No frequency is 2^32: damaged bytes must not make one that is 0.
            for index in 0..<blockCount where frequencies[index] < .max { frequencies[index] += 1 }
        }
        return blockCount
    }

    /// Writes how many occurrences the block's documents up to each have, ascending: where the positions of
    /// each end.
    ///
    /// - Throws: `damaged` when the sums exceed 32 bits.
    /// - Precondition: as for `decodeFrequencies`.
    func decodeEnds(into ends: UnsafeMutablePointer<UInt32>) throws(SegmentError) {
        if form == .singleton {
            ends[0] = UInt32(clamping: totalFrequency)
            return
        }
        let offset = dataOffset + documentsByteCount
        // Frequencies are stored less 1, as gaps are: what adds gaps up adds them up too.
        // SAFETY: as in `decodeDocuments`.
        saekin_unpack_patched_ascending(
            postings.base + offset, UInt32(blockCount), UInt32(frequencyWidth), UInt32(frequencyExceptions),
            0, ends)
        // Narrower ones cannot exceed 32 bits.
        guard
            Int(frequencyWidth) + PostingsFormat.exceptionBitCount <= 24
                || ends[0] > 0 && saekin_is_ascending(ends, blockCount) == 1
        else { throw damaged(offset, "the frequencies of a block exceed what can be counted") }
    }

    /// Whether the block's documents are a bit set, which `orDocuments` adds to a window without decoding.
    public var isBitSet: Bool { form == .long && encoding == PostingsFormat.bitSetEncoding && blockCount > 0 }

    /// Whether no bit is set before the block's lower bound or behind its last document.
    var isBitSetBounded: Bool {
        let firstWord = postings.u64(dataOffset)
        let lastWord = postings.u64(dataOffset + (bitSetWordCount - 1) * 8)
        return firstWord & ((1 << UInt64(blockLowerBound % 64)) - 1) == 0
            && 63 - lastWord.leadingZeroBitCount == Int(blockLastDocument % 64)
    }

    func damaged(_ offset: Int, _ message: String) -> SegmentError {
        let segment = segment.takeUnretainedValue()
        return segment.frame[.postings].damaged(segment.name, sectionOffset + offset, message)
    }

    func damagedPositions(_ message: String) -> SegmentError {
        let segment = segment.takeUnretainedValue()
        return segment.frame[.positions].damaged(segment.name, 0, message)
    }
}
