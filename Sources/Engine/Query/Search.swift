// A search over all segments of a snapshot.

/// Runs one request.
struct Search {
    private let request: SearchRequest
    private let views: [SegmentView]
    private let dictionary: SnapshotDictionary
    /// The segments in the order in which they are searched.
    private let order: [Int]
    private let spaces: DocumentSpaces
    private let joins: FacetJoins

    /// Checks the request against `QueryLimits`.
    init(_ request: SearchRequest, over snapshot: Snapshot) throws(SearchError) {
        try self.init(
            request, over: snapshot.segments, dictionary: snapshot.dictionary, order: snapshot.searchOrder,
            spaces: snapshot.spaces, joins: snapshot.facetJoins)
    }

    /// A search of segments that belong to no snapshot.
    init(_ request: SearchRequest, over views: [SegmentView]) throws(SearchError) {
        let order = Snapshot.searchOrder(views)
        let segments = views.map(\.segment)
        try self.init(
            request, over: views, dictionary: SnapshotDictionary(segments), order: order,
            spaces: DocumentSpaces(views, order: order), joins: FacetJoins(segments, nil))
    }

    private init(
        _ request: SearchRequest, over views: [SegmentView], dictionary: SnapshotDictionary, order: [Int],
        spaces: DocumentSpaces, joins: FacetJoins
    ) throws(SearchError) {
        self.request = request
        self.views = views
        self.dictionary = dictionary
        self.order = order
        self.spaces = spaces
        self.joins = joins
        try check()
    }

    /// The answer.
    func run() throws(SearchError) -> SearchResult {
        do {
            let plan = try QueryPlan(
                request.query, dictionary: dictionary, k1: request.k1, prior: request.prior)
            if plan.isNone, !request.isProfiled {
                return try answer(Findings(), [])
            }
            return try SearchMemory.lend { try run(plan, $0) }
        } catch let error as SegmentError {
            throw .segment(error)
        } catch let error as SearchError {
            throw error
        } catch {
            preconditionFailure("a search throws only segment and search errors")
        }
    }

    private func run(_ plan: QueryPlan, _ memory: SearchMemory) throws -> SearchResult {
        var control = SearchControl(request)
        // One more than the page tells whether there is a next one.
        let capacity = request.limit == 0 ? 0 : request.limit + request.offset + 1
        var found = Findings()
        var facets =
            views.isEmpty
            ? [] : request.facets.map { FacetCounter($0, views, joins: joins, memory: memory.facets) }
        let flat =
            sortsByScore ? FlatSearch(plan, request, spaces, capacity: capacity, memory: memory) : nil
        let start = request.isProfiled ? ContinuousClock.now : nil
        if let outcome = try flat?.runTogether(views, &facets, &control) {
            found.add(outcome)
            if let start {
                found.profiles.append(SegmentProfile(views, order, outcome, floor: 0, since: start))
            }
        } else {
            try searchOneByOne(plan, flat, capacity, &found, &facets, &control, memory)
        }
        return try answer(found, facets)
    }

    /// The answer that follows from what was found, and counted.
    private func answer(_ found: Findings, _ facets: [FacetCounter]) throws(SegmentError) -> SearchResult {
        var result = try page(found.hits)
        result.total = found.total
        result.profile = found.profiles
        result.isTotalExact = !WindowPass.mayPrune(request)
        for (number, facet) in request.facets.enumerated() {
            var counter = number < facets.count ? facets[number] : nil
            let merge = FacetMerge(facet, views: views, joins: joins)
            result.facets.append(try merge.result(counter?.result()))
        }
        return result
    }

    private func searchOneByOne(
        _ plan: QueryPlan, _ flat: FlatSearch?, _ capacity: Int, _ found: inout Findings,
        _ facets: inout [FacetCounter], _ control: inout SearchControl, _ memory: SearchMemory
    ) throws {
        // The best scores of the segments searched so far: what a later segment must reach.
        var best = TopHits<Float>(capacity: capacity)
        for index in order {
            let start = request.isProfiled ? ContinuousClock.now : nil
            let floor = best.worst ?? 0
            let outcome =
                try flat?.run(views, index, floor: floor, &facets, &control)
                ?? collect(plan, views[index], index, capacity, floor, &facets, &control, memory)
            if let start {
                found.profiles.append(SegmentProfile(views, [index], outcome, floor: floor, since: start))
            }
            found.add(outcome)
            if sortsByScore, order.count > 1 {
                for hit in outcome.hits.lazy.flatMap(\.entries) { best.offer(hit.score, hit.document) }
            }
        }
    }

    private var sortsByScore: Bool {
        request.sort.isEmpty || request.sort == [.score]
    }

