// Start, stop, load and what is counted meanwhile.

import Glibc
import Synchronization
import Testing

@testable import HTTPServer

private let close = "Connection: close\r\n\r\n"
private let host = "HTTP/1.1\r\nHost: a\r\n"

@Suite struct ServerLifeTests {
    @Test func aPortInUseIsATypedErrorWithARemedy() throws {
        let live = try LiveServer()
        var configuration = HTTPServerConfiguration()
        configuration.host = "127.0.0.1"
        configuration.port = live.port
        let second = HTTPServer(configuration: configuration, router: Router())
        #expect(throws: HTTPServerError.portInUse(live.port)) { try second.start() }
        #expect(HTTPServerError.portInUse(80).description.contains("choose another port"))
    }

    @Test func aHostThatIsNoAddressIsATypedError() {
        var configuration = HTTPServerConfiguration()
        configuration.host = "somewhere"
        let server = HTTPServer(configuration: configuration, router: Router())
        #expect(throws: HTTPServerError.badAddress("somewhere")) { try server.start() }
    }

    @Test func stopLetsAnswersUnderWayEndAndFreesThePort() throws {
        let live = try LiveServer()
        let port = live.port
        let slow = RawClient(port: port)
        let idle = RawClient(port: port)
        idle.send("GET /hello \(host)\r\n")
        #expect(idle.receive(until: "hello").hasSuffix("hello"))
        slow.send("GET /slow?ms=400 \(host)\r\n")
        usleep(100_000)
        let start = ContinuousClock.now
        live.server.stop()
        #expect(ContinuousClock.now - start < .seconds(3))
        let answer = slow.receive()
        #expect(answer.contains("connection: close"))
        #expect(answer.hasSuffix("slow"))
        #expect(idle.receive() == "")
        #expect(live.metrics.openConnections.load(ordering: .relaxed) == 0)
        live.server.stop()
        let again = try LiveServer { $0.port = port }
        #expect(RawClient.exchange(again.port, "GET /hello \(host)\(close)").hasSuffix("hello"))
    }

    @Test func aFullWorkerQueueIsA503WithRetryAfter() throws {
        let live = try LiveServer {
            $0.workerCount = 1
            $0.workerQueueLimit = 1
        }
        let callers = (0..<8).map { _ in RawClient(port: live.port) }
        for caller in callers { caller.send("GET /slow?ms=300 \(host)\(close)") }
        let answers = callers.map { $0.receive() }
        let busy = answers.filter { $0.hasPrefix("HTTP/1.1 503 ") }
        #expect(!busy.isEmpty)
        #expect(busy.allSatisfy { $0.contains("retry-after: 1\r\n") })
        #expect(answers.contains { $0.hasPrefix("HTTP/1.1 200 ") })
    }

    @Test func callersAtOnceEachGetTheirOwnAnswers() async throws {
        let live = try LiveServer()
        let port = live.port
        await withTaskGroup(of: Bool.self) { group in
            for caller in 0..<16 {
                group.addTask {
                    let client = RawClient(port: port)
                    for number in 0..<200 {
                        let id = "\(caller)-\(number)"
                        client.send("GET /items/\(id) \(host)\r\n")
                        if !client.receive(until: "item").hasSuffix("\r\n\r\nitem \(id)") { return false }
                    }
                    return true
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test func requestsAreCountedByRouteAndStatus() throws {
        let live = try LiveServer()
        let requests = "GET /items/1 \(host)\r\nGET /items/2 \(host)\r\nGET /no/such \(host)\r\n"
        _ = RawClient.exchange(live.port, requests + "GET /hello \(host)\(close)")
        let text = live.metrics.prometheusText()
        #expect(text.contains("http_requests_total{method=\"GET\",route=\"/items/{id}\",status=\"200\"} 2\n"))
        #expect(text.contains("http_requests_total{method=\"\",route=\"unmatched\",status=\"404\"} 1\n"))
        let labels = "method=\"GET\",route=\"/items/{id}\""
        #expect(text.contains("http_request_duration_seconds_bucket{\(labels),le=\"+Inf\"} 2\n"))
        #expect(text.contains("http_request_duration_seconds_count{\(labels)} 2\n"))
    }

    @Test func theAccessLogHasALineOfJSONForEachAnswer() throws {
        let lines = Lines()
        let live = try LiveServer { $0.accessLog = { lines.append($0.jsonLine) } }
        _ = RawClient.exchange(live.port, "POST /echo?a=\"b \(host)Content-Length: 2\r\n\(close)hi")
        let line = lines.all.first ?? ""
        let start =
            #"{"method":"POST","target":"/echo?a=\"b","route":"/echo","status":200,"#
            + #""request_bytes":2,"response_bytes":2,"duration_us":"#
        #expect(line.hasPrefix(start))
        #expect(line.hasSuffix(#","remote":"127.0.0.1"}"#))
    }

    @Test func pagesOfAllowedOriginsMayCall() throws {
        let live = try LiveServer { $0.crossOrigin = CrossOriginPolicy(origins: ["https://shop.example"]) }
        let preflight = RawClient.exchange(
            live.port,
            "OPTIONS /echo \(host)Origin: https://shop.example\r\n"
                + "Access-Control-Request-Method: POST\r\n\(close)")
        #expect(preflight.hasPrefix("HTTP/1.1 204 "))
        #expect(preflight.contains("access-control-allow-origin: https://shop.example\r\n"))
        #expect(preflight.contains("access-control-allow-methods: POST, OPTIONS\r\n"))
        let other = RawClient.exchange(
            live.port, "GET /hello \(host)Origin: https://other.example\r\n\(close)")
        #expect(!other.contains("access-control-allow-origin"))
        #expect(other.contains("vary: origin\r\n"))
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    func append(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}
