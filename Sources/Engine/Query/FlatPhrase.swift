// A phrase that has one term at each position, in one field of a segment: found without windows, and, where
// only the best hits are wanted, without reading positions of documents that cannot be among them.
//
// Documents are gone through in stretches in which every term stays in one block. The rarest term gives the
// candidates, the others are looked up, and of what is left positions are compared. The phrase occurs in a
// document no more often than its rarest term, so frequencies bound the score before any position is read;
// block headers bound it before any frequency is.
import CKernels

/// One term of a phrase with its positions.
private struct PhraseTerm {
    var cursor: TermCursor
    var positions = PositionsBlock()
    /// The last document of the block that the kernels know.
    private var prepared = DocID.noMoreDocuments

    init(_ cursor: TermCursor) {
        self.cursor = cursor
    }

    // These change nothing but are `mutating` where they stand in loops: an element of an array is then used
    // in its place and not copied, which would count references.

    /// Moves to the block with the first document from `target` on: its lower bound; nil when there is none.
    mutating func move(to target: UInt32) throws(SegmentError) -> UInt32? {
        try cursor.moveBlock(to: target) ? cursor.postings.blockLowerBound : nil
    }

    mutating func lastDocument() -> UInt32 { cursor.postings.blockLastDocument }

    /// The first document of the decoded block that was not passed; nil when all were.
    mutating func nextDocument() -> UInt32? {
        cursor.index < cursor.count ? cursor.documents[cursor.index] : nil
    }

    /// Narrows bounds to what the block and its group can offer.
    mutating func narrow(_ ofBlocks: inout Impact, _ ofGroups: inout Impact, _ groupEnd: inout UInt32) {
        ofBlocks.narrow(cursor.postings.blockImpact)
        ofGroups.narrow(cursor.postings.groupImpact)
        groupEnd = min(groupEnd, cursor.postings.groupLastDocument)
    }

    /// Tells the kernels the documents of the block.
    mutating func prepare(_ term: UnsafeMutablePointer<saekin_phrase_term>) throws(SegmentError) {
        if prepared == cursor.postings.blockLastDocument { return }
        let postings = cursor.postings
        term.pointee.next = 0
        term.pointee.rank = 0
        term.pointee.count = UInt32(postings.blockCount)
        term.pointee.documents = nil
        term.pointee.bits = nil
        if cursor.count == 0, postings.isBitSet {
            term.pointee.bits = postings.postings.base + postings.dataOffset
            term.pointee.first_document = postings.bitSetFirstWord * 64
        } else if cursor.count == 0, postings.isWhole {
            term.pointee.first_document = postings.blockLowerBound
        } else {
            try cursor.decode()
            term.pointee.documents = UnsafePointer(cursor.documents)
        }
        prepared = postings.blockLastDocument
    }

    /// Tells the kernels the positions of the block.
    @inline(__always)
    mutating func loadPositions(_ term: UnsafeMutablePointer<saekin_phrase_term>) throws(SegmentError) {
        guard try positions.load(cursor.postings) else { return }
        term.pointee.ends = UnsafePointer(positions.ends)
        term.pointee.distances = positions.distances
        term.pointee.packs = positions.packs
    }
}

/// What the kernels read and write.
private final class PhraseMemory: @unchecked Sendable {
    // SAFETY (Sendable): a phrase is evaluated by one thread, and its memory with it.
    let terms: UnsafeMutablePointer<saekin_phrase_term>
    /// Candidates, at most a block.
    let documents: UnsafeMutablePointer<UInt32>
    /// How often the phrase occurs in them.
    let frequencies: UnsafeMutablePointer<UInt32>

    /// - Parameter offsets: by term, its place in the phrase.
    init(offsets: [Int]) {
        let capacity = PostingsCursor.blockCapacity
        terms = .allocate(capacity: offsets.count)
        documents = .allocate(capacity: (2 + offsets.count) * capacity)
        documents.initialize(repeating: 0, count: (2 + offsets.count) * capacity)
        frequencies = documents + capacity
        for (index, offset) in offsets.enumerated() {
            var term = saekin_phrase_term()
            term.places = documents + (2 + index) * capacity
            term.offset = UInt32(offset)
            (terms + index).initialize(to: term)
        }
    }

