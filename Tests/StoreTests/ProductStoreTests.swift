import JSON
import Testing

@testable import Store

@Suite struct ProductStoreTests {
    let folder: TemporaryFolder
    let store: ProductStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ProductStore.open(
            path: folder.store, options: StoreOptions(durability: .deferred, clock: countingClock()))
    }

    @Test("a fresh store is empty and knows it")
    func startsEmpty() throws {
        #expect(try store.count() == 0)
        #expect(try store.lastSequence() == 0)
        #expect(try store.events(after: 0, limit: 10).isEmpty)
        #expect(try store.get(id: "1") == nil)
        #expect(try store.delete(id: "1") == nil)
        #expect(try store.check().isEmpty)
    }

    @Test("a product is created once, and putting it again writes nothing")
    func isIdempotent() throws {
        let mouse = try product(#"{"id":"1","title":"무선 마우스","price":9900,"x":[1]}"#)
        #expect(try store.put(mouse) == WriteReceipt(seq: 1, outcome: .created))
        let version = try store.dataVersion()
        #expect(try store.put(mouse) == WriteReceipt(seq: 1, outcome: .unchanged))
        #expect(try store.dataVersion() == version)
        #expect(try store.log() == ["1 product.created 1 {}"])
        let row = try #require(try store.get(id: "1"))
        #expect(row.version == 1 && row.updatedAt == 1000)
        #expect(try row.product(with: JSONParser()) == mouse)
        #expect(row.canonicalJSON == mouse.canonicalJSON)
        #expect(text(row.stored) == #"{"id":"1","title":"무선 마우스","x":[1]}"#)
    }

    @Test("each kind of difference has its event, all in one transaction")
    func tellsDifferences() throws {
        try store.put(product(#"{"id":"1","title":"t","price":1,"stock":3,"rating":4,"x":1}"#))
        #expect(
            try store.put(product(#"{"id":"1","title":"t","price":2,"stock":3,"rating":4,"x":1}"#)).seq == 2)
        #expect(try store.put(product(#"{"id":"1","title":"t","price":2,"rating":4,"x":1}"#)).seq == 3)
        let sold = #"{"id":"1","title":"t","price":2,"rating":4,"x":1,"status":"sold_out"}"#
        #expect(try store.put(product(sold)).seq == 4)
        let rated = #"{"id":"1","title":"t","price":2,"rating":5,"x":1,"status":"sold_out","sales_count":1}"#
        #expect(try store.put(product(rated)).seq == 5)
        let other = #"{"id":"1","title":"u","brand":"b","stock":1,"x":2,"rating":1,"sales_count":1}"#
        #expect(try store.put(product(other)) == WriteReceipt(seq: 9, outcome: .updated))
        #expect(
            try store.log() == [
                #"1 product.created 1 {}"#,
                #"2 product.price_changed 1 {"price":2,"previous":1}"#,
                #"3 product.stock_changed 1 {"stock":null,"previous":3}"#,
                #"4 product.status_changed 1 {"status":"sold_out","previous":"on_sale"}"#,
                #"5 product.updated 1 {"changed":["rating","sales_count"]}"#,
                #"6 product.updated 1 {"changed":["title","brand","*","rating"]}"#,
                #"7 product.price_changed 1 {"price":null,"previous":2}"#,
                #"8 product.stock_changed 1 {"stock":1,"previous":null}"#,
                #"9 product.status_changed 1 {"status":"on_sale","previous":"sold_out"}"#,
            ])
        #expect(try store.get(id: "1")?.version == 9)
        let events = try store.events(after: 0, limit: 100)
        #expect(
            events.map(\.changesOnlyUpdatableMembers) == [
                false, true, true, true, true, false, true, true, true,
            ])
        #expect(Set(events.map(\.id)).count == 9)
        #expect(events.allSatisfy { $0.id.count == 36 && $0.version == 1 && $0.kind != nil })
        #expect(events.map(\.time) == [1000, 2000, 3000, 4000, 5000, 6000, 6000, 6000, 6000])
        #expect(try store.json("1") == text(product(other).canonicalJSON))
    }

    @Test("a deleted product is gone, its event stays, and it can come back")
    func deletes() throws {
        try store.put(product(#"{"id":"1","title":"t"}"#))
        #expect(try store.delete(id: "1") == 2)
        #expect(try store.delete(id: "1") == nil)
        #expect(try store.get(id: "1") == nil)
        #expect(try store.put(product(#"{"id":"1","title":"t"}"#)) == WriteReceipt(seq: 3, outcome: .created))
        #expect(try store.log(after: 1) == ["2 product.deleted 1 {}", "3 product.created 1 {}"])
    }

    @Test("a patch changes the members it names, removes those that are null, and merges attributes")
    func patches() throws {
        try store.put(
            product(#"{"id":"1","title":"t","brand":"b","price":5,"attributes":{"색":"블랙","크기":"L"}}"#))
        let parser = JSONParser()
        func patch(_ json: String) throws -> WriteReceipt {
            try store.patch(id: "1", parser.parse(Array(json.utf8)))
        }
        #expect(try patch(#"{"price":6,"id":"1"}"#).seq == 2)
        #expect(try patch(#"{"brand":null,"attributes":{"색":"화이트","크기":null}}"#).seq == 3)
        #expect(try patch("{}") == WriteReceipt(seq: 3, outcome: .unchanged))
        #expect(
            try store.json("1")
                == #"{"id":"1","title":"t","attributes":{"색":"화이트"},"price":6,"status":"on_sale"}"#)
        for (bad, message) in [
            (#"{"title":null}"#, "invalid product: title: expected a text, got nothing"),
            (
                #"{"id":"2"}"#,
                #"invalid product: id: expected no id or "1", got another id; an id cannot change"#
            ),
            (
                #"{"price":-1}"#,
                "invalid product: price: expected a whole number from 0 to 9007199254740991, got -1"
            ),
            ("[]", "invalid product: expected an object, got an array"),
        ] {
            let error = #expect(throws: StoreError.self) { try patch(bad) }
            #expect(error?.description == message)
        }
        #expect(throws: StoreError.notFound(id: "2")) { try store.patch(id: "2", .object([])) }
        #expect(try store.lastSequence() == 3)
    }

    @Test("a batch gives a receipt a product, in order, repeated ids included")
    func putsBatches() throws {
        let receipts = try store.putBatch([
            product(#"{"id":"1","title":"a"}"#), product(#"{"id":"2","title":"b"}"#),
            product(#"{"id":"1","title":"a","stock":1}"#), product(#"{"id":"2","title":"b"}"#),
        ])
        #expect(receipts.map(\.seq) == [1, 2, 3, 2])
        #expect(receipts.map(\.outcome) == [.created, .created, .updated, .unchanged])
        #expect(try store.putBatch([]).isEmpty)
        #expect(try store.products(ids: ["2", "x", "1"]).map { $0?.version } == [2, nil, 3])
    }

    @Test("a product built in code is held to the same limits as one that was read")
    func validatesProducts() throws {
        var bad = Product(id: "1", title: "t")
        bad.rating = .nan
        #expect(throws: StoreError.self) { try store.putBatch([Product(id: "0", title: "t"), bad]) }
        #expect(throws: StoreError.self) { try store.put(Product(id: "a\u{1}", title: "t")) }
        #expect(try store.count() == 0)
    }

    @Test("composed and decomposed ids name two products")
    func comparesIDsByBytes() throws {
        try store.put(Product(id: "\u{E9}", title: "composed"))
        try store.put(Product(id: "e\u{301}", title: "decomposed"))
        #expect(try store.products(ids: ["e\u{301}", "\u{E9}"]).map { $0?.version } == [2, 1])
    }

    @Test("a snapshot does not see what is written after it began")
    func readsOneMoment() throws {
        try store.putBatch((0..<50).map { Product(id: "\($0)", title: "t") })
        var seen = 0
        let position = try store.forEachProduct { row in
            if seen == 0 {
                try store.put(Product(id: "late", title: "t"))
                try store.delete(id: "49")
            }
            #expect(row.id == "\(seen)")
            seen += 1
        }
        #expect(seen == 50 && position == 50)
        #expect(try store.log(after: position) == ["51 product.created late {}", "52 product.deleted 49 {}"])
        try store.withSnapshot { #expect($0.count == 50 && $0.lastSequence == 52) }
        struct Stop: Error {}
        #expect(throws: Stop.self) { try store.forEachProduct { _ in throw Stop() } }
        #expect(try store.count() == 50)
    }

    @Test("pruning keeps what is behind the position, and a reader before it is told to start afresh")
    func prunes() throws {
        try store.putBatch((0..<25_000).map { Product(id: "\($0)", title: "t") })
        #expect(try store.pruneEvents(through: 24_000) == 24_000)
        #expect(try store.events(after: 24_000, limit: 2).map(\.seq) == [24_001, 24_002])
        #expect(throws: StoreError.eventsMissing(after: 23_999, oldest: 24_001, newest: 25_000)) {
            try store.events(after: 23_999, limit: 2)
        }
        #expect(throws: StoreError.eventsMissing(after: 25_001, oldest: 24_001, newest: 25_000)) {
            try store.events(after: 25_001, limit: 2)
        }
        #expect(try store.pruneEvents(through: 99_999) == 1000)
        #expect(try store.events(after: 25_000, limit: 2).isEmpty)
        #expect(throws: StoreError.eventsMissing(after: 24_999, oldest: 25_001, newest: 25_000)) {
            try store.events(after: 24_999, limit: 2)
        }
        // A position is never used again.
        #expect(try store.put(Product(id: "next", title: "t")).seq == 25_001)
        #expect(try store.lastSequence() == 25_001)
    }

    @Test("a dead letter is kept, listed, replayed as a new event, or deleted")
    func keepsDeadLetters() throws {
        try store.putBatch([Product(id: "1", title: "t"), Product(id: "2", title: "t")])
        let events = try store.events(after: 0, limit: 10)
        try store.recordDeadLetter(events[0], error: "first", attempts: 1)
        try store.recordDeadLetter(events[0], error: "second", attempts: 5)
        try store.recordDeadLetter(events[1], error: String(repeating: "가", count: 9000), attempts: 3)
        #expect(try store.deadLetterCount() == 2)
        let letters = try store.deadLetters(limit: 10)
        #expect(letters.map(\.event) == events)
        #expect(letters[0].error == "second" && letters[0].attempts == 5 && letters[0].failedAt == 4000)
        #expect(letters[1].error.utf8.count <= 4098)
        #expect(try store.deadLetters(after: 1, limit: 10).map(\.event.seq) == [2])
        try store.pruneEvents(through: 2)

        #expect(try store.replayDeadLetter(seq: 1) == 3)
        #expect(try store.get(id: "1")?.version == 3)
        let replayed = try store.events(after: 2, limit: 10)
        #expect(replayed.map(\.type) == ["product.created"] && replayed[0].aggregateID == "1")
        #expect(replayed[0].id != events[0].id && replayed[0].body == events[0].body)
        #expect(try store.replayDeadLetter(seq: 1) == nil)
        #expect(try store.deleteDeadLetter(seq: 2))
        #expect(try !store.deleteDeadLetter(seq: 2))
        #expect(try store.deadLetterCount() == 0)
        #expect(try store.check().isEmpty)
    }

    @Test("a backup is a whole store of one moment, and never replaces a file")
    func backsUp() throws {
        try store.putBatch((0..<500).map { Product(id: "\($0)", title: "상품 \($0)") })
        let target = folder.path + "/backup.sqlite"
        #expect(try store.backup(to: target) == 500)
        #expect(throws: StoreError.fileExists(path: target)) { try store.backup(to: target) }
        try store.put(Product(id: "later", title: "t"))
        let copy = try ProductStore.open(path: target, options: quick)
        #expect(try copy.count() == 500)
        #expect(try copy.check().isEmpty)
        #expect(try copy.put(Product(id: "x", title: "t")).seq == 501)
        #expect(throws: StoreError.self) { try store.backup(to: folder.path + "/no/such/folder.sqlite") }
    }
}
