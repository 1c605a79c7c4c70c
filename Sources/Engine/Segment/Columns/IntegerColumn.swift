// Reads a column of integers. See ColumnFormat for the layout, and the page IntegerColumn.
import CKernels

/// What is known of a block of 4,096 documents without reading it.
public struct IntegerBlockSummary: Hashable, Sendable {
    /// Documents with a value.
    public let presentCount: Int
    /// The smallest and the largest value; 0 when there is none.
    public let smallest: Int64
    public let largest: Int64
}

/// The values of an integer or decimal field. Valid as long as its segment.
public struct IntegerColumn: @unchecked Sendable {
    // SAFETY (Sendable): the segment is immutable, and whoever uses the column keeps it.
    private let segment: Unmanaged<Segment>
    private let indexOffset: Int
    private let documentCount: UInt32

    init(_ segment: Segment, columnIndexOffset: Int) {
        self.segment = Unmanaged.passUnretained(segment)
        indexOffset = columnIndexOffset
        documentCount = segment.documentCount
    }

    /// Windows of 4,096 documents.
    public var windowCount: Int { ColumnFormat.blockCount(documentCount) }

    /// What the column index says about a window.
    ///
    /// - Precondition: `window` is below `windowCount`.
    public func summary(window: Int) -> IntegerBlockSummary {
        precondition(window >= 0 && window < windowCount, "no such window")
        let index = segment._withUnsafeGuaranteedRef { $0.frame[.columnIndex].view }
        let entry = indexOffset + window * ColumnFormat.entryByteCount
        return IntegerBlockSummary(
            presentCount: Int(index.u16(entry + 12)), smallest: Int64(bitPattern: index.u64(entry + 16)),
            largest: Int64(bitPattern: index.u64(entry + 24)))
    }

    /// The value of a document; nil when it has none.
    ///
    /// - Precondition: `document` is below the segment's `documentCount`.
    public func value(_ document: DocID) throws(SegmentError) -> Int64? {
        precondition(document < documentCount, "no such document")
        let window = Int(document) / SegmentFormat.windowCount
        let block = try block(window)
        guard let rank = block.column.rank(Int(document) % SegmentFormat.windowCount) else { return nil }
        let view = block.values
        let column = block.column
        let base = UInt64(bitPattern: block.smallest)
        // SAFETY: `block` compared the length of the values with the arrays that they hold, and rank <
        // presentCount.
        switch column.encoding {
        case .packed:
            let lowWidth = min(column.width, 32)
            let low = view.base + 8
            var quotient = UInt64(
                saekin_array_value(low, column.presentCount, UInt32(lowWidth), rank))
            if column.width > 32 {
                let high = low + packedByteCount(column.presentCount, width: lowWidth)
                quotient |=
                    UInt64(saekin_array_value(high, column.presentCount, UInt32(column.width - 32), rank))
                    << 32
            }
            return Int64(bitPattern: base &+ quotient &* view.u64(0))
        case .table:
            let count = Int(view.u16(0))
            let index = Int(
                saekin_array_value(
                    view.base + 2 + count * 8, column.presentCount, UInt32(column.width), rank))
            guard index < count else { throw damaged(window, "a value's index lies outside of its table") }
            return Int64(bitPattern: view.u64(2 + index * 8))
        default:
            return block.smallest
        }
    }

