// Decides whether a query that finds too little was meant to say something else, and what.
//
// Each word is given its possible readings (`ReadingFinder`). Which readings occur together in products is
// counted (`Cooccurrence`); the most frequent combination with the least slips wins, and it must say clearly
// more than the query as it was typed. In doubt there is no repair.

import Engine
import Glibc
import KoreanAnalysis

/// Finds repairs in one snapshot.
struct Repairer {
    /// Longer queries are no slips.
    private static let byteCountMax = 400
    private static let readingCountMax = 4
    /// A reading this much less probable than the best says nothing.
    private static let readingWeightMin = 0.02
    /// How much more probable than the query as it was typed a reading must be where that finds something.
    private static let literalMargin = log(8.0)
    /// How little it says that the pieces of a word no product has are found somewhere.
    private static let piecesMargin = -4.0
    /// What it costs that a word is a name of the catalogue by its sound alone, in units of `KeyCosts`.
    private static let soundCost = 18.0
    /// The logarithm of how many products one may have hoped for with known words that do not occur together.
    private static let hopedScore = log(0.5)
    /// Combinations of guessed words that are looked up side by side, and what a product counts that has them
    /// so.
    private static let phraseCountMax = 8
    private static let phraseWeight = 5.0

    let analysis: TextAnalysis
    let spelling: Spelling
    let snapshot: Snapshot
    let fields: ProductFields
    /// How many products the text finds where words stand for names that sound like them.
    let soundCount: Int

    /// The repair of `text`, which as it is finds `literalCount` products; nil where there is none, or where
    /// it is not clearly better.
    func repair(_ text: String, literalCount: Int) throws(RequestError) -> Repair? {
        let parts = QueryText(text).parts
        guard text.utf8.count <= Self.byteCountMax, !spelling.isEmpty,
            parts.allSatisfy({ $0.kind == .words && !$0.isExcluded })
        else { return nil }
        let typed = TypedText(text, analyzer: analysis.analyzer)
        guard typed.wordCount <= Cooccurrence.wordCountMax else { return nil }
        var finder = ReadingFinder(
            analysis: analysis, spelling: spelling, mendsKnownWords: literalCount == 0)
        let converted = try best(finder.keyboardWords(text), literalCount, from: typed.text) { texts in
            texts.map(\.text).joined(separator: " ")
        }
        if let converted { return converted }
        let words = finder.misspeltWords(typed)
        if let mended = try best(words, literalCount, from: typed.text, typed.replacing) { return mended }
        return try joinedInitials(words, typed, literalCount, finder)
    }

    /// The repair of initials of two words that were typed together: ㅁㅅㅇㅇㅍ for 무선 이어폰.
    private func joinedInitials(
        _ words: [QueryWord], _ typed: TypedText, _ literalCount: Int, _ finder: ReadingFinder
    ) throws(RequestError) -> Repair? {
        guard words.count < Cooccurrence.wordCountMax,
            let joined = words.firstIndex(where: { typed.stretches[$0.stretch].isInitials }),
            words.indices.allSatisfy({ $0 == joined || !words[$0].choices.isEmpty })
        else { return nil }
        let stretch = words[joined].stretch
        let initials = typed.stretches[stretch].text.unicodeScalars.compactMap(Dubeolsik.initial)
        guard (4...12).contains(initials.count) else { return nil }
        var best: (repair: Repair, score: Double)?
        for count in 2...initials.count - 2 {
            var divided = words
            divided.replaceSubrange(
                joined...joined,
                with: finder.initialsWords(initials, dividedAt: count, stretch: stretch))
            let combinations = try combinations(divided).filter { $0.kind != nil }
            guard let score = combinations.first?.score, score > best?.score ?? -.infinity,
                let repair = try choose(
                    combinations, over: literalScore(words, literalCount), from: typed.text,
                    typed.replacing)
            else { continue }
            best = (repair, score)
        }
        return best?.repair
    }

    // MARK: Choosing

    /// One reading of every word.
    private struct Combination {
        let choices: [Replacement]
        let kinds: [Repair.Kind]
        var score: Double

        /// What was done, the gravest first; nil where nothing was.
        var kind: Repair.Kind? {
            kinds.first { $0 != .completion && $0 != .spacing } ?? kinds.first { $0 == .completion }
                ?? kinds.first
        }
    }

