// What a client does and what it must get, as data. The same scenarios run on the router and on a live
// socket.

/// One request and the part of the answer that is fixed.
struct Exchange: Sendable {
    let method: String
    let target: String
    var body: String?
    let status: Int
    /// Paths into the JSON answer, such as `hits.0.id`, and the value there as compact JSON.
    var expected: [(path: String, value: String)] = []
}

enum Scenarios {
    /// In this order, on a fresh shop.
    static let all: [Exchange] = [
        Exchange(method: "GET", target: "/health/live", status: 200, expected: [("status", #""live""#)]),
        Exchange(
            method: "GET", target: "/api/v1/search", status: 200, expected: [("total", "0"), ("hits", "[]")]),
        Exchange(
            method: "PUT", target: "/api/v1/products/p1",
            body:
                #"{"id":"p1","title":"소니 무선 이어폰 WF-1000XM5","brand":"소니","category":"디지털 > 이어폰","price":329000,"stock":3,"attributes":{"color":"블랙"}}"#,
            status: 201, expected: [("result", #""created""#), ("seq", "1")]),
        Exchange(
            method: "POST", target: "/api/v1/products/bulk",
            body: """
                {"id":"p2","title":"삼성 갤럭시버즈3 무선이어폰","brand":"삼성전자","category":"디지털 > 이어폰","price":219000,"attributes":{"color":"화이트"}}
                {"id":"p3","title":"이어폰 케이스","brand":"신지모루","category":"디지털 > 액세서리","price":9900}
                nonsense
                """,
            status: 200,
            expected: [
                ("0.status", "201"), ("1.seq", "3"), ("2.line", "3"), ("2.result", #""rejected""#),
                ("2.error.code", #""bad_json""#),
            ]),
        Exchange(
            method: "GET",
            target:
                "/api/v1/search?q=%EB%AC%B4%EC%84%A0%20%EC%9D%B4%EC%96%B4%ED%8F%B0&min_seq=3&facets=brand&match=all",
            status: 200,
            expected: [("total", "2"), ("facets.brand.distinct", "2"), ("index.seq", "3")]),
        Exchange(
            method: "POST", target: "/api/v1/search",
            body: #"{"q":"이어폰","facets":["brand"],"facet_filters":{"brand":["소니"]},"sort":"price"}"#,
            status: 200,
            expected: [
                ("total", "1"), ("hits.0.id", #""p1""#), ("facets.brand.distinct", "3"),
                ("hits.0.highlight.title", #""소니 무선 <mark>이어폰</mark> WF-1000XM5""#),
            ]),
        Exchange(
            method: "POST", target: "/api/v1/search",
            body: #"{"q":"20만원~30만원 이어폰","facets":["brand"]}"#, status: 200,
            expected: [
                ("total", "1"), ("hits.0.id", #""p2""#), ("facets.brand.distinct", "1"),
                ("understood", #"{"price":{"from":200000,"to":300000},"text":"20만원~30만원"}"#),
            ]),
        Exchange(
            method: "POST", target: "/api/v1/search",
            body: #"{"q":"100원 이하 이어폰","match":"any"}"#, status: 200, expected: [("total", "3")]),
        Exchange(
            method: "POST", target: "/api/v1/search",
            body: #"{"q":"이어폰 30만원 이상","facet_filters":{"brand":["삼성전자"]}}"#, status: 200,
            expected: [("total", "0"), ("understood.price", #"{"from":300000}"#)]),
        Exchange(
            method: "GET",
            target:
                "/api/v1/search?filter=category%20%3D%20%22%EB%94%94%EC%A7%80%ED%84%B8%22%20AND%20price%20%3C%20300000&sort=-price",
            status: 200, expected: [("total", "2"), ("hits.0.id", #""p2""#), ("hits.1.id", #""p3""#)]),
        Exchange(
            method: "PATCH", target: "/api/v1/products/p3", body: #"{"price":7900}"#, status: 200,
            expected: [("result", #""updated""#), ("seq", "4")]),
        Exchange(
            method: "GET", target: "/api/v1/search?q=%EC%BC%80%EC%9D%B4%EC%8A%A4&min_seq=4", status: 200,
            expected: [("total", "1"), ("hits.0.product.price", "7900")]),
        Exchange(method: "DELETE", target: "/api/v1/products/p3", status: 200, expected: [("seq", "5")]),
        Exchange(method: "GET", target: "/api/v1/search?min_seq=5", status: 200, expected: [("total", "2")]),
        Exchange(
            method: "GET", target: "/api/v1/products/p3", status: 404,
            expected: [("error.code", #""not_found""#)]),
        Exchange(
            method: "GET", target: "/api/v1/search?filter=price%20%3E", status: 400,
            expected: [("error.code", #""filter_syntax""#), ("error.position", "7")]),
        Exchange(
            method: "GET", target: "/api/v1/search?filter=colour%20%3D%201", status: 400,
            expected: [("error.code", #""filter_field""#), ("error.position", "0")]),
        Exchange(
            method: "GET", target: "/api/v1/search?min_seq=99&wait_ms=5", status: 409,
            expected: [("error.code", #""sequence_not_reached""#)]),
        Exchange(
            method: "GET", target: "/api/v1/suggest?q=%EC%86%8C", status: 200,
            expected: [("suggestions.0.text", #""소니""#), ("suggestions.0.kind", #""brand""#)]),
        Exchange(method: "PATCH", target: "/api/v1/products/none", body: "{}", status: 404),
        Exchange(
            method: "PUT", target: "/api/v1/products/p1", body: "[", status: 400,
            expected: [("error.code", #""bad_json""#)]),
        Exchange(method: "PATCH", target: "/api/v1/search", status: 405),
        Exchange(method: "GET", target: "/api/v2/search", status: 404),
        Exchange(
            method: "GET", target: "/openapi.json", status: 200, expected: [("info.title", #""Saekin""#)]),
        // The vocabulary: a rule is found at once, a bad one refused alone, a word touches its products.
        Exchange(
            method: "POST", target: "/api/v1/vocabulary/synonyms",
            body: #"["소리통, 이어폰", "a =>", {"from": ["헤드셋"], "to": ["이어폰"]}]"#, status: 200,
            expected: [
                ("added", "2"), ("refused.0.line", "2"), ("applied", "true"), ("reanalysed", "0"),
            ]),
        Exchange(
            method: "GET", target: "/api/v1/search?q=%EC%86%8C%EB%A6%AC%ED%86%B5&match=all", status: 200,
            expected: [("total", "2")]),
        Exchange(
            method: "PUT", target: "/api/v1/vocabulary/words/%EC%9D%B4%EC%96%B4%ED%8F%B0",
            body: #"{"weight": 90}"#, status: 200,
            expected: [("added", "1"), ("applied", "true"), ("reanalysed", "2")]),
        Exchange(
            method: "PUT", target: "/api/v1/vocabulary/words/nike", body: "{}", status: 400,
            expected: [("error.code", #""bad_vocabulary""#)]),
        Exchange(
            method: "GET", target: "/api/v1/analyze?text=%EC%9D%B4%EC%96%B4%ED%8F%B0%EC%9D%84", status: 200,
            expected: [
                ("words.0.origin", #""user""#), ("synonyms.0.synonym", #""소리통""#),
                ("removed.0.reason", #""particle""#),
            ]),
        Exchange(
            method: "DELETE", target: "/api/v1/vocabulary/words/%EC%9D%B4%EC%96%B4%ED%8F%B0", status: 200,
            expected: [("removed", "1"), ("reanalysed", "2")]),
        Exchange(
            method: "DELETE", target: "/api/v1/vocabulary/words/%EC%9D%B4%EC%96%B4%ED%8F%B0", status: 404),
        Exchange(
            method: "PUT", target: "/api/v1/vocabulary/switches/built_in", body: #"{"on": false}"#,
            status: 200, expected: [("applied", "true")]),
        Exchange(
            method: "GET", target: "/api/v1/vocabulary", status: 200,
            expected: [("switches.built_in", "false"), ("counts.synonyms", "2")]),
    ]
}
