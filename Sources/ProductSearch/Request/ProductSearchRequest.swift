// A search as a client asks for it, and the bounds of what may be asked. URL parameters, a JSON body and the
// command line all end in this one type, so that they cannot differ in meaning.

/// What a client asks of the product search.
public struct ProductSearchRequest: Sendable {
    /// Bounds of a request; beyond them the answer is an error that names the bound.
    public enum Limits {
        /// Hits of one page.
        public static let hitCountMax = 1_000
        /// `offset` plus `limit`; deeper pages use the cursor.
        public static let depthMax = 10_000
        /// The query in UTF-8 bytes.
        public static let queryByteCountMax = 4_096
        /// The filter in UTF-8 bytes.
        public static let filterByteCountMax = 65_536
        public static let facetCountMax = 50
        public static let facetValueCountMax = 1_000
        public static let facetRangeCountMax = 100
        /// Fields of `facet_filters`.
        public static let facetFilterCountMax = 50
        public static let facetFilterValueCountMax = 1_000
        public static let sortKeyCountMax = 3
        /// The longest a search waits for `min_seq`.
        public static let waitMillisecondsMax = 10_000
        public static let signalsMax = 10
    }

    /// Which words of the query a product must have.
    public enum MatchMode: String, Sendable, CaseIterable {
        /// All of them; where that finds less than a page, most of them; then any of them.
        case auto
        case all
        case any
    }

    /// One facet of the answer.
    public struct Facet: Sendable, Equatable {
        public enum Order: String, Sendable, CaseIterable { case count, value }

        public var field: String
        /// At most this many values.
        public var limit = 10
        public var order = Order.count
        /// Ranges `from ..< to` of a number field; nil asks for values.
        public var ranges: [Range]?

        public init(field: String) { self.field = field }
    }

    /// `from` inclusive, `to` exclusive; nil is open.
    public struct Range: Sendable, Equatable {
        public var from: Double?
        public var to: Double?

        public init(from: Double?, to: Double?) {
            self.from = from
            self.to = to
        }
    }

    /// Values chosen in one facet: OR inside, AND with the other facets.
    public struct FacetFilter: Sendable, Equatable {
        public var field: String
        public var values: [String]
    }

    public struct SortKey: Sendable, Equatable {
        public var field: String
        public var isDescending: Bool
    }

    public var query = ""
    public var filter: String?
    public var facets: [Facet] = []
    public var facetFilters: [FacetFilter] = []
    /// Empty: by relevance.
    public var sort: [SortKey] = []
    public var limit = 20
    public var offset = 0
    public var cursor: String?
    public var highlight = true
    public var explain = false
    /// Whether the answer says how each segment of the index was searched; `explain` says it too.
    public var profile = false
    public var match = MatchMode.auto
    /// How much stock, sales, rating and newness count: 0 not at all, 1 as usual, 2 twice as much.
    public var signals = 1
    /// The answer must contain everything up to this event position.
    public var minimumSequence: UInt64?
    /// How long to wait for `minimumSequence` before answering 409.
    public var waitMilliseconds = 1_000

    public init() {}

    /// Checks what the readers of the single members cannot see alone.
    func validated() throws(RequestError) -> ProductSearchRequest {
        guard query.utf8.count <= Limits.queryByteCountMax else {
            throw RequestError(
                .queryTooLong, "the query is longer than \(Limits.queryByteCountMax) bytes; shorten it")
        }
        guard (filter?.utf8.count ?? 0) <= Limits.filterByteCountMax else {
            throw RequestError(
                .filterSyntax, "the filter is longer than \(Limits.filterByteCountMax) bytes; shorten it")
        }
        guard offset + limit <= Limits.depthMax else {
            throw RequestError(
                .badParameter,
                "offset + limit is \(offset + limit), at most \(Limits.depthMax); page deeper with 'cursor'")
        }
        guard cursor == nil || offset == 0 else {
            throw RequestError(.badParameter, "'cursor' and 'offset' exclude each other; send one of them")
        }
        guard facets.count <= Limits.facetCountMax else {
            throw RequestError(.badParameter, "at most \(Limits.facetCountMax) facets, not \(facets.count)")
        }
        guard facetFilters.count <= Limits.facetFilterCountMax else {
            throw RequestError(
                .badParameter,
                "at most \(Limits.facetFilterCountMax) fields in 'facet_filters', not \(facetFilters.count)")
        }
        try Self.checkSortCount(sort.count)
        guard !facets.contains(where: { $0.field.isEmpty }) else {
            throw RequestError(.facetField, "a facet has an empty name; name a field such as brand")
        }
        var checked = self
        checked.facets = try distinctFacets()
        return checked
    }

    /// Each facet once: the answer has one place for a name.
    private func distinctFacets() throws(RequestError) -> [Facet] {
        var distinct: [Facet] = []
        for facet in facets {
            guard let same = distinct.first(where: { $0.field.utf8.elementsEqual(facet.field.utf8) }) else {
                distinct.append(facet)
                continue
            }
            guard same == facet else {
                throw RequestError(
                    .facetField, "the facet '\(facet.field)' is asked for in two ways; ask for it once")
            }
        }
        return distinct
    }

    static func isRelevance(_ field: String) -> Bool { field == "relevance" || field == "_score" }

    static func checkSortCount(_ count: Int) throws(RequestError) {
        guard count <= Limits.sortKeyCountMax else {
            throw RequestError(.badParameter, "at most \(Limits.sortKeyCountMax) sort fields, not \(count)")
        }
    }

    /// `price`, `-price`, `price:desc`, `price desc`, separated by commas; `relevance` is the default order.
    static func parseSort(_ text: String) throws(RequestError) -> [SortKey] {
        guard !text.isEmpty else { return [] }
        var keys: [SortKey] = []
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        try checkSortCount(parts.count)
        for part in parts {
            let words = part.split(whereSeparator: { $0 == ":" || $0 == " " })
            guard let first = words.first, words.count <= 2 else {
                throw RequestError(.sortField, "cannot read the sort '\(part)'; write 'price' or '-price'")
            }
            var field = String(first)
            var isDescending = false
            if field.hasPrefix("-") {
                field.removeFirst()
                isDescending = true
            }
            if words.count == 2 {
                switch words[1] {
                case "asc": isDescending = false
                case "desc": isDescending = true
                default:
                    throw RequestError(.sortField, "'\(words[1])' is no sort order; write 'asc' or 'desc'")
                }
            }
            if isRelevance(field) { continue }
            keys.append(SortKey(field: field, isDescending: isDescending))
        }
        return keys
    }
}
