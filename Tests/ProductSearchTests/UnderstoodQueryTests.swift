import Engine
import Testing

@testable import ProductSearch

@Suite struct UnderstoodQueryTests {
    let analysis = TextAnalysis(TestAnalyzer.shared)

    private func demands(_ text: String) -> [[String]] {
        UnderstoodQuery(text, analysis: analysis).demands.map {
            $0.words.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func `a word that the dictionary would cut is a demand by its own name`() {
        #expect(demands("벨티드") == [["벨티드"]])
    }

    @Test func `a compound demands its parts and not itself`() {
        #expect(demands("삼성노트북").flatMap { $0 }.contains("노트북"))
        #expect(!demands("삼성노트북").flatMap { $0 }.contains("삼성노트북"))
    }

    @Test func `a model number over a blank may be the parts or the whole at each of them`() {
        #expect(demands("sm s918n") == [["sm", "sms918n"], ["s918n", "sms918n"]])
        #expect(demands("hp 15 fa1108tx").first == ["hp", "hp15fa1108tx", "hp15"])
        #expect(demands("SM-S918N") == [["sms918n"]])
        #expect(demands("500 ml") == demands("500ml"))
    }

    @Test func `a word that is typed twice is demanded once`() {
        #expect(demands("이어폰 이어폰").count == 1)
    }

    @Test func `strictness relaxes from all to most to any`() {
        #expect((0...7).map(UnderstoodQuery.Strictness.all.minimum) == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect((0...7).map(UnderstoodQuery.Strictness.most.minimum) == [0, 1, 2, 2, 3, 4, 4, 5])
        #expect((0...7).map(UnderstoodQuery.Strictness.any.minimum) == [0, 1, 1, 1, 1, 1, 1, 1])
    }

    @Test func `an endless query is bounded`() throws {
        let words = (0..<5_000).map { "단어\($0)" }.joined(separator: " ")
        let understood = UnderstoodQuery(words, analysis: analysis)
        #expect(understood.demands.count <= UnderstoodQuery.positionCountMax)
        let fields = try ProductFields(registry: FieldRegistry())
        let empty = Snapshot(
            segments: [], registry: fields.registry, eventPosition: 0, committedPosition: 0, createdAt: .now,
            sequence: 0)
        for strictness in [UnderstoodQuery.Strictness.whole, .all, .most, .any] {
            let result = try empty.search(SearchRequest(query: understood.query(strictness, fields: fields)))
            #expect(result.total == 0)
        }
    }

    @Test func `marks enclose what matched and taking them away gives the text back`() {
        for (query, text, marked) in [
            ("이어폰", "소니 무선 이어폰을 샀다", "소니 무선 <mark>이어폰</mark>을 샀다"),
            ("노트북", "삼성노트북 거치대", "삼성<mark>노트북</mark> 거치대"),
            ("wf1000xm5", "소니 WF-1000XM5 블랙", "소니 <mark>WF-1000XM5</mark> 블랙"),
            ("없음", "소니 이어폰", nil),
            ("이어폰", "<b>이어폰</b> & \"따옴표\"", "<b><mark>이어폰</mark></b> & \"따옴표\""),
        ] as [(String, String, String?)] {
            let terms = UnderstoodQuery(query, analysis: analysis).highlightedTerms
            #expect(Highlighter(analysis: analysis, terms: terms).highlighted(text) == marked)
        }
    }

    @Test func `any text and query give the text back without the marks`() {
        var random = SeededRandom()
        let pieces = [
            "이어폰", "무선", " ", "을", "A-1", "é", "e\u{301}", "ㄱ", "\u{200B}", "🎧", "１２", "<", "\n", "가\u{11AB}",
        ]
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                pieces.randomElement(using: &random)!
            }
            .joined()
            let terms = UnderstoodQuery(pieces.randomElement(using: &random)!, analysis: analysis)
                .highlightedTerms
            guard let marked = Highlighter(analysis: analysis, terms: terms).highlighted(text) else {
                continue
            }
            let stripped = marked.split(separator: Highlighter.opening, omittingEmptySubsequences: false)
                .joined()
                .split(separator: Highlighter.closing, omittingEmptySubsequences: false).joined()
            #expect(Array(stripped.utf8) == Array(text.utf8))
        }
    }
}
