import Foundation
import FoundationNetworking
import HTTPServer
import JSON
import Testing

@Suite struct ScenarioTests {
    @Test func `the scenarios hold on the router`() throws {
        let shop = try TestShop()
        for exchange in Scenarios.all {
            let request = try HTTPRequest(
                HTTPMethod(rawValue: exchange.method), exchange.target,
                body: Array((exchange.body ?? "").utf8))
            let response = shop.router.respond(to: request)
            check(exchange, status: response.status, body: response.body)
        }
        try shop.close()
    }

    @Test func `the scenarios hold on a live socket`() async throws {
        let shop = try TestShop()
        var configuration = HTTPServerConfiguration()
        configuration.host = "127.0.0.1"
        configuration.port = 0
        let server = HTTPServer(configuration: configuration, router: shop.router, metrics: shop.metrics)
        try server.start()
        let port = try #require(server.port)
        for exchange in Scenarios.all {
            var request = URLRequest(
                url: try #require(URL(string: "http://127.0.0.1:\(port)\(exchange.target)")))
            request.httpMethod = exchange.method
            request.httpBody = exchange.body.map { Data($0.utf8) }
            let (data, response) = try await URLSession.shared.data(for: request)
            check(exchange, status: (response as? HTTPURLResponse)?.statusCode ?? 0, body: Array(data))
        }
        #expect(shop.metrics.prometheusText().contains("http_requests_total"))
        server.stop()
        try shop.close()
    }

    private func check(_ exchange: Exchange, status: Int, body: [UInt8]) {
        let shown =
            "\(exchange.method) \(exchange.target): \(String(decoding: body.prefix(600), as: UTF8.self))"
        #expect(status == exchange.status, "\(shown)")
        guard !exchange.expected.isEmpty else { return }
        do {
            let answer = try parsed(body)
            for (path, expected) in exchange.expected {
                let found = value(at: path, in: answer).map { String(decoding: $0.jsonBytes, as: UTF8.self) }
                #expect(found == expected, "\(path) in \(shown)")
            }
        } catch {
            Issue.record("not JSON: \(shown)")
        }
    }

    /// The answer as JSON; several lines of JSON as an array.
    private func parsed(_ body: [UInt8]) throws -> JSONValue {
        let lines = body.split(separator: UInt8(ascii: "\n"))
        // One document over many lines begins with a bracket alone.
        guard lines.count > 1, lines[0].count > 1 else { return try JSONParser().parse(body) }
        return .array(try lines.map { try JSONParser().parse(Array($0)) })
    }

    private func value(at path: String, in answer: JSONValue) -> JSONValue? {
        path.split(separator: ".").reduce(Optional(answer)) { value, part in
            Int(part).map { index in value?[index] } ?? value?[String(part)]
        }
    }
}
