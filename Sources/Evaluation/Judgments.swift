// qrels.trec: one judgment a line, "query 0 document grade", columns parted by blanks. The second column is
// the TREC iteration and is not looked at. A pair judged again takes the later grade; a negative grade counts
// as 0.

/// Which documents are how relevant to which query.
public struct Judgments: Sendable {
    /// Grades from 0 (not relevant), by query and document.
    public private(set) var gradesByQuery: [String: [String: Int]]

    /// Judgments that are already at hand.
    public init(_ gradesByQuery: [String: [String: Int]]) {
        self.gradesByQuery = gradesByQuery.mapValues { $0.mapValues { max(0, $0) } }
    }

    /// Reads a file of judgments.
    ///
    /// - Throws: `EvaluationError.system` when the file cannot be read, `.malformed` when a line does not
    ///   have four columns or its grade is no whole number.
    public init(path: String) throws(EvaluationError) {
        var reader = try LineReader(path: path)
        gradesByQuery = [:]
        while let line = try reader.next() {
            let columns = line.split(whereSeparator: \.isWhitespace)
            guard columns.count == 4 else {
                throw reader.malformed("\(columns.count) columns instead of four: query 0 document grade")
            }
            guard let grade = Int(columns[3]) else {
                throw reader.malformed("the grade \"\(columns[3])\" is no whole number")
            }
            gradesByQuery[String(columns[0]), default: [:]][String(columns[2])] = max(0, grade)
        }
    }

    /// The queries that count: those with at least one relevant document, in the order of their names.
    public var countedQueries: [String] {
        gradesByQuery.filter { $0.value.values.contains { $0 > 0 } }.keys.sorted()
    }
}