    private func best(
        _ words: [QueryWord], _ literalCount: Int, from typed: String, _ compose: ([Replacement]) -> String
    ) throws(RequestError) -> Repair? {
        var literalScore = literalScore(words, literalCount)
        let combinations = try combinations(words)
        if let literal = combinations.first(where: { $0.kind == nil }) {
            literalScore = max(literalScore, literal.score + Self.literalMargin)
        }
        return try choose(
            combinations.filter { $0.kind != nil }, over: literalScore, from: typed, compose)
    }

    /// What a reading must be better than.
    private func literalScore(_ words: [QueryWord], _ literalCount: Int) -> Double {
        let sounds =
            soundCount > literalCount
            ? log(Double(soundCount)) - Self.soundCost * Spelling.costWeight : -.infinity
        return max(sounds, Self.literalScore(words, literalCount))
    }

    private static func literalScore(_ words: [QueryWord], _ literalCount: Int) -> Double {
        guard literalCount > 0 else { return words.allSatisfy(\.isKnown) ? hopedScore : -.infinity }
        let isInPieces = words.contains { !$0.isKnown && $0.isInPieces }
        return log(Double(literalCount)) + (isInPieces ? piecesMargin : literalMargin)
    }

    /// The combinations that products have, the most probable first.
    private func combinations(_ words: [QueryWord]) throws(RequestError) -> [Combination] {
        guard !words.isEmpty, words.count <= Cooccurrence.wordCountMax,
            words.contains(where: { $0.choices.contains { $0.kind != nil } }),
            !words.contains(where: { $0.choices.isEmpty })
        else { return [] }
        let counts: [UInt64: Int]
        do throws(SegmentError) {
            counts = try Cooccurrence(
                words.map(\.readings), in: snapshot, fields: fields.spellingFields
            ).counts
        } catch {
            throw RequestError(.indexFailed, "\(error)")
        }
        let combinations = counts.map { code, count in
            let chosen = zip(words, Cooccurrence.readings(code, wordCount: words.count)).map {
                word, reading in
                (stretch: word.stretch, choice: word.choices[reading])
            }
            let cost = chosen.reduce(0) { $0 + $1.choice.cost }
            return Combination(
                choices: chosen.map { Replacement(stretch: $0.stretch, text: $0.choice.text) },
                kinds: chosen.compactMap(\.choice.kind),
                score: log(Double(count)) - Double(cost) * Spelling.costWeight)
        }
        return combinations.sorted(by: Self.isBetter)
    }

    private static func isBetter(_ left: Combination, _ right: Combination) -> Bool {
        left.score != right.score
            ? left.score > right.score
            : left.choices.map(\.text).lexicographicallyPrecedes(right.choices.map(\.text))
    }

    private func choose(
        _ found: [Combination], over literalScore: Double, from typed: String,
        _ compose: ([Replacement]) -> String
    ) throws(RequestError) -> Repair? {
        guard let kind = found.first?.kind else { return nil }
        var combinations = Array(found.prefix(Self.phraseCountMax))
        if kind == .initials || kind == .completion, combinations.count > 1, combinations[0].choices.count > 1
        {
            for index in combinations.indices {
                let count = try phraseCount(compose(combinations[index].choices))
                combinations[index].score += log(1 + Self.phraseWeight * Double(count))
            }
            combinations.sort(by: Self.isBetter)
        }
        // The word that was begun may go on without being clearly better: what is typed stays on top.
        let margin = kind == .completion ? Self.literalMargin : 0
        let best = combinations[0]
        guard best.score > literalScore - margin else { return nil }
        let readings = combinations.prefix(Self.readingCountMax).compactMap { combination in
            let weight = exp(combination.score - best.score)
            return weight < Self.readingWeightMin
                ? nil : Repair.Reading(text: compose(combination.choices), weight: weight)
        }
        return Repair(kind: best.kind ?? kind, from: typed, readings: readings)
    }

    /// How many products have the text as it stands.
    private func phraseCount(_ text: String) throws(RequestError) -> Int {
        let phrase = UnderstoodQuery("\"\(text)\"", analysis: analysis)
        let request = SearchRequest(query: phrase.query(.whole, fields: fields), limit: 0)
        return try convertingErrors { () throws(SearchError) in try snapshot.search(request).total }
    }
}
