// Counts which readings of the words of a query occur together in products. A word of the query may be read
// in up to 64 ways; a product has some of them. One pass over the postings of all readings, in windows of
// documents, gives for each document a bit per term and word; where every word has a bit, the combinations
// that the document has are counted. Products thereby say which reading was meant: among hundreds of words
// with the right initials, the ones that stand together in titles.

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
    private static let windowCount = 1 << 15
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

    private struct Source {
        var cursor: PostingsCursor
        let word: Int
        let bit: UInt64
        var documents: [UInt32]
        var next = 0
        var count = 0
    }

    private mutating func count(_ view: SegmentView) throws(SegmentError) {
        var sources: [Source] = []
        for (index, word) in words.enumerated() {
            let before = sources.count
            for (bit, alternatives) in word.terms.enumerated() {
                for term in alternatives {
                    for field in fields {
                        guard let entry = try view.segment.term(field, term) else { continue }
                        sources.append(
                            Source(
                                cursor: view.segment.postings(entry), word: index, bit: 1 << UInt64(bit),
                                documents: Array(repeating: 0, count: PostingsCursor.blockCapacity)))
                    }
                }
            }
            if sources.count == before { return }
        }
        let window = min(Self.windowCount, Int(view.segment.documentCount))
        var masks = [UInt64](repeating: 0, count: window * words.count)
        var base = 0
        while base < Int(view.segment.documentCount), documentCount < Self.documentCountMax {
            for index in masks.indices { masks[index] = 0 }
            let end = min(base + window, Int(view.segment.documentCount))
            for index in sources.indices { try fill(&sources[index], &masks, base, end) }
            collect(masks, base, end, view)
            base = end
        }
    }

    /// Sets the bits of a source's documents from `base` to `end`.
    private func fill(
        _ source: inout Source, _ masks: inout [UInt64], _ base: Int, _ end: Int
    ) throws(SegmentError) {
        while true {
            while source.next < source.count {
                let document = Int(source.documents[source.next])
                guard document < end else { return }
                masks[(document - base) * words.count + source.word] |= source.bit
                source.next += 1
            }
            guard try source.cursor.nextBlock() else { return }
            source.next = 0
            source.count = try decode(source.cursor, &source.documents)
        }
    }

    private func decode(_ cursor: PostingsCursor, _ documents: inout [UInt32]) throws(SegmentError) -> Int {
        // SAFETY: the array holds a block, which is as much as the cursor writes.
        try documents.withUnsafeMutableBufferPointer { buffer in
            Swift.Result { () throws(SegmentError) in
                try cursor.decodeDocuments(into: buffer.baseAddress.unsafelyUnwrapped)
            }
        }.get()
    }

    private mutating func collect(_ masks: [UInt64], _ base: Int, _ end: Int, _ view: SegmentView) {
        var found = [[UInt64]](repeating: [], count: words.count)
        for document in base..<end {
            let first = (document - base) * words.count
            var isCandidate = true
            for word in words.indices where masks[first + word] == 0 {
                isCandidate = false
                break
            }
            guard isCandidate, view.liveDocs?.contains(UInt32(document)) ?? true else { continue }
            var product = 1
            for (word, readings) in words.enumerated() {
                found[word].removeAll(keepingCapacity: true)
                let mask = masks[first + word]
                for (index, needed) in readings.readings.enumerated() where mask & needed == needed {
                    found[word].append(UInt64(index))
                }
                product *= found[word].count
                if product == 0 || product > Self.combinationCountMax { break }
            }
            guard product > 0, product <= Self.combinationCountMax else { continue }
            documentCount += 1
            if documentCount > Self.documentCountMax { return }
            tally(found)
        }
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
