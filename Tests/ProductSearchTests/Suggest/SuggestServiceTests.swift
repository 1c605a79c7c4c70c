// The service over a real shop: store, feed, index, searches.

import JSON
import Store
import Testing

@testable import ProductSearch

@Suite struct SuggestServiceTests {
    /// A shop whose feed runs when the test says so.
    private final class Shop {
        let folder: TestFolder
        let store: ProductStore
        let indexer: ProductIndexer
        let popular: PopularQueries
        let search: SearchService

        init() throws {
            folder = try TestFolder()
            store = try ProductStore.open(path: folder.data.storePath)
            indexer = try ProductIndexer(folder: folder.data, store: store, analyzer: TestAnalyzer.shared)
            popular = try PopularQueries(folder: nil, analyzer: TestAnalyzer.shared)
            search = SearchService(view: indexer.view, popular: popular)
        }

        func put(
            _ id: String, _ title: String, brand: String? = nil, category: String? = nil, sales: Int64? = nil
        ) throws {
            var product = Product(id: id, title: title)
            product.brand = brand
            product.category = category
            product.salesCount = sales
            _ = try store.put(product)
        }
    }

    private struct Suggestion: Equatable {
        let text: String
        let kind: String
        var count: Int64?
        var id: String?
    }

    private func suggestions(_ service: SuggestService, _ text: String, limit: Int = 10) throws
        -> [Suggestion]
    {
        let answer = try JSONParser().parse(try service.answer(text, limit: limit))
        return (answer["suggestions"]?.arrayValue ?? []).map { value in
            Suggestion(
                text: value["text"]?.stringValue ?? "", kind: value["kind"]?.stringValue ?? "",
                count: value["count"]?.integerValue, id: value["id"]?.stringValue)
        }
    }

    private func names(_ service: SuggestService, _ text: String) throws -> [String] {
        try suggestions(service, text).filter { $0.kind != "product" }.map(\.text)
    }

    private func filled() throws -> Shop {
        let shop = try Shop()
        for number in 0..<6 {
            try shop.put(
                "n\(number)", "나이키 에어 운동화 \(number)", brand: "나이키", category: "패션 > 신발 > 운동화")
        }
        for number in 0..<3 {
            try shop.put("g\(number)", "갤럭시 버즈\(number) 무선 이어폰", brand: "삼성전자", category: "가전 > 이어폰")
        }
        try shop.put("x", "NIKE 모자", brand: "Nike", category: "패션 > 모자")
        try shop.indexer.catchUp()
        return shop
    }

    @Test func `brands, categories, phrases and products are completed`() throws {
        let service = SuggestService(search: try filled().search)
        let found = try suggestions(service, "나이")
        #expect(found.first == Suggestion(text: "나이키", kind: "brand", count: 6))
        #expect(found.contains(Suggestion(text: "나이키 에어 운동화", kind: "phrase", count: 6)))
        #expect(found.contains { $0.kind == "product" && $0.text.hasPrefix("나이키 에어") && $0.id != nil })
        #expect(found.count { $0.text == "나이키" } == 1, "the brand and the word are one suggestion")
        #expect(Set(found.map(\.text)).count == found.count)
        #expect(try names(service, "운동").first == "패션 > 신발 > 운동화")
        #expect(try names(service, "갤럭ㅅ").first == "갤럭시")
        #expect(try names(service, "ㄱㄹㅅㅂ").allSatisfy { $0.hasPrefix("갤럭시 버즈") })
        #expect(try names(service, "skdl") == names(service, "나이"))
        #expect(try names(service, "ni").first == "Nike")
        #expect(try names(service, "이어").first == "가전 > 이어폰")
    }

    @Test func `a longer text is completed by products alone`() throws {
        let service = SuggestService(search: try filled().search)
        let found = try suggestions(service, "갤럭시 버즈1 무선 이어")
        let expected = [Suggestion(text: "갤럭시 버즈1 무선 이어폰", kind: "product", id: "g1")]
        #expect(found == expected)
        #expect(try suggestions(service, "이어포 무ㅅ, 버즈1 갤") == expected, "in any order")
        #expect(try suggestions(service, "dldjvh antjs qjwm1") == expected, "in the other layout")
        #expect(try suggestions(service, "갤럭시 버즈1 무선 운동화").isEmpty)
        #expect(try suggestions(service, "이어폰 갤럭시 버 즈1") == expected, "a blank too many")
    }

