// The counts of combinations are those of a look at every document, over windows, segments and deletes.

import Engine
import Testing

@testable import ProductSearch

@Suite struct CooccurrenceTests {
    /// More than a window of documents.
    private static let documentCount = 18_000
    private static let vocabulary = (0..<48).map { "word\($0)" }

    @Test func `combinations are counted as a look at every document counts them`() throws {
        var random = SeededRandom()
        let folder = try TestFolder()
        let writer = try IndexWriter.open(
            directory: folder.data.indexPath, options: .products(TestAnalyzer.shared))
        defer { writer.close() }
        let fields = try ProductFields(registry: writer.registry).spellingFields
        var contents: [Set<String>?] = []
        for number in 0..<Self.documentCount {
            var document = IndexDocument(key: Array("d\(number)".utf8), version: 1)
            var terms: Set<String> = []
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                // Some words are everywhere, most are rare.
                let place =
                    Int.random(in: 0..<48, using: &random) * Int.random(in: 0..<48, using: &random) / 48
                terms.insert(Self.vocabulary[place])
            }
            for (position, term) in terms.sorted().enumerated() {
                let field = try #require(fields.randomElement(using: &random))
                document.addTerm(field, term, position: UInt32(position))
            }
            _ = try writer.upsert(document)
            contents.append(terms)
            if number == Self.documentCount - 1_000 { try writer.commit(eventPosition: 1) }
        }
        for number in stride(from: 0, to: Self.documentCount, by: 7) {
            _ = try writer.delete(key: Array("d\(number)".utf8), version: 2)
            contents[number] = nil
        }
        let snapshot = try writer.refresh(eventPosition: 2)
        let live = contents.compactMap { $0 }
        for wordCount in [1, 2, 3] {
            let readings = (0..<wordCount).map { _ in Self.readings(using: &random) }
            let counted = try Cooccurrence(readings.map(\.readings), in: snapshot, fields: fields).counts
            #expect(counted == Self.counts(readings.map(\.needed), live), "\(readings.map(\.needed))")
        }
    }

    /// A word with up to six readings of one or two terms, each any of up to two; terms that are everywhere
    /// are left out, so that the counting does not stop at its limit.
    private static func readings(
        using random: inout SeededRandom
    ) -> (readings: WordReadings, needed: [[[String]]]) {
        var word = WordReadings()
        var needed: [[[String]]] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let reading = (0..<Int.random(in: 1...2, using: &random)).map { _ in
                (0..<Int.random(in: 1...2, using: &random)).map { _ in
                    vocabulary[Int.random(in: 4..<48, using: &random)]
                }
            }
            if word.add(reading.map { $0.map { Array($0.utf8) } }) { needed.append(reading) }
        }
        return (word, needed)
    }

    private static func counts(_ words: [[[[String]]]], _ documents: [Set<String>]) -> [UInt64: Int] {
        var counts: [UInt64: Int] = [:]
        for document in documents {
            var combinations: [UInt64] = [0]
            for (place, readings) in words.enumerated() {
                let present = readings.indices.filter { reading in
                    readings[reading].allSatisfy { !document.isDisjoint(with: $0) }
                }
                combinations = combinations.flatMap { combination in
                    present.map { combination | UInt64($0) << UInt64(place * 8) }
                }
            }
            for combination in combinations { counts[combination, default: 0] += 1 }
        }
        return counts
    }
}
