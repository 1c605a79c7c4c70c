// The measures of one ranking. A document is relevant from grade 1; gain is the grade itself ("linear"),
// discounted by log2(rank + 1), as Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR
// techniques", 2002, and trec_eval have it.

import Glibc

/// How good one query's ranking is, each figure from 0 to 1.
public struct QueryMeasures: Equatable, Sendable {
    /// Normalised discounted cumulative gain of the first ten.
    public var ndcgAt10: Double
    /// One by the rank of the first relevant document, 0 when it is not among the first ten.
    public var reciprocalRankAt10: Double
    /// Share of the relevant documents among the first hundred.
    public var recallAt100: Double
    /// 1 when a relevant document is among the first ten.
    public var successAt10: Double
    /// 1 when nothing was found at all.
    public var noResult: Double

    /// The measures of a query that found nothing.
    public static let nothingFound = QueryMeasures(
        ndcgAt10: 0, reciprocalRankAt10: 0, recallAt100: 0, successAt10: 0, noResult: 1)

    /// Measures `ranking`, documents best first, against `grades`; nil when no document is relevant, for then
    /// no ranking is better than another. A document that stands twice counts where it stands first.
    ///
    /// - Complexity: O(n + m log m) for n ranked and m judged documents.
    public static func measure(ranking: some Sequence<String>, grades: [String: Int]) -> QueryMeasures? {
        let ideal = grades.values.filter { $0 > 0 }.sorted(by: >)
        guard !ideal.isEmpty else { return nil }
        var seen: Set<String> = []
        var rank = 0
        var gain = 0.0
        var relevantCount = 0
        var measures = nothingFound
        for document in ranking where seen.insert(document).inserted {
            rank += 1
            if rank > 100 { break }
            guard let grade = grades[document], grade > 0 else { continue }
            relevantCount += 1
            guard rank <= 10 else { continue }
            gain += discounted(grade, rank: rank)
            if measures.successAt10 == 0 {
                measures.successAt10 = 1
                measures.reciprocalRankAt10 = 1 / Double(rank)
            }
        }
        var idealGain = 0.0
        for (index, grade) in ideal.prefix(10).enumerated() {
            idealGain += discounted(grade, rank: index + 1)
        }
        measures.ndcgAt10 = gain / idealGain
        measures.recallAt100 = Double(relevantCount) / Double(ideal.count)
        measures.noResult = rank == 0 ? 1 : 0
        return measures
    }

    private static func discounted(_ grade: Int, rank: Int) -> Double {
        Double(grade) / log2(Double(rank + 1))
    }
}
