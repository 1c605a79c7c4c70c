// The best hits of one segment by score, and the score that the next must reach.

import CKernels

/// Keeps the best hits of a segment.
struct BestScores {
    private var ranker: ScoreRanker
    private var hits: TopHits<ScoreRank>
    /// Documents with a lower score cannot get onto the page; those that tie may.
    private(set) var threshold: Float
    private var floor: Float = 0
    /// Hits that were offered.
    private(set) var offeredCount = 0

    init(ranker: ScoreRanker, capacity: Int) {
        self.ranker = ranker
        hits = TopHits(capacity: capacity)
        threshold = ranker.threshold(nil)
    }

    /// Larger pages are not worth looking ahead for.
    private static let primedCapacityMax = 128

    var capacity: Int { hits.capacity }

    /// Whether `raise` may be called: not for a page behind a cursor, which leaves out the best.
    var mayBePrimed: Bool { ranker.limit == nil && hits.capacity <= Self.primedCapacityMax }

    /// Raises the threshold to a score that as many hits as there is room for are known to have.
    mutating func raise(_ score: Float) {
        floor = max(floor, score)
        threshold = max(threshold, score)
    }

    /// Keeps a document if it is among the best so far.
    mutating func offer(_ document: UInt32, _ score: Float) throws(SegmentError) {
        offeredCount += 1
        if score < threshold { return }
        let rank = try ranker.rank(document: document, offset: 0, score: score)
        if let limit = ranker.limit, !(rank < limit) { return }
        hits.offer(rank, document)
        threshold = max(floor, ranker.threshold(hits.worst))
    }

    /// The hits, best first.
    func sorted() -> [(document: UInt32, score: Float)] {
        hits.sorted().map { ($0.document, $0.rank.score) }
    }
}

/// Which documents may be hits at all.
enum Acceptance {
    case all
    case live(LiveDocs)
    case set(DocumentSet)

    @inline(__always)
    func contains(_ document: UInt32) -> Bool {
        switch self {
        case .all: true
        case .live(let liveDocs): liveDocs.contains(document)
        case .set(let set): set.contains(document)
        }
    }
}

/// A set of documents of one segment, a bit each.
final class DocumentSet: @unchecked Sendable {
    // SAFETY (Sendable): it is filled by one search and read by the same.
    let words: UnsafeMutablePointer<UInt64>
    private let documentCount: UInt32

    init(documentCount: UInt32) {
        self.documentCount = documentCount
        let wordCount = Int(Window.count(documentCount)) * Window.wordCount
        words = .allocate(capacity: wordCount)
        words.initialize(repeating: 0, count: wordCount)
    }

    deinit { words.deallocate() }

    /// How many documents are in the set. O(documents / 64).
    var count: Int { saekin_count_bits(words, Int(Window.count(documentCount)) * Window.wordCount) }

    @inline(__always)
    func contains(_ document: UInt32) -> Bool {
        precondition(document < documentCount, "no such document")
        return words[Int(document >> 6)] >> UInt64(document & 63) & 1 == 1
    }
}
