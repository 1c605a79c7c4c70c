// The documents of the worked examples in the format pages, and of the golden file.
@testable import Engine

/// Three documents small enough to be read byte by byte.
enum WorkedExample {
    static func documents() -> (documents: [IndexDocument], registry: FieldRegistry) {
        let registry = FieldRegistry()
        let title = registry.register("title", .text)!
        let brand = registry.register("brand", .keyword)!
        let tags = registry.register("tags", .keyword)!
        let price = registry.register("price", .integer, isUpdatable: true)!
        var first = IndexDocument(key: Array("p1".utf8), version: 7)
        first.addTerm(title, "red", position: 0)
        first.addTerm(title, "shoe", position: 1)
        first.addKeyword(brand, "nike")
        first.addKeyword(tags, "run")
        first.addKeyword(tags, "sale")
        first.addInteger(price, 12_000)
        first.stored = Array("one".utf8)
        var second = IndexDocument(key: Array("p2".utf8), version: 8)
        for (position, term) in ["red", "red", "hat"].enumerated() {
            second.addTerm(title, term, position: UInt32(position))
        }
        second.addKeyword(tags, "sale")
        second.addInteger(price, 15_500)
        second.stored = Array("two".utf8)
        var third = IndexDocument(key: Array("p3".utf8), version: 9)
        third.addTerm(title, "blue", position: 0)
        third.addTerm(title, "shoe", position: 1)
        third.addKeyword(brand, "acme")
        third.stored = Array("three".utf8)
        return ([first, second, third], registry)
    }

    static func image() throws -> [UInt8] {
        let (documents, registry) = documents()
        var builder = SegmentBuilder(registry: registry, seed: 1)
        for document in documents { _ = try builder.add(document) }
        return try builder.finish()
    }
}
