// Owns the index writer of one data folder and keeps the index in step with the store: the thread that runs
// the feed, makes changes searchable, commits, and moves to a new generation when a reindex has made one.

import Dispatch
import Engine
import KoreanAnalysis
import Store
import Synchronization

/// Keeps the index of a data folder in step with its store.
public final class ProductIndexer: Sendable {
    /// How far a run has come.
    public struct Progress: Sendable {
        public var position: UInt64
        public var lastSequence: UInt64
        public var appliedCount: Int
    }

    /// With nothing to do, other processes' writes are looked for this often.
    private static let pollInterval = DispatchTimeInterval.milliseconds(50)
    /// After a failure the feed tries again this late.
    private static let retryInterval = DispatchTimeInterval.seconds(1)
    /// The catalogue is learned from again when this many products have changed, and this share of them.
    private static let learningChangeCountMin = 1_000
    private static let learningShare = 10
    /// A new generation is looked for this often.
    private static let generationCheckInterval = Duration.seconds(1)

    /// Loads of fewer changes are left to the merge policy.
    private static let bulkCountMin = 10_000
    /// Larger indices are left to it as well: merging them whole takes minutes.
    private static let tidyByteCountMax = 1 << 30

    public let view: LiveView
    private let folder: DataFolder
    private let store: ProductStore
    private let analyzer: KoreanAnalyzer
    private let wake = DispatchSemaphore(value: 0)
    private let isStopping = Atomic<Bool>(false)
    private let hasUnusedGeneration = Atomic<Bool>(false)
    private let live: Mutex<LiveGeneration>
    private let isLearning = Atomic<Bool>(false)

    private struct LiveGeneration: Sendable {
        var number: UInt64
        var writer: IndexWriter
        var fields: ProductFields
    }

    /// Opens the live generation of `folder` for writing; makes the first one in a fresh folder.
    /// - Throws: `IndexError.locked` where another process is the writer.
    public init(folder: DataFolder, store: ProductStore, analyzer: KoreanAnalyzer) throws {
        self.folder = folder
        self.store = store
        self.analyzer = analyzer
        let generations = IndexGenerations(directory: folder.indexPath)
        let generation = try Self.open(try generations.currentOrFirst(), generations, analyzer)
        live = Mutex(generation)
        let snapshot = generation.writer.snapshot()
        let vocabulary = Vocabulary(try store.vocabulary(at: snapshot.eventPosition))
        view = LiveView(
            snapshot: snapshot, fields: generation.fields,
            analysis: TextAnalysis(analyzer, vocabulary: vocabulary),
            isCaughtUp: snapshot.eventPosition >= (try store.lastSequence()))
    }

    private static func open(
        _ number: UInt64, _ generations: IndexGenerations, _ analyzer: KoreanAnalyzer
    ) throws -> LiveGeneration {
        let writer = try IndexWriter.open(directory: generations.path(number), options: .products(analyzer))
        return LiveGeneration(
            number: number, writer: writer, fields: try ProductFields(registry: writer.registry))
    }

    /// Whether the index was made by another dictionary or another projection than this release has. It can
    /// be searched, but what it holds and what is searched for may be cut differently: a reindex mends that.
    public var needsReindex: Bool {
        live.withLock { $0.writer.analysis != IndexOptions.products(analyzer).analysis }
    }

    // MARK: Following the log

    /// Tells the feed that there is something new, so that it need not wait for its next look.
    public func notify() { wake.signal() }

    /// Follows the log until `stop` is called; runs on the caller's thread.
    public func run() {
        var run: FeedRun?
        while !isStopping.load(ordering: .acquiring) {
            do {
                if run == nil { run = try FeedRun(self) }
                let isIdle = try run?.turn() ?? true
                if isIdle { _ = wake.wait(timeout: .now() + Self.pollInterval) }
            } catch {
                view.report(failure: "\(error)")
                _ = wake.wait(timeout: .now() + Self.retryInterval)
                run?.recover(from: error)
            }
        }
    }

    /// Ends `run`; call `close` once it has returned.
    public func stop() {
        isStopping.store(true, ordering: .releasing)
        wake.signal()
    }