    /// Writes a window: the value of each document, 0 where it has none, and one bit a document that has one.
    ///
    /// - Precondition: `values` has room for 4,096 values and `present` for 64 words; all are written.
    public func decode(
        window: Int, values: UnsafeMutablePointer<Int64>, present: UnsafeMutablePointer<UInt64>
    ) throws(SegmentError) {
        let block = try block(window)
        let column = block.column
        column.writePresence(present)
        if column.presence == .all {
            try decodePresent(block, window: window, into: values)
            let missing = SegmentFormat.windowCount - column.presentCount
            (values + column.presentCount).update(repeating: 0, count: missing)
            return
        }
        try withUnsafeTemporaryAllocation(of: Int64.self, capacity: SegmentFormat.windowCount) {
            buffer throws(SegmentError) in
            guard let packed = buffer.baseAddress else { return }
            try decodePresent(block, window: window, into: packed)
            values.update(repeating: 0, count: SegmentFormat.windowCount)
            var rank = 0
            forEachBit(present) { offset in
                if rank < column.presentCount { values[offset] = packed[rank] }
                rank += 1
            }
            guard rank == column.presentCount else {
                throw damaged(window, "another number of documents has a value than there are values")
            }
        }
    }

    private func decodePresent(
        _ block: Block, window: Int, into values: UnsafeMutablePointer<Int64>
    ) throws(SegmentError) {
        let column = block.column
        let count = column.presentCount
        let view = block.values
        guard column.encoding == .packed || column.encoding == .table else {
            values.update(repeating: block.smallest, count: count)
            return
        }
        try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: SegmentFormat.windowCount) {
            buffer throws(SegmentError) in
            guard let packed = buffer.baseAddress else { return }
            // SAFETY: as in `value`; the buffer holds a whole block.
            if column.encoding == .table {
                let tableCount = Int(view.u16(0))
                saekin_unpack_array(view.base + 2 + tableCount * 8, count, UInt32(column.width), packed)
                guard saekin_max(packed, count) < tableCount else {
                    throw damaged(window, "a value's index lies outside of its table")
                }
                for rank in 0..<count {
                    values[rank] = Int64(bitPattern: view.u64(2 + Int(packed[rank]) * 8))
                }
                return
            }
            let lowWidth = min(column.width, 32)
            let low = view.base + 8
            let divisor = view.u64(0)
            saekin_unpack_array(low, count, UInt32(lowWidth), packed)
            saekin_widen(packed, count, UInt64(bitPattern: block.smallest), divisor, values)
            if column.width > 32 {
                let high = low + packedByteCount(count, width: lowWidth)
                saekin_unpack_array(high, count, UInt32(column.width - 32), packed)
                for rank in 0..<count {
                    values[rank] &+= Int64(bitPattern: UInt64(packed[rank]) << 32 &* divisor)
                }
            }
        }
    }

    /// A block whose lengths are right.
    struct Block {
        let column: ColumnBlock
        let values: ByteView
        let smallest: Int64
    }

    func block(_ window: Int) throws(SegmentError) -> Block {
        precondition(window >= 0 && window < windowCount, "no such window")
        let segment = segment.takeUnretainedValue()
        let entry = indexOffset + window * ColumnFormat.entryByteCount
        let column = try ColumnBlock(
            segment, entryOffset: entry,
            documentCount: ColumnFormat.documentCount(ofBlock: window, documentCount))
        let rest = column.data.count - column.presenceByteCount
        guard rest >= 0 else { throw damaged(window, "a block is shorter than its presence") }
        let values = column.data.slice(column.presenceByteCount, rest)
        let expected: Int
        switch column.encoding {
        case .absent, .constant: expected = 0
        case .packed: expected = 8 + arrayByteCount(column.presentCount, width: column.width)
        case .table where column.width <= 8 && rest >= 2:
            expected = 2 + Int(values.u16(0)) * 8 + packedByteCount(column.presentCount, width: column.width)
        default: expected = -1
        }
        guard rest == expected else { throw damaged(window, "a block's length contradicts its encoding") }
        let smallest = Int64(bitPattern: segment.frame[.columnIndex].view.u64(entry + 16))
        return Block(column: column, values: values, smallest: smallest)
    }

    func damaged(_ window: Int, _ message: String) -> SegmentError {
        let segment = segment.takeUnretainedValue()
        return segment.frame[.columnIndex].damaged(
            segment.name, indexOffset + window * ColumnFormat.entryByteCount, message)
    }
}
