// What the term dictionary says about a term.

/// A term of a segment: how often it occurs, and where its postings are.
public struct TermEntry: Sendable {
    /// The term's field.
    public internal(set) var field: FieldID
    /// The term's number among the terms of its field, in byte order.
    public internal(set) var ordinal: UInt32
    /// Documents with the term, deleted ones included.
    public internal(set) var documentFrequency: UInt32 = 0
    /// Occurrences in all these documents.
    public internal(set) var totalFrequency: UInt64 = 0
    /// The only document, when there is one: its posting needs no further read.
    public internal(set) var singleton = DocID.noMoreDocuments

    var hasPositions = false
    /// Where the term's postings and positions are in their sections; checked to lie inside.
    var postingsOffset = 0
    var postingsByteCount = 0
    var positionsOffset = 0
    var positionsByteCount = 0
    /// The position of a single occurrence, when the dictionary holds it.
    var singletonPosition: UInt32?
}
