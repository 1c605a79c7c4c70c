import Glibc
import Testing

// Every segment of up to three documents over three terms, and the limits of documents.
@testable import Engine

@Suite("Small segments")
struct SegmentSmallCaseTests {
    @Test("0 to 3 documents with every choice of 0 to 3 terms", arguments: 0...3)
    func exhaustive(documentCount: Int) throws {
        let fields = TestFields()
        let names = ["a", "ab", "b"]
        for choice in 0..<(1 << (3 * documentCount)) {
            let documents = (0..<documentCount).map { number in
                var document = IndexDocument(key: [UInt8(number)], version: UInt64(number))
                for (index, name) in names.enumerated() where choice >> (3 * number + index) & 1 == 1 {
                    document.addTerm(fields.title, name, position: UInt32(index))
                    document.addKeyword(fields.brand, name)
                }
                return document
            }
            let segment = try fields.segment(documents)
            let expected = SegmentContents(documents: documents, fields.registry)
            let found = try SegmentContents(segment)
            if found != expected { Issue.record("choice \(choice) differs") }
            if choice % 7 == 0 { #expect(segment.findings().isEmpty) }
        }
    }

    @Test("what occurs twice counts once, and the order of tokens does not matter")
    func duplicates() throws {
        let fields = TestFields()
        var document = IndexDocument(key: [1], version: 1)
        for position in [5, 2, 5, 2, 9] { document.addTerm(fields.title, "가", position: UInt32(position)) }
        for value in ["b", "a", "b"] { document.addKeyword(fields.tags, value) }
        let segment = try fields.segment([document])
        let entry = try #require(try segment.term(fields.title, Array("가".utf8)))
        #expect(entry.totalFrequency == 3)
        #expect(try SegmentContents.postings(segment, entry)[0].positions == [2, 5, 9])
        #expect(try segment.keywordColumn(fields.tags)?.ordinals(0) == [0, 1])
        #expect(segment.norms(fields.title)?[0] == 3)
    }

    @Test("too long terms are left out and counted; bad keys are refused and leave the builder as it was")
    func limits() throws {
        let fields = TestFields()
        var builder = SegmentBuilder(registry: fields.registry, seed: 1)
        var document = IndexDocument(key: [1], version: 1)
        document.addTerm(fields.title, [UInt8](repeating: 97, count: 1_025), position: 0)
        document.addTerm(fields.title, [UInt8](repeating: 97, count: 1_024), position: 1)
        document.addKeyword(fields.brand, [UInt8](repeating: 97, count: 1_025))
        document.addKeyword(fields.brand, "")
        #expect(try builder.add(document) == 0)
        #expect(builder.skippedTermCount == 2)
        for count in [0, 513] {
            #expect(throws: SegmentError.self) {
                try builder.add(IndexDocument(key: [UInt8](repeating: 1, count: count), version: 1))
            }
        }
        document.removeAll(key: [2], version: 1)
        for number in 0...65_535 { document.addKeyword(fields.tags, "\(number)") }
        #expect(throws: SegmentError.self) { try builder.add(document) }
        let segment = try Segment(image: builder.finish(), name: "limits")
        #expect(segment.documentCount == 1 && segment.findings().isEmpty)
        #expect(segment.fieldStatistics(fields.title)?.termCount == 1)
        #expect(segment.fieldStatistics(fields.brand) == nil)
        #expect(builder.documentCount == 0)
    }

