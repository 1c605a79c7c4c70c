// What the events of the log mean for the index. A pure function from events and product rows to changes, so
// that delivery (twice, late, in another split) can be tested without a store or an index.

import Engine
import Store

/// One change of the index.
enum IndexChange: Sendable {
    /// Index the product as its row is now. The row's version may be newer than the event: what it contains
    /// is then already what later events tell, and those are dropped as not newer.
    case upsert(StoredProduct, cause: Event)
    /// Only numbers that need no analysis changed. The version is the event's own: the row may already hold a
    /// newer text, which its own event must still be able to bring.
    case update(StoredProduct, cause: Event)
    case delete(cause: Event)

    /// The changes that `events` ask for, at most one upsert a product, in the order of the events.
    ///
    /// `products` holds the current rows of the products the events name, without those that are deleted: an
    /// event of a product without a row is history, and its `product.deleted` is on its way.
    static func changes(_ events: [Event], products: [String: StoredProduct]) -> [IndexChange] {
        var changes: [IndexChange] = []
        var upserted: Set<String> = []
        let rewritten = Set(events.filter { kind(of: $0) == .text }.map(\.aggregateID))
        for event in events {
            switch kind(of: event) {
            case .text:
                guard let stored = products[event.aggregateID], upserted.insert(event.aggregateID).inserted
                else { continue }
                changes.append(.upsert(stored, cause: event))
            case .columns:
                // The row is indexed as a whole in this batch anyway.
                guard let stored = products[event.aggregateID], !rewritten.contains(event.aggregateID)
                else { continue }
                changes.append(.update(stored, cause: event))
            case .deletion:
                changes.append(.delete(cause: event))
            case .vocabulary, .foreign: continue
            }
        }
        return changes
    }

    enum EventKind { case text, columns, deletion, vocabulary, foreign }

    /// Which kind of change an event means. Events of other domains, and kinds that a later version will
    /// bring, do not concern the index.
    static func kind(of event: Event) -> EventKind {
        switch event.kind {
        case .deleted: .deletion
        case .vocabularyChanged: .vocabulary
        case nil: .foreign
        case .created, .updated, .priceChanged, .stockChanged, .statusChanged:
            event.changesOnlyUpdatableMembers ? .columns : .text
        }
    }
}
