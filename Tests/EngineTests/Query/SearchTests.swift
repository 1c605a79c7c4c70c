// The search against its slow twin:
//
// 1. hits, scores, totals and facets of random requests over random indexes equal those of the exhaustive
//    search;
// 2. the same for every index of a few tiny documents;
// 3. pages by offset and by cursor cover every hit once, in order;
// 4. what only the best hits are asked for equals what the full pass finds;
// 5. a short page, for which most documents need not be scored to the end, begins as a long one;
// 6. an explanation adds up to the score of the hit.

import Testing

@testable import Engine

@Suite("Search")
struct SearchTests {
    static func expectEqual(
        _ model: SearchModel, _ request: SearchRequest, _ note: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let plan = try QueryPlan(
            request.query, segments: model.views.map(\.segment), k1: request.k1, prior: request.prior)
        let twin = ExhaustiveSearch(
            model, request, grid: plan.grid, weightOfPrior: plan.prior?.weight ?? 0)
        let expected = twin.hits()
        let result = try model.snapshot.search(request)
        let comment: Comment = "\(note): \(request.query)"
        if result.isTotalExact {
            #expect(result.total == expected.count, comment, sourceLocation: location)
        }
        let page = expected.dropFirst(request.offset).prefix(request.limit)
        let found = result.hits.map {
            ExhaustiveSearch.Ranked(key: model.document($0.address).key, score: $0.score)
        }
        let wanted = page.map { ExhaustiveSearch.Ranked(key: $0.document.key, score: $0.score) }
        #expect(found == wanted, comment, sourceLocation: location)
        for (facet, result) in zip(request.facets, result.facets) {
            #expect(result == twin.facet(facet), comment, sourceLocation: location)
        }
        #expect(result.facets.count == request.facets.count, comment, sourceLocation: location)
        let hasMore = request.limit > 0 && expected.count > request.offset + request.limit
        #expect((result.next != nil) == hasMore, comment, sourceLocation: location)
    }

    @Test("equals the exhaustive search on random indexes of several segments")
    func randomSearches() throws {
        let random = SeededRandom.fromEnvironment()
        var searches = RandomSearches(random)
        for _ in 0..<12 {
            let model = try searches.model(segmentCount: searches.int(1..<4), documentCount: 1..<120)
            for _ in 0..<20 {
                try Self.expectEqual(model, searches.request(), random.note)
            }
        }
    }

    @Test("equals the exhaustive search across window boundaries")
    func severalWindows() throws {
        let random = SeededRandom.fromEnvironment()
        var searches = RandomSearches(random)
        let model = try searches.model(segmentCount: 2, documentCount: 4_090..<5_000, deletes: 30)
        for _ in 0..<2 { try Self.expectEqual(model, searches.request(), random.note) }
        try expectPrunedEqual(model, &searches, count: 30)
    }

    @Test("finds the same first hits of any query, however short the page that leaves scores out")
    func shortPages() throws {
        let random = SeededRandom.fromEnvironment()
        var searches = RandomSearches(random)
        let model = try searches.model(segmentCount: 1, documentCount: 8_300..<9_000)
        for _ in 0..<30 {
            var request = SearchRequest(query: searches.query(depth: 4), prior: searches.prior())
            request.limit = QueryLimits.pageSizeMax
            let long = try model.snapshot.search(request)
            for limit in [1, 3, 20] {
                request.limit = limit
                let short = try model.snapshot.search(request)
                #expect(short.total == long.total, "\(random.note): \(request.query)")
                #expect(short.hits == Array(long.hits.prefix(limit)), "\(random.note): \(request.query)")
            }
        }
    }

    @Test("finds the same best hits when it may skip documents")
    func pruning() throws {
        let random = SeededRandom.fromEnvironment()
        var searches = RandomSearches(random)
        for _ in 0..<4 {
            let model = try searches.model(segmentCount: searches.int(1..<4), documentCount: 1..<400)
            try expectPrunedEqual(model, &searches, count: 40)
        }
    }

