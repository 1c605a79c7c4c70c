// The index against a dictionary. Properties:
// 1. after a refresh a snapshot holds exactly the documents of the model, through stored fields, columns and
//    postings alike;
// 2. a snapshot never changes, whatever happens after it;
// 3. opening anew gives exactly what was committed.

import Testing

@testable import Engine

@Suite struct IndexModelTests {
    private struct Model {
        var products: [String: TestProduct] = [:]
        /// The version of the upsert of each product.
        var upserted: [String: UInt64] = [:]
        var deleted: [String: UInt64] = [:]
    }

    @Test(arguments: 0..<6)
    func theIndexAgreesWithADictionary(round: Int) throws {
        var random = IndexTestRandom()
        random = IndexTestRandom(seed: random.seed + UInt64(round))
        do {
            try run(&random, background: round % 2 == 1)
        } catch {
            Issue.record("\(error); SAEKIN_SEED=\(random.seed - UInt64(round)), round \(round)")
        }
    }

    private func run(_ random: inout IndexTestRandom, background: Bool) throws {
        let folder = IndexTestFolder()
        var options = IndexOptions.small(background: background)
        // Some runs write every few documents to a file, others never.
        options.bufferByteLimit = Bool.random(using: &random) ? 1 : 1 << 20
        var writer = try IndexWriter.open(directory: folder.path, options: options)
        var schema = TestSchema(writer.registry)
        var model = Model()
        var committed = model
        var position: UInt64 = 0
        var held: (snapshot: Snapshot, contents: [String: TestProduct])?

        for _ in 0..<400 {
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<80:
                position += 1
                try change(writer, schema, &model, position, &random)
            case 80..<92:
                let snapshot = try writer.refresh(eventPosition: position)
                try compare(snapshot, schema, model.products, &random)
                #expect(snapshot.eventPosition == position)
                if Bool.random(using: &random) { held = (snapshot, model.products) }
            case 92..<95:
                try writer.commit(eventPosition: position)
                committed = model
                try compare(writer.snapshot(), schema, model.products, &random)
                #expect(writer.snapshot().committedPosition == position)
            case 95..<97:
                try writer.forceMerge(maxSegments: Int.random(in: 1...3, using: &random))
            default:
                writer.close()
                writer = try IndexWriter.open(directory: folder.path, options: options)
                schema = TestSchema(writer.registry)
                model = committed
                try compare(writer.snapshot(), schema, model.products, &random)
            }
            if let held { try require(schema.contents(held.snapshot) == held.contents, "a snapshot changed") }
        }
        try writer.commit(eventPosition: position)
        try writer.waitForMerges()
        writer.close()
        let report = try Index.check(directory: folder.path)
        try require(report.problems.isEmpty, "check: \(report.problems)")
        try compare(Index.openForReading(directory: folder.path).snapshot(), schema, model.products, &random)
    }

    private func change(
        _ writer: IndexWriter, _ schema: TestSchema, _ model: inout Model, _ position: UInt64,
        _ random: inout IndexTestRandom
    ) throws {
        let key = "k\(Int.random(in: 0..<40, using: &random))"
        // One change in five comes late.
        let isLate = Int.random(in: 0..<5, using: &random) == 0
        let version = isLate ? UInt64.random(in: 0...position, using: &random) : position
        var product = TestProduct.random(version: version, using: &random)
        let before = model.products[key]
        let isBuried = version <= model.deleted[key] ?? 0 && model.deleted[key] != nil
        let outcome: ApplyOutcome
        let expected: ApplyOutcome
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
            outcome = try writer.upsert(schema.document(key, product))
            if isBuried || model.upserted[key].map({ version <= $0 }) ?? false {
                expected = .stale
            } else {
                expected = .applied
                if let before, version < before.version {
                    (product.price, product.stock, product.version) = (
                        before.price, before.stock, before.version
                    )
                }
                model.products[key] = product
                model.upserted[key] = version
                model.deleted[key] = nil
            }
        case 5..<8:
            outcome = try writer.update(
                key: Array(key.utf8), version: version, columns: schema.columns(product))
            if let before, !isBuried {
                expected = version <= before.version ? .stale : .applied
                if expected == .applied {
                    product.words = before.words
                    product.brand = before.brand
                    model.products[key] = product
                }
            } else {
                expected = isBuried ? .stale : .missing
            }
        default:
            outcome = try writer.delete(key: Array(key.utf8), version: version)
            if isBuried || before.map({ version <= $0.version }) ?? false {
                expected = .stale
            } else {
                expected = before == nil ? .missing : .applied
                model.products[key] = nil
                model.upserted[key] = nil
                model.deleted[key] = version
            }
        }
        try require(outcome == expected, "\(key) at \(version): \(outcome), not \(expected)")
    }

    private func compare(
        _ snapshot: Snapshot, _ schema: TestSchema, _ products: [String: TestProduct],
        _ random: inout IndexTestRandom
    ) throws {
        let contents = try schema.contents(snapshot)
        for key in Set(contents.keys).union(products.keys).sorted() {
            try require(
                contents[key] == products[key],
                "\(key): \(String(describing: contents[key])), not \(String(describing: products[key]))")
        }
        let word = "w\(Int.random(in: 0..<12, using: &random))"
        let expected = Set(products.filter { $0.value.words.contains(word) }.keys)
        try require(schema.keys(snapshot, word: word) == expected, "the postings of \(word) differ")
    }

    private func require(_ holds: Bool, _ what: @autoclosure () -> String) throws {
        if !holds { throw TestFailure(what()) }
    }
}
