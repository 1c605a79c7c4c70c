// What searches see: the newest published snapshot with the fields it was written with, and how old it is.
// One lock, held for an assignment or a copy; a search keeps the snapshot it began with.

import Engine
import Synchronization

/// The state of the index that searches read, swapped as a whole.
public final class LiveView: Sendable {
    struct State: Sendable {
        var snapshot: Snapshot
        var fields: ProductFields
        /// The analysis that the documents of the snapshot were made with.
        var analysis: TextAnalysis
        /// What the newest changes of the vocabulary did, oldest first.
        var vocabularyReports: [VocabularyReport] = []
        /// When the index last contained everything the store had.
        var caughtUpAt: ContinuousClock.Instant
        var isCaughtUp: Bool
        /// Why the feed stands still, where it does.
        var failure: String?
    }

    private let state: Mutex<State>
    private static let reportCountMax = 64
    /// The words of the segments, for repairing queries.
    let spelling: SpellingVocabularies

    /// - Parameter isFollowing: whether snapshots will be published; otherwise there is only this one.
    init(
        snapshot: Snapshot, fields: ProductFields, analysis: TextAnalysis, isCaughtUp: Bool,
        isFollowing: Bool = true
    ) {
        state = Mutex(
            State(
                snapshot: snapshot, fields: fields, analysis: analysis, caughtUpAt: .now,
                isCaughtUp: isCaughtUp, failure: nil))
        spelling = SpellingVocabularies(readsInBackground: isFollowing)
        spelling.follow(snapshot, fields: fields.spellingFields)
    }

    var current: State { state.withLock { $0 } }

    /// The event position that searches contain.
    public var sequence: UInt64 { state.withLock { $0.snapshot.eventPosition } }

    /// How long ago the index was known to contain all of the store; small while it keeps up.
    public var age: Duration {
        state.withLock { $0.isCaughtUp ? .zero : ContinuousClock.now - $0.caughtUpAt }
    }

    /// Whether searches see everything the store held a moment ago.
    public var isCaughtUp: Bool { state.withLock { $0.isCaughtUp } }

    /// Why the index does not follow the store, or nil while it does.
    public var failure: String? { state.withLock { $0.failure } }

    /// Searches from here on see the snapshot, with the analysis that belongs to it: never the one without
    /// the other.
    func publish(
        _ snapshot: Snapshot, fields: ProductFields, analysis: TextAnalysis, reports: [VocabularyReport] = []
    ) {
        state.withLock {
            $0.snapshot = snapshot
            $0.fields = fields
            $0.analysis = analysis
            $0.vocabularyReports = ($0.vocabularyReports + reports).suffix(Self.reportCountMax)
        }
        spelling.follow(snapshot, fields: fields.spellingFields)
    }

    func report(isCaughtUp: Bool) {
        state.withLock {
            $0.isCaughtUp = isCaughtUp
            if isCaughtUp { $0.caughtUpAt = .now }
            $0.failure = nil
        }
    }

    func report(failure: String) {
        state.withLock {
            $0.failure = failure
            $0.isCaughtUp = false
        }
    }
}
