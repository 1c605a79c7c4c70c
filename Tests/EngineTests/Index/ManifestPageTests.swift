// The worked example on the page about the manifest is what the code reads and writes.

import Testing

@testable import Engine

@Suite struct ManifestPageTests {
    /// The bytes of the page's hex blocks; what follows a semicolon is commentary.
    private func examples() throws -> [[UInt8]] {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        let path = root.joined(separator: "/") + "/Sources/Engine/Engine.docc/Manifest.md"
        let page = String(decoding: try PosixFileSystem().read(path, byteLimit: 1 << 20), as: UTF8.self)
        return page.split(separator: "```hex\n").dropFirst().map { block in
            block.prefix { $0 != "`" }.split(separator: "\n").flatMap { line in
                line.prefix { $0 != ";" }.split(separator: " ").map { UInt8($0, radix: 16)! }
            }
        }
    }

    @Test func theWorkedExampleDecodesToWhatThePageSays() throws {
        let examples = try examples()
        try #require(examples.count == 2)

        var manifest = Manifest(analysis: AnalysisVersion(dictionary: "ko-1", analyzer: "1"))
        manifest.generation = 3
        manifest.eventPosition = 6
        manifest.nextSegmentID = 5
        manifest.tombstoneGeneration = 3
        let registry = FieldRegistry()
        _ = registry.register(IndexFieldName.updateVersion, .integer, isUpdatable: true)
        _ = registry.register("price", .integer, isUpdatable: true)
        manifest.fields = registry.definitions
        manifest.segments = [
            Manifest.Entry(
                id: SegmentID(rawValue: 4), byteCount: 1_000, documentCount: 5, liveCount: 4,
                liveGeneration: 3)
        ]
        #expect(try Manifest(decoding: examples[0], file: "manifest") == manifest)
        #expect(manifest.encode() == examples[0], "\(hexadecimal(manifest.encode()))")

        var tombstones = Tombstones()
        _ = tombstones.insert(Array("p1".utf8), version: 6)
        #expect(try Tombstones(decoding: examples[1], file: "tombstones-3") == tombstones)
        #expect(tombstones.encode() == examples[1], "\(hexadecimal(tombstones.encode()))")
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}
