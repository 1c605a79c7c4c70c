// What can be wrong with a dictionary file, in words that say what to do.

/// Why a dictionary could not be opened or built.
public enum DictionaryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No dictionary file in any of the places that were searched.
    case notFound(searched: [String])
    /// The operating system refused: operation, path and errno.
    case system(operation: String, path: String, errno: Int32)
    /// The file is not a dictionary of this version: what was found.
    case unsupported(path: String, found: String)
    /// The file is damaged at a byte offset.
    case damaged(path: String, byteOffset: Int, what: String)
    /// The words and costs given to the builder cannot be written in this format.
    case unbuildable(String)

    /// One sentence: what, where, and the remedy.
    public var description: String {
        switch self {
        case .notFound(let searched):
            "no Korean dictionary (saekin-ko.dict) in \(searched.joined(separator: ", ")); "
                + "run tools/dictionary, or name the file in SAEKIN_DICTIONARY"
        case .system(let operation, let path, let code):
            "cannot \(operation) dictionary \(path): errno \(code)"
        case .unsupported(let path, let found):
            "\(path) is not a dictionary this program reads (\(found)); run tools/dictionary again"
        case .damaged(let path, let byteOffset, let what):
            "dictionary \(path) is damaged at byte \(byteOffset): \(what); remove it and run tools/dictionary"
        case .unbuildable(let what):
            "the dictionary cannot be built: \(what)"
        }
    }
}