    /// Each segment keeps the most frequent phrases of its own, so that one that is rare in some of them may
    /// be counted too low or stand lower; what comes first is among the best of all.
    @Test func `many segments complete to what one does, and never count too high`() throws {
        var random = SeededRandom()
        let words = ["가방", "가죽", "가위", "나무", "나사", "Bag", "bat", "가"]
        let titles = (0..<120).map { _ in
            (0..<3).map { _ in words.randomElement(using: &random)! }.joined(separator: " ")
        }
        let one = try Shop()
        let many = try Shop()
        for (number, title) in titles.enumerated() {
            let brand = ["가람", "나래", "bali"].randomElement(using: &random)!
            for shop in [one, many] {
                try shop.put("p\(number)", title, brand: brand, category: "가 > \(brand)")
            }
            if number % 15 == 14 { try many.indexer.catchUp() }
        }
        try one.indexer.catchUp()
        let (whole, parts) = (SuggestService(search: one.search), SuggestService(search: many.search))
        _ = try whole.prepare()
        _ = try parts.prepare()
        for typed in ["ㄱ", "가", "갑", "가ㅂ", "나", "b", "ba", "ㄱㅂ", "가방 나", "qk"] {
            let expected = try suggestions(whole, typed, limit: 6).filter { $0.kind != "product" }
            let found = try suggestions(parts, typed, limit: 6).filter { $0.kind != "product" }
            #expect(found.isEmpty == expected.isEmpty, "\(typed)")
            guard let first = found.first else { continue }
            #expect(expected.contains { $0.text == first.text }, "\(typed): \(first)")
            let counts = Dictionary(expected.map { ($0.text, $0.count ?? 0) }, uniquingKeysWith: max)
            for suggestion in found {
                let most = counts[suggestion.text] ?? Int64(titles.count)
                #expect((suggestion.count ?? 0) <= most, "\(typed): \(suggestion)")
            }
        }
    }

    @Test func `what sells more comes first`() throws {
        let shop = try Shop()
        for number in 0..<3 { try shop.put("a\(number)", "가위", sales: 0) }
        for number in 0..<2 { try shop.put("b\(number)", "가방", sales: 5_000) }
        try shop.indexer.catchUp()
        let service = SuggestService(search: shop.search)
        #expect(try names(service, "가") == ["가방", "가위"])
        #expect(try suggestions(service, "가").first?.count == 2)
    }

    @Test func `hidden and deleted products give no completions, sold-out ones by choice`() throws {
        let shop = try filled()
        var options = SuggestOptions()
        options.includesSoldOut = false
        let all = SuggestService(search: shop.search)
        let sold = SuggestService(search: shop.search, options: options)
        #expect(try names(all, "모자") == ["패션 > 모자", "모자"])
        _ = try shop.store.patch(id: "x", .object([("status", .string("sold_out"))]))
        try shop.indexer.catchUp()
        #expect(try names(all, "모자") == ["패션 > 모자", "모자"])
        #expect(try names(sold, "모자").isEmpty)
        _ = try shop.store.patch(id: "x", .object([("status", .string("hidden"))]))
        _ = try shop.store.delete(id: "g0")
        try shop.indexer.catchUp()
        // A segment is read anew after it has rested.
        for _ in 0..<500 where try !suggestions(all, "모자").isEmpty { Pause.milliseconds(10) }
        #expect(try suggestions(all, "모자").isEmpty)
        #expect(try suggestions(all, "갤럭시").first == Suggestion(text: "갤럭시", kind: "phrase", count: 2))
    }

    @Test func `popular queries come first, without telling how often they were asked`() throws {
        let shop = try filled()
        let service = SuggestService(search: shop.search)
        var request = ProductSearchRequest()
        for query in ["나이키 에어", "나무늘보 인형"] {
            request.query = query
            request.match = .all
            for _ in 0..<4 { _ = try shop.search.answer(request) }
        }
        let found = try suggestions(service, "나")
        #expect(found.first == Suggestion(text: "나이키 에어", kind: "query"))
        #expect(!found.contains { $0.text.hasPrefix("나무") }, "it found nothing")
        request.query = "나이키"
        for _ in 0..<9 { _ = try shop.search.answer(request) }
        #expect(try suggestions(service, "나").first == Suggestion(text: "나이키", kind: "brand", count: 6))
    }

    @Test func `limits hold, and what is no text is answered with nothing`() throws {
        let service = SuggestService(search: try filled().search)
        for limit in 0...12 { #expect(try suggestions(service, "나", limit: limit).count <= limit) }
        for typed in ["", " ", "-", "\u{0}", "()", "★★", "ㅋㅋㅋㅋㅋ", String(repeating: "ㄱ", count: 80)] {
            #expect(try suggestions(service, typed).isEmpty, "\(typed.debugDescription)")
        }
        #expect(throws: RequestError.self) { try service.answer(String(repeating: "가", count: 342)) }
        #expect(throws: RequestError.self) { try service.answer("가", limit: 51) }
        #expect(throws: RequestError.self) { try service.answer("가", limit: -1) }
    }

    @Test func `an empty shop has no completions`() throws {
        let service = SuggestService(search: try Shop().search)
        #expect(try suggestions(service, "나").isEmpty)
        #expect(try service.prepare().completionCount == 0)
    }
}
