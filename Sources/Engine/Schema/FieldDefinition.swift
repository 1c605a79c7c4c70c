// What a field is: its number, its name and which structures a segment builds for it.

/// A field's number, the same in every segment of an index.
public struct FieldID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static func < (left: FieldID, right: FieldID) -> Bool { left.rawValue < right.rawValue }

    public var description: String { "field \(rawValue)" }
}

/// How a field's values are indexed.
public enum FieldKind: UInt8, Sendable, CaseIterable {
    /// Analysed terms with frequencies, positions and a length a document.
    case text
    /// Whole values: postings, and ordinals in a column.
    case keyword
    /// One `Int64` a document in a column.
    case integer
    /// One `Double` a document, stored as its order-preserving `Int64` (see `OrderedDouble`).
    case decimal
}

/// A field of an index.
public struct FieldDefinition: Hashable, Sendable {
    public let id: FieldID
    public let name: String
    public let kind: FieldKind
    /// Whether an update may replace the column's value without the document being written again.
    public let isUpdatable: Bool
    /// Whether a keyword field has a column beside its postings. Numeric fields always have one.
    public let hasColumn: Bool

    /// A definition; `FieldRegistry` hands out the ids.
    public init(id: FieldID, name: String, kind: FieldKind, isUpdatable: Bool = false, hasColumn: Bool = true)
    {
        self.id = id
        self.name = name
        self.kind = kind
        self.isUpdatable = isUpdatable
        self.hasColumn = hasColumn
    }
}
