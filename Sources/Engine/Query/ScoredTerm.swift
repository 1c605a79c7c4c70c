// One term of a flat query: its postings, how they score, and bounds of both.
import CKernels

/// A postings cursor with the scores of its occurrences.
struct ScoredTerm {
    var cursor: TermCursor
    /// How occurrences score, apart from norms: these belong to the list in which the cursor is.
    private let scores: UnitScores
    private var blockBound: Float = 0
    private var boundedBlock: UInt32 = .max
    private var groupBound: Float = 0
    private var boundedGroup: UInt32 = .max

    init(_ cursor: TermCursor, _ scores: UnitScores) {
        self.cursor = cursor
        self.scores = scores
    }

    var documentFrequency: UInt32 { cursor.documentFrequency }

    /// Moves to the block with the first document from `target` on; false when there is none.
    @inline(__always)
    mutating func move(to target: UInt32) throws(SegmentError) -> Bool { try cursor.moveBlock(to: target) }

    /// A bound of the scores in the block.
    @inline(__always)
    mutating func boundOfBlock() -> Float {
        if boundedBlock != cursor.postings.blockLastDocument {
            boundedBlock = cursor.postings.blockLastDocument
            blockBound = scores.bound(cursor.postings.blockImpact, ratio: cursor.ratio)
        }
        return blockBound
    }

    /// A bound of the scores in the group of 32 blocks.
    @inline(__always)
    mutating func boundOfGroup() -> Float {
        if boundedGroup != cursor.postings.groupLastDocument {
            boundedGroup = cursor.postings.groupLastDocument
            groupBound = scores.bound(cursor.postings.groupImpact, ratio: cursor.ratio)
        }
        return groupBound
    }

    /// A bound of the scores from the cursor's block up to `end`; 0 when no document of it has the term.
    /// Reads the headers of blocks where they end in the group, and those of groups beyond.
    mutating func bound(to end: UInt32) throws(SegmentError) -> Float {
        if cursor.postings.blockLowerBound >= end { return 0 }
        if cursor.postings.blockLastDocument >= end - 1 { return boundOfBlock() }
        return try boundAhead(to: end)
    }

    /// Moves to the first block with documents before `end` that may have a score of `least`; false when
    /// there is none.
    mutating func skipBlocks(below least: Float, end: UInt32) throws(SegmentError) -> Bool {
        var reach = scores.reach(least, ratio: cursor.ratio)
        while !reach.contains(cursor.postings.blockImpact) {
            if cursor.postings.blockLastDocument >= end - 1 { return false }
            guard try cursor.skipBlocks(outside: reach, end: end), cursor.postings.blockLowerBound < end
            else {
                return false
            }
            reach.ratio = cursor.ratio
        }
        return true
    }

    private mutating func boundAhead(to end: UInt32) throws(SegmentError) -> Float {
        var ahead = cursor.postings
        if ahead.groupLastDocument >= end - 1 {
            var greatest = boundOfBlock()
            while ahead.blockLastDocument < end - 1, try ahead.nextBlock(), ahead.blockLowerBound < end {
                greatest = max(greatest, scores.bound(ahead.blockImpact, ratio: cursor.ratio))
            }
            return greatest
        }
        var greatest = boundOfGroup()
        while ahead.groupLastDocument < end - 1, try ahead.skip(to: ahead.groupLastDocument + 1) {
            if ahead.blockLowerBound >= end { return greatest }
            greatest = max(greatest, scores.bound(ahead.groupImpact, ratio: cursor.ratio))
        }
        if ahead.isAtEnd {
            let links = cursor.linksAhead(to: end)
            for index in links.indices {
                if links[index].bound < 0 { links[index].bound = try bound(of: links[index]) }
                greatest = max(greatest, links[index].bound)
            }
        }
        return greatest
    }

    /// A bound of the scores in a list, from the headers of its groups.
    private func bound(of link: PostingsLink) throws(SegmentError) -> Float {
        var (list, greatest) = (link.postings, Float(0))
        while try list.nextGroup() {
            greatest = max(greatest, scores.bound(list.groupImpact, ratio: link.ratio))
        }
        return greatest
    }

    /// What the kernels read of the scores, for the list in which the cursor is.
    @inline(__always)
    var kernel: saekin_unit_scores {
        var kernel = scores.kernel
        kernel.norms = cursor.norms
        return kernel
    }

    /// The score of a document; 0 when it does not have the term. Documents are asked for in ascending order.
    @inline(__always)
    mutating func score(of document: UInt32) throws(SegmentError) -> Float? {
        let frequency = try cursor.frequency(of: document)
        return frequency == 0 ? nil : score(frequency: frequency, document)
    }

    /// The score of a document of the list in which the cursor is, with `frequency` occurrences.
    @inline(__always)
    mutating func score(frequency: UInt32, _ document: UInt32) -> Float {
        // SAFETY: there is a norm for every document of the list's segment.
        scores.score(frequency: frequency, norm: cursor.norms?[Int(document)] ?? 0)
    }

