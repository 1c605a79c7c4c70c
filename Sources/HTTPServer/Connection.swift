// One caller's connection: bytes go to the parser, requests to their handlers, answers back, one request
// after the other. It belongs to its event loop's thread.
//
//   waiting -> handling -> sending -> waiting ...           a request and its answer
//   any -> lingering -> closed                              an answer that ends the connection early
//
// While a request is handled nothing is read; the stream's buffer fills up to `readAhead` and then the
// kernel slows the caller down. A caller that ends its sending direction still gets its answers.

import CEvent
import Synchronization

final class Connection {
    private enum Phase {
        /// Between requests, or a request is arriving.
        case waiting
        case handling
        /// The answer is partly in the stream's buffer.
        case sending(closesAfter: Bool)
        /// The last answer is out; what still comes is dropped, so that no reset destroys that answer.
        case lingering
    }

    /// What is kept of a request until its answer is out.
    private struct Current {
        var head: RequestHead
        var route: Int?
        var parameters: [String: String] = [:]
        var startedAt: UInt64 = 0
        var bodyByteCount = 0
        /// Set when no handler runs, as with 404; the body is still read to its end.
        var answer: HTTPResponse?
    }

    let id: UInt64
    private(set) var deadline: UInt64
    private unowned let loop: EventLoop
    private let socket: Int32
    private let stream: OpaquePointer
    private let remoteAddress: String
    private var parser: RequestParser
    private var phase = Phase.waiting
    private var current: Current?
    /// When the first byte of the request being received came.
    private var receivingSince: UInt64?
    private var receivedByteCount = 0
    private var reservedByteCount = 0
    private var isPeerDone = false
    private var isClosed = false

    private static let readAhead = 64 << 10
    /// Bodies up to here are not counted against the server's total.
    private static let uncountedBody = 64 << 10
    private static let lingerTime: UInt64 = 2_000_000_000
    /// Without limit: a handler runs as long as it runs.
    private static let never = UInt64.max

    init(loop: EventLoop, id: UInt64, socket: Int32, stream: OpaquePointer, remoteAddress: String) {
        self.loop = loop
        self.id = id
        self.socket = socket
        self.stream = stream
        self.remoteAddress = remoteAddress
        let configuration = loop.core.configuration
        parser = RequestParser(
            headLimit: configuration.headByteLimit, bodyLimit: configuration.bodyByteLimit)
        deadline = cevent_now() + configuration.idleTimeout.nanoseconds
    }

    /// Starts to read.
    func begin() {
        bufferevent_setcb(
            stream, onReadable, onWritten, onStreamEvent, Unmanaged.passUnretained(self).toOpaque())
        bufferevent_setwatermark(stream, Int16(EV_READ), 0, Self.readAhead)
        bufferevent_enable(stream, Int16(EV_READ | EV_WRITE))
    }

    /// Closes the socket; only the loop calls this.
    func free() {
        isClosed = true
        releaseBody()
        bufferevent_free(stream)
    }

    /// Whether nothing would be lost by closing now.
    var isIdle: Bool {
        if case .waiting = phase { return parser.isIdle && receivingSince == nil }
        return false
    }

    // MARK: - Receiving

    /// Reads and works until bytes run out or an answer has to be waited for.
    fileprivate func proceed() {
        while !isClosed {
            switch phase {
            case .handling, .sending: return
            case .lingering:
                dropInput()
                return
            case .waiting: break
            }
            switch parser.next() {
            case .needsMore:
                guard receive() else {
                    waitForMore()
                    return
                }
            case .head(let head): begin(head)
            case .complete(let body): dispatch(body)
            case .failure(let failure): fail(failure)
            }
        }
    }

    /// Moves bytes from the stream to the parser; false when there are none or the connection has ended.
    private func receive() -> Bool {
        let count = bufferevent_read(stream, &loop.inbound, loop.inbound.count)
        guard count > 0 else { return false }
        parser.receive(loop.inbound[..<count])
        receivedByteCount += count
        guard reserveBody(parser.heldByteCount) else {
            fail(
                RequestFailure(
                    status: 503, code: "too_many_bodies",
                    message: "too many large bodies are being received; try again in a few seconds"))
            return true
        }
        return true
    }

    private func waitForMore() {
        if isPeerDone {
            loop.close(self)
            return
        }
        if parser.isIdle, current == nil {
            receivingSince = nil
            return
        }
        let configuration = loop.core.configuration
        let since = receivingSince ?? cevent_now()
        receivingSince = since
        deadline = since + configuration.requestTimeout.nanoseconds + time(for: receivedByteCount)
    }

