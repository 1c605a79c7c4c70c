// Counts which readings of the words of a query occur together in products. A word of the query may be read
// in up to 64 ways; a product has some of them. A pass over the postings of all readings, in windows of
// documents and the rarest word first, gives for each document a bit per term and word; where every word has
// a bit, the combinations that the document has are counted. Products thereby say which reading was meant:
// among hundreds of words with the right initials, the ones that stand together in titles.

import Engine

/// The readings of one word.
struct WordReadings: Sendable {
    /// Bits of one word.
    static let termCountMax = 64

    /// What a bit stands for: any of these terms.
    private(set) var terms: [[[UInt8]]] = []
    /// For each reading, the bits a product must have.
    private(set) var readings: [UInt64] = []

    /// Adds a reading that needs all of `needed`, each any of several terms; false where there is no room.
    mutating func add(_ needed: [[[UInt8]]]) -> Bool {
        var mask: UInt64 = 0
        var added = terms
        for alternatives in needed {
            if let index = added.firstIndex(of: alternatives) {
                mask |= 1 << UInt64(index)
            } else {
                guard added.count < Self.termCountMax else { return false }
                mask |= 1 << UInt64(added.count)
                added.append(alternatives)
            }
        }
        guard mask != 0, readings.count < Int(UInt8.max) else { return false }
        terms = added
        readings.append(mask)
        return true
    }
}

/// Counts combinations of readings.
struct Cooccurrence {
    /// How many words a query may have.
    static let wordCountMax = 8
    private static let windowCount = 1 << 14
    /// Documents with some reading of every word that are looked at; more say the same.
    private static let documentCountMax = 20_000
    /// Combinations that one document may count for.
    private static let combinationCountMax = 256

    private let words: [WordReadings]
    private let fields: [FieldID]
    /// How many documents have each combination: the numbers of its readings, a byte a word, the first word
    /// lowest.
    private(set) var counts: [UInt64: Int] = [:]
    private var documentCount = 0

    /// Counts in the live documents of `snapshot`.
    init(
        _ words: [WordReadings], in snapshot: Snapshot, fields: [FieldID]
    ) throws(SegmentError) {
        precondition(words.count <= Self.wordCountMax)
        self.words = words
        self.fields = fields
        guard !words.isEmpty else { return }
        for view in snapshot.segments where documentCount < Self.documentCountMax { try count(view) }
    }

    /// The readings of a combination, one a word.
    static func readings(_ combination: UInt64, wordCount: Int) -> [Int] {
        (0..<wordCount).map { Int(combination >> UInt64($0 * 8) & 0xFF) }
    }

    private mutating func count(_ view: SegmentView) throws(SegmentError) {
        let documentCount = Int(view.segment.documentCount)
        let window = min(Self.windowCount, documentCount)
        var sources: [(word: Int, sources: [ReadingSource])] = []
        for (index, word) in words.enumerated() {
            var found: [ReadingSource] = []
            for (bit, alternatives) in word.terms.enumerated() {
                for term in alternatives {
                    for field in fields {
                        guard let entry = try view.segment.term(field, term) else { continue }
                        let share = window * Int(entry.documentFrequency) / max(1, documentCount)
                        found.append(
                            ReadingSource(view.segment.postings(entry), bit: bit, windowCount: share))
                    }
                }
            }
            if found.isEmpty { return }
            sources.append((index, found))
        }
        // The documents of the rarest word are the only ones in which the others are looked for.
        sources.sort { Self.frequency($0.sources) < Self.frequency($1.sources) }
        // A mask for each word and document; all 0 between two windows.
        var masks = [[UInt64]](repeating: Array(repeating: 0, count: window), count: words.count)
        var base = 0
        while base < documentCount, self.documentCount < Self.documentCountMax {
            let end = min(base + window, documentCount)
            var candidates: [Int] = []
            for (place, word) in sources.indices.enumerated() {
                let known = place == 0 ? nil : masks[sources[place - 1].word]
                for index in sources[word].sources.indices {
                    try sources[word].sources[index].mark(
                        UInt32(base)..<UInt32(end), &masks[sources[word].word], among: known, &candidates)
                }
                if place > 0 { candidates = Self.kept(candidates, having: sources[word].word, &masks) }
                if candidates.isEmpty { break }
            }
            for offset in candidates.sorted() where self.documentCount <= Self.documentCountMax {
                collect(masks, offset, UInt32(base + offset), view)
            }
            for offset in candidates {
                for word in masks.indices { masks[word][offset] = 0 }
            }
            base = end
        }
    }

    private static func frequency(_ sources: [ReadingSource]) -> Int {
        sources.reduce(0) { $0 + Int($1.cursor.documentFrequency) }
    }

