// From rankings to one report: means over the queries that have a relevant document.

/// Collects the rankings of an engine and reports how good they are.
///
/// A counted query whose ranking was never recorded counts as one that found nothing, so leaving hard queries
/// out does not raise a figure.
public struct Evaluation: Sendable {
    private let judgments: Judgments
    /// The measures so far, by query.
    public private(set) var measures: [String: QueryMeasures] = [:]

    /// An evaluation against `judgments` without any ranking yet.
    public init(judgments: Judgments) {
        self.judgments = judgments
    }

    /// Measures `ranking`, document identifiers best first; a query recorded again takes the later ranking.
    /// A query without a relevant document is left out.
    public mutating func record(query: String, ranking: some Sequence<String>) {
        guard let grades = judgments.gradesByQuery[query] else { return }
        measures[query] = QueryMeasures.measure(ranking: ranking, grades: grades)
    }

    /// Counted queries that have no ranking yet.
    public var unrecordedQueries: [String] {
        judgments.countedQueries.filter { measures[$0] == nil }
    }

    /// The means over all counted queries; without any, every figure is 0.
    public func report() -> EvaluationReport {
        var report = EvaluationReport()
        // Added up in the order of the names: the last digit of a sum must not hang on a hash.
        for query in judgments.countedQueries {
            let found = measures[query] ?? .nothingFound
            report.queryCount += 1
            report.ndcgAt10 += found.ndcgAt10
            report.mrrAt10 += found.reciprocalRankAt10
            report.recallAt100 += found.recallAt100
            report.successAt10 += found.successAt10
            report.noResultShare += found.noResult
        }
        let count = Double(max(1, report.queryCount))
        report.ndcgAt10 /= count
        report.mrrAt10 /= count
        report.recallAt100 /= count
        report.successAt10 /= count
        report.noResultShare /= count
        return report
    }
}
