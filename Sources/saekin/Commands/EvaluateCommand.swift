// saekin evaluate: how good the ranking is on judged queries.

import Evaluation
import ProductSearch

struct EvaluateCommand: Command {
    static let name = "evaluate"
    static let summary = "Measures the ranking against judged queries."
    static let usage = "--data DIR --queries queries.tsv --qrels qrels.trec [--run FILE] [--match M] [--json]"
    static let options = [
        OptionSpecification("--data", "DIR", "the data folder"),
        OptionSpecification("--queries", "FILE", "lines of: id TAB text"),
        OptionSpecification("--qrels", "FILE", "lines of: query 0 document grade"),
        OptionSpecification(
            "--run", "FILE", "also write the ranking in TREC format, up to 1,000 hits a query"),
        OptionSpecification("--match", "auto|all|any", "how many of a query's words must be there (auto)"),
        OptionSpecification("--json", nil, "print one JSON object"),
    ]

    /// Hits looked at per query; recall@100 and the run file need no more.
    private static let depth = 1_000

    static func run(_ arguments: ParsedArguments) throws {
        let matchName = arguments.value("--match") ?? "auto"
        guard let match = ProductSearchRequest.MatchMode(rawValue: matchName) else {
            throw UsageError("--match is auto, all or any, not '\(matchName)'")
        }
        let data = try arguments.required("--data")
        let queries = try EvaluationQuery.read(path: try arguments.required("--queries"))
        var evaluation = Evaluation(judgments: try Judgments(path: try arguments.required("--qrels")))
        let service = try OpenShop.forReading(data).search
        let run = try arguments.value("--run").map { path in try TRECRun(path: path) }
        let progress = ProgressLine("evaluating", total: queries.count)
        for (index, query) in queries.enumerated() {
            var request = ProductSearchRequest()
            request.query = query.text
            request.limit = depth
            request.match = match
            let ranking = try service.ranking(request)
            evaluation.record(query: query.id, ranking: ranking.map(\.id))
            try run?.write(query: query.id, ranking: ranking)
            progress.update(index + 1)
        }
        progress.finish()
        try run?.finish()
        let report = evaluation.report()
        Output.line(arguments.has("--json") ? report.json : report.text)
    }

    /// The run file, where one was asked for; a class because the writer under it cannot be copied.
    private final class TRECRun {
        private var writer: RunWriter?

        init(path: String) throws { writer = try RunWriter(path: path, tag: "saekin") }

        func write(query: String, ranking: [(id: String, score: Float)]) throws {
            try writer?.write(query: query, hits: ranking.map { (document: $0.id, score: Double($0.score)) })
        }

        func finish() throws {
            guard let open = writer.take() else { return }
            try open.finish()
        }
    }
}
