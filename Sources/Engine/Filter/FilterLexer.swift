// Splits filter text into tokens, each with the offset of its first code point.
//
// Names may hold letters, marks and digits of any script, `_` and (not first) `-`; parts are joined by a
// single full stop, and a part that needs other characters stands in back quotes. `..` is always the range
// sign: `price 10000..50000` has no decimal point in it.

/// A piece of filter text.
enum FilterToken: Equatable {
    case word(String)  // a bare name, keyword, true or false
    case quotedName(String)  // a name of which at least one part stood in back quotes
    case string(String)
    case integer(Int64)
    case decimal(Double, spelling: String)
    case comparison(FilterComparison)
    case range  // ..
    case open, close  // ( )
    case openList, closeList  // [ ]
    case comma
    case end

    /// The token as an error message shows it.
    var shown: String {
        switch self {
        case .word(let text), .quotedName(let text): "\"\(text)\""
        case .string: "a string"
        case .integer(let value): "\(value)"
        case .decimal(_, let spelling): spelling
        case .comparison(let comparison): "\"\(comparison.rawValue)\""
        case .range: "\"..\""
        case .open: "\"(\""
        case .close: "\")\""
        case .openList: "\"[\""
        case .closeList: "\"]\""
        case .comma: "\",\""
        case .end: "the end of the filter"
        }
    }
}

/// Reads tokens from left to right.
struct FilterLexer {
    private let scalars: [Unicode.Scalar]
    private var offset = 0

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    /// The next token and where it starts.
    mutating func next() throws(FilterError) -> (token: FilterToken, position: Int) {
        while let scalar = peek(), scalar.properties.isWhitespace { offset += 1 }
        let start = offset
        guard let scalar = peek() else { return (.end, start) }
        switch scalar {
        case "(": return (single(.open), start)
        case ")": return (single(.close), start)
        case "[": return (single(.openList), start)
        case "]": return (single(.closeList), start)
        case ",": return (single(.comma), start)
        case "=", "!", "<", ">": return (try comparison(), start)
        case "\"", "'": return (.string(try quoted(scalar)), start)
        case "`": return (try name(), start)
        case ".":
            guard peek(1) == "." else {
                throw syntax("A full stop stands alone.", start, ["\"..\" between two numbers", "a name"])
            }
            offset += 2
            return (.range, start)
        case "-", "0"..."9": return (try number(), start)
        default:
            if Self.startsName(scalar) { return (try name(), start) }
            throw syntax(
                "The character \(Self.shown(scalar)) has no meaning here.", start,
                ["a field name", "a quoted string", "a number"])
        }
    }

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        offset + distance < scalars.count ? scalars[offset + distance] : nil
    }

    private mutating func single(_ token: FilterToken) -> FilterToken {
        offset += 1
        return token
    }

    private mutating func comparison() throws(FilterError) -> FilterToken {
        let first = scalars[offset]
        let followedByEqual = peek(1) == "="
        switch (first, followedByEqual) {
        case ("=", _):
            // "==" is accepted: it cannot mean anything else.
            offset += followedByEqual ? 2 : 1
            return .comparison(.equal)
        case ("!", true):
            offset += 2
            return .comparison(.notEqual)
        case ("<", true):
            offset += 2
            return .comparison(.lessOrEqual)
        case ("<", false):
            offset += 1
            return .comparison(.less)
        case (">", true):
            offset += 2
            return .comparison(.greaterOrEqual)
        case (">", false):
            offset += 1
            return .comparison(.greater)
        default: throw syntax("\"!\" stands alone.", offset, ["\"!=\"", "\"NOT\""])
        }
    }

    /// A quoted string; the opening quote is at `offset`.
    private mutating func quoted(_ quote: Unicode.Scalar) throws(FilterError) -> String {
        let start = offset
        offset += 1
        var text = String.UnicodeScalarView()
        while let scalar = peek() {
            offset += 1
            if scalar == quote { return String(text) }
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            guard let escaped = peek() else { break }
            switch escaped {
            case "\\", "\"", "'", "`": text.append(escaped)
            case "n": text.append("\n")
            case "t": text.append("\t")
            default:
                throw syntax(
                    "\"\\\(escaped)\" is not an escape.", offset - 1, ["\\\\", "\\\"", "\\'", "\\n", "\\t"])
            }
            offset += 1
        }
        throw syntax("The quote that opens here is never closed.", start, ["a closing \(quote)"])
    }

    private mutating func name() throws(FilterError) -> FilterToken {
        var text = ""
        var isQuoted = false
        while true {
            if peek() == "`" {
                isQuoted = true
                text += try quoted("`")
            } else {
                while let scalar = peek(), Self.continuesName(scalar) {
                    text.unicodeScalars.append(scalar)
                    offset += 1
                }
            }
            guard peek() == ".", let after = peek(1), after == "`" || Self.continuesName(after) else { break }
            text += "."
            offset += 1
        }
        return isQuoted ? .quotedName(text) : .word(text)
    }

    private mutating func number() throws(FilterError) -> FilterToken {
        let start = offset
        if peek() == "-" { offset += 1 }
        guard let first = peek(), Self.isDigit(first) else {
            throw syntax("\"-\" is not followed by a digit.", start, ["a number"])
        }
        skipDigits()
        var isWhole = true
        if peek() == ".", let after = peek(1), Self.isDigit(after) {
            isWhole = false
            offset += 1
            skipDigits()
        }
        if let scalar = peek(), Self.continuesName(scalar) {
            throw syntax(
                "The number runs into \(Self.shown(scalar)).", offset,
                ["a space or an operator", "quotes around a value that is not a number"])
        }
        var spelling = String.UnicodeScalarView()
        spelling.append(contentsOf: scalars[start..<offset])
        let text = String(spelling)
        if isWhole {
            guard let value = Int64(text) else {
                throw syntax("The number does not fit into 64 bits.", start, ["a smaller number"])
            }
            return .integer(value)
        }
        guard let value = Double(text), value.isFinite else {
            throw syntax("The number is too large.", start, ["a smaller number"])
        }
        return .decimal(value, spelling: text)
    }

    private mutating func skipDigits() {
        while let scalar = peek(), Self.isDigit(scalar) { offset += 1 }
    }

    private func syntax(_ message: String, _ position: Int, _ expected: [String]) -> FilterError {
        FilterError(code: .syntax, message: message, position: position, expected: expected)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar >= "0" && scalar <= "9"
    }

    private static func startsName(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic
    }

    private static func continuesName(_ scalar: Unicode.Scalar) -> Bool {
        if startsName(scalar) || scalar == "-" || isDigit(scalar) { return true }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .decimalNumber, .letterNumber, .otherNumber: return true
        default: return false
        }
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String {
        let isPlain =
            scalar.value >= 0x20 && scalar.value != 0x7F
            && scalar.properties.generalCategory != .format
        return isPlain ? "\"\(scalar)\"" : "U+" + String(scalar.value, radix: 16, uppercase: true)
    }
}
