// The parser without sockets: however the bytes are cut, the requests are the same; what is ambiguous is
// refused.

import Glibc
import Testing

@testable import HTTPServer

@Suite struct RequestParserTests {
    /// What a stream of bytes holds, as text that can be compared.
    private func read(_ pieces: [ArraySlice<UInt8>], bodyLimit: Int = 1000) -> [String] {
        var parser = RequestParser(headLimit: 512, bodyLimit: bodyLimit)
        var events: [String] = []
        for piece in pieces {
            parser.receive(piece)
            step: while true {
                switch parser.next() {
                case .needsMore: break step
                case .head(let head):
                    let fields = head.headers.fields.map { "\($0.name)=\($0.value)" }.joined(separator: ";")
                    events.append("\(head.method) \(head.target) \(fields) \(head.keepsAlive)")
                case .complete(let body): events.append("body " + String(decoding: body, as: UTF8.self))
                case .failure(let failure):
                    events.append("failure \(failure.status) \(failure.code)")
                    return events
                }
            }
        }
        return events
    }

    private func read(_ text: String, bodyLimit: Int = 1000) -> [String] {
        read([Array(text.utf8)[...]], bodyLimit: bodyLimit)
    }

    private static let stream =
        "GET /a?q=%20x HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nX-Blank: \t a b \t\r\n\r\n"
        + "\r\nPOST /b HTTP/1.1\r\nhost: h\r\nContent-Length: 11\r\n\r\nhello\r\n\r\n\u{1}?"
        + "PUT /c HTTP/1.1\r\nHOST: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
        + "5\r\nhello\r\n00a;x=\"y\"\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n"
        + "GET / HTTP/1.0\r\n\r\n"

    @Test func aStreamOfRequestsIsReadInOrder() {
        #expect(
            read(Self.stream) == [
                "GET /a?q=%20x host=h;x-empty=;x-blank=a b true", "body ",
                "POST /b host=h;content-length=11 true", "body hello\r\n\r\n\u{1}?",
                "PUT /c host=h;transfer-encoding=Chunked true", "body hello0123456789",
                "GET /  false", "body ",
            ])
    }

    @Test func everyCutInTwoGivesTheSameRequests() {
        let bytes = Array(Self.stream.utf8)
        let whole = read([bytes[...]])
        for cut in 0...bytes.count {
            #expect(read([bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")
        }
        #expect(read(bytes.indices.map { bytes[$0...$0] }) == whole)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n",  // no Host
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
        "GET  HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\r\nHost: a\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET example.com:80 HTTP/1.1\r\nHost: a\r\n\r\n",
        "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.12\r\nHost: a\r\n\r\n",
        "GET / http/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    ])
    func aHeadThatCouldBeReadInTwoWaysIsRefused(text: String) {
        #expect(read(text).last == "failure 400 bad_request")
    }

    @Test(arguments: [
        "x\r\n", "\r\n", "-1\r\n", "0x5\r\n", "5\nhello\r\n", "5\r\nhelloX\r\n0\r\n\r\n",
        "5 5\r\n5 5;\r\n\r\n",
        "1111111111111111\r\n", String(repeating: "0", count: 300),
    ])
    func aBadChunkIsRefused(chunks: String) {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(read(head + chunks).last == "failure 400 bad_request")
    }

    @Test func otherRefusalsSayWhatIsWrong() {
        let host = "HTTP/1.1\r\nHost: a\r\n"
        #expect(read("GET / HTTP/2.0\r\nHost: a\r\n\r\n") == ["failure 505 version_not_supported"])
        #expect(read("POST / \(host)Transfer-Encoding: gzip\r\n\r\n") == ["failure 501 transfer_encoding"])
        #expect(read("POST / \(host)Expect: tea\r\n\r\n") == ["failure 417 expectation_failed"])
        #expect(read("GET /" + String(repeating: "a", count: 600)) == ["failure 414 uri_too_long"])
        let long = "X: " + String(repeating: "a", count: 600)
        #expect(read("GET / \(host)\(long)") == ["failure 431 headers_too_large"])
        #expect(read("GET / \(host)\(long)\r\n\r\n") == ["failure 431 headers_too_large"])
    }

    @Test func aBodyOverItsLimitIsRefusedBeforeItIsTakenIn() {
        let host = "POST / HTTP/1.1\r\nHost: a\r\n"
        #expect(read("\(host)Content-Length: 11\r\n\r\n", bodyLimit: 10).last == "failure 413 body_too_large")
        let chunked = "\(host)Transfer-Encoding: chunked\r\n\r\n"
        #expect(read("\(chunked)b\r\n", bodyLimit: 10).last == "failure 413 body_too_large")
        #expect(read("\(chunked)9\r\n012345678\r\n2\r\n", bodyLimit: 10).last == "failure 413 body_too_large")
        #expect(read("\(chunked)a\r\n0123456789\r\n0\r\n\r\n", bodyLimit: 10).last == "body 0123456789")
    }

    @Test func anAbsoluteTargetLosesItsOrigin() {
        #expect(read("GET http://h/a?b HTTP/1.1\r\nHost: h\r\n\r\n").first?.hasPrefix("GET /a?b ") == true)
        #expect(read("GET HTTPS://h?b HTTP/1.1\r\nHost: h\r\n\r\n").first?.hasPrefix("GET /?b ") == true)
    }

    @Test func randomlyDamagedStreamsNeverTrapAndAreReadTheSameInPieces() {
        let given = getenv("SAEKIN_SEED").flatMap { UInt64(String(cString: $0)) }
        let seed = given ?? UInt64.random(in: 1...(.max))
        var random = SplitMix(state: seed)
        let original = Array(Self.stream.utf8)
        for _ in 0..<2000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: bytes.indices, using: &random)
                bytes[place] = UInt8.random(in: 0...255, using: &random)
            }
            let cut = Int.random(in: bytes.indices, using: &random)
            let whole = read([bytes[...]])
            #expect(read([bytes[..<cut], bytes[cut...]]) == whole, "SAEKIN_SEED=\(seed)")
        }
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
