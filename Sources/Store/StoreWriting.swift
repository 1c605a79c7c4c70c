// Changes of products. Each compares the new product with the row and writes what differs, with the
// events that tell of it, in one transaction.

import JSON

extension ProductStore {
    /// Stores the product in place of the one with its id. No difference: nothing is written, and the
    /// receipt has the product's version.
    @discardableResult
    public func put(_ product: Product) throws(StoreError) -> WriteReceipt {
        let prepared = try PreparedProduct(product)
        return try write { (writer) throws(StoreError) in try writer.put(prepared) }
    }

    /// Stores the products in order as one transaction: all of them or, on an error, none.
    @discardableResult
    public func putBatch(_ products: [Product]) throws(StoreError) -> [WriteReceipt] {
        var prepared: [PreparedProduct] = []
        prepared.reserveCapacity(products.count)
        for product in products { prepared.append(try PreparedProduct(product)) }
        let batch = prepared
        return try write { (writer) throws(StoreError) in
            var receipts: [WriteReceipt] = []
            receipts.reserveCapacity(batch.count)
            for product in batch { receipts.append(try writer.put(product)) }
            return receipts
        }
    }

    /// Changes members of a product by a JSON merge patch (RFC 7396): `null` takes a member away, and
    /// attributes are merged one by one. Throws `notFound`, or `invalidProduct` if the result is none.
    @discardableResult
    public func patch(id: String, _ changes: JSONValue) throws(StoreError) -> WriteReceipt {
        guard case .object = changes else {
            throw .invalidProduct(.invalid(path: "", expected: "an object", got: "\(changes.kind)"))
        }
        if let other = changes["id"], other != .string(id) {
            throw .invalidProduct(
                .invalid(path: "id", expected: "no id or \"\(id)\"", got: "another id; an id cannot change"))
        }
        return try write { (writer) throws(StoreError) in try writer.patch(id, changes) }
    }

    /// Removes the product and returns the position of the event; nil if there is none.
    @discardableResult
    public func delete(id: String) throws(StoreError) -> UInt64? {
        try write { (writer) throws(StoreError) in try writer.delete(id) }
    }
}

extension Writer {
    mutating func put(_ product: PreparedProduct) throws(StoreError) -> WriteReceipt {
        let select = try connection.statement(.selectProduct)
        defer { select.reset() }
        select.bind(1, product.id)
        guard try select.step() else {
            let time = now
            let seq = try append(.created, product.id, EventBody.empty, time)
            try insert(product, version: seq, time)
            return WriteReceipt(seq: seq, outcome: .created)
        }
        let key = select.integer(0)
        let version = select.sequence(2)
        let previous = try UpdatableMembers(row: select, path: connection.path)
        let isSameBody = select.withBytes(3) { $0.elementsEqual(product.stored) }
        if isSameBody, previous == product.updatable {
            return WriteReceipt(seq: version, outcome: .unchanged)
        }
        var changed: [String] = []
        if !isSameBody { changed = try changedMembers(from: select.bytes(3), to: product.stored) }
        let time = now
        let seq = try appendChanges(product.id, changed, from: previous, to: product.updatable, time)
        try update(product, key: key, version: seq, time, withBody: !isSameBody)
        return WriteReceipt(seq: seq, outcome: .updated)
    }

    mutating func patch(_ id: String, _ changes: JSONValue) throws(StoreError) -> WriteReceipt {
        guard let row = try connection.product(id: id) else { throw .notFound(id: id) }
        let merged = try connection.tree(of: row.canonicalJSON, id: id).merged(with: changes)
        let product: Product
        do throws(ProductError) {
            product = try Product(parsing: merged.jsonBytes, with: connection.parser)
        } catch {
            throw .invalidProduct(error)
        }
        return try put(PreparedProduct(product))
    }

