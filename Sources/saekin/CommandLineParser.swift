// Reads the command line of one command: options with and without values, and the words between them.
//
// Rules, the same for every command: `--name value` and `--name=value`; `--` ends the options; an unknown or
// doubled option, a missing value or a missing word is a usage error (exit code 2), never a guess.

/// One option of a command.
struct OptionSpecification: Sendable {
    /// With its dashes, as typed: `--data`.
    let name: String
    /// What the value stands for in the help (`DIR`), or nil where the option takes none.
    let value: String?
    let help: String

    init(_ name: String, _ value: String? = nil, _ help: String) {
        self.name = name
        self.value = value
        self.help = help
    }
}

/// The command line was wrong; the message says what and what to do.
struct UsageError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

/// The options and words of one call, already checked against the command's specification.
struct ParsedArguments: Sendable {
    private(set) var options: [String: String] = [:]
    private(set) var words: [String] = []

    /// The value of `name`, or nil where it was not given.
    func value(_ name: String) -> String? { options[name] }

    /// Whether the option `name` was given.
    func has(_ name: String) -> Bool { options[name] != nil }

    /// The value of an option the command cannot do without.
    func required(_ name: String) throws(UsageError) -> String {
        guard let value = options[name] else { throw UsageError("\(name) is missing") }
        return value
    }

    /// The value of `name` as a whole number within `bounds`, or `fallback` where it was not given.
    func integer(_ name: String, in bounds: ClosedRange<Int>, default fallback: Int) throws(UsageError) -> Int
    {
        guard let text = options[name] else { return fallback }
        guard let number = Int(text), bounds.contains(number) else {
            throw UsageError(
                "\(name) takes a whole number from \(bounds.lowerBound) to \(bounds.upperBound), not '\(text)'"
            )
        }
        return number
    }

    /// Reads `arguments` by the rules above.
    static func parse(
        _ arguments: [String], options specifications: [OptionSpecification], words bounds: ClosedRange<Int>,
        wordName: String
    ) throws(UsageError) -> ParsedArguments {
        var parsed = ParsedArguments()
        var index = 0
        var optionsEnded = false
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            if optionsEnded || argument == "-" || !argument.hasPrefix("--") {
                guard optionsEnded || argument == "-" || !isShortOption(argument) else {
                    throw UsageError("unknown option '\(argument)'; options begin with two dashes")
                }
                parsed.words.append(argument)
            } else if argument == "--" {
                optionsEnded = true
            } else {
                try parsed.readOption(argument, arguments, &index, specifications)
            }
        }
        guard parsed.words.count >= bounds.lowerBound else { throw UsageError("\(wordName) is missing") }
        guard parsed.words.count <= bounds.upperBound else {
            throw UsageError("unexpected '\(parsed.words[bounds.upperBound])'")
        }
        return parsed
    }

    /// `-x` is a misspelt option; `-3` or `-이어폰` (an excluded word of a query) is a word.
    private static func isShortOption(_ argument: String) -> Bool {
        let bytes = Array(argument.utf8)
        guard bytes.count == 2, bytes[0] == UInt8(ascii: "-") else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[1] | 0x20)
    }

    private mutating func readOption(
        _ argument: String, _ arguments: [String], _ index: inout Int,
        _ specifications: [OptionSpecification]
    ) throws(UsageError) {
        var name = argument
        var inlineValue: String?
        if let equals = argument.firstIndex(of: "=") {
            name = String(argument[..<equals])
            inlineValue = String(argument[argument.index(after: equals)...])
        }
        guard let specification = specifications.first(where: { $0.name == name }) else {
            let known = specifications.map(\.name).joined(separator: " ")
            throw UsageError("unknown option '\(name)'; this command knows: \(known)")
        }
        guard options[name] == nil else { throw UsageError("\(name) is given twice") }
        guard let valueName = specification.value else {
            guard inlineValue == nil else { throw UsageError("\(name) takes no value") }
            options[name] = ""
            return
        }
        if let inlineValue {
            options[name] = inlineValue
        } else {
            guard index < arguments.count else {
                throw UsageError("\(name) needs a value: \(name) \(valueName)")
            }
            options[name] = arguments[index]
            index += 1
        }
    }
}
