import Testing

@testable import ProductSearch

@Suite struct FeedPacingTests {
    let start = ContinuousClock.now

    @Test func `nothing is due without a change`() {
        let pacing = FeedPacing(now: start)
        #expect(pacing.due(now: start + .seconds(60), isCaughtUp: true) == [])
    }

    @Test func `a change is searchable at once when the log is exhausted`() {
        var pacing = FeedPacing(now: start)
        pacing.applied(changeCount: 1)
        #expect(pacing.due(now: start + .milliseconds(1), isCaughtUp: true) == .refresh)
    }

    @Test func `under constant change refreshes keep their distance and stay within the promised second`() {
        var pacing = FeedPacing(now: start)
        pacing.applied(changeCount: 5)
        #expect(pacing.due(now: start + .milliseconds(100), isCaughtUp: false) == [])
        #expect(pacing.due(now: start + .milliseconds(250), isCaughtUp: false) == .refresh)
        pacing.refreshed(now: start + .milliseconds(250))
        pacing.applied(changeCount: 5)
        #expect(pacing.due(now: start + .milliseconds(400), isCaughtUp: false) == [])
        #expect(pacing.refreshInterval <= .milliseconds(500))
    }

    @Test func `a commit follows the last one by its interval and covers the refresh`() {
        var pacing = FeedPacing(now: start)
        pacing.applied(changeCount: 1)
        #expect(pacing.due(now: start + .seconds(5), isCaughtUp: false).contains(.commit))
        pacing.committed(now: start + .seconds(5))
        #expect(pacing.due(now: start + .seconds(60), isCaughtUp: true) == [])
    }
}
