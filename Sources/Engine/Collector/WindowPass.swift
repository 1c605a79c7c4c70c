// The fused pass over one segment: one window of 4,096 documents after another gives matches, scores, the
// exact total, facet counts and the best hits. See Engine.docc/Query.md.

/// Asks now and then whether a search should go on.
struct SearchControl {
    private let deadline: ContinuousClock.Instant?
    private let shouldStop: (@Sendable () -> Bool)?
    private var windowCount: UInt = 0
    /// Windows between two looks at the clock: a window takes 1 to 50 microseconds.
    private static let interval: UInt = 16

    init(_ request: SearchRequest) {
        deadline = request.deadline
        shouldStop = request.shouldStop
    }

    /// Throws `stopped` when the deadline has passed or the caller wants to stop. Called once a window.
    mutating func check() throws(SearchError) {
        windowCount &+= 1
        guard windowCount % Self.interval == 1 else { return }
        if let deadline, ContinuousClock.now >= deadline { throw .stopped }
        if let shouldStop, shouldStop() { throw .stopped }
    }
}

/// The state of a pass over one segment.
struct WindowPass {
    private let documentCount: UInt32
    private let liveDocs: LiveDocs?
    /// Finds the documents; nil where they were found before.
    private var matcher: SegmentScorer?
    /// What was found before, without the deleted documents.
    private var found: FoundWords?
    /// Scores those that were found; nil where nobody asks for scores.
    private var scorer: SegmentScorer?
    private var filter: FilterScorer?
    private var groups: [FilterScorer] = []
    /// Whether documents that cannot be among the best hits may be left out.
    private let isPruned: Bool
    /// Lends the slots.
    private let memory: SearchMemory
    /// Windows that were visited.
    private(set) var visitedCount = 0
    private var bits = BitSlots()
    private var slots = ScoreSlots()

    init(
        _ plan: QueryPlan, _ request: SearchRequest, view: SegmentView, index: Int, needsScores: Bool,
        memory: SearchMemory
    ) throws(SearchError) {
        self.memory = memory
        documentCount = view.segment.documentCount
        liveDocs = view.liveDocs
        isPruned = needsScores && Self.mayPrune(request)
        var blocks = memory.blockLender
        matcher = try SegmentScorer(plan, view: view, index: index, needsScores: false, blocks: &blocks)
        if needsScores {
            scorer = try SegmentScorer(plan, view: view, index: index, needsScores: true, blocks: &blocks)
        }
        try open(request, view)
    }

    /// A pass over documents that were found before.
    init(
        _ found: FoundWords, _ request: SearchRequest, view: SegmentView, memory: SearchMemory
    ) throws(SearchError) {
        self.memory = memory
        documentCount = view.segment.documentCount
        liveDocs = nil
        isPruned = false
        self.found = found
        try open(request, view)
    }

    private mutating func open(_ request: SearchRequest, _ view: SegmentView) throws(SearchError) {
        filter = try request.filter.map { (filter) throws(SearchError) in
            try FilterScorer(filter, view: view, usesCache: request.usesCaches)
        }
        for group in request.facetFilters {
            groups.append(try FilterScorer(group.filter, view: view, usesCache: request.usesCaches))
        }
        swap(&bits, &memory.bits)
        swap(&slots, &memory.slots)
    }

    /// Whether windows may be left out by the bounds of their blocks.
    var isBounded: Bool { isPruned && scorer?.flat != nil }

    /// How the filter of the request is applied.
    var filterUse: SegmentProfile.FilterUse {
        filter.map { $0.isKept ? .kept : .evaluated } ?? .none
    }

    /// Gives the slots back at the end of a run.
    private mutating func finish() {
        swap(&bits, &memory.bits)
        swap(&slots, &memory.slots)
    }

    /// Whether nothing is asked of the documents that are not on the page.
    static func mayPrune(_ request: SearchRequest) -> Bool {
        !request.countsTotal && request.facets.isEmpty && (request.sort.isEmpty || request.sort == [.score])
    }

