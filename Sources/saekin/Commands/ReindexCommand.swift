// saekin reindex: rebuilds the index from the store beside the live one, checks it, and swaps it in.

import JSON
import ProductSearch
import Store

struct ReindexCommand: Command {
    static let name = "reindex"
    static let summary = "Rebuilds the index from the store beside the live one, checks it, and swaps it in."
    static let usage = "--data DIR [--verify]"
    static let options = [
        OptionSpecification("--data", "DIR", "the data folder"),
        OptionSpecification("--verify", nil, "change nothing; compare the live index with the store"),
    ]

    static func run(_ arguments: ParsedArguments) throws {
        let folder = DataFolder(try arguments.required("--data"))
        try folder.requireExisting()
        let store = try ProductStore.open(path: folder.storePath)
        let start = ContinuousClock.now
        if arguments.has("--verify") {
            let differences = try IndexVerifier(folder: folder, store: store).differences()
            guard differences.isEmpty else {
                for difference in differences.prefix(20) { Output.note(difference) }
                throw CommandFailure(
                    "the index differs from the store in \(differences.count) products; rebuild it with: "
                        + "saekin reindex --data \(folder.path)")
            }
            return Output.line("the index is what the store says")
        }
        let analyzer = try OpenShop.analyzer()
        let progress = ProgressLine("indexing")
        let ordering = ProgressLine("ordering")
        let outcome = try Reindexer(folder: folder, store: store, analyzer: analyzer).rebuild(
            progress: { progress.update($0, of: $1) },
            ordering: { ordering.update($0, of: $1, isRare: true) })
        progress.finish()
        let seconds = (ContinuousClock.now - start) / .milliseconds(1) / 1_000
        Output.line(
            JSONValue.object([
                ("generation", .integer(Int64(outcome.generation))),
                ("products", .integer(Int64(outcome.productCount))),
                ("seq", .integer(Int64(outcome.position))),
                ("seconds", .double(seconds)),
            ]).jsonBytes)
    }
}