    /// Searches a segment by the window pass.
    private func collect(
        _ plan: QueryPlan, _ view: SegmentView, _ index: Int, _ capacity: Int, _ floor: Float,
        _ facets: inout [FacetCounter], _ control: inout SearchControl, _ memory: SearchMemory
    ) throws -> SegmentOutcome {
        var pass = try WindowPass(
            plan, request, view: view, index: index, needsScores: capacity > 0, memory: memory)
        for facet in facets.indices { facets[facet].begin(view, index) }
        if sortsByScore {
            var ranker = try ScoreRanker(view.segment, after: request.after, scoreFloor: floor)
            var hits = TopHits<ScoreRank>(capacity: capacity)
            let total = try pass.run(&ranker, &hits, &facets, &control)
            return SegmentOutcome(
                total: total,
                hits: SegmentHits(
                    segment: index, entries: hits.sorted().map { ($0.document, $0.rank.score) }),
                ranking: capacity == 0 ? .none : pass.isBounded ? .boundedWindows : .windows, pass: pass)
        }
        var ranker = try FieldRanker(request.sort, view: view, after: request.after)
        var hits = TopHits<FieldRank>(capacity: capacity)
        let total = try pass.run(&ranker, &hits, &facets, &control)
        return SegmentOutcome(
            total: total,
            hits: SegmentHits(
                segment: index, entries: hits.sorted().map { ($0.document, $0.rank.tail.score) }),
            ranking: capacity == 0 ? .none : .windows, pass: pass)
    }

    private func page(_ found: [SegmentHits]) throws(SegmentError) -> SearchResult {
        var result = SearchResult(total: 0, isTotalExact: true, hits: [], facets: [], next: nil)
        guard request.limit > 0, !found.isEmpty else { return result }
        if request.sort.isEmpty {
            let count = request.offset + request.limit + 1
            let hits =
                try found.count == 1
                ? found[0].hits(count) : HitMerge.byScore(found, views, count: count)
            result.hits = Array(hits.dropFirst(request.offset).prefix(request.limit))
            if hits.count == count { result.next = try next(result.hits.last) }
            return result
        }
        var merge = try HitMerge(found, views: views, sort: request.sort)
        for _ in 0..<request.offset where try merge.pop() == nil { return result }
        while result.hits.count < request.limit, let hit = try merge.pop() { result.hits.append(hit) }
        if try merge.pop() != nil { result.next = try next(result.hits.last) }
        return result
    }

    /// Where the page behind a hit starts.
    private func next(_ last: Hit?) throws(SegmentError) -> Cursor? {
        guard let last else { return nil }
        return Cursor(
            sort: request.sort, values: last.sortValues, score: last.score,
            key: try views[last.address.segment].segment.key(last.address.document))
    }

    private func check() throws(SearchError) {
        guard (0...QueryLimits.pageSizeMax).contains(request.limit) else {
            throw .limit("The limit is \(request.limit); it must be 0 to \(QueryLimits.pageSizeMax).")
        }
        guard (0...QueryLimits.depthOfPagesMax).contains(request.offset),
            request.limit + request.offset <= QueryLimits.depthOfPagesMax
        else {
            throw .limit(
                "Offset and limit go beyond \(QueryLimits.depthOfPagesMax); use the cursor of the page before."
            )
        }
        guard request.sort.count <= QueryLimits.sortKeyCountMax else {
            throw .limit("More than \(QueryLimits.sortKeyCountMax) sort keys.")
        }
        if let after = request.after {
            guard request.offset == 0 else { throw .cursor("A cursor and an offset exclude each other.") }
            guard after.sortSignature == Cursor.signature(of: request.sort),
                after.values.count == request.sort.count
            else { throw .cursor("The cursor belongs to another sort order.") }
        }
        if let filter = request.filter { try FilterLimits.check(filter) }
        for group in request.facetFilters { try FilterLimits.check(group.filter) }
        guard max(request.facets.count, request.facetFilters.count) <= QueryLimits.facetCountMax else {
            throw .limit("More than \(QueryLimits.facetCountMax) facets.")
        }
        for facet in request.facets {
            if let group = facet.group {
                guard request.facetFilters.indices.contains(group) else {
                    throw .invalid("A facet names group \(group), which the request does not have.")
                }
            }
            switch facet.kind {
            case .keyword(_, let limit, _, let selected):
                guard (0...QueryLimits.facetValueCountMax).contains(limit),
                    selected.count <= QueryLimits.facetValueCountMax
                else { throw .limit("A facet asks for more than \(QueryLimits.facetValueCountMax) values.") }
            case .ranges(_, let ranges):
                guard ranges.count <= QueryLimits.facetRangeCountMax else {
                    throw .limit("A facet has more than \(QueryLimits.facetRangeCountMax) ranges.")
                }
            }
        }
    }
}

/// What was found so far.
private struct Findings {
    var total = 0
    var hits: [SegmentHits] = []
    var profiles: [SegmentProfile] = []

    mutating func add(_ outcome: SegmentOutcome) {
        total += outcome.total
        hits += outcome.hits
    }
}

extension Snapshot {
    /// Searches the snapshot. Safe to call from any thread.
    ///
    /// Throws `SearchError.request` for a request beyond `QueryLimits`, `stopped` when the request's deadline
    /// passes, `segment` when a segment is damaged.
    public func search(_ request: SearchRequest) throws(SearchError) -> SearchResult {
        let key = request.usesCaches && !request.isProfiled ? ResultCache.Key(request) : nil
        if let key, let known = results.result(key) { return known }
        let result = try Search(request, over: self).run()
        if let key { results.keep(result, for: key) }
        return result
    }
}
