// 1. The completions of any key are those that a scan over all entries finds, in the same order.
// 2. The completions of any initials are, too.
// 3. What is typed half, in initials, or in the other layout reaches the text that was meant.

import Testing

@testable import ProductSearch

@Suite struct CompletionIndexTests {
    /// An entry as the scan sees it.
    private struct Model {
        let text: String
        let rank: UInt32
        let kind: CompletionKind
        var key: [UInt8] { CompletionKey.key(folded: Array(text.lowercased().utf8)) }
    }

    private func index(of models: [Model]) -> CompletionIndex {
        var rows = CompletionRows()
        let entries = models.map { model in
            let words = model.text.split(separator: " ").compactMap { word in
                rows.append(folded: Array(word.lowercased().utf8), shown: word.utf8)
            }
            return CompletionEntry(
                words: CompletionWords(
                    first: words[0], second: words.count > 1 ? words[1] : CompletionWords.none,
                    third: words.count > 2 ? words[2] : CompletionWords.none),
                rank: model.rank, count: 1, product: 0, kind: model.kind)
        }
        return CompletionIndex(entries, rows: rows)
    }

    private func randomModels(_ count: Int, _ random: inout SeededRandom) -> [Model] {
        let parts = [
            "가", "각", "갉", "고", "과", "나", "낙", "까", "쌍", "힣", "a", "s", "sk", "rk", "7", "24", "é", "漢",
        ]
        var seen: Set<[UInt8]> = []
        return (0..<count).compactMap { _ in
            let words = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                (0..<Int.random(in: 1...4, using: &random)).map { _ in parts.randomElement(using: &random)! }
                    .joined()
            }
            let kinds: [CompletionKind] = [.phrase, .brand, .category]
            let model = Model(
                text: words.joined(separator: " "), rank: UInt32.random(in: 0..<50, using: &random),
                kind: kinds.randomElement(using: &random)!)
            // Equal keys are told apart by their kinds and ranks, which the scan need not repeat.
            return seen.insert(model.key).inserted ? model : nil
        }
    }

    private func found(_ index: CompletionIndex, _ body: ((Int) -> Bool) -> Void) -> [String] {
        var texts: [String] = []
        body { number in
            texts.append(index.text(number))
            return true
        }
        return texts
    }

    private func scanned(_ models: [Model], where matches: (Model) -> Bool) -> [String] {
        models.filter(matches).sorted { left, right in
            left.rank != right.rank ? left.rank > right.rank : left.key.lexicographicallyPrecedes(right.key)
        }.map(\.text)
    }

    @Test func `completions of any prefix are those of a scan`() {
        var random = SeededRandom()
        for round in 0..<20 {
            let models = randomModels([0, 1, 3, 40, 700][round % 5], &random)
            let index = index(of: models)
            #expect(index.count == models.count)
            for _ in 0..<60 {
                var key = models.randomElement(using: &random)?.key ?? [1, 0x72]
                key = Array(key.prefix(Int.random(in: 1...max(1, key.count), using: &random)))
                if Bool.random(using: &random) {
                    key[key.count - 1] ^= UInt8.random(in: 0..<4, using: &random)
                }
                #expect(
                    found(index) { index.forEach(prefix: key, $0) }
                        == scanned(models) { $0.key.starts(with: key) })
                #expect(
                    index.numbers(key: key).map { index.text($0) }
                        == models.filter { $0.key == key }.map(\.text))
            }
        }
    }

    @Test func `completions of any initials are those of a scan`() {
        var random = SeededRandom()
        let models = randomModels(600, &random)
        let index = index(of: models)
        /// First consonants and Latin letters, found without the code under test.
        func initials(_ text: String) -> [UInt8] {
            text.unicodeScalars.flatMap { scalar -> [UInt8] in
                if (0xAC00...0xD7A3).contains(scalar.value) {
                    let keys = [
                        "r", "R", "s", "e", "E", "f", "a", "q", "Q", "t", "T", "d", "w", "W", "c", "z", "x",
                        "v", "g",
                    ]
                    return [keys[Int(scalar.value - 0xAC00) / 588].utf8.first! | 0x80]
                }
                return scalar.isASCII && scalar != " " ? [UInt8(scalar.value)] : []
            }
        }
        for _ in 0..<200 {
            let whole = initials(models.randomElement(using: &random)!.text)
            let typed = Array(whole.prefix(Int.random(in: 1...max(1, whole.count), using: &random)))
            let expected = models.filter { model in
                initials(model.text).starts(with: typed) && initials(model.text).count { $0 >= 0x80 } >= 2
            }
            let actual = found(index) {
                index.forEach(initials: typed, of: nil, scannedCountMax: .max, $0)
            }
            #expect(Set(actual) == Set(expected.map(\.text)))
            let ranks = actual.map { text in models.first { $0.text == text }!.rank }
            #expect(ranks == ranks.sorted(by: >))
        }
    }

    private static let shop = [
        "갤럭시", "갤럭시 버즈", "갤럭시북4", "나이키", "나이키 운동화", "Nike", "LG전자", "2.4인치", "24인치", "값싼 것",
    ]

    private func completions(_ text: String) -> [String] {
        let models = Self.shop.enumerated().map { number, text in
            Model(text: text, rank: UInt32(100 - number), kind: .phrase)
        }
        let index = index(of: models)
        let typed = TypedPrefix(text, folded: TestAnalyzer.shared.folded(text))
        var texts: [String] = []
        for reading in [TypedPrefix.Reading.literal, .initials, .layout] {
            texts += CompletionCandidates.best(typed, reading, [(.init(rawValue: 1), index)], wantedCount: 20)
                .map(\.text)
        }
        return texts
    }

    @Test(arguments: [
        ("갤럭ㅅ", ["갤럭시", "갤럭시 버즈", "갤럭시북4"]), ("갤럭시ㅂ", ["갤럭시 버즈", "갤럭시북4"]),
        ("갤럭시 부", ["갤럭시북4"]), ("ㄴ", ["나이키", "나이키 운동화"]), ("낭", ["나이키", "나이키 운동화"]),
        ("나잌", ["나이키", "나이키 운동화"]), ("ㄱㄹㅅ", ["갤럭시", "갤럭시 버즈", "갤럭시북4"]),
        ("ㄱㄹㅅㅂㅈ", ["갤럭시 버즈"]), ("갤ㄹㅅㅂ", ["갤럭시 버즈", "갤럭시북4"]), ("걀ㄹㅅ", []), ("ㄴㅇㅋㅇㄷㅎ", ["나이키 운동화"]),
        ("skdl", ["나이키", "나이키 운동화"]), ("SKDL", ["나이키", "나이키 운동화"]), ("ㅜㅑㅏㄷ", ["Nike"]),
        ("ni", ["Nike"]), ("NIKE", ["Nike"]), ("ｎｉ", ["Nike"]), ("lg전", ["LG전자"]), ("lg wjswk", ["LG전자"]),
        ("rft", ["갤럭시", "갤럭시 버즈", "갤럭시북4"]), ("24인", ["24인치"]), ("2.4", ["2.4인치"]),
        ("ㄱㅄ", []), ("갑", ["값싼 것"]), ("값싼것", ["값싼 것"]), ("갤럭시-버", ["갤럭시 버즈"]), ("", []), (" \t-!", []),
        ("\u{1100}\u{1162}\u{11AF}\u{1105}\u{1165}", ["갤럭시", "갤럭시 버즈", "갤럭시북4"]),
    ])
    func `what is typed reaches what was meant`(_ typed: String, _ expected: [String]) {
        #expect(completions(typed) == expected)
    }

    @Test func `any text can be typed`() {
        var random = SeededRandom()
        let pieces: [Unicode.Scalar] = [
            "가", "ㄱ", "ㅏ", "ㄳ", "\u{1100}", "\u{11A8}", "a", "Q", "0", ".", "+", " ", "\u{0}", "\u{200D}",
            "\u{FFFD}", "漢", "👍", "\u{300}", "\u{3164}", "ﷺ",
        ]
        for _ in 0..<2_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0..<12, using: &random) {
                text.append(pieces.randomElement(using: &random)!)
            }
            let typed = String(text)
            for found in completions(typed) {
                #expect(Self.shop.contains(found), "\(typed.debugDescription)")
            }
        }
    }

    @Test func `keystrokes show what an input method shows`() {
        #expect(
            Keystrokes.prefixes(of: "나이키 x1") == [
                "ㄴ", "나", "낭", "나이", "나잌", "나이키", "나이키 ", "나이키 x", "나이키 x1",
            ])
        #expect(Keystrokes.prefixes(of: "").isEmpty)
    }
}
