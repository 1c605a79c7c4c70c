// Blocks whose documents are a bit set, or runs of consecutive ones, are read where they are: set in the bits
// of a window, or asked for a single document, without being decoded.
import CKernels

extension PostingsCursor {
    /// Throws when the block's bit set holds other documents than its header says.
    func checkBitSet() throws(SegmentError) {
        precondition(isBitSet)
        // SAFETY: the header's lengths were compared with the list when it was read.
        guard saekin_popcount(postings.base + dataOffset, bitSetWordCount) == blockCount, isBitSetBounded
        else { throw damagedBitSet() }
    }

    private func damagedBitSet() -> SegmentError {
        damaged(dataOffset, "a bit set has other documents than its block")
    }

    /// Sets the bits of those of the block's documents that lie in a window of `wordCount` * 64 documents
    /// from `windowBase` on.
    ///
    /// - Precondition: `windowBase` is a multiple of 64, `words` has room for `wordCount` words, and the
    ///   block
    ///   is a bit set.
    public func orDocuments(
        into words: UnsafeMutablePointer<UInt64>, windowBase: DocID, wordCount: Int
    ) throws(SegmentError) {
        precondition(isBitSet && windowBase % 64 == 0)
        let windowWord = Int(windowBase) / 64
        let first = Int(bitSetFirstWord)
        let start = max(first, windowWord)
        let end = min(first + bitSetWordCount, windowWord + wordCount)
        guard start < end else { return }
        if end - start == bitSetWordCount {
            guard isBitSetBounded,
                // SAFETY: the header's lengths were compared with the list; all words lie in the window.
                saekin_or_words(postings.base + dataOffset, bitSetWordCount, words + (start - windowWord))
                    == blockCount
            else { throw damagedBitSet() }
            return
        }
        try checkBitSet()
        // SAFETY: words from `start` to `end` lie both in the block's bit set and in the window.
        _ = saekin_or_words(
            postings.base + dataOffset + (start - first) * 8, end - start, words + (start - windowWord))
    }

    /// Sets the bits of those of the block's documents that lie in `base..<end`, where the block is some runs
    /// of consecutive documents; bit 0 is `base`.
    ///
    /// - Returns: false, and nothing set, when the block has another form or must be decoded to be judged.
    /// - Precondition: `words` has room up to `end`, and `base < end`.
    func setRuns(from base: DocID, to end: DocID, _ words: UnsafeMutablePointer<UInt64>) -> Bool {
        guard encoding == 0, form == .long, blockCount > 0 else { return false }
        // SAFETY: the header's lengths were compared with the list when it was read: the exceptions are in
        // it.
        return saekin_set_runs(
            postings.base + dataOffset, UInt32(gapExceptions), UInt32(blockCount), blockLowerBound,
            blockLastDocument, base, end, words) == 1
    }

    /// Whether the block's documents are all those from its lower bound to its last.
    @inline(__always)
    var isWhole: Bool {
        encoding == 0 && gapExceptions == 0 && form == .long
            && Int(blockLastDocument &- blockLowerBound) == blockCount - 1
    }

    /// Whether `documents(_:upTo:_:_:)` can be asked: the block is a bit set or all documents between its
    /// bounds, and the norms of all words of it are there.
    var canChooseByNorm: Bool {
        isWhole || isBitSet && (Int(bitSetFirstWord) + bitSetWordCount) * 64 <= Int(documentEnd)
    }

    /// Writes those of the block's documents, ascending, whose norm is at most `greatest`, and their places
    /// in the block; returns how many there are.
    ///
    /// - Precondition: `canChooseByNorm`; `documents` and `places` have room for 128 values.
    func documents(
        _ norms: UnsafePointer<UInt8>, upTo greatest: UInt8, _ documents: UnsafeMutablePointer<UInt32>,
        _ places: UnsafeMutablePointer<UInt32>
    ) throws(SegmentError) -> Int {
        if isWhole {
            // SAFETY: all documents of the block are in the segment, which has a norm for each.
            return saekin_choose_by_norm(
                nil, blockCount, norms + Int(blockLowerBound), greatest, blockLowerBound, documents, places)
        }
        try checkBitSet()
        let first = bitSetFirstWord * 64
        // SAFETY: the header's lengths were compared with the list when it was read; as many bits are set as
        // the block has documents, and all documents of its words are in the segment.
        return saekin_choose_by_norm(
            postings.base + dataOffset, bitSetWordCount * 64, norms + Int(first), greatest, first, documents,
            places)
    }

    /// Whether the block's bit set has a document.
    ///
    /// - Precondition: the block is a bit set, and `document` lies between its bounds.
    @inline(__always)
    func bitSetContains(_ document: DocID) -> Bool {
        let word = Int(document / 64) - Int(bitSetFirstWord)
        return postings.u64(dataOffset + word * 8) >> UInt64(document % 64) & 1 == 1
    }

    /// How many documents of the block's bit set are below a document.
    ///
    /// - Precondition: `bitSetContains(document)`.
    func bitSetRank(_ document: DocID) -> Int {
        let word = Int(document / 64) - Int(bitSetFirstWord)
        let below = postings.u64(dataOffset + word * 8) & ((1 << UInt64(document % 64)) - 1)
        // SAFETY: words before the document's lie inside the bit set.
        let rank = saekin_popcount(postings.base + dataOffset, word) + below.nonzeroBitCount
        return min(rank, blockCount - 1)
    }

    /// How often the term occurs in a document of the block's bit set.
    ///
    /// - Precondition: `bitSetContains(document)`.
    func bitSetFrequency(_ document: DocID) -> UInt32 {
        hasOnlySingleOccurrences ? 1 : frequency(at: bitSetRank(document))
    }

    /// The frequency of the block's document number `rank`, without decoding the others.
    ///
    /// - Precondition: `rank` is below `blockCount`.
    func frequency(at rank: Int) -> UInt32 {
        precondition(rank >= 0 && rank < blockCount)
        if form == .singleton { return UInt32(clamping: totalFrequency) }
        // SAFETY: the header's lengths were compared with the list when it was read.
        let less = saekin_patched_value(
            postings.base + dataOffset + documentsByteCount, UInt32(blockCount), UInt32(frequencyWidth),
            UInt32(frequencyExceptions), UInt32(rank))
        return less < .max ? less + 1 : less
    }
}
