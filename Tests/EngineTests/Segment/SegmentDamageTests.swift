import CKernels
import Testing

// Damaged bytes give a typed error or a finding, and never more than that.
@testable import Engine

@Suite("Damaged segments")
struct SegmentDamageTests {
    private func smallImage(_ fields: TestFields) throws -> [UInt8] {
        var first = IndexDocument(key: [65], version: 3)
        first.addTerm(fields.title, "ab", position: 0)
        first.addTerm(fields.title, "ab", position: 4)
        first.addTerm(fields.title, "ac", position: 1)
        first.addKeyword(fields.tags, "x")
        first.addKeyword(fields.tags, "y")
        first.addInteger(fields.price, 100)
        first.stored = [1, 2, 3]
        var second = IndexDocument(key: [66], version: 4)
        second.addTerm(fields.title, "ab", position: 2)
        second.addKeyword(fields.tags, "y")
        second.addInteger(fields.price, 350)
        return try fields.image([first, second])
    }

    /// Reads all there is; whatever is wrong throws.
    private func readAll(_ segment: Segment) throws {
        _ = try SegmentContents(segment)
        var window = KeywordWindow()
        var values = [Int64](repeating: 0, count: 4_096)
        var present = [UInt64](repeating: 0, count: 64)
        for definition in segment.fieldDefinitions {
            if let column = segment.keywordColumn(definition.id) {
                for number in 0..<column.windowCount {
                    try column.decode(window: number, into: &window)
                    var largest: UInt32 = 0
                    for offset in 0..<min(4_096, Int(segment.documentCount)) {
                        window.forEachOrdinal(offset) { largest = max(largest, $0) }
                    }
                    #expect(window.isEmpty || largest < column.termCount)
                }
            }
            if let column = segment.integerColumn(definition.id) {
                for number in 0..<column.windowCount {
                    try column.decode(window: number, values: &values, present: &present)
                }
            }
        }
    }

    /// Counts and ranks phrases, filters and counts facets; whatever is wrong throws.
    private func searchAll(_ segment: Segment, _ fields: TestFields) throws {
        let view = SegmentView(id: SegmentID(rawValue: 1), segment: segment, liveDocs: nil, overlay: nil)
        for field in [fields.title, fields.body] {
            for words in [["t0", "t1"], ["t1", "t0"], ["t2", "t2"], ["t0", "t3", "t1"]] {
                let phrase = PhraseQuery(fields: [FieldWeight(field)], terms: words.map { [Array($0.utf8)] })
                var request = SearchRequest(query: .phrase(phrase), limit: 0, usesCaches: false)
                _ = try Search(request, over: [view]).run()
                request.limit = 5
                request.countsTotal = false
                _ = try Search(request, over: [view]).run()
                request.filter = .integerRange(fields.price, lower: 100, upper: 30_000)
                request.facets = [.keyword(fields.tags, limit: 9), .keyword(fields.brand, limit: 9)]
                _ = try Search(request, over: [view]).run()
            }
        }
    }

    private func merge(_ segment: Segment, _ registry: FieldRegistry) throws {
        _ = try SegmentMerger.merge(
            [SegmentSource(segment: segment)], registry: registry, name: "merged", storage: .memory
        ) { _ throws(SegmentError) in }
    }

    @Test("every truncation is refused")
    func truncations() throws {
        let image = try smallImage(TestFields())
        for length in 0..<image.count {
            #expect(throws: SegmentError.self) { try Segment(image: Array(image[..<length]), name: "cut") }
        }
        #expect(throws: SegmentError.self) { try Segment(image: image + [0], name: "extended") }
    }

    @Test("every flipped bit is refused or found, and reading on is safe")
    func flippedBits() throws {
        let image = try smallImage(TestFields())
        #expect(try Segment(image: image, name: "sound").findings().isEmpty)
        for bit in 0..<image.count * 8 {
            var damaged = image
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            do throws(SegmentError) {
                let segment = try Segment(image: damaged, name: "damaged")
                if segment.findings().isEmpty { Issue.record("bit \(bit) was not found") }
                if bit % 5 == 0 { do { try readAll(segment) } catch {} }
            } catch {
                if error.kind != .damaged, bit / 32 != 2 { Issue.record("bit \(bit): \(error)") }
            }
        }
    }

