// Every limit of the server, with the reason for its value.

/// What a server listens on and the limits it holds its callers to.
public struct HTTPServerConfiguration: Sendable {
    /// The numeric address to listen on.
    public var host = "0.0.0.0"
    /// The port; 0 lets the system pick one, see `HTTPServer.port`.
    public var port: UInt16 = 3013
    /// Event loops, each a thread with its own listening socket; nil is one a core, at least 2.
    public var loopCount: Int?
    /// Threads for `.worker` routes; nil is one a core, at least 2.
    public var workerCount: Int?
    /// Requests waiting for a worker; more are answered 503.
    public var workerQueueLimit = 256
    /// Bytes of request line and headers: 16 KB is what common proxies allow.
    public var headByteLimit = 16 << 10
    /// Bytes of a body where the route says nothing.
    public var bodyByteLimit = 1 << 20
    /// Bytes of all bodies being held at once, so that many large uploads cannot exhaust memory. Counts
    /// bodies above 64 KB; smaller ones are bounded by `connectionLimit`.
    public var totalBodyByteLimit = 512 << 20
    /// Open connections; more are answered 503 and closed.
    public var connectionLimit = 10_000
    /// How long a connection may stay open without a request.
    public var idleTimeout: Duration = .seconds(60)
    /// How long a request may take to arrive, from its first byte, however often bytes come.
    public var requestTimeout: Duration = .seconds(15)
    /// How long an answer may take to be read by the caller.
    public var responseTimeout: Duration = .seconds(30)
    /// Large bodies get a second more for each so many bytes that have really moved.
    public var minimumBytesPerSecond = 64 << 10
    /// How long `stop()` waits for answers under way.
    public var drainTimeout: Duration = .seconds(10)
    /// Lets pages of other origins call the server.
    public var crossOrigin: CrossOriginPolicy?
    /// Called on a loop's thread after each answer; it must return at once and be thread-safe.
    public var accessLog: (@Sendable (AccessLogEntry) -> Void)?

    /// The defaults.
    public init() {}
}

/// Which pages of other origins may call the server (CORS).
public struct CrossOriginPolicy: Sendable {
    /// Origins such as `https://shop.example`; empty allows every origin.
    public var origins: Set<String>
    /// Headers a page may send.
    public var allowedHeaders = "content-type, authorization"
    /// Seconds a browser may keep the answer to a preflight.
    public var secondsMaxAge = 600

    /// Allows these origins; an empty set allows all.
    public init(origins: Set<String> = []) {
        self.origins = origins
    }

    /// Adds what the browser needs to an answer to a request from another origin.
    func apply(
        to response: inout HTTPResponse, method: HTTPMethod, requestHeaders: HTTPHeaders
    ) {
        guard let origin = requestHeaders["origin"] else { return }
        if origins.isEmpty {
            response.headers.set("access-control-allow-origin", "*")
        } else {
            response.headers.add("vary", "origin")
            guard origins.contains(origin) else { return }
            response.headers.set("access-control-allow-origin", origin)
        }
        if method == .options, requestHeaders["access-control-request-method"] != nil {
            let methods = response.headers["allow"] ?? "GET, HEAD, OPTIONS"
            response.headers.set("access-control-allow-methods", methods)
            response.headers.set("access-control-allow-headers", allowedHeaders)
            response.headers.set("access-control-max-age", String(secondsMaxAge))
        }
    }
}
