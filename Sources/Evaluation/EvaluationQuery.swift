// queries.tsv: one query a line, its identifier, a tab, its text.

/// A query to be judged.
public struct EvaluationQuery: Hashable, Sendable {
    /// The name by which judgments and runs speak of it.
    public var id: String
    /// What a person typed.
    public var text: String

    /// Makes a query of its two parts.
    public init(id: String, text: String) {
        self.id = id
        self.text = text
    }

    /// Reads queries in the order of the file.
    ///
    /// - Throws: `EvaluationError.system` when the file cannot be read, `.malformed` when a line has no tab,
    ///   an identifier that is empty or holds a blank, no text, or an identifier that stood before.
    public static func read(path: String) throws(EvaluationError) -> [EvaluationQuery] {
        var reader = try LineReader(path: path)
        var queries: [EvaluationQuery] = []
        var lineOfID: [String: Int] = [:]
        while let line = try reader.next() {
            guard let tab = line.firstIndex(of: "\t") else {
                throw reader.malformed("no tab between the query's identifier and its text")
            }
            let id = String(line[..<tab])
            let text = String(line[line.index(after: tab)...])
            guard !id.isEmpty, !id.contains(where: \.isWhitespace) else {
                throw reader.malformed("the identifier \"\(id)\" is empty or holds a blank")
            }
            guard text.contains(where: { !$0.isWhitespace }) else {
                throw reader.malformed("the query \(id) has no text")
            }
            if let earlier = lineOfID.updateValue(reader.lineNumber, forKey: id) {
                throw reader.malformed("the identifier \(id) stands already at line \(earlier)")
            }
            queries.append(EvaluationQuery(id: id, text: text))
        }
        return queries
    }
}
