// Looks words up by what was typed for them: misspelt, half-typed, or by their initial consonants. The words
// come from the vocabularies of all segments of a snapshot.
//
// A stretch that was typed without spaces is taken apart and mended at once: from every place that words
// reach, the trie is walked with what is left of the budget, and each word found is a step on. Paths are
// ordered by how frequent their words are and by what their slips cost.

import Glibc

/// What a stretch of the query may stand for.
struct SpellingCandidate: Equatable {
    let words: [String]
    /// What the slips cost, in units of `KeyCosts`.
    let cost: Int
    /// Logarithm of how probable the words and the slips are.
    let score: Double
}

/// The words of a snapshot.
struct Spelling {
    /// What one unit of `KeyCosts` takes from the logarithm of the probability.
    static let costWeight = 0.35
    /// Kept for each place of a stretch, and for all of it.
    private static let beamWidth = 6
    private static let candidateCountMax = 12
    /// Words with a prefix that are looked at before the most frequent are taken.
    private static let prefixScanMax = 50_000
    /// A word this short has no slips: every short word is a slip away from others.
    private static let slippedKeyCountMin = 4

    enum Script { case hangul, latin }

    private let tries: [Script: [KeyTrie]]
    private let initialsIndexes: [(index: InitialsIndex, trie: KeyTrie)]
    private let productCount: Double

    init(_ vocabularies: [SpellingVocabulary], productCount: Int) {
        tries = [.hangul: vocabularies.map(\.hangul), .latin: vocabularies.map(\.latin)]
        initialsIndexes = vocabularies.map { ($0.initials, $0.hangul) }
        self.productCount = Double(max(1, productCount))
    }

    var isEmpty: Bool { tries.values.allSatisfy { $0.allSatisfy { $0.count == 0 } } }

    /// How many products have a word.
    func count(_ keys: some Collection<UInt8>, _ script: Script) -> Int {
        (tries[script] ?? []).reduce(0) { sum, trie in
            sum + (trie.word(keys).map { Int(trie.counts[$0]) } ?? 0)
        }
    }

    private static func text(_ keys: some Sequence<UInt8>, _ script: Script) -> String {
        script == .hangul ? Dubeolsik.hangul(keys) : String(decoding: Array(keys), as: UTF8.self)
    }

    // MARK: Half-typed and initials

    /// The most frequent words that begin with `keys` and go on.
    func completions(_ keys: [UInt8], _ script: Script, limit: Int) -> [String] {
        var counts: [[UInt8]: Int] = [:]
        for trie in tries[script] ?? [] {
            let words = trie.words(withPrefix: keys).prefix(Self.prefixScanMax)
            // Only the most frequent of each segment can be among the most frequent of all, near enough.
            for word in Self.mostFrequent(words, trie, limit * 2) where trie[word].count > keys.count {
                counts[Array(trie[word]), default: 0] += Int(trie.counts[word])
            }
        }
        return counts.sorted(by: Self.isMoreFrequent).prefix(limit).map { Self.text($0.key, script) }
    }

    private static func mostFrequent(_ words: some Sequence<Int>, _ trie: KeyTrie, _ limit: Int) -> [Int] {
        var kept = Array(words)
        guard kept.count > limit else { return kept }
        kept.sort { (trie.counts[$1], $0) < (trie.counts[$0], $1) }
        return Array(kept.prefix(limit))
    }

    private static func isMoreFrequent(
        _ left: (key: [UInt8], value: Int), _ right: (key: [UInt8], value: Int)
    ) -> Bool {
        left.value != right.value ? left.value > right.value : left.key.lexicographicallyPrecedes(right.key)
    }

    /// The most frequent words with these initial consonants.
    func abbreviated(_ initials: some Collection<UInt8>, limit: Int) -> [String] {
        var counts: [[UInt8]: Int] = [:]
        for (index, trie) in initialsIndexes {
            for word in index.words(initials).prefix(limit * 2) {
                counts[Array(trie[Int(word)]), default: 0] += Int(trie.counts[Int(word)])
            }
        }
        return counts.sorted(by: Self.isMoreFrequent).prefix(limit).map { Self.text($0.key, .hangul) }
    }

