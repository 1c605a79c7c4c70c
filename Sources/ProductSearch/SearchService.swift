// Answers searches: waits for the position that was asked for, understands the query, decides how strict to
// be, runs it on one snapshot, and writes the answer. Any number of threads may call it at once.

import Engine
import JSON
import KoreanAnalysis
import Store

/// The product search.
public final class SearchService: Sendable {
    /// A search that takes longer is given up; no sound query on a sound machine comes near.
    static let timeLimit = Duration.seconds(5)
    /// With fewer products than this having all words, products with most of them are shown too.
    static let sufficientCount = 10

    let view: LiveView
    private let store: ProductStore?
    /// Counts what was searched for; nil where that is nobody's business, as in the commands.
    let popular: PopularQueries?

    /// The analysis of the newest snapshot. One request takes view.current once and keeps to it.
    var analysis: TextAnalysis { view.current.analysis }

    /// Searches what `view` shows. `store` tells how far changes go, so that nobody waits for one that was
    /// never written.
    public init(view: LiveView, store: ProductStore? = nil, popular: PopularQueries? = nil) {
        self.view = view
        self.store = store
        self.popular = popular
    }

    /// Answers `request` as JSON (the shape is in the OpenAPI document).
    public func answer(_ request: ProductSearchRequest) throws(RequestError) -> [UInt8] {
        let start = ContinuousClock.now
        let state = try state(for: request)
        let run = try run(request, state)
        // A next page, or what was only found by leaving words out, tells nothing new.
        if run.result.total > 0, request.offset == 0, request.cursor == nil, run.strictness.answerName == nil
        {
            popular?.record(request.query)
        }
        var writer = AnswerWriter(
            fields: state.fields,
            highlighter: request.highlight
                ? Highlighter(analysis: state.analysis, terms: run.highlightedTerms) : nil)
        if request.explain {
            for hit in run.result.hits {
                let explanation = try convertingErrors { () throws(SearchError) in
                    try state.snapshot.explain(run.query, hit.address, prior: run.prior)
                }
                writer.explanations.append(explanation?.json ?? .null)
            }
        }
        let answer = SearchAnswer(
            result: run.result, facets: run.facets, snapshot: state.snapshot,
            relaxedTo: run.strictness.answerName, repair: run.repair, priced: run.priced,
            sequence: state.snapshot.eventPosition, age: view.age, took: .now - start)
        return try convertingErrors { () throws(SearchError) in try writer.json(answer) }
    }

    /// The ids and scores of the hits alone, for the relevance benchmark.
    public func ranking(_ request: ProductSearchRequest) throws(RequestError) -> [(id: String, score: Float)]
    {
        let state = view.current
        let run = try run(request, state)
        return try convertingErrors { () throws(SearchError) in
            var ranking: [(id: String, score: Float)] = []
            ranking.reserveCapacity(run.result.hits.count)
            for hit in run.result.hits {
                ranking.append(
                    (String(decoding: try state.snapshot.key(hit.address), as: UTF8.self), hit.score))
            }
            return ranking
        }
    }

    /// How many products match, for measuring without an answer.
    public func count(_ request: ProductSearchRequest) throws(RequestError) -> Int {
        try run(request, view.current).result.total
    }

    // MARK: One search

    private struct Run {
        /// The terms by which a match is shown.
        let highlightedTerms: Set<[UInt8]>
        /// The query's words about the price, where they narrow the search.
        let priced: PricedQuery?
        let query: Query
        let prior: StaticPrior?
        /// What was done to the typed text, where something was.
        var repair: Repair?
        let strictness: UnderstoodQuery.Strictness
        let facets: [PlannedFacet]
        let result: SearchResult
    }

    /// Words about the price are a filter; where nothing is in their range, they are words like any other.
    private func run(_ request: ProductSearchRequest, _ state: LiveView.State) throws(RequestError) -> Run {
        if let priced = PricedQuery(request.query) {
            let run = try run(request, priced, state)
            if run.result.total > 0 { return run }
            // A brand or page that leaves nothing is no reason to read the words in another way.
            let unfiltered = SearchRequest(
                query: run.query, filter: .and([visible(state.fields), filter(priced, state.fields)]),
                limit: 0,
                deadline: .now + Self.timeLimit)
            if try perform(unfiltered, state.snapshot).total > 0 { return run }
        }
        return try run(request, nil, state)
    }

