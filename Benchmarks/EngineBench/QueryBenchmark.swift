// Times queries on an index, a command after the other, one thread.

import Engine
import Glibc

/// `engine-bench query`.
struct QueryBenchmark {
    static let commands = [
        "or10", "or10n", "and10", "and10n", "phrase10", "phrase_count", "facet_or", "facet_and", "count_or",
        "count_and",
    ]

    /// A line of a query file: class, terms, phrase, least and greatest price.
    private struct Line {
        let terms: [[UInt8]]
        let phrase: [[UInt8]]
        let prices: ClosedRange<Int64>
    }

    private let directory: String
    private let queries: String
    private let corpus: String
    private let rounds: Int
    private let chosen: [String]

    init(_ arguments: [String]) throws {
        directory = arguments[0]
        queries = arguments[1]
        corpus = arguments[2]
        guard let rounds = Int(arguments[3]), (1...10_000).contains(rounds) else {
            throw BenchmarkFailure("ROUNDS is a number from 1 on, not '\(arguments[3])'")
        }
        self.rounds = rounds
        chosen = arguments.count > 4 ? Array(arguments[4...]) : Self.commands
        for command in chosen where !Self.commands.contains(command) {
            throw BenchmarkFailure(
                "unknown command '\(command)'; there are \(Self.commands.joined(separator: ", "))")
        }
    }

    func run() throws {
        let snapshot = try Index.openForReading(directory: directory).snapshot()
        let fields = try CorpusFields(snapshot.registry)
        let lines = try readLines()
        for command in chosen {
            let requests = lines.map { request(command, $0, fields) }
            try measure(command, requests, snapshot)
        }
    }

    private func readLines() throws -> [Line] {
        guard let file = fopen(queries, "r") else { throw BenchmarkFailure("cannot read \(queries)") }
        defer { fclose(file) }
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        var lines: [Line] = []
        while getline(&buffer, &capacity, file) > 0, let buffer {
            let columns =
                String(cString: buffer).split(whereSeparator: \.isNewline).first?
                .split(separator: "\t", omittingEmptySubsequences: false) ?? []
            guard columns.count == 5, let least = Int64(columns[3]), let greatest = Int64(columns[4]),
                least <= greatest
            else { throw BenchmarkFailure("\(queries), line \(lines.count + 1) is not a query") }
            func words(_ text: Substring) -> [[UInt8]] { text.split(separator: " ").map { Array($0.utf8) } }
            lines.append(
                Line(terms: words(columns[1]), phrase: words(columns[2]), prices: least...greatest))
        }
        guard !lines.isEmpty else { throw BenchmarkFailure("\(queries) has no queries") }
        return lines
    }

    private func request(_ command: String, _ line: Line, _ fields: CorpusFields) -> SearchRequest {
        let weights = [FieldWeight(fields.text)]
        let terms = line.terms.map { Query.term(TermQuery(fields: weights, term: $0)) }
        let query: Query =
            if command.hasPrefix("phrase") {
                line.phrase.count == 1
                    ? .term(TermQuery(fields: weights, term: line.phrase[0]))
                    : .phrase(PhraseQuery(fields: weights, terms: line.phrase.map { [$0] }))
            } else if command.contains("or") {
                .or(terms)
            } else {
                .and(terms)
            }
        let isCount = command.contains("count")
        let isFaceted = command.hasPrefix("facet")
        return SearchRequest(
            query: query,
            filter: isFaceted
                ? .integerRange(fields.price, lower: line.prices.lowerBound, upper: line.prices.upperBound)
                : nil,
            facets: isFaceted ? fields.facets.map { .keyword($0, limit: 10) } : [],
            limit: isCount ? 0 : 10,
            countsTotal: isCount || isFaceted || command.hasSuffix("n"),
            // The peers' caches are off too.
            usesCaches: false)
    }

    /// Per query the median over the rounds, then mean, p50 and p99 over the queries. The first round warms
    /// up.
    private func measure(_ command: String, _ requests: [SearchRequest], _ snapshot: Snapshot) throws {
        var times = Array(repeating: [Double](), count: requests.count)
        var hits = 0
        let countsHits = command.hasSuffix("10")
        for round in 0...rounds {
            hits = 0
            for (index, request) in requests.enumerated() {
                let start = ContinuousClock.now
                let result = try snapshot.search(request)
                let time = ContinuousClock.now - start
                if round > 0 { times[index].append(time / .microseconds(1)) }
                hits += countsHits ? result.hits.count : result.total
            }
        }
        let medians = times.map { $0.sorted()[rounds / 2] }.sorted()
        let mean = medians.reduce(0, +) / Double(medians.count)
        print(
            "{\"what\": \"query\", \"corpus\": \"\(corpus)\", \"segments\": \(snapshot.segments.count), "
                + "\"command\": \"\(command)\", \"queries\": \(medians.count), \"rounds\": \(rounds), "
                + "\"hits\": \(hits), \"mean_us\": \(tenths(mean)), "
                + "\"p50_us\": \(tenths(medians[medians.count / 2])), "
                + "\"p99_us\": \(tenths(medians[medians.count * 99 / 100])), "
                + "\"peak_rss_mib\": \(ProcessUsage.peakMebibytes)}")
        fflush(nil)
    }
}
