// When the feed makes changes searchable and when it commits them: a value-type state machine that is told
// what happened and what time it is, and answers what to do. The loop around it does the input and output.

/// Decides about refreshes and commits of one feed.
struct FeedPacing: Sendable {
    /// What to do now.
    struct Actions: OptionSet, Sendable {
        let rawValue: Int
        static let refresh = Actions(rawValue: 1)
        static let commit = Actions(rawValue: 2)
    }

    /// A change is searchable after this at the latest, while changes keep coming. A quarter of the promised
    /// second: the rest is for the batch itself and for waiting on a busy machine.
    var refreshInterval: Duration = .milliseconds(250)
    /// After a crash at most this much of the log is read again.
    var commitInterval: Duration = .seconds(5)

    private var lastRefresh: ContinuousClock.Instant
    private var lastCommit: ContinuousClock.Instant
    private var hasUnsearchable = false
    private var hasUncommitted = false

    init(now: ContinuousClock.Instant) {
        lastRefresh = now
        lastCommit = now
    }

    /// A batch was applied.
    mutating func applied(changeCount: Int) {
        guard changeCount > 0 else { return }
        hasUnsearchable = true
        hasUncommitted = true
    }

    /// What is due. With `isCaughtUp` there is nothing left to read, so waiting longer gains nothing.
    func due(now: ContinuousClock.Instant, isCaughtUp: Bool) -> Actions {
        var actions: Actions = []
        if hasUnsearchable, isCaughtUp || now - lastRefresh >= refreshInterval { actions.insert(.refresh) }
        if hasUncommitted, now - lastCommit >= commitInterval { actions.insert(.commit) }
        return actions
    }

    mutating func refreshed(now: ContinuousClock.Instant) {
        lastRefresh = now
        hasUnsearchable = false
    }

    mutating func committed(now: ContinuousClock.Instant) {
        lastCommit = now
        hasUnsearchable = false
        hasUncommitted = false
    }
}