    /// Commits what was fed and gives the folder free for another writer.
    public func close() throws {
        while isLearning.load(ordering: .acquiring) { Pause.milliseconds(5) }
        try live.withLock { live in
            try live.writer.commit(eventPosition: live.writer.snapshot().eventPosition)
            live.writer.close()
        }
    }

    /// Feeds everything the store holds and commits, on the caller's thread. `isFinished` is asked when the
    /// log is exhausted: with more to come it answers false, and the feed waits for it.
    public func catchUp(
        isFinished: () -> Bool = { true }, progress: (Progress) -> Void = { _ in }
    ) throws {
        let (writer, fields) = live.withLock { ($0.writer, $0.fields) }
        var feed = try ProductFeed(store: store, writer: writer, fields: fields, analyzer: analyzer)
        var applied = 0
        var reports: [VocabularyReport] = []
        while true {
            // Asked before the log is read: what is written until then is part of what is read.
            let isLast = isFinished()
            let step = try feed.step()
            applied += step.appliedCount
            if let report = step.vocabulary { reports.append(report) }
            if step.eventCount == 0 {
                if isLast { break }
                _ = wake.wait(timeout: .now() + .milliseconds(5))
                continue
            }
            progress(
                Progress(
                    position: feed.position, lastSequence: try store.lastSequence(), appliedCount: applied))
        }
        try writer.commit(eventPosition: feed.position)
        if applied >= Self.bulkCountMin { try tidy(writer, feed.position) }
        view.publish(writer.snapshot(), fields: fields, analysis: feed.analysis, reports: reports)
        view.report(isCaughtUp: true)
    }

    /// Whether nothing is indexed yet. The vocabulary is then best learned before anything is analysed.
    public var isEmpty: Bool { view.current.snapshot.documentCount == 0 }

    /// Learns from all products of the store, where `changeCount` changes are enough for it to pay. What was
    /// learned comes to the index by the event log.
    /// - Returns: whether the vocabulary has changed.
    public func learnVocabulary(changeCount: Int) throws -> Bool {
        let due = max(Self.learningChangeCountMin, try store.count() / Self.learningShare)
        guard changeCount >= due else { return false }
        return try VocabularyLearner(store: store, analyzer: analyzer).learn().hasChanged
    }

    /// Waits until background merges are done.
    public func waitForMerges() throws {
        try live.withLock { $0.writer }.waitForMerges()
    }

    /// After a bulk load nobody is waiting, and one ordered segment is smaller and faster than several.
    private func tidy(_ writer: IndexWriter, _ position: UInt64) throws {
        let byteCount = writer.snapshot().segments.reduce(0) { $0 + $1.segment.byteCount }
        guard byteCount <= Self.tidyByteCountMax else { return }
        try writer.forceMerge(maxSegments: 1)
        try writer.commit(eventPosition: position)
    }

    // MARK: One run of the thread

    /// The state of the thread between two turns.
    private struct FeedRun {
        let indexer: ProductIndexer
        var feed: ProductFeed
        var pacing = FeedPacing(now: .now)
        var lastGenerationCheck = ContinuousClock.now
        /// What changes of the vocabulary did that no search sees yet.
        var reports: [VocabularyReport] = []

        init(_ indexer: ProductIndexer) throws {
            self.indexer = indexer
            feed = try indexer.makeFeed()
        }

        /// Changes of products since the catalogue was learned from last.
        var changeCount = 0

        /// Applies one batch and does what is due. Returns whether there is nothing left to do for now.
        mutating func turn() throws -> Bool {
            try followGeneration()
            let step = try feed.step()
            pacing.applied(changeCount: step.appliedCount)
            if let report = step.vocabulary {
                reports.append(report)
                // A new vocabulary is worth a commit even where it touches no product.
                pacing.applied(changeCount: 1)
            }
            changeCount += step.vocabulary == nil ? step.appliedCount : 0
            // A step ends before and behind a change of the vocabulary: only an empty one says that it is
            // all.
            let isCaughtUp = step.eventCount == 0
            let due = pacing.due(now: .now, isCaughtUp: isCaughtUp)
            if due.contains(.commit) {
                try feed.writer.commit(eventPosition: feed.position)
                pacing.committed(now: .now)
                publish(feed.writer.snapshot())
            } else if due.contains(.refresh) || (isCaughtUp && indexer.view.sequence < feed.position) {
                // Also without a change: the position moves on, and `min_seq` waits for it.
                let snapshot = try feed.writer.refresh(eventPosition: feed.position)
                pacing.refreshed(now: .now)
                publish(snapshot)
            }
            if isCaughtUp {
                indexer.view.report(isCaughtUp: true)
                learnIfDue()
            }
            return isCaughtUp
        }

