// Every error a caller can cause, and the one table that gives it a status, a code and a message. HTTP
// answers `{"error": {"code", "message", "position"}}`; the command line prints the message.

import JSON

/// A request could not be answered because of what was asked.
public struct RequestError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, in the words clients switch on.
    public enum Code: String, Sendable, CaseIterable {
        case filterSyntax = "filter_syntax"
        case filterField = "filter_field"
        case filterValue = "filter_value"
        case facetField = "facet_field"
        case sortField = "sort_field"
        case badParameter = "bad_parameter"
        case badJSON = "bad_json"
        case badProduct = "bad_product"
        case badVocabulary = "bad_vocabulary"
        case badCursor = "bad_cursor"
        case queryTooLong = "query_too_long"
        case notFound = "not_found"
        case idMismatch = "id_mismatch"
        case tooLarge = "too_large"
        case sequenceNotReached = "sequence_not_reached"
        case timeout = "timeout"
        case notReady = "not_ready"
        case storeFull = "store_full"
        case storeFailed = "store_failed"
        case indexFailed = "index_failed"

        /// The HTTP status that goes with the code.
        public var status: Int {
            switch self {
            case .filterSyntax, .filterField, .filterValue, .facetField, .sortField, .badParameter, .badJSON,
                .badProduct, .badVocabulary, .badCursor, .queryTooLong, .idMismatch:
                400
            case .notFound: 404
            case .sequenceNotReached: 409
            case .tooLarge: 413
            case .storeFailed, .indexFailed: 500
            case .notReady: 503
            case .storeFull: 507
            case .timeout: 504
            }
        }
    }

    public let code: Code
    /// What, where and what to do, in one or two sentences.
    public let message: String
    /// Where in the given text, from 0, where that is known: in Unicode scalars of a filter, in bytes of
    /// JSON.
    public let position: Int?

    public init(_ code: Code, _ message: String, position: Int? = nil) {
        self.code = code
        self.message = message
        self.position = position
    }

    /// The message with its place, as the command line prints it.
    public var description: String {
        position.map { "\(message) (at character \($0))" } ?? message
    }

    /// The body of the HTTP answer.
    public var json: [UInt8] {
        JSONValue.object([("error", detail)]).jsonBytes
    }

    /// `{"code", "message", "position"}`, as it stands in an answer and in the line of a bulk answer.
    var detail: JSONValue {
        var members: [(String, JSONValue)] = [
            ("code", .string(code.rawValue)), ("message", .string(message)),
        ]
        if let position { members.append(("position", .integer(Int64(position)))) }
        return .object(members)
    }
}
