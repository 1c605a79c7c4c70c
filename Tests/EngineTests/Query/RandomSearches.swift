// Random indexes and random requests over them. Vocabularies are small, so that everything meets everything.

@testable import Engine

/// Draws indexes and requests.
struct RandomSearches {
    var random: SeededRandom
    let fields = ModelFields()

    static let words = ["가", "가방", "가방끈", "나", "나이키", "다", "신발", "운동화", "x", "xy", "xyz", "zz"].map(\.bytes)
    static let brands = ["나이키", "아디다스", "푸마", "nike", "없음"].map(\.bytes)
    static let categories = ["패션", "패션 > 하의", "패션 > 상의", "가전", "가전 > TV"].map(\.bytes)

    init(_ random: SeededRandom) {
        self.random = random
    }

    mutating func int(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func chance(_ percent: Int) -> Bool { int(0..<100) < percent }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements.randomElement(using: &random)! }

    // MARK: Indexes

    mutating func model(segmentCount: Int, documentCount: Range<Int>, deletes: Int = 10) throws -> SearchModel
    {
        var segments: [[ModelDocument]] = []
        var views: [SegmentView] = []
        // Keys are shuffled, so that key order is neither document nor segment order.
        var serial = 0
        for _ in 0..<segmentCount {
            let count = int(documentCount)
            var documents: [ModelDocument] = []
            for _ in 0..<count {
                serial += 1
                documents.append(
                    document(
                        key: "\(UInt32(truncatingIfNeeded: serial &* 2_654_435_761) % 99_991)-\(serial)".bytes
                    ))
            }
            let percent = chance(50) ? deletes : 0
            views.append(
                try ModelBuilder.view(
                    &documents, fields, id: UInt64(segments.count + 1),
                    deleted: documents.indices.filter { _ in chance(percent) },
                    updated: documents.indices.filter { _ in chance(percent) },
                    random: &random))
            segments.append(documents)
        }
        return SearchModel(fields: fields, segments: segments, views: views)
    }

    private mutating func document(key: [UInt8]) -> ModelDocument {
        var document = ModelDocument(key: key)
        if !chance(5) { document.texts[fields.title] = text(1..<6) }
        if chance(70) { document.texts[fields.body] = text(1..<40) }
        if chance(90) { document.keywords[fields.brand] = [pick(Self.brands)] }
        if chance(80) {
            document.keywords[fields.category] = Set((0..<int(1..<4)).map { _ in pick(Self.categories) })
        }
        if chance(90) { document.integers[fields.price] = Int64(int(0..<20)) * 500 - 1_000 }
        if chance(70) { document.integers[fields.stock] = Int64(int(0..<3)) }
        if chance(80) { document.integers[fields.worth] = Int64(int(-20..<300)) }
        return document
    }

    private mutating func text(_ length: Range<Int>) -> [[[UInt8]]] {
        (0..<int(length)).map { _ in
            // The square favours the first words: some terms are in nearly every document, some in few.
            func word() -> [UInt8] {
                let share = Double(int(0..<1_000)) / 1_000
                return Self.words[Int(share * share * Double(Self.words.count))]
            }
            return chance(10) ? [word(), word()] : [word()]
        }
    }

    // MARK: Requests

    mutating func weights() -> [FieldWeight] {
        let title = FieldWeight(fields.title, weight: pick([1, 2, 3.5]), b: pick([0, 0.4, 0.75, 1]))
        let body = FieldWeight(fields.body, weight: pick([0.5, 1]), b: 0.75)
        switch int(0..<6) {
        case 0: return [title]
        case 1: return [body]
        case 2: return [title, body, FieldWeight(fields.brand, weight: 2, b: 0)]
        case 3: return [FieldWeight(fields.brand)]
        default: return [title, body]
        }
    }

    mutating func term() -> TermQuery {
        TermQuery(
            fields: weights(), term: chance(5) ? "없는말".bytes : pick(Self.words + Self.brands),
            boost: chance(80) ? 1 : pick([0, 0.25, 3]))
    }

