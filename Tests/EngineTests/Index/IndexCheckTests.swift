// The check finds what opening does not look for.

import Testing

@testable import Engine

@Suite struct IndexCheckTests {
    private func product(_ version: UInt64) -> TestProduct {
        TestProduct(words: ["w1", "w2"], brand: "b", price: 5, stock: 1, version: version)
    }

    /// An index made by hand of segments with the given keys.
    private func make(_ folder: IndexTestFolder, _ segments: [[String]], deleted: [String: UInt64] = [:])
        throws
    {
        let registry = FieldRegistry()
        let schema = TestSchema(registry)
        let files = IndexFiles(directory: folder.path, fileSystem: PosixFileSystem())
        var manifest = Manifest()
        manifest.generation = 1
        for (number, keys) in segments.enumerated() {
            var builder = SegmentBuilder(registry: registry)
            for key in keys { _ = try builder.add(schema.document(key, product(7))) }
            let image = try builder.finish()
            let id = SegmentID(rawValue: UInt64(number) + 1)
            try files.write(image, IndexFileName.segment(id))
            manifest.segments.append(
                Manifest.Entry(
                    id: id, byteCount: UInt64(image.count), documentCount: UInt32(keys.count),
                    liveCount: UInt32(keys.count)))
        }
        if !deleted.isEmpty {
            var tombstones = Tombstones()
            for (key, version) in deleted { _ = tombstones.insert(Array(key.utf8), version: version) }
            manifest.tombstoneGeneration = 1
            try files.write(tombstones.encode(), IndexFileName.tombstones(generation: 1))
        }
        manifest.nextSegmentID = UInt64(segments.count) + 1
        manifest.fields = registry.definitions
        try files.write(manifest.encode(), IndexFileName.manifest)
    }

    @Test func aSoundIndexHasNoProblemsAndIsCounted() throws {
        let folder = IndexTestFolder()
        try make(folder, [["a", "b"], ["c"]], deleted: ["d": 3])
        let report = try Index.check(directory: folder.path)
        #expect(report.problems == [])
        #expect(report.segmentCount == 2)
        #expect(report.documentCount == 3)
        #expect(report.liveCount == 3)
        #expect(report.tombstoneCount == 1)
        #expect(throws: IndexError.self) { try Index.check(directory: folder.path + "/none") }
    }

    @Test(arguments: [[["a", "b"], ["c", "b"]], [["b", "a", "b"]], [["b"], ["a"], ["b"]]])
    func aKeyThatIsLiveTwiceIsFound(segments: [[String]]) throws {
        let folder = IndexTestFolder()
        try make(folder, segments)
        let report = try Index.check(directory: folder.path)
        #expect(report.problems.map(\.what) == ["key b has 2 live documents"])
    }

    @Test func aLiveDocumentOlderThanItsTombstoneIsFound() throws {
        let folder = IndexTestFolder()
        try make(folder, [["a", "b"]], deleted: ["a": 7, "b": 6])
        let report = try Index.check(directory: folder.path)
        #expect(report.problems.map(\.what) == ["key a is live, though event 7 deleted it"])
    }

    @Test func everyFlippedByteOfEveryFileIsFound() throws {
        let folder = IndexTestFolder()
        try make(folder, [["a", "b"]], deleted: ["c": 6])
        do {
            let writer = try IndexWriter.open(directory: folder.path, options: .small(background: false))
            let schema = TestSchema(writer.registry)
            _ = try writer.delete(key: [UInt8(ascii: "a")], version: 8)
            _ = try writer.update(
                key: [UInt8(ascii: "b")], version: 9, columns: schema.columns(product(9)))
            try writer.commit(eventPosition: 9)
        }
        #expect(try Index.check(directory: folder.path).problems == [])
        let files = PosixFileSystem()
        let names = try files.list(folder.path).filter { $0 != IndexFileName.lock }
        #expect(names.count == 5, "manifest, segment, live docs, columns, tombstones: \(names)")
        for name in names {
            let path = "\(folder.path)/\(name)"
            let intact = try files.read(path, byteLimit: 1 << 20)
            for offset in intact.indices {
                var damaged = intact
                damaged[offset] ^= 0x40
                try files.remove(path)
                try files.write(damaged, toNewFile: path)
                let report = try Index.check(directory: folder.path)
                #expect(!report.problems.isEmpty, "\(name), byte \(offset)")
            }
            try files.remove(path)
            try files.write(intact, toNewFile: path)
        }
        #expect(try Index.check(directory: folder.path).problems == [])
    }
}
