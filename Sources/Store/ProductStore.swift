import CSQLite
import Synchronization

/// The truth about products: one SQLite file with the products, the log of their events, and the events
/// that could not be handled. Tables and events are described in `Store.docc`.
///
/// Any thread may use a store, and several processes may open the same file. A change and its events are
/// one transaction; with `.full` durability it is on disk when the call returns. Writers wait for each
/// other, also across processes, up to `StoreOptions.busyMilliseconds`; readers never wait.
public final class ProductStore: Sendable {
    /// The file.
    public let path: String
    let options: StoreOptions
    /// Nil for a store that was opened for reading.
    let writes: WriteQueue?
    private let readers = Mutex<[Connection]?>([])
    /// Never writes, so that `PRAGMA data_version` changes with every commit of any other connection.
    private let observer: Mutex<Connection?>

    /// How a store is opened.
    public enum Mode: Sendable {
        /// Makes the file if there is none, and brings an older one up to date.
        case readWrite
        /// Changes nothing; the file must be there.
        case readOnly
    }

    /// Opens the store in the file.
    public static func open(
        path: String, mode: Mode = .readWrite, options: StoreOptions = StoreOptions()
    ) throws(StoreError) -> ProductStore {
        try ProductStore(path, mode, options, .all)
    }

    init(
        _ path: String, _ mode: Mode, _ options: StoreOptions, _ migrations: Migrations
    ) throws(StoreError) {
        self.path = path
        self.options = options
        switch mode {
        case .readWrite:
            let connection = try Self.openWriter(path, options, migrations)
            var random = SystemRandomNumberGenerator()
            writes = WriteQueue(
                Writer(connection, eventIDs: EventIDs(using: &random), clock: options.clock))
        case .readOnly:
            writes = nil
        }
        let connection = try Self.openReader(path, mode, options)
        let version = try migrations.version(of: connection)
        if version < migrations.steps.count {
            throw .olderSchema(path: path, found: version, supported: migrations.steps.count)
        }
        observer = Mutex(connection)
    }

    /// Closes the file. Calls after this throw `closed`.
    public func close() {
        writes?.close()
        readers.withLock { $0 = nil }
        observer.withLock { $0 = nil }
    }

    private static func openWriter(
        _ path: String, _ options: StoreOptions, _ migrations: Migrations
    ) throws(StoreError) -> Connection {
        let connection = try Connection(
            path: path, access: .readWriteCreate, busyMilliseconds: options.busyMilliseconds)
        // Before anything is changed: is this a file of ours?
        _ = try migrations.version(of: connection)
        try connection.execute("PRAGMA foreign_keys = ON")
        try connection.execute("PRAGMA trusted_schema = OFF")
        try connection.execute("PRAGMA cache_size = -32768")
        try enableWriteAheadLog(connection, options)
        try connection.execute("PRAGMA journal_size_limit = 67108864")
        try connection.execute("PRAGMA synchronous = \(options.durability == .full ? "FULL" : "NORMAL")")
        if options.durability == .deferred { try connection.execute("PRAGMA wal_autocheckpoint = 8192") }
        try migrations.apply(to: connection)
        if let limit = options.byteLimit {
            let pageSize = try connection.integer("PRAGMA page_size")
            try connection.execute("PRAGMA max_page_count = \(max(1, Int64(limit) / pageSize))")
        }
        return connection
    }

    /// The change to WAL needs the file alone for a moment and does not wait by itself.
    private static func enableWriteAheadLog(
        _ connection: Connection, _ options: StoreOptions
    ) throws(StoreError) {
        var waited = 0
        while true {
            do throws(StoreError) {
                let statement = try connection.prepare("PRAGMA journal_mode = WAL", for: "opening")
                guard try statement.step(), statement.text(0) == "wal" else {
                    throw .cannotOpen(
                        path: connection.path, reason: "the file system allows no write-ahead log")
                }
                return
            } catch {
                guard case .busy = error, waited < options.busyMilliseconds else { throw error }
                sqlite3_sleep(10)
                waited += 10
            }
        }
    }

    private static func openReader(
        _ path: String, _ mode: Mode, _ options: StoreOptions
    ) throws(StoreError) -> Connection {
        let connection = try Connection(
            path: path, access: mode == .readOnly ? .readOnly : .readWrite,
            busyMilliseconds: options.busyMilliseconds)
        try connection.execute("PRAGMA query_only = ON")
        try connection.execute("PRAGMA trusted_schema = OFF")
        return connection
    }

    /// Lends a reading connection: an idle one, or one more.
    func read<Value>(
        _ body: (Connection) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        let idle = readers.withLock { idle in (isOpen: idle != nil, connection: idle?.popLast()) }
        if !idle.isOpen { throw .closed(path: path) }
        let connection =
            if let connection = idle.connection {
                connection
            } else {
                try Self.openReader(path, writes == nil ? .readOnly : .readWrite, options)
            }
        defer {
            readers.withLock { idle in
                if let count = idle?.count, count < options.idleReaderCount { idle?.append(connection) }
            }
        }
        return try body(connection)
    }

    /// Runs a change in line with others; throws `readOnly` if the store may not be written.
    func write<Value>(
        _ change: @escaping (inout Writer) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        guard let writes else { throw .readOnly(path: path) }
        return try writes.perform(change)
    }

    /// A number that changes whenever any thread or process has committed to the file. Cheap: it reads
    /// shared memory and no page.
    public func dataVersion() throws(StoreError) -> Int64 {
        let outcome = observer.withLock { connection in
            Result { () throws(StoreError) in
                guard let connection else { throw StoreError.closed(path: path) }
                let statement = try connection.statement(.dataVersion)
                defer { statement.reset() }
                return try statement.step() ? statement.integer(0) : 0
            }
        }
        return try outcome.get()
    }
}
