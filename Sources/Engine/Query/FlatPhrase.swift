// A phrase that has one term at each position, in one field of a segment: found without windows, and, where
// only the best hits are wanted, without reading positions of documents that cannot be among them.
//
// The rarest term gives the candidates. Its documents are scored a block at a time, as though the phrase were
// there as often as the term: only those that reach the threshold so are looked for in the blocks of the
// other terms, in stretches in which every term stays in one block. The phrase occurs in a document no more
// often than any of its terms, so block headers bound the score before a block is decoded, and frequencies
// before any position is read.
import CKernels

/// One term of a phrase with its positions.
private struct PhraseTerm {
    var cursor: TermCursor
    var positions: PositionsBlock
    /// The last document of the block that the kernels know.
    private var prepared = DocID.noMoreDocuments

    init(_ cursor: TermCursor, _ positions: PositionsMemory) {
        self.cursor = cursor
        self.positions = PositionsBlock(memory: positions)
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

/// What the kernels read and write for a phrase.
final class PhraseMemory: @unchecked Sendable {
    // SAFETY (Sendable): a phrase is evaluated by one thread, and its memory with it.
    private static let termCount = Int(SAEKIN_PHRASE_LENGTH_MAX)
    private static let capacity = PostingsCursor.blockCapacity

    let terms = UnsafeMutablePointer<saekin_phrase_term>.allocate(capacity: PhraseMemory.termCount)
    /// Documents that are compared, at most a block.
    let documents = UnsafeMutablePointer<UInt32>.allocate(
        capacity: (4 + PhraseMemory.termCount) * PhraseMemory.capacity)
    /// How often the phrase occurs in them.
    var frequencies: UnsafeMutablePointer<UInt32> { documents + Self.capacity }
    /// Places of the candidates in the block of the rarest term, their documents, and bounds of their scores.
    var places: UnsafeMutablePointer<UInt32> { documents + 2 * Self.capacity }
    var candidates: UnsafeMutablePointer<UInt32> { documents + 3 * Self.capacity }
    let bounds = UnsafeMutablePointer<Float>.allocate(capacity: PhraseMemory.capacity)
    private var positions: [PositionsMemory] = []

    init() {
        let count = (4 + Self.termCount) * Self.capacity
        documents.initialize(repeating: 0, count: count)
        for index in 0..<Self.termCount {
            var term = saekin_phrase_term()
            term.places = documents + (4 + index) * Self.capacity
            (terms + index).initialize(to: term)
        }
    }

    deinit {
        terms.deallocate()
        documents.deallocate()
        bounds.deallocate()
    }

    /// Memory for the positions of a term.
    func positions(_ index: Int) -> PositionsMemory {
        while positions.count <= index { positions.append(PositionsMemory()) }
        return positions[index]
    }
}

/// Evaluates a flat phrase in the segments of a space. A copy shares the memory: one may only be used when
/// the other no longer is.
struct FlatPhrase {
    /// The rarest first.
    private var terms: [PhraseTerm]
    private let scores: UnitScores
    /// The norms of the list in which the rarest term is.
    private var norms: UnsafePointer<UInt8>?
    private let memory: PhraseMemory
    private var prior: PriorScorer?
    /// The most that the prior adds.
    private var ofPrior: Float = 0

    /// Nil when the query is no phrase, or one with several fields or alternatives in these segments, or in
    /// none of them.
    init?(_ plan: QueryPlan, _ space: DocumentSpace, memory search: SearchMemory) {
        guard case .phrase(let number) = plan.nodes[plan.root] else { return nil }
        let phrase = plan.phrases[number]
        let length = phrase.terms.count
        // By place in the phrase, its lists in the segments that have all places.
        let links = search.links(length * space.parts.count)
        var frequencies = Array(repeating: 0, count: length)
        var (field, count) = (-1, 0)
        for part in space.parts where phrase.sources.isThere(part.number) {
            for candidate in phrase.fields.indices where phrase.sources.isThere(part.number, candidate) {
                guard field < 0 || field == candidate, phrase.sources.hasOneTermEach(part.number, candidate)
                else { return nil }
                field = candidate
                let table = plan.lengthTables[phrase.lengthTables[field]]
                for place in 0..<length {
                    for entry in phrase.sources.entries(part.number, candidate, place) {
                        // SAFETY: there is room for a list of every place in every segment.
                        (links + place * space.parts.count + count).initialize(
                            to: PostingsLink(part, entry, table))
                        frequencies[place] += Int(entry.documentFrequency)
                    }
                }
            }
            count += 1
        }
        guard count > 0 else { return nil }
        memory = search.phrase
        terms = []
        terms.reserveCapacity(length)
        for place in frequencies.indices.sorted(by: { frequencies[$0] < frequencies[$1] }) {
            let index = terms.count
            memory.terms[index].offset = UInt32(place)
            let chain = PostingsChain(links: links + place * space.parts.count, count: count)
            terms.append(
                PhraseTerm(TermCursor(chain, memory: search.block(index)), memory.positions(index)))
        }
        scores = plan.phraseScores(number, field: field)
    }

    /// The norm of a document of the block of the rarest term.
    @inline(__always)
    private func norm(_ document: UInt32) -> UInt8 { norms?[Int(document)] ?? 0 }

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

    /// Makes a candidate number `kept`.
    @inline(__always)
    private func keep(_ candidate: Int, _ kept: Int) {
        memory.documents[kept] = memory.documents[candidate]
        for index in terms.indices {
            let places = memory.terms[index].places!
            places[kept] = places[candidate]
        }
    }

    /// Makes those documents of a run of the rarest term's block candidates that may be hits; how many.
    private mutating func take(_ run: Range<Int>, _ acceptance: Acceptance) -> Int {
        guard let places = memory.terms[0].places else { return 0 }
        let documents = terms[0].cursor.documents
        var kept = 0
        for place in run {
            places[kept] = UInt32(place)
            memory.documents[kept] = documents[place]
            kept += acceptance.contains(documents[place]) ? 1 : 0
        }
        return kept
    }

    /// Leaves those of the candidates whose scores may reach a threshold, by how often they have the terms;
    /// how many.
    private func reaching(_ threshold: Float, _ count: Int) -> Int {
        var kept = 0
        for candidate in 0..<count where mayReach(threshold, candidate) {
            keep(candidate, kept)
            kept += 1
        }
        return kept
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
            var count = take(run, acceptance)
            count = try narrow(count)
            if count > 0 { total += try compare(count, isFirstEnough: true) }
        }
        return total
    }

    // MARK: The best

    /// Offers documents with the phrase to `hits`, and leaves out those that cannot be among the best.
    mutating func findBest(
        _ hits: inout BestScores, _ prior: PriorScorer?, _ acceptance: Acceptance,
        _ control: inout SearchControl
    ) throws {
        self.prior = prior
        ofPrior = prior?.greatest ?? 0
        var start: UInt32 = 0
        while try terms[0].move(to: start) != nil {
            try control.check()
            var (ofBlock, ofGroup, groupEnd) = (Impact.any, Impact.any, UInt32.max)
            terms[0].narrow(&ofBlock, &ofGroup, &groupEnd)
            if bound(ofGroup) < least(hits) {
                start = groupEnd + 1
            } else {
                start = terms[0].lastDocument() + 1
                if bound(ofBlock) < least(hits) { continue }
                let count = try scoreBlock(least(hits))
                guard try findBest(among: count, &hits, acceptance, &control) else { return }
            }
        }
    }

    /// A bound of the scores of documents in the segment of the rarest term's block.
    private func bound(_ impact: Impact) -> Float { scores.bound(impact, ratio: terms[0].cursor.ratio) }

    /// What the phrase has to score for a place among the best, with the greatest prior.
    private func least(_ hits: BestScores) -> Float { hits.threshold - ofPrior }

    /// Finds the documents of the rarest term's block that may reach a threshold; how many.
    private mutating func scoreBlock(_ threshold: Float) throws(SegmentError) -> Int {
        try terms[0].cursor.decode()
        let isSingle = terms[0].cursor.isSingleOccurrence
        if !isSingle { terms[0].cursor.decodeFrequencies() }
        let (documents, frequencies) = (terms[0].cursor.documents, terms[0].cursor.frequencies)
        var kernel = scores.kernel
        norms = terms[0].cursor.norms
        kernel.norms = norms
        // SAFETY: the block is decoded, and there is room for the places of a block.
        let count = saekin_candidate_places(
            &kernel, documents, isSingle ? nil : frequencies, terms[0].cursor.count, threshold, memory.places,
            memory.bounds)
        for candidate in 0..<count {
            memory.candidates[candidate] = documents[Int(memory.places[candidate])]
        }
        return count
    }

    /// Looks for the phrase in the candidates of the rarest term's block; false when a term has ended.
    private mutating func findBest(
        among count: Int, _ hits: inout BestScores, _ acceptance: Acceptance, _ control: inout SearchControl
    ) throws -> Bool {
        let (candidates, bounds) = (memory.candidates, memory.bounds)
        var next = 0
        while next < count {
            // The threshold may have risen since the block was scored.
            if bounds[next] < least(hits) {
                next += 1
                continue
            }
            try control.check()
            let (first, last) = try stretch(from: candidates[next])
            if first == .max { return false }
            if first > candidates[next] {
                next = saekin_lower_bound(candidates, next, count, first)
                continue
            }
            let end = saekin_lower_bound(candidates, next, count, last + 1)
            var (ofBlocks, ofGroups, groupEnd) = (Impact.any, Impact.any, UInt32.max)
            for index in terms.indices { terms[index].narrow(&ofBlocks, &ofGroups, &groupEnd) }
            if bound(ofBlocks) >= least(hits) {
                try findBest(next..<end, &hits, acceptance)
                next = end
            } else if bound(ofGroups) < least(hits) {
                next = saekin_lower_bound(candidates, next, count, groupEnd + 1)
            } else {
                next = end
            }
        }
        return true
    }

    /// Moves the other terms to a document of the rarest term's block: the first from it on that any of them
    /// may have together with the others, `UInt32.max` when there is none; and the last up to which all stay
    /// in their blocks.
    private mutating func stretch(
        from document: UInt32
    ) throws(SegmentError) -> (first: UInt32, last: UInt32) {
        var last = terms[0].lastDocument()
        for index in terms.indices.dropFirst() {
            guard let lower = try terms[index].move(to: document) else { return (.max, last) }
            if lower > document { return (lower, last) }
            last = min(last, terms[index].lastDocument())
        }
        return (document, last)
    }

    /// Looks for the phrase in candidates of one stretch.
    private mutating func findBest(
        _ range: Range<Int>, _ hits: inout BestScores, _ acceptance: Acceptance
    ) throws(SegmentError) {
        guard let places = memory.terms[0].places else { return }
        var count = 0
        for candidate in range {
            places[count] = memory.places[candidate]
            memory.documents[count] = memory.candidates[candidate]
            let isHit =
                memory.bounds[candidate] >= least(hits)
                && acceptance.contains(memory.candidates[candidate])
            count += isHit ? 1 : 0
        }
        count = try narrow(count)
        if count == 0 { return }
        for index in terms.indices { try terms[index].loadPositions(memory.terms + index) }
        if !terms[0].cursor.isSingleOccurrence { count = reaching(least(hits), count) }
        guard count > 0, try compare(count, isFirstEnough: false) > 0 else { return }
        for candidate in 0..<count where memory.frequencies[candidate] > 0 {
            let document = memory.documents[candidate]
            let score = scores.score(frequency: memory.frequencies[candidate], norm: norm(document))
            try hits.offer(document, score + (prior?.score(of: document) ?? 0))
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
        return scores.score(frequency: most, norm: norm(memory.documents[candidate])) >= threshold
    }
}
