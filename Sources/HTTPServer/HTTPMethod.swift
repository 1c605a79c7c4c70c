// The method of a request: any token of RFC 9110, with names for the ones a route may use.

/// A request method, case-sensitive.
public struct HTTPMethod: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The method as it stands in the request line.
    public let rawValue: String

    /// Any method; the router answers 405 where no route has it.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The method as it stands in the request line.
    public var description: String { rawValue }

    /// Reads a resource.
    public static let get = HTTPMethod(rawValue: "GET")
    /// Reads the headers of a resource; answered by its GET route.
    public static let head = HTTPMethod(rawValue: "HEAD")
    /// Sends something to be worked on.
    public static let post = HTTPMethod(rawValue: "POST")
    /// Puts a resource in place.
    public static let put = HTTPMethod(rawValue: "PUT")
    /// Changes a part of a resource.
    public static let patch = HTTPMethod(rawValue: "PATCH")
    /// Removes a resource.
    public static let delete = HTTPMethod(rawValue: "DELETE")
    /// Asks which methods a path has; answered by the router.
    public static let options = HTTPMethod(rawValue: "OPTIONS")
}
