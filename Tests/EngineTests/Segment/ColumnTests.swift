import Testing

// Columns of every encoding and length against arrays.
@testable import Engine

@Suite("Columns")
struct ColumnTests {
    static let lengths = [1, 2, 127, 128, 129, 4_095, 4_096, 4_097]

    /// A segment with one integer or keyword column, written block by block.
    private func segment(
        _ documentCount: Int, _ kind: FieldKind, termCount: Int = 0,
        _ body: (_ block: Range<Int>, inout SegmentWriter) throws -> Void
    ) throws -> (Segment, FieldID) {
        let registry = FieldRegistry()
        let field = try #require(registry.register("column", kind))
        var writer = try SegmentWriter(
            documentCount: UInt32(documentCount), name: "column", storage: .memory, storedDictionary: [])
        writer.beginField(registry.definitions[1], norms: [])
        for number in 0..<termCount {
            writer.beginTerm()
            try writer.addPosting(0, frequency: 1, positions: [])
            _ = try writer.endTerm([UInt8(number >> 8), UInt8(number & 255)])
        }
        writer.beginColumn()
        for start in stride(from: 0, to: documentCount, by: 4_096) {
            try body(start..<min(start + 4_096, documentCount), &writer)
        }
        try writer.endField(documentCount: UInt32(documentCount))
        writer.beginVersions()
        for start in stride(from: 0, to: documentCount, by: 4_096) {
            try writer.addIntegerBlock(
                offsets: [], values: [], documentCount: min(4_096, documentCount - start))
        }
        try writer.addStored([])
        var image: [UInt8] = []
        _ = try writer.finish { bytes throws(SegmentError) in image += bytes }
        return (try Segment(image: image, name: "column"), field)
    }

    private func checkIntegers(_ values: [Int64?], _ seed: UInt64) throws {
        let (segment, field) = try segment(values.count, .integer) { range, writer in
            let present = range.filter { values[$0] != nil }
            try writer.addIntegerBlock(
                offsets: present.map { UInt16($0 - range.lowerBound) }, values: present.map { values[$0]! },
                documentCount: range.count)
        }
        let column = try #require(segment.integerColumn(field))
        var decoded = [Int64](repeating: -1, count: 4_096)
        var present = [UInt64](repeating: .max, count: 64)
        for window in 0..<column.windowCount {
            try column.decode(window: window, values: &decoded, present: &present)
            let part = values[(window * 4_096)...].prefix(4_096)
            let summary = column.summary(window: window)
            #expect(summary.presentCount == part.filter { $0 != nil }.count, "SAEKIN_SEED=\(seed)")
            #expect(summary.smallest == part.compactMap { $0 }.min() ?? 0)
            #expect(summary.largest == part.compactMap { $0 }.max() ?? 0)
            let found = (0..<4_096).map { offset in
                present[offset / 64] >> UInt64(offset % 64) & 1 == 1 ? decoded[offset] : nil
            }
            try checkRanges(column, window, Array(part), seed)
            let missing = [Int64?](repeating: nil, count: 4_096 - part.count)
            #expect(found == Array(part) + missing, "SAEKIN_SEED=\(seed)")
        }
        for document in stride(from: 0, to: values.count, by: values.count > 1_000 ? 37 : 1) {
            #expect(try column.value(DocID(document)) == values[document], "SAEKIN_SEED=\(seed)")
        }
    }

