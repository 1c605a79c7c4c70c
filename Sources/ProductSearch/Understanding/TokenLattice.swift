// The tokens of a query by position, as the query builder needs them.
//
// At every position stand the smallest tokens, one position long, of which a product must have one: a word, a
// part of a compound, a stem beside its surface. Longer tokens (삼성노트북 over 삼성 and 노트북) span several
// positions; having them is worth more, but is never demanded, because the product may write them apart.

import KoreanAnalysis

/// One analysed stretch of a query.
struct TokenLattice: Sendable {
    /// Alternatives at each position, in order.
    private(set) var positions: [[[UInt8]]] = []
    /// Terms over several positions, with the first position and the count of positions.
    private(set) var spans: [(term: [UInt8], position: Int, length: Int)] = []

    init(_ tokens: borrowing TokenBuffer) {
        for token in tokens.tokens {
            let position = Int(token.position)
            let term = Array(tokens.term(token))
            while positions.count < position + Int(token.positionLength) { positions.append([]) }
            if token.positionLength > 1 {
                spans.append((term, position, Int(token.positionLength)))
            } else if !positions[position].contains(term) {
                positions[position].append(term)
            }
        }
        positions.removeAll(where: \.isEmpty)
    }

    /// Every term a match can stand on, for highlighting.
    var allTerms: [[UInt8]] { positions.flatMap { $0 } + spans.map(\.term) }
}
