/// A document in one snapshot. Means nothing in another.
public struct DocAddress: Hashable, Sendable {
    /// Index of the segment in the snapshot.
    public let segment: Int
    /// The document in the segment.
    public let document: UInt32

    /// Makes an address.
    public init(segment: Int, document: UInt32) {
        self.segment = segment
        self.document = document
    }
}

/// The value by which a hit was ordered.
public enum SortValue: Hashable, Sendable {
    /// The document has none.
    case missing
    /// Relevance.
    case score(Float)
    /// A column value; decimals as `OrderedDouble` encodes them.
    case integer(Int64)
    /// The bytes of a keyword.
    case keyword([UInt8])
}

/// A document that was found.
public struct Hit: Hashable, Sendable {
    /// Where it is, in the snapshot that was searched.
    public let address: DocAddress
    /// Its relevance.
    public let score: Float
    /// The values of the request's sort keys.
    public let sortValues: [SortValue]
}

/// A value of a keyword facet.
public struct FacetValue: Hashable, Sendable {
    /// The bytes of the value.
    public let value: [UInt8]
    /// Documents that have it.
    public let count: Int
    /// Whether the request named it as selected.
    public let isSelected: Bool
}

/// The answer to one facet request.
public enum FacetResult: Hashable, Sendable {
    /// The values in the order asked for, selected ones that did not make the limit behind them; and how many
    /// values have at least one document.
    case keyword(values: [FacetValue], distinct: Int)
    /// Documents per range, in the order of the request; documents with any value; the least and greatest.
    case ranges(counts: [Int], documentCount: Int, minimum: Int64?, maximum: Int64?)
}

/// The answer to a search.
public struct SearchResult: Sendable {
    /// Documents that match, exactly, unless the request did not ask for it: then how many were looked at,
    /// which is at least the number of hits.
    public var total: Int
    /// Whether `total` is exact.
    public var isTotalExact: Bool
    /// The page of hits.
    public var hits: [Hit]
    /// One answer a facet request, in its order.
    public var facets: [FacetResult]
    /// How each segment was searched, in the order in which they were, where the request asks for it.
    public var profile: [SegmentProfile] = []
    /// Where the next page starts; nil when this page was not full.
    public var next: Cursor?
}
