// Counts the matches of a flat query: bits alone, no frequencies, no scores.
//
// An OR sets bits in chunks of 65,536 documents, 8 KB that stay in the first cache level; dense blocks are
// bit sets already. An AND does the same where its terms are about equally frequent, and else looks up the
// documents of the rarest.
import CKernels

/// Counts the documents of one segment that match a flat query.
struct MatchCounter {
    private static let chunkSize: UInt32 = 65_536
    private static let wordCount = Int(chunkSize / 64)
    /// A look-up costs about as much as setting so many bits.
    private static let lookUpCost: UInt32 = 8

    private var cursors: [TermCursor]
    private let isAnd: Bool
    private let liveDocs: LiveDocs?
    private let documentCount: UInt32

    init(_ query: FlatQuery, view: SegmentView) {
        cursors = query.cursors()
        isAnd = query.isAnd
        liveDocs = view.liveDocs
        documentCount = view.segment.documentCount
    }

    /// How many live documents match.
    mutating func count(_ control: inout SearchControl) throws -> Int {
        guard let rarest = cursors.first else { return 0 }
        if cursors.count == 1, liveDocs == nil { return Int(rarest.documentFrequency) }
        if isAnd, rarest.documentFrequency < cursors[1].documentFrequency / Self.lookUpCost {
            return try countLookedUp(&control)
        }
        return try countChunks(&control)
    }

    // MARK: Looking up

    private mutating func countLookedUp(_ control: inout SearchControl) throws -> Int {
        var total = 0
        while try cursors[0].moveToRun(base: 0, end: .max) {
            try control.check()
            try cursors[0].decode()
            let run = cursors[0].takeRun(base: 0, end: .max)
            let documents = cursors[0].documents
            for place in run {
                let document = documents[place]
                if let liveDocs, !liveDocs.contains(document) { continue }
                var isFound = true
                for other in 1..<cursors.count where isFound {
                    isFound = try cursors[other].contains(document)
                }
                total += isFound ? 1 : 0
            }
        }
        return total
    }

    // MARK: Chunks

    private mutating func countChunks(_ control: inout SearchControl) throws -> Int {
        try withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * Self.wordCount) { memory in
            guard let found = memory.baseAddress else { return 0 }
            let other = found + Self.wordCount
            var total = 0
            var base: UInt32 = 0
            while base < documentCount {
                try control.check()
                let next = try nextChunk(base)
                if next == .max { break }
                base = next
                found.update(repeating: 0, count: Self.wordCount)
                if isAnd {
                    try Self.setBits(&cursors[0], base, found)
                    var any: UInt64 = 1
                    for index in 1..<cursors.count where any != 0 {
                        other.update(repeating: 0, count: Self.wordCount)
                        try Self.setBits(&cursors[index], base, other)
                        any = saekin_and(found, other, Self.wordCount)
                    }
                } else {
                    for index in cursors.indices { try Self.setBits(&cursors[index], base, found) }
                }
                total += countLive(found, base)
                if base > .max - Self.chunkSize { break }
                base += Self.chunkSize
            }
            return total
        }
    }

    /// The first chunk, from the one at `base` on, in which every term of an AND, or any of an OR, may occur.
    private mutating func nextChunk(_ base: UInt32) throws(SegmentError) -> UInt32 {
        var first = UInt32.max
        var last = base
        for index in cursors.indices {
            guard try cursors[index].moveBlock(to: base) else {
                if isAnd { return .max }
                continue
            }
            let lower = max(base, cursors[index].postings.blockLowerBound)
            first = min(first, lower)
            last = max(last, lower)
        }
        let document = isAnd ? last : first
        return document == .max ? .max : document & ~(Self.chunkSize - 1)
    }

    private func countLive(_ words: UnsafePointer<UInt64>, _ base: UInt32) -> Int {
        guard let liveDocs else { return saekin_count_bits(words, Self.wordCount) }
        return liveDocs.withWords { live in
            let first = Int(base / 64)
            let count = min(Self.wordCount, live.count - first)
            // SAFETY: `count` words are in both.
            return count > 0 ? saekin_count_bits_of_both(words, live.baseAddress! + first, count) : 0
        }
    }

    /// Sets the bits of a cursor's documents in the chunk.
    private static func setBits(
        _ cursor: inout TermCursor, _ base: UInt32, _ words: UnsafeMutablePointer<UInt64>
    ) throws(SegmentError) {
        let end = base > .max - chunkSize ? .max : base + chunkSize
        try cursor.setBits(from: base, to: end, words)
    }
}

extension TermCursor {
    /// Sets the bits of the documents of `base..<end`, which have not been passed; bit 0 is `base`.
    ///
    /// - Precondition: `base` is a multiple of 64, and `words` has room up to `end`.
    mutating func setBits(
        from base: UInt32, to end: UInt32, _ words: UnsafeMutablePointer<UInt64>
    ) throws(SegmentError) {
        while try moveToRun(base: base, end: end) {
            if count == 0, postings.isBitSet {
                try postings.orDocuments(into: words, windowBase: base, wordCount: Int((end - base) / 64))
                if postings.blockLastDocument >= end { return }
                guard try skipBlock() else { return }
                continue
            }
            if count == 0, postings.setRuns(from: base, to: end, words) {
                if postings.blockLastDocument >= end { return }
                guard try skipBlock() else { return }
                continue
            }
            try decode()
            let run = takeRun(base: base, end: end)
            if run.isEmpty { return }
            // SAFETY: the run lies inside the decoded block and between `base` and `end`.
            saekin_set_bits(documents + run.lowerBound, run.count, base, words)
        }
    }
}
