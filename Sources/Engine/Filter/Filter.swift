// A filter bound to fields: what the engine evaluates.

/// Which documents may match, without scores.
public indirect enum Filter: Hashable, Sendable {
    /// Every document.
    case all
    /// No document.
    case none
    /// Documents that have at least one of `values` in a keyword field.
    case keyword(FieldID, values: [[UInt8]])
    /// Documents whose integer or (order-mapped) decimal value lies in the range, both ends included; a
    /// missing end is open. Documents without a value do not match.
    case integerRange(FieldID, lower: Int64?, upper: Int64?)
    /// Documents with a value in a keyword, integer or decimal field that has a column.
    case exists(FieldID)
    /// All of them; an empty list matches every document.
    case and([Filter])
    /// At least one of them; an empty list matches none.
    case or([Filter])
    /// Every document that the filter does not match, with or without a value.
    case not(Filter)
}
