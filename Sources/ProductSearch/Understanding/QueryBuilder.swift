// From what a shopper typed to a query of the engine.
//
// Every position of the words (see TokenLattice) is one demand: a BM25F unit over all searched fields, or the
// best of several where a word has several forms. How many demands a product must meet is the `Strictness`;
// phrases in quotes must always match and exclusions never may. Compounds and neighbouring words only add to
// the score: a product that says 무선 이어폰 side by side in its title stands above one that has both words.

import Engine
import KoreanAnalysis

/// A query, understood: ready to become an engine query of any strictness.
struct UnderstoodQuery: Sendable {
    /// How many of the demanded words a product must have.
    enum Strictness: Sendable, Equatable {
        /// All of them, and what is one thing (노트북) as one.
        case whole
        /// All of them, in parts that may stand anywhere.
        case all
        /// Most of the parts: all of up to two, then one in three may be missing.
        case most
        case any

        /// The least number of `count` demands that must be met.
        func minimum(of count: Int) -> Int {
            switch self {
            case .whole, .all: count
            case .most: count <= 2 ? count : count - count / 3
            case .any: min(1, count)
            }
        }
    }

    /// What neighbours in the title and whole compounds add, beside what the words themselves weigh.
    private enum Bonus {
        static let neighbours: Float = 0.3
        static let compound: Float = 0.4
        static let part: Float = 0.5
    }

    /// Bounds the work of one query; further words are ignored for scoring and matching.
    static let positionCountMax = 64

    /// The demanded words, each with the forms of which one must occur.
    private(set) var demands: [TokenLattice.Unit] = []
    /// The same taken apart as far as it goes, for when the whole words find too little.
    private(set) var parts: [TokenLattice.Unit] = []
    private var compounds: [[UInt8]] = []
    private var neighbours: [(first: [[UInt8]], second: [[UInt8]])] = []
    /// Phrases, each with the position sequences of which one is enough.
    private var phrases: [[[[[UInt8]]]]] = []
    private var excluded: [[[[[UInt8]]]]] = []

    /// The names that are looked for beside those that were typed.
    private(set) var synonyms: [Synonym] = []

    /// The terms by which a match is shown.
    private(set) var highlightedTerms: Set<[UInt8]> = []

    /// Analyses `text`; with `expandsSynonyms` what is said otherwise is demanded as well as it is typed.
    init(_ text: String, analysis: TextAnalysis, expandsSynonyms: Bool = true) {
        for part in QueryText(text).parts {
            let (lattice, synonyms) = analysis.withTokens(of: part.text) { tokens in
                (
                    TokenLattice(tokens),
                    expandsSynonyms
                        ? SynonymExpansion(part.text, tokens, analysis: analysis) : SynonymExpansion.none
                )
            }
            guard !lattice.positions.isEmpty else { continue }
            if part.isExcluded {
                excluded.append(synonyms.phrases(lattice))
            } else if part.kind == .phrase {
                let sequences = synonyms.phrases(lattice).map { Array($0.prefix(Self.positionCountMax)) }
                phrases.append(sequences)
                highlightedTerms.formUnion(sequences.flatMap { $0.flatMap { $0 } })
            } else {
                addWords(lattice, synonyms)
            }
            self.synonyms += synonyms.matches.map(\.synonym)
        }
    }

    private mutating func addWords(_ lattice: TokenLattice, _ synonyms: SynonymExpansion) {
        // A word that is typed twice is wanted once.
        for unit in synonyms.demands(lattice.placedUnits, lattice)
        where demands.count < Self.positionCountMax && !demands.contains(unit) {
            demands.append(unit)
        }
        for part in synonyms.demands(lattice.placedParts, lattice)
        where parts.count < Self.positionCountMax && !parts.contains(part) {
            parts.append(part)
        }
        let words = lattice.positions.enumerated().map { $1 + synonyms.words(at: $0) }
        for (first, second) in zip(words, words.dropFirst()).prefix(Self.positionCountMax) {
            neighbours.append((first, second))
        }
        for span in lattice.spans.prefix(Self.positionCountMax) where !compounds.contains(span.term) {
            compounds.append(span.term)
        }
        highlightedTerms.formUnion(lattice.allTerms)
        for match in synonyms.matches { highlightedTerms.formUnion(match.target.allTerms) }
    }

