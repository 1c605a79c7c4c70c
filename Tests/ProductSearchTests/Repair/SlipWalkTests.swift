// 1. The walk finds what the distance by definition finds, word by word, from a printed seed.
// 2. Lookups in the trie agree with a scan over the words.

import Testing

@testable import ProductSearch

@Suite struct SlipWalkTests {
    /// The weighted distance by its definition: the full table, no trie, no band, no pruning.
    private static func distances(_ typed: [UInt8], _ from: Int, _ word: [UInt8]) -> [Int] {
        let extra = TypedKeys(typed).extra
        let given = Array(typed[from...])
        var rows = [[Int]](
            repeating: Array(repeating: 0, count: given.count + 1), count: word.count + 1)
        for row in 0...word.count {
            for column in 0...given.count {
                if row == 0, column == 0 { continue }
                var cost = Int.max
                if row > 0 { cost = min(cost, rows[row - 1][column] + Int(KeyCosts.missing)) }
                if column > 0 {
                    cost = min(cost, rows[row][column - 1] + Int(extra[from + column - 1]))
                }
                if row > 0, column > 0 {
                    cost = min(
                        cost,
                        rows[row - 1][column - 1]
                            + Int(KeyCosts.substitution(given[column - 1], word[row - 1])))
                }
                if row > 1, column > 1, given[column - 1] == word[row - 2],
                    given[column - 2] == word[row - 1],
                    word[row - 1] != word[row - 2]
                {
                    cost = min(cost, rows[row - 2][column - 2] + Int(KeyCosts.swapped))
                }
                rows[row][column] = cost
            }
        }
        return rows[word.count]
    }

    private static func randomWord(_ length: ClosedRange<Int>, _ random: inout SeededRandom) -> [UInt8] {
        // Few letters, so that words are near each other and share beginnings.
        (0..<Int.random(in: length, using: &random)).map { _ in "qwerasTR".utf8.randomElement(using: &random)!
        }
    }

    private struct Found: Hashable, Comparable {
        let word: [UInt8]
        let end: Int
        let cost: Int

        static func < (left: Found, right: Found) -> Bool {
            (left.word.map(String.init).joined(), left.end) < (
                right.word.map(String.init).joined(), right.end
            )
        }
    }

    @Test(arguments: [SlipWalk.Goal.whole, .beginning])
    func `a walk finds every word within the budget and no other`(_ goal: SlipWalk.Goal) {
        var random = SeededRandom()
        for _ in 0..<150 {
            let words = Set(
                (0..<Int.random(in: 0...60, using: &random)).map { _ in Self.randomWord(1...9, &random) })
            let trie = KeyTrie(words.map { ($0, 1) })
            let typed = Self.randomWord(1...10, &random)
            let from = Int.random(in: 0..<typed.count, using: &random)
            let budget = Int.random(in: 0...20, using: &random)
            let walk = SlipWalk(trie, TypedKeys(typed), from: from, budget: UInt8(budget), goal: goal)
            let found = Set(
                walk.matches.map { Found(word: Array(trie[$0.word]), end: $0.end, cost: Int($0.cost)) })
            var expected: Set<Found> = []
            for word in words {
                for (column, cost) in Self.distances(typed, from, word).enumerated() {
                    let isWanted = goal == .whole ? from + column == typed.count : column > 0
                    if isWanted, cost <= budget {
                        expected.insert(Found(word: word, end: from + column, cost: cost))
                    }
                }
            }
            #expect(found.sorted() == expected.sorted())
            #expect(found.count == walk.matches.count)
        }
    }

    @Test func `lookups in the trie agree with a scan`() {
        var random = SeededRandom()
        for _ in 0..<100 {
            let words = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                Self.randomWord(1...6, &random)
            }
            let trie = KeyTrie(words.map { ($0, 2) })
            let sorted = Set(words).sorted { $0.lexicographicallyPrecedes($1) }
            #expect((0..<trie.count).map { Array(trie[$0]) } == sorted)
            #expect(
                (0..<trie.count).map { Int(trie.counts[$0]) }
                    == sorted.map { word in
                        words.count { $0 == word } * 2
                    })
            let probe = Self.randomWord(1...4, &random)
            #expect(
                trie.words(withPrefix: probe).map { Array(trie[$0]) }
                    == sorted.filter { $0.starts(with: probe) })
            #expect(trie.word(probe).map { Array(trie[$0]) } == (sorted.contains(probe) ? probe : nil))
        }
    }

    @Test func `a walk stops where it is told to`() {
        var random = SeededRandom()
        let trie = KeyTrie((0..<5_000).map { _ in (Self.randomWord(4...12, &random), 1) })
        let typed = TypedKeys(Self.randomWord(10...10, &random))
        let walk = SlipWalk(trie, typed, budget: 20, goal: .beginning, visitCountMax: 100)
        #expect(walk.visitCount >= 100)
        #expect(walk.visitCount < 5_000)
    }

    @Test func `words that are empty or too long are left out`() {
        let trie = KeyTrie([([], 1), (Array(repeating: 0x61, count: 65), 1), ([0x61], 1)])
        #expect(trie.count == 1)
        #expect(SlipWalk(KeyTrie(), TypedKeys([0x61]), budget: 12, goal: .whole).matches.isEmpty)
    }
}
