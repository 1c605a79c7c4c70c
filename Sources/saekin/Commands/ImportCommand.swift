// saekin import: files of products into the store, and from there into the index.
//
// With no server on the folder the command is the index's writer. With a running server it
// writes to the store alone and waits until the server's index has followed.

import Engine
import JSON
import ProductSearch
import Store
import Synchronization

struct ImportCommand: Command {
    static let name = "import"
    static let summary =
        "Loads products from JSON lines, plain or .zst; makes the data folder where there is none."
    static let usage = "--data DIR FILE...   (- reads standard input)"
    static let words = 1...10_000
    static let wordName = "FILE (products as JSON lines, - for standard input)"
    static let options = [OptionSpecification("--data", "DIR", "the data folder")]

    /// Rejected lines that are shown one by one; the rest is counted.
    private static let shownRejectionCountMax = 1_000
    /// With a running server that does not follow for this long, the command says so and ends.
    private static let followTimeLimit = Duration.seconds(60)

    static func run(_ arguments: ParsedArguments) throws {
        let folder = DataFolder(try arguments.required("--data"))
        for path in arguments.words where path != "-" {
            // Before anything is made: a misspelt name must not leave an empty shop behind.
            _ = try LineReader(path: path, lineByteCountMax: 1)
        }
        try folder.create()
        let start = ContinuousClock.now
        let store = try ProductStore.open(path: folder.storePath)
        let outcome = try load(arguments.words, folder, store)
        let seconds = (ContinuousClock.now - start) / .milliseconds(1) / 1_000
        Output.line(
            JSONValue.object([
                ("read", .integer(Int64(outcome.counts.read))),
                ("imported", .integer(Int64(outcome.counts.imported))),
                ("rejected", .integer(Int64(outcome.counts.rejected))), ("seconds", .double(seconds)),
            ]).jsonBytes)
        if let failure = outcome.failure { throw failure }
    }

    private struct Outcome {
        var counts: ProductImport.Counts
        var failure: (any Error)?
    }

    private static func load(_ paths: [String], _ folder: DataFolder, _ store: ProductStore) throws -> Outcome
    {
        let indexer: ProductIndexer
        do {
            indexer = try ProductIndexer(folder: folder, store: store, analyzer: try OpenShop.analyzer())
        } catch let error as IndexError {
            guard case .locked = error else { throw error }
            Output.note("a server is running on this folder: it indexes what is written here")
            let outcome = read(paths, store, notify: {})
            try waitForServer(folder, store)
            return outcome
        }
        let outcome = indexer.isEmpty ? try first(indexer, paths, store) : try further(indexer, paths, store)
        try indexer.close()
        return outcome
    }

    /// Fills an empty index: what the catalogue teaches is learned before anything is analysed.
    private static func first(
        _ indexer: ProductIndexer, _ paths: [String], _ store: ProductStore
    ) throws -> Outcome {
        let outcome = read(paths, store, notify: {})
        _ = try indexer.learnVocabulary(changeCount: outcome.counts.imported)
        let progress = ProgressLine("indexing")
        defer { progress.finish() }
        try indexer.catchUp(progress: { progress.update($0.appliedCount, of: outcome.counts.imported) })
        return outcome
    }

    /// Reads on a thread of its own while the feed runs on this one.
    private static func further(
        _ indexer: ProductIndexer, _ paths: [String], _ store: ProductStore
    ) throws -> Outcome {
        let finished = Mutex<Outcome?>(nil)
        let stop = Atomic<Bool>(false)
        let reading = BackgroundThread {
            let outcome = read(
                paths, store, notify: { indexer.notify() }, shouldStop: { stop.load(ordering: .relaxed) })
            finished.withLock { $0 = outcome }
            indexer.notify()
        }
        do {
            try indexer.catchUp(isFinished: { finished.withLock { $0 != nil } })
        } catch {
            stop.store(true, ordering: .relaxed)
            reading.join()
            throw error
        }
        reading.join()
        let outcome = finished.withLock { $0 } ?? Outcome(counts: ProductImport.Counts())
        if try indexer.learnVocabulary(changeCount: outcome.counts.imported) { try indexer.catchUp() }
        return outcome
    }

    private static func read(
        _ paths: [String], _ store: ProductStore, notify: @escaping () -> Void,
        shouldStop: () -> Bool = { false }
    ) -> Outcome {
        var shownCount = 0
        let progress = ProgressLine("products")
        var load = ProductImport(
            store: store,
            onRejected: { file, line, reason in
                shownCount += 1
                if shownCount <= shownRejectionCountMax {
                    Output.note("\(file), line \(line): \(reason)")
                } else if shownCount == shownRejectionCountMax + 1 {
                    Output.note("further rejected lines are only counted")
                }
            },
            onWritten: { counts, reader in
                notify()
                let share = reader.fileByteCount.map {
                    " \(reader.byteCount * 100 / max($0, 1)) % of \(reader.name)"
                }
                progress.update(counts.imported, note: share ?? reader.name)
            })
        defer { progress.finish() }
        var failure: (any Error)?
        for path in paths {
            do {
                try load.load(path: path, shouldStop: shouldStop)
            } catch let error as LineReader.Failure {
                // The other files are still wanted.
                Output.note("\(error)")
                failure = CommandFailure(
                    "not every file could be read to its end; the products read are loaded")
            } catch {
                failure = error
                break
            }
        }
        return Outcome(counts: load.counts, failure: failure)
    }

    private static func waitForServer(_ folder: DataFolder, _ store: ProductStore) throws {
        let goal = try store.lastSequence()
        let progress = ProgressLine("waiting for the server's index", total: Int(goal))
        defer { progress.finish() }
        var committed = CommittedPosition(folder)
        var position: UInt64 = 0
        var lastChange = ContinuousClock.now
        while true {
            let now = try committed.read()
            if now >= goal { return }
            if now != position {
                position = now
                lastChange = .now
            }
            guard ContinuousClock.now - lastChange < followTimeLimit else {
                throw CommandFailure(
                    "the products are stored, but the running server has not indexed them for 60 s "
                        + "(it is at \(now) of \(goal)); look at its log, or restart it")
            }
            progress.update(Int(now))
            Pause.milliseconds(50)
        }
    }
}