    deinit {
        terms.deallocate()
        documents.deallocate()
    }
}

/// Evaluates a flat phrase in one segment.
struct FlatPhrase {
    /// The rarest first.
    private var terms: [PhraseTerm]
    private let scores: UnitScores
    private let memory: PhraseMemory

    /// Nil when the query is no phrase, or one with several fields or alternatives in this segment.
    init?(_ plan: QueryPlan, segment: Segment, index: Int) {
        guard case .phrase(let number) = plan.nodes[plan.root] else { return nil }
        let phrase = plan.phrases[number]
        let fields = phrase.sources[index].indices.filter { !phrase.sources[index][$0].isEmpty }
        guard fields.count == 1, let field = fields.first else { return nil }
        let positions = phrase.sources[index][field]
        guard positions.allSatisfy({ $0.count == 1 }) else { return nil }
        let offsets = positions.indices.sorted {
            positions[$0][0].documentFrequency < positions[$1][0].documentFrequency
        }
        terms = offsets.map { PhraseTerm(TermCursor(segment, positions[$0][0])) }
        memory = PhraseMemory(offsets: offsets)
        scores = plan.phraseScores(number, field: field, norms: segment.norms(phrase.fields[field].field))
    }

    // MARK: Stretches

    /// Moves the terms to the first documents, from `start` on, that lie in a block of each. Nil when there
    /// are none.
    private mutating func nextStretch(_ start: UInt32) throws(SegmentError) -> Range<UInt32>? {
        var start = start
        var agreedCount = 0
        var index = 0
        while agreedCount < terms.count {
            guard let lower = try terms[index].move(to: start) else { return nil }
            agreedCount = lower > start ? 1 : agreedCount + 1
            start = max(start, lower)
            index = index + 1 == terms.count ? 0 : index + 1
        }
        var last = UInt32.max
        for index in terms.indices { last = min(last, terms[index].lastDocument()) }
        return start..<(last + 1)
    }

    /// Where to look on behind a stretch whose documents of the rarest term were taken.
    private mutating func start(behind stretch: Range<UInt32>) -> UInt32 {
        max(stretch.upperBound, terms[0].nextDocument() ?? 0)
    }

    /// Leaves those of the candidates that the other terms have too; how many.
    private mutating func narrow(_ count: Int) throws(SegmentError) -> Int {
        var count = count
        for index in terms.indices.dropFirst() where count > 0 {
            try terms[index].prepare(memory.terms + index)
            // SAFETY: a stretch lies inside a block of each term; at most a block of candidates is there.
            count = saekin_find_places(memory.terms, index, memory.documents, count)
        }
        return count
    }

    /// Leaves those of the candidates for which `isKept` is true; how many.
    @inline(__always)
    private func filter(_ count: Int, _ isKept: (Int) -> Bool) -> Int {
        var kept = 0
        for candidate in 0..<count where isKept(candidate) {
            memory.documents[kept] = memory.documents[candidate]
            for index in terms.indices {
                let places = memory.terms[index].places!
                places[kept] = places[candidate]
            }
            kept += 1
        }
        return kept
    }

    private func accepted(_ count: Int, _ acceptance: Acceptance) -> Int {
        if acceptance.isAll { return count }
        return filter(count) { acceptance.contains(memory.documents[$0]) }
    }

    /// Counts the phrase in the candidates, or only whether it is there: in how many it is.
    private mutating func compare(_ count: Int, isFirstEnough: Bool) throws(SegmentError) -> Int {
        for index in terms.indices { try terms[index].loadPositions(memory.terms + index) }
        // SAFETY: places are below the counts of their blocks, whose positions were just loaded.
        let found = saekin_phrase_frequencies(
            memory.terms, terms.count, count, isFirstEnough ? 1 : 0, memory.frequencies)
        guard found >= 0 else {
            throw terms[0].cursor.postings.damagedPositions("a pack of positions of a phrase is cut")
        }
        return found
    }

