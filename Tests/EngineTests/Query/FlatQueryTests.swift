// Flat queries over more documents than a chunk, a window and a group of blocks hold:
//
// 1. counts, hits, scores, facets and filters of an OR, an AND and a phrase equal a look at every document;
// 2. the same with deletes, and with the answers and filters that are kept;
// 3. both with priors, weak and strong;
// 4. a snapshot with other updates answers for itself, whatever was kept for the one before.

import Testing

@testable import Engine

/// A large segment and what it was made of.
private struct LargeIndex {
    struct Row {
        var frequencies: [Int]
        var words: [String]
        var price: Int64
        var brand: Int
        var worth: Int64
        var isLive = true
    }

    static let words = ["often", "runs", "some", "seldom", "rare", "hardly"]
    let fields = ModelFields()
    var rows: [Row] = []
    var view: SegmentView

    /// Words of very different density: everywhere, in runs of neighbours, here and there.
    init(documentCount: Int, deletePercent: Int, random: inout SeededRandom) throws {
        var builder = SegmentBuilder(registry: fields.registry)
        var runLength = 0
        for number in 0..<documentCount {
            if runLength == 0, Int.random(in: 0..<300, using: &random) == 0 { runLength = 200 }
            runLength = max(0, runLength - 1)
            let chances = [2, runLength > 0 ? 1 : 2_000, 17, 150, 3_000, 40_000]
            var words: [String] = []
            for (index, chance) in chances.enumerated() where Int.random(in: 0..<chance, using: &random) == 0
            {
                let count =
                    Int.random(in: 0..<8, using: &random) == 0 ? Int.random(in: 2..<9, using: &random) : 1
                words += Array(repeating: Self.words[index], count: count)
            }
            words.shuffle(using: &random)
            let row = Row(
                frequencies: Self.words.map { word in words.filter { $0 == word }.count }, words: words,
                price: Int64.random(in: 0..<900, using: &random) * 100,
                brand: Int.random(in: 0..<40, using: &random),
                // High at the start and falling, as where documents are ordered by it, with exceptions.
                worth: Int.random(in: 0..<500, using: &random) == 0
                    ? 255 : Int64(200 - 200 * number / documentCount))
            rows.append(row)
            var document = IndexDocument(key: "\(random.next() % 1_000_000)-\(number)".bytes, version: 1)
            for (position, word) in words.enumerated() {
                document.addTerm(fields.title, word, position: UInt32(position))
            }
            // Lengths beyond the words, so that norms differ.
            document.setLength(fields.title, UInt32(words.count + Int.random(in: 0..<30, using: &random)))
            document.addInteger(fields.price, row.price)
            document.addInteger(fields.worth, row.worth)
            document.addKeyword(fields.brand, "brand \(row.brand)")
            _ = try builder.add(document)
        }
        let segment = try Segment(image: try builder.finish(), name: "large")
        var liveDocs = LiveDocs(documentCount: segment.documentCount)
        for number in rows.indices where Int.random(in: 0..<100, using: &random) < deletePercent {
            rows[number].isLive = false
            _ = liveDocs.delete(DocID(number))
        }
        view = SegmentView(
            id: SegmentID(rawValue: 1), segment: segment, liveDocs: deletePercent > 0 ? liveDocs : nil,
            overlay: nil)
    }

    var snapshot: Snapshot {
        Snapshot(
            segments: [view], registry: fields.registry, eventPosition: 0, committedPosition: 0,
            createdAt: ContinuousClock.now, sequence: 1)
    }

    func query(_ words: [Int], isAnd: Bool) -> Query {
        let terms = words.map {
            Query.term(TermQuery(fields: [FieldWeight(fields.title)], term: Self.words[$0].bytes))
        }
        return isAnd ? .and(terms) : .or(terms)
    }

    /// Documents and scores by a look at each, best first.
    func scan(
        _ request: SearchRequest, _ words: [Int], isAnd: Bool, isPhrase: Bool
    ) throws -> [(document: Int, score: Float)] {
        let plan = try QueryPlan(
            request.query, segments: [view.segment], k1: request.k1, prior: request.prior)
        let norms = view.segment.norms(fields.title)
        var found: [(document: Int, score: Float)] = []
        for (number, row) in rows.enumerated() where row.isLive {
            if case .integerRange(_, let lower, let upper)? = request.filter {
                guard row.price >= lower ?? .min, row.price <= upper ?? .max else { continue }
            }
            let norm = Int(norms?[DocID(number)] ?? 0)
            let prior = request.prior.map { plan.grid.round($0.weight * (Float(row.worth) / 255)) } ?? 0
            func score(_ weight: Float, _ table: Int, _ frequency: Int) -> Float {
                plan.contribution(
                    weight: weight,
                    weightedFrequency: Float(frequency) * plan.lengthTables[table].factors[norm])
            }
            if isPhrase {
                let wanted = words.map { Self.words[$0] }
                let frequency = row.words.indices.filter { row.words[$0...].starts(with: wanted) }.count
                if frequency > 0 {
                    let phrase = plan.phrases[0]
                    found.append((number, score(phrase.weight, phrase.lengthTables[0], frequency) + prior))
                }
                continue
            }
            let present = words.filter { row.frequencies[$0] > 0 }
            guard isAnd ? present.count == words.count : !present.isEmpty else { continue }
            var sum: Float = 0
            for (unit, word) in words.enumerated() where row.frequencies[word] > 0 {
                sum += score(plan.units[unit].weight, plan.units[unit].lengthTables[0], row.frequencies[word])
            }
            found.append((number, sum + prior))
        }
        let keys = try found.map { try view.segment.keyOrdinal(DocID($0.document)) }
        return found.indices.sorted {
            found[$0].score != found[$1].score ? found[$0].score > found[$1].score : keys[$0] < keys[$1]
        }.map { found[$0] }
    }
}

