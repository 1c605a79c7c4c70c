// What can go wrong with a segment, said so that a person can act on it.

/// A failure while writing, reading or merging a segment.
public struct SegmentError: Error, Sendable, CustomStringConvertible {
    /// Whose fault it is, and so what to do.
    public enum Kind: Sendable, Equatable {
        /// The bytes are not what was written: restore the file or rebuild the index.
        case damaged
        /// The file was written by another version of the format.
        case unsupportedVersion(UInt32)
        /// The operating system refused; the error number says why.
        case system(errno: Int32)
        /// The data do not fit into one segment.
        case tooLarge
        /// The document breaks a limit; the segment is unchanged.
        case invalidDocument
        /// The caller asked to stop.
        case cancelled
    }

    public let kind: Kind
    /// The file's path, or the name of a segment in memory.
    public let file: String
    /// The section in which the failure was found, where there is one.
    public let section: SegmentSection?
    /// The byte offset in the file, where it is known.
    public let byteOffset: UInt64?
    /// What was found, in words.
    public let message: String

    public init(
        _ kind: Kind, file: String, section: SegmentSection? = nil, byteOffset: UInt64? = nil,
        _ message: String
    ) {
        self.kind = kind
        self.file = file
        self.section = section
        self.byteOffset = byteOffset
        self.message = message
    }

    public var description: String {
        var text = file
        if let section { text += ", section \(section.name)" }
        if let byteOffset { text += ", offset \(byteOffset)" }
        text += ": \(message)"
        switch kind {
        case .damaged: text += "; restore the file from a copy or rebuild the index"
        case .unsupportedVersion(let version): text += " (version \(version)); rebuild the index"
        case .system(let number): text += " (errno \(number))"
        case .tooLarge, .invalidDocument, .cancelled: break
        }
        return text
    }
}
