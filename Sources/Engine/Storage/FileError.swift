// A failed call to the operating system: which operation, on which path, and the errno it left.

import Glibc

/// A file operation that the operating system refused.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The operation that failed.
    public enum Operation: String, Sendable {
        case createFolder, createFile, open, read, write, sync, rename, remove, list, lock, startThread,
            segment
    }

    /// What was attempted.
    public let operation: Operation
    /// The file or folder it was attempted on.
    public let path: String
    /// The value of `errno`.
    public let code: Int32
    /// What was being done, where the operation alone does not say it.
    public let note: String?

    /// Describes a failed operation.
    public init(_ operation: Operation, path: String, code: Int32, note: String? = nil) {
        self.operation = operation
        self.path = path
        self.code = code
        self.note = note
    }

    /// Whether the file or folder is not there.
    public var isMissing: Bool { code == ENOENT }

    public var description: String {
        "\(note ?? operation.rawValue) \(path): \(String(cString: strerror(code))) (errno \(code))"
    }
}
