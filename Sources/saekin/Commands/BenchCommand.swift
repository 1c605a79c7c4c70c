// saekin bench: how long queries take in process, one thread, parsing and analysis inside the timing; or how
// fast text is analysed.

import JSON
import KoreanAnalysis
import ProductSearch

struct BenchCommand: Command {
    static let name = "bench"
    static let summary = "Times queries on the committed index, one after the other."
    static let usage =
        "--data DIR --queries FILE [--mode or|and|auto|phrase|facet|page|count|analyze|suggest] [--rounds N] [--json]"
    static let options = [
        OptionSpecification("--data", "DIR", "the data folder; analyze needs none"),
        OptionSpecification(
            "--queries", "FILE", "a query a line; of id TAB text the text; for analyze a text a line"),
        OptionSpecification(
            "--mode", "MODE",
            "or, and, auto: top 10 and total; phrase; facet: with three facets; page: a whole answer; count; "
                + "analyze: analysis alone; suggest: every keystroke (auto)"
        ),
        OptionSpecification("--rounds", "N", "times each query is run; its median counts (3)"),
        OptionSpecification("--json", nil, "print one JSON object"),
    ]

    private enum Mode: String, CaseIterable {
        case or, and, auto, phrase, facet, page, count, analyze, suggest
    }

    static func run(_ arguments: ParsedArguments) throws {
        let path = try arguments.required("--queries")
        let modeName = arguments.value("--mode") ?? "auto"
        guard let mode = Mode(rawValue: modeName) else {
            let known = Mode.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("--mode is one of \(known), not '\(modeName)'")
        }
        let rounds = try arguments.integer("--rounds", in: 1...1_000, default: 3)
        guard mode != .analyze else {
            return try timeAnalysis(path, rounds: rounds, asJSON: arguments.has("--json"))
        }
        let data = try arguments.required("--data")
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
        case .auto, .facet, .page, .analyze, .suggest: request.match = .auto
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

    /// Times the analysis of all lines of a file, round after round, with one buffer, as the indexer works.
    /// The first round begins with cold memory and is told apart.
    private static func timeAnalysis(_ path: String, rounds: Int, asJSON: Bool) throws {
        let texts = try readTexts(path)
        let analyzer = try OpenShop.analyzer()
        var buffer = TokenBuffer()
        var seconds: [Double] = []
        var tokenCount = 0
        for round in 0..<rounds + 1 {
            let start = ContinuousClock.now
            for text in texts.lines {
                analyzer.analyze(text, into: &buffer)
                if round == 0 { tokenCount += buffer.tokens.count }
            }
            seconds.append((ContinuousClock.now - start) / .seconds(1))
        }
        let first = seconds.removeFirst()
        seconds.sort()
        func speed(_ time: Double) -> Int64 { Int64(Double(texts.characterCount) / max(time, 1e-9)) }
        let median = speed(seconds[seconds.count / 2])
        guard asJSON else {
            return Output.line(
                "analyze: \(texts.characterCount) characters, \(tokenCount) tokens, \(median) characters/s "
                    + "(first round \(speed(first)), best \(speed(seconds[0])))")
        }
        Output.line(
            JSONValue.object([
                ("mode", .string("analyze")), ("lines", .integer(Int64(texts.lines.count))),
                ("chars", .integer(Int64(texts.characterCount))), ("tokens", .integer(Int64(tokenCount))),
                ("chars_per_s", .integer(median)), ("first_chars_per_s", .integer(speed(first))),
                ("best_chars_per_s", .integer(speed(seconds[0]))),
            ]).jsonBytes)
    }

    /// The lines of a file and how many code points they have together.
    private static func readTexts(_ path: String) throws -> (lines: [[UInt8]], characterCount: Int) {
        let reader = try LineReader(path: path, lineByteCountMax: 1 << 20)
        var lines: [[UInt8]] = []
        var characterCount = 0
        while let line = try reader.next() {
            guard case .text(let bytes) = line else {
                throw CommandFailure("\(path), line \(reader.lineNumber): longer than 1 MiB")
            }
            characterCount += bytes.count { $0 & 0xC0 != 0x80 }
            lines.append(bytes)
        }
        guard characterCount > 0 else { throw CommandFailure("\(path) holds no text") }
        return (lines, characterCount)
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
                    + ([Mode.suggest, .page].map(\.rawValue).contains(mode) ? "bytes" : "hits"))
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
