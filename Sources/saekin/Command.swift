// What a command of the binary is: its name, its help, and what it does. The list of all commands is in
// main.swift; each command is a file under Commands.

/// A command failed; the message says what, where and what to do. The process exits with 1.
struct CommandFailure: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

/// One command of `saekin`.
protocol Command: Sendable {
    static var name: String { get }
    /// One line for the list of commands.
    static var summary: String { get }
    /// What follows the name in the usage line.
    static var usage: String { get }
    static var options: [OptionSpecification] { get }
    /// How many words (arguments that are no options) the command takes.
    static var words: ClosedRange<Int> { get }
    /// What a word is called in an error message.
    static var wordName: String { get }

    /// Runs the command. Throws `UsageError` (exit 2) or anything else (exit 1).
    static func run(_ arguments: ParsedArguments) throws
}

extension Command {
    static var words: ClosedRange<Int> { 0...0 }
    static var wordName: String { "an argument" }

    static var help: String {
        var lines = ["\(summary)", "", "usage: saekin \(name) \(usage)", "", "options:"]
        let all = options + [OptionSpecification("--help", nil, "show this help")]
        let shown = all.map { option in
            (option.value.map { "\(option.name) \($0)" } ?? option.name, option.help)
        }
        let width = (shown.map(\.0.count).max() ?? 0) + 2
        for (name, help) in shown {
            lines.append("  " + name + String(repeating: " ", count: width - name.count) + help)
        }
        return lines.joined(separator: "\n")
    }
}
