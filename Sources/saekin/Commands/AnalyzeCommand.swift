// saekin analyze: the tokens of a text, as they are indexed.

import JSON
import ProductSearch

struct AnalyzeCommand: Command {
    static let name = "analyze"
    static let summary = "Shows the tokens of a text: terms, offsets, kinds, and what was removed."
    static let usage = "TEXT... [--json]"
    static let words = 1...1_000
    static let wordName = "TEXT"
    static let options = [
        OptionSpecification("--json", nil, "print JSON; offsets are UTF-8 bytes of the text")
    ]

    static func run(_ arguments: ParsedArguments) throws {
        let text = arguments.words.joined(separator: " ")
        let answer = try AnalyzeService(analysis: TextAnalysis(try OpenShop.analyzer())).answer(text)
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
    }
}
