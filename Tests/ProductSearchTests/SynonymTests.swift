import Engine
import JSON
import KoreanAnalysis
import Store
import Testing

@testable import ProductSearch

@Suite struct SynonymTests {
    private func analysis(_ lines: [String]) throws -> TextAnalysis {
        let entries = VocabularyText(lines: Array(lines.joined(separator: "\n").utf8), .both, name: "t")
        #expect(entries.refusals.isEmpty, "\(entries.refusals)")
        let vocabulary = Vocabulary(VocabularyVersion(seq: 1, entries: entries.entries))
        return TextAnalysis(TestAnalyzer.shared, vocabulary: vocabulary)
    }

    /// An index of titles in memory, and which of them a query finds.
    private func found(_ query: String, in titles: [String], _ analysis: TextAnalysis) throws -> [String] {
        let folder = try TestFolder()
        let writer = try IndexWriter.open(
            directory: folder.data.path + "/index", options: .products(analysis.analyzer))
        defer { writer.close() }
        let fields = try ProductFields(registry: writer.registry)
        let store = try ProductStore.open(path: folder.data.storePath)
        try store.putBatch(titles.map { Product(id: $0, title: $0) })
        var projector = ProductProjector(fields: fields, analyzer: analysis.analyzer)
        try store.forEachProduct { _ = try writer.upsert(try projector.document(of: $0).get()) }
        let snapshot = try writer.refresh(eventPosition: 1)
        let understood = UnderstoodQuery(query, analysis: analysis)
        let result = try snapshot.search(
            SearchRequest(query: understood.query(.whole, fields: fields), limit: 50))
        store.close()
        return try result.hits.map { String(decoding: try snapshot.key($0.address), as: UTF8.self) }.sorted()
    }

    @Test func `two-way names find each other, one-way names one way`() throws {
        let analysis = try analysis(["갤탭 => 갤럭시탭", "와이파이, wifi"])
        let titles = ["갤럭시탭 케이스", "갤탭 필름", "wifi 공유기", "와이파이 동글"]
        #expect(try found("갤탭", in: titles, analysis) == ["갤럭시탭 케이스", "갤탭 필름"])
        #expect(try found("갤럭시탭", in: titles, analysis) == ["갤럭시탭 케이스"])
        #expect(try found("wifi", in: titles, analysis) == ["wifi 공유기", "와이파이 동글"].sorted())
        #expect(try found("와이파이", in: titles, analysis) == ["wifi 공유기", "와이파이 동글"].sorted())
    }

