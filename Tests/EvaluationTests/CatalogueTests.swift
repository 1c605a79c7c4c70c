// The project's own catalogue: its three files belong together and are what the fact tables give.

import Foundation
import Testing

@testable import Evaluation

@Suite("The judged queries of the project")
struct CatalogueTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func path(_ name: String) -> String {
        root.appendingPathComponent(name).path
    }

    @Test("Every query is judged, has a document of grade 2 or more, and judgments name products alone")
    func filesBelongTogether() throws {
        let queries = try EvaluationQuery.read(path: Self.path("corpora/queries.tsv"))
        let judgments = try Judgments(path: Self.path("corpora/qrels.trec"))
        #expect(queries.count >= 250)
        #expect(Set(queries.map(\.id)) == Set(judgments.gradesByQuery.keys))
        for (query, grades) in judgments.gradesByQuery {
            #expect(grades.values.contains { $0 >= 2 }, "\(query)")
            #expect(grades.values.allSatisfy { (0...3).contains($0) }, "\(query)")
        }
        var products: Set<String> = []
        for line in try String(contentsOfFile: Self.path("corpora/products.jsonl"), encoding: .utf8)
            .split(separator: "\n")
        {
            let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let id = try #require(record?["id"] as? String)
            #expect(products.insert(id).inserted, "\(id) stands twice")
        }
        #expect(products.count >= 3_000)
        let judged = judgments.gradesByQuery.values.reduce(into: Set<String>()) { $0.formUnion($1.keys) }
        #expect(judged.isSubset(of: products))
    }

    @Test("The committed files are what tools/catalogue makes of the fact tables")
    func filesAreGenerated() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", Self.path("tools/catalogue"), "--check"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let told = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(told)")
    }
}
