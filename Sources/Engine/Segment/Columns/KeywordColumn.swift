// Reads a column of term ordinals. See ColumnFormat for the layout, and the page KeywordColumn.
import CKernels

/// The ordinals of a window of 4,096 documents, decoded; its memory is used again for the next window.
public struct KeywordWindow {
    /// Whether no document has more than one value: `ordinals` then has one value a document.
    public internal(set) var isSingleValued = true
    /// Whether any document has a value. The other members are meaningless when none has.
    public internal(set) var isEmpty = true
    /// Single-valued: the ordinal of each of 4,096 documents, `missing` where there is none. Otherwise the
    /// values of all documents, one document after another, ascending in each.
    public internal(set) var ordinals = [UInt32](
        repeating: KeywordWindow.missing, count: SegmentFormat.windowCount)
    /// Many-valued: where each document's values start in `ordinals`, 4,097 numbers.
    public internal(set) var starts = [UInt32](repeating: 0, count: SegmentFormat.windowCount + 1)
    /// What stands for no value.
    public static let missing = UInt32.max

    public init() {}

    /// Hands the ordinals of the document at `offset` in the window to `body`, ascending.
    @inline(__always)
    public func forEachOrdinal(_ offset: Int, _ body: (UInt32) -> Void) {
        if isEmpty { return }
        if isSingleValued {
            if ordinals[offset] != Self.missing { body(ordinals[offset]) }
            return
        }
        for index in Int(starts[offset])..<Int(starts[offset + 1]) { body(ordinals[index]) }
    }
}

/// The values of a keyword field as ordinals of the field's terms. Valid as long as its segment.
public struct KeywordColumn: @unchecked Sendable {
    // SAFETY (Sendable): the segment is immutable, and whoever uses the column keeps it.
    private let segment: Unmanaged<Segment>
    private let indexOffset: Int
    private let documentCount: UInt32
    /// Ordinals are below this.
    public let termCount: UInt32

    init(_ segment: Segment, columnIndexOffset: Int, termCount: UInt32) {
        self.segment = Unmanaged.passUnretained(segment)
        indexOffset = columnIndexOffset
        documentCount = segment.documentCount
        self.termCount = termCount
    }

    /// Windows of 4,096 documents.
    public var windowCount: Int { ColumnFormat.blockCount(documentCount) }

    /// How many documents of a window have a value.
    ///
    /// - Precondition: `window` is below `windowCount`.
    public func presentCount(window: Int) -> Int {
        precondition(window >= 0 && window < windowCount, "no such window")
        let entry = indexOffset + window * ColumnFormat.entryByteCount
        return segment._withUnsafeGuaranteedRef { Int($0.frame[.columnIndex].view.u16(entry + 12)) }
    }

    /// The smallest ordinal of a document; nil when it has none.
    public func firstOrdinal(_ document: DocID) throws(SegmentError) -> UInt32? {
        var first: UInt32?
        try forEachOrdinal(document) { ordinal in
            if first == nil { first = ordinal }
        }
        return first
    }

    /// The ordinals of a document, ascending.
    public func ordinals(_ document: DocID) throws(SegmentError) -> [UInt32] {
        var ordinals: [UInt32] = []
        try forEachOrdinal(document) { ordinals.append($0) }
        return ordinals
    }

    /// Hands the ordinals of a document to `body`, ascending.
    ///
    /// - Precondition: `document` is below the segment's `documentCount`.
    public func forEachOrdinal(_ document: DocID, _ body: (UInt32) -> Void) throws(SegmentError) {
        precondition(document < documentCount, "no such document")
        let window = Int(document) / SegmentFormat.windowCount
        let block = try block(window)
        let column = block.column
        guard let rank = column.rank(Int(document) % SegmentFormat.windowCount) else { return }
        var start = rank
        var count = 1
        // SAFETY: `block` compared the lengths of the arrays with the data.
        if column.encoding == .multiple {
            start = Int(block.view.u32(block.startsOffset + rank / 128 * 4))
            for before in rank / 128 * 128..<rank { start += block.count(before) }
            count = block.count(rank)
            guard start + count <= block.valueCount else { throw damaged(window, "counts exceed the values") }
        }
        for index in start..<start + count {
            let packed = saekin_array_value(
                block.view.base + block.ordinalsOffset, block.valueCount, UInt32(column.width), index)
            guard packed <= block.largest - block.smallest else {
                throw damaged(window, "an ordinal is above the largest of its block")
            }
            body(block.smallest + packed)
        }
    }

    /// Decodes a window into `result`. Every ordinal in it is below `termCount`.
    ///
    /// - Precondition: `window` is below `windowCount`.
    public func decode(window: Int, into result: inout KeywordWindow) throws(SegmentError) {
        let block = try block(window)
        let column = block.column
        result.isEmpty = column.encoding == .absent
        result.isSingleValued = column.encoding != .multiple
        if result.isEmpty { return }
        let room = max(block.valueCount, SegmentFormat.windowCount)
        if result.ordinals.count < room {
            result.ordinals.append(
                contentsOf: repeatElement(KeywordWindow.missing, count: room - result.ordinals.count))
        }
        try result.ordinals.withUnsafeMutableBufferPointer { buffer throws(SegmentError) in
            guard let ordinals = buffer.baseAddress else { return }
            // SAFETY: `block` compared the length of the array with the data, and the buffer has room for it.
            saekin_unpack_array(
                block.view.base + block.ordinalsOffset, block.valueCount, UInt32(column.width), ordinals)
            guard saekin_max(ordinals, block.valueCount) <= block.largest - block.smallest else {
                throw damaged(window, "an ordinal is above the largest of its block")
            }
            for index in 0..<block.valueCount { ordinals[index] += block.smallest }
        }
        if result.isSingleValued {
            try spread(block, window: window, &result.ordinals)
        } else {
            try decodeStarts(block, window: window, &result.starts)
        }
    }