    /// Flat queries with few hits wanted, pruned, against the full pass.
    private func expectPrunedEqual(
        _ model: SearchModel, _ searches: inout RandomSearches, count: Int
    ) throws {
        for _ in 0..<count {
            let terms = (0..<searches.int(1..<5)).map { _ in Query.term(searches.term()) }
            var request = SearchRequest(
                query: searches.chance(60) ? .or(terms) : .and(terms), prior: searches.prior())
            if searches.chance(30) { request.filter = searches.filter() }
            request.limit = searches.pick([1, 3, 10])
            let full = try model.snapshot.search(request)
            request.countsTotal = false
            let pruned = try model.snapshot.search(request)
            #expect(pruned.hits == full.hits, "\(searches.random.note): \(request.query)")
            #expect(pruned.total <= full.total && !pruned.isTotalExact)
            if let next = full.next {
                request.after = next
                let second = try model.snapshot.search(request)
                request.countsTotal = true
                #expect(try model.snapshot.search(request).hits == second.hits, "\(searches.random.note)")
            }
        }
    }

    @Test("equals the exhaustive search on every index of up to three tiny documents")
    func exhaustiveSmallCases() throws {
        let random = SeededRandom(seed: 1)
        var searches = RandomSearches(random)
        let fields = searches.fields
        let titles: [[String]] = [[], ["a"], ["b"], ["a", "b"], ["b", "a"], ["a", "a"]]
        let weights = [FieldWeight(fields.title)]
        func term(_ text: String) -> Query { .term(TermQuery(fields: weights, term: text.bytes)) }
        let queries: [Query] = [
            .all, .none, term("a"), .and([term("a"), term("b")]), .or([term("a"), term("b")]),
            .anyOf([term("a"), term("b")]),
            .phrase(PhraseQuery(fields: weights, terms: [["a".bytes], ["b".bytes]])),
            .phrase(PhraseQuery(fields: weights, terms: [["a".bytes], ["a".bytes, "b".bytes]])),
            .boolean(must: [], should: [], mustNot: [term("a")], minimumShouldMatch: 0),
            .boolean(must: [term("a")], should: [term("b")], mustNot: [], minimumShouldMatch: 0),
            .boolean(must: [], should: [term("a"), term("b")], mustNot: [], minimumShouldMatch: 2),
            .prefix(PrefixQuery(fields: weights, prefix: "a".bytes)),
        ]
        for count in 0...3 {
            for choice in 0..<Self.power(titles.count, count) where count < 3 || choice % 7 == 0 {
                var documents: [ModelDocument] = []
                var rest = choice
                for index in 0..<count {
                    var document = ModelDocument(key: "k\(count - index)".bytes)
                    document.texts[fields.title] = titles[rest % titles.count].map { [$0.bytes] }
                    document.keywords[fields.brand] = index % 2 == 0 ? ["x".bytes] : []
                    rest /= titles.count
                    documents.append(document)
                }
                let view = try ModelBuilder.view(
                    &documents, fields, id: 1, deleted: choice % 5 == 4 ? [0] : [], updated: [],
                    random: &searches.random)
                let model = SearchModel(
                    fields: fields, segments: count == 0 ? [] : [documents], views: count == 0 ? [] : [view])
                for query in queries {
                    try Self.expectEqual(
                        model, SearchRequest(query: query, facets: [.keyword(fields.brand)]), "case \(choice)"
                    )
                }
            }
        }
    }

    private static func power(_ base: Int, _ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }

