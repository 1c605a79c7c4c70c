import Glibc
import JSON
import Synchronization
import Testing

@testable import Store

@Suite struct StoreFailureTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        fclose(file)
    }

    private func read(_ path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 22)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
        return bytes
    }

    private func open() throws -> ProductStore { try ProductStore.open(path: folder.store, options: quick) }

    /// A connection that is not the store's, to do what the store never does.
    private func intruder() throws -> Connection {
        try Connection(path: folder.store, access: .readWriteCreate, busyMilliseconds: 1000)
    }

    @Test("a failure in the middle of a change leaves neither the product nor its event")
    func isAtomic() throws {
        let store = try open()
        try intruder().execute(
            """
            CREATE TRIGGER refuse BEFORE INSERT ON products WHEN NEW.id = 'bad'
            BEGIN SELECT RAISE(ABORT, 'refused'); END
            """)
        #expect(throws: StoreError.self) { try store.put(Product(id: "bad", title: "t")) }
        #expect(throws: StoreError.self) {
            try store.putBatch([Product(id: "1", title: "t"), Product(id: "bad", title: "t")])
        }
        #expect(try store.count() == 0)
        #expect(try store.log().isEmpty)
        #expect(try store.put(Product(id: "1", title: "t")).seq == 1)
    }

    @Test("of changes that are committed together, one that fails takes no other with it")
    func groupsAreIndependent() throws {
        let store = try open()
        try intruder().execute(
            """
            CREATE TRIGGER refuse BEFORE INSERT ON products WHEN NEW.id LIKE 'bad%'
            BEGIN SELECT RAISE(ABORT, 'refused'); END
            """)
        let failures = Mutex<[String]>([])
        inParallel(8) { thread in
            for i in 0..<50 {
                let id = i % 5 == 0 ? "bad \(thread) \(i)" : "good \(thread) \(i)"
                do {
                    let receipt = try store.put(Product(id: id, title: "t"))
                    #expect(try store.get(id: id)?.version == receipt.seq)
                } catch {
                    failures.withLock { $0.append(id) }
                }
            }
        }
        #expect(failures.withLock { $0.count } == 80)
        #expect(failures.withLock { $0.allSatisfy { $0.hasPrefix("bad") } })
        #expect(try store.count() == 320)
        #expect(try store.events(after: 0, limit: 1000).map(\.seq) == Array(1...320))
        #expect(try store.check().isEmpty)
    }

    @Test("on a full disk nothing is lost, the error says so, and the store goes on when there is room")
    func survivesFullDisk() throws {
        let limited = StoreOptions(durability: .deferred, byteLimit: 200_000)
        var store = try ProductStore.open(path: folder.store, options: limited)
        func filler(_ i: Int) -> Product {
            var product = Product(id: "\(i)", title: "t")
            product.description = String(repeating: "x", count: 5000)
            return product
        }
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
        #expect(stored > 10)
        #expect(failure == .full(path: folder.store, operation: "writing a product"))
        #expect("\(try #require(failure))".contains("make room"))
        #expect(throws: StoreError.self) { try store.putBatch((900..<1000).map(filler)) }
        #expect(try store.count() == stored)
        #expect(try store.events(after: 0, limit: 1000).count == stored)
        #expect(try store.check().isEmpty)
        // Room is made by removing something.
        for i in 0..<3 { try store.delete(id: "\(i)") }
        #expect(try store.put(filler(0)).created)
        // Or by allowing more.
        store.close()
        store = try open()
        #expect(try store.put(filler(stored)).created)
        #expect(try store.check().isEmpty)
    }

    @Test("changes that wait together all fail on a full disk, and none is kept")
    func groupsFailTogether() throws {
        let limited = StoreOptions(durability: .deferred, byteLimit: 120_000)
        let store = try ProductStore.open(path: folder.store, options: limited)
        let acknowledged = Mutex<Set<String>>([])
        inParallel(8) { thread in
            for i in 0..<20 {
                var product = Product(id: "\(thread) \(i)", title: "t")
                product.description = String(repeating: "x", count: 3000)
                do {
                    try store.put(product)
                    _ = acknowledged.withLock { $0.insert(product.id) }
                } catch {
                    guard case .full? = error as? StoreError else {
                        Issue.record(error)
                        return
                    }
                }
            }
        }
        var found: Set<String> = []
        try store.forEachProduct { found.insert($0.id) }
        #expect(found == acknowledged.withLock { $0 })
        #expect(!found.isEmpty && found.count < 160)
        #expect(try store.check().isEmpty)
    }

    @Test("a writer that waits too long for another says how long and changes nothing")
    func limitsWaiting() throws {
        let store = try ProductStore.open(
            path: folder.store, options: StoreOptions(durability: .deferred, busyMilliseconds: 50))
        let other = try intruder()
        try other.execute("BEGIN IMMEDIATE")
        let expected = StoreError.busy(
            path: folder.store, waitedMilliseconds: 50, operation: "beginning a change")
        #expect(throws: expected) { try store.put(Product(id: "1", title: "t")) }
        #expect(try store.count() == 0)
        try other.execute("COMMIT")
        #expect(try store.put(Product(id: "1", title: "t")).seq == 1)
    }

    @Test("after a failed flush the store refuses to write until it is opened again")
    func refusesAfterFailedFlush() throws {
        let store = try open()
        try store.put(Product(id: "1", title: "t"))
        let failure = StoreError.syncFailed(path: folder.store, detail: "disk I/O error")
        #expect(throws: failure) { try store.write { (_) throws(StoreError) in throw failure } }
        #expect(throws: failure) { try store.put(Product(id: "2", title: "t")) }
        #expect(throws: failure) { try store.synchronize() }
        #expect(try store.count() == 1)
        store.close()
        #expect(try open().put(Product(id: "2", title: "t")).seq == 2)
    }

    @Test("a file that is no store is refused and left as it is")
    func refusesOtherFiles() throws {
        let text = Array(String(repeating: "this is a letter, not a database\n", count: 100).utf8)
        try write(text, to: folder.store)
        let error = #expect(throws: StoreError.self) { try open() }
        if case .notAStore(let path, _)? = error {
            #expect(path == folder.store)
        } else {
            Issue.record(error!)
        }
        #expect(try read(folder.store) == text)

        unlink(folder.store)
        try intruder().execute("CREATE TABLE songs (title TEXT)")
        let before = try read(folder.store)
        #expect(
            throws: StoreError.notAStore(
                path: folder.store, reason: "it is a database of another program")
        ) { try open() }
        #expect(try read(folder.store) == before)
        #expect(throws: StoreError.self) { try ProductStore.open(path: folder.path) }
        #expect(throws: StoreError.self) { try ProductStore.open(path: folder.path + "/none/store.sqlite") }
        #expect(throws: StoreError.self) {
            try ProductStore.open(path: folder.path + "/none.sqlite", mode: .readOnly)
        }
        #expect(access(folder.path + "/none.sqlite", F_OK) != 0)
    }

    @Test("a store of a later release is refused")
    func refusesNewerSchema() throws {
        try open().close()
        try intruder().execute("PRAGMA user_version = 7")
        #expect(throws: StoreError.newerSchema(path: folder.store, found: 7, supported: 2)) { try open() }
        #expect(throws: StoreError.newerSchema(path: folder.store, found: 7, supported: 2)) {
            try ProductStore.open(path: folder.store, mode: .readOnly)
        }
    }

    @Test("migrations run from the file's version, in order, once, and all or none")
    func migrates() throws {
        let first = try open()
        try first.put(Product(id: "1", title: "t"))
        first.close()
        let longer = Migrations(
            steps: Migrations.all.steps + [
                "ALTER TABLE products ADD COLUMN seller TEXT", "UPDATE products SET seller = 'none'",
            ])
        let broken = Migrations(steps: longer.steps + ["DROP TABLE products; DROP TABLE nothing"])
        #expect(throws: StoreError.self) { try ProductStore(folder.store, .readWrite, quick, broken) }
        let error = #expect(throws: StoreError.self) {
            try ProductStore(folder.store, .readOnly, quick, longer)
        }
        #expect(error == .olderSchema(path: folder.store, found: 2, supported: 4))
        for _ in 0..<2 {
            let store = try ProductStore(folder.store, .readWrite, quick, longer)
            #expect(try store.count() == 1)
            #expect(try intruder().integer("PRAGMA user_version") == 4)
            #expect(try intruder().integer("SELECT count(*) FROM products WHERE seller = 'none'") == 1)
        }
    }

    @Test("a store of the first schema gets a vocabulary and keeps its products")
    func migratesFirstSchema() throws {
        let first = try ProductStore(
            folder.store, .readWrite, quick, Migrations(steps: Array(Migrations.all.steps.prefix(1))))
        try first.put(Product(id: "1", title: "t"))
        first.close()
        let store = try open()
        #expect(try store.vocabulary() == VocabularyVersion(seq: 0, entries: []))
        #expect(try store.count() == 1)
        let entry = VocabularyEntry(kind: .word, name: "나이키", body: Array("{}".utf8))
        #expect(try store.changeVocabulary(VocabularyChange(put: [entry])).seq == 2)
    }

    @Test("a store opened for reading sees every commit and refuses to write")
    func opensForReading() throws {
        let writer = try open()
        let reader = try ProductStore.open(path: folder.store, mode: .readOnly)
        try writer.put(Product(id: "1", title: "t"))
        #expect(try reader.count() == 1)
        #expect(throws: StoreError.readOnly(path: folder.store)) {
            try reader.put(Product(id: "2", title: "t"))
        }
        #expect(throws: StoreError.readOnly(path: folder.store)) { try reader.synchronize() }
    }

    @Test("a closed store says so")
    func closes() throws {
        let store = try open()
        store.close()
        #expect(throws: StoreError.closed(path: folder.store)) { try store.put(Product(id: "1", title: "t")) }
        #expect(throws: StoreError.closed(path: folder.store)) { try store.count() }
        #expect(throws: StoreError.closed(path: folder.store)) { try store.dataVersion() }
        #expect(throws: StoreError.closed(path: folder.store)) { try store.synchronize() }
        store.close()
    }

    @Test("damage is found by the check or told as an error, never a crash")
    func findsDamage() throws {
        var store = try open()
        try store.putBatch((0..<200).map { Product(id: "\($0)", title: "상품 \($0)") })
        store.close()
        let whole = try read(folder.store)
        #expect(whole.count > 30_000)
        var random = Seeded.generator()
        var found = 0
        for _ in 0..<40 {
            var bytes = whole
            let place = Int.random(in: 100..<bytes.count - 64, using: &random)
            for i in place..<place + 64 { bytes[i] = UInt8.random(in: 0...255, using: &random) }
            try write(bytes, to: folder.store)
            do throws(StoreError) {
                store = try ProductStore.open(path: folder.store, options: quick)
                defer { store.close() }
                if try !store.check().isEmpty { found += 1 }
            } catch {
                found += 1
            }
        }
        // Free space inside pages is damaged without harm.
        #expect(found > 10, "\(Seeded.note)")
        try write(Array(whole.prefix(whole.count / 2)), to: folder.store)
        let isWhole = Result { try open().check() }
        #expect((try? isWhole.get())?.isEmpty != true)
    }

    @Test("rows that no release has written are reported one by one")
    func checksRows() throws {
        let store = try open()
        try store.putBatch((0..<4).map { Product(id: "\($0)", title: "t") })
        let other = try intruder()
        try other.execute("UPDATE products SET version = 99 WHERE id = '0'")
        try other.execute("UPDATE products SET body = '{' WHERE id = '1'")
        try other.execute("UPDATE products SET id = '7' WHERE id = '2'")
        let problems = try store.check()
        #expect(problems.count == 3)
        #expect(problems[0] == #"product "0" has version 99, but the last event is 4"#)
        #expect(problems[1].hasPrefix(#"product "1": not JSON"#))
        #expect(problems[2] == #"product "7" holds the id "2""#)
        try other.execute("UPDATE products SET status = 9 WHERE id = '3'")
        #expect(throws: StoreError.damaged(path: folder.store, detail: #"product "3" has status 9"#)) {
            try store.get(id: "3")
        }
    }
}

/// Runs `body` on that many threads at once and waits for all.
func inParallel(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    final class Work: Sendable {
        let index: Int
        let body: @Sendable (Int) -> Void
        init(_ index: Int, _ body: @escaping @Sendable (Int) -> Void) {
            self.index = index
            self.body = body
        }
    }
    let threads = (0..<count).map { index in
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(index, body))
        let code = pthread_create(
            &thread, nil,
            { argument in
                // SAFETY: the argument is the retained work passed below.
                let work = Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue()
                work.body(work.index)
                return nil
            }, work.toOpaque())
        precondition(code == 0, "pthread_create: \(code)")
        return thread
    }
    for thread in threads { pthread_join(thread, nil) }
}
