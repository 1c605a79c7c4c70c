// Power cuts and failing disks at every single change of the folder. Properties:
// 1. opening again succeeds and shows exactly one of the committed states: the last one whose commit
//    returned, or the one that was being committed;
// 2. the index then checks without a problem and takes further changes;
// 3. after a failed write or sync the writer refuses everything, and searches go on.

import Testing

@testable import Engine

@Suite struct IndexCrashTests {
    private typealias Contents = [String: TestProduct]

    private struct Progress {
        /// The states whose commit returned, after the empty one.
        var committed: [Contents] = [[:]]
        /// The state that a commit was writing when it failed.
        var attempted: Contents?
    }

    /// A short life of an index with everything in it: files, deletes, updates, tombstones, merges.
    private func live(_ folder: String, _ files: FaultyFileSystem, _ progress: inout Progress)
        throws(IndexError)
    {
        var random = IndexTestRandom(seed: 17)
        var options = IndexOptions.small(background: false)
        options.tombstoneCountLimit = 3
        var contents: Contents = [:]
        var sequence: UInt64 = 0
        // The first life writes each document to a file of its own.
        for (changeCount, roundCount, bufferByteLimit) in [(4, 1, 1), (12, 4, 1 << 20)] {
            options.bufferByteLimit = bufferByteLimit
            let writer = try IndexWriter.open(directory: folder, options: options, fileSystem: files)
            defer { writer.close() }
            let schema = TestSchema(writer.registry)
            for round in 0..<roundCount {
                for _ in 0..<changeCount {
                    sequence += 1
                    try change(writer, schema, &contents, sequence, &random)
                    if sequence % 5 == 0 { try writer.refresh(eventPosition: sequence) }
                }
                if round == 2 { try writer.forceMerge(maxSegments: 1) }
                progress.attempted = contents
                try writer.commit(eventPosition: sequence)
                progress.committed.append(contents)
                progress.attempted = nil
            }
        }
    }

    private func change(
        _ writer: IndexWriter, _ schema: TestSchema, _ contents: inout Contents, _ sequence: UInt64,
        _ random: inout IndexTestRandom
    ) throws(IndexError) {
        let key = "k\(Int.random(in: 0..<20, using: &random))"
        var product = TestProduct.random(version: sequence, using: &random)
        let choice = sequence <= 4 ? 0 : Int.random(in: 0..<10, using: &random)
        if choice < 6 {
            _ = try writer.upsert(schema.document(key, product))
            contents[key] = product
        } else if choice < 8, let before = contents[key] {
            _ = try writer.update(
                key: Array(key.utf8), version: sequence, columns: schema.columns(product))
            (product.words, product.brand) = (before.words, before.brand)
            contents[key] = product
        } else {
            _ = try writer.delete(key: Array(key.utf8), version: sequence)
            contents[key] = nil
        }
    }

    private func verify(
        _ folder: String, _ files: FaultyFileSystem, _ progress: Progress, _ label: String
    ) throws {
        let writer = try IndexWriter.open(
            directory: folder, options: .small(background: false), fileSystem: files)
        let schema = TestSchema(writer.registry)
        let found = try schema.contents(writer.snapshot())
        #expect(found == progress.committed.last || found == progress.attempted, "\(label)")
        var product = TestProduct(words: ["after"], brand: "b", price: 1, stock: 2, version: 1_000)
        _ = try writer.upsert(schema.document("k1", product))
        product.version = 1_001
        _ = try writer.upsert(schema.document("after", product))
        try writer.commit(eventPosition: 1_001)
        writer.close()
        let report = try Index.check(directory: folder)
        #expect(report.problems.isEmpty, "\(label): \(report.problems)")
        let names = Set(try files.list(folder)).subtracting([IndexFileName.lock, IndexFileName.manifest])
        let listed = try #require(try IndexFiles(directory: folder, fileSystem: files).manifest()).fileNames
        #expect(names == listed, "\(label): files are left over")
    }

    /// How many changes the short life makes.
    private func changeCount() throws -> Int {
        let files = FaultyFileSystem()
        var progress = Progress()
        try live(IndexTestFolder().path, files, &progress)
        #expect(progress.committed.count == 6)
        return files.changes
    }

    @Test(arguments: FaultyFileSystem.Survival.allCases)
    func aPowerCutAtAnyChangeLeavesACommittedState(survival: FaultyFileSystem.Survival) throws {
        var random = IndexTestRandom()
        for change in 1...(try changeCount()) {
            let folder = IndexTestFolder()
            let files = FaultyFileSystem(.stop(at: change))
            var progress = Progress()
            let label = "stopped at change \(change), \(survival), SAEKIN_SEED=\(random.seed)"
            do {
                try live(folder.path, files, &progress)
            } catch {
                // What stops at a removal after the last commit ends without an error.
            }
            #expect(files.isStopped, "\(label)")
            try files.cutPower(folder.path, survival, using: &random)
            do {
                try verify(folder.path, files, progress, label)
            } catch {
                Issue.record("\(label): \(error)")
            }
        }
    }

    @Test func aFailedChangeEndsTheWriterAndLeavesACommittedState() throws {
        for change in 1...(try changeCount()) {
            let folder = IndexTestFolder()
            let files = FaultyFileSystem(.fail(at: change))
            var progress = Progress()
            do {
                try live(folder.path, files, &progress)
                // Only the removal of a file that is no longer needed may fail without a word.
            } catch .file(let error) {
                #expect(error.code == 5, "change \(change): \(error)")
            } catch .writerFailed {
                // A merge failed on its own thread, and the next change learned of it.
            }
            files.setPlan(.none)
            do {
                try verify(folder.path, files, progress, "failed at change \(change)")
            } catch {
                Issue.record("failed at change \(change): \(error)")
            }
        }
    }

    @Test func aFailedWriterRefusesChangesAndItsSnapshotStaysSearchable() throws {
        let folder = IndexTestFolder()
        let files = FaultyFileSystem()
        let writer = try IndexWriter.open(directory: folder.path, options: IndexOptions(), fileSystem: files)
        let schema = TestSchema(writer.registry)
        let product = TestProduct(words: ["w1"], brand: "b", price: 1, stock: 1, version: 1)
        _ = try writer.upsert(schema.document("k", product))
        try writer.refresh(eventPosition: 1)
        files.setPlan(.fail(at: 2))
        #expect(throws: IndexError.self) { try writer.commit(eventPosition: 1) }
        var newer = product
        newer.version = 2
        for attempt in [
            { _ = try writer.upsert(schema.document("k", newer)) },
            { _ = try writer.delete(key: [1], version: 3) },
            { try writer.refresh(eventPosition: 3) },
            { try writer.commit(eventPosition: 3) },
        ] as [() throws -> Void] {
            let error = #expect(throws: IndexError.self) { try attempt() }
            guard case .writerFailed = error else { throw TestFailure("not refused: \(error as Any)") }
        }
        #expect(try schema.contents(writer.snapshot()) == ["k": product])
        writer.close()
        let again = try IndexWriter.open(directory: folder.path)
        #expect(again.snapshot().documentCount == 0)
    }
}
