// A running server and raw sockets: well-behaved callers first, then limits and hostile ones.

import Glibc
import Synchronization
import Testing

@testable import HTTPServer

/// A server for one test, stopped at its end.
struct LiveServer: ~Copyable {
    let server: HTTPServer
    let metrics = HTTPMetrics()
    let port: UInt16

    init(_ change: (inout HTTPServerConfiguration) -> Void = { _ in }) throws {
        var configuration = HTTPServerConfiguration()
        configuration.host = "127.0.0.1"
        configuration.port = 0
        change(&configuration)
        var router = Router()
        router.on(.get, "/hello") { _ in .text("hello") }
        router.on(.post, "/echo") { .text(String(decoding: $0.body, as: UTF8.self)) }
        router.on(.post, "/count", bodyLimit: 8 << 20) { .text("count=\($0.body.count);") }
        router.on(.get, "/slow", execution: .worker) { request in
            usleep((request.queryValue("ms").flatMap { UInt32($0) } ?? 100) * 1000)
            return .text("slow")
        }
        router.on(.get, "/large") { _ in .text(String(repeating: "x", count: 8 << 20) + "end") }
        router.on(.get, "/items/{id}") { .text("item \($0.pathParameters["id"] ?? "")") }
        server = HTTPServer(configuration: configuration, router: router, metrics: metrics)
        try server.start()
        port = server.port ?? 0
    }

    deinit { server.stop() }
}

private let close = "Connection: close\r\n\r\n"
private let host = "HTTP/1.1\r\nHost: a\r\n"

@Suite struct LiveServerTests {
    @Test func aRequestIsAnswered() throws {
        let live = try LiveServer()
        let answer = RawClient.exchange(live.port, "GET /hello \(host)\(close)")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\ndate: "))
        #expect(answer.contains("content-length: 5\r\nconnection: close\r\n\r\nhello"))
    }

    @Test func headHasTheLengthButNotTheBody() throws {
        let live = try LiveServer()
        let answer = RawClient.exchange(live.port, "HEAD /hello \(host)\(close)")
        #expect(answer.contains("content-length: 5\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test func pipelinedRequestsAreAnsweredInOrderThoughSomeRunOnWorkers() throws {
        let live = try LiveServer()
        let answer = RawClient.exchange(
            live.port,
            "GET /slow?ms=50 \(host)\r\nGET /hello \(host)\r\nPOST /echo \(host)Content-Length: 3\r\n\r\nabc"
                + "GET /nothing \(host)\r\nGET /items/7 \(host)\(close)")
        let bodies = ["slow", "hello", "abc", "not_found", "item 7"]
        let positions = bodies.map { answer.firstRange(of: $0)?.lowerBound }
        #expect(!positions.contains(nil))
        #expect(positions.compactMap(\.self) == positions.compactMap(\.self).sorted())
        #expect(answer.components(of: "HTTP/1.1 ") == 5)
    }

    @Test func manyPipelinedRequestsAreAllAnswered() throws {
        let live = try LiveServer()
        let requests = String(repeating: "GET /hello \(host)\r\n", count: 5000)
        let client = RawClient(port: live.port)
        client.send(requests + "GET /items/last \(host)\(close)")
        let answer = client.receive()
        #expect(answer.components(of: "200 OK") == 5001)
        #expect(answer.hasSuffix("item last"))
    }

    @Test(arguments: ["/hello", "/slow?ms=200", "/large"])
    func aCallerThatEndsItsDirectionStillGetsItsAnswer(path: String) throws {
        let live = try LiveServer()
        let client = RawClient(port: live.port)
        client.send("GET \(path) \(host)\r\nGET /items/second \(host)\r\n")
        client.finishSending()
        let answer = client.receive()
        #expect(answer.components(of: "200 OK") == 2)
        #expect(answer.hasSuffix("item second"))
    }

    @Test func aLargeAnswerReachesASlowReader() throws {
        let live = try LiveServer()
        let client = RawClient(port: live.port)
        client.send("GET /large \(host)\(close)")
        usleep(300_000)
        #expect(client.receive().hasSuffix("end"))
    }

    @Test func aLargeBodyIsReadWhereTheRouteAllowsIt() throws {
        let live = try LiveServer()
        let body = [UInt8](repeating: 65, count: 5 << 20)
        let client = RawClient(port: live.port)
        client.send("POST /count \(host)Content-Length: \(body.count)\r\nConnection: close\r\n\r\n")
        client.send(body)
        #expect(client.receive().contains("count=\(body.count);"))
        #expect(live.metrics.heldBodyBytes.load(ordering: .relaxed) == 0)
    }