        /// Starts to learn, beside the feed, once so much of the catalogue has changed that it pays.
        private mutating func learnIfDue() {
            let productCount = indexer.view.current.snapshot.documentCount
            guard
                changeCount
                    >= max(learningChangeCountMin, productCount / learningShare),
                indexer.isLearning.compareExchange(
                    expected: false, desired: true, ordering: .acquiringAndReleasing
                ).exchanged
            else { return }
            changeCount = 0
            indexer.learnInBackground()
        }

        private mutating func publish(_ snapshot: Snapshot) {
            indexer.view.publish(
                snapshot, fields: feed.fields, analysis: feed.analysis, reports: reports)
            reports = []
        }

        /// Moves to the generation that a reindex has swapped in.
        private mutating func followGeneration() throws {
            guard ContinuousClock.now - lastGenerationCheck >= generationCheckInterval else { return }
            lastGenerationCheck = .now
            if try indexer.followGeneration() {
                feed = try indexer.makeFeed()
                pacing = FeedPacing(now: .now)
            }
            try indexer.removeUnusedGenerations()
        }

        /// A writer that failed refuses everything; a new one begins at the last commit.
        mutating func recover(from error: any Error) {
            guard error is IndexError else { return }
            do {
                try indexer.reopenWriter()
                feed = try indexer.makeFeed()
                pacing = FeedPacing(now: .now)
            } catch {
                indexer.view.report(failure: "\(error)")
            }
        }
    }

    /// Learns on a thread that gives way to all others; what was learned comes back by the event log.
    private func learnInBackground() {
        let thread = BackgroundThread { [self] in
            BackgroundThread.giveWay()
            do {
                if try VocabularyLearner(store: store, analyzer: analyzer).learn().hasChanged { notify() }
            } catch {
                view.report(failure: "learning from the catalogue: \(error)")
            }
            isLearning.store(false, ordering: .releasing)
        }
        thread.detach()
    }

    private func makeFeed() throws -> ProductFeed {
        let (writer, fields) = live.withLock { ($0.writer, $0.fields) }
        return try ProductFeed(store: store, writer: writer, fields: fields, analyzer: analyzer)
    }

    /// Opens the generation that is current now, where it is another one, and brings it to where the old one
    /// is before searches see it: no search ever goes back in time.
    private func followGeneration() throws -> Bool {
        let generations = IndexGenerations(directory: folder.indexPath)
        let old = live.withLock { $0 }
        guard let current = try generations.current(), current != old.number else { return false }
        let new = try Self.open(current, generations, analyzer)
        var feed = try ProductFeed(store: store, writer: new.writer, fields: new.fields, analyzer: analyzer)
        let goal = view.sequence
        while feed.position < goal, try feed.step().eventCount > 0 {}
        let snapshot = try new.writer.refresh(eventPosition: feed.position)
        live.withLock { $0 = new }
        view.publish(snapshot, fields: new.fields, analysis: feed.analysis)
        old.writer.close()
        hasUnusedGeneration.store(true, ordering: .relaxed)
        return true
    }

    /// Removes the generation that was left; later, where a rebuild is running.
    private func removeUnusedGenerations() throws {
        guard hasUnusedGeneration.load(ordering: .relaxed) else { return }
        let generations = IndexGenerations(directory: folder.indexPath)
        do {
            _ = try generations.removeUnused(try generations.lockForRebuild())
            hasUnusedGeneration.store(false, ordering: .relaxed)
        } catch IndexError.locked {
            return
        }
    }

    private func reopenWriter() throws {
        try live.withLock { live in
            live.writer.close()
            live = try Self.open(live.number, IndexGenerations(directory: folder.indexPath), analyzer)
        }
    }
}