    /// How long so many bytes may take beyond the time limit that every message has.
    private func time(for byteCount: Int) -> UInt64 {
        UInt64(byteCount) * 1_000_000_000 / UInt64(loop.core.configuration.minimumBytesPerSecond)
    }

    private func begin(_ head: RequestHead) {
        if receivingSince == nil { receivingSince = cevent_now() }
        let router = loop.core.router
        let path = String(head.target.prefix { $0 != "?" })
        let resolution = router.resolve(head.method, path: path)
        var request = Current(head: head)
        parser.bodyLimit = loop.core.configuration.bodyByteLimit
        if case .route(let index, let parameters) = resolution {
            request.route = index
            request.parameters = parameters
            if let limit = router.routes[index].bodyLimit { parser.bodyLimit = limit }
        } else {
            request.answer = Router.response(to: resolution, method: head.method, path: path)
        }
        current = request
        guard head.expectsContinue, head.framing != .none else { return }
        if let answer = request.answer {
            // The caller waits for leave to send a body that nobody wants.
            current?.head.keepsAlive = false
            send(answer, lingers: true)
        } else if case .fixed(let length) = head.framing, length > parser.bodyLimit {
            return
        } else {
            write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        }
    }

    // MARK: - Handling

    private func dispatch(_ body: [UInt8]) {
        guard var request = current else { preconditionFailure("a body came without its head") }
        request.startedAt = cevent_now()
        request.bodyByteCount = body.count
        receivingSince = nil
        receivedByteCount = 0
        current = request
        guard let index = request.route else {
            send(request.answer ?? .error(404, code: "not_found", message: "there is nothing here"))
            return
        }
        let complete: HTTPRequest
        do {
            complete = try makeRequest(request, body: body)
        } catch {
            send(
                .error(
                    400, code: error.reason.rawValue, message: "in the query: " + error.message,
                    position: error.position))
            return
        }
        let route = loop.core.router.routes[index]
        phase = .handling
        deadline = Self.never
        switch route.execution {
        case .loop:
            send(route.handler(complete))
        case .worker:
            let isQueued = loop.core.workers.submit { [mailbox = loop.mailbox, id] in
                mailbox.post(.answer(connection: id, route.handler(complete)))
            }
            if !isQueued { send(Self.busy) }
        }
    }

    private func makeRequest(_ current: Current, body: [UInt8]) throws(TargetError) -> HTTPRequest {
        var request = try HTTPRequest(
            current.head.method, current.head.target, headers: current.head.headers, body: body,
            remoteAddress: remoteAddress)
        request.pathParameters = current.parameters
        return request
    }

    /// Takes a worker's answer and goes on with what has arrived since.
    func takeAnswer(_ response: HTTPResponse) {
        guard case .handling = phase else { return }
        send(response)
        proceed()
    }

    private static var busy: HTTPResponse {
        var response = HTTPResponse.error(
            503, code: "busy", message: "too many requests are waiting; try again in a second")
        response.headers.add("retry-after", "1")
        return response
    }

    // MARK: - Answering

    private func fail(_ failure: RequestFailure) {
        var response = HTTPResponse.error(failure.status, code: failure.code, message: failure.message)
        if failure.status == 503 { response.headers.add("retry-after", "5") }
        current?.head.keepsAlive = false
        send(response, lingers: true)
    }

    /// Sends an answer and gets ready for the next request; without a request at hand it ends the connection.
    private func send(_ response: HTTPResponse, lingers: Bool = false) {
        let request = current
        current = nil
        var response = response
        if let policy = loop.core.configuration.crossOrigin, let head = request?.head {
            policy.apply(to: &response, method: head.method, requestHeaders: head.headers)
        }
        let keepsAlive = request?.head.keepsAlive == true && !lingers && !loop.isDraining
        // HTTP/1.1 keeps alive by default; callers that name it, as those of 1.0 do, want it confirmed.
        let named = request?.head.headers["connection"] == nil ? nil : "keep-alive"
        ResponseWriter.write(
            response, isHead: request?.head.method == .head, connection: keepsAlive ? named : "close",
            dateLine: loop.dateLine(), into: &loop.outbound)
        record(response, request)
        releaseBody()
        let configuration = loop.core.configuration
        let now = cevent_now()
        let isOut = write(loop.outbound)
        if isClosed { return }
        if keepsAlive, isOut {
            deadline = now + configuration.idleTimeout.nanoseconds
            phase = .waiting
        } else if isOut {
            endAfterAnswer()
        } else {
            let earned = time(for: loop.outbound.count)
            deadline = now + configuration.responseTimeout.nanoseconds + earned
            phase = .sending(closesAfter: !keepsAlive)
        }
        if loop.outbound.capacity > 1 << 20 { loop.outbound = [] }
    }

