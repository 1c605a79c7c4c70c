import JSON

/// A product as the store holds it: JSON without the updatable members, and those beside it.
public struct StoredProduct: Sendable {
    /// The product's id.
    public let id: String
    /// The `seq` of the last event of this product.
    public let version: UInt64
    /// Canonical JSON without the updatable members (`Product.writeStored`).
    public let stored: [UInt8]
    /// The updatable members.
    public let updatable: UpdatableMembers
    /// When it last changed, in milliseconds since 1970.
    public let updatedAt: Int64

    /// The whole product as canonical JSON.
    public var canonicalJSON: [UInt8] { Product.splice(stored: stored, updatable) }

    /// The product, read from its JSON.
    public func product(with parser: JSONParser) throws(ProductError) -> Product {
        var product = try Product(parsing: stored, with: parser)
        product.updatable = updatable
        return product
    }

    /// Throws `damaged` for a row that no release has written.
    init(row: Statement, path: String) throws(StoreError) {
        id = row.text(1)
        version = row.sequence(2)
        stored = row.bytes(3)
        updatable = try UpdatableMembers(row: row, path: path)
        updatedAt = row.integer(9)
    }
}

extension UpdatableMembers {
    init(row: Statement, path: String) throws(StoreError) {
        guard let status = ProductStatus(rawValue: row.integer(6)) else {
            throw .damaged(path: path, detail: "product \"\(row.text(1))\" has status \(row.integer(6))")
        }
        self.init(
            price: row.optionalInteger(4), stock: row.optionalInteger(5),
            status: status, rating: row.optionalDouble(7),
            salesCount: row.optionalInteger(8))
    }
}

/// A product made ready for writing before the writer is taken.
struct PreparedProduct {
    let id: String
    let stored: [UInt8]
    let updatable: UpdatableMembers

    init(_ product: Product) throws(StoreError) {
        do throws(ProductError) {
            try product.validate()
        } catch {
            throw .invalidProduct(error)
        }
        id = product.id
        stored = product.storedJSON
        updatable = product.updatable
        if stored.count > ProductLimits.productByteCount {
            throw .invalidProduct(
                .invalid(
                    path: "", expected: "a product of at most \(ProductLimits.productByteCount) bytes",
                    got: "\(stored.count)"))
        }
    }
}

/// What became of a product that was written.
public struct WriteReceipt: Sendable, Hashable {
    /// What was done.
    public enum Outcome: Sendable, Hashable {
        /// It was new, it changed, or it was the same already and no event was written.
        case created, updated, unchanged
    }

    /// The position in the event log from which the change can be seen; the product's version.
    public let seq: UInt64
    /// What was done.
    public let outcome: Outcome

    /// Whether the product is new.
    public var created: Bool { outcome == .created }
    /// Whether the product is another than before.
    public var changed: Bool { outcome != .unchanged }
}
