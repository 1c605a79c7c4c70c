// 1. Titles are cut into words where the header of TitleWords says.
// 2. Phrases are counted as a plain dictionary over all titles counts them.

import Testing

@testable import ProductSearch

@Suite struct PhraseCounterTests {
    private func words(_ titles: [String]) -> TitleWords {
        var words = TitleWords(analyzer: TestAnalyzer.shared)
        for title in titles {
            var title = title
            title.withUTF8 { words.append($0) }
        }
        return words
    }

    /// The runs of words that a phrase can stand in, as shown.
    private func runs(_ title: String) -> [[String]] {
        let words = words([title])
        let rows = words.rows()
        return words.sequence.split(separator: TitleWords.gap).map { run in
            run.map { String(decoding: rows.shown($0), as: UTF8.self) }
        }
    }

    @Test(arguments: [
        (
            "[포켓몬 에디션] VT 글로우 미스트 100ml (+티 코스터)",
            [["포켓몬", "에디션"], ["VT", "글로우", "미스트", "100ml"], ["티", "코스터"]]
        ),
        ("모니터 27\" 2.4GHz, A/B", [["모니터", "27"], ["2.4GHz"], ["A"], ["B"]]),
        ("D&G T-SHIRT - black", [["D&G", "T-SHIRT"], ["black"]]),
        ("１＋１ 기획\u{3000}세트", [["１"], ["１", "기획", "세트"]]), ("★ ♥", []), ("", []),
    ])
    func `titles are cut at blanks, and signs part phrases`(_ title: String, _ expected: [[String]]) {
        #expect(runs(title) == expected)
    }

    @Test func `a word is shown as most titles write it`() {
        let words = words(["nike 신발", "NIKE 가방", "Nike 모자", "NIKE 양말"])
        let rows = words.rows()
        #expect(words.wordCount == 5)
        #expect(String(decoding: rows.shown(words.sequence[0]), as: UTF8.self) == "NIKE")
    }

    @Test func `phrases are counted as a dictionary counts them`() {
        var random = SeededRandom()
        for round in 0..<12 {
            let vocabulary = ["가", "나", "다", "라", "A", "b", "7"]
            let titles = (0..<[0, 1, 30, 200][round % 4]).map { _ in
                (0..<Int.random(in: 0..<7, using: &random)).map { _ in
                    vocabulary.randomElement(using: &random)!
                }
                .joined(separator: Bool.random(using: &random) ? " " : ", ")
            }
            let weights = titles.map { _ in UInt32.random(in: 1..<5, using: &random) }
            let countMin = Int.random(in: 1...4, using: &random)
            let words = words(titles)
            let rows = words.rows()
            var counter = PhraseCounter(words, weights: weights, countMin: countMin)
            let counted = counter.phrases().map { phrase in
                let text = (0..<phrase.words.count).map { index in
                    String(decoding: rows.shown(phrase.words[index]), as: UTF8.self)
                }
                return "\(text) \(phrase.count) \(phrase.weight) \(phrase.title)"
            }
            #expect(counted.sorted() == naive(titles, weights, countMin))
        }
    }

    /// Every phrase of every title, counted one by one; then the rules that leave some out.
    private func naive(_ titles: [String], _ weights: [UInt32], _ countMin: Int) -> [String] {
        var found: [[String]: Set<Int>] = [:]
        for (number, title) in titles.enumerated() {
            for run in title.split(separator: ",").map({ $0.split(separator: " ").map(String.init) }) {
                for start in run.indices {
                    for length in 1...3 where start + length <= run.count {
                        found[Array(run[start..<start + length]), default: []].insert(number)
                    }
                }
            }
        }
        func isRepeating(_ phrase: [String]) -> Bool { zip(phrase, phrase.dropFirst()).contains { $0 == $1 } }
        let kept = found.filter { phrase, titles in
            titles.count >= countMin && phrase[0] != "7" && !isRepeating(phrase)
        }
        return kept.compactMap { phrase, numbers in
            let isFragment =
                phrase.count == 2 && numbers.count > 1
                && kept.contains { longer, others in
                    longer.count == 3 && Array(longer.prefix(2)) == phrase && others.count == numbers.count
                }
            guard !isFragment else { return nil }
            let title = numbers.sorted { (weights[$1], $0) < (weights[$0], $1) }[0]
            return "\(phrase) \(numbers.count) \(numbers.reduce(0) { $0 + weights[$1] }) \(title)"
        }.sorted()
    }
}
