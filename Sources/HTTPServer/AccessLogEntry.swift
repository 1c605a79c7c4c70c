// What is known of a request once it was answered.

/// One answered request.
public struct AccessLogEntry: Sendable {
    /// Method; empty when the request could not be read.
    public let method: String
    /// Path and query as sent; empty when the request could not be read.
    public let target: String
    /// Pattern of the route; nil when none was found.
    public let route: String?
    /// Status code.
    public let status: Int
    /// Bytes of the request's body.
    public let requestByteCount: Int
    /// Bytes of the answer's body.
    public let responseByteCount: Int
    /// From the complete request to the answer handed to the socket.
    public let duration: Duration
    /// The peer's numeric address.
    public let remoteAddress: String

    /// The entry as one line of JSON, without the line break.
    public var jsonLine: String {
        var line = Array(#"{"method":"#.utf8)
        line.appendJSONString(method)
        line += #","target":"#.utf8
        line.appendJSONString(target)
        if let route {
            line += #","route":"#.utf8
            line.appendJSONString(route)
        }
        let microseconds = duration / .microseconds(1)
        line += #","status":\#(status),"request_bytes":\#(requestByteCount)"#.utf8
        line += #","response_bytes":\#(responseByteCount),"duration_us":\#(Int(microseconds))"#.utf8
        line += #","remote":"#.utf8
        line.appendJSONString(remoteAddress)
        line.append(UInt8(ascii: "}"))
        return String(decoding: line, as: UTF8.self)
    }
}
