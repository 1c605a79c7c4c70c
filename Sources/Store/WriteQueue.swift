// Group commit. A durable commit waits for the disk, so writers that arrive meanwhile are committed
// together: each puts its change in line and asks for the writer; whoever gets it commits all that stand
// in line, in order, as one transaction with a savepoint for each. A caller returns only after the
// commit that holds its change.

import CSQLite
import Synchronization

/// The one writing connection of a store in this process, and the line before it.
final class WriteQueue: Sendable {
    /// The most changes in one transaction, so that the first in line does not wait for ever.
    private static let groupLimit = 256

    private let waiting = Mutex<[WriteRequest]>([])
    private let writer: Mutex<Writer>

    init(_ writer: sending Writer) {
        self.writer = Mutex(writer)
    }

    /// Runs a change in a transaction and returns after its commit. On an error nothing of it is kept.
    func perform<Value>(
        _ change: @escaping (inout Writer) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        var value: Value?
        let request = WriteRequest { (writer) throws(StoreError) in value = try change(&writer) }
        waiting.withLock { $0.append(request) }
        let outcome = writer.withLock { writer in
            while true {
                if let outcome = request.outcome { return outcome }
                let group = waiting.withLock { line in
                    let group = Array(line.prefix(Self.groupLimit))
                    line.removeFirst(group.count)
                    return group
                }
                writer.commit(group)
            }
        }
        try outcome.get()
        guard let value else { preconditionFailure("a change was committed without having run") }
        return value
    }

    /// Runs `body` with the writer outside of a transaction.
    func withWriter<Value: Sendable>(
        _ body: (inout Writer) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        let outcome = writer.withLock { writer in
            Result { () throws(StoreError) in
                try writer.requireUsable()
                return try body(&writer)
            }
        }
        return try outcome.get()
    }

    /// Closes the connection; all later changes fail.
    func close() {
        writer.withLock { $0.close() }
    }
}

/// A change in line.
// SAFETY: `change` runs once and `outcome` is read and written only by the holder of the writer's mutex.
final class WriteRequest: @unchecked Sendable {
    let change: (inout Writer) throws(StoreError) -> Void
    var outcome: Result<Void, StoreError>?

    init(_ change: @escaping (inout Writer) throws(StoreError) -> Void) {
        self.change = change
    }
}

/// What writing needs: the connection, the clock and names for events.
struct Writer {
    private let path: String
    private var open: Connection?
    private var eventIDs: EventIDs
    private let clock: @Sendable () -> Int64
    /// Set once a flush to disk failed: what is on disk is then unknown, and only opening again tells.
    private var failure: StoreError?

    init(_ connection: Connection, eventIDs: EventIDs, clock: @escaping @Sendable () -> Int64) {
        path = connection.path
        open = connection
        self.eventIDs = eventIDs
        self.clock = clock
    }

    /// Milliseconds since 1970.
    var now: Int64 { clock() }

    mutating func nextEventID(time: Int64) -> String { eventIDs.next(time: time) }

    /// The connection. Precondition: the writer is usable.
    var connection: Connection {
        guard let open else { preconditionFailure("the writer was used after it was closed") }
        return open
    }

    func requireUsable() throws(StoreError) {
        if let failure { throw failure }
        if open == nil { throw .closed(path: path) }
    }

    mutating func close() {
        open = nil
    }

    /// Runs the changes in one transaction and gives each its outcome.
    mutating func commit(_ group: [WriteRequest]) {
        do throws(StoreError) {
            try requireUsable()
            try connection.statement(.begin).run()
            for request in group { try run(request, isAlone: group.count == 1) }
            try connection.statement(.commit).run()
            for request in group where request.outcome == nil { request.outcome = .success(()) }
        } catch {
            if case .syncFailed = error { failure = error }
            open?.rollBack()
            for request in group where request.outcome == nil { request.outcome = .failure(error) }
        }
    }

    /// Runs one change. Throws if the whole transaction is lost; a change that fails by itself is taken
    /// back by itself.
    private mutating func run(_ request: WriteRequest, isAlone: Bool) throws(StoreError) {
        if isAlone { return try request.change(&self) }
        try connection.statement(.savepoint).run()
        do throws(StoreError) {
            try request.change(&self)
        } catch {
            // A full disk and the like end the transaction, with the changes before this one.
            if !connection.isInTransaction { throw error }
            try connection.statement(.rollBackToSavepoint).run()
            request.outcome = .failure(error)
        }
        try connection.statement(.release).run()
    }
}
