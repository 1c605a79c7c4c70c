// Searches segments in which the query is flat, or a flat phrase: what matches is counted first, then the
// best hits are found among it. Where no match has to be known one by one, terms are searched in all segments
// at once, as though they were one; else in a segment after the other.

/// What a search finds in a segment, or in all of them at once.
struct SegmentOutcome {
    /// Documents that match.
    var total = 0
    /// The best hits of each segment that has any.
    var hits: [SegmentHits] = []
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
        total: Int, hits: SegmentHits? = nil, ranking: SegmentProfile.Ranking, pass: WindowPass
    ) {
        self.total = total
        if let hits, !hits.entries.isEmpty { self.hits = [hits] }
        self.ranking = ranking
        matching = .windows
        filter = pass.filterUse
        windowCount = pass.visitedCount
    }

    /// Adds what a pass found in another segment.
    mutating func add(_ other: SegmentOutcome) {
        total += other.total
        matching = other.matching
        if filter != .evaluated { filter = other.filter }
        windowCount += other.windowCount
    }

    /// Says how the segments were searched.
    func describe(_ profile: inout SegmentProfile) {
        profile.matching = matching
        profile.ranking = ranking
        profile.filter = filter
        profile.windowCount = windowCount
        profile.blockCount = blockCount
        profile.decodedBlockCount = decodedBlockCount
    }
}

/// Searches segments for a flat query.
final class FlatSearch {
    private let plan: QueryPlan
    private let request: SearchRequest
    private let capacity: Int
    private let memory: SearchMemory
    private let spaces: DocumentSpaces
    /// The phrase in the segments that are searched.
    private var flatPhrase: FlatPhrase?
    /// Nil for terms.
    private let phrase: PhrasePlan?
    private var query: FlatQuery
    private var counter: MatchCounter
    private var best: BestHits

