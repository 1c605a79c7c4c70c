/// Why a search was not answered.
public enum SearchError: Error, Sendable, CustomStringConvertible {
    /// The request asks for something impossible or beyond a limit: the caller's mistake. `code` is stable.
    case request(code: String, message: String)
    /// The deadline passed or the caller asked to stop; nothing is known about the rest.
    case stopped
    /// A segment is damaged.
    case segment(SegmentError)

    /// A stable, short name of the error.
    public var code: String {
        switch self {
        case .request(let code, _): code
        case .stopped: "search_stopped"
        case .segment: "index_damaged"
        }
    }

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .request(_, let message): message
        case .stopped: "The search took longer than it was allowed to; ask for less or allow more time."
        case .segment(let error): "\(error)"
        }
    }

    static func limit(_ message: String) -> SearchError { .request(code: "query_limit", message: message) }
    static func invalid(_ message: String) -> SearchError {
        .request(code: "query_invalid", message: message)
    }
    static func cursor(_ message: String) -> SearchError {
        .request(code: "cursor_invalid", message: message)
    }
}
