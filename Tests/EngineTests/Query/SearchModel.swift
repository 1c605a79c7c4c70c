// A model of an index for the query tests: documents as plain values, and the segments built from them.

@testable import Engine

/// A document as the tests think of it.
struct ModelDocument {
    var key: [UInt8]
    /// Per text field, the terms at each position.
    var texts: [FieldID: [[[UInt8]]]] = [:]
    var keywords: [FieldID: Set<[UInt8]>] = [:]
    /// The values as searched: overlays applied.
    var integers: [FieldID: Int64] = [:]
    var isLive = true

    /// How often a term occurs in a field.
    func frequency(_ field: FieldID, _ term: [UInt8]) -> Int {
        if let values = keywords[field] { return values.contains(term) ? 1 : 0 }
        return (texts[field] ?? []).reduce(0) { $0 + ($1.contains(term) ? 1 : 0) }
    }

    /// Every different term of a field.
    func terms(_ field: FieldID) -> Set<[UInt8]> {
        if let values = keywords[field] { return values }
        return Set((texts[field] ?? []).joined())
    }

    /// How often the phrase occurs in a field.
    func phraseFrequency(_ field: FieldID, _ terms: [[[UInt8]]]) -> Int {
        let positions = texts[field] ?? []
        guard !terms.isEmpty, positions.count >= terms.count else { return 0 }
        return (0...positions.count - terms.count).reduce(0) { count, start in
            let matches = terms.indices.allSatisfy { offset in
                terms[offset].contains { positions[start + offset].contains($0) }
            }
            return count + (matches ? 1 : 0)
        }
    }
}

/// The fields of the model, the same in every test.
struct ModelFields {
    let registry = FieldRegistry()
    let title: FieldID
    let body: FieldID
    let brand: FieldID
    let category: FieldID
    let price: FieldID
    let stock: FieldID
    /// For priors.
    let worth: FieldID

    init() {
        title = registry.register("title", .text)!
        body = registry.register("body", .text)!
        brand = registry.register("brand", .keyword)!
        category = registry.register("category", .keyword)!
        price = registry.register("price", .integer, isUpdatable: true)!
        stock = registry.register("stock", .integer, isUpdatable: true)!
        worth = registry.register("worth", .integer, isUpdatable: true)!
    }
}

/// Segments of documents, and the index made of them.
struct SearchModel {
    let fields: ModelFields
    var segments: [[ModelDocument]]
    var views: [SegmentView]

    /// Every document that is not deleted, with its address.
    var liveDocuments: [(address: DocAddress, document: ModelDocument)] {
        segments.enumerated().flatMap { segment, documents in
            documents.enumerated().filter { $0.element.isLive }.map {
                (DocAddress(segment: segment, document: UInt32($0.offset)), $0.element)
            }
        }
    }

    var snapshot: Snapshot {
        Snapshot(
            segments: views, registry: fields.registry, eventPosition: 0, committedPosition: 0,
            createdAt: ContinuousClock.now, sequence: 1)
    }

    func document(_ address: DocAddress) -> ModelDocument {
        segments[address.segment][Int(address.document)]
    }
}

extension String {
    var bytes: [UInt8] { Array(utf8) }
}