    @Test func `names of several words work on either side, in compounds and between other words`() throws {
        let analysis = try analysis(["노스페이스, north face", "무선 이어폰 => 블루투스 이어폰"])
        let titles = [
            "노스페이스 눕시 패딩", "the north face nuptse 패딩", "face north 패딩", "블루투스 이어폰 화이트", "유선 이어폰",
        ]
        #expect(
            try found("노스페이스 패딩", in: titles, analysis)
                == ["노스페이스 눕시 패딩", "the north face nuptse 패딩"].sorted())
        #expect(
            try found("north face 패딩", in: titles, analysis).contains("노스페이스 눕시 패딩"))
        #expect(try found("무선이어폰 화이트", in: titles, analysis) == ["블루투스 이어폰 화이트"])
        #expect(try found("나이키운동화", in: ["nike 운동화", "nike 양말"], analysis) == ["nike 운동화"])
    }

    @Test func `spelling, blanks and signs of a name make no difference`() throws {
        let analysis = try analysis(["코크, coca-cola"])
        for typed in ["Coca Cola", "cocacola", "COCA-COLA", "ｃｏｃａ-ｃｏｌａ"] {
            #expect(try found(typed, in: ["코크 제로", "사이다"], analysis) == ["코크 제로"], "\(typed)")
        }
    }

    @Test func `phrases and exclusions know synonyms`() throws {
        let analysis = try analysis(["와이파이, wifi"])
        let titles = ["무선 wifi 공유기", "wifi 무선 공유기", "무선 공유기"]
        #expect(try found("\"무선 와이파이\"", in: titles, analysis) == ["무선 wifi 공유기"])
        #expect(try found("공유기 -와이파이", in: titles, analysis) == ["무선 공유기"])
    }

    @Test func `a synonym is marked where it matched`() throws {
        let analysis = try analysis(["와이파이, wifi"])
        let terms = UnderstoodQuery("와이파이 공유기", analysis: analysis).highlightedTerms
        #expect(
            Highlighter(analysis: analysis, terms: terms).highlighted("무선 WiFi 공유기")
                == "무선 <mark>WiFi</mark> <mark>공유기</mark>")
    }

    @Test func `names within names keep all ways`() throws {
        let analysis = try analysis(["뉴욕, ny", "뉴욕 양키스, yankees", "양키스 모자, 볼캡"])
        let titles = ["ny 양키스 모자", "yankees 모자", "뉴욕 볼캡", "뉴욕 모자", "ny 볼캡"]
        #expect(
            try found("뉴욕 양키스 모자", in: titles, analysis)
                == ["ny 양키스 모자", "yankees 모자", "뉴욕 볼캡", "ny 볼캡"].sorted())
    }

    @Test func `a bad line is refused alone, with its number and reason`() {
        let text =
            "# 주석\n나이키, nike\n\n아디다스\u{20}=>\n, \nx => y => z\n같다, 같다\n꾸안꾸룩 꾸안꾸 룩\nnike\n셋 둘 넷\n가나다 200"
        let read = VocabularyText(lines: Array(text.utf8), .both, name: "f.txt")
        #expect(read.entries.map(\.name) == ["나이키, nike", "꾸안꾸룩"])
        #expect(read.entries.map(\.source) == ["f.txt:2", "f.txt:8"])
        #expect(read.refusals.map(\.line) == [4, 5, 6, 7, 9, 10, 11])
        #expect(read.refusals.allSatisfy { !$0.reason.isEmpty })
    }

    @Test func `a rule survives being written and read`() throws {
        for line in ["a, b => c, d", #"a\, b, c\\d, e\=>f"#, "나이키, nike"] {
            let rule = try SynonymRule(line: line)
            #expect(try SynonymRule(line: rule.text) == rule)
            let body = try JSONParser().parse(rule.entry(source: "").body)
            #expect(SynonymRule(body) == rule)
        }
    }

    @Test func `every built-in line is a rule of names that differ`() {
        #expect(BilingualBrands.rules.count >= 200)
        for rule in BilingualBrands.rules { #expect(rule.isTwoWay && rule.from.count >= 2) }
    }

    @Test func `any text with any rules gives a query that is bounded`() throws {
        var random = SeededRandom()
        let names = ["가", "나", "가나", "나다", "a", "b", "a b", "가 a", "운동", "화", "운동화"]
        for _ in 0..<200 {
            let lines = (0..<6).map { _ in
                (0..<3).map { _ in names.randomElement(using: &random)! }.joined(separator: ", ")
            }
            let read = VocabularyText(lines: Array(lines.joined(separator: "\n").utf8), .synonyms, name: "")
            let analysis = TextAnalysis(
                TestAnalyzer.shared,
                vocabulary: Vocabulary(VocabularyVersion(seq: 1, entries: read.entries)))
            let text = (0..<12).map { _ in names.randomElement(using: &random)! }.joined(separator: " ")
            let understood = UnderstoodQuery(text, analysis: analysis)
            let fields = try ProductFields(registry: FieldRegistry())
            let empty = Snapshot(
                segments: [], registry: fields.registry, eventPosition: 0, committedPosition: 0,
                createdAt: .now, sequence: 0)
            _ = try empty.search(SearchRequest(query: understood.query(.whole, fields: fields)))
            #expect(understood.synonyms.count <= SynonymExpansion.matchCountMax)
        }
    }
}