    /// Sends at once what the socket takes; true when nothing is left.
    @discardableResult
    private func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        if evbuffer_get_length(bufferevent_get_output(stream)) == 0 {
            sent = cevent_send(socket, bytes, UInt(bytes.count))
            if sent == bytes.count { return true }
            if sent < 0 {
                loop.close(self)
                return false
            }
        }
        bytes.withUnsafeBytes { buffer in
            // SAFETY: `sent` is at most the count of `bytes`; libevent copies what it is given.
            let rest = UnsafeRawBufferPointer(rebasing: buffer[sent...])
            _ = bufferevent_write(stream, rest.baseAddress, rest.count)
        }
        return false
    }

    fileprivate func written() {
        guard case .sending(let closesAfter) = phase else { return }
        if closesAfter {
            endAfterAnswer()
        } else {
            phase = .waiting
            deadline = cevent_now() + loop.core.configuration.idleTimeout.nanoseconds
            proceed()
        }
    }

    /// Ends the sending direction and waits a moment for the caller to close.
    private func endAfterAnswer() {
        if isPeerDone {
            loop.close(self)
            return
        }
        cevent_finish_sending(socket)
        phase = .lingering
        deadline = cevent_now() + (loop.isDraining ? Self.lingerTime / 10 : Self.lingerTime)
        dropInput()
    }

    private func dropInput() {
        let input = bufferevent_get_input(stream)
        evbuffer_drain(input, evbuffer_get_length(input))
    }

    private func record(_ response: HTTPResponse, _ request: Current?) {
        let started = request.map(\.startedAt) ?? 0
        let nanoseconds = started == 0 ? 0 : cevent_now() - started
        let route = request?.route.map { loop.core.router.routes[$0] }
        let key = route.map { RouteKey(method: $0.method.rawValue, route: $0.pattern.text) } ?? .unmatched
        loop.metrics.record(key, status: response.status, microseconds: Int(nanoseconds / 1000))
        guard let log = loop.core.configuration.accessLog else { return }
        log(
            AccessLogEntry(
                method: request?.head.method.rawValue ?? "", target: request?.head.target ?? "",
                route: route?.pattern.text, status: response.status,
                requestByteCount: request?.bodyByteCount ?? 0, responseByteCount: response.body.count,
                duration: .nanoseconds(nanoseconds), remoteAddress: remoteAddress))
    }

    // MARK: - Limits and the end

    /// Counts a large body against the server's total.
    private func reserveBody(_ held: Int) -> Bool {
        guard held > Self.uncountedBody, held > reservedByteCount else { return true }
        // In steps, so that the shared counter is touched rarely.
        let wanted = held + Self.uncountedBody
        guard loop.core.reserveBody(wanted - reservedByteCount) else { return false }
        reservedByteCount = wanted
        return true
    }

    private func releaseBody() {
        if reservedByteCount > 0 { loop.core.releaseBody(reservedByteCount) }
        reservedByteCount = 0
    }

    func timeLimitPassed() {
        guard case .waiting = phase, receivingSince != nil else {
            loop.close(self)
            return
        }
        fail(
            RequestFailure(
                status: 408, code: "request_timeout", message: "the request took too long to arrive"))
    }

    fileprivate func streamEnded(isError: Bool) {
        isPeerDone = true
        switch phase {
        case .lingering: loop.close(self)
        case .waiting where !isError: proceed()
        case .handling, .sending, .waiting: if isError { loop.close(self) }
        }
    }
}

// SAFETY (all three): libevent passes back the context of bufferevent_setcb, which is the connection that
// owns the stream; the loop keeps it alive until the stream is freed, and the local reference until the call
// returns.

private func onReadable(_ stream: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().proceed()
}

private func onWritten(_ stream: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().written()
}

private func onStreamEvent(_ stream: OpaquePointer?, _ events: Int16, _ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    let isError = events & Int16(BEV_EVENT_ERROR) != 0
    Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().streamEnded(isError: isError)
}
