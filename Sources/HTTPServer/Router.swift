// Which handler answers which method and path. A value: it is filled before the server starts and is
// tested without sockets.

/// Where a handler runs.
public enum Execution: Sendable {
    /// On the connection's event loop: for answers within microseconds, as it holds up other connections.
    case loop
    /// On the bounded worker pool; when its queue is full the caller gets 503 with `Retry-After`.
    case worker
}

/// Routes by method and path pattern.
public struct Router: Sendable {
    /// Answers a request. Called on many threads at once.
    public typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse

    struct Route: Sendable {
        let method: HTTPMethod
        let pattern: PathPattern
        let execution: Execution
        let bodyLimit: Int?
        let handler: Handler
    }

    enum Resolution {
        case route(Int, parameters: [String: String])
        /// The path exists with other methods.
        case methodNotAllowed([HTTPMethod])
        case notFound
        case badPath(TargetError)
    }

    private(set) var routes: [Route] = []
    /// Routes without parameters by their path.
    private var literal: [String: [Int]] = [:]
    /// Routes with parameters, in order of their declaration.
    private var parametric: [Int] = []

    /// A router that knows no path.
    public init() {}

    /// Adds a route. `pattern` is a path whose `{name}` segments match any one non-empty segment; a literal
    /// path goes before a pattern. `bodyLimit` in bytes replaces the server's limit.
    /// Precondition: the pattern starts with `/` and method and pattern are not there yet.
    public mutating func on(
        _ method: HTTPMethod, _ pattern: String, execution: Execution = .loop, bodyLimit: Int? = nil,
        handler: @escaping Handler
    ) {
        precondition(pattern.hasPrefix("/"), "a path pattern starts with a slash: \(pattern)")
        precondition(
            !routes.contains { $0.method == method && $0.pattern.text == pattern },
            "\(method) \(pattern) is declared twice")
        let path = PathPattern(pattern)
        let route = Route(
            method: method, pattern: path, execution: execution, bodyLimit: bodyLimit, handler: handler)
        if path.hasParameters {
            parametric.append(routes.count)
        } else {
            literal[pattern, default: []].append(routes.count)
        }
        routes.append(route)
    }

    /// Finds the route of a request; HEAD falls back to GET.
    func resolve(_ method: HTTPMethod, path: String) -> Resolution {
        var allowed: [HTTPMethod] = []
        let wanted = method == .head ? HTTPMethod.get : method
        for index in literal[path] ?? [] {
            if routes[index].method == wanted || routes[index].method == method {
                return .route(index, parameters: [:])
            }
            allowed.append(routes[index].method)
        }
        for index in parametric {
            let route = routes[index]
            do {
                guard let parameters = try route.pattern.match(path) else { continue }
                if route.method == wanted || route.method == method {
                    return .route(index, parameters: parameters)
                }
            } catch {
                return .badPath(error)
            }
            if !allowed.contains(route.method) { allowed.append(route.method) }
        }
        return allowed.isEmpty ? .notFound : .methodNotAllowed(allowed)
    }

    /// Answers a request as the server would, on the calling thread and without its limits.
    public func respond(to request: HTTPRequest) -> HTTPResponse {
        let resolution = resolve(request.method, path: request.path)
        guard case .route(let index, let parameters) = resolution else {
            return Self.response(to: resolution, method: request.method, path: request.path)
        }
        var routed = request
        routed.pathParameters = parameters
        return routes[index].handler(routed)
    }

    /// The answer where no handler is: OPTIONS, 404, 405 and paths that cannot be decoded.
    static func response(to resolution: Resolution, method: HTTPMethod, path: String) -> HTTPResponse {
        switch resolution {
        case .route:
            preconditionFailure("a resolved route is answered by its handler")
        case .badPath(let error):
            return .error(
                400, code: error.reason.rawValue, message: "in the path: " + error.message,
                position: error.position)
        case .notFound where method == .options && path == "*":
            return HTTPResponse(status: 204)
        case .notFound:
            return .error(404, code: "not_found", message: "there is nothing at \(path)")
        case .methodNotAllowed(let methods):
            let allow = allowHeader(methods)
            if method == .options { return HTTPResponse(status: 204, headers: ["allow": allow]) }
            var response = HTTPResponse.error(
                405, code: "method_not_allowed", message: "\(path) answers \(allow), not \(method)")
            response.headers.add("allow", allow)
            return response
        }
    }

    /// What `Allow` says of a path with these methods.
    private static func allowHeader(_ methods: [HTTPMethod]) -> String {
        var names = methods.map(\.rawValue)
        if methods.contains(.get), !methods.contains(.head) { names.append("HEAD") }
        if !methods.contains(.options) { names.append("OPTIONS") }
        return names.joined(separator: ", ")
    }
}