@Suite("Flat queries")
struct FlatQueryTests {
    @Test("equal a look at every document", arguments: zip([0, 20, 0, 20], [nil, nil, Float(1), 20]))
    func scans(deletePercent: Int, weightOfPrior: Float?) throws {
        var random = SeededRandom.fromEnvironment()
        let index = try LargeIndex(documentCount: 70_000, deletePercent: deletePercent, random: &random)
        let sets = [[0], [4], [0, 1], [1, 2], [2, 3, 4], [0, 5], [0, 1, 2, 3]]
        for words in sets {
            for form in ["or", "and", "phrase"] {
                let (isAnd, isPhrase) = (form == "and", form == "phrase")
                if isPhrase, words.count < 2 { continue }
                let query =
                    isPhrase
                    ? Query.phrase(
                        PhraseQuery(
                            fields: [FieldWeight(index.fields.title)],
                            terms: words.map { [LargeIndex.words[$0].bytes] }))
                    : index.query(words, isAnd: isAnd)
                for filter in [nil, Filter.integerRange(index.fields.price, lower: 20_000, upper: 39_900)] {
                    let facets: [FacetRequest] =
                        filter == nil ? [] : [.keyword(index.fields.brand, limit: 100)]
                    var request = SearchRequest(query: query, filter: filter, facets: facets, limit: 10)
                    request.prior = weightOfPrior.map { StaticPrior(index.fields.worth, weight: $0) }
                    let expected = try index.scan(request, words, isAnd: isAnd, isPhrase: isPhrase)
                    let note: Comment =
                        "\(random.note) \(form) \(words) \(filter == nil ? "all" : "filtered")"
                    // The second and third answer may be kept ones, and the filter a kept set.
                    let snapshot = index.snapshot
                    for usesCaches in [false, true, true, true] {
                        var request = request
                        request.usesCaches = usesCaches
                        let result = try snapshot.search(request)
                        #expect(result.total == expected.count, note)
                        expectHits(result, expected, note)
                        if filter != nil { expectBrands(result, expected, index, note) }
                    }
                    var best = request
                    best.countsTotal = false
                    best.facets = []
                    expectHits(try snapshot.search(best), expected, note)
                }
            }
        }
    }

    private func expectHits(
        _ result: SearchResult, _ expected: [(document: Int, score: Float)], _ note: Comment
    ) {
        #expect(result.hits.map { Int($0.address.document) } == expected.prefix(10).map(\.document), note)
        #expect(result.hits.map(\.score) == expected.prefix(10).map(\.score), note)
    }

    private func expectBrands(
        _ result: SearchResult, _ expected: [(document: Int, score: Float)], _ index: LargeIndex,
        _ note: Comment
    ) {
        var counts: [String: Int] = [:]
        for (document, _) in expected { counts["brand \(index.rows[document].brand)", default: 0] += 1 }
        guard case .keyword(let values, let distinct) = result.facets[0] else {
            Issue.record("not a keyword facet")
            return
        }
        #expect(distinct == counts.count, note)
        for value in values {
            #expect(value.count == counts[String(decoding: value.value, as: UTF8.self)], note)
        }
    }

    @Test("what is kept of one snapshot is not answered by another")
    func updates() throws {
        var random = SeededRandom.fromEnvironment()
        var index = try LargeIndex(documentCount: 20_000, deletePercent: 0, random: &random)
        let request = SearchRequest(
            query: index.query([0], isAnd: false),
            filter: .integerRange(index.fields.price, lower: 1_000_000, upper: nil))
        for _ in 0..<3 { #expect(try index.snapshot.search(request).total == 0, "\(random.note)") }
        var overlay = ColumnOverlay(documentCount: index.view.segment.documentCount)
        let document = try #require(index.rows.firstIndex { $0.frequencies[0] > 0 })
        overlay.set(index.fields.price, DocID(document), 2_000_000)
        index.view = SegmentView(
            id: index.view.id, segment: index.view.segment, liveDocs: nil, overlay: overlay)
        for _ in 0..<3 {
            #expect(
                try index.snapshot.search(request).hits.map { Int($0.address.document) } == [document],
                "\(random.note)")
        }
    }

    @Test("how many documents a term has is remembered for its snapshot alone")
    func liveFrequencies() throws {
        var random = SeededRandom.fromEnvironment()
        var index = try LargeIndex(documentCount: 2_000, deletePercent: 20, random: &random)
        let request = SearchRequest(query: index.query([0], isAnd: false), limit: 0, usesCaches: false)
        var live = index.rows.indices.filter { index.rows[$0].isLive && index.rows[$0].frequencies[0] > 0 }
        var liveDocs = try #require(index.view.liveDocs)
        for _ in 0..<3 {
            let snapshot = index.snapshot
            for _ in 0..<3 { #expect(try snapshot.search(request).total == live.count, "\(random.note)") }
            _ = liveDocs.delete(DocID(live.removeLast()))
            index.view = SegmentView(
                id: index.view.id, segment: index.view.segment, liveDocs: liveDocs, overlay: nil)
        }
    }
}
