// One SQLite connection with its prepared statements. Used by one thread at a time: the writer's is
// inside a mutex, a reader's is taken out of the pool. SQLite is opened without its own mutexes.

import CSQLite
import JSON

// SAFETY: the owner of a connection hands it to one thread at a time, see above.
final class Connection: @unchecked Sendable {
    let path: String
    let busyMilliseconds: Int
    /// Reused for every product that is read with this connection.
    let parser = JSONParser()
    private(set) var handle: OpaquePointer
    private var statements: [Statement?]

    enum Access {
        case readWriteCreate, readWrite, readOnly
    }

    init(path: String, access: Access, busyMilliseconds: Int) throws(StoreError) {
        self.path = path
        self.busyMilliseconds = busyMilliseconds
        let flags =
            switch access {
            case .readWriteCreate: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readWrite: SQLITE_OPEN_READWRITE
            case .readOnly: SQLITE_OPEN_READONLY
            }
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard let opened, code == SQLITE_OK else {
            let reason = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "no memory"
            sqlite3_close_v2(opened)
            throw .cannotOpen(path: path, reason: reason)
        }
        handle = opened
        statements = Array(repeating: nil, count: SQL.allCases.count)
        sqlite3_busy_timeout(handle, Int32(clamping: busyMilliseconds))
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// The prepared statement; kept for the next use. The caller resets it.
    func statement(_ sql: SQL) throws(StoreError) -> Statement {
        if let statement = statements[sql.rawValue] { return statement }
        let statement = try prepare(sql.text, for: sql.purpose)
        statements[sql.rawValue] = statement
        return statement
    }

    /// A statement for a single use.
    func prepare(_ text: String, for purpose: String) throws(StoreError) -> Statement {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw error(code, purpose) }
        return Statement(prepared, self, operation: purpose)
    }

    /// Runs statements that return nothing.
    func execute(_ text: String, for purpose: String = "setting up") throws(StoreError) {
        let code = sqlite3_exec(handle, text, nil, nil, nil)
        if code != SQLITE_OK { throw error(code, purpose) }
    }

    /// The first column of the first row as an integer; 0 when there is none.
    func integer(_ text: String) throws(StoreError) -> Int64 {
        let statement = try prepare(text, for: "asking for a setting")
        return try statement.step() ? statement.integer(0) : 0
    }

    /// The key of the row that was inserted last.
    var lastInsertedKey: UInt64 { UInt64(clamping: sqlite3_last_insert_rowid(handle)) }

    /// JSON that the store wrote, as a tree.
    func tree(of json: [UInt8], id: String?) throws(StoreError) -> JSONValue {
        do throws(JSONError) {
            return try parser.parse(json)
        } catch {
            throw .damaged(path: path, detail: "a product\(id.map { " \"\($0)\"" } ?? ""): \(error)")
        }
    }

    /// Whether a transaction is open. SQLite ends one by itself after some errors.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Ends a transaction after an error. What SQLite says to it does not matter: the error before it
    /// is the one to report, and a transaction that is not ended is seen at the next `BEGIN`.
    func rollBack() {
        for statement in statements { statement?.reset() }
        if isInTransaction { _ = sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
    }

    /// Runs `body` in a read transaction: all it reads is of one moment.
    func reading<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        try execute("BEGIN", for: "beginning to read")
        do throws(StoreError) {
            let value = try body()
            try execute("COMMIT", for: "ending to read")
            return value
        } catch {
            rollBack()
            throw error
        }
    }

    /// SQLite's answer as an error that says what to do.
    func error(_ code: Int32, _ operation: String) -> StoreError {
        let message = String(cString: sqlite3_errmsg(handle))
        switch code {
        case SQLITE_IOERR | (4 << 8), SQLITE_IOERR | (5 << 8):  // fsync of the file, of its folder
            return .syncFailed(path: path, detail: message)
        default: break
        }
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED:
            return .busy(path: path, waitedMilliseconds: busyMilliseconds, operation: operation)
        case SQLITE_FULL: return .full(path: path, operation: operation)
        case SQLITE_IOERR: return .inputOutput(path: path, operation: operation, detail: message)
        case SQLITE_NOTADB: return .notAStore(path: path, reason: message)
        case SQLITE_CORRUPT: return .damaged(path: path, detail: message)
        case SQLITE_CANTOPEN: return .cannotOpen(path: path, reason: message)
        case SQLITE_READONLY: return .readOnly(path: path)
        default: return .sqlite(path: path, operation: operation, code: code, message: message)
        }
    }
}

/// A prepared statement: bind from 1, step, read columns from 0, reset.
final class Statement {
    private let handle: OpaquePointer
    private unowned let connection: Connection
    private let operation: String
    /// The first error of a bind; told by the next step.
    private var bindCode = SQLITE_OK

    fileprivate init(_ handle: OpaquePointer, _ connection: Connection, operation: String) {
        self.handle = handle
        self.connection = connection
        self.operation = operation
    }

    deinit { sqlite3_finalize(handle) }

    private func note(_ code: Int32) {
        if bindCode == SQLITE_OK { bindCode = code }
    }

    func bind(_ index: Int32, _ value: Int64?) {
        if let value {
            note(sqlite3_bind_int64(handle, index, value))
        } else {
            note(sqlite3_bind_null(handle, index))
        }
    }

    func bind(_ index: Int32, _ value: UInt64) {
        bind(index, Int64(clamping: value))
    }

    func bind(_ index: Int32, _ value: Double?) {
        if let value {
            note(sqlite3_bind_double(handle, index, value))
        } else {
            note(sqlite3_bind_null(handle, index))
        }
    }

    func bind(_ index: Int32, _ text: String) {
        var text = text
        text.withUTF8 { note(saekin_bind_text(handle, index, $0.baseAddress, $0.count)) }
    }

    func bind(_ index: Int32, _ text: [UInt8]) {
        text.withUnsafeBufferPointer { note(saekin_bind_text(handle, index, $0.baseAddress, $0.count)) }
    }

    /// Whether there is a row.
    func step() throws(StoreError) -> Bool {
        if bindCode != SQLITE_OK { throw connection.error(bindCode, operation) }
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw connection.error(code, operation)
        }
    }

    /// Makes the statement ready for the next use.
    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        bindCode = SQLITE_OK
    }

    /// Runs a statement that returns no row, and resets it.
    func run() throws(StoreError) {
        defer { reset() }
        _ = try step()
    }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func sequence(_ column: Int32) -> UInt64 { UInt64(clamping: integer(column)) }

    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    func optionalDouble(_ column: Int32) -> Double? {
        isNull(column) ? nil : sqlite3_column_double(handle, column)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        withBytes(column) { Array($0) }
    }

    func text(_ column: Int32) -> String {
        withBytes(column) { String(decoding: $0, as: UTF8.self) }
    }

    /// The text of a column in place; gone with the next step.
    func withBytes<Value>(_ column: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        // SAFETY: SQLite keeps the text until the next step; its length is asked after the pointer, as
        // SQLite's manual wants it.
        let start = sqlite3_column_text(handle, column)
        return body(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }
}
