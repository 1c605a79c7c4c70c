import JSON

/// Something that happened to a product, written in the same transaction as the change.
///
/// Events are small: they say what changed, not what the product is now. A consumer reads the current
/// row with `ProductStore.products(ids:)`; the events of a product that were overtaken by later ones
/// then lead to the same row, which is right.
public struct Event: Sendable, Hashable {
    /// The place in the log: 1, 2, 3, … without gaps, the same for all processes.
    public let seq: UInt64
    /// Names the event everywhere (a UUID of version 7).
    public let id: String
    /// What happened, such as `product.created`; `kind` for those this release knows.
    public let type: String
    /// The version of the body's layout, 1 for all.
    public let version: Int
    /// The id of the product; empty where it is of none.
    public let aggregateID: String
    /// When, in milliseconds since 1970.
    public let time: Int64
    /// A JSON object, see `EventKind`.
    public let body: [UInt8]

    /// What happened, if this release knows it.
    public var kind: EventKind? { EventKind(rawValue: type) }

    /// Whether nothing but updatable members changed, so that the index need not analyse the product
    /// again. To be applied with the event's own `seq` as version: with the version of the row, which may
    /// be later, it would hide a later change of the text.
    public var changesOnlyUpdatableMembers: Bool {
        switch kind {
        case .priceChanged, .stockChanged, .statusChanged: true
        case .updated: EventBody.onlyUpdatable.contains(body)
        case .created, .deleted, .vocabularyChanged, nil: false
        }
    }

    init(row: Statement) {
        seq = row.sequence(0)
        id = row.text(1)
        type = row.text(2)
        version = Int(row.integer(3))
        aggregateID = row.text(4)
        time = row.integer(5)
        body = row.bytes(6)
    }
}

/// The events of products, and of the vocabulary.
///
/// One change can write several, in this order: `updated` if anything but price, stock and status
/// changed, then one for each of those three that did.
public enum EventKind: String, Sendable, CaseIterable {
    /// The product is new. Body: `{}`.
    case created = "product.created"
    /// Members other than price, stock and status changed. Body: `{"changed":["title","*","rating"]}`, all
    /// unknown members together as `"*"`.
    case updated = "product.updated"
    /// Body: `{"price":9900,"previous":12000}`, null for none.
    case priceChanged = "product.price_changed"
    /// Body: `{"stock":0,"previous":3}`, null for none.
    case stockChanged = "product.stock_changed"
    /// Body: `{"status":"sold_out","previous":"on_sale"}`.
    case statusChanged = "product.status_changed"
    /// The product is gone. Body: `{}`.
    case deleted = "product.deleted"
    /// The vocabulary is another; of no product. Body: `{"added":1,"replaced":0,"removed":0}`.
    case vocabularyChanged = "vocabulary.changed"
}

/// The bodies of events.
enum EventBody {
    static let empty = Array("{}".utf8)

    /// Bodies of `updated` that name nothing but members with a column.
    static let onlyUpdatable: [[UInt8]] = [
        changed(["rating"]), changed(["sales_count"]), changed(["rating", "sales_count"]),
    ]

    static func changed(_ members: [String]) -> [UInt8] {
        JSONValue.object([("changed", .array(members.map { .string($0) }))]).jsonBytes
    }

    static func vocabulary(added: Int, replaced: Int, removed: Int) -> [UInt8] {
        JSONValue.object([
            ("added", .integer(Int64(added))), ("replaced", .integer(Int64(replaced))),
            ("removed", .integer(Int64(removed))),
        ]).jsonBytes
    }

    static func number(_ member: ProductMember, _ value: Int64?, previous: Int64?) -> [UInt8] {
        JSONValue.object([
            (member.rawValue, value.map { .integer($0) } ?? .null),
            ("previous", previous.map { .integer($0) } ?? .null),
        ]).jsonBytes
    }

    static func status(_ status: ProductStatus, previous: ProductStatus) -> [UInt8] {
        JSONValue.object([("status", .string(status.name)), ("previous", .string(previous.name))]).jsonBytes
    }
}

/// Names for events: UUIDs of version 7 (RFC 9562), the time and then a counter from a random start.
struct EventIDs {
    private var counter: UInt64
    private let tag: UInt64

    init(using random: inout some RandomNumberGenerator) {
        counter = random.next()
        tag = random.next()
    }

    mutating func next(time: Int64) -> String {
        counter &+= 1
        let high = UInt64(bitPattern: time) << 16 | 0x7000 | (tag & 0xFFF)
        let low = counter & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return String(unsafeUninitializedCapacity: 36) { text in
            var offset = 0
            for place in 0..<32 {
                if place == 8 || place == 12 || place == 16 || place == 20 {
                    text[offset] = UInt8(ascii: "-")
                    offset += 1
                }
                let word = place < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - place % 16 * 4)) & 15
                text[offset] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                offset += 1
            }
            return offset
        }
    }
}
