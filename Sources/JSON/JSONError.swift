/// Why a document is not JSON, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in one sentence without a full stop.
    public let message: String
    /// The byte of the document at which it went wrong, when that is known.
    public let byteOffset: Int?

    /// An error at a byte of the document, or of the document as a whole.
    public init(_ message: String, at byteOffset: Int? = nil) {
        self.message = message
        self.byteOffset = byteOffset
    }

    /// The message with its place.
    public var description: String {
        guard let byteOffset else { return message }
        return "\(message) (at byte \(byteOffset))"
    }
}
