// A postings cursor with its current block decoded, for reading windows and for looking up single documents.
import CKernels

/// The memory of a decoded block: documents, then frequencies.
private final class BlockMemory: @unchecked Sendable {
    // SAFETY (Sendable): a cursor is used by one thread at a time, and its memory with it.
    let documents = UnsafeMutablePointer<UInt32>.allocate(capacity: TermCursor.blockValueCount)

    deinit { documents.deallocate() }
}

/// Reads the postings of one term forwards. A copy shares the decoded block: only one of the two may be used
/// on.
struct TermCursor {
    /// Room for a decoded block: documents, then frequencies.
    static let blockValueCount = 2 * PostingsCursor.blockCapacity

    private(set) var postings: PostingsCursor
    /// The lists of all segments that the cursor goes through; nil for one list alone.
    private let chain: PostingsChain?
    /// The number of the list, and the first document that is not in its segment.
    private(set) var link = 0
    private var linkEnd = UInt32.max
    /// The norms of the list's documents, by their numbers; nil for one list alone.
    private(set) var norms: UnsafePointer<UInt8>?
    /// The ratio of the query's factors to those of the list's impacts; 1 for one list alone.
    private(set) var ratio: Float = 1
    /// The cursor's own memory, where none was lent to it.
    private let memory: BlockMemory?
    // SAFETY: the memory lives as long as the cursor and has room for both arrays of a block.
    /// The documents of the decoded block.
    let documents: UnsafeMutablePointer<UInt32>
    /// Their frequencies, once `decodeFrequencies` was called.
    let frequencies: UnsafeMutablePointer<UInt32>
    /// Documents decoded; 0 while the block is not.
    private(set) var count = 0
    /// The first decoded document that has not been passed.
    private(set) var index = 0
    private var hasFrequencies = false
    /// Blocks decoded so far: tells a reader of positions when the block has changed.
    private(set) var blockNumber = 0

    /// A cursor before the first block.
    ///
    /// - Parameter lent: memory for `blockValueCount` values that nobody else uses as long as the cursor;
    ///   without it the cursor has its own.
    init(_ segment: Segment, _ entry: TermEntry, memory lent: UnsafeMutablePointer<UInt32>? = nil) {
        self.init(segment.postings(entry), nil, lent)
    }

    /// A cursor before the first block of the first list.
    init(_ chain: PostingsChain, memory lent: UnsafeMutablePointer<UInt32>?) {
        self.init(chain.links[0].postings, chain, lent)
        norms = chain.links[0].norms
        ratio = chain.links[0].ratio
        linkEnd = chain.links[0].end
    }

    private init(
        _ postings: PostingsCursor, _ chain: PostingsChain?, _ lent: UnsafeMutablePointer<UInt32>?
    ) {
        self.postings = postings
        self.chain = chain
        if let lent {
            memory = nil
            documents = lent
        } else {
            let own = BlockMemory()
            memory = own
            documents = own.documents
        }
        frequencies = documents + PostingsCursor.blockCapacity
    }

    var documentFrequency: UInt32 { postings.documentFrequency }

    // MARK: Moving

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

    /// The lists behind this one that may have documents before `end`.
    func linksAhead(to end: UInt32) -> UnsafeMutableBufferPointer<PostingsLink> {
        guard let chain else { return UnsafeMutableBufferPointer(start: nil, count: 0) }
        var behind = link + 1
        while behind < chain.count, chain.links[behind].base < end { behind += 1 }
        return UnsafeMutableBufferPointer(start: chain.links + link + 1, count: behind - link - 1)
    }

    /// Moves to the block that holds the first document from `target` on, decoding nothing; false when there
    /// is none.
    @inline(__always)
    mutating func moveBlock(to target: UInt32) throws(SegmentError) -> Bool {
        if postings.blockCount > 0, postings.blockLastDocument >= target { return true }
        return try moveAhead(to: target)
    }

    private mutating func moveAhead(to target: UInt32) throws(SegmentError) -> Bool {
        while true {
            if target < linkEnd, try moveInList(to: target) { return true }
            guard moveToList(of: target) else {
                postings.leave()
                forgetBlock()
                return false
            }
        }
    }

    /// Goes on to the next list that may have documents from `target` on; false when there is none.
    private mutating func moveToList(of target: UInt32) -> Bool {
        guard let chain else { return false }
        var next = link + 1
        while next < chain.count, chain.links[next].end <= target { next += 1 }
        if next >= chain.count { return false }
        link = next
        linkEnd = chain.links[next].end
        norms = chain.links[next].norms
        ratio = chain.links[next].ratio
        postings = chain.links[next].postings
        forgetBlock()
        return true
    }

    private mutating func moveInList(to target: UInt32) throws(SegmentError) -> Bool {
        if postings.isBeforeShortList {
            // SAFETY: the memory has the capacity of a block.
            count = try postings.beginShortList(into: documents)
            blockNumber += 1
            if postings.blockLastDocument >= target { return true }
        }
        let before = postings.blockLastDocument
        let wasOnBlock = postings.blockCount > 0
        guard try postings.skip(to: target) else {
            forgetBlock()
            return false
        }
        if !wasOnBlock || postings.blockLastDocument != before { forgetBlock() }
        return true
    }

    private mutating func forgetBlock() {
        count = 0
        index = 0
        hasFrequencies = false
    }

    // MARK: Single documents

