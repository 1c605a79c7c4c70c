import Glibc
import JSON
import Testing

@testable import Store

// Properties: (1) what was acknowledged before a kill is there once, with its event; (2) a batch is there
// whole or not at all; (3) two processes that write the same file lose nothing.

@Suite(.serialized) struct StoreProcessTests {
    @Test("a process killed between and inside batches loses nothing that it acknowledged")
    func survivesKill() async throws {
        let folder = try TemporaryFolder()
        let path = folder.store
        var total = 0
        for round in 0..<3 {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, round = round as Int] in
                try writeUntilKilled(path, round, milliseconds: UInt32(20 + round * 25))
            }
            let acknowledged = try acknowledgedBatches(path, round)
            total += acknowledged
            let store = try ProductStore.open(path: path)
            #expect(try store.check().isEmpty)
            for batch in 0..<acknowledged + 2 {
                let rows = try store.products(ids: (0..<batchSize).map { "\(round)-\(batch)-\($0)" })
                let there = rows.count { $0 != nil }
                if batch < acknowledged { #expect(there == batchSize, "batch \(batch)") }
                #expect(there == 0 || there == batchSize, "batch \(batch)")
            }
            let events = try store.events(after: 0, limit: 1_000_000)
            #expect(events.map(\.seq) == Array(1...UInt64(events.count)))
            #expect(events.count == (try store.count()))
            #expect(Set(events.map(\.aggregateID)).count == events.count)
            store.close()
        }
        #expect(total > 0)
    }

    @Test("when the system refuses to let the file grow, nothing is lost and the store goes on afterwards")
    func survivesRefusedWrites() async throws {
        let folder = try TemporaryFolder()
        let path = folder.store
        await #expect(processExitsWith: .success) { [path = path as String] in
            try fillUntilRefused(path)
        }
        let store = try ProductStore.open(path: path)
        #expect(try store.count() > 5)
        #expect(try store.check().isEmpty)
    }

    @Test("two processes that write the same file at once both get their turn, and nothing is lost")
    func sharesFile() async throws {
        let folder = try TemporaryFolder()
        let path = folder.store
        let store = try ProductStore.open(path: path, options: quick)
        let version = try store.dataVersion()
        async let other = #expect(processExitsWith: .success) { [path = path as String] in
            let store = try ProductStore.open(path: path, options: quick)
            for i in 0..<300 { try store.put(Product(id: "child \(i)", title: "t")) }
        }
        inParallel(2) { thread in
            for i in 0..<150 {
                #expect(throws: Never.self) {
                    try store.put(Product(id: "parent \(thread) \(i)", title: "t"))
                }
            }
        }
        _ = await other
        #expect(try store.dataVersion() != version)
        #expect(try store.count() == 600)
        let events = try store.events(after: 0, limit: 1000)
        #expect(events.map(\.seq) == Array(1...600))
        #expect(Set(events.map(\.id)).count == 600)
        #expect(try store.check().isEmpty)
    }

    @Test("another process's commit changes the data version, an idle moment does not")
    func noticesCommits() async throws {
        let folder = try TemporaryFolder()
        let path = folder.store
        let store = try ProductStore.open(path: path, options: quick)
        let before = try store.dataVersion()
        #expect(try store.dataVersion() == before)
        await #expect(processExitsWith: .success) { [path = path as String] in
            try ProductStore.open(path: path, options: quick).put(Product(id: "1", title: "t"))
        }
        let after = try store.dataVersion()
        #expect(after != before)
        #expect(try store.dataVersion() == after)
        try store.put(Product(id: "2", title: "t"))
        #expect(try store.dataVersion() != after)
    }
}

private let batchSize = 20

/// Writes batches and notes each that was acknowledged, until a thread kills the process.
private func writeUntilKilled(_ path: String, _ round: Int, milliseconds: UInt32) throws {
    let store = try ProductStore.open(path: path)
    let notes = open("\(path).acknowledged-\(round)", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    var thread = pthread_t()
    let limit = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    limit.initialize(to: milliseconds)
    pthread_create(
        &thread, nil,
        { argument in
            // SAFETY: the argument is the limit allocated above.
            usleep(argument!.load(as: UInt32.self) * 1000)
            kill(getpid(), SIGKILL)
            return nil
        }, limit)
    var batch = 0
    while true {
        try store.putBatch((0..<batchSize).map { Product(id: "\(round)-\(batch)-\($0)", title: "상품") })
        write(notes, "x", 1)
        batch += 1
    }
}

private func acknowledgedBatches(_ path: String, _ round: Int) throws -> Int {
    var status = stat()
    return stat("\(path).acknowledged-\(round)", &status) == 0 ? Int(status.st_size) : 0
}

/// Fills a store until the system refuses to let its files grow, then goes on without that limit.
private func fillUntilRefused(_ path: String) throws {
    signal(SIGXFSZ, SIG_IGN)
    let store = try ProductStore.open(path: path)
    func filler(_ i: Int) -> Product {
        var product = Product(id: "\(i)", title: "t")
        product.description = String(repeating: "x", count: 9000)
        return product
    }
    try limitFileSize(to: 1_000_000)
    var stored = 0
    var failure: StoreError?
    while failure == nil {
        do throws(StoreError) {
            try store.put(filler(stored))
            stored += 1
        } catch {
            failure = error
        }
    }
    switch try #require(failure) {
    case .full, .inputOutput: break
    case let other: Issue.record("after \(stored) products: \(other)")
    }
    try limitFileSize(to: .max)
    try #require(stored > 5)
    #expect(try store.count() == stored)
    #expect(try store.put(filler(stored)) == WriteReceipt(seq: UInt64(stored + 1), outcome: .created))
    #expect(try store.check().isEmpty)
}

private func limitFileSize(to byteCount: rlim_t) throws {
    var limit = rlimit(rlim_cur: byteCount, rlim_max: .max)
    try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
}
