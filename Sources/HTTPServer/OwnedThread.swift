// POSIX threads and semaphores: the event loops and workers need threads of their own with every signal
// blocked, which neither Dispatch nor the concurrency pool gives.

import CEvent
import Glibc

/// A running thread that its owner joins.
struct OwnedThread: Sendable {
    private let handle: pthread_t

    /// Starts `body` on a thread of that name (at most 15 bytes), with all signals blocked.
    /// Precondition: the system has a thread left.
    init(name: String, _ body: @escaping @Sendable () -> Void) {
        let start = Start(name: name, body: body)
        var handle = pthread_t()
        let error = pthread_create(&handle, nil, runThread, Unmanaged.passRetained(start).toOpaque())
        precondition(error == 0, "no thread could be started (errno \(error)); raise the limit of processes")
        self.handle = handle
    }

    /// Waits until the thread has ended. To be called once.
    func join() {
        pthread_join(handle, nil)
    }
}

private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    // SAFETY: `context` is the retained Start that OwnedThread.init passed, handed over exactly once.
    let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
    cevent_begin_thread(start.name)
    start.body()
    return nil
}

/// A counting semaphore.
final class Semaphore: Sendable {
    // SAFETY: allocated here and freed in deinit only; sem_t is made for use by many threads.
    nonisolated(unsafe) private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        semaphore.initialize(to: sem_t())
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() {
        sem_post(semaphore)
    }

    func wait() {
        while sem_wait(semaphore) != 0 {}
    }
}