    // MARK: Counting

    /// How many accepted documents have the phrase.
    mutating func count(_ acceptance: Acceptance, _ control: inout SearchControl) throws -> Int {
        var total = 0
        var start: UInt32 = 0
        while let stretch = try nextStretch(start) {
            try control.check()
            try terms[0].cursor.decode()
            let run = terms[0].cursor.takeRun(base: stretch.lowerBound, end: stretch.upperBound)
            start = self.start(behind: stretch)
            for (candidate, place) in run.enumerated() {
                memory.documents[candidate] = terms[0].cursor.documents[place]
                memory.terms[0].places[candidate] = UInt32(place)
            }
            let count = accepted(try narrow(run.count), acceptance)
            if count > 0 { total += try compare(count, isFirstEnough: true) }
        }
        return total
    }

    // MARK: The best

    /// Offers documents with the phrase to `hits`, and leaves out those that cannot be among the best.
    mutating func findBest(
        _ hits: inout BestScores, _ acceptance: Acceptance, _ control: inout SearchControl
    ) throws {
        var start: UInt32 = 0
        while let stretch = try nextStretch(start) {
            try control.check()
            var ofBlocks = Impact.any
            var ofGroups = Impact.any
            var groupEnd = UInt32.max
            for index in terms.indices { terms[index].narrow(&ofBlocks, &ofGroups, &groupEnd) }
            if scores.bound(ofBlocks) >= hits.threshold {
                try findBest(stretch, &hits, acceptance)
                start = self.start(behind: stretch)
            } else {
                start = scores.bound(ofGroups) < hits.threshold ? groupEnd + 1 : stretch.upperBound
            }
        }
    }

    private mutating func findBest(
        _ stretch: Range<UInt32>, _ hits: inout BestScores, _ acceptance: Acceptance
    ) throws(SegmentError) {
        try terms[0].cursor.decode()
        let run = terms[0].cursor.takeRun(base: stretch.lowerBound, end: stretch.upperBound)
        let isSingle = terms[0].cursor.isSingleOccurrence
        if !isSingle { terms[0].cursor.decodeFrequencies() }
        let (documents, frequencies) = (terms[0].cursor.documents, terms[0].cursor.frequencies)
        guard let places = memory.terms[0].places else { return }
        // SAFETY: a run lies inside the decoded block, and there is room for the places of a block.
        var count = withUnsafePointer(to: scores.kernel) {
            saekin_candidate_places(
                $0, documents + run.lowerBound, isSingle ? nil : frequencies + run.lowerBound, run.count,
                hits.threshold, places)
        }
        for candidate in 0..<count {
            places[candidate] += UInt32(run.lowerBound)
            memory.documents[candidate] = documents[Int(places[candidate])]
        }
        count = accepted(try narrow(count), acceptance)
        if count == 0 { return }
        if !isSingle {
            for index in terms.indices { try terms[index].loadPositions(memory.terms + index) }
            count = filter(count) { mayReach(hits.threshold, $0) }
        }
        guard count > 0, try compare(count, isFirstEnough: false) > 0 else { return }
        for candidate in 0..<count where memory.frequencies[candidate] > 0 {
            let document = memory.documents[candidate]
            try hits.offer(document, scores.score(frequency: memory.frequencies[candidate], document))
        }
    }

    /// Whether a candidate's score can be so high, by how often it has the terms.
    private func mayReach(_ threshold: Float, _ candidate: Int) -> Bool {
        var most = UInt32.max
        for index in terms.indices {
            // SAFETY: places are below the counts of their blocks, whose ends were loaded.
            let place = Int(memory.terms[index].places[candidate])
            guard let ends = memory.terms[index].ends else {
                most = 1
                break
            }
            most = min(most, ends[place] - (place > 0 ? ends[place - 1] : 0))
        }
        return scores.score(frequency: most, memory.documents[candidate]) >= threshold
    }
}
