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
        /// All of them, or their syllables side by side in title or brand, wherever the blanks are.
        case syllables
        /// Most of the parts: all of up to two, then one in three may be missing.
        case most
        case any

        /// The least number of `count` demands that must be met.
        func minimum(of count: Int) -> Int {
            switch self {
            case .whole, .all, .syllables: count
            case .most: count <= 2 ? count : count - count / 3
            case .any: min(1, count)
            }
        }
    }

    /// What is added, beside what the words themselves weigh.
    private struct Bonus {
        /// Words side by side as they were typed.
        let neighbours: Float
        /// Several words written together.
        let compound: Float
        /// A part of a word that is one thing, where words may be missing.
        let part: Float
        /// A pair of syllables, where words may be missing.
        let pair: Float
        /// What a word sounds like, where words may be missing.
        let sound: Float

        /// All words, where syllables alone may add up to more than the words of another spelling.
        static let complete: Float = 4
        /// All syllables of a word that is not there itself.
        static let syllables: Float = 0.6

        /// A few words are a name that may be spelled and spaced in many ways.
        static let words = Bonus(neighbours: 0.3, compound: 0.4, part: 0.5, pair: 0.8, sound: 1.2)
        /// A sentence has so many words that the words decide.
        static let sentence = Bonus(neighbours: 0.2, compound: 0.1, part: 0.1, pair: 0.1, sound: 0)
    }

    /// A query of so many words is a sentence, and one of fewer with so many particles and endings: it is
    /// answered by what has most of its weight.
    private enum Sentence {
        static let wordCountMin = 7
        static let inflectedWordCountMin = 3
        static let grammarCountMin = 2
    }

    /// Bounds the pairs of syllables and the sounds that a query asks for.
    private static let pairCountMax = 96
    private static let soundCountMax = 16

    /// Bounds the work of one query; further words are ignored for scoring and matching.
    static let positionCountMax = 64

    /// The demanded words, each with the forms of which one must occur.
    private(set) var demands: [TokenLattice.Unit] = []
    /// The same taken apart as far as it goes, for when the whole words find too little.
    private(set) var parts: [TokenLattice.Unit] = []
    /// What is written together, with its demands and its syllables.
    private struct Group {
        var units: [TokenLattice.Unit] = []
        var pairs: [[UInt8]] = []
    }
    private var groups: [Group] = []
    private var pairs: [[UInt8]] = []
    private var sounds: [[UInt8]] = []
    /// How many particles and endings were typed: a few words have none.
    private var grammarCount = 0
    private var compounds: [[UInt8]] = []
    private var neighbours: [(first: [[UInt8]], second: [[UInt8]])] = []
    /// Phrases, each with the position sequences of which one is enough.
    private var phrases: [[[[[UInt8]]]]] = []
    private var excluded: [[[[[UInt8]]]]] = []

    /// The names that are looked for beside those that were typed.
    private(set) var synonyms: [Synonym] = []

    /// The terms by which a match is shown.
    private(set) var highlightedTerms: Set<[UInt8]> = []

    /// Analyses `text`; with `expandsSynonyms` what is said otherwise is demanded as well as it is typed,
    /// with `hearsSounds` also names of the catalogue in the other script that sound like what is typed.
    init(
        _ text: String, analysis: TextAnalysis, expandsSynonyms: Bool = true, hearsSounds: Bool = false
    ) {
        for part in QueryText(text).parts {
            let (lattice, synonyms) = analysis.withNet(of: part.text) { tokens, net in
                (
                    TokenLattice(tokens, net: net),
                    expandsSynonyms
                        ? SynonymExpansion(
                            part.text, tokens, analysis: analysis, hearsSounds: hearsSounds)
                        : SynonymExpansion.none
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
        addDemands(synonyms.demands(lattice.placedUnits, lattice), lattice)
        for part in synonyms.demands(lattice.placedParts, lattice).map(\.unit)
        where parts.count < Self.positionCountMax && !parts.contains(part) {
            parts.append(part)
        }
        let words =
            synonyms.matches.isEmpty
            ? lattice.sequence : lattice.positions.enumerated().map { $1 + synonyms.words(at: $0) }
        for (first, second) in zip(words, words.dropFirst()).prefix(Self.positionCountMax) {
            neighbours.append((first, second))
        }
        for span in lattice.wholes.prefix(Self.positionCountMax) where !compounds.contains(span.term) {
            compounds.append(span.term)
        }
        sounds += lattice.sounds.prefix(Self.soundCountMax)
        grammarCount += lattice.grammarCount
        highlightedTerms.formUnion(lattice.allTerms)
        for match in synonyms.matches { highlightedTerms.formUnion(match.target.allTerms) }
    }

    /// Demands by the runs they are written in. A word that is typed twice is wanted once.
    private mutating func addDemands(_ placed: [TokenLattice.PlacedUnit], _ lattice: TokenLattice) {
        var lastRun: Range<Int>?
        for unit in placed where demands.count < Self.positionCountMax && !demands.contains(unit.unit) {
            demands.append(unit.unit)
            let run = lattice.run(at: unit.positions.lowerBound)
            if run == nil || run != lastRun { groups.append(Group()) }
            lastRun = run
            groups[groups.count - 1].units.append(unit.unit)
            guard let run else { continue }
            let typed = lattice.pairs(of: run, contentEnd: unit.positions.upperBound - 1)
            let isTooMuch = pairs.count + typed.count > Self.pairCountMax
            groups[groups.count - 1].pairs = isTooMuch ? [] : typed
            if !isTooMuch { pairs += typed.filter { !pairs.contains($0) } }
        }
    }

    /// Whether nothing is asked for: such a query matches everything.
    var isEmpty: Bool { demands.isEmpty && phrases.isEmpty && excluded.isEmpty }

    /// Whether a lesser strictness can find more than `strictness`.
    func canRelax(from strictness: Strictness, to lesser: Strictness) -> Bool {
        switch lesser {
        case .all: demands != parts
        case .syllables: !pairs.isEmpty
        case .most where isSentence: false
        case .whole, .most, .any:
            lesser.minimum(of: parts.count) < strictness.minimum(of: parts.count)
                || lesser == .any && pairs.count > 1
        }
    }

    /// Whether the query is a sentence rather than a few words.
    var isSentence: Bool {
        demands.count >= Sentence.wordCountMin
            || demands.count >= Sentence.inflectedWordCountMin && grammarCount >= Sentence.grammarCountMin
    }

    private var bonus: Bonus { isSentence ? .sentence : .words }

    /// The engine query.
    func query(_ strictness: Strictness, fields: ProductFields) -> Query {
        guard !isEmpty else { return .all }
        let searched = fields.searchedFields
        var must: [Query] = phrases.map { Self.phrase($0, searched) }
        var words = wanted(strictness, fields)
        let minimum = strictness.minimum(of: words.count)
        if strictness == .any { words += leavings(fields) }
        let isRelaxed = strictness != .whole && !demands.isEmpty
        let complete = strictness == .any ? Bonus.complete : 1
        if isRelaxed, demands != parts {
            // Whoever has all of it as wholes stays in, and on top of those that were let in.
            let relaxed = Query.boolean(must: [], should: words, mustNot: [], minimumShouldMatch: minimum)
            let whole = Query.boost(Query.and(demands.map { Self.unit($0, searched) }), complete)
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
            should.append(.boost(.and(demands.map { Self.unit($0, searched) }), complete))
        }
        if must.count == 1, should.isEmpty, mustNot.isEmpty { return must[0] }
        return .boolean(must: must, should: should, mustNot: mustNot, minimumShouldMatch: 0)
    }

    /// What must match, or of which enough must.
    private func wanted(_ strictness: Strictness, _ fields: ProductFields) -> [Query] {
        let searched = fields.searchedFields
        switch strictness {
        case .whole, .any: return demands.map { Self.unit($0, searched) }
        case .all: return parts.map { Self.unit($0, searched) }
        case .most:
            return groups.flatMap { $0.units.map { Self.unitOrSyllables($0, fields) } }
        case .syllables:
            return groups.map { group in
                let units = group.units.map { Self.unitOrSyllables($0, fields) }
                guard group.units.count > 1 || group.units[0].pairs != group.pairs else { return units[0] }
                let net = Self.together(group.pairs, worth: group.units.count, fields)
                return .anyOf([units.count == 1 ? units[0] : .and(units)] + net)
            }
        }
    }

    /// What is better than nothing where words are missing: parts of whole words, pairs of syllables.
    private func leavings(_ fields: ProductFields) -> [Query] {
        parts.filter { !demands.contains($0) }.map {
            .boost(Self.unit($0, fields.searchedFields), bonus.part)
        }
            + pairs.map {
                Query.term(TermQuery(fields: fields.netFields, term: $0, boost: bonus.pair))
            }
            + (isSentence ? [] : sounds).map {
                Query.term(TermQuery(fields: fields.netFields, term: $0, boost: bonus.sound))
            }
    }

    private static func unitOrSyllables(_ unit: TokenLattice.Unit, _ fields: ProductFields) -> Query {
        let literal = Self.unit(unit, fields.searchedFields)
        let net = together(unit.pairs, worth: 1, fields)
        return net.isEmpty ? literal : .anyOf([literal] + net)
    }

    /// All pairs in title or brand, together worth as much as a share of so many words; nothing for no pairs.
    private static func together(
        _ pairs: [[UInt8]], worth count: Int, _ fields: ProductFields
    ) -> [Query] {
        guard !pairs.isEmpty else { return [] }
        let boost = Bonus.syllables * Float(count) / Float(pairs.count)
        return [.and(pairs.map { .term(TermQuery(fields: fields.netFields, term: $0, boost: boost)) })]
    }

    private func bonuses(_ searched: [FieldWeight], title: FieldID) -> [Query] {
        var bonuses = compounds.map { term in
            Query.term(TermQuery(fields: searched, term: term, boost: bonus.compound))
        }
        let titleOnly = searched.filter { $0.field == title }
        bonuses += neighbours.map { pair in
            .phrase(
                PhraseQuery(
                    fields: isSentence ? searched : titleOnly, terms: [pair.first, pair.second],
                    boost: bonus.neighbours))
        }
        return bonuses
    }

    /// One demand: its words or its phrase, whichever a product has best.
    private static func unit(_ unit: TokenLattice.Unit, _ fields: [FieldWeight]) -> Query {
        var ways = unit.words.map { Query.term(TermQuery(fields: fields, term: $0, boost: 1)) }
        if !unit.phrase.isEmpty {
            ways.append(.phrase(PhraseQuery(fields: fields, terms: unit.phrase, boost: 1)))
        }
        let fewest = unit.readings.map(\.count).min() ?? 1
        ways += unit.readings.map { reading in
            guard reading.count > 1 else { return Self.unit(reading[0], fields) }
            // A reading in more words is no better for it.
            let boost = Float(fewest) / Float(reading.count)
            if unit.isOneThing, reading.contains(where: \.isOneSyllable) {
                return .phrase(PhraseQuery(fields: fields, terms: reading.map(\.words), boost: boost))
            }
            let words = Query.and(reading.map { Self.unit($0, fields) })
            return boost < 1 ? .boost(words, boost) : words
        }
        ways += unit.ways.map { way in
            way.count == 1 ? Self.unit(way[0], fields) : .and(way.map { Self.unit($0, fields) })
        }
        return ways.count == 1 ? ways[0] : .anyOf(ways)
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
