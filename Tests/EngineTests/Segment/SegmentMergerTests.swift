import Testing

// A merge of parts must be what a build of the whole is, byte for byte.
@testable import Engine

@Suite("Merging segments")
struct SegmentMergerTests {
    private func merge(
        _ sources: [SegmentSource], _ registry: FieldRegistry, order: MergeOrder = .sources
    ) throws -> (image: [UInt8], result: MergeResult) {
        var image: [UInt8] = []
        let result = try SegmentMerger.merge(
            sources, registry: registry, name: "merged segment", storage: .memory, order: order
        ) { bytes throws(SegmentError) in image.append(contentsOf: bytes) }
        return (image, result)
    }

    @Test("a merge of random parts is the build of what is alive", arguments: [1, 2, 3, 7])
    func mergeIsBuild(partCount: Int) throws {
        var generator = SeededGenerator()
        let fields = TestFields()
        var sources: [SegmentSource] = []
        var whole: [IndexDocument] = []
        var expectedMaps: [[DocID]] = []
        for part in 0..<partCount {
            let count = Int.random(in: 0..<300, using: &generator)
            var documents = (0..<count).map { fields.document($0 * 10 + part, &generator) }
            let segment = try fields.segment(documents)
            var live = LiveDocs(documentCount: UInt32(count))
            var overlay = ColumnOverlay(documentCount: UInt32(count))
            var map = [DocID](repeating: .noMoreDocuments, count: count)
            for id in 0..<count {
                if Int.random(in: 0..<5, using: &generator) == 0 {
                    let value =
                        Bool.random(using: &generator) ? Int64.random(in: 0...99, using: &generator) : nil
                    overlay.set(fields.price, DocID(id), value)
                    documents[id].integers.removeAll { $0.field == fields.price }
                    if let value { documents[id].addInteger(fields.price, value) }
                }
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    _ = live.delete(DocID(id))
                } else {
                    map[id] = DocID(whole.count)
                    whole.append(documents[id])
                }
            }
            expectedMaps.append(map)
            sources.append(SegmentSource(segment: segment, liveDocs: live, overlay: overlay))
        }
        let (image, result) = try merge(sources, fields.registry)
        #expect(try image == fields.image(whole), "SAEKIN_SEED=\(generator.seed)")
        #expect(result.documentMaps == expectedMaps)
        #expect(result.documentCount == UInt32(whole.count))
        #expect(result.byteCount == UInt64(image.count))
    }

    @Test("a listed order gives the build of the documents in that order")
    func listedOrder() throws {
        var generator = SeededGenerator()
        let fields = TestFields()
        let documents = fields.documents(400, &generator)
        let halves = try [documents[..<150], documents[150...]].map { try fields.segment(Array($0)) }
        let shuffled = Array(0..<400).shuffled(using: &generator)
        let order = shuffled.map {
            $0 < 150
                ? SourceDocument(source: 0, document: DocID($0))
                : SourceDocument(source: 1, document: DocID($0 - 150))
        }
        let (image, _) = try merge(
            halves.map { SegmentSource(segment: $0) }, fields.registry, order: .listed(order))
        #expect(try image == fields.image(shuffled.map { documents[$0] }), "SAEKIN_SEED=\(generator.seed)")
    }

    @Test("an order by keywords gives the build of the documents sorted by their greatest values")
    func keywordOrder() throws {
        var generator = SeededGenerator()
        let fields = TestFields()
        let documents = fields.documents(300, &generator)
        let parts = try [documents[..<90], documents[90..<200], documents[200...]]
            .map { try fields.segment(Array($0)) }
        let (image, _) = try merge(
            parts.map { SegmentSource(segment: $0) }, fields.registry,
            order: .keywords([fields.tags, fields.brand]))
        func greatest(_ document: IndexDocument, _ field: FieldID) -> [UInt8]? {
            document.keywords.filter { $0.field == field }.map { value in
                Array(document.bytes[Int(value.start)..<Int(value.start) + Int(value.length)])
            }.max { $0.lexicographicallyPrecedes($1) }
        }
        func precedes(_ left: [UInt8]?, _ right: [UInt8]?) -> Bool? {
            if left == right { return nil }
            guard let left else { return false }
            guard let right else { return true }
            return left.lexicographicallyPrecedes(right)
        }
        let sorted = documents.enumerated().sorted { left, right in
            precedes(greatest(left.element, fields.tags), greatest(right.element, fields.tags))
                ?? precedes(greatest(left.element, fields.brand), greatest(right.element, fields.brand))
                ?? (left.offset < right.offset)
        }.map(\.element)
        #expect(try image == fields.image(sorted), "SAEKIN_SEED=\(generator.seed)")
    }

    @Test("an overlay brings a field that no document had")
    func overlayBringsField() throws {
        let fields = TestFields()
        let segment = try fields.segment([IndexDocument(key: [1], version: 1)])
        var overlay = ColumnOverlay(documentCount: 1)
        overlay.set(fields.price, 0, 700)
        let (image, _) = try merge([SegmentSource(segment: segment, overlay: overlay)], fields.registry)
        let merged = try Segment(image: image, name: "merged segment")
        #expect(try merged.integerColumn(fields.price)?.value(0) == 700)
    }
}