    /// Whether `document` has the term. Documents are asked for in ascending order.
    mutating func contains(_ document: UInt32) throws(SegmentError) -> Bool {
        guard try moveBlock(to: document), document >= postings.blockLowerBound else { return false }
        if count == 0 {
            if postings.isBitSet { return postings.bitSetContains(document) }
            if postings.isWhole { return true }
        }
        return try locate(document)
    }

    /// How often the term occurs in `document`: 0 when it does not. Documents are asked for in ascending
    /// order.
    mutating func frequency(of document: UInt32) throws(SegmentError) -> UInt32 {
        guard try moveBlock(to: document), document >= postings.blockLowerBound else { return 0 }
        if count == 0 {
            if postings.isBitSet {
                return postings.bitSetContains(document) ? postings.bitSetFrequency(document) : 0
            }
            if postings.isWhole {
                return postings.hasOnlySingleOccurrences
                    ? 1 : postings.frequency(at: Int(document - postings.blockLowerBound))
            }
        }
        guard try locate(document) else { return 0 }
        if hasFrequencies { return frequencies[index] }
        return postings.hasOnlySingleOccurrences ? 1 : postings.frequency(at: index)
    }

    /// Whether `document` has the term; `index` is then its place in the decoded block.
    mutating func find(_ document: UInt32) throws(SegmentError) -> Bool {
        guard try moveBlock(to: document), document >= postings.blockLowerBound else { return false }
        return try locate(document)
    }

    /// The place of `document` in its block; nil when it does not have the term. A block that is a bit set,
    /// or has every document, is not decoded for it.
    mutating func place(of document: UInt32) throws(SegmentError) -> Int? {
        guard try moveBlock(to: document), document >= postings.blockLowerBound else { return nil }
        if count == 0 {
            if postings.isBitSet {
                return postings.bitSetContains(document) ? postings.bitSetRank(document) : nil
            }
            if postings.isWhole { return Int(document - postings.blockLowerBound) }
        }
        return try locate(document) ? index : nil
    }

    private mutating func locate(_ document: UInt32) throws(SegmentError) -> Bool {
        try decode()
        moveIndex(to: document)
        return documents[index] == document
    }

    // MARK: Runs

    /// Decodes the next block with documents of `base..<end` and passes these: the range of their places.
    /// Empty when there is none, or no further one.
    mutating func nextRun(base: UInt32, end: UInt32) throws(SegmentError) -> Range<Int> {
        guard try moveToRun(base: base, end: end) else { return 0..<0 }
        try decode()
        return takeRun(base: base, end: end)
    }

    /// Moves to the next block with documents of `base..<end` that have not been passed; false when there is
    /// none.
    mutating func moveToRun(base: UInt32, end: UInt32) throws(SegmentError) -> Bool {
        if count > 0, index == count {
            guard try moveBlock(to: postings.blockLastDocument + 1) else { return false }
        }
        return try moveBlock(to: base) && postings.blockLowerBound < end
    }

    /// Passes the decoded block's documents of `base..<end`: the range of their places.
    mutating func takeRun(base: UInt32, end: UInt32) -> Range<Int> {
        moveIndex(to: base)
        let start = index
        if postings.blockLastDocument < end {
            index = count
        } else {
            moveIndex(to: end)
        }
        return start..<index
    }

    /// Passes the block without decoding it; false when it was the last.
    @inline(__always)
    mutating func skipBlock() throws(SegmentError) -> Bool {
        if try postings.nextBlockOfGroup() {
            forgetBlock()
            return true
        }
        return try moveBlock(to: postings.blockLastDocument + 1)
    }

    /// Passes the block, and those behind it in its group that are not within `reach`, but for the one with
    /// the document before `end`; false when there is no block behind them.
    @inline(__always)
    mutating func skipBlocks(outside reach: ImpactReach, end: UInt32) throws(SegmentError) -> Bool {
        if try postings.nextBlockOfGroup(within: reach, end: end) {
            forgetBlock()
            return true
        }
        return try moveBlock(to: postings.blockLastDocument + 1)
    }

    /// Whether the block's documents can be chosen by their norms without being decoded.
    var canChooseByNorm: Bool { count == 0 && postings.canChooseByNorm }

    /// Replaces places in the block by the frequencies there.
    mutating func replace(places: UnsafeMutablePointer<UInt32>, _ count: Int) {
        // Unpacking all costs less than reading some.
        if count > 4 { decodeFrequencies() }
        for index in 0..<count {
            let place = Int(places[index])
            // SAFETY: places are below the count of the block.
            places[index] = hasFrequencies ? frequencies[place] : postings.frequency(at: place)
        }
    }

    /// Whether every document of the block has the term once.
    var isSingleOccurrence: Bool { postings.hasOnlySingleOccurrences }

    /// Decodes the documents of the block, unless they are.
    mutating func decode() throws(SegmentError) {
        if count > 0 { return }
        // SAFETY: the memory has the capacity of a block, and the cursor stands on one.
        count = try postings.decodeDocuments(into: documents)
        index = 0
        hasFrequencies = false
        blockNumber += 1
    }

    /// Decodes the frequencies of the block.
    mutating func decodeFrequencies() {
        if hasFrequencies { return }
        // SAFETY: as in `decode`.
        _ = postings.decodeFrequencies(into: frequencies)
        hasFrequencies = true
    }

    /// Moves `index` to the first document that is at least `target`, if the block has one.
    @inline(__always)
    private mutating func moveIndex(to target: UInt32) {
        if index < count, documents[index] >= target { return }
        // SAFETY: `count` documents are decoded.
        index = saekin_lower_bound(documents, index, count, target)
    }
}