    /// Moves the ordinals of a single-valued block from their ranks to their documents, from the last to
    /// the first.
    private func spread(_ block: Block, window: Int, _ ordinals: inout [UInt32]) throws(SegmentError) {
        let column = block.column
        if column.presence == .all {
            for offset in column.presentCount..<SegmentFormat.windowCount {
                ordinals[offset] = KeywordWindow.missing
            }
            return
        }
        try withPresence(block) { words throws(SegmentError) in
            var rank = 0
            forEachBit(words) { _ in rank += 1 }
            guard rank == column.presentCount else {
                throw damaged(window, "presence disagrees with the values")
            }
            for offset in (0..<SegmentFormat.windowCount).reversed() {
                if words[offset / 64] >> UInt64(offset % 64) & 1 == 1 {
                    rank -= 1
                    ordinals[offset] = ordinals[rank]
                } else {
                    ordinals[offset] = KeywordWindow.missing
                }
            }
        }
    }

    private func decodeStarts(_ block: Block, window: Int, _ starts: inout [UInt32]) throws(SegmentError) {
        let column = block.column
        try withPresence(block) { words throws(SegmentError) in
            try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: SegmentFormat.windowCount) {
                buffer throws(SegmentError) in
                guard let counts = buffer.baseAddress else { return }
                // SAFETY: `block` compared the length of the array with the data.
                saekin_unpack_array(
                    block.view.base + block.countsOffset, column.presentCount, UInt32(block.countWidth),
                    counts)
                var rank = 0
                var start: UInt64 = 0
                for offset in 0..<SegmentFormat.windowCount {
                    starts[offset] = UInt32(truncatingIfNeeded: start)
                    if words[offset / 64] >> UInt64(offset % 64) & 1 == 1 {
                        guard rank < column.presentCount else {
                            throw damaged(window, "presence disagrees with the counts")
                        }
                        start += UInt64(counts[rank]) + 1
                        rank += 1
                    }
                }
                guard rank == column.presentCount, start == UInt64(block.valueCount) else {
                    throw damaged(window, "counts disagree with the values")
                }
                starts[SegmentFormat.windowCount] = UInt32(start)
            }
        }
    }

    private func withPresence(
        _ block: Block, _ body: (UnsafeMutablePointer<UInt64>) throws(SegmentError) -> Void
    ) throws(SegmentError) {
        try withUnsafeTemporaryAllocation(of: UInt64.self, capacity: SegmentFormat.windowWordCount) {
            buffer throws(SegmentError) in
            guard let words = buffer.baseAddress else { return }
            block.column.writePresence(words)
            try body(words)
        }
    }

    /// A block whose lengths are right.
    struct Block {
        let column: ColumnBlock
        let view: ByteView
        let smallest: UInt32
        let largest: UInt32
        let valueCount: Int
        let countWidth: Int
        let startsOffset: Int
        let countsOffset: Int
        let ordinalsOffset: Int

        /// How many values the document of this rank has.
        func count(_ rank: Int) -> Int {
            let less = saekin_array_value(
                view.base + countsOffset, column.presentCount, UInt32(countWidth), rank)
            return Int(less) + 1
        }
    }

    func block(_ window: Int) throws(SegmentError) -> Block {
        precondition(window >= 0 && window < windowCount, "no such window")
        let segment = segment.takeUnretainedValue()
        let index = segment.frame[.columnIndex].view
        let entry = indexOffset + window * ColumnFormat.entryByteCount
        let column = try ColumnBlock(
            segment, entryOffset: entry,
            documentCount: ColumnFormat.documentCount(ofBlock: window, documentCount))
        let most = index.u32(entry + 28)
        let isMultiple = column.encoding == .multiple
        let countWidth = isMultiple ? (max(most, 1) - 1).significantBitCount : 0
        let counts = column.presenceByteCount + (isMultiple ? (column.presentCount + 127) / 128 * 4 : 0)
        let ordinals = counts + packedByteCount(column.presentCount, width: countWidth)
        let block = Block(
            column: column, view: column.data, smallest: index.u32(entry + 16),
            largest: index.u32(entry + 20),
            valueCount: Int(index.u32(entry + 24)), countWidth: countWidth,
            startsOffset: column.presenceByteCount, countsOffset: counts, ordinalsOffset: ordinals)
        guard column.encoding == .absent || column.encoding == .single || isMultiple, column.width <= 32,
            block.smallest <= block.largest, block.largest < termCount || column.encoding == .absent,
            countWidth <= 16, isMultiple || block.valueCount == column.presentCount,
            block.valueCount >= column.presentCount,
            block.valueCount <= column.presentCount * IndexDocument.keywordValueCountMax,
            ordinals + packedByteCount(block.valueCount, width: column.width) == column.data.count
        else { throw damaged(window, "a block's lengths or ordinals contradict each other") }
        return block
    }

    func damaged(_ window: Int, _ message: String) -> SegmentError {
        let segment = segment.takeUnretainedValue()
        return segment.frame[.columnIndex].damaged(
            segment.name, indexOffset + window * ColumnFormat.entryByteCount, message)
    }
}
