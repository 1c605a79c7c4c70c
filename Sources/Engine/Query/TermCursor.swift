// A postings cursor with its current block decoded, for reading windows and for looking up single documents.

/// Reads the postings of one term forwards.
struct TermCursor {
    private(set) var postings: PostingsCursor
    /// The decoded block; empty until it is asked for.
    private(set) var documents: [UInt32] = []
    private(set) var frequencies: [UInt32] = []
    /// Documents decoded; 0 while the block is not.
    private var count = 0
    /// The first decoded document that has not been passed.
    private(set) var index = 0
    private var hasFrequencies = false
    /// Blocks decoded so far: tells a reader of positions when the block has changed.
    private(set) var blockNumber = 0

    init(_ segment: Segment, _ entry: TermEntry) {
        postings = segment.postings(entry)
    }

    var documentFrequency: UInt32 { postings.documentFrequency }

    /// No document in `target..<lowerBound(target)` has the term; `UInt32.max` when none from `target` on has
    /// it.
    mutating func lowerBound(_ target: UInt32) throws(SegmentError) -> UInt32 {
        guard try moveBlock(to: target) else { return .max }
        let lower = max(target, postings.blockLowerBound)
        // A block inside one window need not be decoded to know that the window has to be visited.
        if count == 0, Window.of(lower) == Window.of(postings.blockLastDocument) { return lower }
        try decode()
        moveIndex(to: target)
        return documents[index]
    }

    /// How often the term occurs in `document`: 0 when it does not. Documents are asked for in ascending
    /// order.
    mutating func frequency(of document: UInt32) throws(SegmentError) -> UInt32 {
        guard try contains(document) else { return 0 }
        decodeFrequencies()
        return frequencies[index]
    }

    /// Whether `document` has the term; `index` is then its place in the block.
    mutating func contains(_ document: UInt32) throws(SegmentError) -> Bool {
        guard try moveBlock(to: document), document >= postings.blockLowerBound else { return false }
        try decode()
        moveIndex(to: document)
        return documents[index] == document
    }

    /// Decodes the next block with documents of `base..<end` and passes these: the range of their places.
    /// Empty when there is none, or no further one.
    mutating func nextRun(
        base: UInt32, end: UInt32, needsFrequencies: Bool
    ) throws(SegmentError) -> Range<Int> {
        if count > 0, index == count {
            guard try moveBlock(to: postings.blockLastDocument + 1) else { return 0..<0 }
        }
        guard try moveBlock(to: base), postings.blockLowerBound < end else { return 0..<0 }
        try decode()
        moveIndex(to: base)
        let start = index
        if postings.blockLastDocument < end {
            index = count
        } else {
            moveIndex(to: end)
        }
        if start < index, needsFrequencies { decodeFrequencies() }
        return start..<index
    }

    /// Whether every document of the decoded block has the term once.
    var isSingleOccurrence: Bool { postings.hasOnlySingleOccurrences }

    /// Decodes the frequencies of the decoded block.
    mutating func decodeFrequencies() {
        if hasFrequencies { return }
        if frequencies.isEmpty { frequencies = Array(repeating: 0, count: PostingsCursor.blockCapacity) }
        frequencies.withUnsafeMutableBufferPointer { buffer in
            // SAFETY: the buffer has the capacity of a block, and the cursor stands on one.
            if let base = buffer.baseAddress { _ = postings.decodeFrequencies(into: base) }
        }
        hasFrequencies = true
    }

    /// Moves to the block that holds the first document from `target` on; false when there is none.
    private mutating func moveBlock(to target: UInt32) throws(SegmentError) -> Bool {
        if count > 0, postings.blockLastDocument >= target { return true }
        let before = postings.blockLastDocument
        let wasOnBlock = postings.blockCount > 0
        guard try postings.skip(to: target) else {
            count = 0
            index = 0
            return false
        }
        if !wasOnBlock || postings.blockLastDocument != before {
            count = 0
            index = 0
            hasFrequencies = false
        }
        return true
    }

    private mutating func decode() throws(SegmentError) {
        if count > 0 { return }
        if documents.isEmpty { documents = Array(repeating: 0, count: PostingsCursor.blockCapacity) }
        count = try documents.withUnsafeMutableBufferPointer { buffer throws(SegmentError) in
            // SAFETY: the buffer has the capacity of a block, and the cursor stands on one.
            guard let base = buffer.baseAddress else { return 0 }
            return try postings.decodeDocuments(into: base)
        }
        index = 0
        hasFrequencies = false
        blockNumber += 1
    }

    /// Moves `index` to the first document that is at least `target`; the block has one.
    private mutating func moveIndex(to target: UInt32) {
        index = Self.place(of: target, in: documents.span, from: index, count: count)
    }

    private static func place(of target: UInt32, in documents: Span<UInt32>, from index: Int, count: Int)
        -> Int
    {
        var low = index
        // Most moves are short: a few steps before halving.
        let near = min(low + 8, count - 1)
        while low < near, documents[low] < target { low += 1 }
        if documents[low] >= target { return low }
        var high = count - 1
        while low < high {
            let middle = (low + high) / 2
            if documents[middle] < target { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
