// The surface grammar of what a shopper types, before any analysis:
//
//     무선 이어폰          words, in any order
//     "무선 이어폰"        a phrase: side by side, in this order
//     -케이스              nothing with this word
//     -"이어폰 케이스"     nothing with this phrase
//     27" 모니터           no phrase: a quote behind a digit is the sign for inches
//
// Everything else is text. A dash inside a word (SM-S918N) or alone is text; a quote that never closes is
// read as if it closed at the end, because half-typed queries arrive with every keystroke.

/// A query split by its surface grammar.
struct QueryText: Sendable, Equatable {
    /// One stretch of the query.
    struct Part: Sendable, Equatable {
        enum Kind: Sendable { case words, phrase }

        let kind: Kind
        let isExcluded: Bool
        let text: String
    }

    private(set) var parts: [Part] = []

    /// The text of all parts that are searched for, for display and highlighting.
    var isEmpty: Bool { parts.isEmpty }

    init(_ query: String) {
        var words = ""
        var scalars = Substring(query).unicodeScalars
        var isAtWordStart = true
        var previous: Unicode.Scalar?
        while let scalar = scalars.first {
            let isDash = isAtWordStart && scalar == "-"
            let afterDash = scalars.dropFirst()
            defer { previous = scalar }
            if isQuote(scalar), !isInchSign(after: previous, rest: afterDash) {
                flush(&words)
                scalars = readPhrase(scalars.dropFirst(), isExcluded: false)
                isAtWordStart = true
            } else if isDash, let next = afterDash.first, isQuote(next) {
                flush(&words)
                scalars = readPhrase(afterDash.dropFirst(), isExcluded: true)
                isAtWordStart = true
            } else if isDash, let next = afterDash.first, !next.properties.isWhitespace, next != "-" {
                flush(&words)
                let end = afterDash.firstIndex { $0.properties.isWhitespace } ?? afterDash.endIndex
                append(.words, String(afterDash[..<end]), isExcluded: true)
                scalars = afterDash[end...]
                isAtWordStart = true
            } else {
                words.unicodeScalars.append(scalar)
                isAtWordStart = scalar.properties.isWhitespace
                scalars = afterDash
            }
        }
        flush(&words)
    }

    private mutating func readPhrase(
        _ scalars: Substring.UnicodeScalarView, isExcluded: Bool
    ) -> Substring.UnicodeScalarView {
        let end = scalars.firstIndex(where: isQuote) ?? scalars.endIndex
        append(.phrase, String(scalars[..<end]), isExcluded: isExcluded)
        return end == scalars.endIndex ? scalars[end...] : scalars[scalars.index(after: end)...]
    }

    private mutating func flush(_ words: inout String) {
        append(.words, words, isExcluded: false)
        words = ""
    }

    private mutating func append(_ kind: Part.Kind, _ text: String, isExcluded: Bool) {
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else { return }
        parts.append(Part(kind: kind, isExcluded: isExcluded, text: text))
    }
}

/// Whether a quote outside of a phrase stands behind a digit and opens nothing: 27" 모니터.
private func isInchSign(after previous: Unicode.Scalar?, rest: Substring.UnicodeScalarView) -> Bool {
    guard let previous, ("0"..."9").contains(previous) else { return false }
    guard let next = rest.first, !next.properties.isWhitespace else { return true }
    return !rest.contains(where: isQuote)
}

/// Straight and typographic double quotes; phones type the latter.
private func isQuote(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\"" || scalar == "\u{201C}" || scalar == "\u{201D}"
}
