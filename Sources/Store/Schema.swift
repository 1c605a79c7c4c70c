// The tables, as numbered migrations, and every statement that is kept prepared. What the tables mean
// is described in Store.docc; a test holds that page to the schema made here.

import CSQLite

/// Brings a file to the newest schema, one numbered step after the other.
struct Migrations {
    /// Marks a file as a store ("Sae1"), in SQLite's `application_id`.
    static let applicationID: Int64 = 0x5361_6531

    /// Step n brings a file from `user_version` n to n + 1. Steps are only ever added.
    static let all = Migrations(steps: [
        """
        CREATE TABLE products (
            key INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            version INTEGER NOT NULL,
            body TEXT NOT NULL,
            price INTEGER,
            stock INTEGER,
            status INTEGER NOT NULL,
            rating REAL,
            sales_count INTEGER,
            updated_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE events (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL,
            type TEXT NOT NULL,
            version INTEGER NOT NULL,
            aggregate_id TEXT NOT NULL,
            time INTEGER NOT NULL,
            body TEXT NOT NULL
        ) STRICT;
        CREATE TABLE dead_letters (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            type TEXT NOT NULL,
            version INTEGER NOT NULL,
            aggregate_id TEXT NOT NULL,
            time INTEGER NOT NULL,
            body TEXT NOT NULL,
            error TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            failed_at INTEGER NOT NULL
        ) STRICT;
        """,
        """
        CREATE TABLE vocabulary (
            key INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            body TEXT NOT NULL,
            source TEXT NOT NULL,
            since INTEGER NOT NULL,
            until INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX vocabulary_now ON vocabulary (kind, name) WHERE until IS NULL;
        """,
    ])

    let steps: [String]

    /// The version of the file, after checking that it is a store that this release understands.
    func version(of connection: Connection) throws(StoreError) -> Int {
        let version = Int(try connection.integer("PRAGMA user_version"))
        let application = try connection.integer("PRAGMA application_id")
        if application != Self.applicationID {
            let tables = try connection.integer("SELECT count(*) FROM sqlite_schema")
            if application != 0 || version != 0 || tables != 0 {
                throw .notAStore(path: connection.path, reason: "it is a database of another program")
            }
        }
        if version > steps.count {
            throw .newerSchema(path: connection.path, found: version, supported: steps.count)
        }
        return version
    }

    /// Runs the steps that the file lacks, in one transaction.
    func apply(to connection: Connection) throws(StoreError) {
        if try version(of: connection) == steps.count { return }
        try connection.execute("BEGIN IMMEDIATE")
        do throws(StoreError) {
            // Another process may have been faster.
            for step in steps.dropFirst(try version(of: connection)) { try connection.execute(step) }
            try connection.execute("PRAGMA application_id = \(Self.applicationID)")
            try connection.execute("PRAGMA user_version = \(steps.count)")
            try connection.execute("COMMIT")
        } catch {
            connection.rollBack()
            throw error
        }
    }
}

/// Statements that are prepared once a connection.
enum SQL: Int, CaseIterable {
    case selectProduct, selectAllProducts, insertProduct, updateProduct, updateColumns, updateVersion
    case deleteProduct, insertEvent, selectEvents, lastSequence, oldestSequence, countProducts
    case insertDeadLetter, selectDeadLetters, selectDeadLetter, deleteDeadLetter, countDeadLetters
    case vocabularyVersion, selectVocabulary, endVocabulary, insertVocabulary
    case begin, commit, savepoint, release, rollBackToSavepoint, dataVersion

    /// Columns of a product as `StoredProduct.init` reads them.
    private static let productColumns =
        "key, id, version, body, price, stock, status, rating, sales_count, updated_at"
    private static let eventColumns = "seq, id, type, version, aggregate_id, time, body"

