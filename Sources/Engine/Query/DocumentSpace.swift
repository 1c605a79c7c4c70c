// The documents of several segments side by side, in one space of numbers: a query goes through short lists
// of ten segments as through one long list, and what it sets up it sets up once.
//
// A segment's documents start at a multiple of 64, so that its words of bits are words of the space; the few
// numbers between two segments are nobody's.
import Synchronization

/// Segments side by side.
struct DocumentSpace: Sendable {
    /// One segment in the space.
    struct Part: Sendable {
        /// Index of the segment in the snapshot.
        let number: Int
        let segment: Segment
        /// The number of its first document, and the one behind its last.
        let base: UInt32
        let end: UInt32
    }

    /// No segment.
    static let none = DocumentSpace(parts: [], documentCount: 0)

    let parts: [Part]
    /// The number behind the last document.
    let documentCount: UInt32

    private init(parts: [Part], documentCount: UInt32) {
        self.parts = parts
        self.documentCount = documentCount
    }

    /// Nil when there are more documents than numbers.
    init?(_ views: [SegmentView], order: [Int]) {
        var parts: [Part] = []
        parts.reserveCapacity(order.count)
        var end: UInt64 = 0
        for number in order {
            let segment = views[number].segment
            let base = (end + 63) / 64 * 64
            end = base + UInt64(segment.documentCount)
            // One window more must still be a number.
            guard end < UInt64(UInt32.max) - UInt64(SearchMemory.capacity) else { return nil }
            parts.append(Part(number: number, segment: segment, base: UInt32(base), end: UInt32(end)))
        }
        self.init(parts: parts, documentCount: UInt32(end))
    }

    /// A space of one segment.
    init(_ segment: Segment, number: Int) {
        let count = segment.documentCount
        self.init(
            parts: [Part(number: number, segment: segment, base: 0, end: count)], documentCount: count)
    }

    /// An empty set of documents with room for every window of every segment.
    ///
    /// A window is written whole: behind the last document of a segment it clears the first of the next.
    func makeSet() -> DocumentSet { DocumentSet(documentCount: documentCount + UInt32(Window.size)) }

    /// The index of the part in which a document is.
    ///
    /// - Precondition: `document` is below `documentCount`.
    func part(of document: UInt32) -> Int {
        var (first, behind) = (0, parts.count)
        while behind - first > 1 {
            let middle = (first + behind) / 2
            if parts[middle].base <= document { first = middle } else { behind = middle }
        }
        return first
    }
}

/// The spaces of a snapshot: of all its segments, and of each.
final class DocumentSpaces: Sendable {
    /// All segments in the order in which they are searched; nil when there are more documents than numbers.
    let all: DocumentSpace?
    /// Each segment alone, by its index.
    let single: [DocumentSpace]
    let views: [SegmentView]
    private let hasDeletes: Bool
    private let live = Mutex<DocumentSet?>(nil)

    init(_ views: [SegmentView], order: [Int]) {
        self.views = views
        hasDeletes = views.contains { $0.liveDocs != nil }
        all = DocumentSpace(views, order: order)
        single = views.enumerated().map { DocumentSpace($1.segment, number: $0) }
    }

    /// Lends the live documents of `all`: a set that is made when it is first asked for.
    ///
    /// - Precondition: there is a space of all segments.
    func withLive<Result>(_ body: (Acceptance) throws -> Result) rethrows -> Result {
        guard hasDeletes else { return try body(.all) }
        guard let all else { preconditionFailure("there is no space of all segments") }
        let set = live.withLock { live in
            let set = live ?? liveDocuments(all)
            live = set
            return set
        }
        return try withExtendedLifetime(set) { try body(Acceptance(set)) }
    }

    private func liveDocuments(_ space: DocumentSpace) -> DocumentSet {
        let set = DocumentSet(documentCount: space.documentCount)
        for part in space.parts {
            let first = set.words + Int(part.base / 64)
            let docs = views[part.number].liveDocs ?? LiveDocs(documentCount: part.end - part.base)
            docs.withWords { words in
                guard let base = words.baseAddress else { return }
                // SAFETY: the set has a bit for every document of the space, and a part starts with a word.
                first.update(from: base, count: words.count)
            }
        }
        return set
    }
}
