// What the tests of the index share: a seeded random source, folders that go away, a small catalogue schema,
// and reading a snapshot back as plain values.

import Glibc

@testable import Engine

/// SplitMix64 (Steele, Lea and Flood 2014).
struct IndexTestRandom: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    /// Takes the seed from SAEKIN_SEED if it is set.
    init() {
        let given = getenv("SAEKIN_SEED").flatMap { UInt64(String(cString: $0)) }
        self.init(seed: given ?? UInt64.random(in: 0..<1_000_000))
    }

    init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A folder that is removed with its last reference.
final class IndexTestFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/saekin-index-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "no temporary folder")
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    deinit {
        Self.remove(path)
    }

    private static func remove(_ path: String) {
        let files = PosixFileSystem()
        for name in (try? files.list(path)) ?? [] {
            let inner = "\(path)/\(name)"
            if unlink(inner) != 0 { remove(inner) }
        }
        rmdir(path)
    }
}

/// What a document of the tests holds.
struct TestProduct: Equatable, Sendable, CustomStringConvertible {
    var words: [String]
    var brand: String
    var price: Int64?
    var stock: Int64?
    /// The newest change that was applied.
    var version: UInt64

    var description: String {
        "\(words.joined(separator: " ")) / \(brand) / \(price ?? -1) / \(stock ?? -1) @\(version)"
    }
}

/// The fields of the tests' documents.
struct TestSchema: Sendable {
    let title: FieldID
    let brand: FieldID
    let price: FieldID
    let stock: FieldID
    let updated: FieldID

    init(_ registry: FieldRegistry) {
        title = registry.register("title", .text)!
        brand = registry.register("brand", .keyword)!
        price = registry.register("price", .integer, isUpdatable: true)!
        stock = registry.register("stock", .integer, isUpdatable: true)!
        updated = registry.register(IndexFieldName.updateVersion, .integer, isUpdatable: true)!
    }

    func document(_ key: String, _ product: TestProduct) -> IndexDocument {
        var document = IndexDocument(key: Array(key.utf8), version: product.version)
        for (position, word) in product.words.enumerated() {
            document.addTerm(title, word, position: UInt32(position))
        }
        document.setLength(title, UInt32(product.words.count))
        document.addKeyword(brand, product.brand)
        if let price = product.price { document.addInteger(self.price, price) }
        if let stock = product.stock { document.addInteger(self.stock, stock) }
        document.stored = Array((product.words + [product.brand]).joined(separator: " ").utf8)
        return document
    }

    func columns(_ product: TestProduct) -> [(FieldID, Int64?)] {
        [(price, product.price), (stock, product.stock)]
    }

    /// All live documents by key. Fails if a key is live twice.
    func contents(_ snapshot: Snapshot) throws -> [String: TestProduct] {
        var contents: [String: TestProduct] = [:]
        for view in snapshot.segments {
            for document in 0..<view.segment.documentCount where view.isLive(document) {
                let key = String(decoding: try view.segment.key(document), as: UTF8.self)
                let stored = String(decoding: try view.segment.stored(document), as: UTF8.self)
                let words = stored.split(separator: " ").map(String.init)
                let version = try view.segment.version(document)
                let updated = try value(view, updated, document).map { UInt64($0) } ?? 0
                let product = TestProduct(
                    words: words.dropLast(), brand: words.last ?? "", price: try value(view, price, document),
                    stock: try value(view, stock, document), version: max(version, updated))
                guard contents.updateValue(product, forKey: key) == nil else {
                    throw TestFailure("\(key) is live twice")
                }
            }
        }
        guard contents.count == snapshot.documentCount else {
            throw TestFailure("\(contents.count) documents, counted as \(snapshot.documentCount)")
        }
        return contents
    }

    /// The keys of live documents whose title has a word, by way of the postings.
    func keys(_ snapshot: Snapshot, word: String) throws -> Set<String> {
        var keys: Set<String> = []
        for view in snapshot.segments {
            guard let entry = try view.segment.term(title, Array(word.utf8)) else { continue }
            for document in try view.liveDocuments(of: entry) {
                keys.insert(String(decoding: try view.segment.key(document), as: UTF8.self))
            }
        }
        return keys
    }

    private func value(_ view: SegmentView, _ field: FieldID, _ document: DocID) throws -> Int64? {
        if let updated = view.overlay?.value(field, document) { return updated }
        return try view.segment.integerColumn(field)?.value(document)
    }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension TestProduct {
    static func random(version: UInt64, using random: inout IndexTestRandom) -> TestProduct {
        TestProduct(
            words: (0..<Int.random(in: 0...4, using: &random)).map { _ in
                "w\(Int.random(in: 0..<12, using: &random))"
            },
            brand: "b\(Int.random(in: 0..<4, using: &random))",
            price: Bool.random(using: &random) ? Int64.random(in: 0...1_000_000, using: &random) : nil,
            stock: Int64.random(in: 0...9, using: &random), version: version)
    }
}

extension IndexOptions {
    /// Settings that make a few documents go through every tier.
    static func small(background: Bool) -> IndexOptions {
        var options = IndexOptions()
        options.mergesInBackground = background
        options.bufferByteLimit = 1 << 20
        options.mergePolicy.floorByteCount = 4_096
        options.mergePolicy.tierFactor = 3
        return options
    }
}