    /// The candidates that have a reading of `word`; of the others nothing is remembered.
    private static func kept(_ candidates: [Int], having word: Int, _ masks: inout [[UInt64]]) -> [Int] {
        candidates.filter { offset in
            if masks[word][offset] != 0 { return true }
            for word in masks.indices { masks[word][offset] = 0 }
            return false
        }
    }

    private mutating func collect(
        _ masks: [[UInt64]], _ offset: Int, _ document: UInt32, _ view: SegmentView
    ) {
        guard view.liveDocs?.contains(document) ?? true else { return }
        var found: [[UInt64]] = []
        var product = 1
        for (word, readings) in words.enumerated() {
            let mask = masks[word][offset]
            var present: [UInt64] = []
            for (index, needed) in readings.readings.enumerated() where mask & needed == needed {
                present.append(UInt64(index))
            }
            product *= present.count
            guard product > 0, product <= Self.combinationCountMax else { return }
            found.append(present)
        }
        documentCount += 1
        if documentCount <= Self.documentCountMax { tally(found) }
    }

    private mutating func tally(_ found: [[UInt64]]) {
        var combinations: [UInt64] = [0]
        for (word, readings) in found.enumerated() {
            combinations = combinations.flatMap { combination in
                readings.map { combination | $0 << UInt64(word * 8) }
            }
        }
        for combination in combinations { counts[combination, default: 0] += 1 }
    }
}

/// The postings of one term that stands for a bit.
private struct ReadingSource {
    var cursor: PostingsCursor
    private let bit: UInt64
    /// Postings in an average window.
    private let windowCount: Int
    private var documents = [UInt32](repeating: 0, count: PostingsCursor.blockCapacity)
    private var next = 0
    private var count = 0

    /// A look-up costs about as much as reading so many postings.
    private static let lookUpCost = 16

    init(_ cursor: PostingsCursor, bit: Int, windowCount: Int) {
        self.cursor = cursor
        self.windowCount = windowCount
        self.bit = 1 << UInt64(bit)
    }

    /// Sets the bit of the term's documents in `range`, which ascends from call to call; of those alone that
    /// have a bit in `known`, or without it of all, whose offsets are then added to `candidates`.
    mutating func mark(
        _ range: Range<UInt32>, _ masks: inout [UInt64], among known: [UInt64]?, _ candidates: inout [Int]
    ) throws(SegmentError) {
        guard let known else { return try markAll(range, &masks, &candidates) }
        if candidates.count * Self.lookUpCost < windowCount {
            candidates.sort()
            for offset in candidates {
                let document = range.lowerBound + UInt32(offset)
                guard try advance(to: document) else { return }
                if documents[next] == document { masks[offset] |= bit }
            }
            return
        }
        guard try advance(to: range.lowerBound) else { return }
        while documents[next] < range.upperBound {
            let offset = Int(documents[next] - range.lowerBound)
            if known[offset] != 0 { masks[offset] |= bit }
            guard try advance() else { return }
        }
    }

    private mutating func markAll(
        _ range: Range<UInt32>, _ masks: inout [UInt64], _ candidates: inout [Int]
    ) throws(SegmentError) {
        guard try advance(to: range.lowerBound) else { return }
        while documents[next] < range.upperBound {
            let offset = Int(documents[next] - range.lowerBound)
            if masks[offset] == 0 { candidates.append(offset) }
            masks[offset] |= bit
            guard try advance() else { return }
        }
    }

    /// Stands on the next document; false when there is none.
    private mutating func advance() throws(SegmentError) -> Bool {
        next += 1
        if next < count { return true }
        let last = documents[count - 1]
        return last < .max ? try advance(to: last + 1) : false
    }

    /// Stands on the first document from `target` on; false when there is none.
    private mutating func advance(to target: UInt32) throws(SegmentError) -> Bool {
        if count == 0 || documents[count - 1] < target {
            guard try cursor.skip(to: target) else {
                count = 0
                return false
            }
            count = try decode()
            next = 0
        }
        var end = count
        while next < end {
            let middle = (next + end) / 2
            if documents[middle] < target { next = middle + 1 } else { end = middle }
        }
        return true
    }

    private mutating func decode() throws(SegmentError) -> Int {
        let cursor = cursor
        // SAFETY: the array holds a block, which is as much as the cursor writes.
        return try documents.withUnsafeMutableBufferPointer { buffer in
            Swift.Result { () throws(SegmentError) in
                try cursor.decodeDocuments(into: buffer.baseAddress.unsafelyUnwrapped)
            }
        }.get()
    }
}
