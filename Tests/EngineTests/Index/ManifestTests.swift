// The small files: round trips, damage at every bit and length, and what a reader must refuse.

import Testing

@testable import Engine

@Suite struct ManifestTests {
    private func sample() -> Manifest {
        let registry = FieldRegistry()
        _ = registry.register("제목", .text)
        _ = registry.register("price", .integer, isUpdatable: true)
        var manifest = Manifest(analysis: AnalysisVersion(dictionary: "ko-1", analyzer: "a2"))
        manifest.generation = 9
        manifest.eventPosition = 1_234_567
        manifest.nextSegmentID = 30
        manifest.tombstoneGeneration = 8
        manifest.fields = registry.definitions
        manifest.segments = [
            Manifest.Entry(id: SegmentID(rawValue: 4), byteCount: 90_000, documentCount: 100, liveCount: 100),
            Manifest.Entry(
                id: SegmentID(rawValue: 29), byteCount: 500, documentCount: 3, liveCount: 2,
                liveGeneration: 9,
                overlayGeneration: 7),
        ]
        return manifest
    }

    @Test func aManifestIsReadAsItWasWritten() throws {
        let manifest = sample()
        #expect(try Manifest(decoding: manifest.encode(), file: "manifest") == manifest)
        #expect(try Manifest(decoding: Manifest().encode(), file: "manifest") == Manifest())
    }

    @Test func everyFlippedBitAndEveryTruncationOfAManifestIsRefused() {
        let bytes = sample().encode()
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            expectDamage { () throws(IndexError) in _ = try Manifest(decoding: damaged, file: "manifest") }
        }
        for count in 0..<bytes.count {
            expectDamage { () throws(IndexError) in
                _ = try Manifest(decoding: Array(bytes[..<count]), file: "manifest")
            }
        }
        expectDamage { () throws(IndexError) in _ = try Manifest(decoding: bytes + [0], file: "manifest") }
    }

    @Test func everyFlippedBitAndEveryTruncationOfTombstonesIsRefused() throws {
        var tombstones = Tombstones()
        for number in 0..<4 {
            _ = tombstones.insert(Array("key\(number)".utf8), version: UInt64(number) << 20)
        }
        let bytes = tombstones.encode()
        #expect(try Tombstones(decoding: bytes, file: "tombstones-1") == tombstones)
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            expectDamage { () throws(IndexError) in
                _ = try Tombstones(decoding: damaged, file: "tombstones-1")
            }
        }
        for count in 0..<bytes.count {
            expectDamage { () throws(IndexError) in
                _ = try Tombstones(decoding: Array(bytes[..<count]), file: "tombstones-1")
            }
        }
    }

    @Test func aManifestOfALaterFormatIsCalledUnsupportedAndNotDamaged() {
        let later = RecordFormat(magic: "SAEKINMF", version: 2, byteLimit: 1_000).seal(RecordWriter())
        #expect(throws: IndexError.unsupportedVersion(file: "m", found: 2)) {
            try Manifest(decoding: later, file: "m")
        }
    }

    @Test(
        arguments: [
            { $0.segments[0].id = SegmentID(rawValue: 30) },
            { $0.segments[0].id = $0.segments[1].id },
            { $0.segments[0].liveCount = 101 },
            { $0.segments[0].liveCount = 99 },
            { $0.segments[1].liveGeneration = 10 },
            { $0.tombstoneGeneration = 10 },
            { $0.fields.removeFirst() },
            { $0.fields = [] },
            { $0.fields.append($0.fields[1]) },
        ] as [@Sendable (inout Manifest) -> Void])
    func aManifestThatContradictsItselfIsRefused(contradict: @Sendable (inout Manifest) -> Void) {
        var manifest = sample()
        contradict(&manifest)
        expectDamage { () throws(IndexError) in
            _ = try Manifest(decoding: manifest.encode(), file: "manifest")
        }
    }

    @Test func damageIsReportedWithFileAndOffsetAndChangesNothing() throws {
        let folder = IndexTestFolder()
        do {
            // A merge would leave files that opening may remove.
            let writer = try IndexWriter.open(directory: folder.path, options: .small(background: false))
            let schema = TestSchema(writer.registry)
            let product = TestProduct(words: ["w1"], brand: "b", price: 1, stock: 1, version: 1)
            _ = try writer.upsert(schema.document("k", product))
            _ = try writer.upsert(schema.document("l", product))
            try writer.commit(eventPosition: 1)
            _ = try writer.delete(key: Array("l".utf8), version: 2)
            try writer.commit(eventPosition: 2)
        }
        let files = PosixFileSystem()
        for name in try files.list(folder.path) where name != IndexFileName.lock {
            let path = "\(folder.path)/\(name)"
            let intact = try files.read(path, byteLimit: 1 << 20)
            var flipped = intact
            flipped[intact.count - 2] ^= 0x10
            for damaged in [flipped, Array(intact.dropLast())] {
                try replace(path, damaged)
                let names = try files.list(folder.path)
                let error = #expect(throws: IndexError.self, "\(name)") {
                    try IndexWriter.open(directory: folder.path)
                }
                guard case .damaged(let file, _, _) = error else {
                    throw TestFailure("\(name): \(error as Any)")
                }
                #expect(file == path)
                #expect("\(error!)".contains("saekin reindex --data DIR"))
                #expect(try files.list(folder.path) == names)
                #expect(try files.read(path, byteLimit: 1 << 20) == damaged)
            }
            try files.remove(path)
            #expect(throws: IndexError.self, "\(name)") { try IndexWriter.open(directory: folder.path) }
            try files.write(intact, toNewFile: path)
        }
        let writer = try IndexWriter.open(directory: folder.path)
        #expect(writer.snapshot().documentCount == 1)
    }

    private func replace(_ path: String, _ bytes: [UInt8]) throws {
        try PosixFileSystem().remove(path)
        try PosixFileSystem().write(bytes, toNewFile: path)
    }

    private func expectDamage(
        _ body: () throws(IndexError) -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do {
            try body()
            Issue.record("damage was not seen", sourceLocation: sourceLocation)
        } catch {
            guard case .damaged = error else {
                Issue.record("\(error)", sourceLocation: sourceLocation)
                return
            }
        }
    }
}
