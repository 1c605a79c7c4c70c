// Answers that are asked for again. The cache belongs to a snapshot, which never changes, and goes with it:
// after a refresh nothing old can be answered.
import Synchronization

/// The answers of one snapshot. Safe to use from any thread.
final class ResultCache: Sendable {
    /// What makes two requests the same; when to give up does not.
    struct Key: Hashable, Sendable {
        let query: Query
        let filter: Filter?
        let facetFilters: [FacetGroup]
        let facets: [FacetRequest]
        let sort: [SortKey]
        let limit: Int
        let offset: Int
        let after: Cursor?
        let k1: Float
        let prior: StaticPrior?
        let countsTotal: Bool

        init(_ request: SearchRequest) {
            query = request.query
            filter = request.filter
            facetFilters = request.facetFilters
            facets = request.facets
            sort = request.sort
            limit = request.limit
            offset = request.offset
            after = request.after
            k1 = request.k1
            prior = request.prior
            countsTotal = request.countsTotal
        }
    }

    /// Two generations: what was not asked for while the younger one filled is forgotten.
    private struct State {
        var young: [Key: SearchResult] = [:]
        var old: [Key: SearchResult] = [:]
        /// Hits and facet values of the younger.
        var weight = 0
    }

    private static let entryCountMax = 256
    private static let weightMax = 16_384

    private let state = Mutex(State())

    init() {}

    /// The answer to a request, if it was asked for before.
    func result(_ key: Key) -> SearchResult? {
        state.withLock { state in
            if let known = state.young[key] { return known }
            guard let known = state.old.removeValue(forKey: key) else { return nil }
            Self.keep(known, key, &state)
            return known
        }
    }

    /// Keeps an answer.
    func keep(_ result: SearchResult, for key: Key) {
        state.withLock { Self.keep(result, key, &$0) }
    }

    private static func keep(_ result: SearchResult, _ key: Key, _ state: inout State) {
        let weight = result.weight
        guard weight <= weightMax / 4 else { return }
        if state.young.count >= entryCountMax || state.weight + weight > weightMax {
            state.old = state.young
            state.young = [:]
            state.weight = 0
        }
        state.young[key] = result
        state.weight += weight
    }
}

extension SearchResult {
    /// Hits and facet values, as a measure of its memory.
    fileprivate var weight: Int {
        facets.reduce(hits.count + 1) { sum, facet in
            switch facet {
            case .keyword(let values, _): sum + values.count
            case .ranges(let counts, _, _, _): sum + counts.count
            }
        }
    }
}
