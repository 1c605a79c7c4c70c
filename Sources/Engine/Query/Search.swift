// A search over all segments of a snapshot.

/// Runs one request.
struct Search {
    private let request: SearchRequest
    private let views: [SegmentView]
    private let cache: FacetValueCache

    /// Checks the request against `QueryLimits`.
    init(
        _ request: SearchRequest, over views: [SegmentView], cache: FacetValueCache = FacetValueCache()
    ) throws(SearchError) {
        self.cache = cache
        self.request = request
        self.views = views
        try check()
    }

    /// The answer.
    func run() throws(SearchError) -> SearchResult {
        let plan = try QueryPlan(request.query, segments: views.map(\.segment), k1: request.k1)
        var control = SearchControl(request)
        // One more than the page tells whether there is a next one.
        let capacity = request.limit == 0 ? 0 : request.limit + request.offset + 1
        var total = 0
        var found: [SegmentHits] = []
        var counted = Array(repeating: [SegmentFacet](), count: request.facets.count)
        var best = ScoreFloor(capacity: capacity)
        for (index, view) in views.enumerated() {
            var facets = request.facets.map { FacetCounter($0, view: view) }
            if sortsByScore {
                let flat = try throwingSearchErrors {
                    try searchFlat(plan, view, index, capacity, best.floor, &facets, &control)
                }
                if let (count, entries) = flat {
                    total += count
                    found.append(SegmentHits(segment: index, entries: entries))
                    for (facet, counter) in facets.enumerated() { counted[facet].append(counter.result) }
                    best.add(entries.map(\.score))
                    continue
                }
            }
            var pass = try WindowPass(plan, request, view: view, index: index, needsScores: capacity > 0)
            let (count, entries) =
                if sortsByScore {
                    try collectByScore(&pass, view, capacity, best.floor, &facets, &control)
                } else {
                    try collectByFields(&pass, view, capacity, &facets, &control)
                }
            total += count
            found.append(SegmentHits(segment: index, entries: entries))
            for (facet, counter) in facets.enumerated() { counted[facet].append(counter.result) }
            if sortsByScore { best.add(entries.map(\.score)) }
        }
        do {
            var result = try page(found)
            result.total = total
            result.isTotalExact = !WindowPass.mayPrune(request)
            for (facet, parts) in zip(request.facets, counted) {
                result.facets.append(try FacetMerge(facet, views: views, cache: cache).result(parts))
            }
            return result
        } catch {
            throw .segment(error)
        }
    }

    private var sortsByScore: Bool {
        request.sort.isEmpty || request.sort == [.score]
    }

    /// Runs a search that throws only segment and search errors.
    private func throwingSearchErrors<Result>(_ body: () throws -> Result) throws(SearchError) -> Result {
        do {
            return try body()
        } catch let error as SegmentError {
            throw .segment(error)
        } catch let error as SearchError {
            throw error
        } catch {
            preconditionFailure("a search throws only segment and search errors")
        }
    }

    /// Searches a segment in which the query is flat: what matches is counted first, then the best hits are
    /// found among it. Nil when the query has another form.
    private func searchFlat(
        _ plan: QueryPlan, _ view: SegmentView, _ index: Int, _ capacity: Int, _ floor: Float,
        _ facets: inout [FacetCounter], _ control: inout SearchControl
    ) throws -> (Int, [(document: UInt32, score: Float)])? {
        let flat = FlatQuery(plan, segment: view.segment, index: index)
        var phrase = flat == nil ? FlatPhrase(plan, segment: view.segment, index: index) : nil
        if flat == nil, phrase == nil { return nil }
        if let flat, flat.entries.isEmpty { return (0, []) }
        var acceptance = view.liveDocs.map { Acceptance.live($0) } ?? .all
        var total = 0
        if request.filter != nil || !request.facets.isEmpty || !request.facetFilters.isEmpty {
            var pass = try WindowPass(plan, request, view: view, index: index, needsScores: false)
            let matches = DocumentSet(documentCount: view.segment.documentCount)
            total = try pass.run(matches, &facets, &control)
            acceptance = .set(matches)
            if total == 0 { return (0, []) }
        } else if request.countsTotal {
            if let flat {
                var counter = MatchCounter(flat, view: view)
                total = try counter.count(&control)
            } else if var counted = FlatPhrase(plan, segment: view.segment, index: index) {
                total = try counted.count(acceptance, &control)
            }
        }
        guard capacity > 0 else { return (total, []) }
        let ranker = try ScoreRanker(view: view, after: request.after, scoreFloor: floor)
        var best = BestScores(ranker: ranker, capacity: capacity)
        if let flat {
            best = try SearchMemory.lend { memory in
                var search = BestHits(
                    flat, view: view, acceptance: acceptance, hits: best, memory: memory)
                return try search.run(&control)
            }
        } else {
            try phrase?.findBest(&best, acceptance, &control)
        }
        if WindowPass.mayPrune(request) { total = max(total, best.offeredCount) }
        return (total, best.sorted())
    }

