// Counts the matches of a flat query, or finds them: bits alone, no frequencies, no scores.
//
// An OR sets bits in chunks of 65,536 documents, 8 KB that stay in the first cache level; dense blocks are
// bit sets already. An AND does the same where its terms are about equally frequent, and else looks up the
// documents of the rarest.
import CKernels

/// Counts the documents that match a flat query, in the segments of a space.
struct MatchCounter {
    private static let chunkSize = UInt32(SearchMemory.capacity)
    /// A look-up costs about as much as setting so many bits.
    private static let lookUpCost: UInt32 = 8

    private let memory: SearchMemory
    /// The rarest first.
    private var cursors: [TermCursor] = []
    /// How it was counted last.
    private(set) var method = SegmentProfile.Matching.none

    init(memory: SearchMemory) {
        self.memory = memory
    }

    /// How many live documents match.
    ///
    /// - Parameter plan: that of the query where the space is the whole snapshot, which remembers how many
    ///   documents a term has.
    mutating func count(
        _ query: FlatQuery, _ space: DocumentSpace, _ live: Acceptance, _ plan: QueryPlan?,
        _ control: inout SearchControl
    ) throws -> Int {
        guard let rarest = query.terms.first?.documentFrequency else { return 0 }
        if query.terms.count == 1, live.isAll {
            method = .frequency
            cursors.removeAll(keepingCapacity: true)
            return Int(rarest)
        }
        let kept = query.terms.count == 1 ? plan?.units[query.terms[0].unit].liveFrequency : nil
        if let known = kept?.value {
            method = .live
            cursors.removeAll(keepingCapacity: true)
            return known
        }
        begin(query)
        switch method {
        case .live:
            let total = try countOne(live, &control)
            kept?.value = total
            return total
        case .lookUps:
            var total = 0
            try lookUp(live, &control) { _ in total += 1 }
            return total
        default:
            var total = 0
            try visitChunks(isAnd: query.isAnd, space.documentCount, nil, &control) {
                words, firstWord, count in
                total += live.count(words, firstWord: firstWord, count)
            }
            return total
        }
    }

    /// Sets the bits of the live documents that match.
    ///
    /// - Parameter words: a word for each 64 documents of the space, all 0.
    mutating func find(
        _ query: FlatQuery, _ space: DocumentSpace, _ live: Acceptance,
        _ words: UnsafeMutablePointer<UInt64>, _ control: inout SearchControl
    ) throws {
        guard !query.terms.isEmpty else { return }
        begin(query)
        if method == .lookUps {
            // SAFETY: documents of the space are found.
            try lookUp(live, &control) { words[Int($0 / 64)] |= 1 << UInt64($0 % 64) }
        } else {
            method = .bits
            try visitChunks(isAnd: query.isAnd, space.documentCount, words, &control) {
                words, firstWord, count in
                live.narrow(words, firstWord: firstWord, count)
            }
        }
    }

    /// Makes the cursors and chooses the method.
    private mutating func begin(_ query: FlatQuery) {
        let terms = query.terms
        cursors.removeAll(keepingCapacity: true)
        for (number, term) in terms.enumerated() {
            cursors.append(TermCursor(term.chain, memory: memory.block(number)))
        }
        method =
            terms.count == 1
            ? .live
            : query.isAnd && terms[0].documentFrequency < terms[1].documentFrequency / Self.lookUpCost
                ? .lookUps : .bits
    }

    /// Blocks that were decoded for the last count.
    var decodedBlockCount: Int { cursors.reduce(0) { $0 + $1.blockNumber } }

    // MARK: One term

    private mutating func countOne(_ live: Acceptance, _ control: inout SearchControl) throws -> Int {
        var total = 0
        while try cursors[0].moveToRun(base: 0, end: .max) {
            try control.check()
            if cursors[0].postings.isBitSet {
                total += try live.count(inBitSetOf: cursors[0].postings)
                guard try cursors[0].skipBlock() else { break }
                continue
            }
            try cursors[0].decode()
            let run = cursors[0].takeRun(base: 0, end: .max)
            total += live.count(cursors[0].documents + run.lowerBound, run.count)
        }
        return total
    }

    // MARK: Looking up

    /// Hands the live documents of the rarest term that have all others to `body`.
    @inline(__always)
    private mutating func lookUp(
        _ live: Acceptance, _ control: inout SearchControl, _ body: (UInt32) -> Void
    ) throws {
        while try cursors[0].moveToRun(base: 0, end: .max) {
            try control.check()
            try cursors[0].decode()
            let run = cursors[0].takeRun(base: 0, end: .max)
            let documents = cursors[0].documents
            for place in run {
                let document = documents[place]
                guard live.contains(document) else { continue }
                var isFound = true
                for other in 1..<cursors.count where isFound {
                    isFound = try cursors[other].contains(document)
                }
                if isFound { body(document) }
            }
        }
    }

    // MARK: Chunks

    /// Hands the words of each chunk in which something may match to `body`, with the number of the first.
    ///
    /// - Parameter all: where the words of all documents are, all 0; nil for memory that is used again for
    ///   each chunk.
    @inline(__always)
    private mutating func visitChunks(
        isAnd: Bool, _ documentCount: UInt32, _ all: UnsafeMutablePointer<UInt64>?,
        _ control: inout SearchControl, _ body: (UnsafeMutablePointer<UInt64>, Int, Int) -> Void
    ) throws {
        let other = memory.sets + SearchMemory.capacity / 64
        var base: UInt32 = 0
        while base < documentCount {
            try control.check()
            let next = try nextChunk(base, isAnd: isAnd)
            if next == .max { break }
            base = next
            let wordCount = Int(min(Self.chunkSize, documentCount - base) + 63) / 64
            let found = all.map { $0 + Int(base / 64) } ?? memory.sets
            if all == nil { found.update(repeating: 0, count: wordCount) }
            if isAnd {
                try setBits(0, base, wordCount, found)
                var any: UInt64 = 1
                for index in 1..<cursors.count where any != 0 {
                    other.update(repeating: 0, count: wordCount)
                    try setBits(index, base, wordCount, other)
                    any = saekin_and(found, other, wordCount)
                }
            } else {
                for index in cursors.indices { try setBits(index, base, wordCount, found) }
            }
            body(found, Int(base / 64), wordCount)
            if base > .max - Self.chunkSize { break }
            base += Self.chunkSize
        }
    }

    /// Sets the bits of a term's documents in a chunk of so many words.
    private mutating func setBits(
        _ index: Int, _ base: UInt32, _ wordCount: Int, _ words: UnsafeMutablePointer<UInt64>
    ) throws(SegmentError) {
        let (end, isOver) = base.addingReportingOverflow(UInt32(wordCount * 64))
        try cursors[index].setBits(from: base, to: isOver ? .max : end, words)
    }

    /// The first chunk, from the one at `base` on, in which every term of an AND, or any of an OR, may occur.
    private mutating func nextChunk(_ base: UInt32, isAnd: Bool) throws(SegmentError) -> UInt32 {
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
