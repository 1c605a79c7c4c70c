// 1. Whatever happens to products, the index ends up saying what the store says.
// 2. Stopping at any point and starting again at the manifest's position changes nothing.
// 3. So does reading and analysing a batch before its turn.
// 4. Events that were delivered before change nothing.
// 5. A product that cannot be read is set aside and holds up nobody.

import Engine
import JSON
import Store
import Testing

@testable import ProductSearch

@Suite struct ProductFeedTests {
    let folder: TestFolder
    let store: ProductStore

    init() throws {
        folder = try TestFolder()
        store = try ProductStore.open(path: folder.data.storePath)
    }

    private func change(_ random: inout SeededRandom) throws {
        let id = "p\(Int.random(in: 0..<40, using: &random))"
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1:
            var product = Product(id: id, title: "상품 \(Int.random(in: 0..<1_000, using: &random)) 무선 이어폰")
            product.price = Int64.random(in: 0..<100_000, using: &random)
            product.brand = ["나이키", "소니", nil].randomElement(using: &random)!
            _ = try store.put(product)
        case 2: _ = try store.delete(id: id)
        default:
            guard try store.get(id: id) != nil else { return }
            let changes: [JSONValue] = [
                .object([("price", .integer(Int64.random(in: 0..<100_000, using: &random)))]),
                .object([("stock", .integer(Int64.random(in: 0..<9, using: &random)))]),
                .object([("rating", .double(4.5)), ("sales_count", .integer(3))]),
                .object([("status", .string("sold_out"))]),
                .object([
                    ("title", .string("새 제목 \(Int.random(in: 0..<9, using: &random))")), ("price", .null),
                ]),
            ]
            _ = try store.patch(id: id, changes.randomElement(using: &random)!)
        }
    }

    private func openWriter(batchEventCount: Int = 1_000) throws -> (writer: IndexWriter, feed: ProductFeed) {
        let generations = IndexGenerations(directory: folder.data.indexPath)
        let writer = try IndexWriter.open(
            directory: generations.path(try generations.currentOrFirst()),
            options: .products(TestAnalyzer.shared))
        let fields = try ProductFields(registry: writer.registry)
        return (
            writer,
            try ProductFeed(
                store: store, writer: writer, fields: fields, analyzer: TestAnalyzer.shared,
                batchEventCount: batchEventCount)
        )
    }

    @Test func `the index says what the store says after any history, stops included`() throws {
        var random = SeededRandom()
        for _ in 0..<12 {
            // Small batches are full ones: the next is made ready while changes go on.
            var (writer, feed) = try openWriter(batchEventCount: Int.random(in: 1...9, using: &random))
            for _ in 0..<Int.random(in: 1...60, using: &random) {
                try change(&random)
                if Int.random(in: 0..<8, using: &random) == 0 { _ = try feed.step() }
                if Int.random(in: 0..<20, using: &random) == 0 {
                    try writer.refresh(eventPosition: feed.position)
                }
                if Int.random(in: 0..<30, using: &random) == 0 {
                    try writer.commit(eventPosition: feed.position)
                }
            }
            // Closed without a commit: what was not committed is read from the log again.
            writer.close()
        }
        var (writer, feed) = try openWriter()
        while try feed.step().eventCount > 0 {}
        try writer.commit(eventPosition: feed.position)
        writer.close()
        #expect(try IndexVerifier(folder: folder.data, store: store).differences() == [])
        let generations = IndexGenerations(directory: folder.data.indexPath)
        let report = try Index.check(directory: generations.path(try #require(try generations.current())))
        #expect(report.problems.isEmpty, "\(report.problems)")
    }

    @Test func `events that were delivered before change nothing`() throws {
        var random = SeededRandom()
        for _ in 0..<80 { try change(&random) }
        let (writer, first) = try openWriter()
        var feed = first
        while try feed.step().eventCount > 0 {}
        let before = try contents(try writer.refresh(eventPosition: feed.position))
        // A consumer that has lost its position begins at the start of the log.
        var again = first
        var applied = 0
        while true {
            let step = try again.step()
            if step.eventCount == 0 { break }
            applied += step.appliedCount
        }
        #expect(applied == 0)
        #expect(try contents(try writer.refresh(eventPosition: again.position)) == before)
        writer.close()
    }

    private func contents(_ snapshot: Snapshot) throws -> [String: String] {
        var contents: [String: String] = [:]
        let fields = try ProductFields(registry: snapshot.registry)
        for hit in try snapshot.search(SearchRequest(query: .all, limit: 1_000)).hits {
            let key = String(decoding: try snapshot.key(hit.address), as: UTF8.self)
            let updatable = try fields.updatableMembers(of: hit.address, in: snapshot)
            #expect(contents[key] == nil, "\(key) is there twice")
            contents[key] = String(
                decoding: Product.splice(stored: try snapshot.stored(hit.address), updatable), as: UTF8.self)
        }
        return contents
    }

    @Test func `a batch holds one upsert a product and knows updates of numbers from changes of text`() throws
    {
        _ = try store.put(Product(id: "a", title: "하나"))
        _ = try store.patch(id: "a", .object([("title", .string("둘"))]))
        _ = try store.put(Product(id: "b", title: "셋"))
        let settled = try store.lastSequence()
        _ = try store.patch(id: "b", .object([("price", .integer(5))]))
        _ = try store.delete(id: "a")
        let events = try store.events(after: 0, limit: 100)
        let rows = Dictionary(
            uniqueKeysWithValues: try store.products(ids: ["a", "b"]).compactMap { $0 }.map { ($0.id, $0) })
        let changes = IndexChange.changes(events, products: rows)
        #expect(changes.map(Self.name) == ["upsert b", "delete a"])
        let later = IndexChange.changes(events.filter { $0.seq > settled }, products: rows)
        #expect(later.map(Self.name) == ["update b", "delete a"])
    }

    private static func name(_ change: IndexChange) -> String {
        switch change {
        case .upsert(let stored, _): "upsert \(stored.id)"
        case .update(let stored, _): "update \(stored.id)"
        case .delete(let cause): "delete \(cause.aggregateID)"
        }
    }
}
