// What is searched for: a tree of clauses over analysed terms. Evaluated as described in
// Engine.docc/Query.md.

/// A field that a clause searches, with its share in the BM25F unit.
public struct FieldWeight: Hashable, Sendable {
    /// The text field.
    public var field: FieldID
    /// How much an occurrence here counts; 0 or more.
    public var weight: Float
    /// How strongly the field's length normalises an occurrence, from 0 (not) to 1 (fully).
    public var b: Float

    /// Makes a field weight.
    public init(_ field: FieldID, weight: Float = 1, b: Float = 0.75) {
        self.field = field
        self.weight = weight
        self.b = b
    }
}

/// One term looked up in several fields as one BM25F unit: occurrences are weighted and normalised per field,
/// added, and saturated once.
public struct TermQuery: Hashable, Sendable {
    /// The fields, each with its weight.
    public var fields: [FieldWeight]
    /// The term as it was indexed.
    public var term: [UInt8]
    /// Multiplies the score; 0 or more.
    public var boost: Float

    /// Makes a term query.
    public init(fields: [FieldWeight], term: [UInt8], boost: Float = 1) {
        self.fields = fields
        self.term = term
        self.boost = boost
    }
}

/// Every term that starts with some bytes, scored as though all of them were one term.
public struct PrefixQuery: Hashable, Sendable {
    /// The fields, each with its weight.
    public var fields: [FieldWeight]
    /// The bytes that a term must start with; not empty.
    public var prefix: [UInt8]
    /// Multiplies the score; 0 or more.
    public var boost: Float
    /// How many terms the prefix may stand for, the most frequent first; at most
    /// `QueryLimits.expansionCountMax`.
    public var maxExpansions: Int

    /// Makes a prefix query.
    public init(fields: [FieldWeight], prefix: [UInt8], boost: Float = 1, maxExpansions: Int = 64) {
        self.fields = fields
        self.prefix = prefix
        self.boost = boost
        self.maxExpansions = maxExpansions
    }
}

/// Terms at consecutive positions of one field; each field is searched by itself and all count into one unit.
public struct PhraseQuery: Hashable, Sendable {
    /// The fields, each with its weight.
    public var fields: [FieldWeight]
    /// The terms at each consecutive position: any of them may stand there.
    public var terms: [[[UInt8]]]
    /// Multiplies the score; 0 or more.
    public var boost: Float

    /// Makes a phrase query.
    public init(fields: [FieldWeight], terms: [[[UInt8]]], boost: Float = 1) {
        self.fields = fields
        self.terms = terms
        self.boost = boost
    }
}

/// A query tree.
public indirect enum Query: Hashable, Sendable {
    /// Every document, with score 0.
    case all
    /// No document.
    case none
    /// Documents with a term.
    case term(TermQuery)
    /// Documents with a term that starts with the prefix.
    case prefix(PrefixQuery)
    /// Documents with the terms side by side.
    case phrase(PhraseQuery)
    /// Documents that match every `must`, no `mustNot`, and at least `minimumShouldMatch` of `should`, which
    /// is at least one when there is a `should` and no `must`. Without `must` and `should`: all but
    /// `mustNot`. The score is the sum over the matching `must` and `should`.
    case boolean(must: [Query], should: [Query], mustNot: [Query], minimumShouldMatch: Int)
    /// Documents that match any; the greatest score counts.
    case anyOf([Query])
    /// The query with its scores multiplied.
    case boost(Query, Float)
    /// Documents that the filter matches, each with this score.
    case constant(Filter, Float)
}

extension Query {
    /// All of the clauses.
    public static func and(_ clauses: [Query]) -> Query {
        .boolean(must: clauses, should: [], mustNot: [], minimumShouldMatch: 0)
    }

    /// At least one of the clauses; scores are added.
    public static func or(_ clauses: [Query]) -> Query {
        .boolean(must: [], should: clauses, mustNot: [], minimumShouldMatch: 1)
    }
}

/// Bounds on what one request may ask for, so that no request takes unbounded time or memory.
public enum QueryLimits {
    /// Clauses in a query, inner nodes included, and in a filter.
    public static let clauseCountMax = 1_024
    /// How deeply clauses may nest.
    public static let depthMax = 64
    /// Terms that one prefix may stand for.
    public static let expansionCountMax = 1_024
    /// Terms with the prefix that are looked at per field and segment before the most frequent are taken.
    public static let expansionScanMax = 65_536
    /// Positions in a phrase.
    public static let phraseLengthMax = 64
    /// Terms at one position of a phrase.
    public static let alternativeCountMax = 32
    /// Fields of one clause.
    public static let fieldCountMax = 64
    /// Values in the keyword clauses of a filter together.
    public static let filterValueCountMax = 8_192
    /// Hits on a page.
    public static let pageSizeMax = 1_000
    /// Offset and page size together; deeper pages go by cursor.
    public static let depthOfPagesMax = 10_000
    /// Facets in a request, and facet groups.
    public static let facetCountMax = 64
    /// Values of one facet in the answer.
    public static let facetValueCountMax = 10_000
    /// Ranges of one numeric facet.
    public static let facetRangeCountMax = 256
    /// Fields to sort by.
    public static let sortKeyCountMax = 3
}
