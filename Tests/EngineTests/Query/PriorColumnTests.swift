// Static priors in memory, beside the values that a search reads one by one:
//
// 1. after every one of many updates each document has its current value, and a stretch is bounded by its
//    greatest;
// 2. a source without values costs nothing and has the prior 0 for every document.

import Testing

@testable import Engine

@Suite("Prior columns")
struct PriorColumnTests {
    @Test("follow updates, whatever the column before held")
    func updates() throws {
        var random = SeededRandom.fromEnvironment()
        let fields = ModelFields()
        let count = 9_000
        var builder = SegmentBuilder(registry: fields.registry)
        for number in 0..<count {
            var document = IndexDocument(key: "\(number)".bytes, version: 1)
            if number % 3 > 0 {
                document.addInteger(fields.worth, Int64.random(in: -9..<300, using: &random))
            }
            document.addInteger(fields.stock, Int64.random(in: 0..<9, using: &random))
            _ = try builder.add(document)
        }
        let segment = try Segment(image: try builder.finish(), name: "priors")
        let steps = [StaticPrior.Bonus.Step(from: 3, value: 30), .init(from: 7, value: 200)]
        let sources = [
            PriorSource(field: fields.worth, bonus: nil),
            PriorSource(field: fields.worth, bonus: StaticPrior.Bonus(fields.stock, steps: steps)),
        ]
        var overlay = ColumnOverlay(documentCount: segment.documentCount)
        for round in 0..<12 {
            let view = SegmentView(
                id: SegmentID(rawValue: 1), segment: segment, liveDocs: nil,
                overlay: overlay.isEmpty ? nil : overlay)
            // Most rounds ask for one source, so that what the segment keeps is of the round before.
            let source = sources[round % 5 == 4 ? 0 : 1]
            let column = try view.prior(source)
            #expect(try view.prior(source) === column)
            let worth = try #require(IntegerReader(fields.worth, view: view))
            let stock = try #require(IntegerReader(fields.stock, view: view))
            let expected = try (0..<UInt32(count)).map { document in
                let value = min(255, max(0, try worth.value(document) ?? 0))
                guard source.bonus != nil, let left = try stock.value(document) else { return UInt8(value) }
                return UInt8(min(255, value + (left >= 7 ? 200 : left >= 3 ? 30 : 0)))
            }
            #expect((0..<count).allSatisfy { column.value(UInt32($0)) == expected[$0] }, "\(random.note)")
            #expect(column.greatest == expected.max())
            for _ in 0..<200 {
                let start = Int.random(in: 0..<count, using: &random)
                let end = Int.random(in: start + 1...min(count, start + 9_000), using: &random)
                let bound = column.greatest(UInt32(start), UInt32(end))
                #expect(bound >= expected[start..<end].max() ?? 0, "\(random.note): \(start)..<\(end)")
                let around = max(0, start - 255)..<min(count, end + 255)
                #expect(bound <= expected[around].max() ?? 0, "\(random.note): \(start)..<\(end)")
            }
            for _ in 0..<Int.random(in: 1..<20, using: &random) {
                let field = Bool.random(using: &random) ? fields.worth : fields.stock
                overlay.set(
                    field, UInt32.random(in: 0..<UInt32(count), using: &random),
                    Bool.random(using: &random) ? nil : Int64.random(in: 0..<260, using: &random))
            }
        }
    }

    @Test("are 0 where no document has a value")
    func nothing() throws {
        let fields = ModelFields()
        var builder = SegmentBuilder(registry: fields.registry)
        _ = try builder.add(IndexDocument(key: "k".bytes, version: 1))
        let segment = try Segment(image: try builder.finish(), name: "no priors")
        let view = SegmentView(id: SegmentID(rawValue: 1), segment: segment, liveDocs: nil, overlay: nil)
        let column = try view.prior(PriorSource(field: fields.worth, bonus: nil))
        #expect(column.values == nil && column.greatest == 0 && column.value(0) == 0)
        #expect(column.greatest(0, 1) == 0)
    }
}
