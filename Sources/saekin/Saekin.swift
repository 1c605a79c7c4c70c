// The list of commands, and the exit codes: 0 it worked, 1 it failed, 2 it was called wrongly.

import Glibc

@main
enum Saekin {
    private static let commands: [any Command.Type] = [
        ServeCommand.self, ImportCommand.self, ReindexCommand.self, SearchCommand.self, AnalyzeCommand.self,
        VocabularyCommand.self, CheckCommand.self, EvaluateCommand.self, BenchCommand.self,
    ]

    static func main() {
        // A reader that goes away (a closed pipe, a dropped connection) is an error of that write alone.
        signal(SIGPIPE, SIG_IGN)
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    private static func run(_ arguments: [String]) -> Int32 {
        guard let name = arguments.first else {
            Output.note(overview)
            return 2
        }
        if ["--help", "-h", "help"].contains(name) {
            Output.line(overview)
            return 0
        }
        guard let command = commands.first(where: { $0.name == name }) else {
            Output.note("saekin: there is no command '\(name)'\n\n\(overview)")
            return 2
        }
        let rest = Array(arguments.dropFirst())
        if rest.prefix(while: { $0 != "--" }).contains("--help") {
            Output.line(command.help)
            return 0
        }
        return run(command, rest)
    }

    private static func run(_ command: any Command.Type, _ arguments: [String]) -> Int32 {
        do {
            try command.run(
                try ParsedArguments.parse(
                    arguments, options: command.options, words: command.words, wordName: command.wordName))
            return 0
        } catch let error as UsageError {
            Output.note("saekin \(command.name): \(error.message)\nsee: saekin \(command.name) --help")
            return 2
        } catch let error as CommandFailure {
            Output.note("saekin \(command.name): \(error.message)")
            return 1
        } catch {
            Output.note("saekin \(command.name): \(error)")
            return 1
        }
    }

    private static var overview: String {
        let width = (commands.map { $0.name.count }.max() ?? 0) + 2
        let lines = commands.map { command in
            "  " + command.name + String(repeating: " ", count: width - command.name.count) + command.summary
        }
        return """
            Saekin (색인), product search that understands Korean.

            usage: saekin COMMAND [options]      saekin COMMAND --help

            \(lines.joined(separator: "\n"))
            """
    }
}