    /// Whether nothing is asked for: such a query matches everything.
    var isEmpty: Bool { demands.isEmpty && phrases.isEmpty && excluded.isEmpty }

    /// Whether a lesser strictness can find more than `strictness`.
    func canRelax(from strictness: Strictness, to lesser: Strictness) -> Bool {
        strictness == .whole && lesser == .all
            ? demands != parts : lesser.minimum(of: parts.count) < strictness.minimum(of: parts.count)
    }

    /// The engine query.
    func query(_ strictness: Strictness, fields: ProductFields) -> Query {
        guard !isEmpty else { return .all }
        let searched = fields.searchedFields
        var must: [Query] = phrases.map { Self.phrase($0, searched) }
        var words = (strictness == .all ? parts : demands).map { Self.unit($0, searched) }
        if strictness == .any {
            // A part of a whole word is better than nothing, but less than a word.
            words += parts.filter { !demands.contains($0) }.map {
                .boost(Self.unit($0, searched), Bonus.part)
            }
        }
        let minimum = strictness.minimum(of: words.count)
        let isRelaxed = strictness != .whole && !demands.isEmpty
        if isRelaxed, demands != parts {
            // Whoever has all of it as wholes stays in, and on top of those that were let in.
            let relaxed = Query.boolean(must: [], should: words, mustNot: [], minimumShouldMatch: minimum)
            let whole = Query.and(demands.map { Self.unit($0, searched) })
            must.append(
                .boolean(must: [], should: [relaxed, whole], mustNot: [], minimumShouldMatch: 1))
        } else if minimum == words.count {
            must += words
        } else {
            must.append(.boolean(must: [], should: words, mustNot: [], minimumShouldMatch: minimum))
        }
        if must.isEmpty { must = [.all] }
        let mustNot: [Query] = excluded.map { Self.phrase($0, searched) }
        var should = bonuses(searched, title: fields.titleText)
        if isRelaxed, demands == parts, demands.count > 1 {
            // Whoever has all of it stays on top of those that were let in.
            should.append(.and(demands.map { Self.unit($0, searched) }))
        }
        if must.count == 1, should.isEmpty, mustNot.isEmpty { return must[0] }
        return .boolean(must: must, should: should, mustNot: mustNot, minimumShouldMatch: 0)
    }

    private func bonuses(_ searched: [FieldWeight], title: FieldID) -> [Query] {
        var bonuses = compounds.map { term in
            Query.term(TermQuery(fields: searched, term: term, boost: Bonus.compound))
        }
        let titleOnly = searched.filter { $0.field == title }
        bonuses += neighbours.map { pair in
            .phrase(
                PhraseQuery(fields: titleOnly, terms: [pair.first, pair.second], boost: Bonus.neighbours))
        }
        return bonuses
    }

    /// One demand: its words or its phrase, whichever a product has best.
    private static func unit(_ unit: TokenLattice.Unit, _ fields: [FieldWeight]) -> Query {
        var options = unit.words.map { Query.term(TermQuery(fields: fields, term: $0, boost: 1)) }
        if !unit.phrase.isEmpty {
            options.append(.phrase(PhraseQuery(fields: fields, terms: unit.phrase, boost: 1)))
        }
        options += unit.ways.map { way in
            way.count == 1 ? Self.unit(way[0], fields) : .and(way.map { Self.unit($0, fields) })
        }
        return options.count == 1 ? options[0] : .anyOf(options)
    }

    /// A phrase in any of the given forms.
    private static func phrase(_ forms: [[[[UInt8]]]], _ fields: [FieldWeight]) -> Query {
        let options: [Query] = forms.map { positions in
            positions.count == 1
                ? word(positions[0], fields)
                : .phrase(PhraseQuery(fields: fields, terms: positions, boost: 1))
        }
        return options.count == 1 ? options[0] : .anyOf(options)
    }

    private static func word(_ forms: [[UInt8]], _ fields: [FieldWeight]) -> Query {
        let terms = forms.map { Query.term(TermQuery(fields: fields, term: $0, boost: 1)) }
        return terms.count == 1 ? terms[0] : .anyOf(terms)
    }
}
