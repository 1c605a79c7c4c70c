import Glibc
import JSON
import Synchronization
import Testing

@testable import Store

/// A folder of its own for a test, removed with the last reference.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/saekin-store-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template), "mkdtemp: \(String(cString: strerror(errno)))")
        path = String(cString: made)
    }

    deinit {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                unlink(path + "/" + name)
            }
            closedir(folder)
        }
        rmdir(path)
    }

    /// The store file in the folder.
    var store: String { path + "/store.sqlite" }
}

/// A clock that shows 1,000 ms more each time it is read.
func countingClock() -> @Sendable () -> Int64 {
    let time = Counter()
    return { time.next() * 1000 }
}

final class Counter: Sendable {
    private let value = Mutex<Int64>(0)

    func next() -> Int64 {
        value.withLock {
            $0 += 1
            return $0
        }
    }
}

/// Deferred durability: tests do not wait for the disk where the disk is not the matter.
let quick = StoreOptions(durability: .deferred)

func product(_ json: String) throws -> Product {
    try Product(parsing: Array(json.utf8), with: JSONParser())
}

extension ProductStore {
    /// All events as "seq type id body".
    func log(after: UInt64 = 0) throws -> [String] {
        try events(after: after, limit: 100_000).map {
            "\($0.seq) \($0.type) \($0.aggregateID) \(text($0.body))"
        }
    }

    func json(_ id: String) throws -> String? {
        try get(id: id).map { text($0.canonicalJSON) }
    }
}

/// Random numbers that can be repeated: the seed is printed by a failing test and read from SAEKIN_SEED.
enum Seeded {
    static let seed: UInt64 =
        getenv("SAEKIN_SEED").flatMap { UInt64(String(cString: $0)) } ?? .random(in: 0...(.max))
    static var note: Comment { "SAEKIN_SEED=\(seed)" }

    static func generator() -> SplitMix { SplitMix(state: seed) }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
