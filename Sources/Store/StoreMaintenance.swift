// What is done to a store now and then: flushing, pruning, checking, copying.

import CSQLite
import Glibc

extension ProductStore {
    /// Makes all changes durable that were written with `.deferred`, and moves as much of the write-ahead
    /// log into the file as readers allow.
    public func synchronize() throws(StoreError) {
        guard let writes else { throw .readOnly(path: path) }
        let isDeferred = options.durability == .deferred
        try writes.withWriter { (writer) throws(StoreError) in
            let connection = writer.connection
            // A durable commit flushes the log with all that stands in it. Writing the schema version that
            // the file has already is the smallest commit there is.
            if isDeferred {
                try connection.execute("PRAGMA synchronous = FULL")
                let version = try connection.integer("PRAGMA user_version")
                try connection.execute("PRAGMA user_version = \(version)")
                try connection.execute("PRAGMA synchronous = NORMAL")
            }
            let code = sqlite3_wal_checkpoint_v2(connection.handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
            if code != SQLITE_OK, code & 0xFF != SQLITE_BUSY { throw connection.error(code, "checkpoint") }
        }
    }

    /// Removes the events up to and including a position; those behind it stay. The caller sees to it that
    /// every consumer has them in its committed state: one that has not gets `eventsMissing` and must start
    /// from a snapshot. Dead letters stay. Returns how many events were removed.
    @discardableResult
    public func pruneEvents(through position: UInt64) throws(StoreError) -> Int {
        // In parts, so that other writers get their turn.
        var removed = 0
        while true {
            let part = try write { (writer) throws(StoreError) -> Int in
                let delete = try writer.connection.prepare(
                    "DELETE FROM events WHERE seq <= ?1 "
                        + "AND seq < (SELECT min(seq) FROM events) + 10000", for: "pruning events")
                delete.bind(1, position)
                try delete.run()
                let count = Int(sqlite3_changes(writer.connection.handle))
                // No index can ask for a vocabulary of before the log's beginning.
                let forget = try writer.connection.prepare(
                    "DELETE FROM vocabulary WHERE until <= ?1", for: "pruning the vocabulary")
                forget.bind(1, position)
                try forget.run()
                return count
            }
            removed += part
            if part == 0 { return removed }
        }
    }

    /// Reads the whole file and returns what is wrong with it, one sentence each; empty if nothing is.
    public func check() throws(StoreError) -> [String] {
        try read { (connection) throws(StoreError) in
            try connection.reading { () throws(StoreError) in
                var problems: [String] = []
                let integrity = try connection.prepare("PRAGMA integrity_check", for: "checking")
                while try integrity.step() {
                    if integrity.text(0) != "ok" { problems.append(integrity.text(0)) }
                }
                let last = try connection.lastSequence()
                let rows = try connection.statement(.selectAllProducts)
                defer { rows.reset() }
                while try rows.step() {
                    if problems.count >= 100 { break }
                    if let problem = try connection.problem(in: StoredProduct(row: rows, path: path), last) {
                        problems.append(problem)
                    }
                }
                return problems
            }
        }
    }

    /// Copies the store as it is at this moment to a file that must not exist yet, while others go on
    /// writing. The copy appears under its name only when it is whole and on disk. Returns the position of
    /// the last event in it.
    @discardableResult
    public func backup(to target: String) throws(StoreError) -> UInt64 {
        if access(target, F_OK) == 0 { throw .fileExists(path: target) }
        let partial = target + ".partial"
        unlink(partial)
        let position = try copy(to: partial)
        guard link(partial, target) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(partial)
            throw .inputOutput(path: target, operation: "naming the backup", detail: reason)
        }
        unlink(partial)
        try synchronizeFolder(of: target)
        return position
    }

    private func copy(to partial: String) throws(StoreError) -> UInt64 {
        try read { (source) throws(StoreError) in
            // The read transaction holds the moment; without it a commit would start the copy afresh.
            try source.reading { () throws(StoreError) in
                let position = try source.lastSequence()
                do throws(StoreError) {
                    let target = try Connection(path: partial, access: .readWriteCreate, busyMilliseconds: 0)
                    guard let backup = sqlite3_backup_init(target.handle, "main", source.handle, "main")
                    else {
                        throw target.error(sqlite3_errcode(target.handle), "backup")
                    }
                    let code = sqlite3_backup_step(backup, -1)
                    sqlite3_backup_finish(backup)
                    if code != SQLITE_DONE { throw target.error(code, "backup") }
                } catch {
                    unlink(partial)
                    throw error
                }
                return position
            }
        }
    }

    private func synchronizeFolder(of file: String) throws(StoreError) {
        let end = file.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = end.map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .inputOutput(
                path: folder, operation: "opening the folder", detail: String(cString: strerror(errno)))
        }
        defer { Glibc.close(descriptor) }
        if fsync(descriptor) != 0 {
            throw .syncFailed(path: folder, detail: String(cString: strerror(errno)))
        }
    }
}

extension Connection {
    /// What is wrong with a product, if anything is.
    fileprivate func problem(in row: StoredProduct, _ last: UInt64) -> String? {
        if row.version > last {
            return "product \"\(row.id)\" has version \(row.version), but the last event is \(last)"
        }
        do throws(ProductError) {
            let product = try row.product(with: parser)
            if !product.id.utf8.elementsEqual(row.id.utf8) {
                return "product \"\(row.id)\" holds the id \"\(product.id)\""
            }
            try product.validate()
            return nil
        } catch {
            return "product \"\(row.id)\": \(error)"
        }
    }
}
