// saekin check: every checksum, order, count and bound of the index, and the integrity of the store.

import Engine
import ProductSearch
import Store

struct CheckCommand: Command {
    static let name = "check"
    static let summary = "Verifies every checksum, order, count and bound of the index, and the store."
    static let usage = "--data DIR"
    static let options = [OptionSpecification("--data", "DIR", "the data folder")]

    /// Findings shown one by one.
    private static let shownCountMax = 50

    static func run(_ arguments: ParsedArguments) throws {
        let folder = DataFolder(try arguments.required("--data"))
        try folder.requireExisting()
        var findings = try ProductStore.open(path: folder.storePath, mode: .readOnly).check().map {
            "\(folder.storePath): \($0)"
        }
        let generations = IndexGenerations(directory: folder.indexPath)
        if let generation = try generations.current() {
            let report = try Index.check(directory: generations.path(generation))
            findings += report.problems.map { "\($0)" }
            Output.line(
                "index generation \(generation): \(report.segmentCount) segments, \(report.liveCount) products, "
                    + "\(report.byteCount) bytes")
        } else {
            Output.line("there is no index yet")
        }
        guard findings.isEmpty else {
            for finding in findings.prefix(shownCountMax) { Output.note(finding) }
            throw CommandFailure(
                "\(findings.count) findings; a damaged index is rebuilt by: saekin reindex --data \(folder.path)"
            )
        }
        Output.line("everything is sound")
    }
}
