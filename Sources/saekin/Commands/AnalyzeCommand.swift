// saekin analyze: the tokens of a text, as they are indexed.

import JSON
import ProductSearch

struct AnalyzeCommand: Command {
    static let name = "analyze"
    static let summary = "Shows the tokens of a text: terms, offsets, kinds, and what was removed."
    static let usage = "TEXT... [--data DIR] [--json] | --lines FILE [--data DIR] [--json]"
    static let words = 0...1_000
    static let wordName = "TEXT"
    static let options = [
        OptionSpecification("--lines", "FILE", "analyse every line of FILE as a text of its own"),
        OptionSpecification("--data", "DIR", "analyse with the words and synonyms of this data folder"),
        OptionSpecification("--json", nil, "print JSON, a text a line; offsets are UTF-8 bytes of the text"),
    ]

    static func run(_ arguments: ParsedArguments) throws {
        let path = arguments.value("--lines")
        guard arguments.words.isEmpty == (path != nil) else {
            throw UsageError(path == nil ? "TEXT is missing" : "give a TEXT or --lines, not both")
        }
        let analyzer = try OpenShop.analyzer()
        let service =
            if let data = arguments.value("--data") {
                AnalyzeService(view: try LiveView(readingFrom: DataFolder(data), analyzer: analyzer))
            } else {
                AnalyzeService(analysis: TextAnalysis(analyzer))
            }
        guard let path else {
            return try show(arguments.words.joined(separator: " "), service, arguments)
        }
        let reader = try LineReader(path: path, lineByteCountMax: AnalyzeService.textByteCountMax)
        while let line = try reader.next() {
            guard case .text(let bytes) = line else {
                let limit = AnalyzeService.textByteCountMax
                throw CommandFailure("\(path), line \(reader.lineNumber): longer than \(limit) bytes")
            }
            try show(String(decoding: bytes, as: UTF8.self), service, arguments)
        }
    }

    private static func show(_ text: String, _ service: AnalyzeService, _ arguments: ParsedArguments) throws {
        let answer = try service.answer(text)
        guard !arguments.has("--json") else { return Output.line(answer) }
        let parsed = try JSONParser().parse(answer)
        for token in parsed["tokens"]?.arrayValue ?? [] {
            let position = token["position"]?.integerValue ?? 0
            let length = token["length"]?.integerValue ?? 1
            let place = length > 1 ? "\(position)-\(position + length - 1)" : "\(position)"
            Output.line(
                "\(place)\t\(token["term"]?.stringValue ?? "")\t\(token["kind"]?.stringValue ?? "")\t"
                    + "\(token["start"]?.integerValue ?? 0)..<\(token["end"]?.integerValue ?? 0)")
        }
        for removed in parsed["removed"]?.arrayValue ?? [] {
            Output.line(
                "removed\t\(removed["text"]?.stringValue ?? "")\t\(removed["reason"]?.stringValue ?? "")")
        }
        for word in parsed["words"]?.arrayValue ?? [] {
            Output.line(
                "word\t\(word["word"]?.stringValue ?? "")\t\(word["origin"]?.stringValue ?? "")\t"
                    + "weight \(word["weight"]?.integerValue ?? 0)")
        }
        for synonym in parsed["synonyms"]?.arrayValue ?? [] {
            let position = synonym["position"]?.integerValue ?? 0
            let length = synonym["length"]?.integerValue ?? 1
            Output.line(
                "synonym\t\(synonym["synonym"]?.stringValue ?? "")\t\(synonym["origin"]?.stringValue ?? "")\t"
                    + "\(position)..<\(position + length)\t\(synonym["rule"]?.stringValue ?? "")")
        }
    }
}