    // MARK: Misspelt

    /// The slips that are believed in a stretch of so many keys.
    static func budget(keyCount: Int) -> UInt8 {
        switch keyCount {
        case ...2: KeyCosts.shift
        case 3, 4: KeyCosts.missing
        default: KeyCosts.other
        }
    }

    private struct Step {
        let word: [UInt8]
        let end: Int
        let cost: Int
        let probability: Double
    }

    private struct Path {
        var words: [[UInt8]]
        var cost: Int
        var score: Double
    }

    /// What a stretch of keys may stand for with slips of at most `budget`, the most probable first.
    ///
    /// - Parameter visitsLeft: how many nodes of the tries may be walked; those that were are taken off.
    func corrections(
        _ keys: [UInt8], _ script: Script, budget: UInt8, visitsLeft: inout Int
    ) -> [SpellingCandidate] {
        let typed = TypedKeys(keys)
        var paths = [[Path]](repeating: [], count: keys.count + 1)
        paths[0] = [Path(words: [], cost: 0, score: 0)]
        for start in keys.indices where !paths[start].isEmpty && visitsLeft > 0 {
            let reached = Self.best(paths[start], Self.beamWidth)
            paths[start] = reached
            let spent = reached.map(\.cost).min() ?? 0
            let steps = steps(typed, script, start, budget - UInt8(spent), &visitsLeft)
            for step in steps {
                // A stretch of Latin letters is one word or a few long ones.
                if script == .latin, step.word.count < 3, step.word.count < keys.count { continue }
                for path in reached where path.cost + step.cost <= Int(budget) {
                    paths[step.end].append(
                        Path(
                            words: path.words + [step.word], cost: path.cost + step.cost,
                            score: path.score + step.probability))
                }
            }
        }
        return Self.best(paths[keys.count], Self.candidateCountMax).map { path in
            SpellingCandidate(
                words: path.words.map { Self.text($0, script) }, cost: path.cost, score: path.score)
        }
    }

    private static func best(_ paths: [Path], _ limit: Int) -> [Path] {
        let sorted = paths.sorted {
            $0.score != $1.score
                ? $0.score > $1.score : $0.words.count < $1.words.count
        }
        var kept: [Path] = []
        for path in sorted where kept.count < limit && !kept.contains(where: { $0.words == path.words }) {
            kept.append(path)
        }
        return kept
    }

    private func steps(
        _ typed: TypedKeys, _ script: Script, _ start: Int, _ budget: UInt8, _ visitsLeft: inout Int
    ) -> [Step] {
        var counts: [[UInt8]: Int] = [:]
        var costs: [[UInt8]: [(end: Int, cost: Int)]] = [:]
        for trie in tries[script] ?? [] {
            let walk = SlipWalk(
                trie, typed, from: start, budget: budget, goal: .beginning, visitCountMax: visitsLeft)
            visitsLeft -= min(visitsLeft, walk.visitCount)
            for match in walk.matches {
                let word = Array(trie[match.word])
                if match.cost > KeyCosts.shift, word.count < Self.slippedKeyCountMin { continue }
                let isNew = !(costs[word]?.contains { $0.end == match.end } ?? false)
                if isNew { costs[word, default: []].append((match.end, Int(match.cost))) }
            }
        }
        for word in costs.keys { counts[word] = count(word, script) }
        var steps: [Step] = []
        for (word, ends) in costs {
            let frequency = log((Double(counts[word] ?? 0) + 0.5) / productCount)
            // A word of one syllable has two or three keys; with it everything can be taken apart.
            let brevity = word.count <= 3 ? -3.0 : 0
            for (end, cost) in ends {
                steps.append(
                    Step(
                        word: word, end: end, cost: cost,
                        probability: frequency + brevity - Double(cost) * Self.costWeight))
            }
        }
        return steps
    }
}
