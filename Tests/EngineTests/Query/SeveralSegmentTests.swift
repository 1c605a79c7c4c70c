// Searches of many segments with deletes:
//
// 1. flat queries, filters and facets equal the exhaustive search, with and without the total, on the first
//    page and on the next;
// 2. lists of every form, short and long, in segments of different sizes, give the same hits in any order of
//    the segments;
// 3. a term looked up in a snapshot has the entries that its segments have, however many others were looked
//    up;
// 4. the profile names the way that was chosen, and asking for it changes nothing.

import Testing

@testable import Engine

@Suite("Several segments")
struct SeveralSegmentTests {
    @Test("flat queries over many segments with deletes equal the exhaustive search")
    func exhaustive() throws {
        let random = SeededRandom.fromEnvironment()
        var searches = RandomSearches(random)
        for _ in 0..<3 {
            let model = try searches.model(
                segmentCount: searches.int(5..<11), documentCount: 1..<220, deletes: 30)
            for _ in 0..<16 {
                var request = SearchRequest(query: flatQuery(&searches), prior: searches.prior())
                request.limit = searches.pick([0, 1, 3, 10, 200])
                if searches.chance(30) { request.filter = searches.filter() }
                if searches.chance(30) { request.facets = [searches.facet(nil), searches.facet(nil)] }
                request.usesCaches = searches.chance(50)
                for countsTotal in [true, false] {
                    request.countsTotal = countsTotal
                    try SearchTests.expectEqual(model, request, random.note)
                }
                let first = try model.snapshot.search(request)
                guard let next = first.next else { continue }
                request.after = next
                let second = try model.snapshot.search(request)
                request.after = nil
                request.offset = request.limit
                #expect(try model.snapshot.search(request).hits == second.hits, "\(random.note): \(request)")
            }
        }
    }

    private func flatQuery(_ searches: inout RandomSearches) -> Query {
        let field = FieldWeight(searches.pick([searches.fields.title, searches.fields.body]))
        let words = (0..<searches.int(1..<5)).map { _ in searches.pick(RandomSearches.words) }
        let terms = words.map { Query.term(TermQuery(fields: [field], term: $0)) }
        switch searches.int(0..<5) {
        case 0: return .phrase(PhraseQuery(fields: [field], terms: words.prefix(2).map { [$0] }))
        case 1, 2: return .and(terms)
        default: return .or(terms)
        }
    }

    @Test("short and long lists give the same hits in any order of the segments")
    func orders() throws {
        let random = SeededRandom.fromEnvironment()
        var searches = RandomSearches(random)
        let parts = try [3, 40, 700, 900, 2_500].map {
            try searches.model(segmentCount: 1, documentCount: $0..<$0 + 1, deletes: 25)
        }
        func model(_ order: [Int]) -> SearchModel {
            SearchModel(
                fields: searches.fields, segments: order.map { parts[$0].segments[0] },
                views: order.map { parts[$0].views[0] })
        }
        let (forwards, backwards) = (model([0, 1, 2, 3, 4]), model([4, 3, 2, 1, 0]))
        for _ in 0..<10 {
            var request = SearchRequest(query: flatQuery(&searches), prior: searches.prior())
            try SearchTests.expectEqual(forwards, request, random.note)
            for countsTotal in [true, false] {
                request.countsTotal = countsTotal
                let (a, b) = (try forwards.snapshot.search(request), try backwards.snapshot.search(request))
                // Keys of different parts may be the same: only scores have to agree there.
                #expect(a.hits.map(\.score) == b.hits.map(\.score), "\(random.note): \(request.query)")
                if countsTotal { #expect(a.total == b.total, "\(random.note): \(request.query)") }
            }
        }
    }

    @Test("a term has the entries that its segments have, whatever else was looked up")
    func places() throws {
        let random = SeededRandom.fromEnvironment()
        var searches = RandomSearches(random)
        let model = try searches.model(segmentCount: 3, documentCount: 20..<60)
        let dictionary = SnapshotDictionary(model.views.map(\.segment))
        for round in 0..<3 {
            for word in RandomSearches.words + ["없는말".bytes] {
                let places = try dictionary.places(searches.fields.title, word)
                var sum: UInt64 = 0
                for (index, view) in model.views.enumerated() {
                    let entry = try view.segment.term(searches.fields.title, word)
                    sum += UInt64(entry?.documentFrequency ?? 0)
                    let found = places.sources[index]
                    #expect(
                        found.first?.entry.ordinal == entry?.ordinal && found.count <= 1, "\(random.note)")
                }
                #expect(places.documentFrequency == sum, "\(random.note)")
            }
            // More than are kept: what was asked for before is forgotten, and looked up again.
            for number in 0..<9_000 where round < 2 {
                #expect(
                    try dictionary.places(searches.fields.title, "n\(number)".bytes).documentFrequency == 0)
            }
        }
    }

    @Test("a profile names the way that was chosen and changes nothing")
    func profiles() throws {
        let random = SeededRandom.fromEnvironment()
        var searches = RandomSearches(random)
        let model = try searches.model(segmentCount: 4, documentCount: 200..<300, deletes: 50)
        let title = [FieldWeight(searches.fields.title)]
        func term(_ word: String) -> Query { .term(TermQuery(fields: title, term: word.bytes)) }
        let cases: [(Query, [SegmentProfile.Matching], SegmentProfile.Ranking)] = [
            (term("가"), [.frequency, .live], .maxScore),
            (.or([term("가"), term("나")]), [.bits], .maxScore),
            (.and([term("가"), term("나")]), [.bits, .lookUps], .and),
            (
                .phrase(PhraseQuery(fields: title, terms: [["가".bytes], ["가".bytes]])),
                [.positions], .phrase
            ),
            (.anyOf([term("가"), term("나")]), [.windows], .windows),
        ]
        for (query, matchings, ranking) in cases {
            var request = SearchRequest(query: query)
            let plain = try model.snapshot.search(request)
            #expect(plain.profile.isEmpty)
            request.isProfiled = true
            let profiled = try model.snapshot.search(request)
            #expect(profiled.hits == plain.hits && profiled.total == plain.total, "\(random.note)")
            #expect(Set(profiled.profile.flatMap(\.segments)) == [0, 1, 2, 3], "\(random.note)")
            for segment in profiled.profile where segment.matching != .none {
                #expect((matchings + [.offered]).contains(segment.matching), "\(random.note): \(segment)")
                #expect(segment.ranking == ranking, "\(random.note): \(segment)")
                #expect(segment.decodedBlockCount <= 2 * segment.blockCount, "\(random.note): \(segment)")
            }
        }
        var filtered = SearchRequest(
            query: term("가"), filter: .integerRange(searches.fields.price, lower: 0, upper: nil))
        filtered.isProfiled = true
        let segments = try model.snapshot.search(filtered).profile.filter { $0.matching != .none }
        #expect(
            segments.allSatisfy {
                $0.matching == .bits && $0.filter == .evaluated && $0.windowCount == $0.segments.count
            })
    }
}
