import Glibc

/// How a store treats time, disk and other processes.
public struct StoreOptions: Sendable {
    /// When a change is on disk.
    public enum Durability: Sendable {
        /// When the call returns.
        case full
        /// After `ProductStore.synchronize`. A crash of the machine before that can lose the latest
        /// changes, in order from the end and whole transactions only; a crash of the process loses none.
        case deferred
    }

    /// When a change is on disk.
    public var durability: Durability
    /// How long a writer waits for another process before it throws `StoreError.busy`.
    public var busyMilliseconds: Int
    /// How large the file may become; nil for as large as the disk allows.
    public var byteLimit: Int?
    /// How many reading connections are kept open while they are not used.
    public var idleReaderCount: Int
    /// The time in milliseconds since 1970.
    public var clock: @Sendable () -> Int64

    /// Durable changes, and ten seconds of patience.
    public init(
        durability: Durability = .full, busyMilliseconds: Int = 10_000, byteLimit: Int? = nil,
        idleReaderCount: Int = 4, clock: @escaping @Sendable () -> Int64 = StoreOptions.systemClock
    ) {
        self.durability = durability
        self.busyMilliseconds = busyMilliseconds
        self.byteLimit = byteLimit
        self.idleReaderCount = idleReaderCount
        self.clock = clock
    }

    /// The machine's clock.
    @Sendable public static func systemClock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
