// Reads. None waits for a writer; those that read more than one row see one moment.

extension ProductStore {
    /// The product of that id.
    public func get(id: String) throws(StoreError) -> StoredProduct? {
        try read { (connection) throws(StoreError) in try connection.product(id: id) }
    }

    /// The products of those ids, in their order, nil where there is none; all of one moment.
    public func products(ids: [String]) throws(StoreError) -> [StoredProduct?] {
        try read { (connection) throws(StoreError) in
            try connection.reading { () throws(StoreError) in
                var products: [StoredProduct?] = []
                products.reserveCapacity(ids.count)
                for id in ids { products.append(try connection.product(id: id)) }
                return products
            }
        }
    }

    /// Up to `limit` events behind a position, in order. Throws `eventsMissing` if the log no longer
    /// holds the next one, or never came as far as `after`: the reader must start from a snapshot.
    public func events(after: UInt64, limit: Int) throws(StoreError) -> [Event] {
        try read { (connection) throws(StoreError) in
            try connection.reading { () throws(StoreError) in
                let select = try connection.statement(.selectEvents)
                defer { select.reset() }
                select.bind(1, after)
                select.bind(2, Int64(limit))
                var events: [Event] = []
                while try select.step() { events.append(Event(row: select)) }
                if events.first?.seq != after &+ 1 { try connection.checkReach(after, limit) }
                return events
            }
        }
    }

    /// The position of the last event ever written; 0 in a fresh store.
    public func lastSequence() throws(StoreError) -> UInt64 {
        try read { (connection) throws(StoreError) in try connection.lastSequence() }
    }

    /// How many products there are.
    public func count() throws(StoreError) -> Int {
        try read { (connection) throws(StoreError) in Int(try connection.first(.countProducts)) }
    }

    /// Lends a view of one moment: products and the position of the last event that they contain. While
    /// `body` runs, the write-ahead log of the file cannot shrink.
    public func withSnapshot<Value>(
        _ body: (StoreSnapshot) throws -> Value
    ) throws -> Value {
        let outcome = try read { (connection) throws(StoreError) in
            try connection.reading { () throws(StoreError) in
                let position = try connection.lastSequence()
                let count = Int(try connection.first(.countProducts))
                return Result {
                    try body(StoreSnapshot(connection: connection, lastSequence: position, count: count))
                }
            }
        }
        return try outcome.get()
    }

    /// Gives every product of one moment, oldest first, and returns the position of the last event that
    /// they contain: an index made from them continues with `events(after:)` from there.
    @discardableResult
    public func forEachProduct(_ body: (StoredProduct) throws -> Void) throws -> UInt64 {
        try withSnapshot { snapshot in
            try snapshot.forEachProduct(body)
            return snapshot.lastSequence
        }
    }
}

/// The store at one moment; lent to a closure of `ProductStore.withSnapshot` and of no use after it.
public struct StoreSnapshot {
    private let connection: Connection
    /// The position of the last event that the products contain.
    public let lastSequence: UInt64
    /// How many products there are.
    public let count: Int

    fileprivate init(connection: Connection, lastSequence: UInt64, count: Int) {
        self.connection = connection
        self.lastSequence = lastSequence
        self.count = count
    }

    /// Gives every product, oldest first.
    public func forEachProduct(_ body: (StoredProduct) throws -> Void) throws {
        let select = try connection.statement(.selectAllProducts)
        defer { select.reset() }
        while try select.step() { try body(try StoredProduct(row: select, path: connection.path)) }
    }
}

extension Connection {
    func product(id: String) throws(StoreError) -> StoredProduct? {
        let select = try statement(.selectProduct)
        defer { select.reset() }
        select.bind(1, id)
        return try select.step() ? try StoredProduct(row: select, path: path) : nil
    }

    func lastSequence() throws(StoreError) -> UInt64 { UInt64(clamping: try first(.lastSequence)) }

    /// The first column of the first row; 0 when there is none.
    func first(_ sql: SQL) throws(StoreError) -> Int64 {
        let select = try statement(sql)
        defer { select.reset() }
        return try select.step() ? select.integer(0) : 0
    }

    /// Whether the log continues at a position: the next event is there, or it is the end.
    fileprivate func checkReach(_ after: UInt64, _ limit: Int) throws(StoreError) {
        let newest = try lastSequence()
        let first = UInt64(clamping: try first(.oldestSequence))
        // An empty log, fresh or pruned to its end, can be read from its end only.
        let oldest = first == 0 ? newest + 1 : first
        if after > newest || after + 1 < oldest {
            throw .eventsMissing(after: after, oldest: oldest, newest: newest)
        }
    }
}
