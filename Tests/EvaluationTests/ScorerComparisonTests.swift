// The measures against trec_eval, by way of a scorer of TREC runs (score.py: RUN QRELS) when one is at hand:
// SAEKIN_SCORER names the script, or it lies in shared/relevance beside a folder above the package.
// SAEKIN_SCORER_PYTHON names a Python with pytrec-eval-terrier; without one the test is skipped.

import Foundation
import Testing

@testable import Evaluation

private enum Scorer {
    static let python = ProcessInfo.processInfo.environment["SAEKIN_SCORER_PYTHON"] ?? "python3"

    static let script: String? = {
        if let named = ProcessInfo.processInfo.environment["SAEKIN_SCORER"] { return named }
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appendingPathComponent("shared/relevance/score.py").path
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
        }
        return nil
    }()

    static let isUsable: Bool = script != nil && (try? run(["-c", "import pytrec_eval"]))?.status == 0

    static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }
}

/// SplitMix64, so that a seed means the same on every machine.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("Measures against trec_eval")
struct ScorerComparisonTests {
    @Test(
        "A random run scores as score.py says",
        .enabled(if: Scorer.isUsable, "needs score.py and pytrec-eval-terrier (SAEKIN_SCORER_PYTHON)"))
    func randomRun() throws {
        let given = ProcessInfo.processInfo.environment["SAEKIN_SEED"].flatMap(UInt64.init)
        let seed = given ?? .random(in: 0...999_999)
        var random = SeededGenerator(state: seed)
        var qrels = ""
        let run = try TemporaryFile()
        var writer = try RunWriter(path: run.path, tag: "random")
        var rankings: [String: [String]] = [:]
        for number in 0..<60 {
            let query = "q\(number)"
            let documents = (0..<300).map { "d\($0)" }.shuffled(using: &random)
            for document in documents.prefix(Int.random(in: 1...40, using: &random)) {
                let grade = Int.random(in: number % 7 == 0 ? 0...0 : 0...3, using: &random)
                qrels += "\(query) 0 \(document) \(grade)\n"
            }
            let depth = number % 5 == 0 ? 0 : Int.random(in: 1...250, using: &random)
            let ranking = Array(documents.shuffled(using: &random).prefix(depth))
            rankings[query] = ranking
            let hits = ranking.enumerated().map { (document: $1, score: Double(1_000 - $0)) }
            try writer.write(query: query, hits: hits)
        }
        try writer.finish()
        let judged = try TemporaryFile(qrels.utf8)
        var evaluation = Evaluation(judgments: try Judgments(path: judged.path))
        for (query, ranking) in rankings { evaluation.record(query: query, ranking: ranking) }
        let report = evaluation.report()

        let script = try #require(Scorer.script)
        let scored = try Scorer.run([script, run.path, judged.path])
        try #require(scored.status == 0)
        let lines = scored.output.split(separator: "\n")
        let columns = try #require(lines.last).split(separator: " ").suffix(6).map { Double($0) ?? .nan }
        let own = [Double(report.queryCount)] + report.figures.map(\.value)
        #expect(columns.count == own.count, "seed \(seed)")
        for (theirs, ours) in zip(columns, own) {
            // The scorer prints three places.
            #expect(abs(theirs - ours) <= 0.00051, "seed \(seed): \(columns) and \(own)")
        }
    }
}
