/// Why the store could not do what it was asked. Each says which file, what, and what to do.
public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file cannot be opened or made.
    case cannotOpen(path: String, reason: String)
    /// The file is no SQLite database, or one of another program. It was left as it is.
    case notAStore(path: String, reason: String)
    /// The file was written by a later release. It was left as it is.
    case newerSchema(path: String, found: Int, supported: Int)
    /// The file was written by an earlier release and was opened for reading only.
    case olderSchema(path: String, found: Int, supported: Int)
    /// The bytes in the file contradict each other.
    case damaged(path: String, detail: String)
    /// Another process wrote for longer than the busy time limit.
    case busy(path: String, waitedMilliseconds: Int, operation: String)
    /// The disk, or the size that the options allow, is full. Nothing of the change was kept.
    case full(path: String, operation: String)
    /// Reading or writing the file failed. Nothing of the change was kept.
    case inputOutput(path: String, operation: String, detail: String)
    /// Flushing to disk failed; what the file holds is not known until it is opened again.
    case syncFailed(path: String, detail: String)
    /// The store was opened for reading only.
    case readOnly(path: String)
    /// The store was closed.
    case closed(path: String)
    /// The product must not be stored.
    case invalidProduct(ProductError)
    /// There is no product of that id.
    case notFound(id: String)
    /// The event log does not reach back, or forward, to the position asked for.
    case eventsMissing(after: UInt64, oldest: UInt64, newest: UInt64)
    /// The file to be written is there already.
    case fileExists(path: String)
    /// Any other answer of SQLite.
    case sqlite(path: String, operation: String, code: Int32, message: String)

    /// One or two sentences for a person.
    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "cannot open the store \(path): \(reason). Check that the folder exists and may be written"
        case .notAStore(let path, let reason):
            "\(path) is not a Saekin store: \(reason). It was not changed; name another file"
        case .newerSchema(let path, let found, let supported):
            "\(path) has schema version \(found), this release knows \(supported). Use a newer release"
        case .olderSchema(let path, let found, let supported):
            "\(path) has schema version \(found), this release needs \(supported). "
                + "Open it once for writing to bring it up to date"
        case .damaged(let path, let detail):
            "the store \(path) is damaged: \(detail). Restore it from a backup"
        case .busy(let path, let waited, let operation):
            "\(operation): another process has been writing to \(path) for \(waited) ms. "
                + "Try again, or find it with: fuser \(path)"
        case .full(let path, let operation):
            "\(operation): no space left for \(path). Nothing was lost; make room and try again"
        case .inputOutput(let path, let operation, let detail):
            "\(operation): input/output error on \(path): \(detail). "
                + "Nothing was changed; check the disk and try again"
        case .syncFailed(let path, let detail):
            "flushing \(path) to disk failed: \(detail). Open the store again before writing more"
        case .readOnly(let path): "the store \(path) was opened for reading only"
        case .closed(let path): "the store \(path) was closed"
        case .invalidProduct(let error): "invalid product: \(error)"
        case .notFound(let id): "there is no product \"\(id)\""
        case .eventsMissing(let after, let oldest, let newest):
            "the event log holds \(oldest) to \(newest), so it cannot tell what came after \(after). Reindex"
        case .fileExists(let path): "\(path) exists already; name another file or remove it"
        case .sqlite(let path, let operation, let code, let message):
            "\(operation) on \(path): \(message) (SQLite code \(code))"
        }
    }
}
