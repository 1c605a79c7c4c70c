// Counts the phrases of one to three words in titles. Longer phrases are only looked for where their parts
// are frequent enough (Agrawal and Srikant, Fast algorithms for mining association rules, 1994), so that the
// great number of phrases that occur once is never held.

/// A phrase with the products in whose titles it stands.
struct CountedPhrase: Equatable {
    var words: CompletionWords
    /// Titles with the phrase.
    var count: UInt32
    /// The sum of those products' weights.
    var weight: UInt32
    /// The title of most weight, the first of several.
    var title: UInt32
}

/// Counts phrases.
struct PhraseCounter {
    /// Words have 21 bits of a phrase's number; beyond, rare words are left out.
    private static let wordCountMax = 1 << 21 - 1
    /// Occurrences that are sorted at a time; more are counted in several passes.
    private static let occurrenceCountMax = 1 << 22

    private let titles: TitleWords
    private let weights: [UInt32]
    private let countMin: UInt32
    /// Words that are part of phrases, under numbers from 1.
    private var numbers: [UInt32] = []
    private var words: [UInt32] = [0]

    /// Counts in `titles`, of which each has a weight. Phrases that occur in fewer than `countMin` titles are
    /// left out.
    init(_ titles: TitleWords, weights: [UInt32], countMin: Int) {
        precondition(weights.count == titles.starts.count, "every title has a weight")
        self.titles = titles
        self.weights = weights
        self.countMin = UInt32(max(1, countMin))
    }

    /// All phrases that are frequent enough and no mere fragment of a longer one, in no special order.
    mutating func phrases() -> [CountedPhrase] {
        let single = countWords()
        var phrases = single.filter { titles.hasLetters[Int($0.words.first)] }
        var pairs = countPairs()
        countTriples(&pairs, into: &phrases)
        phrases += pairs.values.filter { !$0.isFragment }.map(\.phrase)
        return phrases
    }

    private struct Pair {
        var phrase: CountedPhrase
        /// Whether the pair is always followed by the same word.
        var isFragment = false
    }

    /// Where a phrase stands.
    private struct Occurrence {
        let phrase: UInt64
        let title: UInt32
    }

    private mutating func countWords() -> [CountedPhrase] {
        let none = CountedPhrase(words: CompletionWords(first: 0), count: 0, weight: 0, title: .max)
        var counted = [CountedPhrase](repeating: none, count: titles.wordCount)
        var last = [UInt32](repeating: .max, count: titles.wordCount)
        forEachPosition { position, title in
            let word = Int(titles.sequence[position])
            guard last[word] != title else { return }
            last[word] = title
            counted[word].words.first = UInt32(word)
            add(title, to: &counted[word])
        }
        var least = countMin
        while counted.count(where: { $0.count >= least }) > Self.wordCountMax { least += 1 }
        numbers = [UInt32](repeating: 0, count: counted.count)
        for (word, phrase) in counted.enumerated() where phrase.count >= least {
            numbers[word] = UInt32(words.count)
            words.append(UInt32(word))
        }
        return counted.filter { $0.count >= least }
    }

    private func countPairs() -> [UInt64: Pair] {
        var pairs: [UInt64: Pair] = [:]
        count({ number(at: $0, length: 2) }) { number, phrase in
            pairs[number] = Pair(phrase: phrase)
        }
        return pairs
    }

    private func countTriples(_ pairs: inout [UInt64: Pair], into phrases: inout [CountedPhrase]) {
        let known = pairs
        count({ position in
            guard let pair = number(at: position, length: 2), known[pair] != nil else { return nil }
            return number(at: position, length: 3)
        }) { number, phrase in
            phrases.append(phrase)
            let first = number & (1 << 42 - 1)
            // With one product each, every beginning of its title would be a fragment of the next.
            if phrase.count > 1, phrase.count == pairs[first]?.phrase.count {
                pairs[first]?.isFragment = true
            }
        }
    }

    /// The number of the phrase at a position; nil where there is none that is worth counting.
    private func number(at position: Int, length: Int) -> UInt64? {
        guard position + length <= titles.sequence.count else { return nil }
        var number: UInt64 = 0
        for index in 0..<length {
            let word = titles.sequence[position + index]
            guard word != TitleWords.gap, numbers[Int(word)] != 0 else { return nil }
            if index == 0 ? !titles.hasLetters[Int(word)] : word == titles.sequence[position + index - 1] {
                return nil
            }
            number |= UInt64(numbers[Int(word)]) << UInt64(21 * index)
        }
        return number
    }

    /// Counts the phrases that `number` names, in passes of bounded memory, and hands the frequent ones to
    /// `body` in the order of their numbers within a pass.
    private func count(_ number: (Int) -> UInt64?, _ body: (UInt64, CountedPhrase) -> Void) {
        let passCount = UInt64(1 + titles.sequence.count / Self.occurrenceCountMax)
        var occurrences: [Occurrence] = []
        for pass in 0..<passCount {
            occurrences.removeAll(keepingCapacity: true)
            forEachPosition { position, title in
                guard let phrase = number(position), passCount == 1 || phrase & 0x1F_FFFF % passCount == pass
                else { return }
                occurrences.append(Occurrence(phrase: phrase, title: title))
            }
            occurrences.sort { ($0.phrase, $0.title) < ($1.phrase, $1.title) }
            var start = 0
            while start < occurrences.count {
                var phrase = CountedPhrase(
                    words: unpacked(occurrences[start].phrase), count: 0, weight: 0, title: .max)
                var end = start
                while end < occurrences.count, occurrences[end].phrase == occurrences[start].phrase {
                    if end == start || occurrences[end].title != occurrences[end - 1].title {
                        add(occurrences[end].title, to: &phrase)
                    }
                    end += 1
                }
                if phrase.count >= countMin { body(occurrences[start].phrase, phrase) }
                start = end
            }
        }
    }

    private func unpacked(_ phrase: UInt64) -> CompletionWords {
        func word(_ index: Int) -> UInt32 {
            let number = Int(phrase >> UInt64(21 * index) & 0x1F_FFFF)
            return number == 0 ? CompletionWords.none : words[number]
        }
        return CompletionWords(first: word(0), second: word(1), third: word(2))
    }

    private func add(_ title: UInt32, to phrase: inout CountedPhrase) {
        let weight = weights[Int(title)]
        if phrase.title == .max || weight > weights[Int(phrase.title)] { phrase.title = title }
        phrase.count += 1
        phrase.weight =
            phrase.weight.addingReportingOverflow(weight).overflow
            ? .max : phrase.weight + weight
    }

    private func forEachPosition(_ body: (_ position: Int, _ title: UInt32) -> Void) {
        for title in titles.starts.indices {
            let end = title + 1 < titles.starts.count ? titles.starts[title + 1] : titles.sequence.count
            for position in titles.starts[title]..<end where titles.sequence[position] != TitleWords.gap {
                body(position, UInt32(title))
            }
        }
    }
}
