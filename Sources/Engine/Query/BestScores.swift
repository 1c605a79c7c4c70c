// The best hits of a segment by score, and the score that the next must reach.

import CKernels

/// Keeps the best hits of the segments of a space.
///
/// Scores alone decide what may stay. Who wins a tie is found out at the end, when few are left: it takes a
/// look at the documents' keys.
struct BestScores {
    private struct Hit {
        let document: UInt32
        let score: Float
    }

    /// What hits of one segment are compared by.
    private struct Part {
        let base: UInt32
        var keys: KeyReader
        /// Hits rank below this one: those behind the cursor.
        let limit: ScoreRank?

        init(_ part: DocumentSpace.Part, _ after: Cursor?) throws(SegmentError) {
            base = part.base
            keys = KeyReader(part.segment)
            limit = try after.map { (after) throws(SegmentError) in try ScoreRank(after, in: part.segment) }
        }

        mutating func rank(_ hit: Hit) throws(SegmentError) -> ScoreRank {
            ScoreRank(score: hit.score, keyOrdinal: try keys.ordinal(hit.document - base))
        }
    }

    private let after: Cursor?
    private var space: DocumentSpace
    private var parts: [Part?] = []
    private var best: TopHits<Float>
    private var found: [Hit] = []
    /// When so many are found, those that cannot stay are dropped.
    private var foundCountMax = 0
    /// Documents with a lower score cannot get onto the page; those that tie may.
    private(set) var threshold: Float = 0
    private var floor: Float = 0
    /// Hits that were offered.
    private(set) var offeredCount = 0

    private static let foundCountMin = 256

    init(capacity: Int, after: Cursor?) {
        self.after = after
        space = DocumentSpace.none
        best = TopHits(capacity: capacity)
    }

    /// Goes on with other segments, in which hits have to reach `floor`, 0 for any.
    mutating func begin(_ space: DocumentSpace, floor: Float) {
        self.space = space
        parts.removeAll(keepingCapacity: true)
        self.floor = floor
        threshold = floor
        offeredCount = 0
        best.removeAll()
        found.removeAll(keepingCapacity: true)
        foundCountMax = max(Self.foundCountMin, 2 * capacity)
    }

    var capacity: Int { best.capacity }

    /// Keeps a document if it is among the best so far.
    mutating func offer(_ document: UInt32, _ score: Float) throws(SegmentError) {
        offeredCount += 1
        if score < threshold { return }
        let hit = Hit(document: document, score: score)
        if after != nil, try !isBehindCursor(hit) { return }
        if found.count == foundCountMax { try dropWorst() }
        found.append(hit)
        best.offer(score, document)
        if let worst = best.worst { threshold = max(floor, worst) }
    }

    private mutating func isBehindCursor(_ hit: Hit) throws(SegmentError) -> Bool {
        let number = try openPart(of: hit)
        guard let limit = parts[number]?.limit, hit.score >= limit.score else { return true }
        guard hit.score == limit.score, let rank = try parts[number]?.rank(hit) else { return false }
        return rank < limit
    }

    /// The number of the part in which a hit is; from then on it can be compared.
    private mutating func openPart(of hit: Hit) throws(SegmentError) -> Int {
        if parts.isEmpty {
            parts.append(contentsOf: repeatElement(nil, count: space.parts.count))
        }
        let number = space.part(of: hit.document)
        if parts[number] == nil { parts[number] = try Part(space.parts[number], after) }
        return number
    }

    private mutating func dropWorst() throws(SegmentError) {
        found.removeAll { $0.score < threshold }
        if found.count > foundCountMax / 2 {
            let ranked = try ranked()
            found.removeAll(keepingCapacity: true)
            for part in ranked { found += part.hits }
            foundCountMax = max(foundCountMax, 2 * found.count)
        }
    }

