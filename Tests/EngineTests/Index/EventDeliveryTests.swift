// Events may come twice, late or not at all until a restart: the index ends up the same.

import Testing

@testable import Engine

@Suite struct EventDeliveryTests {
    private enum Kind { case upsert, update, delete }

    /// An event with the product as it was after it.
    private struct Event {
        var sequence: UInt64
        var kind: Kind
        var key: String
        var product: TestProduct
    }

    /// What a store would log: only existing products are updated or deleted.
    private func history(_ count: Int, _ random: inout IndexTestRandom) -> [Event] {
        var products: [String: TestProduct] = [:]
        return (1...UInt64(count)).map { sequence in
            let key = "k\(Int.random(in: 0..<15, using: &random))"
            var product = TestProduct.random(version: sequence, using: &random)
            let choice = products[key] == nil ? 0 : Int.random(in: 0..<10, using: &random)
            let kind: Kind = choice < 4 ? .upsert : choice < 8 ? .update : .delete
            if kind == .update, let before = products[key] {
                product.words = before.words
                product.brand = before.brand
            }
            products[key] = kind == .delete ? nil : product
            return Event(sequence: sequence, kind: kind, key: key, product: product)
        }
    }

    /// The way a consumer applies events.
    private func apply(_ event: Event, to writer: IndexWriter, _ schema: TestSchema) throws {
        let key = Array(event.key.utf8)
        switch event.kind {
        case .upsert:
            _ = try writer.upsert(schema.document(event.key, event.product))
        case .update:
            let columns = schema.columns(event.product)
            if try writer.update(key: key, version: event.sequence, columns: columns) == .missing {
                _ = try writer.upsert(schema.document(event.key, event.product))
            }
        case .delete:
            _ = try writer.delete(key: key, version: event.sequence)
        }
    }

    private func contents(_ events: [Event], refreshEvery: Int) throws -> [String: TestProduct] {
        let folder = IndexTestFolder()
        let writer = try IndexWriter.open(directory: folder.path, options: .small(background: false))
        let schema = TestSchema(writer.registry)
        for (number, event) in events.enumerated() {
            try apply(event, to: writer, schema)
            if number % refreshEvery == 0 { try writer.refresh(eventPosition: 1) }
        }
        return try schema.contents(writer.refresh(eventPosition: 2))
    }

    @Test func eventsAppliedTwiceAndInAnyOrderGiveTheSameIndex() throws {
        var random = IndexTestRandom()
        for _ in 0..<12 {
            let events = history(80, &random)
            let expected = try contents(events, refreshEvery: 20)
            let twice = (events + events).shuffled(using: &random)
            let result = try contents(twice, refreshEvery: Int.random(in: 3...30, using: &random))
            #expect(result == expected, "SAEKIN_SEED=\(random.seed)")
        }
    }

    @Test func aConsumerStoppedMidwayContinuesFromTheCommittedPosition() throws {
        var random = IndexTestRandom()
        let events = history(120, &random)
        let expected = try contents(events, refreshEvery: 10)
        let folder = IndexTestFolder()
        var position = 0
        while position < events.count {
            let writer = try IndexWriter.open(directory: folder.path, options: .small(background: true))
            let schema = TestSchema(writer.registry)
            position = Int(writer.snapshot().eventPosition)
            let last = min(position + Int.random(in: 1...30, using: &random), events.count)
            for event in events[position..<last] { try apply(event, to: writer, schema) }
            try writer.commit(eventPosition: UInt64(last))
            // These are applied, and lost.
            for event in events[last..<min(last + 10, events.count)] { try apply(event, to: writer, schema) }
            try writer.refresh(eventPosition: UInt64(last + 10))
            writer.close()
            position = last
        }
        let index = try Index.openForReading(directory: folder.path)
        let schema = TestSchema(index.snapshot().registry)
        #expect(try schema.contents(index.snapshot()) == expected, "SAEKIN_SEED=\(random.seed)")
        #expect(index.snapshot().eventPosition == UInt64(events.count))
    }

    @Test func anOldUpsertCannotBringBackADeletedDocumentAcrossARestart() throws {
        let folder = IndexTestFolder()
        let product = TestProduct(words: ["w"], brand: "b", price: 1, stock: 1, version: 3)
        do {
            let writer = try IndexWriter.open(directory: folder.path)
            let schema = TestSchema(writer.registry)
            #expect(try writer.upsert(schema.document("k", product)) == .applied)
            #expect(try writer.delete(key: Array("k".utf8), version: 7) == .applied)
            try writer.commit(eventPosition: 7)
            writer.close()
        }
        let writer = try IndexWriter.open(directory: folder.path)
        let schema = TestSchema(writer.registry)
        #expect(try writer.upsert(schema.document("k", product)) == .stale)
        var newer = product
        newer.version = 8
        #expect(try writer.upsert(schema.document("k", newer)) == .applied)
        #expect(try writer.refresh(eventPosition: 8).documentCount == 1)
        #expect(writer.statistics.tombstoneCount == 0)
    }
}
