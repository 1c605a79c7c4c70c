// Decides whether a query that finds too little was meant to say something else, and what.
//
// Each word is given its possible readings: itself, the other keyboard layout, words a slip or two away, words
// with its initials, words it begins. Which readings occur together in products is counted (`Cooccurrence`);
// the most frequent combination with the least slips wins, and it must say clearly more than the query as
// it was typed. In doubt there is no repair.

import Engine
import Glibc
import KoreanAnalysis

/// Finds repairs in one snapshot.
struct Repairer {
    /// Longer queries are no slips.
    private static let byteCountMax = 400
    private static let keyCountMax = 64
    private static let readingCountMax = 4
    /// A reading this much less probable than the best says nothing.
    private static let readingWeightMin = 0.02
    /// Products with a word that make it a word one may well have meant.
    private static let knownCountMin = 3
    /// What it costs to take a known word for another, beside the slips.
    private static let knownWordCost = 8
    /// What it costs to take a word apart, for each further part.
    private static let partCost = 6
    /// What it costs that the last word goes on.
    private static let completionCost = 4
    /// How much more probable than the query as it was typed a reading must be where that finds something.
    private static let literalMargin = log(8.0)
    /// How little it says that the pieces of a word no product has are found somewhere.
    private static let piecesMargin = -4.0
    /// The logarithm of how many products one may have hoped for with known words that do not occur together.
    private static let hopedScore = log(0.5)

    let analysis: TextAnalysis
    let spelling: Spelling
    let snapshot: Snapshot
    let fields: [FieldID]

    /// The repair of `text`, which as it is finds `literalCount` products; nil where there is none, or where
    /// it is not clearly better.
    func repair(_ text: String, literalCount: Int) throws(SegmentError) -> Repair? {
        guard text.utf8.count <= Self.byteCountMax, !spelling.isEmpty,
            QueryText(text).parts.allSatisfy({ $0.kind == .words && !$0.isExcluded })
        else { return nil }
        let typed = TypedText(text, analyzer: analysis.analyzer)
        let byKeyboard = try best(keyboardWords(text), literalCount, from: typed.text) { choices in
            choices.map(\.text).joined(separator: " ")
        }
        if let byKeyboard { return byKeyboard }
        let words = typed.stretches.indices.filter { typed.stretches[$0].kind != .gap }
        return try best(misspeltWords(typed), literalCount, from: typed.text) { choices in
            typed.replacing(Dictionary(uniqueKeysWithValues: zip(words, choices.map(\.text))))
        }
    }

    // MARK: Choosing

    /// A word of the query, with its readings.
    private struct Word {
        var readings = WordReadings()
        var choices: [Choice] = []
        /// Whether the word as it was typed is in products.
        var isKnown = false
        /// Whether it is none that the analysis knows either, and fell apart.
        var isInPieces = false

        mutating func add(_ choice: Choice, _ needed: [[[UInt8]]]) {
            if readings.add(needed) { choices.append(choice) }
        }
    }

    /// A reading of a word.
    private struct Choice {
        let text: String
        let cost: Int
        /// Nil for the word as it was typed.
        let kind: Repair.Kind?
    }

    private struct Combination {
        let choices: [Choice]
        let score: Double

        /// What was done, the gravest first; nil where nothing was.
        var kind: Repair.Kind? {
            let kinds = choices.compactMap(\.kind)
            return kinds.first { $0 != .completion && $0 != .spacing } ?? kinds.first { $0 == .completion }
                ?? kinds.first
        }
    }

    private func best(
        _ words: [Word], _ literalCount: Int, from typed: String, text: ([Choice]) -> String
    ) throws(SegmentError) -> Repair? {
        guard !words.isEmpty, words.count <= Cooccurrence.wordCountMax,
            words.contains(where: { $0.choices.contains { $0.kind != nil } }),
            !words.contains(where: { $0.choices.isEmpty })
        else { return nil }
        let counter = try Cooccurrence(words.map(\.readings), in: snapshot, fields: fields)
        var combinations: [Combination] = []
        var literalScore = Self.literalScore(words, literalCount)
        for (code, count) in counter.counts {
            let choices = zip(words, Cooccurrence.readings(code, wordCount: words.count)).map {
                $0.choices[$1]
            }
            let cost = choices.reduce(0) { $0 + $1.cost }
            let combination = Combination(
                choices: choices, score: log(Double(count)) - Double(cost) * Spelling.costWeight)
            if combination.kind == nil {
                literalScore = max(literalScore, combination.score + Self.literalMargin)
            } else {
                combinations.append(combination)
            }
        }
        combinations.sort {
            $0.score != $1.score
                ? $0.score > $1.score
                : $0.choices.map(\.text).lexicographicallyPrecedes($1.choices.map(\.text))
        }
        guard let best = combinations.first, let kind = best.kind,
            best.score > literalScore - (kind == .completion ? Self.literalMargin : 0)
        else { return nil }
        let readings = combinations.prefix(Self.readingCountMax).compactMap { combination in
            let weight = exp(combination.score - best.score)
            return weight < Self.readingWeightMin
                ? nil : Repair.Reading(text: text(combination.choices), weight: weight)
        }
        return Repair(kind: kind, from: typed, readings: readings)
    }

