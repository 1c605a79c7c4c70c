// The head of a request (RFC 9112, sections 3 and 5), read strictly: what two readers could understand
// differently is refused, since a proxy in front and this server must agree where a request ends.

/// How the body of a request is delimited.
enum BodyFraming: Equatable, Sendable {
    case none
    case fixed(Int)
    case chunked
}

/// Request line and header fields.
struct RequestHead: Sendable {
    var method: HTTPMethod
    /// Path and query as sent.
    var target: String
    var headers: HTTPHeaders
    var framing: BodyFraming
    var keepsAlive: Bool
    var expectsContinue: Bool
}

/// Why bytes are no acceptable request; the connection cannot go on after it.
struct RequestFailure: Error, Equatable, Sendable {
    let status: Int
    let code: String
    let message: String

    static func malformed(_ message: String) -> RequestFailure {
        RequestFailure(status: 400, code: "bad_request", message: message)
    }
}

extension RequestHead {
    /// Reads a head that ends with an empty line. `bytes` is changed: names of fields become lower case.
    init(parsing bytes: inout ArraySlice<UInt8>) throws(RequestFailure) {
        var lineStart = bytes.startIndex
        let requestLine = try Self.line(bytes, from: &lineStart)
        let (method, target, minorVersion) = try Self.requestLine(bytes[requestLine])
        self.method = method
        self.target = target
        headers = HTTPHeaders()
        while true {
            let line = try Self.line(bytes, from: &lineStart)
            if line.isEmpty { break }
            try Self.field(&bytes, line, into: &headers)
        }
        framing = try Self.framing(headers, minorVersion: minorVersion)
        keepsAlive = try Self.keepsAlive(headers, minorVersion: minorVersion)
        expectsContinue = try Self.expectsContinue(headers, minorVersion: minorVersion)
    }

    /// The bounds of the next line without its CRLF; moves `start` behind it.
    private static func line(
        _ bytes: ArraySlice<UInt8>, from start: inout Int
    ) throws(RequestFailure) -> Range<Int> {
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")), end > start,
            bytes[end - 1] == UInt8(ascii: "\r")
        else { throw .malformed("each line of the head must end with CR LF") }
        defer { start = end + 1 }
        return start..<(end - 1)
    }

    private static func requestLine(
        _ line: ArraySlice<UInt8>
    ) throws(RequestFailure) -> (HTTPMethod, String, minorVersion: Int) {
        let space = UInt8(ascii: " ")
        guard let methodEnd = line.firstIndex(of: space), let targetEnd = line.lastIndex(of: space),
            methodEnd < targetEnd, methodEnd > line.startIndex,
            line[..<methodEnd].allSatisfy(\.isToken), methodEnd - line.startIndex <= 32
        else { throw .malformed("the request line must be: METHOD target HTTP/1.1") }
        let version = line[(targetEnd + 1)...]
        guard version.count == 8, version.starts(with: "HTTP/".utf8) else {
            throw .malformed("the request line must end with HTTP/1.1")
        }
        let minor: Int
        switch (version[version.startIndex + 5], version[version.startIndex + 7]) {
        case (UInt8(ascii: "1"), UInt8(ascii: "1")): minor = 1
        case (UInt8(ascii: "1"), UInt8(ascii: "0")): minor = 0
        default:
            throw RequestFailure(
                status: 505, code: "version_not_supported", message: "speak HTTP/1.1 or HTTP/1.0")
        }
        let target = try originForm(line[(methodEnd + 1)..<targetEnd])
        return (HTTPMethod(rawValue: String(decoding: line[..<methodEnd], as: UTF8.self)), target, minor)
    }

