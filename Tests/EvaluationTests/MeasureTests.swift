// The measures against examples worked by hand.

import Foundation
import Testing

@testable import Evaluation

@Suite("Measures of a ranking")
struct MeasureTests {
    @Test("A ranking worked by hand: grades 0, 3, unjudged, 1 where 3, 2 and 1 are to be had")
    func workedExample() throws {
        let measures = try #require(
            QueryMeasures.measure(ranking: ["x", "a", "y", "c"], grades: ["a": 3, "b": 2, "c": 1, "x": 0]))
        // Gain 3 / log2(3) + 1 / log2(5); ideal 3 + 2 / log2(3) + 1 / log2(4).
        let gain = 3 / 1.584962500721156 + 1 / 2.321928094887362
        let ideal = 3 + 2 / 1.584962500721156 + 0.5
        #expect(abs(measures.ndcgAt10 - gain / ideal) < 1e-12)
        #expect(measures.reciprocalRankAt10 == 0.5)
        #expect(abs(measures.recallAt100 - 2.0 / 3) < 1e-12)
        #expect(measures.successAt10 == 1)
        #expect(measures.noResult == 0)
    }

    @Test("The best order is 1, also when more than ten documents are relevant")
    func idealOrder() throws {
        let grades = Dictionary(uniqueKeysWithValues: (0..<30).map { ("d\($0)", $0 % 3 + 1) })
        let best = grades.sorted { $0.value > $1.value }.map(\.key)
        let measures = try #require(QueryMeasures.measure(ranking: best, grades: grades))
        #expect(abs(measures.ndcgAt10 - 1) < 1e-12)
        #expect(measures.recallAt100 == 1)
    }

    @Test("Rank 10 counts, rank 11 only for recall, rank 101 for nothing", arguments: [10, 11, 100, 101])
    func cuts(rank: Int) throws {
        let ranking = (1..<rank).map { "no\($0)" } + ["yes"]
        let measures = try #require(QueryMeasures.measure(ranking: ranking, grades: ["yes": 1]))
        #expect(measures.reciprocalRankAt10 == (rank <= 10 ? 0.1 : 0))
        #expect(measures.successAt10 == (rank <= 10 ? 1 : 0))
        #expect((measures.ndcgAt10 > 0) == (rank <= 10))
        #expect(measures.recallAt100 == (rank <= 100 ? 1 : 0))
        #expect(measures.noResult == 0)
    }

    @Test("A document that stands twice counts once, where it stands first")
    func duplicates() {
        let twice = QueryMeasures.measure(ranking: ["a", "a", "b"], grades: ["a": 2, "b": 1])
        #expect(twice == QueryMeasures.measure(ranking: ["a", "b"], grades: ["a": 2, "b": 1]))
        #expect(twice?.ndcgAt10 == 1)
    }

    @Test("Nothing found is 0 everywhere; nothing relevant is no measure at all")
    func nothing() {
        #expect(QueryMeasures.measure(ranking: [String](), grades: ["a": 1]) == .nothingFound)
        #expect(QueryMeasures.measure(ranking: ["a"], grades: ["a": 0]) == nil)
    }

    @Test("The report leaves out queries without a relevant document and counts unanswered ones as 0")
    func report() {
        var evaluation = Evaluation(
            judgments: Judgments(["q1": ["a": 1], "q2": ["b": 2], "q3": ["c": 0], "q4": ["d": 1]]))
        evaluation.record(query: "q1", ranking: ["a"])
        evaluation.record(query: "q2", ranking: [String]())
        evaluation.record(query: "q3", ranking: ["c"])
        evaluation.record(query: "unknown", ranking: ["a"])
        #expect(evaluation.unrecordedQueries == ["q4"])
        let report = evaluation.report()
        #expect(report.queryCount == 3)
        #expect(
            report.json == """
                {"queries": 3, "ndcg@10": 0.333333, "mrr@10": 0.333333, "recall@100": 0.333333, \
                "success@10": 0.333333, "no_result": 0.666667}
                """)
        #expect(report.text.hasPrefix("queries     3\nndcg@10     0.3333\n"))
    }

    @Test("Without a counted query every figure is 0 and the JSON is still JSON")
    func emptyReport() throws {
        let json = Evaluation(judgments: Judgments([:])).report().json
        let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Double]
        #expect(parsed?["queries"] == 0)
        #expect(parsed?["ndcg@10"] == 0)
        #expect(parsed?.count == 6)
    }
}
