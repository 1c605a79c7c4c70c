// Why an index could not be opened, read or written. Each case says where and, through `remedy`, what to do;
// no case is ever answered by deleting or replacing files.

/// A failure of an index or its writer.
public enum IndexError: Error, Hashable, Sendable {
    /// Another writer holds the folder; its process id is in the lock file.
    case locked(path: String, processID: Int32?)
    /// The folder holds no index.
    case noIndex(directory: String)
    /// A file does not hold what was written to it.
    case damaged(file: String, byteOffset: UInt64, what: String)
    /// A file was written by a version of the program that this one does not know.
    case unsupportedVersion(file: String, found: UInt32)
    /// The operating system refused a file operation.
    case file(FileError)
    /// A document breaks a limit of the index; nothing of it was written.
    case invalidDocument(String)
    /// An earlier write or sync failed. What the disk holds past the last commit is unknown, so the writer
    /// refuses everything until it is opened anew.
    case writerFailed(cause: String)
    /// The writer was closed.
    case closed

    /// What the operator can do about it.
    public var remedy: String {
        switch self {
        case .locked: "stop the other process, or use another data folder"
        case .noIndex: "start the service, or run: saekin reindex --data DIR"
        case .damaged: "the products are safe in the store; saekin reindex --data DIR rebuilds it"
        case .unsupportedVersion: "run the version that wrote it, or rebuild it: saekin reindex --data DIR"
        case .file: "check free space, permissions and the device, then start again"
        case .invalidDocument: "correct the document"
        case .writerFailed: "check free space and the device, then open the index again"
        case .closed: "open the index again"
        }
    }
}

extension IndexError: CustomStringConvertible {
    public var description: String {
        let problem =
            switch self {
            case .locked(let path, let processID):
                "\(path) is held by \(processID.map { "process \($0)" } ?? "another process")"
            case .noIndex(let directory): "no index in \(directory)"
            case .damaged(let file, let byteOffset, let what): "\(file), byte \(byteOffset): \(what)"
            case .unsupportedVersion(let file, let found): "\(file): unknown format version \(found)"
            case .file(let error): error.description
            case .invalidDocument(let what): what
            case .writerFailed(let cause): "the index writer stopped after a failure: \(cause)"
            case .closed: "the index writer is closed"
            }
        return "\(problem); \(remedy)"
    }
}
