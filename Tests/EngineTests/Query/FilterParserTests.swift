// The filter language: a table of texts with what they mean, a table of mistakes with where they are, and
// noise.

import Testing

@testable import Engine

@Suite("The filter language")
struct FilterParserTests {
    /// A text and the expression it stands for, written back in full parentheses.
    static let good: [(text: String, meaning: String)] = [
        (#"brand = "나이키""#, #"(brand = "나이키")"#),
        (#"brand == '나이키'"#, #"(brand = "나이키")"#),
        (#"brand="a\"b\\c\n""#, #"(brand = "a"b\c\#n")"#),
        ("stock > 0", "(stock > 0)"),
        ("stock>=-5", "(stock >= -5)"),
        ("stock <= 5 ", "(stock <= 5)"),
        ("stock != 5", "(stock != 5)"),
        ("rating < 4.5", "(rating < 4.5)"),
        ("price 10000..50000", "(price 10000..50000)"),
        ("price 10000 .. 50000", "(price 10000..50000)"),
        ("price 10000..", "(price 10000..)"),
        ("price ..50000", "(price ..50000)"),
        ("rating 3.5..4.5", "(rating 3.5..4.5)"),
        ("rating -1..-0.5", "(rating -1..-0.5)"),
        ("price 1.. AND stock > 0", "((price 1..) AND (stock > 0))"),
        (#"released "2024-01-01".."2024-12-31""#, #"(released "2024-01-01".."2024-12-31")"#),
        (#"brand IN ["나이키", "아디다스"]"#, #"(brand IN ["나이키", "아디다스"])"#),
        ("size in [1,2.5,true]", "(size IN [1, 2.5, true])"),
        (#"brand NOT IN ["a"]"#, #"(NOT (brand IN ["a"]))"#),
        ("stock EXISTS", "(stock EXISTS)"),
        ("fresh = true and sold = FALSE", "((fresh = true) AND (sold = false))"),
        ("attributes.color = \"블랙\"", #"(attributes.color = "블랙")"#),
        ("attributes.색상-2 = 1", "(attributes.색상-2 = 1)"),
        ("attributes.5g = true", "(attributes.5g = true)"),
        ("attributes.`화면 크기` 5..7", "(attributes.화면 크기 5..7)"),
        ("`and` = 1", "(and = 1)"),
        ("a = 1 OR b = 2 AND c = 3", "((a = 1) OR ((b = 2) AND (c = 3)))"),
        ("(a = 1 OR b = 2) AND c = 3", "(((a = 1) OR (b = 2)) AND (c = 3))"),
        ("NOT a = 1 AND b = 2", "((NOT (a = 1)) AND (b = 2))"),
        ("NOT NOT (a = 1)", "(NOT (NOT (a = 1)))"),
        (
            #"brand = "나이키" AND price 10000..50000 AND NOT category = "패션 > 하의" AND stock > 0"#,
            #"((brand = "나이키") AND (price 10000..50000) AND (NOT (category = "패션 > 하의")) AND (stock > 0))"#
        ),
        ("a = 9223372036854775807", "(a = 9223372036854775807)"),
        ("a = -9223372036854775808", "(a = -9223372036854775808)"),
        ("a\u{3000}=\n\t1", "(a = 1)"),
    ]

    @Test("means what the table says", arguments: good)
    func goodText(_ text: String, _ meaning: String) throws {
        #expect(Self.spelled(try FilterParser.parse(text)) == meaning)
    }

    /// A text and the code point at which it goes wrong.
    static let bad: [(text: String, position: Int)] = [
        ("", 0), ("   ", 3), ("brand", 5), ("brand =", 7), ("brand = 나이키", 8), ("= 1", 0),
        ("brand \"나이키\"", 11), ("a = 1 b = 2", 6), ("a = 1 AND", 9), ("AND a = 1", 0),
        ("a = 1 OR OR b = 2", 9),
        ("(a = 1", 6), ("a = 1)", 5), ("()", 1), ("NOT", 3), ("a IN 5", 5), ("a IN []", 6), ("a IN [1 2]", 8),
        ("a IN [1,", 8), ("a = \"open", 4), ("a = \"b\\q\"", 6), ("a ! 1", 2), ("a . 1", 2), ("a = 5개", 5),
        ("a = 12abc", 6), ("a = -", 4), ("a = 9223372036854775808", 4), ("a = 1 ; b", 6), ("price 5", 7),
        ("price ..", 8), ("a NOT 5", 6), ("true = 1", 0), ("`` = 1", 0), ("나이키 = 1 AND 상표 ?", 15),
        ("a = \"\\", 4), ("price .. AND b = 1", 9), ("a = 1 AND 😀 = 2", 10),
    ]

    @Test("says where a mistake is", arguments: bad)
    func badText(_ text: String, _ position: Int) {
        let error = #expect(throws: FilterError.self) { try FilterParser.parse(text) }
        #expect(error?.code == .syntax)
        #expect(error?.position == position)
        #expect(error?.message.isEmpty == false)
    }

    @Test("refuses depth, length and number of operands beyond the limits")
    func limits() throws {
        let deep = String(repeating: "(", count: 10_000) + "a = 1"
        #expect(throws: FilterError.self) { try FilterParser.parse(deep) }
        #expect(throws: FilterError.self) {
            try FilterParser.parse(String(repeating: "NOT ", count: 10_000) + "a = 1")
        }
        let nested = String(repeating: "(", count: 60) + "a = 1" + String(repeating: ")", count: 60)
        _ = try FilterParser.parse(nested)
        #expect(throws: FilterError.self) {
            try FilterParser.parse("a = \"" + String(repeating: "가", count: 30_000) + "\"")
        }
        let many = (0..<5_000).map { "\($0)" }.joined(separator: ",")
        #expect(throws: FilterError.self) { try FilterParser.parse("a IN [\(many)]") }
    }

    @Test("never crashes on noise, and reads back what it wrote")
    func noise() throws {
        var random = SeededRandom.fromEnvironment()
        let pieces = [
            "a", "brand", "attributes.색상", "`x y`", "=", "!=", "<", ">=", "..", "IN", "[", "]", ",", "(", ")",
            "AND",
            "OR", "NOT", "EXISTS", "1", "-2", "3.5", "\"나\"", "'b'", "true", " ", "\\", "\"", "😀", "\u{301}",
            ".",
        ]
        for _ in 0..<4_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0..<14, using: &random) {
                text += pieces.randomElement(using: &random)!
                if Bool.random(using: &random) { text += " " }
            }
            do {
                let expression = try FilterParser.parse(text)
                let again = try FilterParser.parse(Self.spelled(expression, quotesNames: true))
                #expect(Self.spelled(again) == Self.spelled(expression), "\(random.note): \(text)")
            } catch {
                #expect((0...text.unicodeScalars.count).contains(error.position), "\(random.note): \(text)")
            }
        }
    }

    static func spelled(_ expression: FilterExpression, quotesNames: Bool = false) -> String {
        func escaped(_ text: String) -> String {
            var escaped = ""
            for scalar in text.unicodeScalars {
                if "\\\"`'".unicodeScalars.contains(scalar) { escaped += "\\" }
                escaped.unicodeScalars.append(scalar)
            }
            return escaped
        }
        func name(_ name: FilterName) -> String { quotesNames ? "`\(escaped(name.text))`" : name.text }
        func literal(_ literal: FilterLiteral) -> String {
            switch literal.value {
            case .string(let text): "\"\(quotesNames ? escaped(text) : text)\""
            case .integer(let value): "\(value)"
            case .decimal(_, let spelling): spelling
            case .boolean(let value): "\(value)"
            }
        }
        func joined(_ parts: [FilterExpression], _ word: String) -> String {
            "(" + parts.map { spelled($0, quotesNames: quotesNames) }.joined(separator: " \(word) ") + ")"
        }
        switch expression {
        case .compare(let field, let comparison, let value):
            return "(\(name(field)) \(comparison.rawValue) \(literal(value)))"
        case .range(let field, let lower, let upper):
            return "(\(name(field)) \(lower.map(literal) ?? "")..\(upper.map(literal) ?? ""))"
        case .oneOf(let field, let values):
            return "(\(name(field)) IN [\(values.map(literal).joined(separator: ", "))])"
        case .exists(let field): return "(\(name(field)) EXISTS)"
        case .and(let parts): return joined(parts, "AND")
        case .or(let parts): return joined(parts, "OR")
        case .not(let part): return "(NOT \(spelled(part, quotesNames: quotesNames)))"
        }
    }
}

@Suite("Binding a filter")
struct FilterBindingTests {
    static let brand = FieldID(rawValue: 1)
    static let price = FieldID(rawValue: 2)
    static let rating = FieldID(rawValue: 3)
    static let sizeText = FieldID(rawValue: 4)
    static let sizeNumber = FieldID(rawValue: 5)
    static let names = ["brand", "price", "rating", "attributes.size", "unused", "가격대"]

    static func target(_ name: String) -> FilterTarget? {
        switch name {
        case "brand": FilterTarget(keyword: brand, keywordBytes: { Array($0.lowercased().utf8) })
        case "price": FilterTarget(integer: price)
        case "rating": FilterTarget(decimal: rating)
        case "attributes.size": FilterTarget(keyword: sizeText, integer: sizeNumber)
        case "released": FilterTarget(integer: price, integerValue: { $0 == "2024-01-01" ? 19_723 : nil })
        case "unused": FilterTarget()
        default: nil
        }
    }

    static func encoded(_ value: Double) -> Int64 { OrderedDouble.encode(value) }

    static let good: [(text: String, filter: Filter)] = [
        ("brand = \"Nike\"", .keyword(brand, values: [Array("nike".utf8)])),
        ("brand != \"Nike\"", .not(.keyword(brand, values: [Array("nike".utf8)]))),
        ("brand IN [\"A\", \"B\", 3]", .keyword(brand, values: [[97], [98], [51]])),
        ("brand EXISTS", .exists(brand)),
        ("price > 5", .integerRange(price, lower: 6, upper: nil)),
        ("price >= 5.5", .integerRange(price, lower: 6, upper: nil)),
        ("price > 5.0", .integerRange(price, lower: 6, upper: nil)),
        ("price < 5.5", .integerRange(price, lower: nil, upper: 5)),
        ("price < 5", .integerRange(price, lower: nil, upper: 4)),
        ("price = 5.5", .integerRange(price, lower: 6, upper: 5)),
        ("price > 9223372036854775807", .none),
        ("price < 100000000000000000000.0", .integerRange(price, lower: nil, upper: .max)),
        ("price > 100000000000000000000.0", .none),
        ("price 1..2", .integerRange(price, lower: 1, upper: 2)),
        ("released \"2024-01-01\"..", .integerRange(price, lower: 19_723, upper: nil)),
        ("rating >= 4", .integerRange(rating, lower: encoded(4), upper: nil)),
        ("rating > 4", .integerRange(rating, lower: encoded(4.0.nextUp), upper: nil)),
        ("rating = 4.5", .integerRange(rating, lower: encoded(4.5), upper: encoded(4.5))),
        (
            "attributes.size = 265",
            .or([
                .keyword(sizeText, values: [Array("265".utf8)]),
                .integerRange(sizeNumber, lower: 265, upper: 265),
            ])
        ),
        ("attributes.size = \"L\"", .keyword(sizeText, values: [Array("L".utf8)])),
        ("attributes.size > 5", .integerRange(sizeNumber, lower: 6, upper: nil)),
        ("unused = 5", .none),
        ("unused = \"x\"", .none),
        ("unused EXISTS", .none),
    ]

    @Test("gives the filter in the table", arguments: good)
    func goodText(_ text: String, _ filter: Filter) throws {
        #expect(try FilterParser.parse(text).bound(names: Self.names, resolve: Self.target) == filter)
    }

    static let bad: [(text: String, code: FilterError.Code, position: Int)] = [
        ("brnd = \"x\"", .field, 0), ("price > 1 AND NOT 없는것 = 1", .field, 18),
        ("price = \"싸다\"", .value, 8), ("price > \"1\"", .value, 8), ("brand > 5", .value, 8),
        ("rating = true", .value, 9), ("brand 1..2", .value, 6), ("price < true", .value, 8),
    ]

    @Test("says what is wrong with a name or a value", arguments: bad)
    func badText(_ text: String, _ code: FilterError.Code, _ position: Int) {
        let error = #expect(throws: FilterError.self) {
            try FilterParser.parse(text).bound(names: Self.names, resolve: Self.target)
        }
        #expect(error?.code == code)
        #expect(error?.position == position)
    }

    @Test("offers near names for an unknown one")
    func nearNames() {
        let error = #expect(throws: FilterError.self) {
            try FilterParser.parse("ratnig > 1").bound(names: Self.names, resolve: Self.target)
        }
        #expect(error?.expected == ["rating"])
        #expect(NearNames.of("가격", in: Self.names) == ["가격대"])
    }
}
