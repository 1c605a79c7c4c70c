// What a search refuses, and how it stops.

import Testing

@testable import Engine

@Suite("Limits of a search")
struct SearchLimitTests {
    static let fields = ModelFields()
    static let weights = [FieldWeight(fields.title)]

    static func term(_ text: String) -> Query { .term(TermQuery(fields: weights, term: text.bytes)) }

    static func nested(_ depth: Int) -> Query {
        (0..<depth).reduce(term("a")) { query, _ in .boost(query, 1) }
    }

    /// Requests that must be refused.
    static let refused: [(name: String, request: SearchRequest)] = [
        ("too many clauses", SearchRequest(query: .or((0..<2_000).map { term("\($0)") }))),
        ("too deep", SearchRequest(query: nested(200))),
        ("negative prior", SearchRequest(query: .all, prior: StaticPrior(fields.stock, weight: -1))),
        ("infinite prior", SearchRequest(query: .all, prior: StaticPrior(fields.stock, weight: .infinity))),
        (
            "negative share of a prior",
            SearchRequest(query: term("a"), prior: StaticPrior(fields.stock, weight: 1, share: -1))
        ),
        ("negative boost", SearchRequest(query: .boost(term("a"), -1))),
        ("boost that is not a number", SearchRequest(query: .boost(term("a"), .nan))),
        ("infinite boost", SearchRequest(query: .boost(term("a"), .infinity))),
        ("boosts beyond floats", SearchRequest(query: .boost(.boost(.boost(term("a"), 1e17), 1e17), 1e17))),
        (
            "weight that is not a number",
            SearchRequest(
                query: .term(
                    TermQuery(fields: [FieldWeight(fields.title, weight: .nan)], term: "a".bytes)))
        ),
        (
            "b above 1",
            SearchRequest(query: .term(TermQuery(fields: [FieldWeight(fields.title, b: 2)], term: "a".bytes)))
        ),
        ("k1 of 0", SearchRequest(query: .all, k1: 0)),
        ("empty prefix", SearchRequest(query: .prefix(PrefixQuery(fields: weights, prefix: [])))),
        (
            "expansions",
            SearchRequest(query: .prefix(PrefixQuery(fields: weights, prefix: [97], maxExpansions: 5_000)))
        ),
        (
            "phrase length",
            SearchRequest(
                query: .phrase(
                    PhraseQuery(fields: weights, terms: Array(repeating: ["a".bytes], count: 100))))
        ),
        (
            "alternatives",
            SearchRequest(
                query: .phrase(
                    PhraseQuery(fields: weights, terms: [Array(repeating: "a".bytes, count: 100)])))
        ),
        ("page size", SearchRequest(query: .all, limit: 1_001)),
        ("negative limit", SearchRequest(query: .all, limit: -1)),
        ("depth of pages", SearchRequest(query: .all, limit: 10, offset: 9_991)),
        ("offset overflow", SearchRequest(query: .all, limit: 10, offset: .max)),
        ("sort keys", SearchRequest(query: .all, sort: Array(repeating: .score, count: 4))),
        ("facet limit", SearchRequest(query: .all, facets: [.keyword(fields.brand, limit: 100_000)])),
        ("facet group", SearchRequest(query: .all, facets: [.keyword(fields.brand, group: 0)])),
        ("facets", SearchRequest(query: .all, facets: Array(repeating: .keyword(fields.brand), count: 100))),
        (
            "filter values",
            SearchRequest(
                query: .all, filter: .keyword(fields.brand, values: (0..<10_000).map { "\($0)".bytes }))
        ),
        (
            "filter depth",
            SearchRequest(query: .all, filter: (0..<1_000).reduce(.all) { filter, _ in .not(filter) })
        ),
    ]

    @Test("refuses what is out of bounds, with a typed error", arguments: refused.map(\.name))
    func refusal(_ name: String) throws {
        var searches = RandomSearches(SeededRandom(seed: 3))
        let model = try searches.model(segmentCount: 1, documentCount: 5..<6)
        let request = try #require(Self.refused.first { $0.name == name }?.request)
        #expect {
            try Search(request, over: model.views).run()
        } throws: { error in
            if case SearchError.request(let code, let message) = error {
                !code.isEmpty && !message.isEmpty
            } else {
                false
            }
        }
    }

    @Test("stops when the deadline has passed or the caller asks")
    func stopping() throws {
        var searches = RandomSearches(SeededRandom(seed: 4))
        let model = try searches.model(segmentCount: 1, documentCount: 5..<6)
        let late = SearchRequest(query: .all, deadline: ContinuousClock.now - .seconds(1))
        let stopped = SearchRequest(query: .all, shouldStop: { true })
        for request in [late, stopped] {
            #expect {
                try Search(request, over: model.views).run()
            } throws: { error in
                if case SearchError.stopped = error { true } else { false }
            }
        }
    }

    @Test("reads back only its own cursors")
    func cursors() throws {
        let cursor = Cursor(
            sort: [.score, .integer(Self.fields.price, descending: true)], values: [.score(1.5), .missing],
            score: 1.5, key: "열쇠".bytes)
        #expect(try Cursor("\(cursor)") == cursor)
        var random = SeededRandom.fromEnvironment()
        let text = Array("\(cursor)".utf8)
        for length in 0..<text.count {
            #expect(throws: SearchError.self) { try Cursor(String(decoding: text[..<length], as: UTF8.self)) }
        }
        for _ in 0..<2_000 {
            var damaged = text
            damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(
                in: 33..<127, using: &random)
            // Either refused or another valid cursor: never a crash.
            _ = try? Cursor(String(decoding: damaged, as: UTF8.self))
        }
        var request = SearchRequest(query: .all, after: cursor)
        #expect(throws: SearchError.self) { try Search(request, over: []).run() }
        request.sort = [.score, .integer(Self.fields.price, descending: true)]
        _ = try Search(request, over: []).run()
        request.offset = 1
        #expect(throws: SearchError.self) { try Search(request, over: []).run() }
    }

    @Test("the grid makes float addition exact in any order")
    func grid() {
        var random = SeededRandom.fromEnvironment()
        for _ in 0..<2_000 {
            let scale = Float.random(in: 0.001..<1_000, using: &random)
            let parts = (0..<Int.random(in: 1..<40, using: &random)).map { _ in
                Float.random(in: 0..<scale, using: &random)
            }
            let grid = ScoreGrid(scoreMax: parts.reduce(0, +))
            let rounded = parts.map { grid.round($0) }
            let forwards = rounded.reduce(0, +)
            #expect(rounded.shuffled(using: &random).reduce(0, +) == forwards, "\(random.note)")
            #expect(Double(forwards) == rounded.reduce(0) { $0 + Double($1) }, "\(random.note)")
            for (part, rounded) in zip(parts, rounded) {
                #expect(abs(part - rounded) <= grid.step / 2, "\(random.note)")
            }
        }
    }
}
