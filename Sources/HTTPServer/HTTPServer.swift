// A server: listening sockets, a thread with an event loop for each, a worker pool. Everything between is in
// EventLoop (accepting, time limits) and Connection (one caller's requests and answers).

import CEvent
import Glibc
import Synchronization

/// Why a server cannot start.
public enum HTTPServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another process listens there.
    case portInUse(UInt16)
    /// The host is no numeric address of this machine.
    case badAddress(String)
    /// The system refused; `operation` and `errno` say what.
    case system(operation: String, errno: Int32)
    /// `start()` was called twice.
    case alreadyStarted

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .portInUse(let port):
            "port \(port) is in use; stop the program that listens there or choose another port"
        case .badAddress(let host):
            "\(host) is no address to listen on; give a numeric one of this machine, such as 127.0.0.1"
        case .system(let operation, let errno):
            "\(operation) failed: \(String(cString: strerror(errno))) (errno \(errno))"
        case .alreadyStarted:
            "the server was started before; make another one"
        }
    }
}

/// An HTTP/1.1 server with synchronous handlers.
///
/// Each event loop has its own listening socket on the shared port (SO_REUSEPORT), so the kernel spreads
/// connections and loops share nothing but counters. It runs until `stop()`, also when nobody holds it.
public final class HTTPServer: Sendable {
    private enum State {
        case fresh
        case running(port: UInt16, workers: WorkerPool, loops: [(LoopMailbox, OwnedThread)])
        case stopped
    }

    private let configuration: HTTPServerConfiguration
    private let router: Router
    private let metrics: HTTPMetrics
    private let state = Mutex(State.fresh)

    /// A server that does not listen yet. Precondition: limits and counts are positive.
    public init(
        configuration: HTTPServerConfiguration, router: Router, metrics: HTTPMetrics = HTTPMetrics()
    ) {
        precondition((configuration.loopCount ?? 1) > 0 && (configuration.workerCount ?? 1) > 0)
        precondition(configuration.headByteLimit > 0 && configuration.minimumBytesPerSecond > 0)
        self.configuration = configuration
        self.router = router
        self.metrics = metrics
    }

    /// The port in use, once started.
    public var port: UInt16? {
        state.withLock { if case .running(let port, _, _) = $0 { port } else { nil } }
    }

    /// Listens and returns; handlers may be called before it does.
    public func start() throws(HTTPServerError) {
        try state.withLock { (state) throws(HTTPServerError) in
            guard case .fresh = state else { throw .alreadyStarted }
            let cores = max(2, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
            // Room for every connection beside what the rest of the process holds open.
            cevent_allow_files(UInt64(configuration.connectionLimit) + 1024)
            let (sockets, port) = try listen(count: configuration.loopCount ?? cores)
            let mailboxes = try makeMailboxes(sockets)
            let workers = WorkerPool(
                threadCount: configuration.workerCount ?? cores, queueLimit: configuration.workerQueueLimit,
                metrics: metrics)
            let core = ServerCore(
                configuration: configuration, router: router, metrics: metrics, workers: workers)
            var loops: [(LoopMailbox, OwnedThread)] = []
            for (socket, mailbox) in zip(sockets, mailboxes) {
                let thread = OwnedThread(name: "http-loop") {
                    EventLoop(core: core, mailbox: mailbox, listening: socket).run()
                }
                loops.append((mailbox, thread))
            }
            state = .running(port: port, workers: workers, loops: loops)
        }
    }

    /// Stops listening, closes idle connections, lets answers under way end within `drainTimeout`, and
    /// returns when all threads are done. A handler that never returns keeps it waiting, so it must not be
    /// called by one.
    public func stop() {
        let previous = state.withLock { state in
            defer { state = .stopped }
            return state
        }
        guard case .running(_, let workers, let loops) = previous else { return }
        for (mailbox, _) in loops { mailbox.post(.drain) }
        for (_, thread) in loops { thread.join() }
        workers.close()
    }

    /// Opens `count` sockets on one port. The port is first taken alone: sockets that share a port would
    /// also share it with another running server, and silently split its callers.
    private func listen(count: Int) throws(HTTPServerError) -> (sockets: [Int32], port: UInt16) {
        var port = configuration.port
        let probe = try listen(port: &port, sharesPort: false)
        close(probe)
        var sockets: [Int32] = []
        do {
            for _ in 0..<count { sockets.append(try listen(port: &port, sharesPort: true)) }
        } catch {
            for socket in sockets { close(socket) }
            throw error
        }
        return (sockets, port)
    }

    private func makeMailboxes(_ sockets: [Int32]) throws(HTTPServerError) -> [LoopMailbox] {
        var mailboxes: [LoopMailbox] = []
        for _ in sockets {
            let wake = cevent_wake_new()
            guard wake >= 0 else {
                for socket in sockets { close(socket) }
                throw .system(operation: "opening the wake-up of an event loop", errno: -wake)
            }
            mailboxes.append(LoopMailbox(wake: wake))
        }
        return mailboxes
    }

    private func listen(port: inout UInt16, sharesPort: Bool) throws(HTTPServerError) -> Int32 {
        let result = cevent_listen(configuration.host, port, sharesPort ? 1 : 0, 4096, &port)
        switch -result {
        case EADDRINUSE: throw .portInUse(port)
        case EINVAL, EADDRNOTAVAIL: throw .badAddress(configuration.host)
        case let errno where errno > 0:
            throw .system(operation: "listening on \(configuration.host):\(port)", errno: errno)
        default: return result
        }
    }
}

/// What all loops of a server share.
final class ServerCore: Sendable {
    let configuration: HTTPServerConfiguration
    let router: Router
    let metrics: HTTPMetrics
    let workers: WorkerPool

    init(configuration: HTTPServerConfiguration, router: Router, metrics: HTTPMetrics, workers: WorkerPool) {
        self.configuration = configuration
        self.router = router
        self.metrics = metrics
        self.workers = workers
    }

    /// Sets memory aside for a large body; false when all bodies together would be too large.
    func reserveBody(_ byteCount: Int) -> Bool {
        let held = metrics.heldBodyBytes.add(byteCount, ordering: .relaxed).newValue
        if held <= configuration.totalBodyByteLimit { return true }
        metrics.heldBodyBytes.subtract(byteCount, ordering: .relaxed)
        return false
    }

    func releaseBody(_ byteCount: Int) {
        metrics.heldBodyBytes.subtract(byteCount, ordering: .relaxed)
    }
}
