// An answer as a handler gives it, and the one form every error has.

/// One answer, its body complete.
public struct HTTPResponse: Sendable, Equatable {
    /// The status code.
    public var status: Int
    /// Header fields; `content-length`, `date` and `connection` are the server's.
    public var headers: HTTPHeaders
    /// The body; left out of the answer to HEAD.
    public var body: [UInt8]

    /// An answer of these parts.
    public init(status: Int = 200, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// JSON bytes with their content type.
    public static func json(_ body: [UInt8], status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["content-type": "application/json"], body: body)
    }

    /// UTF-8 text.
    public static func text(
        _ text: String, status: Int = 200, contentType: String = "text/plain; charset=utf-8"
    ) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["content-type": contentType], body: Array(text.utf8))
    }

    /// `{"error": {"code", "message", "position"}}`. `code` is for programs, `message` says what to do.
    public static func error(
        _ status: Int, code: String, message: String, position: Int? = nil
    ) -> HTTPResponse {
        var body = Array(#"{"error":{"code":"#.utf8)
        body.appendJSONString(code)
        body += #","message":"#.utf8
        body.appendJSONString(message)
        if let position { body += #","position":\#(position)"#.utf8 }
        body += "}}".utf8
        return .json(body, status: status)
    }

    /// The phrase of the status line.
    static func reason(_ status: Int) -> String {
        reasons[status] ?? "Status"
    }

    private static let reasons: [Int: String] = [
        100: "Continue", 200: "OK", 201: "Created", 202: "Accepted", 204: "No Content",
        207: "Multi-Status", 301: "Moved Permanently", 302: "Found", 304: "Not Modified",
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 408: "Request Timeout", 409: "Conflict", 411: "Length Required",
        412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long",
        415: "Unsupported Media Type", 417: "Expectation Failed", 422: "Unprocessable Content",
        429: "Too Many Requests", 431: "Request Header Fields Too Large", 500: "Internal Server Error",
        501: "Not Implemented", 503: "Service Unavailable", 504: "Gateway Timeout",
        505: "HTTP Version Not Supported", 507: "Insufficient Storage",
    ]
}

extension [UInt8] {
    /// Appends `text` as a JSON string with its quotes.
    mutating func appendJSONString(_ text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<0x20:
                append(contentsOf: "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default:
                append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
