// Compares a window's values with a range where they are packed: the range is brought into the numbers that
// the block keeps, and these are compared many at a time.
import CKernels

extension IntegerColumn {
    /// Writes, for each of a window's candidates, whether its value lies in `lower...upper`.
    ///
    /// - Returns: false, and nothing written, when the block's encoding must be decoded first.
    /// - Precondition: `candidates` has 64 words that name no document beyond the last, and `words` room for
    ///   as many, all of which are written; `lower <= upper`.
    func matchRange(
        window: Int, lower: Int64, upper: Int64, candidates: UnsafePointer<UInt64>,
        into words: UnsafeMutablePointer<UInt64>
    ) throws(SegmentError) -> Bool {
        let block = try block(window)
        let column = block.column
        guard column.presence == .all, column.width <= 32,
            column.encoding == .packed || column.encoding == .table
        else { return false }
        let count = column.presentCount
        words.update(repeating: 0, count: SegmentFormat.windowWordCount)
        let packedRange: ClosedRange<UInt32>?
        let data: UnsafePointer<UInt8>
        if column.encoding == .table {
            let tableCount = Int(block.values.u16(0))
            packedRange = Self.tableRange(block.values, tableCount, lower, upper)
            data = block.values.base + 2 + tableCount * 8
        } else {
            packedRange = Self.packedRange(
                lower, upper, smallest: block.smallest, divisor: block.values.u64(0))
            data = block.values.base + 8
        }
        guard let packedRange else { return true }
        // SAFETY: `block` compared the length of the values with the data.
        saekin_packed_in_range(
            data, count, UInt32(column.width), packedRange.lowerBound, packedRange.upperBound, candidates,
            words)
        return true
    }

    /// The quotients (value - smallest) / divisor of the values in the range; nil when there is none.
    private static func packedRange(
        _ lower: Int64, _ upper: Int64, smallest: Int64, divisor: UInt64
    ) -> ClosedRange<UInt32>? {
        guard upper >= smallest else { return nil }
        let step = max(divisor, 1)
        // Differences of two Int64 fit into UInt64.
        let below = lower > smallest ? UInt64(bitPattern: lower) &- UInt64(bitPattern: smallest) : 0
        let above = UInt64(bitPattern: upper) &- UInt64(bitPattern: smallest)
        let first = below / step + (below % step > 0 ? 1 : 0)
        let last = min(above / step, UInt64(UInt32.max))
        return first <= last ? UInt32(first)...UInt32(last) : nil
    }

    /// The places of the ascending table whose values lie in the range; nil when there is none.
    private static func tableRange(
        _ view: ByteView, _ count: Int, _ lower: Int64, _ upper: Int64
    ) -> ClosedRange<UInt32>? {
        var places: ClosedRange<UInt32>?
        for place in 0..<count {
            let value = Int64(bitPattern: view.u64(2 + place * 8))
            guard value >= lower, value <= upper else { continue }
            places = (places?.lowerBound ?? UInt32(place))...UInt32(place)
        }
        return places
    }
}
