// Searches on their own threads while the writer refreshes, commits and merges: every snapshot is a whole.

import Synchronization
import Testing

@testable import Engine

private final class Flag: Sendable {
    let isSet = Atomic<Bool>(false)
}

@Suite struct IndexConcurrencyTests {
    /// Every round writes all keys with the round's number, so a reader must see one round only.
    @Test func readersSeeWholeRoundsWhileTheWriterCommitsAndMerges() async throws {
        let folder = IndexTestFolder()
        let writer = try IndexWriter.open(directory: folder.path, options: .small(background: true))
        let schema = TestSchema(writer.registry)
        let keys = (0..<25).map { "key\($0)" }
        let done = Flag()
        let rounds = 60

        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    var reads = 0
                    var last: UInt64 = 0
                    repeat {
                        let snapshot = writer.snapshot()
                        let contents = try schema.contents(snapshot)
                        guard snapshot.sequence >= last else { throw TestFailure("snapshots went back") }
                        last = snapshot.sequence
                        guard contents.isEmpty || contents.count == keys.count,
                            Set(contents.values.map(\.price)).count <= 1,
                            contents.values.allSatisfy({ $0.price == Int64(snapshot.eventPosition) })
                        else { throw TestFailure("a snapshot mixes rounds: \(contents)") }
                        reads += 1
                        await Task.yield()
                    } while !done.isSet.load(ordering: .relaxed)
                    return reads
                }
            }
            group.addTask {
                var reads = 0
                repeat {
                    // Files come and go between the manifest's reading and theirs.
                    let snapshot = try Index.openForReading(directory: folder.path).snapshot()
                    let contents = try schema.contents(snapshot)
                    guard contents.isEmpty || contents.count == keys.count,
                        contents.values.allSatisfy({ $0.price == Int64(snapshot.committedPosition) })
                    else { throw TestFailure("a commit mixes rounds: \(contents)") }
                    reads += 1
                    await Task.yield()
                } while !done.isSet.load(ordering: .relaxed)
                return reads
            }
            for round in 1...rounds {
                for key in keys {
                    let product = TestProduct(
                        words: ["w\(round % 7)"], brand: "b", price: Int64(round), stock: 0,
                        version: UInt64(round))
                    if round % 3 == 0 {
                        _ = try writer.update(
                            key: Array(key.utf8), version: UInt64(round), columns: schema.columns(product))
                    } else {
                        _ = try writer.upsert(schema.document(key, product))
                    }
                }
                if round % 4 == 0 {
                    try writer.commit(eventPosition: UInt64(round))
                } else {
                    try writer.refresh(eventPosition: UInt64(round))
                }
                if round % 25 == 0 { try writer.forceMerge(maxSegments: 1) }
                await Task.yield()
            }
            done.isSet.store(true, ordering: .relaxed)
            for try await reads in group { #expect(reads > 0) }
        }
        try writer.waitForMerges()
        #expect(writer.statistics.mergeCount > 0)
        #expect(try schema.contents(writer.snapshot()).count == keys.count)
    }

    /// Deletes and updates that arrive while the merge thread works must not be lost.
    @Test func changesThatArriveDuringAMergeAreInItsResult() async throws {
        var random = IndexTestRandom()
        let folder = IndexTestFolder()
        let writer = try IndexWriter.open(directory: folder.path, options: .small(background: true))
        let schema = TestSchema(writer.registry)
        var model: [String: TestProduct] = [:]
        var sequence: UInt64 = 0
        for round in 0..<8 {
            for _ in 0..<150 {
                sequence += 1
                let product = TestProduct.random(version: sequence, using: &random)
                let key = "k\(Int.random(in: 0..<400, using: &random))"
                _ = try writer.upsert(schema.document(key, product))
                model[key] = product
            }
            try writer.commit(eventPosition: sequence)
            let merge = Task.detached { try writer.forceMerge(maxSegments: round % 2 + 1) }
            for key in model.keys.sorted().shuffled(using: &random).prefix(60) {
                sequence += 1
                if sequence % 2 == 0 {
                    _ = try writer.delete(key: Array(key.utf8), version: sequence)
                    model[key] = nil
                } else {
                    model[key]!.price = Int64(sequence)
                    model[key]!.version = sequence
                    _ = try writer.update(
                        key: Array(key.utf8), version: sequence, columns: schema.columns(model[key]!))
                }
                if sequence % 16 == 0 { await Task.yield() }
            }
            try await merge.value
            let contents = try schema.contents(writer.refresh(eventPosition: sequence))
            #expect(contents == model, "round \(round), SAEKIN_SEED=\(random.seed)")
        }
        try writer.commit(eventPosition: sequence)
        writer.close()
        let again = try IndexWriter.open(directory: folder.path)
        #expect(try schema.contents(again.snapshot()) == model, "SAEKIN_SEED=\(random.seed)")
    }

    @Test func aMergeShowsNothingThatWasNotRefreshed() throws {
        let folder = IndexTestFolder()
        let writer = try IndexWriter.open(directory: folder.path, options: .small(background: false))
        let schema = TestSchema(writer.registry)
        var model: [String: TestProduct] = [:]
        for number in 1...6 {
            let product = TestProduct(
                words: ["w1"], brand: "b", price: 1, stock: 1, version: UInt64(number))
            model["k\(number)"] = product
            _ = try writer.upsert(schema.document("k\(number)", product))
            if number == 3 { try writer.refresh(eventPosition: 3) }
        }
        try writer.refresh(eventPosition: 6)
        let before = model
        model["k1"] = nil
        model["k2"]?.price = 9
        model["k2"]?.version = 8
        model["k3"]?.words = ["w2"]
        model["k3"]?.version = 9
        _ = try writer.delete(key: Array("k1".utf8), version: 7)
        _ = try writer.update(key: Array("k2".utf8), version: 8, columns: schema.columns(model["k2"]!))
        _ = try writer.upsert(schema.document("k3", model["k3"]!))
        try writer.forceMerge(maxSegments: 1)
        #expect(try schema.contents(writer.snapshot()) == before)
        #expect(try schema.contents(writer.refresh(eventPosition: 9)) == model)
    }

    @Test func anIndexWhoseDocumentsAreAllDeletedMergesToNothing() throws {
        let folder = IndexTestFolder()
        let writer = try IndexWriter.open(directory: folder.path, options: .small(background: false))
        let schema = TestSchema(writer.registry)
        let product = TestProduct(words: ["w1"], brand: "b", price: 1, stock: 1, version: 1)
        for key in ["a", "b", "c"] {
            _ = try writer.upsert(schema.document(key, product))
            try writer.commit(eventPosition: 1)
        }
        for key in ["a", "b", "c"] { _ = try writer.delete(key: Array(key.utf8), version: 2) }
        try writer.forceMerge(maxSegments: 1)
        #expect(writer.snapshot().documentCount == 3)
        try writer.commit(eventPosition: 2)
        #expect(writer.snapshot().segments.isEmpty)
        writer.close()
        let report = try Index.check(directory: folder.path)
        #expect(report.problems.isEmpty)
        #expect(report.segmentCount == 0)
        #expect(report.tombstoneCount == 3)
        let names = try PosixFileSystem().list(folder.path)
        #expect(names == [IndexFileName.lock, IndexFileName.manifest, "tombstones-4"])
    }

    @Test func aReaderReloadsCommitsOfARunningWriter() throws {
        let folder = IndexTestFolder()
        #expect(throws: IndexError.noIndex(directory: folder.path)) {
            try Index.openForReading(directory: folder.path)
        }
        let writer = try IndexWriter.open(directory: folder.path, options: .small(background: true))
        let schema = TestSchema(writer.registry)
        let index = try Index.openForReading(directory: folder.path)
        let empty = index.snapshot()
        var product = TestProduct(words: ["w1"], brand: "b", price: 1, stock: 1, version: 1)
        _ = try writer.upsert(schema.document("k", product))
        try writer.refresh(eventPosition: 1)
        #expect(try index.reload() === empty)
        try writer.commit(eventPosition: 1)
        let first = try index.reload()
        #expect(try schema.contents(first) == ["k": product])
        #expect(try index.reload() === first)
        product.version = 2
        _ = try writer.upsert(schema.document("k", product))
        try writer.forceMerge(maxSegments: 1)
        try writer.commit(eventPosition: 2)
        #expect(try schema.contents(index.reload())["k"]?.version == 2)
        // Its file may be gone by now; its bytes are not.
        #expect(try schema.contents(first)["k"]?.version == 1)
        #expect(empty.documentCount == 0)
    }
}
