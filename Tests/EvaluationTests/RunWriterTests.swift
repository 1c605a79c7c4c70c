// TREC runs: their lines, and what they refuse.

import Testing

@testable import Evaluation

@Suite("TREC runs")
struct RunWriterTests {
    @Test("A hit is a line of six columns, ranks start again with every query")
    func lines() throws {
        let file = try TemporaryFile()
        var writer = try RunWriter(path: file.path, tag: "saekin")
        try writer.write(query: "q1", hits: [(document: "a", score: 2.5), (document: "b", score: 1.0)])
        try writer.write(query: "q2", hits: [(document: "가", score: 0.25)])
        try writer.finish()
        #expect(
            try file.text() == """
                q1 Q0 a 1 2.5 saekin
                q1 Q0 b 2 1.0 saekin
                q2 Q0 가 1 0.25 saekin

                """)
    }

    @Test("A run larger than the buffer is whole")
    func largeRun() throws {
        let file = try TemporaryFile()
        var writer = try RunWriter(path: file.path, tag: "t")
        let hits = (0..<1_000).map { (document: "document-\($0)", score: Double(1_000 - $0)) }
        for query in 0..<50 { try writer.write(query: "q\(query)", hits: hits) }
        try writer.finish()
        let lines = try file.text().split(separator: "\n")
        #expect(lines.count == 50_000)
        #expect(lines.last == "q49 Q0 document-999 1000 1.0 t")
    }

    @Test("An identifier with a blank is refused and nothing of its query is written")
    func blanks() throws {
        let file = try TemporaryFile()
        var writer = try RunWriter(path: file.path, tag: "t")
        try writer.write(query: "q1", hits: [(document: "a", score: 1.0)])
        do throws(EvaluationError) {
            try writer.write(query: "q2", hits: [(document: "b", score: 2.0), (document: "c d", score: 1.0)])
            Issue.record("a blank was written")
        } catch {
            #expect(error == .unwritable(identifier: "c d"))
        }
        try writer.finish()
        #expect(try file.text() == "q1 Q0 a 1 1.0 t\n")
    }

    @Test("A folder that is not there is told")
    func missingFolder() {
        do throws(EvaluationError) {
            let writer = try RunWriter(path: "/nowhere/x.run", tag: "t")
            try writer.finish()
            Issue.record("a file was made in a folder that is not there")
        } catch {
            #expect(error.description == "/nowhere/x.run: cannot create: No such file or directory")
        }
    }
}