    @Test("terms are found, walked and sought in byte order")
    func walks() throws {
        var generator = SeededGenerator()
        let fields = TestFields()
        var terms: Set<[UInt8]> = []
        while terms.count < 500 {
            let count = Int.random(in: 1...6, using: &generator)
            terms.insert((0..<count).map { _ in UInt8.random(in: 0...3, using: &generator) &* 85 })
        }
        var document = IndexDocument(key: [1], version: 1)
        for term in terms { document.addTerm(fields.body, term, position: 0) }
        document.addTerm(fields.title, "other", position: 0)
        document.addKeyword(fields.brand, "other")
        let segment = try fields.segment([document])
        let sorted = terms.sorted { $0.lexicographicallyPrecedes($1) }
        for (ordinal, term) in sorted.enumerated() {
            #expect(try segment.term(fields.body, term)?.ordinal == UInt32(ordinal))
            #expect(try segment.termBytes(fields.body, ordinal: UInt32(ordinal)) == term)
        }
        for _ in 0..<300 {
            let count = Int.random(in: 0...4, using: &generator)
            let probe = (0..<count).map { _ in UInt8.random(in: 0...3, using: &generator) &* 85 }
            let wanted = sorted.first { !$0.lexicographicallyPrecedes(probe) }
            var walk = segment.walkTerms(fields.body)
            #expect(try walk.seek(probe) == (wanted != nil), "SAEKIN_SEED=\(generator.seed)")
            if let wanted { #expect(Array(walk.term) == wanted, "SAEKIN_SEED=\(generator.seed)") }
            if !probe.isEmpty {
                #expect(try (segment.term(fields.body, probe) != nil) == terms.contains(probe))
            }
            var found: [[UInt8]] = []
            try segment.forEachTerm(fields.body, prefix: probe) { (term, _) throws(SegmentError) in
                found.append(Array(term))
                return true
            }
            #expect(found == sorted.filter { $0.starts(with: probe) }, "SAEKIN_SEED=\(generator.seed)")
        }
    }

    @Test("stored documents come back through a trained dictionary, from a file, and from a merge of files")
    func storedDictionary() throws {
        var generator = SeededGenerator()
        let fields = TestFields()
        var builder = SegmentBuilder(registry: fields.registry, seed: 1)
        var stored: [[UInt8]] = []
        for number in 0..<1_500 {
            var document = IndexDocument(key: Array("\(number)".utf8), version: 1)
            let words = (0..<130).map { _ in "word\(Int.random(in: 0..<900, using: &generator))" }
            document.stored = Array(words.joined(separator: " ").utf8)
            stored.append(document.stored)
            _ = try builder.add(document)
        }
        let image = try builder.finish()
        let segment = try Segment(image: image, name: "stored")
        #expect(segment.frame[.storedIndex].view.u32(0) > 0)
        #expect(
            try (0..<1_500).map { try segment.stored(DocID($0)) } == stored, "SAEKIN_SEED=\(generator.seed)")
        let path = "/tmp/saekin-segment-\(UInt64.random(in: 0 ... .max))"
        defer { unlink(path) }
        let live = {
            var live = LiveDocs(documentCount: 1_500)
            _ = live.delete(0)
            return live
        }()
        let result = try SegmentMerger.merge(
            [SegmentSource(segment: segment, liveDocs: live), SegmentSource(segment: segment)],
            registry: fields.registry, to: path)
        let merged = try Segment.open(path: path)
        #expect(merged.documentCount == 2_999 && UInt64(merged.byteCount) == result.byteCount)
        #expect(merged.findings().isEmpty)
        #expect(try (0..<2_999).map { try merged.stored(DocID($0)) } == Array(stored.dropFirst()) + stored)
        #expect(throws: SegmentError.self) {
            try SegmentMerger.merge([SegmentSource(segment: segment)], registry: fields.registry, to: path)
        }
    }

    @Test("a stopped merge leaves no file")
    func stoppedMerge() throws {
        let fields = TestFields()
        let segment = try fields.segment([IndexDocument(key: [1], version: 1)])
        let path = "/tmp/saekin-segment-\(UInt64.random(in: 0 ... .max))"
        let error = #expect(throws: SegmentError.self) {
            try SegmentMerger.merge(
                [SegmentSource(segment: segment)], registry: fields.registry, to: path, shouldStop: { true })
        }
        #expect(error?.kind == .cancelled)
        #expect(throws: SegmentError.self) { try Segment.open(path: path) }
    }
}