    @Test("pages by cursor and by offset cover every hit once, in order")
    func paging() throws {
        let random = SeededRandom.fromEnvironment()
        var searches = RandomSearches(random)
        let model = try searches.model(segmentCount: 3, documentCount: 10..<25)
        for _ in 0..<25 {
            var request = SearchRequest(
                query: searches.query(), sort: searches.sort(), limit: 1_000, prior: searches.prior())
            let whole = try Search(request, over: model.views).run()
            request.limit = searches.int(1..<9)
            var byCursor: [DocAddress] = []
            var byOffset: [DocAddress] = []
            while true {
                let page = try Search(request, over: model.views).run()
                byCursor += page.hits.map(\.address)
                #expect(page.total == whole.total, "\(random.note)")
                guard let next = page.next else { break }
                request.after = try Cursor("\(next)")
                #expect(request.after == next, "\(random.note)")
            }
            request.after = nil
            while request.offset < whole.total {
                byOffset += try Search(request, over: model.views).run().hits.map(\.address)
                request.offset += request.limit
            }
            let addresses = whole.hits.map(\.address)
            #expect(byCursor == addresses, "\(random.note): \(request.query) by \(request.sort)")
            #expect(byOffset == addresses, "\(random.note): \(request.query) by \(request.sort)")
        }
    }

    @Test("a cursor stays meaningful when its hit is gone")
    func cursorWithoutItsHit() throws {
        let fields = ModelFields()
        var random = SeededRandom(seed: 1)
        func view(_ keys: [String]) throws -> (SearchModel) {
            var documents = keys.map { key in
                var document = ModelDocument(key: key.bytes)
                document.keywords[fields.brand] = [key.bytes]
                return document
            }
            let view = try ModelBuilder.view(
                &documents, fields, id: 1, deleted: [], updated: [], random: &random)
            return SearchModel(fields: fields, segments: [documents], views: [view])
        }
        for sort: [SortKey] in [[], [.keyword(fields.brand, descending: false)]] {
            var request = SearchRequest(query: .all, sort: sort, limit: 2)
            let before = try Search(request, over: try view(["a", "c", "e", "g"]).views).run()
            request.after = before.next
            let later = try view(["a", "b", "d", "e", "g"])
            let after = try Search(request, over: later.views).run()
            #expect(after.hits.map { later.document($0.address).key } == ["d".bytes, "e".bytes])
        }
        var request = SearchRequest(query: .all, sort: [.keyword(fields.brand, descending: true)], limit: 2)
        let before = try Search(request, over: try view(["a", "c", "e", "g"]).views).run()
        request.after = before.next
        let later = try view(["a", "d", "f", "g"])
        let after = try Search(request, over: later.views).run()
        #expect(after.hits.map { later.document($0.address).key } == ["d".bytes, "a".bytes])
    }

    @Test("an explanation adds up to the score of its hit")
    func explanations() throws {
        let random = SeededRandom.fromEnvironment()
        var searches = RandomSearches(random)
        let model = try searches.model(segmentCount: 2, documentCount: 30..<60)
        for _ in 0..<30 {
            let request = SearchRequest(query: searches.query(), limit: 1_000, prior: searches.prior())
            let plan = try QueryPlan(
                request.query, segments: model.views.map(\.segment), k1: request.k1, prior: request.prior)
            let hits = try Search(request, over: model.views).run().hits
            let scores = Dictionary(uniqueKeysWithValues: hits.map { ($0.address, $0.score) })
            for (address, _) in model.liveDocuments {
                let explanation = try Explainer(
                    plan, view: model.views[address.segment], address: address,
                    registry: model.fields.registry
                ).explain()
                #expect(explanation?.value == scores[address], "\(random.note): \(request.query)")
                if let explanation { expectSums(explanation, "\(random.note)") }
            }
        }
    }

    private func expectSums(_ explanation: Explanation, _ note: Comment) {
        let parts = explanation.details.map(\.value)
        switch explanation.text {
        case "sum of": #expect(explanation.value == parts.reduce(0, +), note)
        case "greatest of": #expect(explanation.value == parts.max(), note)
        case let text where text.hasPrefix("term") || text.hasPrefix("prefix") || text.hasPrefix("phrase"):
            let product = parts.reduce(1, *)
            #expect(abs(explanation.value - product) <= 1e-4 * max(1, product), note)
        default: break
        }
        for detail in explanation.details { expectSums(detail, note) }
    }
}
