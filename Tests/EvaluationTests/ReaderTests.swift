// Queries and judgments: what is read, and which line an error names.

import Testing

@testable import Evaluation

@Suite("Files of queries and judgments")
struct ReaderTests {
    @Test("Queries are read in order, with CRLF, byte order mark, blank lines and a last line without end")
    func queries() throws {
        let file = try TemporaryFile("\u{FEFF}q1\t무선 이어폰\r\n\n \nq2\tnike\t운동화".utf8)
        #expect(
            try EvaluationQuery.read(path: file.path) == [
                EvaluationQuery(id: "q1", text: "무선 이어폰"), EvaluationQuery(id: "q2", text: "nike\t운동화"),
            ])
    }

    @Test("A line that crosses the read buffer is one line")
    func longLine() throws {
        let text = String(repeating: "가", count: 50_000)
        let file = try TemporaryFile("q1\t\(text)\nq2\t\(text)\n".utf8)
        #expect(try EvaluationQuery.read(path: file.path).map(\.text) == [text, text])
    }

    @Test(
        "A wrong line of queries is named",
        arguments: [
            ("q1\ta\nq2 b\n", 2, "no tab"), ("q1\ta\n\nq1\tb\n", 3, "already at line 1"),
            ("\tb\n", 1, "empty"), ("q 1\tb\n", 1, "blank"), ("q1\ta\nq2\t\u{3000}\n", 2, "no text"),
        ])
    func wrongQueries(text: String, line: Int, reason: String) throws {
        let file = try TemporaryFile(text.utf8)
        let error = #expect(throws: EvaluationError.self) { try EvaluationQuery.read(path: file.path) }
        guard case .malformed(file.path, line, let told) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(told.contains(reason))
    }

    @Test("Bytes that are not UTF-8 and endless lines are refused with their line")
    func hostileBytes() throws {
        let broken = try TemporaryFile(Array("q1\ta\nq2\t".utf8) + [0xFF, 0x0A])
        #expect(
            throws: EvaluationError.malformed(
                path: broken.path, line: 2, reason: "not UTF-8: convert the file")
        ) { try EvaluationQuery.read(path: broken.path) }
        let limit = LineReader.lineLimit
        let endless = try TemporaryFile(repeatElement(UInt8(ascii: "x"), count: limit + 1))
        #expect(
            throws: EvaluationError.malformed(
                path: endless.path, line: 1, reason: "longer than \(limit) bytes")
        ) { try EvaluationQuery.read(path: endless.path) }
    }

    @Test("Judgments take blanks of any kind, negative grades as 0, and the later of two grades")
    func judgments() throws {
        let file = try TemporaryFile("q1 0 a 3\nq1\t0\tb\t-1\nq1  0  a  1\nq2 0 c 0\n".utf8)
        let judgments = try Judgments(path: file.path)
        #expect(judgments.gradesByQuery == ["q1": ["a": 1, "b": 0], "q2": ["c": 0]])
        #expect(judgments.countedQueries == ["q1"])
    }

    @Test(
        "A wrong judgment is named",
        arguments: [("q1 0 a 1\nq1 0 a\n", "3 columns"), ("q1 0 a 1\nq1 0 b x", "the grade \"x\"")])
    func wrongJudgments(text: String, reason: String) throws {
        let file = try TemporaryFile(text.utf8)
        let error = #expect(throws: EvaluationError.self) { _ = try Judgments(path: file.path) }
        guard case .malformed(file.path, 2, let told) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(told.contains(reason))
    }

    @Test("A file that is not there is told with its path")
    func missingFile() {
        let error = #expect(throws: EvaluationError.self) { _ = try Judgments(path: "/nowhere/qrels.trec") }
        #expect(error?.description == "/nowhere/qrels.trec: cannot open: No such file or directory")
    }
}
