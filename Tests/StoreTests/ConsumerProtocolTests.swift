import JSON
import Testing

@testable import Store

// The protocol of Store.docc, "How a consumer stays right", against random changes: however the events are
// cut into batches and however often they come again, the index ends as the store is.

/// An index as a dictionary, with versions and tombstones as the real one has them.
private struct ModelIndex {
    struct Document {
        var version: UInt64
        var stored: [UInt8]?
        var updatable = UpdatableMembers()
    }
    var documents: [String: Document] = [:]
    var columnUpdates = 0

    mutating func apply(_ events: [Event], _ store: ProductStore) throws {
        var ids: [String] = []
        for event in events where !ids.contains(event.aggregateID) { ids.append(event.aggregateID) }
        for (id, row) in zip(ids, try store.products(ids: ids)) {
            let own = events.filter { $0.aggregateID == id }
            let seq = own[own.count - 1].seq
            guard let row else {
                replace(id, Document(version: seq, stored: nil))
                continue
            }
            if own.allSatisfy(\.changesOnlyUpdatableMembers) {
                guard let document = documents[id], document.version < seq, document.stored != nil else {
                    continue
                }
                documents[id]?.version = seq
                documents[id]?.updatable = row.updatable
                columnUpdates += 1
            } else {
                replace(id, Document(version: row.version, stored: row.stored, updatable: row.updatable))
            }
        }
    }

    private mutating func replace(_ id: String, _ document: Document) {
        if let old = documents[id], old.version >= document.version { return }
        documents[id] = document
    }
}

@Suite struct ConsumerProtocolTests {
    @Test("an index fed by the protocol equals the store, with events delivered late, in parts and twice")
    func converges() throws {
        var random = Seeded.generator()
        var columnUpdates = 0
        for _ in 0..<15 {
            let folder = try TemporaryFolder()
            let store = try ProductStore.open(path: folder.store, options: quick)
            var index = ModelIndex()
            var model: [String: Product] = [:]
            var position: UInt64 = 0
            for _ in 0..<120 {
                try change(store, &model, using: &random)
                guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
                let again = UInt64.random(in: 0...min(position, 5), using: &random)
                let events = try store.events(
                    after: position - again, limit: Int.random(in: 1...12, using: &random))
                try index.apply(events, store)
                position = max(position, events.last?.seq ?? 0)
            }
            try index.apply(try store.events(after: position, limit: 10_000), store)
            for (id, product) in model {
                let document = try #require(index.documents[id], Seeded.note)
                #expect(document.stored == product.storedJSON, Seeded.note)
                #expect(document.updatable == product.updatable, Seeded.note)
                #expect(try store.json(id) == text(product.canonicalJSON), Seeded.note)
            }
            #expect(index.documents.values.count { $0.stored != nil } == model.count, Seeded.note)
            #expect(try store.count() == model.count)
            #expect(try store.check().isEmpty)
            columnUpdates += index.columnUpdates
        }
        #expect(columnUpdates > 50)
    }

    private func change(
        _ store: ProductStore, _ model: inout [String: Product], using random: inout SplitMix
    ) throws {
        let id = "\(Int.random(in: 0..<6, using: &random))"
        var product = model[id] ?? Product(id: id, title: "t")
        switch Int.random(in: 0..<8, using: &random) {
        case 0:
            let seq = try store.delete(id: id)
            #expect((seq != nil) == (model[id] != nil))
            model[id] = nil
            return
        case 1: product.title = "t\(Int.random(in: 0..<3, using: &random))"
        case 2: product.rating = Double.random(in: 0...5, using: &random)
        case 3: product.status = ProductStatus.allCases.randomElement(using: &random)!
        case 4: product.attributes = [("n", .integer(Int64.random(in: 0..<3, using: &random)))]
        case 5:
            product.stock = Int64.random(in: 0..<3, using: &random)
            if model[id] != nil {
                try store.patch(id: id, .object([("stock", .integer(product.stock!))]))
                model[id] = product
                return
            }
        default: product.price = Int64.random(in: 0..<5, using: &random)
        }
        let receipt = try store.put(product)
        #expect(receipt.created == (model[id] == nil))
        #expect(receipt.changed == (model[id] != product))
        model[id] = product
    }
}