    mutating func query(depth: Int = 3) -> Query {
        switch int(0..<(depth > 0 ? 14 : 6)) {
        case 0, 1, 2: return .term(term())
        case 3:
            return .prefix(
                PrefixQuery(
                    fields: weights(), prefix: pick(["가", "x", "xy", "나", "z", "q"]).bytes,
                    maxExpansions: pick([1, 2, 64])))
        case 4:
            let length = int(1..<4)
            return .phrase(
                PhraseQuery(
                    fields: Array(weights().filter { $0.field != fields.brand }) + [
                        FieldWeight(fields.title)
                    ],
                    terms: (0..<length).map { _ in
                        chance(20) ? [pick(Self.words), pick(Self.words)] : [pick(Self.words)]
                    }))
        case 5: return chance(70) ? .all : chance(70) ? .constant(filter(), pick([0, 1, 2.5])) : .none
        case 6, 7: return .and(queries(1..<4, depth))
        case 8, 9: return .or(queries(1..<5, depth))
        case 10: return .anyOf(queries(0..<4, depth))
        case 11: return .boost(query(depth: depth - 1), pick([0, 0.5, 2]))
        default:
            return .boolean(
                must: queries(0..<3, depth), should: queries(0..<5, depth), mustNot: queries(0..<2, depth),
                minimumShouldMatch: int(0..<4))
        }
    }

    private mutating func queries(_ count: Range<Int>, _ depth: Int) -> [Query] {
        (0..<int(count)).map { _ in query(depth: depth - 1) }
    }

    mutating func filter(depth: Int = 2) -> Filter {
        switch int(0..<(depth > 0 ? 12 : 8)) {
        case 0, 1: return .keyword(fields.brand, values: (0..<int(1..<4)).map { _ in pick(Self.brands) })
        case 2: return .keyword(fields.category, values: [pick(Self.categories), "없음".bytes])
        case 3, 4: return .integerRange(fields.price, lower: bound(), upper: bound())
        case 5: return .integerRange(fields.stock, lower: 1, upper: nil)
        case 6: return .exists(pick([fields.brand, fields.category, fields.price, fields.stock]))
        case 7: return chance(80) ? .all : .none
        case 8, 9: return .and((0..<int(0..<4)).map { _ in filter(depth: depth - 1) })
        case 10: return .or((0..<int(0..<4)).map { _ in filter(depth: depth - 1) })
        default: return .not(filter(depth: depth - 1))
        }
    }

    private mutating func bound() -> Int64? {
        chance(30) ? nil : Int64(int(0..<20)) * 500 - 1_000
    }

    mutating func sort() -> [SortKey] {
        let keys: [SortKey] = [
            .score, .integer(fields.price, descending: chance(50)),
            .integer(fields.stock, descending: chance(50)),
            .keyword(fields.brand, descending: chance(50)), .keyword(fields.category, descending: chance(50)),
        ]
        return chance(50) ? [] : Array(keys.shuffled(using: &random).prefix(int(1..<4)))
    }

    /// A prior in some of the cases, too weak to notice or stronger than any word.
    mutating func prior() -> StaticPrior? {
        guard chance(40) else { return nil }
        let bonus = StaticPrior.Bonus(
            fields.price, steps: [.init(from: 1_000, value: 20), .init(from: 4_000, value: 90)])
        return StaticPrior(
            fields.worth, bonus: chance(50) ? bonus : nil, weight: pick([0, 0.3, 1, 20]),
            share: pick([0.1, 1, .infinity]))
    }

    mutating func request() -> SearchRequest {
        var request = SearchRequest(query: query(), prior: prior())
        if chance(50) { request.filter = filter() }
        if chance(40) { request.facetFilters = (0..<int(1..<4)).map { _ in FacetGroup(filter(depth: 0)) } }
        request.sort = sort()
        request.limit = pick([0, 1, 5, 10, 50, 1_000])
        request.offset = chance(70) ? 0 : int(0..<30)
        request.k1 = pick([1.2, 0.5])
        request.countsTotal = chance(70)
        if chance(60) {
            for _ in 0..<int(1..<4) {
                let group = chance(50) ? request.facetFilters.indices.randomElement(using: &random) : nil
                request.facets.append(facet(group))
            }
        }
        return request
    }

    mutating func facet(_ group: Int?) -> FacetRequest {
        switch int(0..<4) {
        case 0:
            return .ranges(
                fields.price, (0..<int(0..<4)).map { _ in FacetRequest.Range(bound(), bound()) }, group: group
            )
        case 1:
            return .keyword(fields.category, limit: int(0..<6), order: .value, group: group)
        default:
            return .keyword(
                pick([fields.brand, fields.category]), limit: int(0..<6), order: .count,
                selected: chance(50) ? [] : [pick(Self.brands), pick(Self.brands), "처음".bytes], group: group)
        }
    }
}
