// engine-bench: the engine alone on the corpora and query files of the peers' scripts, in their output
// format.
//
//   engine-bench index CORPUS.jsonl DIR [--segments N] [--delete PERCENT] [--leave-out PERCENT]
//                      [--order bisect|none]
//   engine-bench query DIR QUERIES.tsv CORPUS-NAME ROUNDS [COMMAND...]
//
// Text is one field of ready tokens that are separated by spaces, so no analysis is measured. Queries are
// built outside the timing; looking their terms up is inside, as it is for the peers.

import Engine
import Glibc

@main
struct EngineBench {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            switch arguments.first {
            case "index" where arguments.count >= 3:
                try BuildBenchmark(Array(arguments.dropFirst())).run()
            case "query" where arguments.count >= 5:
                try QueryBenchmark(Array(arguments.dropFirst())).run()
            default:
                throw BenchmarkFailure(
                    "usage: engine-bench index CORPUS DIR [--segments N] [--delete PERCENT] [--leave-out PERCENT]"
                        + " [--order bisect|none]\n"
                        + "       engine-bench query DIR QUERIES CORPUS-NAME ROUNDS [COMMAND...]")
            }
        } catch {
            let message = Array("engine-bench: \(error)\n".utf8)
            _ = write(STDERR_FILENO, message, message.count)
            exit(error is BenchmarkFailure ? 2 : 1)
        }
    }
}

/// A call or an input that cannot be used.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The fields of a corpus record.
struct CorpusFields {
    let text: FieldID
    let price: FieldID
    /// Faceted, in the order in which the peers count them.
    let facets: [FieldID]

    static let facetNames = ["category", "brand", "tags"]

    /// The fields of an index, which are added where it does not have them.
    init(_ registry: FieldRegistry) throws {
        guard let text = registry.register("text", .text),
            let price = registry.register("price", .integer, isUpdatable: true)
        else { throw BenchmarkFailure("the index has no room for its fields") }
        self.text = text
        self.price = price
        facets = try Self.facetNames.map { name in
            guard let field = registry.register(name, .keyword) else {
                throw BenchmarkFailure("the index has no room for the field \(name)")
            }
            return field
        }
    }
}

/// What this process has used so far.
enum ProcessUsage {
    /// CPU seconds of all threads.
    static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// The greatest resident memory so far, in MiB; mapped files count.
    static var peakMebibytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss / 1_024
    }
}

/// Prints a number with one digit behind the point.
func tenths(_ value: Double) -> String {
    let scaled = (value * 10).rounded()
    return "\(Int(scaled) / 10).\(abs(Int(scaled)) % 10)"
}

/// Prints a number with two digits behind the point.
func hundredths(_ value: Double) -> String {
    let scaled = Int((value * 100).rounded())
    let rest = abs(scaled) % 100
    return "\(scaled / 100).\(rest < 10 ? "0" : "")\(rest)"
}
