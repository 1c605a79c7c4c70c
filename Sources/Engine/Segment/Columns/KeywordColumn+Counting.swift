// Counts the ordinals of chosen documents of a window. Groups of 128 documents without a chosen one are passed over;
// of a group with few only their values are read, a group with many is unpacked.
import CKernels

extension KeywordColumn {
    /// Adds 1 to the count of each ordinal of the documents whose bits are set in `words`.
    ///
    /// - Precondition: `words` has 64 words, none of which names a document beyond the last; `counts` has room
    ///   for `termCount` values.
    func count(
        window: Int, where words: UnsafePointer<UInt64>, into counts: UnsafeMutablePointer<UInt32>
    ) throws(SegmentError) {
        let block = try block(window)
        switch block.column.encoding {
        case .single: try countSingle(block, window, words, counts)
        case .multiple: try countMultiple(block, window, words, counts)
        default: return
        }
    }

    /// The ordinals of a window in which every document has one.
    struct SingleOrdinals {
        fileprivate let packed: saekin_packed_ordinals

        /// The ordinal of the document at `offset` in the window; nil for bytes that are none.
        @inline(__always)
        func ordinal(_ offset: Int) -> UInt32? {
            guard offset < packed.count else { return nil }
            // SAFETY: the array has a value at each place below its count.
            let value = saekin_array_value(packed.values, packed.count, packed.width, offset)
            return value <= packed.range ? packed.smallest + value : nil
        }
    }

    /// Reads single ordinals of a window; nil where not every document has exactly one.
    func singleOrdinals(window: Int) throws(SegmentError) -> SingleOrdinals? {
        let block = try block(window)
        guard block.column.encoding == .single, block.column.presence == .all else { return nil }
        return SingleOrdinals(packed: Self.packedOrdinals(block))
    }

    private func countSingle(
        _ block: Block, _ window: Int, _ words: UnsafePointer<UInt64>, _ counts: UnsafeMutablePointer<UInt32>
    ) throws(SegmentError) {
        var packed = Self.packedOrdinals(block)
        try forEachGroup(block, words) { first, ranks, rankCount throws(SegmentError) in
            guard saekin_count_chosen(&packed, first / 128, ranks, rankCount, counts) == 0 else {
                throw damaged(window, "an ordinal is above the largest of its block")
            }
        }
    }

    private func countMultiple(
        _ block: Block, _ window: Int, _ words: UnsafePointer<UInt64>, _ counts: UnsafeMutablePointer<UInt32>
    ) throws(SegmentError) {
        var packed = Self.packedOrdinals(block)
        let width = UInt32(block.countWidth)
        let lengths = block.view.base + block.countsOffset
        try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 129) { ends throws(SegmentError) in
            guard let ends = ends.baseAddress else { return }
            try forEachGroup(block, words) { first, ranks, rankCount throws(SegmentError) in
                let start = Int(block.view.u32(block.startsOffset + first / 128 * 4))
                let size = min(128, block.column.presentCount - first)
                // Where the values of each document end, counted from the first of the group.
                saekin_unpack_array(lengths + first / 8 * Int(width), size, width, ends + 1)
                ends[0] = 0
                for index in 1...size { ends[index] = ends[index - 1] &+ ends[index] &+ 1 }
                guard start + Int(ends[size]) <= block.valueCount,
                    saekin_count_chosen_lists(&packed, start, ends, ranks, rankCount, counts) == 0
                else { throw damaged(window, "counts exceed the values, or an ordinal the largest") }
            }
        }
    }

    private static func packedOrdinals(_ block: Block) -> saekin_packed_ordinals {
        // SAFETY: `block` compared the length of the array with the data.
        saekin_packed_ordinals(
            values: block.view.base + block.ordinalsOffset, count: block.valueCount,
            width: UInt32(block.column.width), smallest: block.smallest, range: block.largest - block.smallest
        )
    }

    /// Hands to `body`, for each group of 128 documents with a value, the number of the first among those with
    /// a value, and which of the group are chosen, as numbers from 0 to 127.
    @inline(__always)
    private func forEachGroup(
        _ block: Block, _ words: UnsafePointer<UInt64>,
        _ body: (_ first: Int, _ ranks: UnsafePointer<UInt8>, _ rankCount: Int) throws(SegmentError) -> Void
    ) throws(SegmentError) {
        let column = block.column
        try withUnsafeTemporaryAllocation(of: UInt64.self, capacity: SegmentFormat.windowWordCount) {
            presence throws(SegmentError) in
            try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128) { buffer throws(SegmentError) in
                guard let presence = presence.baseAddress, let ranks = buffer.baseAddress else { return }
                let isDense = column.presence == .all
                if !isDense { column.writePresence(presence) }
                var group = 0
                var rankCount = 0
                var before = 0
                let wordCount = (column.documentCount + 63) / 64
                for word in 0..<wordCount {
                    let present = isDense ? UInt64.max : presence[word]
                    var chosen = words[word] & present
                    while chosen != 0 {
                        let bit = UInt64(chosen.trailingZeroBitCount)
                        chosen &= chosen - 1
                        let rank =
                            isDense
                            ? word << 6 + Int(bit)
                            : before + (present & ((1 << bit) - 1)).nonzeroBitCount
                        guard rank < column.presentCount else { break }
                        if rank >> 7 != group {
                            if rankCount > 0 { try body(group << 7, ranks, rankCount) }
                            group = rank >> 7
                            rankCount = 0
                        }
                        ranks[rankCount] = UInt8(rank & 127)
                        rankCount += 1
                    }
                    if !isDense { before += present.nonzeroBitCount }
                }
                if rankCount > 0 { try body(group << 7, ranks, rankCount) }
            }
        }
    }
}
