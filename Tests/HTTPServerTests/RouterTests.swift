// The router without sockets.

import Testing

@testable import HTTPServer

@Suite struct RouterTests {
    private let router: Router = {
        var router = Router()
        router.on(.get, "/") { _ in .text("root") }
        router.on(.get, "/products/{id}") { .text("get \($0.pathParameters["id"] ?? "-")") }
        router.on(.put, "/products/{id}") { .text("put \($0.pathParameters["id"] ?? "-")") }
        router.on(.post, "/products/bulk") { _ in .text("bulk") }
        router.on(.get, "/search") { .text($0.queryValue("q") ?? "none") }
        return router
    }()

    private func ask(_ method: HTTPMethod, _ target: String) throws -> (Int, String, HTTPHeaders) {
        let response = router.respond(to: try HTTPRequest(method, target))
        return (response.status, String(decoding: response.body, as: UTF8.self), response.headers)
    }

    @Test func aPathParameterIsDecoded() throws {
        #expect(try ask(.get, "/products/%EB%AC%B4%EC%84%A0").1 == "get 무선")
    }

    @Test func anEscapedSlashIsPartOfAParameter() throws {
        #expect(try ask(.get, "/products/a%2Fb").1 == "get a/b")
        #expect(try ask(.get, "/products/a/b").0 == 404)
    }

    @Test func anEmptyParameterIsNoMatch() throws {
        #expect(try ask(.get, "/products/").0 == 404)
    }

    @Test func aLiteralPathGoesBeforeAPatternButDoesNotHideItsMethods() throws {
        #expect(try ask(.post, "/products/bulk").1 == "bulk")
        #expect(try ask(.get, "/products/bulk").1 == "get bulk")
    }

    @Test func aPlusInAPathIsAPlusAndInAQueryASpace() throws {
        #expect(try ask(.get, "/products/a+b").1 == "get a+b")
        #expect(try ask(.get, "/search?q=a+b%2B").1 == "a b+")
    }

    @Test func anUnknownPathIsA404InJSON() throws {
        let (status, body, headers) = try ask(.get, "/no\"where")
        #expect(status == 404)
        #expect(body == #"{"error":{"code":"not_found","message":"there is nothing at /no\"where"}}"#)
        #expect(headers["Content-Type"] == "application/json")
    }

    @Test func aWrongMethodIsA405ThatNamesTheRightOnes() throws {
        let (status, _, headers) = try ask(.delete, "/products/bulk")
        #expect(status == 405)
        #expect(headers["allow"] == "POST, GET, PUT, HEAD, OPTIONS")
    }

    @Test func optionsNamesTheMethods() throws {
        let (status, body, headers) = try ask(.options, "/products/1")
        #expect(status == 204)
        #expect(body.isEmpty)
        #expect(headers["allow"] == "GET, PUT, HEAD, OPTIONS")
    }

    @Test func headIsAnsweredByTheGetRoute() throws {
        #expect(try ask(.head, "/").1 == "root")
    }

    @Test func aBadEscapeInThePathIsA400WithItsPosition() throws {
        let (status, body, _) = try ask(.get, "/products/ab%G1")
        #expect(status == 400)
        #expect(body.contains(#""code":"bad_escape""#))
        #expect(body.contains(#""position":12"#))
    }

    @Test(arguments: [("/search?q=%", 10), ("/search?q=ab%2", 12), ("/search?a=1&q=%zz", 14)])
    func aBadEscapeInTheQueryIsRefusedWithItsPosition(target: String, position: Int) {
        #expect(throws: TargetError(reason: .badEscape, position: position)) {
            try HTTPRequest(.get, target)
        }
    }

    @Test func escapedBytesThatAreNotUTF8AreRefused() {
        #expect(throws: TargetError(reason: .badUTF8, position: 12)) {
            try HTTPRequest(.get, "/search?q=ab%FF%FE")
        }
    }

    @Test func aQueryKeepsOrderRepetitionAndEmptyValues() throws {
        let request = try HTTPRequest(.get, "/search?a=1&b&a=2&&c==x")
        #expect(request.query.map { "\($0.name)=\($0.value)" } == ["a=1", "b=", "a=2", "c==x"])
        #expect(request.queryValues("a") == ["1", "2"])
    }

    @Test func anErrorEscapesWhatJSONCannotHold() {
        let response = HTTPResponse.error(400, code: "x", message: "a\"\\\n\u{1}한", position: 3)
        #expect(
            String(decoding: response.body, as: UTF8.self)
                == #"{"error":{"code":"x","message":"a\"\\\u000a\u0001한","position":3}}"#)
    }
}
