// What the next events mean, made ready for the index: their products are read and analysed.

import Engine
import KoreanAnalysis
import Store

/// A batch of events with the documents that they lead to.
///
/// A product's row may be newer than the event: what it contains is then already what later events tell, and
/// these change nothing. So it does not matter how long before its turn a batch is read.
struct PreparedBatch: Sendable {
    /// The events; those of a change of the vocabulary, or those before the next one.
    let events: [Event]
    /// Whether the events change the vocabulary.
    let isVocabulary: Bool
    let changes: [IndexChange]
    /// For each change its document, where it has one.
    let documents: [Result<IndexDocument, ProductError>?]

    /// The events behind `position`, no more than `limit`.
    init(
        after position: UInt64, limit: Int, store: ProductStore, fields: ProductFields,
        analyzer: KoreanAnalyzer
    ) throws {
        let read = try store.events(after: position, limit: limit)
        let vocabulary = read.prefix { IndexChange.kind(of: $0) == .vocabulary }
        isVocabulary = !vocabulary.isEmpty
        // What comes behind a change of the vocabulary is analysed with the new one.
        events = Array(isVocabulary ? vocabulary : read.prefix { IndexChange.kind(of: $0) != .vocabulary })
        if isVocabulary {
            (changes, documents) = ([], [])
            return
        }
        let wanted = Set(events.filter { IndexChange.kind(of: $0) != .foreign }.map(\.aggregateID))
        let products = try store.products(ids: Array(wanted)).compactMap { $0 }
        changes = IndexChange.changes(
            events, products: Dictionary(uniqueKeysWithValues: products.map { ($0.id, $0) }))
        let upserted = changes.compactMap { change -> StoredProduct? in
            if case .upsert(let stored, _) = change { stored } else { nil }
        }
        var made = ProductProjector.documents(of: upserted, fields: fields, analyzer: analyzer)[...]
        documents = changes.map { change in
            if case .upsert = change { made.popFirst() } else { nil }
        }
    }
}
