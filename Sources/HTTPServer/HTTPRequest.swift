// A complete request as a handler sees it: decoded, body in memory.

/// One request, its body complete.
public struct HTTPRequest: Sendable {
    /// A decoded `name=value` of the query string.
    public struct QueryItem: Sendable, Equatable {
        /// Left of the `=`.
        public let name: String
        /// Right of the `=`; empty when there is none.
        public let value: String

        /// A pair of decoded texts.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The method of the request line.
    public var method: HTTPMethod
    /// The path as sent, still escaped, without the query.
    public var path: String
    /// The decoded query in order; a name may occur more than once.
    public var query: [QueryItem]
    /// The header fields.
    public var headers: HTTPHeaders
    /// The whole body; empty when there was none.
    public var body: [UInt8]
    /// The peer's numeric address.
    public var remoteAddress: String
    /// Decoded values of the `{name}` parts of the route's pattern.
    public var pathParameters: [String: String] = [:]

    /// A request for `target` (path and query as they stand in a request line); throws where the query is
    /// wrongly escaped.
    public init(
        _ method: HTTPMethod, _ target: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
        remoteAddress: String = "127.0.0.1"
    ) throws(TargetError) {
        let pathEnd = target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        self.method = method
        self.path = String(target[..<pathEnd])
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        query = []
        if pathEnd < target.endIndex {
            let start = target.utf8.index(after: pathEnd)
            query = try PercentDecoding.query(
                target[start...], offset: target.utf8.distance(from: target.startIndex, to: start))
        }
    }

    /// The first value of that name in the query.
    public func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// All values of that name in the query.
    public func queryValues(_ name: String) -> [String] {
        query.filter { $0.name == name }.map(\.value)
    }
}
