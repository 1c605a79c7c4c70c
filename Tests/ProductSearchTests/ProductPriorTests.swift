// What sales, ratings, stock and newness do to the order of products:
//
// 1. each signal raises the value, none leaves the bounds, and a product without any is an ordinary one;
// 2. products that answer alike are ordered by them, and a sale changes the order without a new analysis;
// 3. they never make up for a word, and can be switched off;
// 4. an index is not what the store says where a prior is another.

import Engine
import JSON
import Store
import Testing

@testable import ProductSearch

@Suite struct ProductPriorTests {
    private func product(_ change: (inout Product) -> Void = { _ in }) -> Product {
        var product = Product(id: "p", title: "무선 이어폰")
        change(&product)
        return product
    }

    private func value(_ change: (inout Product) -> Void = { _ in }) -> Int64 {
        ProductPrior.value(of: product(change))
    }

    @Test func `every signal raises the value, within its bounds`() {
        let plain = value()
        #expect(value { $0.salesCount = 10 } > plain)
        #expect(value { $0.salesCount = 10_000 } > value { $0.salesCount = 100 })
        #expect(value { $0.reviewCount = 500 } > value { $0.reviewCount = 5 })
        #expect(value { $0.stock = 0 } < plain)
        #expect(value { $0.updatable.status = .soldOut } == value { $0.stock = 0 })
        #expect(value { $0.stock = 5 } == plain)
        // A bad rating lowers it, and many ratings say more than one.
        #expect(value { $0.rating = 1 } < plain)
        let one = value { ($0.rating, $0.reviewCount) = (5, 1) } - value { $0.reviewCount = 1 }
        let many = value { ($0.rating, $0.reviewCount) = (5, 900) } - value { $0.reviewCount = 900 }
        #expect(one < many)
        let worst = value { ($0.rating, $0.reviewCount, $0.stock) = (0, 1_000_000, 0) }
        let best = value { ($0.rating, $0.salesCount, $0.reviewCount) = (5, .max, .max) }
        #expect(worst >= 0 && best > 210 && best + 34 <= 255)
    }

    @Test func `newness fades within a year`() throws {
        let fields = try ProductFields(registry: FieldRegistry())
        let day = CivilDay(days: 20_785)
        #expect(day.number == 2026_11_28)
        #expect(day.adding(days: 34).number == 2027_01_01)
        #expect(CivilDay.today.number >= 2026_11_28)
        let prior = try #require(ProductPrior.prior(fields, day: day, factor: 2))
        #expect(prior.weight == 3 && prior.field == fields.prior && prior.bonus?.field == fields.released)
        let steps = try #require(prior.bonus?.steps)
        #expect(steps.map(\.least) == steps.map(\.least).sorted())
        #expect(steps.map(\.value) == steps.map(\.value).sorted() && steps.last?.value == 34)
        #expect(steps.first?.least == 2025_12_03 && steps.last?.least == 2026_10_29)
        #expect(ProductPrior.prior(fields, day: day, factor: 0) == nil)
    }
}

/// A shop with three products of one title, and one that everybody buys.
@Suite struct SignalledSearchTests {
    private let folder: TestFolder
    private let store: ProductStore
    private let indexer: ProductIndexer

    init() throws {
        folder = try TestFolder()
        store = try ProductStore.open(path: folder.data.storePath)
        for (id, sales) in [("a", 3), ("b", 90), ("c", 4_000)] {
            var product = Product(id: id, title: "무선 이어폰")
            product.salesCount = Int64(sales)
            _ = try store.put(product)
        }
        var other = Product(id: "d", title: "유선 이어폰")
        (other.salesCount, other.rating, other.reviewCount) = (100_000, 5, 9_000)
        other.released = "2999-01-01"
        _ = try store.put(other)
        indexer = try ProductIndexer(folder: folder.data, store: store, analyzer: TestAnalyzer.shared)
        try indexer.catchUp()
    }

    private func ranking(_ query: String, signals: Int = 1) throws -> [String] {
        var request = ProductSearchRequest()
        (request.query, request.signals, request.match) = (query, signals, .any)
        return try SearchService(view: indexer.view).ranking(request).map(\.id)
    }

    private func patch(_ id: String, _ name: String, _ value: JSONValue) throws {
        _ = try store.patch(id: id, .object([(name, value)]))
        try indexer.catchUp()
    }

    @Test func `products that answer alike are ordered by their signals as they are now`() throws {
        #expect(try ranking("무선 이어폰") == ["c", "b", "a", "d"])
        #expect(try ranking("") == ["d", "c", "b", "a"])
        try patch("a", "sales_count", .integer(9_000))
        #expect(try ranking("무선 이어폰") == ["a", "c", "b", "d"])
        try patch("a", "stock", .integer(0))
        #expect(try ranking("무선 이어폰") == ["c", "b", "a", "d"])
        try patch("b", "released", .string("2999-01-01"))
        try patch("b", "rating", .double(5))
        try patch("b", "review_count", .integer(300))
        #expect(try ranking("무선 이어폰") == ["b", "c", "a", "d"])
        #expect(try ranking("무선 이어폰", signals: 0) == ["a", "b", "c", "d"])
        #expect(try IndexVerifier(folder: folder.data, store: store).differences() == [])
        try indexer.close()
    }

    @Test func `an answer says what the signals add`() throws {
        var request = ProductSearchRequest()
        (request.query, request.explain) = ("무선 이어폰", true)
        let answer = try SearchService(view: indexer.view).answer(request)
        let text = String(decoding: answer, as: UTF8.self)
        #expect(text.contains("static prior: \(ProductPrior.value(of: try storedProduct("c"))) of 255"))
        try indexer.close()
    }

    private func storedProduct(_ id: String) throws -> Product {
        try #require(try store.get(id: id)).product(with: JSONParser())
    }
}
