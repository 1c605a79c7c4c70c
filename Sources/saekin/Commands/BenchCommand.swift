// saekin bench: how long queries take in process, one thread, parsing and analysis inside the timing.

import JSON
import ProductSearch

struct BenchCommand: Command {
    static let name = "bench"
    static let summary = "Times queries on the committed index, one after the other."
    static let usage =
        "--data DIR --queries FILE [--mode or|and|auto|phrase|facet|page|count|suggest] [--rounds N] [--json]"
    static let options = [
        OptionSpecification("--data", "DIR", "the data folder"),
        OptionSpecification("--queries", "FILE", "a query a line; of id TAB text the text"),
        OptionSpecification(
            "--mode", "MODE",
            "or, and, auto: top 10 and total; phrase; facet: with three facets; page: a whole answer; "
                + "count (auto); suggest: every keystroke of each query"
        ),
        OptionSpecification("--rounds", "N", "times each query is run; its median counts (3)"),
        OptionSpecification("--json", nil, "print one JSON object"),
    ]

    private enum Mode: String, CaseIterable { case or, and, auto, phrase, facet, page, count, suggest }

    static func run(_ arguments: ParsedArguments) throws {
        let data = try arguments.required("--data")
        let path = try arguments.required("--queries")
        let modeName = arguments.value("--mode") ?? "auto"
        guard let mode = Mode(rawValue: modeName) else {
            let known = Mode.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("--mode is one of \(known), not '\(modeName)'")
        }
        let rounds = try arguments.integer("--rounds", in: 1...1_000, default: 3)
        var queries = try readQueries(path)
        let service = try OpenShop.forReading(data).search
        let suggest = SuggestService(search: service)
        var figures: SuggestService.Figures?
        if mode == .suggest {
            figures = try suggest.prepare()
            queries = queries.flatMap(Keystrokes.prefixes(of:))
        }
        var medians: [Double] = []
        var hits = 0
        let progress = ProgressLine("measuring", total: queries.count)
        for (index, text) in queries.enumerated() {
            var times: [Double] = []
            for round in 0..<rounds {
                let start = ContinuousClock.now
                let total =
                    mode == .suggest ? try suggest.answer(text).count : try answer(text, mode, service)
                times.append((ContinuousClock.now - start) / .microseconds(1))
                if round == 0 { hits += total }
            }
            times.sort()
            medians.append(times[times.count / 2])
            progress.update(index + 1)
        }
        progress.finish()
        report(
            medians.sorted(), hits: hits, mode: mode.rawValue, figures: figures,
            asJSON: arguments.has("--json"))
    }

    private static func request(_ text: String, _ mode: Mode) -> ProductSearchRequest {
        var request = ProductSearchRequest()
        request.query = mode == .phrase ? "\"\(text)\"" : text
        request.limit = mode == .page ? 20 : mode == .count ? 0 : 10
        switch mode {
        case .or: request.match = .any
        case .and, .phrase, .count: request.match = .all
        case .auto, .facet, .page, .suggest: request.match = .auto
        }
        if mode == .facet || mode == .page {
            request.facets = ["brand", "category", "price"].map(ProductSearchRequest.Facet.init(field:))
        }
        return request
    }

    /// Runs one query and returns how many products match, or how many bytes the answer of a page has.
    private static func answer(_ text: String, _ mode: Mode, _ service: SearchService) throws -> Int {
        let request = request(text, mode)
        return mode == .page ? try service.answer(request).count : try service.count(request)
    }

    private static func readQueries(_ path: String) throws -> [String] {
        let reader = try LineReader(
            path: path, lineByteCountMax: ProductSearchRequest.Limits.queryByteCountMax)
        var queries: [String] = []
        while let line = try reader.next() {
            guard case .text(let bytes) = line else {
                throw CommandFailure("\(path), line \(reader.lineNumber): longer than a query may be")
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let query = text.split(separator: "\t", maxSplits: 1).last.map(String.init) ?? ""
            if !query.isEmpty { queries.append(query) }
        }
        guard !queries.isEmpty else { throw CommandFailure("\(path) holds no queries") }
        return queries
    }

    private static func report(
        _ times: [Double], hits: Int, mode: String, figures: SuggestService.Figures?, asJSON: Bool
    ) {
        let mean = times.reduce(0, +) / Double(times.count)
        func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
        let p50 = rounded(times[times.count / 2])
        let p99 = rounded(times[min(times.count - 1, times.count * 99 / 100)])
        guard asJSON else {
            Output.line(
                "\(mode): \(times.count) queries, mean \(rounded(mean)) µs, p50 \(p50) µs, p99 \(p99) µs, \(hits) "
                    + (mode == Mode.suggest.rawValue ? "bytes" : "hits"))
            if let figures {
                Output.line(
                    "\(figures.completionCount) completions in \(figures.byteCount) bytes, "
                        + "made in \(figures.buildTime / .milliseconds(1)) ms")
            }
            return
        }
        var members: [(String, JSONValue)] = [
            ("mode", .string(mode)), ("queries", .integer(Int64(times.count))),
            ("mean_us", .double(rounded(mean))), ("p50_us", .double(p50)), ("p99_us", .double(p99)),
            ("hits", .integer(Int64(hits))),
        ]
        if let figures {
            members += [
                ("completions", .integer(Int64(figures.completionCount))),
                ("completion_bytes", .integer(Int64(figures.byteCount))),
                ("build_ms", .double(rounded(figures.buildTime / .milliseconds(1)))),
            ]
        }
        Output.line(JSONValue.object(members).jsonBytes)
    }
}