    /// Makes every checksum right again, so that the checks behind the checksums are met.
    private func sealed(_ image: [UInt8]) -> [UInt8] {
        var image = image
        func u32(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(image[offset + $1]) << (8 * $1) } }
        func setU32(_ offset: Int, _ value: UInt32) {
            for byte in 0..<4 { image[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte)) }
        }
        let table = image.count - 32 - 240
        func section(_ number: Int) -> Range<Int> {
            let entry = table + (number - 1) * 24
            return u32(entry + 8)..<u32(entry + 8) + u32(entry + 16)
        }
        let terms = section(2)
        let index = section(3)
        let blockCount = (u32(section(1).lowerBound + 8) + 31) / 32
        for block in 0..<blockCount where index.count >= blockCount * 12 {
            let start = terms.lowerBound + u32(index.lowerBound + block * 12)
            let next = block + 1 < blockCount ? u32(index.lowerBound + (block + 1) * 12) : terms.count
            let end = terms.lowerBound + next
            guard start >= terms.lowerBound, end <= terms.upperBound, end - start > 4 else { continue }
            let bytes = Array(image[start..<end - 4])
            setU32(end - 4, saekin_crc32c(0, bytes, bytes.count))
        }
        for number in 1...10 {
            let bytes = Array(image[section(number)])
            setU32(table + (number - 1) * 24 + 4, saekin_crc32c(0, bytes, bytes.count))
        }
        let frame = Array(image[..<16] + image[table..<table + 240])
        setU32(image.count - 20, saekin_crc32c(0, frame, frame.count))
        return image
    }

    @Test("damage under right checksums is refused, found or harmless, and never crashes")
    func sealedDamage() throws {
        var generator = SeededGenerator()
        let fields = TestFields()
        let image = try fields.image(fields.documents(140, &generator))
        #expect(sealed(image) == image)
        let bodyEnd = image.count - 32 - 240
        var errorCount = 0
        for _ in 0..<60 {
            var damaged = image
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let offset = Int.random(in: 16..<bodyEnd, using: &generator)
                damaged[offset] = UInt8.random(in: 0...255, using: &generator)
            }
            do {
                let segment = try Segment(
                    image: sealed(damaged), name: "damaged, SAEKIN_SEED=\(generator.seed)")
                _ = segment.findings()
                do { try merge(segment, fields.registry) } catch is SegmentError {}
                do { try searchAll(segment, fields) } catch is SearchError {}
                try readAll(segment)
            } catch is SegmentError {
                errorCount += 1
            }
        }
        #expect(errorCount > 0)
    }
    @Test("phrases over damaged postings and positions are refused or wrong, never out of bounds")
    func damagedPhrases() throws {
        var generator = SeededGenerator()
        let fields = TestFields()
        let image = try fields.image(fields.documents(600, &generator))
        try searchAll(Segment(image: image, name: "sound"), fields)
        let table = image.count - 32 - 240
        var errorCount = 0
        for section in [SegmentSection.postings, .positions] {
            let entry = table + (Int(section.rawValue) - 1) * 24
            func u32(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(image[offset + $1]) << (8 * $1) } }
            let bytes = u32(entry + 8)..<u32(entry + 8) + u32(entry + 16)
            for _ in 0..<150 {
                var damaged = image
                for _ in 0..<Int.random(in: 1...40, using: &generator) {
                    damaged[Int.random(in: bytes, using: &generator)] = UInt8.random(
                        in: 0...255, using: &generator)
                }
                do {
                    let segment = try Segment(
                        image: sealed(damaged), name: "damaged, SAEKIN_SEED=\(generator.seed)")
                    do { try searchAll(segment, fields) } catch is SearchError { errorCount += 1 }
                } catch is SegmentError {
                    errorCount += 1
                }
            }
        }
        #expect(errorCount > 20)
    }
}