    /// The target as a path with its query; an absolute URI loses its scheme and host.
    private static func originForm(_ bytes: ArraySlice<UInt8>) throws(RequestFailure) -> String {
        guard !bytes.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "#") }),
            let target = String(validating: bytes, as: UTF8.self)
        else {
            throw .malformed("the target must be UTF-8 without blanks, control characters and #")
        }
        if target.utf8.first == UInt8(ascii: "/") || target == "*" { return target }
        let lowered = target.prefix(8).lowercased()
        let schemeLength = lowered.hasPrefix("http://") ? 7 : lowered == "https://" ? 8 : 0
        guard schemeLength > 0 else {
            throw .malformed("the target must be a path that starts with a slash")
        }
        let afterScheme = target.dropFirst(schemeLength)
        guard let path = afterScheme.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
        return afterScheme[path] == "/" ? String(afterScheme[path...]) : "/" + afterScheme[path...]
    }

    /// Reads `name: value`, putting the name in lower case in place.
    private static func field(
        _ bytes: inout ArraySlice<UInt8>, _ line: Range<Int>, into headers: inout HTTPHeaders
    ) throws(RequestFailure) {
        var nameEnd = line.lowerBound
        while nameEnd < line.upperBound, bytes[nameEnd].isToken {
            bytes[nameEnd] = bytes[nameEnd].lowercasedASCII
            nameEnd += 1
        }
        guard nameEnd > line.lowerBound, nameEnd < line.upperBound, bytes[nameEnd] == UInt8(ascii: ":")
        else { throw .malformed("a header field must be: name, colon, value, on one line") }
        var start = nameEnd + 1
        var end = line.upperBound
        while start < end, bytes[start].isBlank { start += 1 }
        while end > start, bytes[end - 1].isBlank { end -= 1 }
        let value = bytes[start..<end]
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw .malformed("a header field must not hold control characters")
        }
        headers.appendParsed(
            name: String(decoding: bytes[line.lowerBound..<nameEnd], as: UTF8.self),
            value: String(decoding: value, as: UTF8.self))
    }
}

// MARK: - What the fields mean for the connection

extension RequestHead {
    private static func framing(
        _ headers: HTTPHeaders, minorVersion: Int
    ) throws(RequestFailure) -> BodyFraming {
        var length: Int?
        var isChunked = false
        var hostCount = 0
        for field in headers.fields {
            switch field.name {
            case "host":
                hostCount += 1
            case "content-length":
                guard length == nil, (1...18).contains(field.value.utf8.count),
                    field.value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(field.value)
                else { throw .malformed("Content-Length must be given once, as a decimal number") }
                length = value
            case "transfer-encoding":
                guard !isChunked, minorVersion == 1 else {
                    throw .malformed("Transfer-Encoding must be given once, and not in HTTP/1.0")
                }
                guard field.value.lowercased() == "chunked" else {
                    throw RequestFailure(
                        status: 501, code: "transfer_encoding", message: "send the body as chunked only")
                }
                isChunked = true
            default: break
            }
        }
        if hostCount > 1 || (hostCount == 0 && minorVersion == 1) {
            throw .malformed("exactly one Host header is needed")
        }
        if isChunked, length != nil {
            throw .malformed("Content-Length and Transfer-Encoding must not be given together")
        }
        if isChunked { return .chunked }
        return length.map { $0 == 0 ? .none : .fixed($0) } ?? .none
    }

    private static func keepsAlive(
        _ headers: HTTPHeaders, minorVersion: Int
    ) throws(RequestFailure) -> Bool {
        guard let connection = headers["connection"] else { return minorVersion == 1 }
        let options = connection.lowercased().split(separator: ",").map {
            $0.drop(while: { $0 == " " || $0 == "\t" }).prefix(while: { $0 != " " && $0 != "\t" })
        }
        if options.contains("close") { return false }
        return minorVersion == 1 || options.contains("keep-alive")
    }

    private static func expectsContinue(
        _ headers: HTTPHeaders, minorVersion: Int
    ) throws(RequestFailure) -> Bool {
        guard let expect = headers["expect"], minorVersion == 1 else { return false }
        guard expect.lowercased() == "100-continue" else {
            throw RequestFailure(
                status: 417, code: "expectation_failed", message: "only 100-continue can be expected")
        }
        return true
    }
}

extension UInt8 {
    /// Whether the byte may stand in a method or the name of a field (RFC 9110, 5.6.2).
    fileprivate var isToken: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }
    fileprivate var lowercasedASCII: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