    private func collectByScore(
        _ pass: inout WindowPass, _ view: SegmentView, _ capacity: Int, _ floor: Float,
        _ facets: inout [FacetCounter], _ control: inout SearchControl
    ) throws(SearchError) -> (Int, [(document: UInt32, score: Float)]) {
        do {
            var ranker = try ScoreRanker(view: view, after: request.after, scoreFloor: floor)
            var hits = TopHits<ScoreRank>(capacity: capacity)
            let total = try pass.run(&ranker, &hits, &facets, &control)
            return (total, hits.sorted().map { ($0.document, $0.rank.score) })
        } catch let error as SegmentError {
            throw .segment(error)
        } catch let error as SearchError {
            throw error
        } catch {
            preconditionFailure("a pass throws only segment and search errors")
        }
    }

    private func collectByFields(
        _ pass: inout WindowPass, _ view: SegmentView, _ capacity: Int, _ facets: inout [FacetCounter],
        _ control: inout SearchControl
    ) throws(SearchError) -> (Int, [(document: UInt32, score: Float)]) {
        do {
            var ranker = try FieldRanker(request.sort, view: view, after: request.after)
            var hits = TopHits<FieldRank>(capacity: capacity)
            let total = try pass.run(&ranker, &hits, &facets, &control)
            return (total, hits.sorted().map { ($0.document, $0.rank.tail.score) })
        } catch let error as SegmentError {
            throw .segment(error)
        } catch let error as SearchError {
            throw error
        } catch {
            preconditionFailure("a pass throws only segment and search errors")
        }
    }

    private func page(_ found: [SegmentHits]) throws(SegmentError) -> SearchResult {
        var result = SearchResult(total: 0, isTotalExact: true, hits: [], facets: [], next: nil)
        guard request.limit > 0 else { return result }
        var merge = try HitMerge(found, views: views, sort: request.sort)
        for _ in 0..<request.offset where try merge.pop() == nil { return result }
        while result.hits.count < request.limit, let hit = try merge.pop() { result.hits.append(hit) }
        if let last = result.hits.last, try merge.pop() != nil {
            result.next = Cursor(
                sort: request.sort, values: last.sortValues, score: last.score,
                key: try views[last.address.segment].segment.key(last.address.document))
        }
        return result
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

/// The best scores of the segments searched so far: what a later segment must reach.
private struct ScoreFloor {
    private let capacity: Int
    private var scores: [Float] = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Hits below this score cannot be on the page.
    var floor: Float {
        capacity > 0 && scores.count >= capacity ? scores[capacity - 1] : 0
    }

    mutating func add(_ more: [Float]) {
        scores = (scores + more).sorted(by: >)
        scores.removeLast(max(0, scores.count - capacity))
    }
}

extension Snapshot {
    /// Searches the snapshot. Safe to call from any thread.
    ///
    /// Throws `SearchError.request` for a request beyond `QueryLimits`, `stopped` when the request's deadline
    /// passes, `segment` when a segment is damaged.
    public func search(_ request: SearchRequest) throws(SearchError) -> SearchResult {
        let key = request.usesCaches ? ResultCache.Key(request) : nil
        if let key, let known = results.result(key) { return known }
        let result = try Search(request, over: segments, cache: .of(registry)).run()
        if let key { results.keep(result, for: key) }
        return result
    }
}