    private func run(
        _ request: ProductSearchRequest, _ priced: PricedQuery?, _ state: LiveView.State
    ) throws(RequestError) -> Run {
        let fields = state.fields
        let text = priced?.text ?? request.query
        var understood = UnderstoodQuery(text, analysis: state.analysis)
        let plan = try FacetPlan(request, fields: fields)
        let prior = ProductPrior.prior(fields, day: .today, factor: request.signals)
        var search = SearchRequest(
            query: .all, filter: try filter(request, fields), facetFilters: plan.groups,
            facets: plan.facets.map(\.request), sort: try sortKeys(request, fields), limit: request.limit,
            offset: request.offset, after: try cursor(request), prior: prior,
            deadline: .now + Self.timeLimit)
        search.isProfiled = request.profile || request.explain
        // In another order than by relevance, products that were let in would stand between those that match.
        let sufficient = request.sort.isEmpty ? Self.sufficientCount : 1
        if let priced {
            search.filter = .and([search.filter ?? .all, filter(priced, fields)])
        }
        let isNarrowed = priced != nil || request.filter != nil || !plan.groups.isEmpty
        var ladder = Self.ladder(request.match, understood)
        var isLiteral = true
        while true {
            let strictness = ladder.removeFirst()
            search.query = understood.query(strictness, fields: fields)
            // Repairs come behind everything that has all the words, and before what lacks some.
            let isLast = ladder.first.map { $0 == .most || $0 == .any } ?? true
            let isRepairable = isLiteral && isLast && request.match == .auto && !understood.isEmpty
            if isLast { isLiteral = false }
            // Whether the words are enough is asked without the filters: a shopper who picks a brand must get
            // the products that its facet counted, not others that the narrower list would let in.
            var count: Int?
            if isNarrowed, isRepairable || !ladder.isEmpty {
                let unfiltered = SearchRequest(
                    query: search.query, filter: visible(fields), limit: 0, deadline: search.deadline)
                count = try perform(unfiltered, state.snapshot).total
            }
            var result: SearchResult?
            if count ?? sufficient >= sufficient { result = try perform(search, state.snapshot) }
            let total = count ?? result?.total ?? 0
            if isRepairable, total < sufficient || understood.guessesBySound,
                let mended = try mended(text, understood, count: total, sufficient: sufficient, state)
            {
                search.query = mended.query
                return Run(
                    highlightedTerms: mended.highlightedTerms.union(understood.highlightedTerms),
                    priced: priced, query: search.query, prior: prior, repair: mended.repair,
                    strictness: strictness, facets: plan.facets, result: try perform(search, state.snapshot))
            }
            if total == 0, isRepairable, let heard = try heard(text, search, state) {
                // Nothing is called so, but something is that sounds so in the other script.
                understood = heard
                ladder = [.whole]
                continue
            }
            if ladder.isEmpty || total >= sufficient {
                let found = if let result { result } else { try perform(search, state.snapshot) }
                return Run(
                    highlightedTerms: understood.highlightedTerms, priced: priced, query: search.query,
                    prior: prior, strictness: strictness, facets: plan.facets, result: found)
            }
        }
    }

    /// The query with names that sound like what was typed, where that finds anything.
    private func heard(
        _ text: String, _ search: SearchRequest, _ state: LiveView.State
    ) throws(RequestError) -> UnderstoodQuery? {
        let heard = UnderstoodQuery(text, analysis: state.analysis, hearsSounds: true)
        guard heard.synonyms.contains(where: { $0.origin == .sound }) else { return nil }
        let request = SearchRequest(
            query: heard.query(.whole, fields: state.fields), filter: search.filter, limit: 0,
            deadline: search.deadline)
        return try perform(request, state.snapshot).total > 0 ? heard : nil
    }

    /// The strictnesses to try, most demanding first, without those that cannot differ.
    private static func ladder(
        _ match: ProductSearchRequest.MatchMode, _ understood: UnderstoodQuery
    ) -> [UnderstoodQuery.Strictness] {
        switch match {
        case .all: return [.whole]
        case .any: return [.any]
        case .auto:
            var ladder: [UnderstoodQuery.Strictness] = [.whole]
            for lesser in [UnderstoodQuery.Strictness.all, .syllables, .most, .any]
            where understood.canRelax(from: ladder[ladder.count - 1], to: lesser) {
                ladder.append(lesser)
            }
            return ladder
        }
    }

