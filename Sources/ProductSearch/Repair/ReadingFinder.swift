// Finds for each word of a query what it may have been meant to say: the other keyboard layout, words a slip
// or two away, words with its initial consonants, words that it begins.

import KoreanAnalysis

/// Finds the readings of the words of one query.
struct ReadingFinder {
    private static let keyCountMax = 64
    private static let completionCountMax = 40
    private static let abbreviatedCountMax = 60
    /// Nodes of the tries walked for one query.
    private static let visitCountMax = 250_000
    /// Products with a word that make it a word one may well have meant.
    private static let knownCountMin = 3
    /// What it costs to take a known word for another, beside the slips.
    private static let knownWordCost = 8
    /// What it costs to take a word apart, for each further part.
    private static let partCost = 6
    /// What it costs that the last word goes on.
    private static let completionCost = 4
    /// What the other layout costs a word.
    private static let keyboardCost = 6

    let analysis: TextAnalysis
    let spelling: Spelling
    /// Whether words that products have may be slips all the same: not where they are found together.
    let mendsKnownWords: Bool
    private var visitsLeft = ReadingFinder.visitCountMax

    init(analysis: TextAnalysis, spelling: Spelling, mendsKnownWords: Bool) {
        self.analysis = analysis
        self.spelling = spelling
        self.mendsKnownWords = mendsKnownWords
    }

    /// The terms that a product must have for a text to be in it.
    private func terms(_ text: String) -> [[[UInt8]]] {
        UnderstoodQuery(text, analysis: analysis, expandsSynonyms: false).demands.map(\.words)
    }

    private func folded(_ text: String) -> String {
        String(decoding: analysis.analyzer.folded(text), as: UTF8.self)
    }

    /// Whether a text looks written: no lone jamo.
    private static func isWritten(_ text: String) -> Bool {
        !text.unicodeScalars.contains { Dubeolsik.jamo.contains($0.value) }
    }

    // MARK: The other layout

    /// Every word between blanks as it is and as the other layout types it. What was typed counts, not what
    /// normalisation makes of it: shift is half of the consonants.
    func keyboardWords(_ text: String) -> [QueryWord] {
        text.split(whereSeparator: \.isWhitespace).enumerated().map { number, typed in
            var word = QueryWord(stretch: number)
            let text = String(typed)
            word.add(QueryWord.Choice(text: folded(text), cost: 0, kind: nil), needing: terms(text))
            // With the capitals locked, shift says nothing.
            for keys in [text, text.lowercased()] {
                let converted = Dubeolsik.otherLayout(keys)
                guard converted != keys, isWord(converted) else { continue }
                word.add(
                    QueryWord.Choice(text: folded(converted), cost: Self.keyboardCost, kind: .keyboard),
                    needing: terms(converted))
            }
            return word
        }
    }

    /// Whether a converted text can be a word: written in full, and of Hangul more than any syllable.
    private func isWord(_ text: String) -> Bool {
        guard Self.isWritten(text) else { return false }
        let syllableCount = text.unicodeScalars.count(where: Dubeolsik.isHangul)
        return syllableCount != 1 || spelling.count(Dubeolsik.keys(text), .hangul) > 0
    }

    // MARK: Slips, initials, unfinished words

    /// Every word of `typed` with its readings.
    mutating func misspeltWords(_ typed: TypedText) -> [QueryWord] {
        var words: [QueryWord] = []
        let last = typed.stretches.indices.last
        for (index, stretch) in typed.stretches.enumerated() where stretch.kind != .gap {
            var word = QueryWord(stretch: index)
            if stretch.kind == .fixed {
                word.add(
                    QueryWord.Choice(text: stretch.text, cost: 0, kind: nil), needing: terms(stretch.text))
                word.isKnown = true
            } else if stretch.isInitials {
                addInitials(stretch.text.unicodeScalars.compactMap(Dubeolsik.initial), &word)
            } else {
                addReadings(stretch, isLast: index == last, &word)
            }
            words.append(word)
        }
        return words
    }

    /// The two words whose initials stand together in a stretch, divided behind the first `count`.
    func initialsWords(_ initials: [UInt8], dividedAt count: Int, stretch: Int) -> [QueryWord] {
        [initials[..<count], initials[count...]].map { part in
            var word = QueryWord(stretch: stretch)
            addInitials(Array(part), &word)
            return word
        }
    }

    private func addInitials(_ initials: [UInt8], _ word: inout QueryWord) {
        for found in spelling.abbreviated(initials, limit: Self.abbreviatedCountMax) {
            word.add(
                QueryWord.Choice(text: found, cost: 0, kind: .initials), needing: [[Array(found.utf8)]])
        }
    }

    private func isKnown(_ term: [UInt8], _ script: Spelling.Script) -> Bool {
        spelling.count(Dubeolsik.keys(String(decoding: term, as: UTF8.self)), script) >= Self.knownCountMin
    }

    private mutating func addReadings(_ stretch: TypedText.Stretch, isLast: Bool, _ word: inout QueryWord) {
        let script: Spelling.Script = stretch.kind == .hangul ? .hangul : .latin
        let keys = Dubeolsik.keys(stretch.text)
        guard keys.count <= Self.keyCountMax else { return }
        word.isKnown = spelling.count(keys, script) >= Self.knownCountMin
        if script == .latin || Self.isWritten(stretch.text) {
            let terms = terms(stretch.text)
            word.add(QueryWord.Choice(text: stretch.text, cost: 0, kind: nil), needing: terms)
            word.isInPieces = terms.count > 1
            // With an ending or a particle, the word without it is known.
            if terms.count == 1, terms[0].contains(where: { isKnown($0, script) }) { word.isKnown = true }
        }
        if isLast {
            for found in spelling.completions(keys, script, limit: Self.completionCountMax) {
                word.add(
                    QueryWord.Choice(text: found, cost: Self.completionCost, kind: .completion),
                    needing: [[Array(found.utf8)]])
            }
        }
        guard mendsKnownWords || !word.isKnown else { return }
        let budget = Spelling.budget(keyCount: keys.count)
        for candidate in spelling.corrections(keys, script, budget: budget, visitsLeft: &visitsLeft) {
            let isSpacing = candidate.cost == 0
            if isSpacing, word.isKnown { continue }
            let cost =
                candidate.cost + (candidate.words.count - 1) * Self.partCost
                + (word.isKnown ? Self.knownWordCost : 0)
            word.add(
                QueryWord.Choice(
                    text: candidate.words.joined(separator: " "), cost: cost,
                    kind: isSpacing ? .spacing : .typo),
                needing: candidate.words.map { [Array($0.utf8)] })
        }
    }
}
