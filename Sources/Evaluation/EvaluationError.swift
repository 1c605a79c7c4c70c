// What can go wrong between a file of queries and a report.

import Glibc

/// Why queries, judgments or a run could not be read or written.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    /// The system refused `operation` on `path`; `code` is its errno.
    case system(path: String, operation: String, code: Int32)
    /// Line `line` (from 1) of `path` is not what the format asks for.
    case malformed(path: String, line: Int, reason: String)
    /// An identifier that a TREC file cannot hold, because blanks part its columns.
    case unwritable(identifier: String)

    /// A sentence with the place and the remedy.
    public var description: String {
        switch self {
        case .system(let path, let operation, let code):
            // SAFETY: strerror gives a NUL-terminated string, and it is copied at once.
            return "\(path): cannot \(operation): \(String(cString: strerror(code)))"
        case .malformed(let path, let line, let reason):
            return "\(path):\(line): \(reason)"
        case .unwritable(let identifier):
            return "the identifier \"\(identifier)\" is empty or holds a blank, so no TREC run can name it: "
                + "evaluate without --run"
        }
    }
}
