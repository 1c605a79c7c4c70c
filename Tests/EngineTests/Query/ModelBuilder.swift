@testable import Engine

/// Makes segments of model documents.
enum ModelBuilder {
    /// A segment of the documents as they are, and the changes made to it afterwards: `deleted` documents,
    /// and new prices, stocks and worths of `updated` ones, which the documents take over.
    static func view(
        _ documents: inout [ModelDocument], _ fields: ModelFields, id: UInt64, deleted: [Int], updated: [Int],
        random: inout SeededRandom
    ) throws -> SegmentView {
        var builder = SegmentBuilder(registry: fields.registry)
        for document in documents { _ = try builder.add(indexed(document)) }
        let segment = try Segment(image: try builder.finish(), name: "model \(id)")
        var liveDocs = LiveDocs(documentCount: segment.documentCount)
        for index in deleted {
            documents[index].isLive = false
            _ = liveDocs.delete(DocID(index))
        }
        var overlay = ColumnOverlay(documentCount: segment.documentCount)
        for index in updated {
            let field = [fields.price, fields.stock, fields.worth].randomElement(using: &random)!
            let step: Int64 = field == fields.worth ? 25 : 500
            let value: Int64? =
                Int.random(in: 0..<5, using: &random) == 0
                ? nil : Int64.random(in: -2..<12, using: &random) * step
            documents[index].integers[field] = value
            overlay.set(field, DocID(index), value)
        }
        return SegmentView(
            id: SegmentID(rawValue: id), segment: segment, liveDocs: deleted.isEmpty ? nil : liveDocs,
            overlay: overlay.isEmpty ? nil : overlay)
    }

    private static func indexed(_ document: ModelDocument) -> IndexDocument {
        var indexed = IndexDocument(key: document.key, version: 1)
        for (field, positions) in document.texts {
            for (position, terms) in positions.enumerated() {
                for term in terms { indexed.addTerm(field, term, position: UInt32(position)) }
            }
            indexed.setLength(field, UInt32(positions.count))
        }
        for (field, values) in document.keywords {
            for value in values { indexed.addKeyword(field, value) }
        }
        for (field, value) in document.integers { indexed.addInteger(field, value) }
        indexed.stored = document.key
        return indexed
    }
}