    /// Nil when the query has another form.
    init?(
        _ plan: QueryPlan, _ request: SearchRequest, _ spaces: DocumentSpaces, capacity: Int,
        memory: SearchMemory
    ) {
        if case .phrase(let number) = plan.nodes[plan.root] {
            phrase = plan.phrases[number]
        } else {
            phrase = nil
        }
        let form = FlatForm(plan)
        if form == nil, phrase == nil { return nil }
        query = FlatQuery(form ?? .none, memory: memory)
        self.plan = plan
        self.spaces = spaces
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

    // MARK: All segments at once

    /// Searches all segments at once; nil when they have to be searched one by one.
    func runTogether(
        _ views: [SegmentView], _ facets: inout [FacetCounter], _ control: inout SearchControl
    ) throws -> SegmentOutcome? {
        guard let space = spaces.all else { return nil }
        return try run(space, views, floor: 0, &facets, &control) { body in
            try spaces.withLive { try body($0) }
        }
    }

    // MARK: One segment

    /// Searches segment number `index`; nil when the query has another form there.
    ///
    /// - Parameter floor: the score that hits have to reach.
    func run(
        _ views: [SegmentView], _ index: Int, floor: Float, _ facets: inout [FacetCounter],
        _ control: inout SearchControl
    ) throws -> SegmentOutcome? {
        try run(spaces.single[index], views, floor: floor, &facets, &control) { body in
            try Acceptance.withLive(views[index]) { try body($0) }
        }
    }

    /// - Parameter withLive: lends the live documents of the space.
    private func run(
        _ space: DocumentSpace, _ views: [SegmentView], floor: Float, _ facets: inout [FacetCounter],
        _ control: inout SearchControl,
        withLive: ((Acceptance) throws -> SegmentOutcome) throws -> SegmentOutcome
    ) throws -> SegmentOutcome? {
        switch bind(space) {
        case .otherForm: return nil
        case .nothing: return SegmentOutcome()
        case .bound: break
        }
        guard needsMatches else { return try withLive { try search(space, $0, floor: floor, &control) } }
        let matches = space.makeSet()
        if phrase == nil {
            _ = try withLive {
                try counter.find(query, space, $0, matches.words, &control)
                return SegmentOutcome()
            }
        }
        var outcome = SegmentOutcome()
        for part in space.parts {
            let found = FoundWords(matches.words + Int(part.base / 64), documentCount: part.end - part.base)
            if phrase == nil, found.nextWindow(0) == .max { continue }
            outcome.add(try match(views[part.number], part.number, found, &facets, &control))
        }
        if phrase == nil {
            outcome.matching = counter.method
            outcome.decodedBlockCount += counter.decodedBlockCount
        }
        if outcome.total > 0 { try findBest(&outcome, space, Acceptance(matches), floor: floor, &control) }
        withExtendedLifetime(matches) {}
        return outcome
    }

    // MARK: Steps

    private enum Binding { case otherForm, nothing, bound }

    /// Binds the query, or the phrase, to segments.
    private func bind(_ space: DocumentSpace) -> Binding {
        guard let phrase else {
            guard query.bind(plan, space) else { return .otherForm }
            return query.terms.isEmpty ? .nothing : .bound
        }
        // Where every field lacks a position, nothing matches.
        guard space.parts.contains(where: { phrase.sources.isThere($0.number) }) else { return .nothing }
        flatPhrase = FlatPhrase(plan, space, memory: memory)
        return flatPhrase == nil ? .otherForm : .bound
    }

    /// Finds the best hits and the total, where no match has to be known by itself.
    private func search(
        _ space: DocumentSpace, _ live: Acceptance, floor: Float, _ control: inout SearchControl
    ) throws -> SegmentOutcome {
        var outcome = SegmentOutcome()
        outcome.matching = .pruned
        let uncounted = request.countsTotal ? flatPhrase : nil
        try findBest(&outcome, space, live, floor: floor, &control)
        if request.countsTotal {
            if capacity > 0, best.hits.threshold == 0 {
                // No score was too low: all that matches was offered.
                outcome.total = best.hits.offeredCount
                outcome.matching = .offered
            } else {
                try count(&outcome, space, uncounted, live, &control)
            }
        }
        return outcome
    }

    /// Finds all matches of a segment, or takes those that were found, and counts its facets.
    private func match(
        _ view: SegmentView, _ index: Int, _ found: FoundWords, _ facets: inout [FacetCounter],
        _ control: inout SearchControl
    ) throws -> SegmentOutcome {
        var pass =
            try phrase == nil
            ? WindowPass(found, request, view: view, memory: memory)
            : WindowPass(plan, request, view: view, index: index, needsScores: false, memory: memory)
        for facet in facets.indices { facets[facet].begin(view, index) }
        let total = try pass.run(found, &facets, &control)
        return SegmentOutcome(total: total, ranking: .none, pass: pass)
    }

    private func count(
        _ outcome: inout SegmentOutcome, _ space: DocumentSpace, _ phrase: FlatPhrase?, _ live: Acceptance,
        _ control: inout SearchControl
    ) throws {
        if self.phrase == nil {
            outcome.total = try counter.count(
                query, space, live, space.parts.count == spaces.views.count ? plan : nil, &control)
            outcome.matching = counter.method
            outcome.decodedBlockCount += counter.decodedBlockCount
        } else {
            var phrase = phrase
            outcome.total = try phrase?.count(live, &control) ?? 0
            outcome.matching = .positions
        }
    }

    private func findBest(
        _ outcome: inout SegmentOutcome, _ space: DocumentSpace, _ acceptance: Acceptance, floor: Float,
        _ control: inout SearchControl
    ) throws {
        guard capacity > 0 else { return }
        let prior = try PriorScorer(plan, space, spaces.views)
        if phrase == nil {
            let floor = try max(floor, lookAhead(prior, acceptance, floor: floor, &control))
            try best.run(query, plan, space, prior, acceptance, floor: floor, &control)
            outcome.ranking = query.isAnd ? .and : .maxScore
            if request.isProfiled { outcome.blockCount = query.blockCount }
            outcome.decodedBlockCount += best.decodedBlockCount
        } else {
            outcome.ranking = .phrase
            best.hits.begin(space, floor: floor)
            try flatPhrase?.findBest(&best.hits, prior, acceptance, &control)
        }
        outcome.hits = try best.hits.results()
        if WindowPass.mayPrune(request) { outcome.total = max(outcome.total, best.hits.offeredCount) }
    }

    /// A score that hits have to reach, from a look at the best documents of one term; 0 where there is one.
    private func lookAhead(
        _ prior: PriorScorer?, _ acceptance: Acceptance, floor: Float, _ control: inout SearchControl
    ) throws -> Float {
        // A page behind a cursor leaves out the best.
        guard floor == 0, capacity <= BestHits.primingCapacityMax, request.after == nil,
            let term = query.primer(capacity)
        else { return 0 }
        return try best.lookAhead(term, plan, prior, acceptance, &control)
    }
}