    /// Visits every window that may hold a match and keeps the matches; their number.
    ///
    /// - Parameter matches: the words of the segment's documents, with the documents that were found before,
    ///   or all 0.
    mutating func run(
        _ matches: FoundWords, _ facets: inout [FacetCounter],
        _ control: inout SearchControl
    ) throws(SearchError) -> Int {
        var total = 0
        var window: UInt32 = 0
        do {
            while true {
                window = try nextWindow(window)
                if window == .max {
                    finish()
                    return total
                }
                try control.check()
                visitedCount += 1
                let all = bits.take()
                if try match(window, into: all) {
                    let near = try applyGroups(window, all)
                    total += bits.count(all)
                    for index in facets.indices {
                        try facets[index].count(window: window, all: all, near: near, &bits)
                    }
                }
                bits.store(all, to: matches, window: window)
                bits.giveBack(all)
                window += 1
            }
        } catch let error as SegmentError {
            throw .segment(error)
        } catch let error as SearchError {
            throw error
        } catch {
            preconditionFailure("a pass throws only segment and search errors")
        }
    }

    /// Visits every window that may hold a match; the number of hits.
    mutating func run<Ranker: HitRanker>(
        _ ranker: inout Ranker, _ hits: inout TopHits<Ranker.Rank>, _ facets: inout [FacetCounter],
        _ control: inout SearchControl
    ) throws(SearchError) -> Int {
        var total = 0
        var window: UInt32 = 0
        do {
            while true {
                window = try nextWindow(window)
                if window == .max {
                    finish()
                    return total
                }
                try control.check()
                visitedCount += 1
                let all = bits.take()
                let scores = scorer == nil ? nil : slots.take()
                // Below this score no document gets onto the page; ties may.
                let threshold = ranker.threshold(hits.worst)
                var isScored = false
                if isPruned, threshold > 0, let scores {
                    isScored = try matchPruned(window, into: all, scores: scores, threshold: threshold)
                }
                if !isScored { try match(window, into: all) }
                if !bits.isEmpty(all) {
                    let near = try applyGroups(window, all)
                    let count = bits.count(all)
                    total += count
                    for index in facets.indices {
                        try facets[index].count(window: window, all: all, near: near, &bits)
                    }
                    if count > 0, hits.capacity > 0 {
                        if !isScored, let scores {
                            try scorer?.score(
                                window: window, matches: all, scores: scores, threshold: threshold,
                                bits: &bits,
                                slots: &slots)
                        }
                        try collect(window, all, scores, &ranker, &hits)
                    }
                }
                bits.giveBack(all)
                if let scores { slots.giveBack(scores) }
                window += 1
            }
        } catch let error as SegmentError {
            throw .segment(error)
        } catch let error as SearchError {
            throw error
        } catch {
            preconditionFailure("a pass throws only segment and search errors")
        }
    }

    private mutating func nextWindow(_ from: UInt32) throws(SegmentError) -> UInt32 {
        // Of documents that were found before, those that the filter rules out have to be taken out.
        if let found { return found.nextWindow(from) }
        var window = try matcher?.nextWindow(from) ?? .max
        while window != .max, filter != nil {
            let filtered = try filter?.nextWindow(window) ?? .max
            if filtered == window || filtered == .max { return filtered }
            window = try matcher?.nextWindow(filtered) ?? .max
            if window == filtered { break }
        }
        return window
    }

    /// Query, filter and live documents in slot `all`, which is empty; the cheaper of query and filter goes
    /// first. Whether anything was found.
    @discardableResult
    private mutating func match(_ window: UInt32, into all: Int) throws(SegmentError) -> Bool {
        let candidates = bits.take()
        defer { bits.giveBack(candidates) }
        if let found {
            bits.load(found, window: window, into: all)
        } else {
            guard try prepare(candidates, window) else { return false }
            try matcher?.match(window: window, candidates: candidates, out: all, bits: &bits, slots: &slots)
        }
        return try applyLateFilter(all, window)
    }

