import Testing

// A segment must say what its documents say, whatever their number and shape.
@testable import Engine

@Suite("A segment against a model")
struct SegmentModelTests {
    @Test("holds what was added", arguments: [0, 1, 2, 3, 31, 127, 128, 129, 500])
    func holdsWhatWasAdded(count: Int) throws {
        var generator = SeededGenerator()
        let fields = TestFields()
        let documents = fields.documents(count, &generator)
        let expected = SegmentContents(documents: documents, fields.registry)
        let found = try SegmentContents(fields.segment(documents))
        #expect(found == expected, "SAEKIN_SEED=\(generator.seed)")
    }
}
