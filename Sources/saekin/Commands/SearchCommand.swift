// saekin search: one search on the committed index, without a server.

import JSON
import ProductSearch

struct SearchCommand: Command {
    static let name = "search"
    static let summary = "Searches the products and prints what is found."
    static let usage =
        "--data DIR QUERY [--filter F] [--facets a,b] [--sort S] [--limit N] [--explain] [--json]"
    static let words = 1...1
    static let wordName = "QUERY (\"\" matches everything)"
    static let options = [
        OptionSpecification("--data", "DIR", "the data folder"),
        OptionSpecification("--filter", "FILTER", "such as 'brand = \"나이키\" AND price 10000..50000'"),
        OptionSpecification("--facets", "FIELDS", "fields to count, separated by commas"),
        OptionSpecification("--sort", "FIELDS", "such as price or -rating; by relevance otherwise"),
        OptionSpecification("--limit", "N", "at most so many products (10)"),
        OptionSpecification(
            "--explain", nil, "show how each score came about and how the index was searched"),
        OptionSpecification("--json", nil, "print the answer of the HTTP interface"),
    ]

    static func run(_ arguments: ParsedArguments) throws {
        var parameters: [(name: String, value: String)] = [
            ("q", arguments.words[0]),
            ("limit", String(try arguments.integer("--limit", in: 0...1_000, default: 10))),
        ]
        for option in ["filter", "facets", "sort"] {
            if let value = arguments.value("--\(option)") { parameters.append((option, value)) }
        }
        if arguments.has("--explain") { parameters.append(("explain", "true")) }
        let request = try ProductSearchRequest(parameters: parameters)
        let service = try OpenShop.forReading(try arguments.required("--data")).search
        let answer = try service.answer(request)
        if arguments.has("--json") {
            Output.line(answer)
        } else {
            try printForPeople(answer)
        }
    }

    private static func printForPeople(_ answer: [UInt8]) throws {
        let parsed = try JSONParser().parse(answer)
        let hits = parsed["hits"]?.arrayValue ?? []
        Output.line("\(parsed["total"]?.integerValue ?? 0) found, \(hits.count) shown")
        for (index, hit) in hits.enumerated() {
            let product = hit["product"]
            let price = product?["price"]?.integerValue.map { "\(grouped($0))원" } ?? "-"
            let brand = product?["brand"]?.stringValue.map { "[\($0)] " } ?? ""
            let title = product?["title"]?.stringValue ?? ""
            Output.line("\(index + 1). \(brand)\(title)  \(price)  (\(hit["id"]?.stringValue ?? ""))")
            if let explanation = hit["explain"] { printTree(explanation, indent: 4) }
        }
        for segment in parsed["profile"]?["segments"]?.arrayValue ?? [] {
            let parts = (segment.objectValue ?? []).map { "\($0) \($1.stringValue ?? numbers($1))" }
            Output.line(parts.joined(separator: ", "))
        }
        for (name, facet) in parsed["facets"]?.objectValue ?? [] {
            Output.line("\(name):")
            for value in facet["values"]?.arrayValue ?? [] {
                Output.line("    \(value["value"]?.stringValue ?? "")  \(value["count"]?.integerValue ?? 0)")
            }
            for range in facet["ranges"]?.arrayValue ?? [] {
                let from = range["from"]?.doubleValue.map { grouped(Int64($0)) } ?? ""
                let to = range["to"]?.doubleValue.map { grouped(Int64($0)) } ?? ""
                Output.line("    \(from)..\(to)  \(range["count"]?.integerValue ?? 0)")
            }
        }
    }

    private static func numbers(_ value: JSONValue) -> String {
        value.arrayValue?.map(number).joined(separator: " ") ?? number(value)
    }

    private static func number(_ value: JSONValue) -> String {
        value.integerValue.map { "\($0)" } ?? value.doubleValue.map { "\($0)" } ?? ""
    }

    private static func printTree(_ node: JSONValue, indent: Int) {
        let value = node["value"]?.doubleValue ?? 0
        Output.line(String(repeating: " ", count: indent) + "\(value)  \(node["what"]?.stringValue ?? "")")
        for part in node["parts"]?.arrayValue ?? [] { printTree(part, indent: indent + 4) }
    }

    /// 1234567 as 1,234,567.
    private static func grouped(_ number: Int64) -> String {
        var digits = Array(String(number.magnitude))
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: index)
            index -= 3
        }
        return (number < 0 ? "-" : "") + String(digits)
    }
}