    /// Documents of a window, few or many of them, as bits.
    private func chosen(_ count: Int, _ random: inout SeededGenerator) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: 64)
        let sparse = [1, 2, 9, 90, 900]
        let share = sparse[Int.random(in: 0..<sparse.count, using: &random)]
        for offset in 0..<count where Int.random(in: 0..<share, using: &random) == 0 {
            words[offset / 64] |= 1 << UInt64(offset % 64)
        }
        return words
    }

    /// Ranges that are compared without decoding.
    private func checkRanges(_ column: IntegerColumn, _ window: Int, _ values: [Int64?], _ seed: UInt64)
        throws
    {
        var random = SeededGenerator()
        let known = values.compactMap { $0 }
        for _ in 0..<6 where !known.isEmpty {
            let ends = [known.randomElement(using: &random)!, known.randomElement(using: &random)!].sorted()
            let candidates = chosen(values.count, &random)
            var words = [UInt64](repeating: 7, count: 64)
            let isMatched = try column.matchRange(
                window: window, lower: ends[0], upper: ends[1], candidates: candidates, into: &words)
            guard isMatched else { return }
            var expected = candidates
            for (offset, value) in values.enumerated() where value! < ends[0] || value! > ends[1] {
                expected[offset / 64] &= ~(1 << UInt64(offset % 64))
            }
            #expect(words == expected, "SAEKIN_SEED=\(seed) or \(random.seed)")
        }
    }

    /// Counts of chosen documents, where they are packed and by runs, against the values; by ordinal and by
    /// other numbers.
    private func checkCounts(
        _ column: KeywordColumn, _ runs: FacetRuns?, _ window: Int, _ values: [[UInt32]]
    ) throws {
        var random = SeededGenerator()
        let numbers = (0..<UInt32(300)).shuffled(using: &random)
        for round in 0..<6 {
            let words = chosen(values.count, &random)
            var expected = [UInt32](repeating: 0, count: 300)
            for (offset, ordinals) in values.enumerated()
            where words[offset / 64] >> UInt64(offset % 64) & 1 == 1 {
                for ordinal in ordinals { expected[Int(round < 3 ? ordinal : numbers[Int(ordinal)])] += 1 }
            }
            func check(_ count: (UnsafePointer<UInt32>?, UnsafeMutablePointer<UInt32>) throws -> Void)
                rethrows
            {
                var counts = [UInt32](repeating: 0, count: 600)
                try numbers.withUnsafeBufferPointer { numbers in
                    try count(round < 3 ? nil : numbers.baseAddress, &counts)
                }
                let found = (0..<300).map { counts[2 * $0] + counts[2 * $0 + 1] }
                #expect(found == expected, "SAEKIN_SEED=\(random.seed)")
            }
            try check { try column.count(window: window, where: words, numbers: $0, into: $1) }
            guard let runs else { continue }
            check { runs.count(window: window, where: words, numbers: $0, into: $1) }
        }
    }

    @Test("integers of every shape come back", arguments: lengths)
    func integers(count: Int) throws {
        var generator = SeededGenerator()
        let shapes: [(inout SeededGenerator) -> Int64] = [
            { _ in 42 },
            { Int64.random(in: 0...1, using: &$0) * 1_000_000_007 },
            { Int64.random(in: 1...500, using: &$0) * 100 },
            { Int64.random(in: Int64.min...Int64.max, using: &$0) },
            { Bool.random(using: &$0) ? Int64.min : Int64.max },
            { Int64.random(in: 0...(1 << 40), using: &$0) * 3 - 5 },
        ]
        for shape in shapes {
            for absentShare in [0, 2, 50] {
                let values: [Int64?] = (0..<count).map { _ in
                    absentShare > 0 && Int.random(in: 0..<absentShare, using: &generator) != 1
                        ? nil : shape(&generator)
                }
                try checkIntegers(values, generator.seed)
            }
        }
        try checkIntegers([Int64?](repeating: nil, count: count), generator.seed)
    }

    @Test("ordinals of one or several values come back", arguments: lengths)
    func ordinals(count: Int) throws {
        var generator = SeededGenerator()
        let shapes = [(1, 0), (1, 3), (1, 60), (3, 0), (3, 3), (9, 60)]
        for ((most, absentShare), runLength) in shapes.flatMap({ [($0, 1), ($0, 40)] }) {
            var last: [UInt32] = []
            let values: [[UInt32]] = (0..<count).map { number in
                if number > 0, Int.random(in: 0..<runLength, using: &generator) > 0 { return last }
                last = value(most, absentShare)
                return last
            }
            func value(_ most: Int, _ absentShare: Int) -> [UInt32] {
                if absentShare > 0, Int.random(in: 0..<absentShare, using: &generator) != 1 { return [] }
                let few = (0..<Int.random(in: 1...most, using: &generator))
                return Set(few.map { _ in UInt32.random(in: 3..<300, using: &generator) }).sorted()
            }
            let (segment, field) = try segment(count, .keyword, termCount: 300) { range, writer in
                let present = range.filter { !values[$0].isEmpty }
                try writer.addKeywordBlock(
                    offsets: present.map { UInt16($0 - range.lowerBound) },
                    counts: present.map { UInt32(values[$0].count) },
                    ordinals: present.flatMap { values[$0] },
                    documentCount: range.count)
            }
            let column = try #require(segment.keywordColumn(field))
            let runs = try FacetRuns(column, documentCount: UInt32(count))
            if runLength > 1, count > 1_000 { #expect(runs != nil, "SAEKIN_SEED=\(generator.seed)") }
            var window = KeywordWindow()
            for number in 0..<column.windowCount {
                try column.decode(window: number, into: &window)
                try checkCounts(column, runs, number, Array(values[(number * 4_096)...].prefix(4_096)))
                for (offset, expected) in values[(number * 4_096)...].prefix(4_096).enumerated() {
                    var found: [UInt32] = []
                    window.forEachOrdinal(offset) { found.append($0) }
                    if found != expected { Issue.record("document \(offset), SAEKIN_SEED=\(generator.seed)") }
                }
            }
            for document in stride(from: 0, to: count, by: count > 1_000 ? 37 : 1) {
                #expect(
                    try column.ordinals(DocID(document)) == values[document], "SAEKIN_SEED=\(generator.seed)")
            }
        }
    }

    @Test("blocks without values cost their entry alone")
    func absentBlocks() throws {
        let (segment, field) = try segment(4_096 * 5, .integer) { range, writer in
            let isFirst = range.lowerBound == 0
            try writer.addIntegerBlock(
                offsets: isFirst ? [9] : [], values: isFirst ? [5] : [], documentCount: range.count)
        }
        #expect(segment.frame[.columns].view.count == 2)
        #expect(try segment.integerColumn(field)?.value(9) == 5)
    }
}
