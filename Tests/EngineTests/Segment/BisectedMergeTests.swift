// Merges in the bisected order: the documents are those of any other merge, and searches answer the same.
import Synchronization
import Testing

@testable import Engine

@Suite("Merging in the bisected order")
struct BisectedMergeTests {
    @Test("the graph of segments is what their live documents hold", arguments: [0, 1, 300])
    func graph(postingCountMax: Int) throws {
        var generator = SeededGenerator()
        let fields = TestFields()
        let documents = fields.documents(200, &generator)
        var live = LiveDocs(documentCount: 80)
        for id in stride(from: 0, to: 80, by: 7) { _ = live.delete(DocID(id)) }
        let sources = try [
            SegmentSource(segment: fields.segment(Array(documents[..<80])), liveDocs: live),
            SegmentSource(segment: fields.segment(Array(documents[80...]))),
        ]
        let listed = try DocumentOrder.listed(sources, by: [fields.brand])
        var limits = BisectionLimits()
        limits.documentFrequencyMin = 5
        if postingCountMax > 0 { limits.postingCountMax = postingCountMax }
        // With and without the rule for small collections.
        if postingCountMax == 1 {
            limits.postingCountMax = .max
            limits.documentFrequencyFree = 0
        }
        let graph = try BisectionGraph(sources, listed, limits: limits) { () throws(SegmentError) in }

        // The slow way: the texts of the documents themselves. Deleted documents count for frequencies.
        func terms(_ document: IndexDocument) -> Set<[UInt8]> {
            Set(
                document.terms.map { term in
                    let start = Int(term.start)
                    return [UInt8(term.field.rawValue)]
                        + document.bytes[start..<start + Int(term.length)]
                })
        }
        var frequencies: [[UInt8]: Int] = [:]
        for document in documents { for term in terms(document) { frequencies[term, default: 0] += 1 } }
        let most = postingCountMax == 1 ? listed.count / 10 : listed.count / 2
        var chosen = frequencies.filter { $0.value >= 5 && $0.value <= most }
        let sorted = chosen.values.sorted(by: >)
        var sum = 0
        if let cut = sorted.first(where: {
            sum += $0
            return sum > limits.postingCountMax
        }) {
            chosen = chosen.filter { $0.value > cut }
        }
        #expect(graph.termCount == chosen.count, "SAEKIN_SEED=\(generator.seed)")
        let numbers = Dictionary(
            uniqueKeysWithValues: chosen.sorted {
                ($1.value, $0.key[0]) != ($0.value, $1.key[0])
                    ? ($1.value, $0.key[0]) < ($0.value, $1.key[0])
                    : $0.key.lexicographicallyPrecedes($1.key)
            }.enumerated().map { ($1.key, UInt16($0)) })
        let view = graph.view
        for (number, place) in listed.enumerated() {
            let document = documents[Int(place.document) + (place.source == 0 ? 0 : 80)]
            let expected = terms(document).compactMap { numbers[$0] }.sorted()
            let range = Int(view.starts[number])..<Int(view.starts[number + 1])
            #expect(range.map { view.terms[$0] } == expected, "SAEKIN_SEED=\(generator.seed)")
        }
        withExtendedLifetime(graph) {}
    }

    @Test("a merge has every live document once", arguments: [0, 1, 2, 40, 700])
    func permutation(documentCount: Int) throws {
        var generator = SeededGenerator()
        let fields = TestFields()
        let documents = fields.documents(documentCount, &generator)
        let middle = documentCount / 3
        var live = LiveDocs(documentCount: UInt32(middle))
        for id in stride(from: 0, to: middle, by: 3) { _ = live.delete(DocID(id)) }
        let sources = try [
            SegmentSource(segment: fields.segment(Array(documents[..<middle])), liveDocs: live),
            SegmentSource(segment: fields.segment(Array(documents[middle...]))),
        ]
        var image: [UInt8] = []
        let result = try SegmentMerger.merge(
            sources, registry: fields.registry, name: "merged segment", storage: .memory,
            order: .bisected([fields.tags])
        ) { bytes throws(SegmentError) in image.append(contentsOf: bytes) }
        var placed = [IndexDocument?](repeating: nil, count: Int(result.documentCount))
        for (number, document) in documents.enumerated() {
            let new =
                number < middle ? result.documentMaps[0][number] : result.documentMaps[1][number - middle]
            let isLive = number >= middle || live.contains(DocID(number))
            #expect((new != .noMoreDocuments) == isLive)
            if new != .noMoreDocuments { placed[Int(new)] = document }
        }
        // What a build of the documents in that order is.
        #expect(try image == fields.image(placed.map { try #require($0) }), "SAEKIN_SEED=\(generator.seed)")
    }

