// A filter as it was written: names and literals with their positions, not yet bound to fields.
//
// Text -> FilterParser -> FilterExpression -> bound(...) -> Filter (field ids) -> bits of a window.
// The grammar stands in FilterParser.swift; what a name means is decided when the expression is bound.

/// A name in a filter, with the place where it was written.
public struct FilterName: Hashable, Sendable {
    /// The name without quotes; parts are joined by a full stop, as in `attributes.color`.
    public let text: String
    /// Offset of its first character, in Unicode code points from the start of the filter text.
    public let position: Int

    /// Makes a name, for expressions that are not parsed from text.
    public init(_ text: String, position: Int = 0) {
        self.text = text
        self.position = position
    }
}

/// A value in a filter, with the place where it was written.
public struct FilterLiteral: Hashable, Sendable {
    /// What was written.
    public enum Value: Hashable, Sendable {
        /// A quoted string, its escapes resolved.
        case string(String)
        /// A whole number.
        case integer(Int64)
        /// A number with a decimal point; `spelling` is what was written.
        case decimal(Double, spelling: String)
        /// `true` or `false`.
        case boolean(Bool)
    }

    /// The value.
    public let value: Value
    /// Offset of its first character, in Unicode code points from the start of the filter text.
    public let position: Int

    /// Makes a literal, for expressions that are not parsed from text.
    public init(_ value: Value, position: Int = 0) {
        self.value = value
        self.position = position
    }
}

/// How a field is compared with one value.
public enum FilterComparison: String, Hashable, Sendable, CaseIterable {
    /// The same value.
    case equal = "="
    /// Another value, or none.
    case notEqual = "!="
    /// A smaller number.
    case less = "<"
    /// A smaller number or the same.
    case lessOrEqual = "<="
    /// A greater number.
    case greater = ">"
    /// A greater number or the same.
    case greaterOrEqual = ">="
}

/// A parsed filter.
///
/// `notEqual` and `not` also match documents that have no value for the field.
public indirect enum FilterExpression: Hashable, Sendable {
    /// `name = literal` and the other comparisons.
    case compare(FilterName, FilterComparison, FilterLiteral)
    /// `name lower..upper`, both ends included; a missing end is open.
    case range(FilterName, lower: FilterLiteral?, upper: FilterLiteral?)
    /// `name IN [literal, ...]`.
    case oneOf(FilterName, [FilterLiteral])
    /// `name EXISTS`: the document has a value.
    case exists(FilterName)
    /// All of them.
    case and([FilterExpression])
    /// At least one of them.
    case or([FilterExpression])
    /// Every other document.
    case not(FilterExpression)
}

/// Why a filter cannot be used: always the caller's text, never the index.
public struct FilterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of mistake; the raw value is the error code of the interface.
    public enum Code: String, Hashable, Sendable {
        /// The text does not follow the grammar, or is longer or deeper than allowed.
        case syntax = "filter_syntax"
        /// The name belongs to no field.
        case field = "filter_field"
        /// The field cannot be compared with this value or in this way.
        case value = "filter_value"
    }

    /// The kind of mistake.
    public let code: Code
    /// What is wrong, in one sentence.
    public let message: String
    /// Offset of the mistake in Unicode code points from the start of the filter text.
    public let position: Int
    /// What would have been right at this position: tokens for a syntax error, near names for an unknown
    /// field. May be empty.
    public let expected: [String]

    /// Makes an error.
    public init(code: Code, message: String, position: Int, expected: [String] = []) {
        self.code = code
        self.message = message
        self.position = position
        self.expected = expected
    }

    /// The message with its position and what was expected.
    public var description: String {
        var text = "\(message) (at character \(position))"
        if !expected.isEmpty {
            let lead = code == .field ? "near names" : "expected"
            text += "; \(lead): \(expected.joined(separator: ", "))"
        }
        return text
    }
}
