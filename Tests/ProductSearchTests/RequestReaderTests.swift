import JSON
import Testing

@testable import ProductSearch

@Suite struct RequestReaderTests {
    @Test func `parameters and JSON mean the same`() throws {
        let parameters = try ProductSearchRequest(parameters: [
            ("q", "이어폰"), ("filter", "price > 3"), ("facets", "brand, category"),
            ("sort", "-price,rating:asc"),
            ("limit", "5"), ("offset", "10"), ("highlight", "false"), ("min_seq", "7"), ("match", "any"),
        ])
        let json = try ProductSearchRequest(
            json: Array(
                """
                {"q": "이어폰", "filter": "price > 3", "facets": ["brand", {"field": "category"}], "limit": 5,
                 "sort": [{"field": "price", "order": "desc"}, "rating"], "offset": 10, "highlight": false, "min_seq": 7, "match": "any"}
                """.utf8))
        #expect(parameters.query == json.query)
        #expect(parameters.filter == json.filter)
        #expect(parameters.facets == json.facets)
        #expect(parameters.sort == json.sort)
        #expect(parameters.limit == json.limit && parameters.offset == json.offset)
        #expect(parameters.highlight == json.highlight)
        #expect(parameters.minimumSequence == json.minimumSequence)
        #expect(parameters.match == json.match)
    }

    @Test func `facets with ranges and facet filters are read`() throws {
        let request = try ProductSearchRequest(
            json: Array(
                """
                {"facets": [{"field": "price", "ranges": [[0, 10000], [10000, null]]}, {"field": "brand", "limit": 3,
                 "sort": "value"}], "facet_filters": {"brand": ["나이키", "아디다스"], "attributes.size": [260, true], "x": []}}
                """.utf8))
        #expect(request.facets[0].ranges == [.init(from: 0, to: 10_000), .init(from: 10_000, to: nil)])
        #expect(request.facets[1].limit == 3 && request.facets[1].order == .value)
        #expect(request.facetFilters.count == 2)
        #expect(request.facetFilters[1].values == ["260", "true"])
    }

    @Test(arguments: [
        (#"{"q": 1}"#, RequestError.Code.badParameter), (#"{"unknown": 1}"#, .badParameter),
        ("[1]", .badJSON),
        ("", .badJSON), (#"{"limit": 1001}"#, .badParameter), (#"{"limit": 1.5}"#, .badParameter),
        (#"{"limit": -1}"#, .badParameter), (#"{"limit": 9223372036854775807}"#, .badParameter),
        (#"{"offset": 9999, "limit": 2}"#, .badParameter), (#"{"cursor": "a", "offset": 1}"#, .badParameter),
        (#"{"facets": 5}"#, .badParameter), (#"{"facets": [{}]}"#, .badParameter),
        (#"{"facets": ["brand", {"field": "brand", "limit": 3}]}"#, .facetField),
        (#"{"facets": [{"field": "a", "ranges": [[1]]}]}"#, .badParameter),
        (#"{"facets": [{"field": "a", "limit": 100000}]}"#, .badParameter),
        (#"{"facet_filters": []}"#, .badParameter),
        (#"{"facet_filters": {"brand": [null]}}"#, .badParameter),
        (#"{"sort": "price sideways"}"#, .sortField),
        (#"{"sort": 3}"#, .badParameter), (#"{"min_seq": -1}"#, .badParameter),
        (#"{"highlight": "yes"}"#, .badParameter),
        (#"{"match": "some"}"#, .badParameter), (#"{"sort": "a,b,c,d"}"#, .badParameter),
    ])
    func `what cannot be meant is an error with its code`(_ json: String, _ code: RequestError.Code) {
        #expect {
            _ = try ProductSearchRequest(json: Array(json.utf8))
        } throws: { error in
            (error as? RequestError)?.code == code
        }
    }

    @Test func `every code has a status of a failed request`() {
        for code in RequestError.Code.allCases { #expect((400...599).contains(code.status)) }
    }

    @Test func `an error is answered as the interface says`() throws {
        let error = RequestError(.filterSyntax, "a \"quoted\" word", position: 14)
        let parsed = try JSONParser().parse(error.json)
        #expect(parsed["error"]?["code"]?.stringValue == "filter_syntax")
        #expect(parsed["error"]?["message"]?.stringValue == "a \"quoted\" word")
        #expect(parsed["error"]?["position"]?.integerValue == 14)
    }
}
