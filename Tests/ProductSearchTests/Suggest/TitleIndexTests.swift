// The products that the index of titles finds are those that a look at every title finds, the heaviest first.

import Testing

@testable import ProductSearch

@Suite struct TitleIndexTests {
    private func key(_ text: String) -> [UInt8] { CompletionKey.key(folded: Array(text.utf8)) }

    @Test func `products with all words are those of a scan`() {
        var random = SeededRandom()
        let vocabulary = ["가", "가방", "각", "고", "나", "나이", "낙타", "a", "ab", "sk", "2", "24"]
        for count in [0, 1, 2, 50, 400] {
            let titles = (0..<count).map { _ in
                (0..<Int.random(in: 0..<6, using: &random)).map { _ in
                    vocabulary.randomElement(using: &random)!
                }
            }
            let weights = titles.map { _ in UInt32.random(in: 1..<20, using: &random) }
            var words = TitleWords(analyzer: TestAnalyzer.shared)
            for title in titles {
                var text = title.joined(separator: " ")
                text.withUTF8 { words.append($0) }
            }
            let index = TitleIndex(words, documents: titles.indices.map { UInt32($0 + 7) }, weights: weights)
            for _ in 0..<60 {
                let typed = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    let whole = key(vocabulary.randomElement(using: &random)!)
                    return Array(whole.prefix(Int.random(in: 2...max(2, whole.count), using: &random)))
                }
                let limit = Int.random(in: 1...30, using: &random)
                let expected = titles.indices.filter { number in
                    !typed.isEmpty
                        && typed.allSatisfy { typed in titles[number].contains { key($0).starts(with: typed) }
                        }
                }.sorted { (weights[$1], $0) < (weights[$0], $1) }
                let found = index.products(having: typed, limit: limit).map { Int($0.document) - 7 }
                #expect(found == Array(expected.prefix(limit)))
            }
        }
    }

    @Test func `a text is cut where a title would be`() {
        #expect(TitleWords.pieces(of: " 무선, 이어폰/케이스  D&G-1 ") == ["무선", "이어폰", "케이스", "D&G-1"])
        #expect(TitleWords.pieces(of: "").isEmpty)
    }
}