    @Test("searches answer the same before and after")
    func searches() throws {
        let random = SeededRandom.fromEnvironment()
        var searches = RandomSearches(random)
        for _ in 0..<4 {
            let model = try searches.model(segmentCount: searches.int(1..<4), documentCount: 1..<200)
            let sources = model.views.map {
                SegmentSource(segment: $0.segment, liveDocs: $0.liveDocs, overlay: $0.overlay)
            }
            var image: [UInt8] = []
            let result = try SegmentMerger.merge(
                sources, registry: model.fields.registry, name: "merged", storage: .memory,
                order: .bisected([model.fields.category])
            ) { bytes throws(SegmentError) in image.append(contentsOf: bytes) }
            var merged = [ModelDocument?](repeating: nil, count: Int(result.documentCount))
            for (map, documents) in zip(result.documentMaps, model.segments) {
                for (new, document) in zip(map, documents) where new != .noMoreDocuments {
                    merged[Int(new)] = document
                }
            }
            let view = SegmentView(
                id: SegmentID(rawValue: 9), segment: try Segment(image: image, name: "merged"),
                liveDocs: nil, overlay: nil)
            let after = SearchModel(
                fields: model.fields, segments: [try merged.map { try #require($0) }], views: [view])
            for _ in 0..<20 { try SearchTests.expectEqual(after, searches.request(), random.note) }
        }
    }

    @Test("a merge that is stopped while it looks for an order says so")
    func stop() throws {
        var generator = SeededGenerator()
        let fields = TestFields()
        let source = SegmentSource(segment: try fields.segment(fields.documents(500, &generator)))
        for question in 1...4 {
            var questions = 0
            #expect {
                _ = try SegmentMerger.merge(
                    [source], registry: fields.registry, name: "merged", storage: .memory,
                    order: .bisected([]),
                    shouldStop: {
                        questions += 1
                        return questions >= question
                    }
                ) { _ throws(SegmentError) in }
            } throws: { ($0 as? SegmentError)?.kind == .cancelled }
        }
    }

    @Test("a forced merge orders a segment that is there already, once, and reports its progress")
    func forced() throws {
        let folder = IndexTestFolder()
        let writer = try IndexWriter.open(directory: folder.path)
        defer { writer.close() }
        let text = try #require(writer.registry.register("text", .text))
        let brand = try #require(writer.registry.register("brand", .keyword))
        for number in 0..<600 {
            var document = IndexDocument(key: Array("\(number)".utf8), version: 1)
            for word in 0..<5 { document.addTerm(text, "t\(number % 7)-\(word)", position: UInt32(word)) }
            document.setLength(text, 5)
            document.addKeyword(brand, "b\(number % 2)")
            document.stored = Array("stored \(number)".utf8)
            _ = try writer.upsert(document)
        }
        try writer.commit(eventPosition: 1)
        let before = writer.statistics.mergeCount
        let progress = Mutex([Int]())
        try writer.forceMerge(maxSegments: 1, order: .bisected(from: ["brand", "missing"])) { placed, all in
            #expect(all == 600)
            progress.withLock { $0.append(placed) }
        }
        #expect(writer.statistics.mergeCount == before + 1)
        #expect(progress.withLock { $0.last } == 600)
        let snapshot = writer.snapshot()
        #expect(snapshot.segments.count == 1 && snapshot.documentCount == 600)
        var runs = 0
        var last: Int?
        try snapshot.segments[0].segment.forEachStored { (_, stored) throws(SegmentError) in
            let topic = Int(String(decoding: stored.dropFirst(7), as: UTF8.self))! % 7
            if topic != last { runs += 1 }
            last = topic
            return true
        }
        // Seven topics in leaves of up to 32 documents, in which they stay as they came.
        #expect(runs < 250, "as they came there are 600 runs")
        try writer.forceMerge(maxSegments: 1)
        #expect(writer.statistics.mergeCount == before + 1, "an ordinary forced merge has nothing to do")
    }
}

@Suite("Merging documents into another order")
struct ListedOrderTests {
    /// Many megabytes of stored documents, some of them large: several stretches in a file.
    @Test("stored documents follow their documents, through a file as in memory")
    func storedDocuments() throws {
        var generator = SeededGenerator()
        let fields = TestFields()
        let noise = (0..<1 << 20).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let documents = (0..<1_500).map { number in
            var document = fields.document(number, &generator)
            let length =
                number % 100 == 0 ? 900_000 : Int.random(in: 0...40_000, using: &generator)
            let start = Int.random(in: 0...noise.count - length, using: &generator)
            document.stored = Array(noise[start..<start + length])
            return document
        }
        let sources = try [documents[..<400], documents[400...]].map {
            SegmentSource(segment: try fields.segment(Array($0)))
        }
        let shuffled = Array(0..<1_500).shuffled(using: &generator)
        let order = shuffled.map {
            SourceDocument(source: $0 < 400 ? 0 : 1, document: DocID($0 < 400 ? $0 : $0 - 400))
        }
        let folder = IndexTestFolder()
        let path = folder.path + "/merged"
        _ = try SegmentMerger.merge(sources, registry: fields.registry, to: path, order: .listed(order))
        let merged = try Segment.open(path: path)
        var count = 0
        try merged.forEachStored { (document, stored) throws(SegmentError) in
            #expect(stored.elementsEqual(documents[shuffled[Int(document)]].stored))
            count += 1
            return true
        }
        #expect(count == 1_500)
    }
}

extension BisectedMergeTests {
    @Test("the search begins with the better of two orders", arguments: [true, false])
    func start(cameInOrder: Bool) throws {
        let fields = TestFields()
        // Topics come one after another, or by turns; brands the other way round.
        let documents = (0..<1_024).map { number in
            let (run, turn) = (number / 32, number % 32)
            var document = IndexDocument(key: Array("\(number)".utf8), version: 1)
            let topic = cameInOrder ? run : turn
            for word in 0..<6 { document.addTerm(fields.title, "t\(topic)-\(word)", position: UInt32(word)) }
            document.addKeyword(fields.brand, "b\(turn + 10)")
            return document
        }
        let source = SegmentSource(segment: try fields.segment(documents))
        let order = try DocumentOrder.bisected(
            [source], from: [fields.brand], name: "merged", shouldStop: { false }, progress: { _, _ in })
        // Both starts have all documents of a topic side by side, so that the search has nothing to change.
        let expected =
            cameInOrder ? (0..<1_024).map { $0 } : (0..<1_024).map { $0 % 32 * 32 + $0 / 32 }
        let asExpected = order.map { Int($0.document) } == expected
        #expect(asExpected)
    }
}
