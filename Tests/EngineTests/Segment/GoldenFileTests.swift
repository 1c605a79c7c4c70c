import Testing

// Files of every released format must be readable for ever.
@testable import Engine

@Suite("Golden files")
struct GoldenFileTests {
    /// 300 documents by a formula, so that the file can be compared with them in any year.
    static func documents() -> (documents: [IndexDocument], registry: FieldRegistry) {
        let registry = FieldRegistry()
        let title = registry.register("title", .text)!
        let brand = registry.register("brand", .keyword)!
        let tags = registry.register("tags", .keyword)!
        let flags = registry.register("flags", .keyword, hasColumn: false)!
        let price = registry.register("price", .integer, isUpdatable: true)!
        let rating = registry.register("rating", .decimal)!
        let documents = (0..<300).map { number in
            var document = IndexDocument(key: Array("상품-\(number)".utf8), version: UInt64(number * number))
            document.addTerm(title, "모든", position: 0)
            for position in 1...(number % 9 + 1) {
                document.addTerm(title, "말\((number * position) % 23)", position: UInt32(position))
            }
            if number % 3 > 0 { document.addKeyword(brand, "상표 \(number % 17)") }
            for tag in 0..<number % 4 { document.addKeyword(tags, "tag\((number + tag * 5) % 11)") }
            if number % 2 == 0 { document.addKeyword(flags, "even") }
            if number % 7 > 0 { document.addInteger(price, Int64(number * 700 % 90_000 + 100)) }
            if number % 40 == 3 { document.addDecimal(rating, Double(number % 50) / 10 - 1) }
            document.stored = Array("{\"number\":\(number)}".utf8)
            return document
        }
        return (documents, registry)
    }

    @Test("a segment of format 2 says what its documents say")
    func formatTwo() throws {
        let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let segment = try Segment.open(path: "/\(folder)/Golden/segment-2.sg")
        #expect(segment.findings().isEmpty)
        let (documents, registry) = Self.documents()
        #expect(try SegmentContents(segment) == SegmentContents(documents: documents, registry))
        #expect(segment.fieldDefinitions == registry.definitions)
    }
}
