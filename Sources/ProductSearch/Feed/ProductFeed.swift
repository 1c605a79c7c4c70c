// The product-event consumer: reads the event log in order, a batch at a time, projects what changed and
// feeds the index. Delivery is at least once; the index drops what is not newer, so a doubled, late or
// repeated event changes nothing. An event whose product cannot be projected moves to the dead letters and
// the feed goes on; a store or an index that fails stops the feed, because skipping would lose the event.

import Engine
import JSON
import KoreanAnalysis
import Store

/// Feeds one index from the event log. Driven by one thread.
struct ProductFeed {
    /// What one step did.
    struct Step: Sendable {
        /// Events read, of any kind.
        var eventCount = 0
        /// Changes the index took.
        var appliedCount = 0
        /// Changes that were not newer than what the index held.
        var staleCount = 0
        /// Events that were moved to the dead letters.
        var deadLetterCount = 0
        /// What a change of the vocabulary did, where there was one.
        var vocabulary: VocabularyReport?
    }

    /// Batches are large enough to share out between threads, small enough to be searchable at once.
    static let usualBatchEventCount = 1_000

    /// Events of a batch at most.
    private let batchEventCount: Int
    let store: ProductStore
    let writer: IndexWriter
    let fields: ProductFields
    /// The analysis of everything that is in the index at `position`.
    private(set) var analysis: TextAnalysis
    /// The last event that was applied.
    private(set) var position: UInt64

    /// Changes of the vocabulary up to here are part of `analysis`.
    private var vocabularyPosition: UInt64
    private let parser = JSONParser()
    /// The batch behind the one that was applied last, where that was full.
    private var ahead: BatchAhead?

    private struct BatchAhead {
        /// The event behind which it begins, and the last change of the vocabulary that its analysis knows.
        let position: UInt64
        let vocabularyPosition: UInt64
        let batch: Ahead<PreparedBatch>
    }

    private var analyzer: KoreanAnalyzer { analysis.analyzer }

    init(
        store: ProductStore, writer: IndexWriter, fields: ProductFields, analyzer: KoreanAnalyzer,
        batchEventCount: Int = ProductFeed.usualBatchEventCount
    ) throws {
        self.batchEventCount = batchEventCount
        self.store = store
        self.writer = writer
        self.fields = fields
        let snapshot = writer.snapshot()
        position = snapshot.eventPosition
        // What the index holds was analysed with the vocabulary of its position, whatever came after; where
        // it holds nothing, the newest one saves analysing again what would be analysed with an older one
        // first.
        vocabularyPosition = snapshot.documentCount == 0 ? try store.lastSequence() : position
        analysis = TextAnalysis(
            analyzer, vocabulary: Vocabulary(try store.vocabulary(at: vocabularyPosition)))
    }

    /// Applies the next batch of events; nothing happens where there is none.
    mutating func step() throws -> Step {
        let batch = try nextBatch()
        guard let last = batch.events.last else { return Step() }
        if batch.isVocabulary { return try follow(vocabularyOf: last, eventCount: batch.events.count) }
        // There is more: it is made ready while this goes into the index.
        if batch.events.count == batchEventCount {
            let prepare = preparation
            ahead = BatchAhead(
                position: last.seq, vocabularyPosition: vocabularyPosition,
                batch: Ahead { try prepare(last.seq) })
        }
        return try apply(batch)
    }

    /// The batch behind `position`: the one that was made ready, or one that is made now.
    private mutating func nextBatch() throws -> PreparedBatch {
        if let ready = ahead.take(), ready.position == position,
            ready.vocabularyPosition == vocabularyPosition
        {
            return try ready.batch.value()
        }
        return try preparation(position)
    }

    /// Makes the batch behind a position ready, with the analysis as it is now.
    private var preparation: @Sendable (UInt64) throws -> PreparedBatch {
        { [store, fields, analyzer, batchEventCount] position in
            try PreparedBatch(
                after: position, limit: batchEventCount, store: store, fields: fields, analyzer: analyzer)
        }
    }

    /// Takes over the vocabulary of an event and analyses again what it touches.
    private mutating func follow(vocabularyOf event: Event, eventCount: Int) throws -> Step {
        guard event.seq > vocabularyPosition else {
            position = event.seq
            return Step(eventCount: eventCount)
        }
        let start = ContinuousClock.now
        let vocabulary = Vocabulary(try store.vocabulary(at: event.seq))
        let new = TextAnalysis(analysis.analyzer, vocabulary: vocabulary)
        // Seen by the search for touched products alone: searches get the snapshot when all of it is done.
        let snapshot = try writer.refresh(eventPosition: position)
        let rewriter = ProductRewriter(store: store, writer: writer, fields: fields)
        let rewrite = try rewriter.rewrite(snapshot, from: analysis, to: new)
        analysis = new
        position = event.seq
        vocabularyPosition = event.seq
        var step = Step(eventCount: eventCount)
        step.appliedCount = rewrite
        step.vocabulary = VocabularyReport(
            version: event.seq, reanalysedCount: rewrite, duration: ContinuousClock.now - start)
        return step
    }

    private mutating func apply(_ batch: PreparedBatch) throws -> Step {
        var step = Step(eventCount: batch.events.count)
        guard let last = batch.events.last else { return step }
        for (change, document) in zip(batch.changes, batch.documents) {
            do {
                switch try apply(change, document) {
                case .applied: step.appliedCount += 1
                case .stale, .missing: step.staleCount += 1
                }
            } catch let failure as Undeliverable {
                // No retry can help: the event is set aside for a person to look at, and the rest goes on.
                try store.recordDeadLetter(failure.event, error: failure.reason, attempts: 1)
                step.deadLetterCount += 1
            }
        }
        position = last.seq
        return step
    }

    /// An event that cannot be applied whatever is tried.
    private struct Undeliverable: Error {
        let event: Event
        let reason: String
    }

    private func apply(
        _ change: IndexChange, _ document: Result<IndexDocument, ProductError>?
    ) throws -> ApplyOutcome {
        switch change {
        case .upsert(_, let cause):
            guard let document else { preconditionFailure("an upsert without its document") }
            do {
                return try writer.upsert(try document.get())
            } catch let error as ProductError {
                throw Undeliverable(event: cause, reason: "the stored product cannot be read: \(error)")
            } catch IndexError.invalidDocument(let reason) {
                throw Undeliverable(event: cause, reason: reason)
            }
        case .update(let stored, let cause):
            let product: Product
            do {
                product = try stored.product(with: parser)
            } catch {
                throw Undeliverable(event: cause, reason: "the stored product cannot be read: \(error)")
            }
            let outcome = try writer.update(
                key: Array(stored.id.utf8), version: cause.seq, columns: fields.updatableValues(of: product))
            guard outcome == .missing else { return outcome }
            // The index never had the product, perhaps because it could not be read then: index all of it.
            var projector = ProductProjector(fields: fields, analyzer: analyzer)
            return try apply(.upsert(stored, cause: cause), projector.document(of: stored))
        case .delete(let cause):
            return try writer.delete(key: Array(cause.aggregateID.utf8), version: cause.seq)
        }
    }
}
