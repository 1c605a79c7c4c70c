import Testing

// Live docs and column overlays: values with their own files.
@testable import Engine

@Suite("Live docs and overlays")
struct ChangesTests {
    static let counts: [UInt32] = [0, 1, 63, 64, 65, 4_096, 4_097]

    @Test("live docs say what was deleted, and come back from their file", arguments: counts)
    func liveDocs(count: UInt32) throws {
        var generator = SeededGenerator()
        var live = LiveDocs(documentCount: count)
        let before = live
        var model = [Bool](repeating: true, count: Int(count))
        for _ in 0..<count / 2 {
            let document = DocID.random(in: 0..<count, using: &generator)
            #expect(live.delete(document) == model[Int(document)])
            model[Int(document)] = false
        }
        #expect((0..<count).map { live.contains($0) } == model, "SAEKIN_SEED=\(generator.seed)")
        #expect(Int(live.liveCount) == model.filter { $0 }.count)
        #expect(before.liveCount == count)
        let read = try LiveDocs(live.encoded(), file: "live", documentCount: count)
        #expect(read == live)
        var bits = [UInt64](repeating: .max, count: 64)
        live.and(into: &bits, window: 0)
        var found: [Int] = []
        forEachBit(bits) { found.append($0) }
        #expect(found == model.indices.filter { model[$0] && $0 < 4_096 })
    }

    @Test("an overlay says what was set, copies are independent, and it comes back from its file")
    func overlay() throws {
        var generator = SeededGenerator()
        let count: UInt32 = 9_000
        let fields = [FieldID(rawValue: 3), FieldID(rawValue: 9)]
        var overlay = ColumnOverlay(documentCount: count)
        var model: [FieldID: [DocID: Int64?]] = [:]
        var copy = overlay
        var copiedModel = model
        for step in 0..<600 {
            let field = fields[Int.random(in: 0..<2, using: &generator)]
            let document = DocID.random(in: 0..<count, using: &generator)
            let value = Bool.random(using: &generator) ? Int64.random(in: -9...9, using: &generator) : nil
            overlay.set(field, document, value)
            model[field, default: [:]][document] = .some(value)
            if step == 300 { (copy, copiedModel) = (overlay, model) }
        }
        let read = try ColumnOverlay(overlay.encoded(), file: "overlay", documentCount: count)
        for (overlay, model) in [(overlay, model), (copy, copiedModel), (read, model)] {
            for field in fields {
                for document in 0..<count where overlay.value(field, document) != model[field]?[document] {
                    Issue.record("document \(document), SAEKIN_SEED=\(generator.seed)")
                }
            }
        }
        #expect(read.encoded() == overlay.encoded())
        var values = [Int64](repeating: 77, count: 4_096)
        var present = [UInt64](repeating: .max, count: 64)
        overlay.apply(fields[0], window: 1, values: &values, present: &present)
        for offset in 0..<4_096 {
            let expected = overlay.value(fields[0], DocID(4_096 + offset)) ?? 77
            let found = present[offset / 64] >> UInt64(offset % 64) & 1 == 1 ? values[offset] : nil
            if found != expected { Issue.record("offset \(offset), SAEKIN_SEED=\(generator.seed)") }
        }
    }

    @Test("every truncation and every flipped bit of the files is found")
    func damage() throws {
        var live = LiveDocs(documentCount: 70)
        _ = live.delete(3)
        var overlay = ColumnOverlay(documentCount: 70)
        overlay.set(FieldID(rawValue: 1), 5, 900)
        overlay.set(FieldID(rawValue: 1), 6, nil)
        let readers: [([UInt8], ([UInt8]) throws -> Void)] = [
            (live.encoded(), { _ = try LiveDocs($0, file: "live", documentCount: 70) }),
            (overlay.encoded(), { _ = try ColumnOverlay($0, file: "overlay", documentCount: 70) }),
        ]
        for (bytes, read) in readers {
            try read(bytes)
            for length in 0..<bytes.count {
                #expect(throws: SegmentError.self) { try read(Array(bytes[..<length])) }
            }
            for bit in 0..<bytes.count * 8 {
                var damaged = bytes
                damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(throws: SegmentError.self) { try read(damaged) }
            }
        }
        #expect(throws: SegmentError.self) { try LiveDocs(live.encoded(), file: "live", documentCount: 71) }
    }
}
