// What a search is asked for, and what it answers.

/// A key to order hits by. Documents without a value come last in either direction.
public enum SortKey: Hashable, Sendable {
    /// By relevance, best first.
    case score
    /// By an integer or decimal column.
    case integer(FieldID, descending: Bool)
    /// By a keyword, in the order of its bytes; of several values the first in that direction counts.
    case keyword(FieldID, descending: Bool)
}

/// A selection that facets of its own field ignore: documents must match the filter to be hits, but the
/// facets of this group are counted as though the selection were not there.
public struct FacetGroup: Hashable, Sendable {
    /// The selection.
    public var filter: Filter

    /// Makes a group.
    public init(_ filter: Filter) {
        self.filter = filter
    }
}

/// What to count.
public struct FacetRequest: Hashable, Sendable {
    /// The order of the values of a keyword facet.
    public enum Order: Hashable, Sendable {
        /// Most frequent first, then by value.
        case count
        /// By the bytes of the value.
        case value
    }

    /// A range of a numeric facet, both ends included; a missing end is open.
    public struct Range: Hashable, Sendable {
        /// The least value of the range; nil for no bound.
        public var lower: Int64?
        /// The greatest value of the range; nil for no bound.
        public var upper: Int64?

        /// Makes a range.
        public init(_ lower: Int64?, _ upper: Int64?) {
            self.lower = lower
            self.upper = upper
        }
    }

    /// What is counted.
    public enum Kind: Hashable, Sendable {
        /// Documents per value of a keyword field. `selected` values are in the answer even without a
        /// document.
        case keyword(FieldID, limit: Int, order: Order, selected: [[UInt8]])
        /// Documents per range of an integer or decimal column, with the least and greatest value.
        case ranges(FieldID, [Range])
    }

    /// What is counted.
    public var kind: Kind
    /// Index of the facet group whose selection these counts ignore.
    public var group: Int?

    /// Makes a facet request.
    public init(_ kind: Kind, group: Int? = nil) {
        self.kind = kind
        self.group = group
    }

    /// Counts per value.
    public static func keyword(
        _ field: FieldID, limit: Int = 10, order: Order = .count, selected: [[UInt8]] = [], group: Int? = nil
    ) -> FacetRequest {
        FacetRequest(.keyword(field, limit: limit, order: order, selected: selected), group: group)
    }

    /// Counts per range.
    public static func ranges(_ field: FieldID, _ ranges: [Range], group: Int? = nil) -> FacetRequest {
        FacetRequest(.ranges(field, ranges), group: group)
    }
}

/// A search.
public struct SearchRequest: Sendable {
    /// What to look for.
    public var query: Query
    /// What hits, total and facets must match besides, without a say in the score.
    public var filter: Filter?
    /// Selections that the facets of their own group ignore.
    public var facetFilters: [FacetGroup]
    /// What to count.
    public var facets: [FacetRequest]
    /// The order of the hits; what ties is ordered by score, then by document key.
    public var sort: [SortKey]
    /// How many hits to return.
    public var limit: Int
    /// How many hits to leave out before them.
    public var offset: Int
    /// Continue behind this hit, instead of an offset.
    public var after: Cursor?
    /// Saturation of term frequency; above 0.
    public var k1: Float
    /// What documents are worth before anybody has asked, as a part of the score.
    public var prior: StaticPrior?
    /// Whether `SearchResult.total` must be exact. Without it, and without facets, a search for the best hits
    /// may skip documents that cannot be among them.
    public var countsTotal: Bool
    /// Whether an answer or a filter's documents that are known from before may be used, and are kept. They
    /// are never out of date; leave them out to measure.
    public var usesCaches: Bool
    /// Whether `SearchResult.profile` tells how each segment was searched. An answer that is kept tells
    /// nothing, so none is used.
    public var isProfiled = false
    /// When to give up.
    public var deadline: ContinuousClock.Instant?
    /// Asked now and then; the search stops once it answers true.
    public var shouldStop: (@Sendable () -> Bool)?

    /// Makes a request for the best hits with the exact total.
    public init(
        query: Query, filter: Filter? = nil, facetFilters: [FacetGroup] = [], facets: [FacetRequest] = [],
        sort: [SortKey] = [], limit: Int = 10, offset: Int = 0, after: Cursor? = nil, k1: Float = 1.2,
        prior: StaticPrior? = nil, countsTotal: Bool = true, usesCaches: Bool = true,
        deadline: ContinuousClock.Instant? = nil, shouldStop: (@Sendable () -> Bool)? = nil
    ) {
        self.query = query
        self.filter = filter
        self.facetFilters = facetFilters
        self.facets = facets
        self.sort = sort
        self.limit = limit
        self.offset = offset
        self.after = after
        self.k1 = k1
        self.prior = prior
        self.countsTotal = countsTotal
        self.usesCaches = usesCaches
        self.deadline = deadline
        self.shouldStop = shouldStop
    }
}
