// saekin evaluate: how good the ranking is on judged queries.

import Evaluation
import JSON
import ProductSearch

struct EvaluateCommand: Command {
    static let name = "evaluate"
    static let summary = "Measures the ranking against judged queries."
    static let usage = "--data DIR --queries queries.tsv --qrels qrels.trec [--run FILE] [--json]"
    static let options = [
        OptionSpecification("--data", "DIR", "the data folder"),
        OptionSpecification("--queries", "FILE", "lines of: id TAB text"),
        OptionSpecification("--qrels", "FILE", "lines of: query 0 document grade"),
        OptionSpecification("--run", "FILE", "also write the ranking in TREC format, up to 1,000 hits a query"),
        OptionSpecification("--json", nil, "print one JSON object"),
    ]

    /// Hits looked at per query; recall@100 and the run file need no more.
    private static let depth = 1_000

    static func run(_ arguments: ParsedArguments) throws {
        let data = try arguments.required("--data")
        let queries = try JudgedQueries.read(path: try arguments.required("--queries"))
        let judgments = try RelevanceJudgments.read(path: try arguments.required("--qrels"))
        let service = try OpenShop.forReading(data).search
        let progress = ProgressLine("evaluating", total: queries.count)
        var ranking = RankedRun()
        for (index, query) in queries.enumerated() {
            var request = ProductSearchRequest()
            request.query = query.text
            request.limit = depth
            ranking.add(
                query: query.id,
                hits: try service.ranking(request).map { RankedHit(document: $0.id, score: $0.score) })
            progress.update(index + 1)
        }
        progress.finish()
        if let path = arguments.value("--run") { try ranking.write(path: path, tag: "saekin") }
        let measures = RelevanceMeasures.evaluate(ranking, judgments)
        Output.line(arguments.has("--json") ? measures.json : Array(measures.table.utf8))
    }
}
