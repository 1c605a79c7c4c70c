// Keeps the completions of every segment of the newest snapshot. They are made on a thread of their own when
// a query first meets a new snapshot, while queries are answered from those there are; only a handful of
// fresh products are completed at once. What deletes and changes of status leave of a segment is taken over
// in the same way, large segments less often, so that it costs a small part of one core at most.

import Dispatch
import Engine
import KoreanAnalysis
import Synchronization

/// The completions of one index, segment by segment. Safe to use from any thread.
final class CompletionCache: Sendable {
    /// The completions of a segment.
    struct Part: Sendable {
        let id: SegmentID
        let index: CompletionIndex
        let titles: TitleIndex?
        let fingerprint: UInt64
        let madeAt: ContinuousClock.Instant
        let took: Duration
    }

    /// What queries are answered from.
    struct State: Sendable {
        /// The snapshot whose segments the parts are of, and the index that it belongs to.
        var sequence: UInt64
        var registry: ObjectIdentifier
        var parts: [Part]
        /// When a part that is behind its segment is to be made anew; nil where none is.
        var renewalAt: ContinuousClock.Instant?
        /// Why completions could not be made.
        var failure: SegmentError?
    }

    /// So many products are completed by the query that meets them first: they take less than a millisecond.
    private static let inlineProductCountMax = 64
    /// And so many are looked over for deletes.
    private static let inlineCheckedCountMax = 4_096
    /// A part rests so many times as long as it took to make.
    private static let restFactor = 20
    /// A query that comes before the first completions waits for them so long at most.
    private static let firstWait = DispatchTimeInterval.milliseconds(2_000)

    private let analyzer: KoreanAnalyzer
    private let options: SuggestOptions
    private let state = Mutex<State?>(nil)
    private let isMaking = Atomic<Bool>(false)
    private let isScheduled = Atomic<Bool>(false)
    private let queue = DispatchQueue(label: "completions", qos: .utility)
    private let first = DispatchGroup()

    init(analyzer: KoreanAnalyzer, options: SuggestOptions) {
        self.analyzer = analyzer
        self.options = options
    }

    /// The completions to answer from: those of `live`, or older ones while those are made.
    func current(for live: LiveView.State) -> State? {
        let known = state.withLock { $0 }
        if let known, !isBehind(known, live) { return known }
        if isQuicklyMade(known, live) {
            make(live)
        } else {
            schedule(live)
            if known == nil { _ = first.wait(timeout: .now() + Self.firstWait) }
        }
        return state.withLock { $0 }
    }

    /// What queries are answered from now; nil before the first completions are made.
    var known: State? { state.withLock { $0 } }

    private func isBehind(_ known: State, _ live: LiveView.State) -> Bool {
        if known.registry != ObjectIdentifier(live.snapshot.registry) { return true }
        if known.sequence != live.snapshot.sequence { return true }
        return known.renewalAt.map { $0 <= .now } ?? false
    }

    private func isQuicklyMade(_ known: State?, _ live: LiveView.State) -> Bool {
        let isSameIndex = known?.registry == ObjectIdentifier(live.snapshot.registry)
        var missing = 0
        var checked = 0
        for view in live.snapshot.segments {
            let count = Int(view.segment.documentCount)
            if isSameIndex, known?.parts.contains(where: { $0.id == view.id }) == true {
                checked += count
            } else {
                missing += count
            }
        }
        return missing <= Self.inlineProductCountMax && checked <= Self.inlineCheckedCountMax
    }

    /// Brings the state to `live` on another thread.
    func schedule(_ live: LiveView.State) {
        guard isScheduled.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else {
            return
        }
        first.enter()
        queue.async { [self] in
            make(live)
            isScheduled.store(false, ordering: .relaxed)
            first.leave()
        }
    }

    /// Brings the state to `live`, unless another thread is at it: the next query asks again.
    func make(_ live: LiveView.State) {
        guard isMaking.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
            return
        }
        defer { isMaking.store(false, ordering: .releasing) }
        let registry = ObjectIdentifier(live.snapshot.registry)
        let known = state.withLock { $0 }
        if let known, !isBehind(known, live) { return }
        let parts = known?.registry == registry ? known?.parts ?? [] : []
        var made = State(sequence: live.snapshot.sequence, registry: registry, parts: [])
        for view in live.snapshot.segments {
            do throws(SegmentError) {
                let old = parts.first { $0.id == view.id }
                let (part, renewalAt) = try part(of: view, after: old, live.fields)
                made.parts.append(part)
                if let renewalAt { made.renewalAt = min(made.renewalAt ?? renewalAt, renewalAt) }
            } catch {
                made.failure = error
            }
        }
        let finished = made
        state.withLock { $0 = finished }
    }

    private func part(
        of view: SegmentView, after old: Part?, _ fields: ProductFields
    ) throws(SegmentError) -> (Part, renewalAt: ContinuousClock.Instant?) {
        let start = ContinuousClock.now
        let products = try CompletedProducts(view, fields: fields, options: options)
        if let old {
            if old.fingerprint == products.fingerprint { return (old, nil) }
            let renewalAt = old.madeAt + old.took * Self.restFactor
            if renewalAt > start { return (old, renewalAt) }
        }
        let made = try SegmentCompletions.index(of: view, products, fields: fields, analyzer: analyzer)
        let part = Part(
            id: view.id, index: made.completions, titles: made.titles, fingerprint: products.fingerprint,
            madeAt: .now,
            took: .now - start)
        return (part, nil)
    }
}
