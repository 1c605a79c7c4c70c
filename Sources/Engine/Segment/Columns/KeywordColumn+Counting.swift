// Counts the ordinals of chosen documents of a window where they are packed.
import CKernels

extension KeywordColumn {
    /// Adds 1 to the count of each ordinal of the documents whose bits are set in `words`. An ordinal's count
    /// is the sum of two neighbours in `counts`, at twice its number; without numbers, at twice the ordinal.
    ///
    /// - Precondition: `words` has 64 words, none of which names a document beyond the last; `numbers` has
    ///   `termCount` values, and `counts` room for two a number.
    func count(
        window: Int, where words: UnsafePointer<UInt64>, numbers: UnsafePointer<UInt32>?,
        into counts: UnsafeMutablePointer<UInt32>
    ) throws(SegmentError) {
        let block = try block(window)
        guard block.column.encoding == .single || block.column.encoding == .multiple else { return }
        if block.column.presence == .all {
            return try count(block, window, words, nil, numbers, counts)
        }
        try withUnsafeTemporaryAllocation(of: UInt64.self, capacity: SegmentFormat.windowWordCount) {
            presence throws(SegmentError) in
            guard let presence = presence.baseAddress else { return }
            block.column.writePresence(presence)
            try count(block, window, words, presence, numbers, counts)
        }
    }

    private func count(
        _ block: Block, _ window: Int, _ words: UnsafePointer<UInt64>, _ presence: UnsafePointer<UInt64>?,
        _ numbers: UnsafePointer<UInt32>?, _ counts: UnsafeMutablePointer<UInt32>
    ) throws(SegmentError) {
        var packed = Self.packedOrdinals(block)
        let wordCount = (block.column.documentCount + 63) / 64
        let unsoundCount: Int
        if block.column.encoding == .single {
            unsoundCount = saekin_count_chosen(&packed, words, presence, wordCount, numbers, counts)
        } else {
            // SAFETY: `block` compared the lengths of both arrays with the data.
            var lists = saekin_packed_lists(
                starts: block.view.base + block.startsOffset, lengths: block.view.base + block.countsOffset,
                count: block.column.presentCount, width: UInt32(block.countWidth))
            unsoundCount = saekin_count_chosen_lists(
                &packed, &lists, words, presence, wordCount, numbers, counts)
        }
        guard unsoundCount == 0 else {
            throw damaged(window, "an ordinal is missing, or above the largest of its block")
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

    private static func packedOrdinals(_ block: Block) -> saekin_packed_ordinals {
        // SAFETY: `block` compared the length of the array with the data.
        saekin_packed_ordinals(
            values: block.view.base + block.ordinalsOffset, count: block.valueCount,
            width: UInt32(block.column.width), smallest: block.smallest, range: block.largest - block.smallest
        )
    }
}