    mutating func delete(_ id: String) throws(StoreError) -> UInt64? {
        let select = try connection.statement(.selectProduct)
        defer { select.reset() }
        select.bind(1, id)
        guard try select.step() else { return nil }
        let key = select.integer(0)
        let seq = try append(.deleted, id, EventBody.empty, now)
        let delete = try connection.statement(.deleteProduct)
        delete.bind(1, key)
        try delete.run()
        return seq
    }

    /// Appends an event and returns its position.
    mutating func append(
        _ kind: EventKind, _ id: String, _ body: [UInt8], _ time: Int64
    ) throws(StoreError) -> UInt64 {
        try append(type: kind.rawValue, version: 1, id, body, time)
    }

    mutating func append(
        type: String, version: Int64, _ id: String, _ body: [UInt8], _ time: Int64
    ) throws(StoreError) -> UInt64 {
        let insert = try connection.statement(.insertEvent)
        insert.bind(1, nextEventID(time: time))
        insert.bind(2, type)
        insert.bind(3, version)
        insert.bind(4, id)
        insert.bind(5, time)
        insert.bind(6, body)
        try insert.run()
        return connection.lastInsertedKey
    }

    /// Appends the events of one change; returns the position of the last.
    private mutating func appendChanges(
        _ id: String, _ changed: [String], from old: UpdatableMembers, to new: UpdatableMembers, _ time: Int64
    ) throws(StoreError) -> UInt64 {
        var changed = changed
        if old.rating != new.rating { changed.append(ProductMember.rating.rawValue) }
        if old.salesCount != new.salesCount { changed.append(ProductMember.salesCount.rawValue) }
        var seq: UInt64 = 0
        if !changed.isEmpty { seq = try append(.updated, id, EventBody.changed(changed), time) }
        if old.price != new.price {
            seq = try append(
                .priceChanged, id, EventBody.number(.price, new.price, previous: old.price), time)
        }
        if old.stock != new.stock {
            seq = try append(
                .stockChanged, id, EventBody.number(.stock, new.stock, previous: old.stock), time)
        }
        if old.status != new.status {
            seq = try append(.statusChanged, id, EventBody.status(new.status, previous: old.status), time)
        }
        return seq
    }

    private func insert(
        _ product: PreparedProduct, version: UInt64, _ time: Int64
    ) throws(StoreError) {
        let insert = try connection.statement(.insertProduct)
        insert.bind(1, product.id)
        insert.bind(2, version)
        insert.bind(3, product.stored)
        insert.bind(4, product.updatable)
        insert.bind(9, time)
        try insert.run()
    }

    private func update(
        _ product: PreparedProduct, key: Int64, version: UInt64, _ time: Int64, withBody: Bool
    ) throws(StoreError) {
        let update = try connection.statement(withBody ? .updateProduct : .updateColumns)
        update.bind(1, key)
        update.bind(2, version)
        if withBody { update.bind(3, product.stored) }
        update.bind(4, product.updatable)
        update.bind(9, time)
        try update.run()
    }

    /// The names of the members that differ between two stored products; unknown ones as one `*`.
    private func changedMembers(from old: [UInt8], to new: [UInt8]) throws(StoreError) -> [String] {
        let (oldTree, newTree) = (
            try connection.tree(of: old, id: nil), try connection.tree(of: new, id: nil)
        )
        var names: [String] = []
        for member in ProductMember.allCases where oldTree[member.rawValue] != newTree[member.rawValue] {
            names.append(member.rawValue)
        }
        func unknown(_ tree: JSONValue) -> JSONValue {
            .object((tree.objectValue ?? []).filter { ProductMember(rawValue: $0.0) == nil })
        }
        if unknown(oldTree) != unknown(newTree) { names.append("*") }
        return names
    }
}

extension Statement {
    /// Binds the updatable members at `index` and the four behind it.
    fileprivate func bind(_ index: Int32, _ updatable: UpdatableMembers) {
        bind(index, updatable.price)
        bind(index + 1, updatable.stock)
        bind(index + 2, updatable.status.rawValue)
        bind(index + 3, updatable.rating)
        bind(index + 4, updatable.salesCount)
    }
}
