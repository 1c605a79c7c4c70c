// The tokens of a query by position, as the query builder needs them.
//
// At every position stand the smallest tokens, one position long: a word, a part of a compound, a stem beside
// its surface. Longer tokens span several positions: 삼성노트북 over 삼성, 노트 and 북, and 노트북 over the last two. Some
// spans are one thing whose parts say little alone, because a part is a single syllable (노트+북, 운동+화) or
// because it is a quantity or a model number: those are demanded as a whole, or with their parts side by
// side. The parts of all others may stand anywhere in a product.

import KoreanAnalysis

/// One analysed stretch of a query.
struct TokenLattice: Sendable {
    /// What a product must have: any of the words, or the phrase.
    struct Unit: Sendable, Hashable {
        /// Terms of which one is enough.
        var words: [[UInt8]]
        /// Terms side by side, alternatives at each position; empty where there is none.
        var phrase: [[[UInt8]]] = []
        /// Other ways to say it: all units of a way must be met. What synonyms add.
        var ways: [[Unit]] = []
    }

    /// A unit and the positions it stands for.
    struct PlacedUnit: Sendable {
        let unit: Unit
        let positions: Range<Int>
    }

    /// A term over several positions.
    struct Span: Sendable {
        let term: [UInt8]
        let position: Int
        let length: Int
        let kind: TokenKind
        var end: Int { position + length }
    }

    /// Alternatives at each position, in order.
    private(set) var positions: [[[UInt8]]] = []
    private(set) var spans: [Span] = []

    init(_ tokens: borrowing TokenBuffer) {
        for token in tokens.tokens {
            let position = Int(token.position)
            let term = Array(tokens.term(token))
            while positions.count < position + Int(token.positionLength) { positions.append([]) }
            if token.positionLength > 1 {
                spans.append(
                    Span(term: term, position: position, length: Int(token.positionLength), kind: token.kind))
            } else if !positions[position].contains(term) {
                positions[position].append(term)
            }
        }
    }

    /// Every term a match can stand on, for highlighting.
    var allTerms: [[UInt8]] { positions.flatMap { $0 } + spans.map(\.term) }

    /// The words at each position, each with what it makes together with its neighbours: of "sm s918n" sm or
    /// sms918n, and s918n or sms918n.
    func part(at position: Int) -> Unit {
        Unit(words: positions[position] + joined(over: position..<position + 1))
    }

    /// Letters and digits that may be one thing with what stands beside them, if they cover `range`.
    private func joined(over range: Range<Int>) -> [[UInt8]] {
        spans.filter { span in
            span.kind == .joined && span.position <= range.lowerBound && span.end >= range.upperBound
        }.map(\.term)
    }

    /// What is demanded, in the order of the text.
    var units: [Unit] { placedUnits.map(\.unit) }

    /// What is demanded, and where it stands.
    var placedUnits: [PlacedUnit] {
        var units: [PlacedUnit] = []
        var position = 0
        while position < positions.count {
            let whole = inseparable(at: position)
            if let longest = whole.max(by: { $0.length < $1.length }) {
                units.append(
                    PlacedUnit(
                        unit: Unit(
                            words: whole.filter { $0.length == longest.length }.map(\.term)
                                + joined(over: longest.position..<longest.end),
                            phrase: Array(positions[longest.position..<longest.end])),
                        positions: longest.position..<longest.end))
                position = longest.end
            } else {
                if !positions[position].isEmpty {
                    units.append(
                        PlacedUnit(unit: part(at: position), positions: position..<position + 1))
                }
                position += 1
            }
        }
        return units
    }

    /// The units of single positions: everything taken apart as far as it goes.
    var placedParts: [PlacedUnit] {
        positions.indices.filter { !positions[$0].isEmpty }.map { position in
            PlacedUnit(unit: part(at: position), positions: position..<position + 1)
        }
    }

    /// The innermost spans that begin at `position` and must not be taken apart.
    private func inseparable(at position: Int) -> [Span] {
        spans.filter { span in
            guard span.position == position, span.kind != .surface, span.kind != .joined else { return false }
            if span.kind == .quantity || span.kind == .model { return true }
            let isInnermost = !spans.contains { other in
                other.kind != .joined && other.length < span.length && other.position >= span.position
                    && other.end <= span.end
            }
            return isInnermost
                && positions[span.position..<span.end].contains { forms in
                    forms.allSatisfy(Self.isOneSyllable)
                }
        }
    }

    /// Whether a term is one character of three UTF-8 bytes, as Hangul syllables are.
    private static func isOneSyllable(_ term: [UInt8]) -> Bool { term.count == 3 && term[0] >= 0xE0 }
}
