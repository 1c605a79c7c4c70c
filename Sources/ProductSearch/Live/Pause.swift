// Waiting without Foundation, and threads with an owner.

import Glibc

/// Short sleeps of polling loops.
public enum Pause {
    public static func milliseconds(_ count: UInt32) { usleep(count * 1_000) }
}

/// A thread that runs one body; its owner joins it.
public final class BackgroundThread {
    private var thread = pthread_t()

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts `body` on a thread with a stack for deep recursion of the query and JSON trees.
    public init(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Body(body)).toOpaque()
        let result = pthread_create(
            &thread, nil,
            { context in
                // SAFETY: the pointer is the retained body of this very thread, released here once.
                Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
                return nil
            }, context)
        precondition(result == 0, "the system has no more threads")
    }

    /// Lets the thread end by itself; its owner waits for it in another way. In place of `join`.
    public func detach() { pthread_detach(thread) }

    /// Makes the calling thread stand back behind those that answer, for the rest of its life.
    static func giveWay() { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }

    /// Waits for the body to end. Called once.
    public func join() { pthread_join(thread, nil) }
}
