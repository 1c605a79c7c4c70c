// Synonyms on the lattice of a query. A name is looked up for every stretch of the query that begins and ends
// where tokens do, whatever the tokens in it are; what is found becomes another way through the lattice from
// the first position of the stretch to the last. A product must go one of the ways.
//
//     typed       노스페이스 패딩 남성
//     units       [노스][페이스] [패딩] [남성]
//     found       0..<2: north face
//     demanded    ([노스][페이스] or "north face") [패딩] [남성]

import KoreanAnalysis

/// A name found over positions of a query.
struct SynonymMatch: Sendable {
    /// Positions of the query's lattice.
    let positions: Range<Int>
    /// Bytes of the query's text.
    let bytes: Range<Int>
    let synonym: Synonym
    /// The name, analysed: alternatives at each of its positions, and the terms that are all of it.
    let target: TokenLattice

    /// The name as a demand: its words side by side, or all of it as one word.
    var unit: TokenLattice.Unit {
        guard target.positions.count > 1 else { return TokenLattice.Unit(words: target.positions[0]) }
        let wholes = target.spans.filter { $0.position == 0 && $0.length == target.positions.count }
        return TokenLattice.Unit(words: wholes.map(\.term), phrase: target.positions)
    }
}

/// Finds synonyms in analysed text and lays them over demands.
struct SynonymExpansion: Sendable {
    private(set) var matches: [SynonymMatch] = []

    /// Nothing but what is typed.
    static let none = SynonymExpansion()

    private init() {}

    /// More in one query are not followed.
    static let matchCountMax = 48
    /// A name has no more positions than this.
    private static let positionCountMax = 12
    /// Ways through one stretch, to bound the query.
    private static let wayCountMax = 12

    /// Looks up every stretch of `text`, whose tokens are `tokens`.
    init(
        _ text: String, _ tokens: borrowing TokenBuffer, analysis: TextAnalysis, hearsSounds: Bool
    ) {
        let vocabulary = analysis.vocabulary
        var starts: [Int: Int] = [:]
        var ends: [Int: Int] = [:]
        for token in tokens.tokens {
            let (position, end) = (Int(token.position), Int(token.position) + Int(token.positionLength))
            starts[Int(token.start)] = min(starts[Int(token.start)] ?? .max, position)
            ends[Int(token.end)] = max(ends[Int(token.end)] ?? 0, end)
        }
        let bytes = Array(text.utf8)
        let boundaries = Set(starts.keys).union(ends.keys).sorted()
        let pieces = zip(boundaries, boundaries.dropFirst()).map { start, end in
            SynonymTable.key(
                folded: analysis.analyzer.folded(String(decoding: bytes[start..<end], as: UTF8.self)))
        }
        for (first, start) in boundaries.enumerated() {
            guard let from = starts[start] else { continue }
            var key: [UInt8] = []
            for last in first..<pieces.count {
                key += pieces[last]
                guard key.count <= SynonymRule.nameByteCountMax else { break }
                guard let to = ends[boundaries[last + 1]], to > from else { continue }
                guard to - from <= Self.positionCountMax else { break }
                for synonym in vocabulary.synonyms(of: key, hearsSounds: hearsSounds)
                where matches.count < Self.matchCountMax {
                    let target = analysis.withTokens(of: synonym.text) { TokenLattice($0) }
                    guard !target.positions.isEmpty else { continue }
                    matches.append(
                        SynonymMatch(
                            positions: from..<to, bytes: start..<boundaries[last + 1], synonym: synonym,
                            target: target))
                }
            }
        }
    }

    /// Demands over all of a lattice, with the ways that synonyms add.
    func demands(
        _ units: [TokenLattice.PlacedUnit], _ lattice: TokenLattice
    ) -> [TokenLattice.PlacedUnit] {
        guard !matches.isEmpty else { return units }
        return demands(0..<lattice.positions.count, units, lattice, matches)
    }