    /// As `match`, with scores, and without the documents that cannot reach the threshold. False, and nothing
    /// done, where the query is not one that can be pruned.
    private mutating func matchPruned(
        _ window: UInt32, into all: Int, scores: Int, threshold: Float
    ) throws(SegmentError) -> Bool {
        guard scorer?.flat != nil else { return false }
        let candidates = bits.take()
        defer { bits.giveBack(candidates) }
        guard try prepare(candidates, window) else { return true }
        _ = try scorer?.matchPruned(
            window: window, candidates: candidates, out: all, scores: scores, threshold: threshold,
            bits: &bits, slots: &slots)
        _ = try applyLateFilter(all, window)
        return true
    }

    private var isFilterFirst: Bool { matcher.map { (filter?.cost ?? .max) <= $0.cost } ?? false }

    /// What the query may match; whether there is anything.
    private mutating func prepare(_ candidates: Int, _ window: UInt32) throws(SegmentError) -> Bool {
        bits.fillExisting(candidates, window: window, documentCount: documentCount)
        if let liveDocs, !liveDocs.narrow(candidates, window: window, &bits) { return false }
        guard isFilterFirst else { return true }
        let kept = bits.take()
        try filter?.match(window, candidates: candidates, out: kept, &bits)
        bits.copy(kept, to: candidates)
        bits.giveBack(kept)
        return !bits.isEmpty(candidates)
    }

    /// Applies a filter that comes after the query.
    private mutating func applyLateFilter(_ all: Int, _ window: UInt32) throws(SegmentError) -> Bool {
        if bits.isEmpty(all) { return false }
        guard filter != nil, !isFilterFirst else { return true }
        let found = bits.take()
        defer { bits.giveBack(found) }
        bits.copy(all, to: found)
        bits.clear(all)
        try filter?.match(window, candidates: found, out: all, &bits)
        return !bits.isEmpty(all)
    }

    /// Leaves in `all` the documents that no facet group rules out; gives, per group, a slot of those that
    /// this group alone rules out. The slots stay taken until `all` is given back.
    private mutating func applyGroups(_ window: UInt32, _ all: Int) throws(SegmentError) -> [Int] {
        if groups.isEmpty { return [] }
        var near: [Int] = []
        let failedOnce = bits.take()
        let failedTwice = bits.take()
        for index in groups.indices {
            let failing = bits.take()
            near.append(failing)
            try groups[index].match(window, candidates: all, out: failing, &bits)
            for word in 0..<Window.wordCount {
                let failed = bits.words[all + word] & ~bits.words[failing + word]
                bits.words[failing + word] = failed
                bits.words[failedTwice + word] |= bits.words[failedOnce + word] & failed
                bits.words[failedOnce + word] |= failed
            }
        }
        bits.andNot(all, failedOnce)
        for slot in near { bits.andNot(slot, failedTwice) }
        return near
    }

    private mutating func collect<Ranker: HitRanker>(
        _ window: UInt32, _ all: Int, _ scores: Int?, _ ranker: inout Ranker,
        _ hits: inout TopHits<Ranker.Rank>
    ) throws(SegmentError) {
        try ranker.load(window: window)
        let base = window << Window.shift
        let floor = ranker.scoreFloor
        let values = slots.values.span
        let limit = ranker.limit
        var worst = hits.worst
        for word in 0..<Window.wordCount {
            var matches = bits.words[all + word]
            while matches != 0 {
                let offset = word << 6 + matches.trailingZeroBitCount
                matches &= matches - 1
                let score = if let scores { values[unchecked: scores + offset] } else { Float(0) }
                if score < floor { continue }
                if let worst, !ranker.mayExceed(worst, offset: offset, score: score) { continue }
                let document = base + UInt32(offset)
                let rank = try ranker.rank(document: document, offset: offset, score: score)
                if let limit, !(rank < limit) { continue }
                hits.offer(rank, document)
                worst = hits.worst
            }
        }
    }
}
