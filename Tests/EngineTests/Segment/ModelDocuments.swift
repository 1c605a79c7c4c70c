import Glibc

// Random documents, and what a segment of them must answer, computed the slow way.
@testable import Engine

/// A generator that gives the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// Seeded from SAEKIN_SEED, or anew.
    init() {
        let given = getenv("SAEKIN_SEED").flatMap { UInt64(String(cString: $0)) }
        self.init(seed: given ?? UInt64.random(in: 0...UInt64(UInt32.max)))
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// The fields of the tests.
struct TestFields {
    let registry = FieldRegistry()
    let title: FieldID
    let body: FieldID
    let brand: FieldID
    let tags: FieldID
    let flags: FieldID
    let price: FieldID
    let rating: FieldID

    init() {
        title = registry.register("title", .text)!
        body = registry.register("body", .text)!
        brand = registry.register("brand", .keyword)!
        tags = registry.register("tags", .keyword)!
        flags = registry.register("flags", .keyword, hasColumn: false)!
        price = registry.register("price", .integer, isUpdatable: true)!
        rating = registry.register("rating", .decimal)!
    }

    /// A document of random shape.
    func document(_ number: Int, _ generator: inout SeededGenerator) -> IndexDocument {
        var document = IndexDocument(key: Array("key-\(number)".utf8), version: UInt64(number) &* 7 &+ 1)
        for (field, most) in [(title, 8), (body, 40)] where Int.random(in: 0..<6, using: &generator) > 0 {
            for position in 0..<Int.random(in: 0...most, using: &generator) {
                let termCount = 4 << Int.random(in: 0..<7, using: &generator)
                let term = "t\(Int.random(in: 0..<termCount, using: &generator))"
                document.addTerm(field, term, position: UInt32(position))
            }
        }
        if Int.random(in: 0..<4, using: &generator) > 0 {
            document.addKeyword(brand, "brand \(Int.random(in: 0..<30, using: &generator))")
        }
        for _ in 0..<Int.random(in: 0..<4, using: &generator) {
            document.addKeyword(tags, "tag \(Int.random(in: 0..<12, using: &generator))")
        }
        if Bool.random(using: &generator) {
            document.addKeyword(flags, Bool.random(using: &generator) ? "on" : "off")
        }
        if Int.random(in: 0..<8, using: &generator) > 0 {
            document.addInteger(price, Int64.random(in: 1...5_000, using: &generator) * 10)
        }
        if Int.random(in: 0..<40, using: &generator) == 0 {
            document.addDecimal(rating, Double.random(in: -1...5, using: &generator))
        }
        let storedCount = Int.random(in: 0..<60, using: &generator)
        document.stored = (0..<storedCount).map { _ in UInt8.random(in: 97...104, using: &generator) }
        return document
    }

    /// Documents in a row.
    func documents(_ count: Int, _ generator: inout SeededGenerator) -> [IndexDocument] {
        (0..<count).map { document($0, &generator) }
    }

    /// A segment of documents.
    func image(_ documents: [IndexDocument]) throws -> [UInt8] {
        var builder = SegmentBuilder(registry: registry, seed: 1)
        for document in documents { _ = try builder.add(document) }
        return try builder.finish()
    }

    func segment(_ documents: [IndexDocument], name: String = "test segment") throws -> Segment {
        try Segment(image: image(documents), name: name)
    }
}

/// Everything a segment says, in a form that can be compared.
struct SegmentContents: Equatable {
    struct Posting: Equatable {
        var document: DocID
        var positions: [UInt32]
    }

    var keys: [[UInt8]] = []
    var versions: [UInt64] = []
    var stored: [[UInt8]] = []
    var terms: [FieldID: [[UInt8]: [Posting]]] = [:]
    var norms: [FieldID: [UInt8]] = [:]
    var keywords: [FieldID: [[[UInt8]]]] = [:]
    var integers: [FieldID: [Int64?]] = [:]

    /// What a segment of these documents must say.
    init(documents: [IndexDocument], _ registry: FieldRegistry) {
        let kinds = Dictionary(uniqueKeysWithValues: registry.definitions.map { ($0.id, $0) })
        for (id, document) in documents.enumerated() {
            keys.append(document.key)
            versions.append(document.version)
            stored.append(document.stored)
            add(FieldRegistry.key, document.key, DocID(id), [])
            keywords[FieldRegistry.key, default: []].append([document.key])
            var places: [FieldID: [[UInt8]: Set<UInt32>]] = [:]
            for term in document.terms {
                let bytes = Array(document.bytes[Int(term.start)..<Int(term.start) + Int(term.length)])
                places[term.field, default: [:]][bytes, default: []].insert(term.position)
            }
            for (field, terms) in places {
                var length = 0
                for (term, positions) in terms {
                    add(field, term, DocID(id), positions.sorted())
                    length += positions.count
                }
                norms[field, default: Array(repeating: 0, count: documents.count)][id] =
                    FieldNorm.byte(forLength: UInt32(length))
            }
            for length in document.lengths {
                norms[length.field, default: Array(repeating: 0, count: documents.count)][id] =
                    FieldNorm.byte(forLength: length.length)
            }
            var values: [FieldID: Set<[UInt8]>] = [:]
            for keyword in document.keywords {
                let bytes = document.bytes[Int(keyword.start)..<Int(keyword.start) + Int(keyword.length)]
                values[keyword.field, default: []].insert(Array(bytes))
            }
            for (field, values) in values {
                for value in values { add(field, value, DocID(id), []) }
                guard kinds[field]!.hasColumn else { continue }
                keywords[field, default: Array(repeating: [], count: documents.count)][id] =
                    values.sorted { $0.lexicographicallyPrecedes($1) }
            }
            for (field, value) in document.integers {
                integers[field, default: Array(repeating: nil, count: documents.count)][id] = value
            }
        }
    }

    private mutating func add(_ field: FieldID, _ term: [UInt8], _ document: DocID, _ positions: [UInt32]) {
        terms[field, default: [:]][term, default: []].append(
            Posting(document: document, positions: positions))
    }

    /// What a segment says.
    init(_ segment: Segment) throws {
        for id in 0..<segment.documentCount {
            keys.append(try segment.key(id))
            versions.append(try segment.version(id))
            stored.append(try segment.stored(id))
        }
        for definition in segment.fieldDefinitions {
            let field = definition.id
            var previous: [UInt8]?
            try segment.forEachTerm(field) { (term, entry) throws(SegmentError) in
                guard previous.map({ $0.lexicographicallyPrecedes(term) }) ?? true else {
                    throw SegmentError(.damaged, file: segment.name, "terms do not ascend")
                }
                previous = Array(term)
                terms[field, default: [:]][Array(term)] = try Self.postings(segment, entry)
                return true
            }
            if let norms = segment.norms(field) {
                self.norms[field] = (0..<segment.documentCount).map { norms[$0] }
            }
            if let column = segment.keywordColumn(field) {
                keywords[field] = try (0..<segment.documentCount).map { id in
                    try column.ordinals(id).map { try segment.termBytes(field, ordinal: $0) }
                }
            }
            if let column = segment.integerColumn(field) {
                integers[field] = try (0..<segment.documentCount).map { try column.value($0) }
            }
        }
    }

    static func postings(_ segment: Segment, _ entry: TermEntry) throws(SegmentError) -> [Posting] {
        var cursor = segment.postings(entry)
        var documents = [UInt32](repeating: 0, count: 128)
        var frequencies = documents
        var reader = PositionsReader()
        var postings: [Posting] = []
        var total: UInt64 = 0
        while try cursor.nextBlock() {
            let count = try cursor.decodeDocuments(into: &documents)
            _ = cursor.decodeFrequencies(into: &frequencies)
            if entry.hasPositions { try reader.load(cursor, frequencies: frequencies) }
            for index in 0..<count {
                let positions = entry.hasPositions ? Array(reader.positions(at: index)) : []
                total += UInt64(frequencies[index])
                postings.append(Posting(document: documents[index], positions: positions))
            }
        }
        guard postings.count == Int(entry.documentFrequency), total == entry.totalFrequency else {
            throw SegmentError(.damaged, file: segment.name, "frequencies disagree")
        }
        return postings
    }
}
