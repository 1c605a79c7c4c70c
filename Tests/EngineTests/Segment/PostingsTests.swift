import Testing

// Postings of every length and density, read block by block and by skipping.
@testable import Engine

@Suite("Postings")
struct PostingsTests {
    /// A segment of many documents in which one field has terms and nothing else is there.
    private func segment(_ documentCount: UInt32, _ lists: [[DocID]]) throws -> (Segment, FieldID) {
        let registry = FieldRegistry()
        let field = try #require(registry.register("flag", .keyword, hasColumn: false))
        var writer = try SegmentWriter(
            documentCount: documentCount, name: "postings", storage: .memory, storedDictionary: [])
        writer.beginField(registry.definitions[1], norms: [])
        for (number, list) in lists.enumerated() {
            writer.beginTerm()
            for document in list { try writer.addPosting(document, frequency: 1, positions: []) }
            _ = try writer.endTerm(term(number)[...])
        }
        try writer.endField(documentCount: documentCount)
        writer.beginVersions()
        for block in 0..<ColumnFormat.blockCount(documentCount) {
            let count = ColumnFormat.documentCount(ofBlock: block, documentCount)
            try writer.addIntegerBlock(offsets: [], values: [], documentCount: count)
        }
        try writer.addStored([])
        var image: [UInt8] = []
        _ = try writer.finish { bytes throws(SegmentError) in image += bytes }
        return (try Segment(image: image, name: "postings"), field)
    }

    private func term(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }

    private func random(_ count: Int, below limit: UInt32, _ generator: inout SeededGenerator) -> [DocID] {
        var documents: Set<DocID> = []
        while documents.count < count { documents.insert(DocID.random(in: 0..<limit, using: &generator)) }
        return documents.sorted()
    }

    static let lengths = [1, 2, 3, 126, 127, 128, 129, 255, 256, 257, 4_095, 4_096, 4_097, 8_300]

    @Test("lists of every length and density are read back", arguments: lengths)
    func readBack(length: Int) throws {
        var generator = SeededGenerator()
        let dense = (0..<UInt32(length)).map { $0 }
        let half = dense.map { $0 * 2 + UInt32.random(in: 0...1, using: &generator) }
        let sparse = random(length, below: 1 << 22, &generator)
        let wide = random(min(length, 300), below: 1 << 30, &generator)
        let (segment, field) = try segment(1 << 30, [dense, half, sparse, wide])
        for (number, list) in [dense, half, sparse, wide].enumerated() {
            let entry = try #require(try segment.term(field, term(number)))
            #expect(Int(entry.documentFrequency) == list.count)
            let found = try SegmentContents.postings(segment, entry).map(\.document)
            #expect(found == list, "SAEKIN_SEED=\(generator.seed)")
        }
    }

    @Test(
        "skipping finds the block that reading on finds", arguments: [1, 90, 128, 1_000, 4_096, 4_097, 9_000])
    func skipping(length: Int) throws {
        var generator = SeededGenerator()
        let limit: UInt32 = 40_000
        let list = random(length, below: limit, &generator)
        let (segment, field) = try segment(limit, [list])
        let entry = try #require(try segment.term(field, term(0)))
        for _ in 0..<40 {
            var cursor = segment.postings(entry)
            var target: DocID = 0
            while target < limit {
                let moved = try cursor.skip(to: target)
                let expected = list.first { $0 >= target }
                #expect(moved == (expected != nil), "SAEKIN_SEED=\(generator.seed)")
                guard moved else { break }
                var block = [UInt32](repeating: 0, count: 128)
                let count = try cursor.decodeDocuments(into: &block)
                #expect(block[..<count].first { $0 >= target } == expected, "SAEKIN_SEED=\(generator.seed)")
                #expect(cursor.blockLastDocument == block[count - 1])
                #expect(cursor.blockLowerBound <= block[0] && cursor.groupLastDocument >= block[count - 1])
                target += DocID.random(in: 1...(limit / 4), using: &generator)
            }
        }
    }

    @Test("a cursor behind its end stays there")
    func end() throws {
        for length in [1, 5, 128, 200] {
            let (segment, field) = try segment(1_000, [(0..<UInt32(length)).map { $0 }])
            let entry = try #require(try segment.term(field, term(0)))
            var cursor = segment.postings(entry)
            #expect(try !cursor.skip(to: 500))
            #expect(cursor.isAtEnd && cursor.blockCount == 0)
            #expect(try !cursor.nextBlock())
            #expect(try !cursor.skip(to: 0))
        }
    }

    @Test("bit sets are added to windows without decoding")
    func bitSets() throws {
        var generator = SeededGenerator()
        let list = (0..<UInt32(9_000)).filter { _ in Int.random(in: 0..<3, using: &generator) > 0 }
        let (segment, field) = try segment(9_000, [list])
        let entry = try #require(try segment.term(field, term(0)))
        for window in 0..<3 {
            let base = DocID(window * 4_096)
            var words = [UInt64](repeating: 0, count: 64)
            var cursor = segment.postings(entry)
            var bitSetCount = 0
            while try cursor.nextBlock() {
                if cursor.isBitSet {
                    bitSetCount += 1
                    try cursor.orDocuments(
                        into: &words, windowBase: base, wordCount: SegmentFormat.windowWordCount)
                } else {
                    var block = [UInt32](repeating: 0, count: 128)
                    let count = try cursor.decodeDocuments(into: &block)
                    for document in block[..<count] where document >= base && document < base + 4_096 {
                        words[Int(document - base) / 64] |= 1 << UInt64((document - base) % 64)
                    }
                }
            }
            #expect(bitSetCount > 30)
            var found: [DocID] = []
            forEachBit(words) { found.append(base + DocID($0)) }
            #expect(found == list.filter { $0 >= base && $0 < base + 4_096 }, "SAEKIN_SEED=\(generator.seed)")
        }
    }

    @Test("impacts are the true maxima, and very high frequencies are bounds")
    func impacts() throws {
        let fields = TestFields()
        var builder = SegmentBuilder(registry: fields.registry, seed: 1)
        for number in 0..<300 {
            var document = IndexDocument(key: Array("\(number)".utf8), version: 1)
            for position in 0..<(number == 200 ? 70_000 : number % 5 + 1) {
                document.addTerm(fields.title, "a", position: UInt32(position))
            }
            document.setLength(fields.title, UInt32(number % 7 + 10))
            _ = try builder.add(document)
        }
        let segment = try Segment(image: builder.finish(), name: "impacts")
        #expect(segment.findings().isEmpty)
        let entry = try #require(try segment.term(fields.title, [97]))
        var cursor = segment.postings(entry)
        #expect(try cursor.nextBlock())
        #expect(cursor.blockImpact == Impact(maxFrequency: 5, minNorm: 10))
        #expect(cursor.groupImpact == Impact(maxFrequency: .max, minNorm: 10))
        #expect(try cursor.skip(to: 200))
        #expect(cursor.blockImpact == Impact(maxFrequency: .max, minNorm: 10))
    }
}
