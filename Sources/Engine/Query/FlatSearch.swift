// Searches segments in which the query is flat, or a flat phrase: what matches is counted first, then the
// best hits are found among it. What segments have in common (the form of the query, memory, tables) is made
// once.

/// What a search finds in a segment.
struct SegmentOutcome {
    /// Documents that match.
    var total = 0
    /// The best hits, best first.
    var entries: [(document: UInt32, score: Float)] = []
    var matching = SegmentProfile.Matching.none
    var ranking = SegmentProfile.Ranking.none
    var filter = SegmentProfile.FilterUse.none
    var windowCount = 0
    /// Blocks of a flat query's terms, and those that were decoded.
    var blockCount = 0
    var decodedBlockCount = 0

    init() {}

    /// What a window pass found.
    init(
        total: Int, entries: [(document: UInt32, score: Float)] = [], ranking: SegmentProfile.Ranking,
        pass: WindowPass
    ) {
        self.total = total
        self.entries = entries
        self.ranking = ranking
        matching = .windows
        filter = pass.filterUse
        windowCount = pass.visitedCount
    }

    /// Says how the segment was searched.
    func describe(_ profile: inout SegmentProfile) {
        profile.matching = matching
        profile.ranking = ranking
        profile.filter = filter
        profile.windowCount = windowCount
        profile.blockCount = blockCount
        profile.decodedBlockCount = decodedBlockCount
    }
}

/// Searches one segment after another for a flat query.
final class FlatSearch {
    private let plan: QueryPlan
    private let request: SearchRequest
    private let capacity: Int
    private let memory: SearchMemory
    /// Nil for terms.
    private let phrase: PhrasePlan?
    private var query: FlatQuery
    private var counter: MatchCounter
    private var best: BestHits

    /// Nil when the query has another form.
    init?(_ plan: QueryPlan, _ request: SearchRequest, capacity: Int, memory: SearchMemory) {
        if case .phrase(let number) = plan.nodes[plan.root] {
            phrase = plan.phrases[number]
        } else {
            phrase = nil
        }
        let form = FlatForm(plan)
        if form == nil, phrase == nil { return nil }
        query = FlatQuery(form ?? .none)
        self.plan = plan
        self.request = request
        self.capacity = capacity
        self.memory = memory
        counter = MatchCounter(memory: memory)
        best = BestHits(hits: BestScores(capacity: capacity, after: request.after), memory: memory)
    }

    /// Whether matches have to be known one by one.
    private var needsMatches: Bool {
        request.filter != nil || !request.facets.isEmpty || !request.facetFilters.isEmpty
    }

    /// Has the postings of all segments loaded, so that one segment's come while another is searched.
    func prefetch(_ views: [SegmentView], _ order: [Int]) {
        guard order.count > 1 else { return }
        for index in order {
            let segment = views[index].segment
            for unit in query.units where plan.units[unit].sources.count(in: index) > 0 {
                segment.prefetchPostings(at: plan.units[unit].sources.firstOffset(in: index))
            }
        }
    }

    /// A score that hits have to reach, from a look at the best documents of one term.
    func lookAhead(
        _ views: [SegmentView], _ order: [Int], _ control: inout SearchControl
    ) throws -> Float {
        // A page behind a cursor leaves out the best; which documents match a filter is not known yet.
        guard phrase == nil, capacity > 0, capacity <= Primer.capacityMax, request.after == nil,
            !needsMatches,
            let unit = query.primer(plan, capacity)
        else { return 0 }
        var primer = Primer(capacity: capacity)
        for index in order where plan.units[unit].sources.count(in: index) == 1 {
            try Acceptance.withLive(views[index]) {
                try best.lookAhead(unit, plan, views[index].segment, index, $0, &primer, &control)
            }
        }
        return primer.floor
    }

    /// Searches segment number `index`; nil when the query has another form there.
    ///
    /// - Parameter floor: the score that hits have to reach.
    func run(
        _ view: SegmentView, _ index: Int, floor: Float, _ facets: inout [FacetCounter],
        _ control: inout SearchControl
    ) throws -> SegmentOutcome? {
        var flatPhrase: FlatPhrase?
        if let phrase {
            // Where every field lacks a position, nothing matches.
            if phrase.sources[index].allSatisfy(\.isEmpty) { return SegmentOutcome() }
            flatPhrase = FlatPhrase(plan, segment: view.segment, index: index, memory: memory)
            if flatPhrase == nil { return nil }
        } else {
            guard query.bind(plan, segment: index) else { return nil }
            if query.terms.isEmpty { return SegmentOutcome() }
        }
        guard needsMatches else {
            return try Acceptance.withLive(view) {
                var outcome = SegmentOutcome()
                outcome.matching = .pruned
                let uncounted = request.countsTotal ? flatPhrase : nil
                try findBest(&outcome, view, index, &flatPhrase, $0, floor: floor, &control)
                if request.countsTotal {
                    if capacity > 0, best.hits.threshold == 0 {
                        // No score was too low: all that matches was offered.
                        outcome.total = best.hits.offeredCount
                        outcome.matching = .offered
                    } else {
                        try count(&outcome, view, index, uncounted, $0, &control)
                    }
                }
                return outcome
            }
        }
        var pass = try WindowPass(plan, request, view: view, index: index, needsScores: false, memory: memory)
        let matches = DocumentSet(documentCount: view.segment.documentCount)
        let total = try pass.run(matches, &facets, &control)
        var outcome = SegmentOutcome(total: total, ranking: .none, pass: pass)
        if outcome.total > 0 {
            var floor = floor
            if floor == 0, phrase == nil, capacity > 0, capacity <= Primer.capacityMax, request.after == nil,
                let unit = query.primer(plan, capacity), plan.units[unit].sources.count(in: index) == 1
            {
                var primer = Primer(capacity: capacity)
                try best.lookAhead(
                    unit, plan, view.segment, index, Acceptance(matches), &primer, &control)
                floor = primer.floor
            }
            try findBest(&outcome, view, index, &flatPhrase, Acceptance(matches), floor: floor, &control)
        }
        withExtendedLifetime(matches) {}
        return outcome
    }

    private func count(
        _ outcome: inout SegmentOutcome, _ view: SegmentView, _ index: Int, _ phrase: FlatPhrase?,
        _ live: Acceptance, _ control: inout SearchControl
    ) throws {
        if self.phrase == nil {
            outcome.total = try counter.count(query, plan, view.segment, index, live, &control)
            outcome.matching = counter.method
            outcome.decodedBlockCount += counter.decodedBlockCount
        } else {
            var phrase = phrase
            outcome.total = try phrase?.count(live, &control) ?? 0
            outcome.matching = .positions
        }
    }

    private func findBest(
        _ outcome: inout SegmentOutcome, _ view: SegmentView, _ index: Int, _ phrase: inout FlatPhrase?,
        _ acceptance: Acceptance, floor: Float, _ control: inout SearchControl
    ) throws {
        guard capacity > 0 else { return }
        if self.phrase == nil {
            try best.run(query, plan, view.segment, index, acceptance, floor: floor, &control)
            outcome.ranking = query.isAnd ? .and : .maxScore
            outcome.blockCount = query.blockCount
            outcome.decodedBlockCount += best.decodedBlockCount
        } else {
            outcome.ranking = .phrase
            try best.hits.begin(view.segment, floor: floor)
            try phrase?.findBest(&best.hits, acceptance, &control)
        }
        outcome.entries = best.hits.sorted()
        if WindowPass.mayPrune(request) { outcome.total = max(outcome.total, best.hits.offeredCount) }
    }
}
