// A phrase that has one term at each position, in one field of a segment: found without windows, and, where
// only the best hits are wanted, without reading positions of documents that cannot be among them.
//
// The rarest term gives the candidates. The phrase occurs in a document no more often than its rarest term,
// so the frequencies bound the score before any position is read; block headers bound it before any
// frequency is.
import CKernels

/// One term of a phrase with its positions.
private struct PhraseTerm {
    var cursor: TermCursor
    /// Its place in the phrase.
    let offset: UInt32
    private var reader = PositionsLookup()

    init(_ cursor: TermCursor, offset: Int) {
        self.cursor = cursor
        self.offset = UInt32(offset)
    }

    /// Hands the positions in the document at `place` of the cursor's block to `body`.
    mutating func withPositions<Result>(
        _ place: Int, _ body: (UnsafeBufferPointer<UInt32>) -> Result
    ) throws(SegmentError) -> Result {
        if !cursor.isSingleOccurrence { cursor.decodeFrequencies() }
        return try reader.withPositions(
            cursor.postings, at: place, frequencies: cursor.isSingleOccurrence ? nil : cursor.frequencies,
            body)
    }
}

/// Evaluates a flat phrase in one segment.
struct FlatPhrase {
    /// The rarest first.
    private var terms: [PhraseTerm]
    private let scores: UnitScores
    private var places: [Int]
    private var starts: [UInt32] = []

    /// Nil when the query is no phrase, or one with several fields or alternatives in this segment.
    init?(_ plan: QueryPlan, segment: Segment, index: Int) {
        guard case .phrase(let number) = plan.nodes[plan.root] else { return nil }
        let phrase = plan.phrases[number]
        let fields = phrase.sources[index].indices.filter { !phrase.sources[index][$0].isEmpty }
        guard fields.count == 1, let field = fields.first else { return nil }
        let positions = phrase.sources[index][field]
        guard positions.allSatisfy({ $0.count == 1 }) else { return nil }
        terms = positions.enumerated().map { PhraseTerm(TermCursor(segment, $1[0]), offset: $0) }
            .sorted { $0.cursor.documentFrequency < $1.cursor.documentFrequency }
        places = Array(repeating: 0, count: terms.count)
        scores = plan.phraseScores(number, field: field, norms: segment.norms(phrase.fields[field].field))
    }

    // MARK: Counting

    /// How many accepted documents have the phrase.
    mutating func count(_ acceptance: Acceptance, _ control: inout SearchControl) throws -> Int {
        var total = 0
        while try terms[0].cursor.moveToRun(base: 0, end: .max) {
            try control.check()
            try terms[0].cursor.decode()
            let run = terms[0].cursor.takeRun(base: 0, end: .max)
            for place in run {
                let document = terms[0].cursor.documents[place]
                guard acceptance.contains(document) else { continue }
                places[0] = place
                var isPossible = true
                for index in 1..<terms.count where isPossible {
                    if let place = try terms[index].cursor.place(of: document) {
                        places[index] = place
                    } else {
                        isPossible = false
                    }
                }
                if isPossible, try frequency() > 0 { total += 1 }
            }
        }
        return total
    }

    // MARK: The best

    /// Offers documents with the phrase to `hits`, and leaves out those that cannot be among the best.
    mutating func findBest(
        _ hits: inout BestScores, _ acceptance: Acceptance, _ control: inout SearchControl
    ) throws {
        var start: UInt32 = 0
        while try terms[0].cursor.moveBlock(to: start) {
            try control.check()
            start = max(start, terms[0].cursor.postings.blockLowerBound)
            let end = terms[0].cursor.postings.blockLastDocument + 1
            var ofGroups = terms[0].cursor.postings.groupImpact
            var ofBlocks = terms[0].cursor.postings.blockImpact
            var groupEnd = terms[0].cursor.postings.groupLastDocument
            for index in 1..<terms.count {
                guard try terms[index].cursor.moveBlock(to: start) else { return }
                let postings = terms[index].cursor.postings
                ofGroups.narrow(postings.groupImpact)
                groupEnd = min(groupEnd, postings.groupLastDocument)
                if postings.blockLastDocument >= end - 1 { ofBlocks.narrow(postings.blockImpact) }
            }
            if scores.bound(ofGroups) < hits.threshold {
                start = groupEnd + 1
                continue
            }
            if scores.bound(ofBlocks) >= hits.threshold {
                try findBest(start, end, &hits, acceptance)
            }
            start = end
        }
    }

    private mutating func findBest(
        _ start: UInt32, _ end: UInt32, _ hits: inout BestScores, _ acceptance: Acceptance
    ) throws(SegmentError) {
        try terms[0].cursor.decode()
        let run = terms[0].cursor.takeRun(base: start, end: end)
        let isSingle = terms[0].cursor.isSingleOccurrence
        if !isSingle { terms[0].cursor.decodeFrequencies() }
        for place in run {
            let document = terms[0].cursor.documents[place]
            var most = isSingle ? 1 : terms[0].cursor.frequencies[place]
            if scores.score(frequency: most, document) < hits.threshold { continue }
            guard acceptance.contains(document) else { continue }
            places[0] = place
            var isPossible = true
            for index in 1..<terms.count {
                guard let place = try terms[index].cursor.place(of: document) else {
                    isPossible = false
                    break
                }
                places[index] = place
                if most > 1 {
                    most = min(most, terms[index].cursor.postings.frequency(at: place))
                }
            }
            guard isPossible, scores.score(frequency: most, document) >= hits.threshold else { continue }
            let frequency = try frequency()
            if frequency > 0 {
                try hits.offer(document, scores.score(frequency: frequency, document))
            }
        }
    }

    // MARK: Positions

    /// How often the phrase occurs in the document at `places`.
    private mutating func frequency() throws(SegmentError) -> UInt32 {
        // Starts of the phrase are counted from the rarest term: the others stand before or behind it.
        let first = terms[0].offset
        starts.removeAll(keepingCapacity: true)
        var starts = self.starts
        self.starts = []
        defer { self.starts = starts }
        try terms[0].withPositions(places[0]) { positions in
            for position in positions where position >= first { starts.append(position - first) }
        }
        var count = starts.count
        for index in 1..<terms.count where count > 0 {
            let offset = terms[index].offset
            count = try terms[index].withPositions(places[index]) { positions in
                starts.withUnsafeMutableBufferPointer { starts in
                    // SAFETY: `count` starts are in the buffer, and the positions are lent for the call.
                    saekin_keep_followed(
                        starts.baseAddress, count, positions.baseAddress, positions.count, offset)
                }
            }
        }
        return UInt32(count)
    }
}