    /// What a reading must be better than.
    private static func literalScore(_ words: [Word], _ literalCount: Int) -> Double {
        guard literalCount > 0 else { return words.allSatisfy(\.isKnown) ? hopedScore : -.infinity }
        let isInPieces = words.contains { !$0.isKnown && $0.isInPieces }
        return log(Double(literalCount)) + (isInPieces ? piecesMargin : literalMargin)
    }

    // MARK: Readings

    /// The terms that a product must have for a text to be in it.
    private func terms(_ text: String) -> [[[UInt8]]] {
        UnderstoodQuery(text, analysis: analysis).demands.map(\.words)
    }

    /// Every word between blanks as it is and as the other layout types it.
    private func keyboardWords(_ text: String) -> [Word] {
        text.split(whereSeparator: \.isWhitespace).map { typed in
            var word = Word()
            let text = String(typed)
            word.add(Choice(text: folded(text), cost: 0, kind: nil), terms(text))
            for keys in [text, text.lowercased()] {
                let converted = Dubeolsik.otherLayout(keys)
                guard converted != keys, isWritten(converted), word.choices.count < 2 else { continue }
                word.add(
                    Choice(text: folded(converted), cost: Int(KeyCosts.neighbour), kind: .keyboard),
                    terms(converted))
            }
            return word
        }
    }

    private func folded(_ text: String) -> String {
        String(decoding: analysis.analyzer.folded(text), as: UTF8.self)
    }

    /// Whether a text looks written: no lone jamo.
    private func isWritten(_ text: String) -> Bool {
        !text.unicodeScalars.contains { Dubeolsik.jamo.contains($0.value) }
    }

    /// Every stretch as it is, mended, by its initials, and completed where it is the last.
    private func misspeltWords(_ typed: TypedText) -> [Word] {
        var words: [Word] = []
        let last = typed.stretches.indices.last
        for (index, stretch) in typed.stretches.enumerated() where stretch.kind != .gap {
            var word = Word()
            if stretch.kind == .fixed {
                word.add(Choice(text: stretch.text, cost: 0, kind: nil), terms(stretch.text))
                word.isKnown = true
            } else {
                addReadings(stretch, isLast: index == last, &word)
            }
            words.append(word)
        }
        return words
    }

    private func addReadings(_ stretch: TypedText.Stretch, isLast: Bool, _ word: inout Word) {
        let script: Spelling.Script = stretch.kind == .hangul ? .hangul : .latin
        let keys = Dubeolsik.keys(stretch.text)
        guard keys.count <= Self.keyCountMax else { return }
        if script == .latin || isWritten(stretch.text) {
            let terms = terms(stretch.text)
            word.add(Choice(text: stretch.text, cost: 0, kind: nil), terms)
            word.isInPieces = terms.count > 1
        }
        word.isKnown = spelling.count(keys, script) >= Self.knownCountMin
        func add(_ words: [String], _ cost: Int, _ kind: Repair.Kind) {
            let text = words.joined(separator: " ")
            guard text != stretch.text, !word.choices.contains(where: { $0.text == text }) else { return }
            word.add(Choice(text: text, cost: cost, kind: kind), words.map { [Array($0.utf8)] })
        }
        let scalars = stretch.text.unicodeScalars
        if script == .hangul, scalars.count > 1, scalars.allSatisfy(Dubeolsik.isConsonant) {
            let initials = Dubeolsik.initials(stretch.text) ?? []
            for found in spelling.abbreviated(initials, limit: 60) { add([found], 0, .initials) }
            return
        }
        if isLast {
            for found in spelling.completions(keys, script, limit: 40) {
                add([found], Self.completionCost, .completion)
            }
        }
        let budget = Spelling.budget(keyCount: keys.count)
        for candidate in spelling.corrections(keys, script, budget: budget) {
            let isSpacing = candidate.cost == 0
            if isSpacing, word.isKnown { continue }
            let cost =
                candidate.cost + (candidate.words.count - 1) * Self.partCost
                + (word.isKnown ? Self.knownWordCost : 0)
            add(candidate.words, cost, isSpacing ? .spacing : .typo)
        }
    }
}
