// The numbered folders of an index, and the file that names the live one.

import Testing

@testable import Engine

@Suite struct IndexGenerationsTests {
    private func fill(_ directory: String, _ documentCount: Int) throws {
        let writer = try IndexWriter.open(directory: directory)
        let schema = TestSchema(writer.registry)
        for number in 0..<documentCount {
            let product = TestProduct(words: ["w1"], brand: "b", price: 1, stock: 1, version: 1)
            _ = try writer.upsert(schema.document("k\(number)", product))
        }
        try writer.commit(eventPosition: 1)
        writer.close()
    }

    @Test func aReindexSwapsGenerationsAndTheOldOneIsRemoved() throws {
        let folder = IndexTestFolder()
        let generations = IndexGenerations(directory: "\(folder.path)/index")
        #expect(try generations.current() == nil)
        let first = try generations.currentOrFirst()
        #expect(first == 1)
        #expect(try generations.currentOrFirst() == 1)
        try fill(generations.path(first), 3)
        let reader = try Index.openForReading(directory: generations.path(first))

        let second = try generations.begin(generations.lockForRebuild())
        #expect(second == 2)
        #expect(try generations.current() == 1)
        try fill(generations.path(second), 5)
        try generations.makeCurrent(second)
        #expect(try generations.current() == 2)

        let writer = try IndexWriter.open(directory: generations.path(first))
        #expect(
            try generations.removeUnused(generations.lockForRebuild()) == [], "a writer holds the old one")
        writer.close()
        #expect(try generations.removeUnused(generations.lockForRebuild()) == [1])
        #expect(try PosixFileSystem().list(generations.directory) == ["2", "CURRENT", "rebuild.lock"])
        #expect(try TestSchema(reader.snapshot().registry).contents(reader.snapshot()).count == 3)
        #expect(try generations.begin(generations.lockForRebuild()) == 3)
        #expect(try generations.begin(generations.lockForRebuild()) == 4)
    }

    @Test func aGenerationWithoutAnIndexCannotBecomeTheLiveOne() throws {
        let folder = IndexTestFolder()
        let generations = IndexGenerations(directory: folder.path)
        _ = try generations.currentOrFirst()
        let next = try generations.begin(generations.lockForRebuild())
        #expect(throws: IndexError.noIndex(directory: generations.path(next))) {
            try generations.makeCurrent(next)
        }
        #expect(try generations.current() == 1)
    }

    @Test func aLostOrDamagedCurrentIsRefusedAndNothingIsRemoved() throws {
        let folder = IndexTestFolder()
        let generations = IndexGenerations(directory: folder.path)
        try fill(generations.path(try generations.currentOrFirst()), 1)
        let files = PosixFileSystem()
        let path = "\(folder.path)/CURRENT"
        let intact = try files.read(path, byteLimit: 128)
        for bit in 0..<intact.count * 8 {
            var damaged = intact
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            try files.remove(path)
            try files.write(damaged, toNewFile: path)
            #expect(throws: IndexError.self, "bit \(bit)") { try generations.current() }
        }
        try files.remove(path)
        #expect(throws: IndexError.self) { try generations.current() }
        #expect(throws: IndexError.self) { try generations.currentOrFirst() }
        #expect(throws: IndexError.self) { try generations.removeUnused(generations.lockForRebuild()) }
        #expect(try files.list(folder.path) == ["1", "rebuild.lock"])
        // A rebuild is the remedy that the error names: it must get past what it mends.
        let rebuilt = try generations.begin(generations.lockForRebuild())
        try fill(generations.path(rebuilt), 2)
        try generations.makeCurrent(rebuilt)
        #expect(try generations.current() == rebuilt)
    }

    @Test(arguments: FaultyFileSystem.Survival.allCases)
    func aPowerCutDuringTheSwapLeavesTheOldOrTheNewGeneration(survival: FaultyFileSystem.Survival) throws {
        var random = IndexTestRandom()
        for change in 1...6 {
            let folder = IndexTestFolder()
            let files = FaultyFileSystem()
            let generations = IndexGenerations(directory: folder.path, fileSystem: files)
            try fill(generations.path(try generations.currentOrFirst()), 1)
            let next = try generations.begin(generations.lockForRebuild())
            try fill(generations.path(next), 2)
            files.setPlan(.stop(at: change))
            var hasReturned = false
            do {
                try generations.makeCurrent(next)
                hasReturned = true
            } catch .file {
                // The swap was cut short.
            }
            #expect(
                hasReturned == (change == 6), "a swap clears, writes, syncs, renames and syncs the folder")
            try files.cutPower(folder.path, survival, using: &random)
            let current = try generations.current()
            #expect(current == next || current == 1 && !hasReturned, "SAEKIN_SEED=\(random.seed)")
        }
    }

    @Test func aCrashWhileTheFirstGenerationIsMadeLeavesAnEmptyIndex() throws {
        let folder = IndexTestFolder()
        try PosixFileSystem().createFolder("\(folder.path)/1")
        let generations = IndexGenerations(directory: folder.path)
        #expect(try generations.currentOrFirst() == 1)
        try fill(generations.path(1), 1)
    }
}
