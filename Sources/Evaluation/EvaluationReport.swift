// The figures of one evaluation and how they are printed.

/// Means over the counted queries, each from 0 to 1.
public struct EvaluationReport: Equatable, Sendable {
    /// How many queries count.
    public var queryCount = 0
    /// Mean nDCG@10.
    public var ndcgAt10 = 0.0
    /// Mean reciprocal rank of the first relevant document among ten.
    public var mrrAt10 = 0.0
    /// Mean recall@100.
    public var recallAt100 = 0.0
    /// Share of queries with a relevant document among the first ten.
    public var successAt10 = 0.0
    /// Share of queries that found nothing.
    public var noResultShare = 0.0

    /// A report in which nothing was measured.
    public init() {}

    /// The names of the figures as JSON and tables give them, with their values.
    public var figures: [(name: String, value: Double)] {
        [
            ("ndcg@10", ndcgAt10), ("mrr@10", mrrAt10), ("recall@100", recallAt100),
            ("success@10", successAt10), ("no_result", noResultShare),
        ]
    }

    /// One JSON object on one line, figures to six places: `{"queries": 72, "ndcg@10": 0.66, ...}`.
    public var json: String {
        // A rounded finite Double is described as a JSON number, and the names hold nothing to escape.
        let members = figures.map { "\"\($0.name)\": \(($0.value * 1e6).rounded() / 1e6)" }
        return "{\"queries\": \(queryCount), \(members.joined(separator: ", "))}"
    }

    /// One figure a line, for people.
    public var text: String {
        var lines = ["\("queries".padded(to: 12))\(queryCount)"]
        for figure in figures {
            lines.append(figure.name.padded(to: 12) + "\((figure.value * 1e4).rounded() / 1e4)")
        }
        return lines.joined(separator: "\n")
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