    var text: String {
        switch self {
        case .selectProduct: "SELECT \(Self.productColumns) FROM products WHERE id = ?1"
        case .selectAllProducts: "SELECT \(Self.productColumns) FROM products ORDER BY key"
        case .insertProduct:
            "INSERT INTO products (id, version, body, price, stock, status, rating, sales_count, updated_at) "
                + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        case .updateProduct:
            "UPDATE products SET version = ?2, body = ?3, price = ?4, stock = ?5, status = ?6, rating = ?7, "
                + "sales_count = ?8, updated_at = ?9 WHERE key = ?1"
        case .updateColumns:
            "UPDATE products SET version = ?2, price = ?4, stock = ?5, status = ?6, rating = ?7, "
                + "sales_count = ?8, updated_at = ?9 WHERE key = ?1"
        case .updateVersion: "UPDATE products SET version = ?2 WHERE id = ?1"
        case .deleteProduct: "DELETE FROM products WHERE key = ?1"
        case .insertEvent:
            "INSERT INTO events (id, type, version, aggregate_id, time, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        case .selectEvents:
            "SELECT \(Self.eventColumns) FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2"
        case .lastSequence: "SELECT seq FROM sqlite_sequence WHERE name = 'events'"
        case .oldestSequence: "SELECT min(seq) FROM events"
        case .countProducts: "SELECT count(*) FROM products"
        case .insertDeadLetter:
            "INSERT INTO dead_letters (\(Self.eventColumns), error, attempts, failed_at) "
                + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (seq) DO UPDATE SET "
                + "error = excluded.error, attempts = excluded.attempts, failed_at = excluded.failed_at"
        case .selectDeadLetters:
            "SELECT \(Self.eventColumns), error, attempts, failed_at FROM dead_letters "
                + "WHERE seq > ?1 ORDER BY seq LIMIT ?2"
        case .selectDeadLetter:
            "SELECT \(Self.eventColumns), error, attempts, failed_at FROM dead_letters WHERE seq = ?1"
        case .deleteDeadLetter: "DELETE FROM dead_letters WHERE seq = ?1 RETURNING seq"
        case .countDeadLetters: "SELECT count(*) FROM dead_letters"
        case .vocabularyVersion:
            "SELECT max(coalesce((SELECT max(since) FROM vocabulary WHERE since <= ?1), 0), "
                + "coalesce((SELECT max(until) FROM vocabulary WHERE until <= ?1), 0))"
        case .selectVocabulary:
            "SELECT kind, name, body, source FROM vocabulary "
                + "WHERE since <= ?1 AND (until IS NULL OR until > ?1) ORDER BY kind, name"
        case .endVocabulary:
            "UPDATE vocabulary SET until = ?3 WHERE kind = ?1 AND name = ?2 AND until IS NULL"
        case .insertVocabulary:
            "INSERT INTO vocabulary (kind, name, body, source, since) VALUES (?1, ?2, ?3, ?4, ?5)"
        case .begin: "BEGIN IMMEDIATE"
        case .commit: "COMMIT"
        case .savepoint: "SAVEPOINT change"
        case .release: "RELEASE change"
        case .rollBackToSavepoint: "ROLLBACK TO change"
        case .dataVersion: "PRAGMA data_version"
        }
    }

    /// What the statement is for, as errors name it.
    var purpose: String {
        switch self {
        case .selectProduct, .selectAllProducts, .countProducts: "reading products"
        case .insertProduct, .updateProduct, .updateColumns, .updateVersion, .deleteProduct:
            "writing a product"
        case .insertEvent: "writing an event"
        case .selectEvents, .lastSequence, .oldestSequence, .dataVersion: "reading events"
        case .selectDeadLetters, .selectDeadLetter, .countDeadLetters: "reading dead letters"
        case .insertDeadLetter, .deleteDeadLetter: "writing a dead letter"
        case .vocabularyVersion, .selectVocabulary: "reading the vocabulary"
        case .endVocabulary, .insertVocabulary: "changing the vocabulary"
        case .begin, .savepoint, .rollBackToSavepoint: "beginning a change"
        case .release, .commit: "committing a change"
        }
    }
}