    private func perform(_ search: SearchRequest, _ snapshot: Snapshot) throws(RequestError) -> SearchResult {
        try convertingErrors { () throws(SearchError) in try snapshot.search(search) }
    }

    // MARK: Binding

    /// Hidden products are kept and not shown, unless the filter asks for a status itself.
    func visible(_ fields: ProductFields) -> Filter {
        let hidden = ProductStatus.hidden.rawValue
        return .not(.integerRange(fields.status, lower: hidden, upper: hidden))
    }

    private func filter(_ priced: PricedQuery, _ fields: ProductFields) -> Filter {
        .integerRange(fields.price, lower: priced.price.from, upper: priced.price.to)
    }

    private func filter(
        _ request: ProductSearchRequest, _ fields: ProductFields
    ) throws(RequestError) -> Filter? {
        guard let text = request.filter else { return visible(fields) }
        do throws(FilterError) {
            let expression = try FilterParser.parse(text)
            let bound = try expression.bound(names: fields.filterNames) { fields.target($0) }
            return expression.mentions("status") ? bound : .and([visible(fields), bound])
        } catch {
            throw RequestError(filter: error)
        }
    }

    private func sortKeys(
        _ request: ProductSearchRequest, _ fields: ProductFields
    ) throws(RequestError) -> [SortKey] {
        var keys: [SortKey] = []
        for key in request.sort {
            guard let target = fields.target(key.field) else {
                throw RequestError(
                    .sortField,
                    "there is no field '\(key.field)' to sort by; there are: relevance, "
                        + fields.filterNames.prefix(30).joined(separator: ", "))
            }
            if let number = target.integer ?? target.decimal {
                keys.append(.integer(number, descending: key.isDescending))
            } else if let keyword = target.keyword {
                keys.append(.keyword(keyword, descending: key.isDescending))
            }
        }
        return keys
    }

    private func cursor(_ request: ProductSearchRequest) throws(RequestError) -> Cursor? {
        guard let text = request.cursor else { return nil }
        do throws(SearchError) {
            return try Cursor(text)
        } catch {
            throw RequestError(.badCursor, "\(error)")
        }
    }

    /// The state to search, once it contains the position that was asked for.
    private func state(for request: ProductSearchRequest) throws(RequestError) -> LiveView.State {
        guard let wanted = request.minimumSequence else { return view.current }
        let deadline = ContinuousClock.now + .milliseconds(request.waitMilliseconds)
        var isChecked = false
        while true {
            let state = view.current
            if state.snapshot.eventPosition >= wanted { return state }
            if !isChecked { try requireWritten(wanted) }
            isChecked = true
            guard ContinuousClock.now < deadline else {
                throw RequestError(
                    .sequenceNotReached,
                    "the index is at \(state.snapshot.eventPosition), not yet at \(wanted); "
                        + "ask again, or wait longer with wait_ms")
            }
            Pause.milliseconds(2)
        }
    }

    /// A wait holds a worker, so one that no write has given reason for is refused at once.
    private func requireWritten(_ wanted: UInt64) throws(RequestError) {
        guard let store else { return }
        let last: UInt64
        do throws(StoreError) {
            last = try store.lastSequence()
        } catch {
            throw RequestError(store: error)
        }
        guard wanted <= last else {
            throw RequestError(
                .sequenceNotReached,
                "the last change is \(last), so the index cannot come to \(wanted); "
                    + "send the 'seq' that a write answered with")
        }
    }
}

/// Gives the engine's errors the codes that clients know.
func convertingErrors<Result>(
    _ body: () throws(SearchError) -> Result
) throws(RequestError) -> Result {
    do throws(SearchError) {
        return try body()
    } catch {
        throw RequestError(search: error)
    }
}

extension UnderstoodQuery.Strictness {
    /// How the answer names a match of fewer than all words.
    var answerName: String? {
        switch self {
        case .whole, .all, .syllables: nil
        case .most: "most"
        case .any: "any"
        }
    }
}
