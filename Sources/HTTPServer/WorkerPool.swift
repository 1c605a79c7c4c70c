// Threads for handlers that take longer than an event loop may be held up, behind a queue of bounded length.

import Glibc
import Synchronization

/// A fixed number of threads and a bounded queue.
final class WorkerPool: Sendable {
    typealias Work = @Sendable () -> Void

    private struct Queue {
        var work: [Work] = []
        /// Work before this index was taken.
        var first = 0
        var isClosed = false
    }

    private let queue = Mutex(Queue())
    private let available = Semaphore()
    private let queueLimit: Int
    private let metrics: HTTPMetrics
    private let threads = Mutex<[OwnedThread]>([])

    init(threadCount: Int, queueLimit: Int, metrics: HTTPMetrics) {
        self.queueLimit = queueLimit
        self.metrics = metrics
        threads.withLock {
            for index in 0..<threadCount {
                $0.append(OwnedThread(name: "http-worker-\(index)") { [self] in run() })
            }
        }
    }

    /// Queues work; false when the queue is full or the pool is closed.
    func submit(_ work: @escaping Work) -> Bool {
        let isAccepted = queue.withLock { queue in
            guard !queue.isClosed, queue.work.count - queue.first < queueLimit else { return false }
            queue.work.append(work)
            return true
        }
        if isAccepted {
            metrics.queuedRequests.add(1, ordering: .relaxed)
            available.signal()
        }
        return isAccepted
    }

    /// Lets running work end, drops what is queued, as nobody waits for it any more, and joins the threads.
    func close() {
        queue.withLock { $0 = Queue(isClosed: true) }
        let joined = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for _ in joined { available.signal() }
        for thread in joined { thread.join() }
    }

    private func run() {
        while true {
            available.wait()
            let next: Work? = queue.withLock { queue in
                guard queue.first < queue.work.count else { return nil }
                let work = queue.work[queue.first]
                queue.first += 1
                if queue.first == queue.work.count || queue.first >= 1024 {
                    queue.work.removeSubrange(..<queue.first)
                    queue.first = 0
                }
                return work
            }
            // A signal without work is one from or before `close`.
            guard let next else { return }
            metrics.queuedRequests.subtract(1, ordering: .relaxed)
            next()
        }
    }
}