    /// Demands over some positions, by the given matches that lie in them.
    private func demands(
        _ region: Range<Int>, _ units: [TokenLattice.PlacedUnit], _ lattice: TokenLattice,
        _ matches: [SynonymMatch]
    ) -> [TokenLattice.PlacedUnit] {
        guard !region.isEmpty else { return [] }
        var pieces = self.pieces(region, units, lattice)[...]
        let inside = matches.filter {
            region.lowerBound <= $0.positions.lowerBound && $0.positions.upperBound <= region.upperBound
        }
        var result: [TokenLattice.PlacedUnit] = []
        while let piece = pieces.first {
            // The stretch that hangs together: grown as long as a match reaches out of it.
            var stretch = piece.positions
            var covered = pieces.prefix(1)
            while true {
                var end = stretch.upperBound
                for match in inside where match.positions.overlaps(stretch) {
                    end = max(end, match.positions.upperBound)
                }
                let longer = pieces.prefix { $0.positions.lowerBound < end }
                if longer.count == covered.count { break }
                covered = longer
                stretch = stretch.lowerBound..<(longer.last?.positions.upperBound ?? end)
            }
            pieces = pieces.dropFirst(covered.count)
            let here = inside.filter { stretch.overlaps($0.positions) }
            if here.isEmpty {
                result.append(piece)
            } else {
                let unit = demand(stretch, Array(covered), units, lattice, here)
                result.append(TokenLattice.PlacedUnit(unit: unit, positions: stretch))
            }
        }
        return result
    }

    /// One demand over a stretch: the words as typed, or any way over a match.
    private func demand(
        _ stretch: Range<Int>, _ typed: [TokenLattice.PlacedUnit], _ units: [TokenLattice.PlacedUnit],
        _ lattice: TokenLattice, _ matches: [SynonymMatch]
    ) -> TokenLattice.Unit {
        let longest = matches.map(\.positions.count).max() ?? 0
        // Among the words as typed, shorter names have their synonyms too.
        let shorter = matches.filter { $0.positions.count < longest }
        let literal = demands(stretch, units, lattice, shorter).map(\.unit)
        var unit = literal.count == 1 ? literal[0] : TokenLattice.Unit(words: [])
        if literal.count > 1 { unit.ways.append(literal) }
        for match in matches where match.positions.count == longest {
            guard unit.ways.count < Self.wayCountMax else { break }
            // A name may begin or end in words that are not demanded, outside of the stretch.
            let start = max(stretch.lowerBound, match.positions.lowerBound)
            let end = min(stretch.upperBound, match.positions.upperBound)
            let before = demands(stretch.lowerBound..<start, units, lattice, shorter)
            let behind = demands(end..<stretch.upperBound, units, lattice, shorter)
            let way = before.map(\.unit) + [match.unit] + behind.map(\.unit)
            if !unit.ways.contains(way) { unit.ways.append(way) }
        }
        return unit
    }

    /// The units in a region; of a unit that reaches out of it, its positions.
    private func pieces(
        _ region: Range<Int>, _ units: [TokenLattice.PlacedUnit], _ lattice: TokenLattice
    ) -> [TokenLattice.PlacedUnit] {
        var pieces: [TokenLattice.PlacedUnit] = []
        for unit in units where unit.positions.overlaps(region) {
            if region.lowerBound <= unit.positions.lowerBound, unit.positions.upperBound <= region.upperBound
            {
                pieces.append(unit)
                continue
            }
            for position in unit.positions.clamped(to: region) where !lattice.positions[position].isEmpty {
                pieces.append(
                    TokenLattice.PlacedUnit(
                        unit: lattice.part(at: position),
                        positions: position..<position + 1))
            }
        }
        return pieces
    }

    /// The position sequences that a phrase may have: as typed, and with each match in its place.
    func phrases(_ lattice: TokenLattice) -> [[[[UInt8]]]] {
        var phrases = [lattice.positions]
        for match in matches where phrases.count < Self.wayCountMax {
            guard match.positions.upperBound <= lattice.positions.count else { continue }
            phrases.append(
                Array(lattice.positions[..<match.positions.lowerBound]) + match.target.positions
                    + Array(lattice.positions[match.positions.upperBound...]))
        }
        return phrases
    }

    /// The words of one position that stand for another word of one position, for neighbours in titles.
    func words(at position: Int) -> [[UInt8]] {
        matches.filter { $0.positions == position..<position + 1 && $0.target.positions.count == 1 }
            .flatMap { $0.target.positions[0] }
    }
}