    @Test func aBodyOverTheLimitIsA413ThatReachesTheCaller() throws {
        let live = try LiveServer()
        let client = RawClient(port: live.port)
        client.send("POST /echo \(host)Content-Length: 3000000\r\n\r\n")
        client.send([UInt8](repeating: 65, count: 3_000_000))
        let answer = client.receive()
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(answer.contains(#"{"error":{"code":"body_too_large""#))
    }

    @Test func leaveToSendABodyIsGivenOnlyWhereItIsWanted() throws {
        let live = try LiveServer()
        let wanted = RawClient(port: live.port)
        wanted.send("POST /echo \(host)Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(wanted.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        wanted.send("ok")
        #expect(wanted.receive(until: "ok").hasPrefix("HTTP/1.1 200 OK"))
        let large = RawClient(port: live.port)
        large.send("POST /echo \(host)Content-Length: 9999999\r\nExpect: 100-continue\r\n\r\n")
        #expect(large.receive().hasPrefix("HTTP/1.1 413 "))
        let lost = RawClient(port: live.port)
        lost.send("POST /lost \(host)Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(lost.receive().hasPrefix("HTTP/1.1 404 "))
    }

    @Test func allBodiesTogetherAreLimited() throws {
        let live = try LiveServer { $0.totalBodyByteLimit = 3 << 20 }
        let first = RawClient(port: live.port)
        first.send("POST /count \(host)Content-Length: 3000000\r\n\r\n")
        first.send([UInt8](repeating: 65, count: 2_000_000))
        while live.metrics.heldBodyBytes.load(ordering: .relaxed) < 2_000_000 { usleep(1000) }
        let second = RawClient(port: live.port)
        second.send("POST /count \(host)Content-Length: 3000000\r\n\r\n")
        second.send([UInt8](repeating: 65, count: 3_000_000))
        let refused = second.receive()
        #expect(refused.hasPrefix("HTTP/1.1 503 "))
        #expect(refused.contains("retry-after: "))
        first.send([UInt8](repeating: 65, count: 1_000_000))
        #expect(first.receive(until: ";").contains("count=3000000;"))
    }

    @Test func aHeadThatTricklesInIsEndedByTheClock() throws {
        let live = try LiveServer { $0.requestTimeout = .milliseconds(400) }
        let client = RawClient(port: live.port)
        client.send("GET /hello HTTP/1.1\r\n")
        let start = ContinuousClock.now
        for _ in 0..<100 where client.send(Array("X: y\r\n".utf8)) {
            if ContinuousClock.now - start > .seconds(1) { break }
            usleep(20_000)
        }
        let answer = client.receive()
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
        #expect(ContinuousClock.now - start < .seconds(4))
    }

    @Test func anIdleConnectionIsClosed() throws {
        let live = try LiveServer { $0.idleTimeout = .milliseconds(200) }
        let client = RawClient(port: live.port)
        client.send("GET /hello \(host)\r\n")
        #expect(client.receive().hasSuffix("hello"))
    }

    @Test func hugeHeadersAre431() throws {
        let live = try LiveServer()
        let answer = RawClient.exchange(
            live.port, "GET /hello \(host)X: " + String(repeating: "y", count: 40_000) + "\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 431 "))
    }

    @Test(arguments: [
        ("garbage\r\n\r\n", 400),
        ("POST /echo \(host)Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST /echo \(host)Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("GET /hello?q=%F \(host)\(close)", 400),
        ("GET /items/%FF \(host)\(close)", 400),
        ("BREW /hello \(host)\(close)", 405),
        ("BREW /nothing \(host)\(close)", 404),
        ("GET /hello HTTP/3.0\r\nHost: a\r\n\r\n", 505),
    ])
    func aHostileRequestIsRefusedInJSON(text: String, status: Int) throws {
        let live = try LiveServer()
        let answer = RawClient.exchange(live.port, text)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.contains(#"{"error":{"code":""#))
    }

    @Test func theBodyOfAGetIsNotTakenForARequest() throws {
        let live = try LiveServer()
        let smuggled = "GET /items/smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
        let answer = RawClient.exchange(
            live.port,
            "GET /hello \(host)Content-Length: \(smuggled.utf8.count)\r\n\r\n\(smuggled)"
                + "GET /hello \(host)\(close)")
        #expect(answer.components(of: "200 OK") == 2)
        #expect(!answer.contains("smuggled"))
    }

    @Test func aThousandIdleConnectionsDoNotHoldUpAnother() throws {
        let live = try LiveServer()
        let idle = (0..<1000).map { _ in RawClient(port: live.port) }
        while live.metrics.openConnections.load(ordering: .relaxed) < 1000 { usleep(1000) }
        withExtendedLifetime(idle) {
            #expect(RawClient.exchange(live.port, "GET /hello \(host)\(close)").hasSuffix("hello"))
        }
    }

    @Test func connectionsBeyondTheLimitAreTurnedAway() throws {
        let live = try LiveServer { $0.connectionLimit = 5 }
        var idle = (0..<5).map { _ in RawClient(port: live.port) }
        while live.metrics.openConnections.load(ordering: .relaxed) < 5 { usleep(1000) }
        withExtendedLifetime(idle) {
            #expect(RawClient(port: live.port).receive().hasPrefix("HTTP/1.1 503 "))
        }
        idle = []
        while live.metrics.openConnections.load(ordering: .relaxed) > 0 { usleep(1000) }
        #expect(RawClient.exchange(live.port, "GET /hello \(host)\(close)").hasSuffix("hello"))
    }
}

extension String {
    /// How often `part` occurs.
    func components(of part: String) -> Int { ranges(of: part).count }
}
