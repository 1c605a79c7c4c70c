// A thread of our own for work that takes long: the tasks of Swift's concurrency share a few threads that
// must not be held by a merge of minutes.

import Glibc

/// A started thread, to be joined once.
struct WorkerThread: ~Copyable, @unchecked Sendable {
    // SAFETY (Sendable): a pthread_t is a number for the kernel, usable from any thread.
    private let handle: pthread_t

    /// Starts a thread that runs `body` and ends.
    init(_ body: @escaping @Sendable () -> Void) throws(FileError) {
        var handle = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        let code = pthread_create(
            &handle, nil,
            { context in
                // SAFETY: the pointer is the box that was retained for this one call.
                if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            throw FileError(.startThread, path: "merge thread", code: code)
        }
        self.handle = handle
    }

    /// Makes the calling thread stand back behind all others of the process, for the rest of its life.
    static func giveWay() { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }

    /// Waits for the end of the thread.
    consuming func join() {
        pthread_join(handle, nil)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
