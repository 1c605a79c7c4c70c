// Filter text to expression, by recursive descent. Keywords are matched without regard to case.
//
//     filter    = all { "OR" all }
//     all       = one { "AND" one }
//     one       = "NOT" one | "(" filter ")" | condition
//     condition = name ( comparison literal | range | [ "NOT" ] "IN" list | "EXISTS" )
//     list      = "[" literal { "," literal } "]"
//     range     = literal ".." [ literal ] | ".." literal
//     comparison= "=" | "!=" | "<" | "<=" | ">" | ">="
//     literal   = string | integer | decimal | "true" | "false"
//     name      = part { "." part } ; part = letters, digits, "_", "-" | "`" any text "`"

/// Parses the filter language.
public struct FilterParser {
    /// The longest filter text, in UTF-8 bytes.
    public static let byteCountMax = 65_536
    /// How deeply parentheses and `NOT` may nest.
    public static let depthMax = 64
    /// How many names and literals one filter may hold together.
    public static let operandCountMax = 4_096

    private var lexer: FilterLexer
    private var token = FilterToken.end
    private var position = 0
    private var operandCount = 0

    /// Parses `text`.
    ///
    /// Throws `FilterError` with code `syntax` when the text does not follow the grammar, is empty, or
    /// exceeds a limit. Time is linear in the length of the text.
    public static func parse(_ text: String) throws(FilterError) -> FilterExpression {
        guard text.utf8.count <= byteCountMax else {
            throw FilterError(
                code: .syntax, message: "The filter is longer than \(byteCountMax) bytes.", position: 0)
        }
        var parser = FilterParser(lexer: FilterLexer(text))
        try parser.advance()
        let expression = try parser.disjunction(depth: 0)
        guard parser.token == .end else {
            throw parser.unexpected(["\"AND\"", "\"OR\"", "the end of the filter"])
        }
        return expression
    }

    private init(lexer: FilterLexer) {
        self.lexer = lexer
    }

    private mutating func advance() throws(FilterError) {
        (token, position) = try lexer.next()
    }

    private func unexpected(_ expected: [String]) -> FilterError {
        let found = token == .end ? "The filter ends too early." : "\(token.shown) cannot stand here."
        return FilterError(code: .syntax, message: found, position: position, expected: expected)
    }

    private mutating func disjunction(depth: Int) throws(FilterError) -> FilterExpression {
        var parts = [try conjunction(depth: depth)]
        while isKeyword("or") {
            try advance()
            parts.append(try conjunction(depth: depth))
        }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction(depth: Int) throws(FilterError) -> FilterExpression {
        var parts = [try one(depth: depth)]
        while isKeyword("and") {
            try advance()
            parts.append(try one(depth: depth))
        }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func one(depth: Int) throws(FilterError) -> FilterExpression {
        guard depth < Self.depthMax else {
            throw FilterError(
                code: .syntax, message: "Parentheses and NOT nest deeper than \(Self.depthMax).",
                position: position)
        }
        if isKeyword("not") {
            try advance()
            return .not(try one(depth: depth + 1))
        }
        if token == .open {
            try advance()
            let inner = try disjunction(depth: depth + 1)
            guard token == .close else { throw unexpected(["\")\"", "\"AND\"", "\"OR\""]) }
            try advance()
            return inner
        }
        return try condition()
    }

    private mutating func condition() throws(FilterError) -> FilterExpression {
        let name = try self.name()
        switch token {
        case .comparison(let comparison):
            try advance()
            return .compare(name, comparison, try literal())
        case .range:
            try advance()
            return .range(name, lower: nil, upper: try literal())
        case .string, .integer, .decimal:
            let lower = try literal()
            guard token == .range else { throw unexpected(["\"..\""]) }
            try advance()
            return .range(name, lower: lower, upper: startsLiteral ? try literal() : nil)
        default:
            if isKeyword("exists") {
                try advance()
                return .exists(name)
            }
            if isKeyword("in") {
                try advance()
                return .oneOf(name, try list())
            }
            if isKeyword("not") {
                try advance()
                guard isKeyword("in") else { throw unexpected(["\"IN\""]) }
                try advance()
                return .not(.oneOf(name, try list()))
            }
            throw unexpected(["=", "!=", "<", "<=", ">", ">=", "IN", "EXISTS", "a range as 10..20"])
        }
    }

    private mutating func name() throws(FilterError) -> FilterName {
        let start = position
        let text: String
        switch token {
        case .quotedName(let quoted): text = quoted
        case .word(let word) where !Self.keywords.contains(word.lowercased()): text = word
        default: throw unexpected(["a field name", "\"(\"", "\"NOT\""])
        }
        guard !text.isEmpty else {
            throw FilterError(code: .syntax, message: "The field name is empty.", position: start)
        }
        try countOperand()
        try advance()
        return FilterName(text, position: start)
    }

    private mutating func list() throws(FilterError) -> [FilterLiteral] {
        guard token == .openList else { throw unexpected(["\"[\""]) }
        try advance()
        var literals = [try literal()]
        while token == .comma {
            try advance()
            literals.append(try literal())
        }
        guard token == .closeList else { throw unexpected(["\",\"", "\"]\""]) }
        try advance()
        return literals
    }

    private var startsLiteral: Bool {
        switch token {
        case .string, .integer, .decimal: true
        default: false
        }
    }

    private mutating func literal() throws(FilterError) -> FilterLiteral {
        let start = position
        let value: FilterLiteral.Value
        switch token {
        case .string(let text): value = .string(text)
        case .integer(let number): value = .integer(number)
        case .decimal(let number, let spelling): value = .decimal(number, spelling: spelling)
        default:
            if isKeyword("true") {
                value = .boolean(true)
            } else if isKeyword("false") {
                value = .boolean(false)
            } else {
                throw unexpected(["a string in double quotes", "a number", "true", "false"])
            }
        }
        try countOperand()
        try advance()
        return FilterLiteral(value, position: start)
    }

    private mutating func countOperand() throws(FilterError) {
        operandCount += 1
        guard operandCount <= Self.operandCountMax else {
            throw FilterError(
                code: .syntax,
                message: "The filter holds more than \(Self.operandCountMax) names and values.",
                position: position)
        }
    }

    private static let keywords: Set<String> = ["and", "or", "not", "in", "exists", "true", "false"]

    private func isKeyword(_ keyword: String) -> Bool {
        if case .word(let word) = token { word.lowercased() == keyword } else { false }
    }
}
