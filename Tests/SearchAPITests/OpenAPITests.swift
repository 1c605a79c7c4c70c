import JSON
import ProductSearch
import SearchAPI
import Testing

@testable import HTTPServer

/// The OpenAPI document against the router and the table of errors. What the answers hold is checked on a
/// running server by tools/conformance.
@Suite struct OpenAPITests {
    private let document: JSONValue

    init() throws {
        let asset = try #require(PageAssets.all.first { $0.path == "/openapi.json" })
        document = try JSONParser().parse(asset.bytes)
    }

    /// "GET /api/v1/search" and so on, as the document lists them.
    private var documented: Set<String> {
        let methods = ["get", "put", "post", "delete", "patch", "head", "options", "trace"]
        var operations: Set<String> = []
        for (path, item) in document["paths"]?.objectValue ?? [] {
            for (method, _) in item.objectValue ?? [] where methods.contains(method) {
                operations.insert("\(method.uppercased()) \(path)")
            }
        }
        return operations
    }

    @Test func `every operation of the document is a route`() throws {
        let shop = try TestShop()
        #expect(documented.count > 10)
        for operation in documented {
            let parts = operation.split(separator: " ").map(String.init)
            let path = parts[1].replacing("{id}", with: "p1")
            guard
                case .route(let index, _) = shop.router.resolve(
                    HTTPMethod(rawValue: parts[0]), path: path)
            else {
                Issue.record("there is no route for \(operation)")
                continue
            }
            #expect(shop.router.routes[index].pattern.text == parts[1], "\(operation)")
        }
        try shop.close()
    }

    @Test func `every route is in the document, but for the files of the page`() throws {
        let shop = try TestShop()
        let files = Set(PageAssets.all.map(\.path)).subtracting(["/", "/openapi.json"])
        let routed = shop.router.routes.filter { !files.contains($0.pattern.text) }.map {
            "\($0.method.rawValue) \($0.pattern.text)"
        }
        #expect(Set(routed) == documented)
        try shop.close()
    }

    @Test func `every error code is in the document, and its status in that of an operation`() throws {
        let codes = document["components"]?["schemas"]?["ErrorDetail"]?["properties"]?["code"]?["enum"]
        let named = Set(try #require(codes?.arrayValue).compactMap(\.stringValue))
        var described: [String: Set<String>] = [:]
        for (_, item) in document["paths"]?.objectValue ?? [] {
            for (_, operation) in item.objectValue ?? [] {
                for (status, response) in operation["responses"]?.objectValue ?? [] {
                    let name = response["$ref"]?.stringValue?.split(separator: "/").last.map(String.init)
                    let shared = name.flatMap { document["components"]?["responses"]?[$0] } ?? response
                    let text = shared["description"]?.stringValue ?? ""
                    for code in named where text.contains("`\(code)`") {
                        described[code, default: []].insert(status)
                    }
                }
            }
        }
        for code in RequestError.Code.allCases {
            #expect(named.contains(code.rawValue), "\(code.rawValue) is not in the document")
            #expect(described[code.rawValue]?.contains("\(code.status)") == true, "\(code.rawValue)")
        }
    }

    @Test func `every reference in the document leads somewhere`() throws {
        func check(_ value: JSONValue) {
            for element in value.arrayValue ?? [] { check(element) }
            for (name, member) in value.objectValue ?? [] {
                check(member)
                guard name == "$ref", let reference = member.stringValue else { continue }
                let found = reference.split(separator: "/").dropFirst().reduce(Optional(document)) {
                    $0?[String($1)]
                }
                #expect(found != nil, "\(reference)")
            }
        }
        check(document)
    }

    @Test func `the limits in the document are those of the routes`() throws {
        typealias Limits = ProductSearchRequest.Limits
        let schemas = try #require(document["components"]?["schemas"])
        let search = try #require(schemas["SearchRequest"]?["properties"])
        let facet = try #require(schemas["FacetRequest"]?["properties"])
        let expected: [(JSONValue?, Int)] = [
            (search["q"]?["maxLength"], Limits.queryByteCountMax),
            (search["filter"]?["maxLength"], Limits.filterByteCountMax),
            (search["limit"]?["maximum"], Limits.hitCountMax),
            (search["offset"]?["maximum"], Limits.depthMax),
            (search["wait_ms"]?["maximum"], Limits.waitMillisecondsMax),
            (search["facets"]?["anyOf"]?[0]?["maxItems"], Limits.facetCountMax),
            (search["sort"]?["anyOf"]?[1]?["maxItems"], Limits.sortKeyCountMax),
            (facet["limit"]?["maximum"], Limits.facetValueCountMax),
            (facet["ranges"]?["maxItems"], Limits.facetRangeCountMax),
            (schemas["FacetFilters"]?["maxProperties"], Limits.facetFilterCountMax),
            (
                schemas["FacetFilters"]?["additionalProperties"]?["anyOf"]?[0]?["maxItems"],
                Limits.facetFilterValueCountMax
            ),
            (parameter("/api/v1/search", "q")?["maxLength"], Limits.queryByteCountMax),
            (parameter("/api/v1/search", "limit")?["maximum"], Limits.hitCountMax),
            (parameter("/api/v1/suggest", "q")?["maxLength"], SuggestService.queryByteCountMax),
            (parameter("/api/v1/suggest", "limit")?["maximum"], SuggestService.limitMax),
            (parameter("/api/v1/analyze", "text")?["maxLength"], AnalyzeService.textByteCountMax),
        ]
        for (place, (found, limit)) in expected.enumerated() {
            #expect(found?.integerValue == Int64(limit), "limit \(place)")
        }
        let getParameters = document["paths"]?["/api/v1/search"]?["get"]?["parameters"]?.arrayValue ?? []
        #expect(
            Set(getParameters.compactMap { $0["name"]?.stringValue })
                == Set((search.objectValue ?? []).map(\.0)))
    }

    private func parameter(_ path: String, _ name: String) -> JSONValue? {
        document["paths"]?[path]?["get"]?["parameters"]?.arrayValue?
            .first { $0["name"]?.stringValue == name }?["schema"]
    }
}