    /// Passes the block's documents of `start..<end` and writes those whose score is at least `least`, and
    /// their scores. False, and nothing done, when there are none.
    mutating func takeCandidates(
        start: UInt32, end: UInt32, least: Float, into candidates: inout Candidates
    ) throws(SegmentError) -> Bool {
        if least > 0, cursor.postings.blockLowerBound >= start, cursor.postings.blockLastDocument < end,
            cursor.canChooseByNorm, let norms = cursor.norms
        {
            try takeByNorm(norms, least, &candidates)
            _ = try cursor.skipBlock()
            return true
        }
        try cursor.decode()
        let run = cursor.takeRun(base: start, end: end)
        if run.isEmpty { return false }
        self.candidates(run, least: least, into: &candidates)
        return true
    }

    /// Chooses the documents of a block that is not decoded by their norms first, for few have one that can
    /// reach `least`.
    private mutating func takeByNorm(
        _ norms: UnsafePointer<UInt8>, _ least: Float, _ candidates: inout Candidates
    ) throws(SegmentError) {
        candidates.count = 0
        guard let norm = scores.reach(least, ratio: cursor.ratio).greatestNorm(cursor.postings.blockImpact)
        else { return }
        let places = candidates.places
        let found = try cursor.postings.documents(norms, upTo: norm, candidates.documents, places)
        let isSingle = cursor.isSingleOccurrence
        if !isSingle { cursor.replace(places: places, found) }
        var kernel = kernel
        // SAFETY: candidates have room for a block; what is kept of them moves to the front.
        candidates.count = saekin_candidates(
            &kernel, candidates.documents, isSingle ? nil : places, found, least, candidates.documents,
            candidates.scores)
    }

    /// Writes the documents of a run of the decoded block whose score is at least `least`, and their scores.
    private mutating func candidates(
        _ run: Range<Int>, least: Float, into candidates: inout Candidates
    ) {
        let isSingle = cursor.isSingleOccurrence
        if !isSingle { cursor.decodeFrequencies() }
        let (documents, frequencies) = (cursor.documents, cursor.frequencies)
        var kernel = kernel
        // SAFETY: a run lies inside the decoded block, and candidates have room for a block.
        candidates.count = saekin_candidates(
            &kernel, documents + run.lowerBound, isSingle ? nil : frequencies + run.lowerBound, run.count,
            least, candidates.documents, candidates.scores)
    }
}

/// Documents that may be among the best, with the scores they have so far.
struct Candidates {
    // SAFETY: the search's memory lives longer than its candidates.
    let documents: UnsafeMutablePointer<UInt32>
    let scores: UnsafeMutablePointer<Float>
    /// The places of a block's candidates in it, while they are chosen.
    fileprivate let places: UnsafeMutablePointer<UInt32>
    var count = 0

    init(_ memory: SearchMemory) {
        documents = memory.documents
        scores = memory.documentScores
        places = memory.places
    }

    /// Makes some documents the candidates, without a score.
    mutating func take(_ documents: UnsafePointer<UInt32>, _ count: Int) {
        // SAFETY: candidates have room for a block.
        self.documents.update(from: documents, count: count)
        scores.update(repeating: 0, count: count)
        self.count = count
    }

    /// Adds to each candidate its prior, and drops those that cannot reach `least` with it.
    mutating func add(_ prior: inout PriorScorer?, least: Float) {
        guard var scorer = prior.take() else { return }
        var kept = 0
        for place in 0..<count {
            let document = documents[place]
            let score = scores[place] + scorer.score(of: document)
            documents[kept] = document
            scores[kept] = score
            kept += score >= least ? 1 : 0
        }
        count = kept
        prior = scorer
    }

    /// Drops the candidates that may not be hits, before they are looked up in other terms.
    mutating func keep(_ acceptance: Acceptance) {
        if acceptance.isAll { return }
        var kept = 0
        for place in 0..<count {
            let document = documents[place]
            documents[kept] = document
            scores[kept] = scores[place]
            kept += acceptance.contains(document) ? 1 : 0
        }
        count = kept
    }

    /// Adds to each candidate its score for a term, in a run of whose decoded block all of them are.
    mutating func add(_ term: inout ScoredTerm, _ run: Range<Int>) {
        if count == 0 { return }
        let isSingle = term.cursor.isSingleOccurrence
        if !isSingle { term.cursor.decodeFrequencies() }
        let (all, frequencies) = (term.cursor.documents, term.cursor.frequencies)
        var place = run.lowerBound
        for candidate in 0..<count {
            // SAFETY: the run lies inside the decoded block.
            place = saekin_lower_bound(all, place, run.upperBound, documents[candidate])
            scores[candidate] += term.score(
                frequency: isSingle ? 1 : frequencies[place], documents[candidate])
        }
    }

    /// Adds to each candidate its score for a term, and drops those that cannot reach `least` with it.
    ///
    /// - Parameter isRequired: also drop those without the term.
    mutating func add(
        _ term: inout ScoredTerm, isRequired: Bool, least: Float
    ) throws(SegmentError) {
        var kept = 0
        for place in 0..<count {
            let document = documents[place]
            let more = try term.score(of: document)
            if more == nil, isRequired { continue }
            let score = scores[place] + (more ?? 0)
            documents[kept] = document
            scores[kept] = score
            kept += score >= least ? 1 : 0
        }
        count = kept
    }
}
