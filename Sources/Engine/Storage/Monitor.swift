// A value guarded by a lock that threads can also wait on. The standard Mutex has no condition to wait for,
// and the merge thread has to sleep until there is something to merge.

import Glibc

/// A lock around a value, with a condition.
///
/// Unchecked: the value is reached only while the lock is held.
final class Monitor<Value>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var value: Value

    init(_ value: sending Value) {
        // SAFETY: both live at a fixed address from here to deinit, which POSIX asks for.
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        condition = .allocate(capacity: 1)
        condition.initialize(to: pthread_cond_t())
        self.value = value
        precondition(pthread_mutex_init(mutex, nil) == 0 && pthread_cond_init(condition, nil) == 0)
    }

    deinit {
        // SAFETY: nobody can hold or wait on the lock of an object without references.
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` with the lock held.
    func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }

    /// Runs `body` until it returns a value, sleeping after each `nil` until somebody calls ``wakeAll()``.
    func wait<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result?
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = try body(&value) { return result }
            pthread_cond_wait(condition, mutex)
        }
    }

    /// Wakes every thread in ``wait(_:)`` to look again.
    func wakeAll() {
        pthread_cond_broadcast(condition)
    }
}
