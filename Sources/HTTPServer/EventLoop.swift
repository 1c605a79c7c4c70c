// One thread's event loop: accepts connections, runs their events, enforces their time limits and takes in
// the answers of workers. Everything here but the mailbox belongs to that thread.

import CEvent
import Glibc
import Synchronization

/// How other threads reach a loop.
final class LoopMailbox: Sendable {
    enum Message: Sendable {
        /// A worker's answer for a connection, which may be gone by now.
        case answer(connection: UInt64, HTTPResponse)
        /// Stop accepting, end when the last answer is out.
        case drain
    }

    /// Becomes readable when a message is there.
    let wake: Int32
    private let messages = Mutex<[Message]>([])

    init(wake: Int32) {
        self.wake = wake
    }

    deinit {
        close(wake)
    }

    func post(_ message: Message) {
        messages.withLock { $0.append(message) }
        cevent_wake(wake)
    }

    func takeAll() -> [Message] {
        messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }
}

final class EventLoop {
    let core: ServerCore
    let mailbox: LoopMailbox
    let metrics: MetricsShard
    /// Where bytes are read to before the parser takes them.
    var inbound = [UInt8](repeating: 0, count: 64 << 10)
    /// Where an answer is put together.
    var outbound: [UInt8] = []
    private let base: OpaquePointer
    private var listener: OpaquePointer?
    private var connections: [UInt64: Connection] = [:]
    private var nextID: UInt64 = 0
    private var isAcceptPaused = false
    private var drainDeadline: UInt64?
    private var date: [UInt8] = []
    private var dateSecond: UInt64 = 0

    /// Takes over `socket`, which already listens.
    init(core: ServerCore, mailbox: LoopMailbox, listening socket: Int32) {
        guard let base = cevent_loop_new() else {
            preconditionFailure("no descriptor is left for an event loop; raise the limit of files")
        }
        self.core = core
        self.mailbox = mailbox
        self.base = base
        metrics = core.metrics.makeShard()
        let context = Unmanaged.passUnretained(self).toOpaque()
        listener = cevent_listener_new(base, socket, onAccept, onAcceptFailed, context)
        precondition(listener != nil, "the listening socket could not join its event loop")
    }

    /// Runs until it was told to drain and has done so.
    func run() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let persistent = Int16(EV_PERSIST)
        guard let wakeEvent = event_new(base, mailbox.wake, Int16(EV_READ) | persistent, onWake, context),
            let tickEvent = event_new(base, -1, persistent, onTick, context)
        else { preconditionFailure("out of memory for the events of a loop") }
        // Time limits are checked in ticks: cheaper than a timer each request, and exact enough.
        var tick = timeval(tv_sec: 0, tv_usec: 100_000)
        event_add(wakeEvent, nil)
        event_add(tickEvent, &tick)
        event_base_dispatch(base)
        event_free(wakeEvent)
        event_free(tickEvent)
        for connection in connections.values { close(connection) }
        if let listener { evconnlistener_free(listener) }
        event_base_free(base)
    }

    var isDraining: Bool { drainDeadline != nil }

    /// Closes the connection's socket and forgets it.
    func close(_ connection: Connection) {
        guard connections.removeValue(forKey: connection.id) != nil else { return }
        connection.free()
        core.metrics.openConnections.subtract(1, ordering: .relaxed)
        endIfDrained()
    }

    /// `date: ...` as a header line, made once a second.
    func dateLine() -> [UInt8] {
        let second = cevent_now() / 1_000_000_000
        if second != dateSecond || date.isEmpty {
            var text = [CChar](repeating: 0, count: 30)
            cevent_http_date(&text)
            dateSecond = second
            date = Array("date: ".utf8) + text.prefix(29).map { UInt8(bitPattern: $0) } + Array("\r\n".utf8)
        }
        return date
    }

    fileprivate func accept(socket: Int32, address: UnsafeMutablePointer<sockaddr>?, length: Int32) {
        let open = core.metrics.openConnections.add(1, ordering: .relaxed).newValue
        guard open <= core.configuration.connectionLimit,
            let stream = cevent_stream_new(base, socket)
        else {
            core.metrics.openConnections.subtract(1, ordering: .relaxed)
            core.metrics.refusedConnections.add(1, ordering: .relaxed)
            refuse(socket)
            return
        }
        var text = [CChar](repeating: 0, count: 64)
        cevent_address_text(address, length, &text, Int32(text.count))
        let end = text.firstIndex(of: 0) ?? text.count
        let remoteAddress = String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let connection = Connection(
            loop: self, id: nextID, socket: socket, stream: stream, remoteAddress: remoteAddress)
        connections[nextID] = connection
        nextID += 1
        connection.begin()
    }

    /// Tells a caller beyond the limit to come back, as far as its socket takes that at once.
    private func refuse(_ socket: Int32) {
        let body = #"{"error":{"code":"too_many_connections","message":"try again in a second"}}"#
        let answer =
            "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\n"
            + "content-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n" + body
        // A caller that does not take the answer only misses the reason.
        _ = cevent_send(socket, answer, UInt(answer.utf8.count))
        cevent_finish_sending(socket)
        Glibc.close(socket)
    }

    /// Accepting failed, as it does when descriptors run out: a pause until the next tick, for the waiting
    /// connection would wake the loop again at once.
    fileprivate func pauseAccepting() {
        guard let listener else { return }
        evconnlistener_disable(listener)
        isAcceptPaused = true
    }

    fileprivate func readMail() {
        cevent_wake_clear(mailbox.wake)
        for message in mailbox.takeAll() {
            switch message {
            case .answer(let id, let response):
                connections[id]?.takeAnswer(response)
            case .drain:
                drainDeadline = cevent_now() + core.configuration.drainTimeout.nanoseconds
                if let listener { evconnlistener_free(listener) }
                listener = nil
                for connection in connections.values where connection.isIdle { close(connection) }
                endIfDrained()
            }
        }
    }

    fileprivate func checkTimeLimits() {
        if isAcceptPaused, let listener {
            isAcceptPaused = false
            evconnlistener_enable(listener)
        }
        let now = cevent_now()
        for connection in connections.values where connection.deadline < now {
            connection.timeLimitPassed()
        }
        if let drainDeadline, drainDeadline < now { event_base_loopbreak(base) }
    }

    private func endIfDrained() {
        if isDraining, connections.isEmpty { event_base_loopbreak(base) }
    }
}

extension Duration {
    /// The duration in whole nanoseconds; a negative one is 0.
    var nanoseconds: UInt64 { UInt64(max(0, self / .nanoseconds(1))) }
}

// SAFETY (all four): libevent passes back the context of cevent_listener_new or event_new, which is the loop
// that owns the listener and the events and frees them before it ends; it calls on the loop's thread only.

private func onAccept(
    _ listener: OpaquePointer?, _ socket: Int32, _ address: UnsafeMutablePointer<sockaddr>?,
    _ length: Int32, _ context: UnsafeMutableRawPointer?
) {
    guard let context else { return }
    Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue()
        .accept(socket: socket, address: address, length: length)
}

private func onAcceptFailed(_ listener: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue().pauseAccepting()
}

private func onWake(_ descriptor: Int32, _ events: Int16, _ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue().readMail()
}

private func onTick(_ descriptor: Int32, _ events: Int16, _ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue().checkTimeLimits()
}
