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

    @Test("documents are chosen by their norms as though they were decoded")
    func choosingByNorm() throws {
        var generator = SeededGenerator()
        let documentCount: UInt32 = 9_030
        let half = (0..<documentCount).filter { _ in Bool.random(using: &generator) }
        let (segment, field) = try segment(documentCount, [half, Array(0..<documentCount)])
        let norms = (0..<Int(documentCount)).map { _ in UInt8.random(in: 0...9, using: &generator) }
        for number in 0..<2 {
            let entry = try #require(try segment.term(field, term(number)))
            var cursor = segment.postings(entry)
            var chosenCount = 0
            var (block, found, places) = (
                [UInt32](repeating: 0, count: 128), [UInt32](repeating: 0, count: 128),
                [UInt32](repeating: 0, count: 128)
            )
            while try cursor.nextBlock() {
                let count = try cursor.decodeDocuments(into: &block)
                guard cursor.canChooseByNorm else { continue }
                chosenCount += 1
                let greatest = UInt8.random(in: 0...9, using: &generator)
                let foundCount = try cursor.documents(norms, upTo: greatest, &found, &places)
                let expected = (0..<count).filter { norms[Int(block[$0])] <= greatest }
                #expect(Array(found[..<foundCount]) == expected.map { block[$0] })
                #expect(
                    Array(places[..<foundCount]) == expected.map(UInt32.init), "SAEKIN_SEED=\(generator.seed)"
                )
            }
            // Not where a word of bits ends behind the last document, or a block has another form.
            #expect(chosenCount > 30)
        }
    }

    @Test("blocks outside of reach are passed as by a look at each")
    func passing() throws {
        var generator = SeededGenerator()
        let fields = TestFields()
        var builder = SegmentBuilder(registry: fields.registry, seed: 1)
        for number in 0..<9_000 {
            var document = IndexDocument(key: Array("\(number)".utf8), version: 1)
            let length = Int.random(in: 1...40, using: &generator)
            for position in 0..<Int.random(in: 0...min(length, 6), using: &generator) {
                document.addTerm(fields.title, "a", position: UInt32(position))
            }
            document.setLength(fields.title, UInt32(length))
            _ = try builder.add(document)
        }
        let segment = try Segment(image: builder.finish(), name: "passing")
        let entry = try #require(try segment.term(fields.title, [97]))
        let plan = try QueryPlan(
            .term(TermQuery(fields: [FieldWeight(fields.title)], term: [97])), segments: [segment], k1: 1.2)
        let scores = plan.scores(0, field: 0, norms: segment.norms(fields.title))
        for _ in 0..<200 {
            let least = Float.random(in: 0...1, using: &generator) * plan.units[0].weight
            let reach = scores.reach(least, ratio: 1)
            var (fast, slow) = (segment.postings(entry), segment.postings(entry))
            let start = DocID.random(in: 0..<9_000, using: &generator)
            let end = start + DocID.random(in: 1..<9_000, using: &generator)
            guard try fast.skip(to: start), try slow.skip(to: start) else { continue }
            let groupLast = slow.groupLastDocument
            guard slow.blockLastDocument < groupLast else {
                #expect(try !fast.nextBlockOfGroup(within: reach, end: end))
                continue
            }
            #expect(try fast.nextBlockOfGroup(within: reach, end: end))
            repeat {
                #expect(try slow.nextBlock())
            } while scores.bound(slow.blockImpact, ratio: 1) < least && slow.blockLastDocument < end - 1
                && slow.blockLastDocument < groupLast
            // Not one that may reach the score was passed; a bound hardly below it may be stopped at.
            #expect(fast.blockLastDocument <= slow.blockLastDocument, "SAEKIN_SEED=\(generator.seed)")
            let bound = scores.bound(fast.blockImpact, ratio: 1)
            #expect(
                fast.blockLastDocument == slow.blockLastDocument || bound > least - 0.001,
                "SAEKIN_SEED=\(generator.seed)")
            var (ofFast, ofSlow) = ([UInt32](repeating: 0, count: 128), [UInt32](repeating: 0, count: 128))
            if fast.blockLastDocument == slow.blockLastDocument {
                #expect(fast.blockImpact == slow.blockImpact && fast.positionsOffset == slow.positionsOffset)
                #expect(try fast.decodeDocuments(into: &ofFast) == slow.decodeDocuments(into: &ofSlow))
                #expect(ofFast == ofSlow)
            }
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
        expect(cursor.blockImpact, maxFrequency: 5, of: 0..<128)
        expect(cursor.groupImpact, maxFrequency: .max, of: 0..<300)
        #expect(try cursor.skip(to: 200))
        expect(cursor.blockImpact, maxFrequency: .max, of: 128..<256)

        func expect(_ impact: Impact, maxFrequency: UInt32, of documents: Range<Int>) {
            #expect(impact.maxFrequency == maxFrequency)
            #expect(impact.minNorm == 10 && impact.minNormOfRepeated == 10)
            // The least weight that is a bound.
            let greatest = documents.filter { frequency($0) > 1 }.map(weight).max()!
            let byte = Int(impact.maxWeightOfRepeated)
            #expect(ImpactWeight.values[byte] >= greatest && ImpactWeight.values[byte - 1] < greatest)
        }
        func frequency(_ number: Int) -> Int { number == 200 ? 70_000 : number % 5 + 1 }
        func length(_ number: Int) -> Float { Float(number % 7 + 10) }
        func weight(_ number: Int) -> Float {
            let mean = (0..<300).reduce(0) { $0 + length($1) } / 300
            return Float(frequency(number)) / (0.25 + 0.75 * length(number) / mean)
        }
    }

    @Test("a weight's byte is the least whose value reaches it")
    func weights() {
        var random = SeededRandom(seed: 20)
        var weights = (0..<2_000).map { _ in Float.random(in: 0.25...2, using: &random) }
        weights += weights.map { $0 * Float(1 << Int.random(in: 0...5, using: &random)) }
        for weight in weights where weight < ImpactWeight.values[254] {
            let byte = Int(ImpactWeight.byte(weight))
            #expect(ImpactWeight.values[byte] >= weight)
            #expect(byte == 0 || ImpactWeight.values[byte - 1] < weight)
        }
        for byte in 0..<255 { #expect(Int(ImpactWeight.byte(ImpactWeight.values[byte])) == byte) }
        #expect(ImpactWeight.byte(.leastNonzeroMagnitude) == 0)
        #expect(ImpactWeight.byte(1e30) == 255)
    }

    @Test("weights bound what queries with other means and strengths make of frequencies and lengths")
    func ratios() {
        var random = SeededRandom(seed: 21)
        for _ in 0..<300 {
            let factors = ImpactFactors(averageLength: Float.random(in: 0.5...300, using: &random))
            let mean = Float.random(in: 0.5...300, using: &random)
            let b = [0, 0.3, 0.75, 1].randomElement(using: &random)!
            let others = FieldNorm.lengths.map {
                BM25.lengthFactor(weight: 3, b: Float(b), length: $0, averageLength: mean)
            }
            let ratio = factors.greatestRatio(of: others)
            for norm in UInt8.min...UInt8.max {
                let frequency = UInt32.random(in: 2...40, using: &random)
                let bound = ImpactWeight.values[Int(factors.weight(frequency, norm))] * ratio
                #expect(Float(frequency) * others[Int(norm)] <= bound)
            }
        }
    }
}