    /// Those that may stay of each segment, best first.
    private mutating func ranked() throws(SegmentError) -> [(part: Int, hits: [Hit])] {
        var ranked: [(part: Int, rank: ScoreRank, hit: Hit)] = []
        for hit in found where hit.score >= threshold {
            let number = try openPart(of: hit)
            if let rank = try parts[number]?.rank(hit) { ranked.append((number, rank, hit)) }
        }
        ranked.sort { $0.part != $1.part ? $0.part < $1.part : $1.rank < $0.rank }
        var parts: [(part: Int, hits: [Hit])] = []
        for (part, _, hit) in ranked {
            if parts.last?.part != part { parts.append((part, [])) }
            if parts[parts.count - 1].hits.count < capacity { parts[parts.count - 1].hits.append(hit) }
        }
        return parts
    }

    /// The hits of each segment, best first.
    mutating func results() throws(SegmentError) -> [SegmentHits] {
        let ranked = try ranked()
        return ranked.map { (number, hits) in
            let part = space.parts[number]
            return SegmentHits(
                segment: part.number, entries: hits.map { ($0.document - part.base, $0.score) })
        }
    }
}

/// Which documents of a segment may be hits at all.
struct Acceptance {
    // SAFETY: whoever makes one for words keeps these as long as it is used.
    /// A bit a document; nil for all.
    private let words: UnsafePointer<UInt64>?
    private let documentCount: UInt32

    /// Every document.
    static var all: Acceptance { Acceptance(words: nil, documentCount: 0) }

    /// The documents of a set, which the caller keeps.
    init(_ set: DocumentSet) {
        self.init(words: set.words, documentCount: set.documentCount)
    }

    private init(words: UnsafePointer<UInt64>?, documentCount: UInt32) {
        self.words = words
        self.documentCount = documentCount
    }

    /// Lends the live documents of a segment.
    static func withLive<Result>(
        _ view: SegmentView, _ body: (Acceptance) throws -> Result
    ) rethrows -> Result {
        guard let liveDocs = view.liveDocs else { return try body(.all) }
        return try liveDocs.withWords {
            try body(Acceptance(words: $0.baseAddress, documentCount: liveDocs.documentCount))
        }
    }

    /// Whether every document may be a hit.
    var isAll: Bool { words == nil }

    @inline(__always)
    func contains(_ document: UInt32) -> Bool {
        guard let words else { return true }
        precondition(document < documentCount, "no such document")
        return words[Int(document >> 6)] >> UInt64(document & 63) & 1 == 1
    }

    /// Takes out of some words of bits, the first of which is word `firstWord` of the segment, the documents
    /// that may not be hits.
    func narrow(_ bits: UnsafeMutablePointer<UInt64>, firstWord: Int, _ wordCount: Int) {
        guard let words else { return }
        precondition(firstWord + wordCount <= (Int(documentCount) + 63) / 64, "no such documents")
        _ = saekin_and(bits, words + firstWord, wordCount)
    }

    /// How many of some documents, which ascend, may be hits.
    func count(_ documents: UnsafePointer<UInt32>, _ count: Int) -> Int {
        guard let words, count > 0 else { return count }
        precondition(documents[count - 1] < documentCount, "no such document")
        return saekin_count_members(documents, count, words)
    }

    /// How many of the documents of some words of bits, the first of which is word `firstWord` of the
    /// segment, may be hits.
    func count(_ bits: UnsafePointer<UInt64>, firstWord: Int, _ wordCount: Int) -> Int {
        guard let words else { return saekin_count_bits(bits, wordCount) }
        precondition(firstWord + wordCount <= (Int(documentCount) + 63) / 64, "no such documents")
        return saekin_count_bits_of_both(bits, words + firstWord, wordCount)
    }

    /// How many of the documents of a block that is a bit set may be hits.
    func count(inBitSetOf block: PostingsCursor) throws(SegmentError) -> Int {
        guard let words else { return block.blockCount }
        try block.checkBitSet()
        let (first, count) = (Int(block.bitSetFirstWord), block.bitSetWordCount)
        precondition(first + count <= (Int(documentCount) + 63) / 64, "no such documents")
        // SAFETY: the block's header was compared with its list when it was read.
        return saekin_count_words_of_both(block.postings.base + block.dataOffset, words + first, count)
    }
}

/// A set of documents of one segment, a bit each.
final class DocumentSet: @unchecked Sendable {
    // SAFETY (Sendable): it is filled by one search and read by the same.
    let words: UnsafeMutablePointer<UInt64>
    let documentCount: UInt32

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
