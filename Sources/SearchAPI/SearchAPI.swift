// The routes of the product search: each turns a request into a call of ProductSearch and the outcome into an
// answer. What is asked and answered is described by openapi.json beside the page.

import HTTPServer
import JSON
import ProductSearch

/// Everything the routes need.
public struct SearchAPI: Sendable {
    private let search: SearchService
    private let suggest: SuggestService
    private let analyze: AnalyzeService
    private let catalogue: ProductCatalogue
    private let vocabulary: VocabularyService
    private let status: ServiceStatus

    private static let bulkBodyByteLimit = 256 << 20
    private static let productBodyByteLimit = 2 << 20

    public init(
        search: SearchService, suggest: SuggestService, analyze: AnalyzeService, catalogue: ProductCatalogue,
        vocabulary: VocabularyService, status: ServiceStatus
    ) {
        self.search = search
        self.suggest = suggest
        self.analyze = analyze
        self.catalogue = catalogue
        self.vocabulary = vocabulary
        self.status = status
    }

    /// All routes.
    public func router(metrics: HTTPMetrics) -> Router {
        var router = Router()
        addSearch(to: &router)
        addProducts(to: &router)
        VocabularyRoutes(vocabulary).add(to: &router)
        addOperation(to: &router, metrics)
        PageAssets.addRoutes(to: &router)
        return router
    }

    private func addSearch(to router: inout Router) {
        router.on(.get, "/api/v1/search", execution: .worker) { [search] request in
            answering { () throws(RequestError) in
                let parameters = request.query.map { ($0.name, $0.value) }
                return .json(try search.answer(try ProductSearchRequest(parameters: parameters)))
            }
        }
        router.on(.post, "/api/v1/search", execution: .worker) { [search] request in
            answering { () throws(RequestError) in
                .json(try search.answer(try ProductSearchRequest(json: request.body)))
            }
        }
        router.on(.get, "/api/v1/suggest", execution: .worker) { [suggest] request in
            answering { () throws(RequestError) in
                let text = try parameter("q", of: request, known: ["q", "limit"])
                var limit = 10
                if let given = request.queryValue("limit") {
                    guard let number = Int(given) else {
                        throw RequestError(
                            .badParameter,
                            "'limit' must be a whole number from 0 to \(SuggestService.limitMax)")
                    }
                    limit = number
                }
                return .json(try suggest.answer(text, limit: limit))
            }
        }
        router.on(.get, "/api/v1/analyze", execution: .worker) { [analyze] request in
            answering { () throws(RequestError) in
                .json(try analyze.answer(try parameter("text", of: request, known: ["text"])))
            }
        }
    }

    private func addProducts(to router: inout Router) {
        let single = "/api/v1/products/{id}"
        router.on(.get, single, execution: .worker) { [catalogue] request in
            answering { () throws(RequestError) in .json(try catalogue.product(id(of: request))) }
        }
        router.on(.put, single, execution: .worker, bodyLimit: Self.productBodyByteLimit) {
            [catalogue] request in
            answering { () throws(RequestError) in
                response(try catalogue.put(request.body, id: id(of: request)))
            }
        }
        router.on(.patch, single, execution: .worker, bodyLimit: Self.productBodyByteLimit) {
            [catalogue] request in
            answering { () throws(RequestError) in
                response(try catalogue.patch(request.body, id: id(of: request)))
            }
        }
        router.on(.delete, single, execution: .worker) { [catalogue] request in
            answering { () throws(RequestError) in response(try catalogue.delete(id(of: request))) }
        }
        router.on(.post, "/api/v1/products", execution: .worker, bodyLimit: Self.productBodyByteLimit) {
            [catalogue] request in
            answering { () throws(RequestError) in response(try catalogue.put(request.body, id: nil)) }
        }
        router.on(.post, "/api/v1/products/bulk", execution: .worker, bodyLimit: Self.bulkBodyByteLimit) {
            [catalogue] request in
            answering { () throws(RequestError) in
                HTTPResponse(
                    headers: ["content-type": "application/x-ndjson"], body: try catalogue.bulk(request.body))
            }
        }
    }

    private func addOperation(to router: inout Router, _ metrics: HTTPMetrics) {
        router.on(.get, "/health/live", execution: .loop) { _ in
            .json(Array(#"{"status":"live"}"#.utf8))
        }
        router.on(.get, "/health/ready", execution: .loop) { [status] _ in
            let readiness = status.readiness
            return .json(readiness.json, status: readiness.isReady ? 200 : 503)
        }
        router.on(.get, "/metrics", execution: .worker) { [status] _ in
            var response = HTTPResponse.text(metrics.prometheusText() + status.prometheusText)
            response.headers.set("content-type", "text/plain; version=0.0.4; charset=utf-8")
            return response
        }
    }
}

/// Runs a handler; its error becomes the answer.
func answering(_ body: () throws(RequestError) -> HTTPResponse) -> HTTPResponse {
    do throws(RequestError) {
        return try body()
    } catch {
        var response = HTTPResponse.json(error.json, status: error.code.status)
        if error.code.status == 503 { response.headers.add("retry-after", "1") }
        return response
    }
}

private func response(_ outcome: ProductCatalogue.Outcome) -> HTTPResponse {
    .json(outcome.json, status: outcome.status)
}

private func id(of request: HTTPRequest) -> String { request.pathParameters["id"] ?? "" }

/// The parameter `name`, which must be there once; others than `known` are errors.
func parameter(
    _ name: String, of request: HTTPRequest, known: Set<String>
) throws(RequestError) -> String {
    for item in request.query where !known.contains(item.name) {
        throw RequestError(
            .badParameter,
            "unknown parameter '\(item.name)'; there are: \(known.sorted().joined(separator: ", "))")
    }
    let values = request.queryValues(name)
    guard values.count == 1, let value = values.first else {
        throw RequestError(.badParameter, "the parameter '\(name)' is needed, once")
    }
    return value
}
