// Work that is done before its turn. While a batch goes into the index, the one behind it is read and
// analysed on other threads: analysis and inversion run side by side.

import Dispatch
import Synchronization

/// A value that is made on another thread.
final class Ahead<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let isDone = DispatchGroup()

    /// Begins at once.
    init(_ make: @escaping @Sendable () throws -> Value) {
        DispatchQueue.global().async(group: isDone) { [self] in
            let made = Result { try make() }
            result.withLock { $0 = made }
        }
    }

    /// The value, once it is there. Throws what making it threw.
    func value() throws -> Value {
        isDone.wait()
        guard let made = result.withLock({ $0 }) else { preconditionFailure("done without a result") }
        return try made.get()
    }
}
