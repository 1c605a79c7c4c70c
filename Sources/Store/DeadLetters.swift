// Events that a consumer could not handle are put aside, so that those behind them go on. They stay
// until a person, having removed the cause, replays or deletes them.

/// An event that could not be handled.
public struct DeadLetter: Sendable, Hashable {
    /// The event as it was in the log.
    public let event: Event
    /// Why it could not be handled, as the consumer said.
    public let error: String
    /// How often it was tried.
    public let attempts: Int
    /// When it was put aside, in milliseconds since 1970.
    public let failedAt: Int64

    fileprivate init(row: Statement) {
        event = Event(row: row)
        error = row.text(7)
        attempts = Int(row.integer(8))
        failedAt = row.integer(9)
    }
}

extension ProductStore {
    /// The longest error text that is kept, in bytes.
    static let deadLetterErrorByteCount = 4096

    /// Puts an event aside; once more for the same event replaces error, attempts and time.
    public func recordDeadLetter(_ event: Event, error: String, attempts: Int) throws(StoreError) {
        let error = String(decoding: error.utf8.prefix(Self.deadLetterErrorByteCount), as: UTF8.self)
        try write { (writer) throws(StoreError) in
            let insert = try writer.connection.statement(.insertDeadLetter)
            insert.bind(1, event.seq)
            insert.bind(2, event.id)
            insert.bind(3, event.type)
            insert.bind(4, Int64(event.version))
            insert.bind(5, event.aggregateID)
            insert.bind(6, event.time)
            insert.bind(7, event.body)
            insert.bind(8, error)
            insert.bind(9, Int64(attempts))
            insert.bind(10, writer.now)
            try insert.run()
        }
    }

    /// Up to `limit` dead letters behind the event position `after`, in order of their events.
    public func deadLetters(after: UInt64 = 0, limit: Int) throws(StoreError) -> [DeadLetter] {
        try read { (connection) throws(StoreError) in
            let select = try connection.statement(.selectDeadLetters)
            defer { select.reset() }
            select.bind(1, after)
            select.bind(2, Int64(limit))
            var letters: [DeadLetter] = []
            while try select.step() { letters.append(DeadLetter(row: select)) }
            return letters
        }
    }

    /// How many events are put aside.
    public func deadLetterCount() throws(StoreError) -> Int {
        try read { (connection) throws(StoreError) in Int(try connection.first(.countDeadLetters)) }
    }

    /// Puts the event into the log once more, with a new id and position, and takes the dead letter
    /// away. The product's version moves to that position, so that the index takes the product again even
    /// if it has it. Returns the position; nil if there is no dead letter for `seq`.
    @discardableResult
    public func replayDeadLetter(seq: UInt64) throws(StoreError) -> UInt64? {
        try write { (writer) throws(StoreError) -> UInt64? in
            let select = try writer.connection.statement(.selectDeadLetter)
            defer { select.reset() }
            select.bind(1, seq)
            guard try select.step() else { return nil }
            let event = DeadLetter(row: select).event
            let position = try writer.append(
                type: event.type, version: Int64(event.version), event.aggregateID, event.body, writer.now)
            let update = try writer.connection.statement(.updateVersion)
            update.bind(1, event.aggregateID)
            update.bind(2, position)
            try update.run()
            _ = try writer.removeDeadLetter(seq)
            return position
        }
    }

    /// Takes a dead letter away for good; false if there is none for `seq`.
    @discardableResult
    public func deleteDeadLetter(seq: UInt64) throws(StoreError) -> Bool {
        try write { (writer) throws(StoreError) in try writer.removeDeadLetter(seq) }
    }
}

extension Writer {
    fileprivate func removeDeadLetter(_ seq: UInt64) throws(StoreError) -> Bool {
        let delete = try connection.statement(.deleteDeadLetter)
        defer { delete.reset() }
        delete.bind(1, seq)
        guard try delete.step() else { return false }
        // The row that RETURNING gives comes first, the end of the statement after it.
        _ = try delete.step()
        return true
    }
}
