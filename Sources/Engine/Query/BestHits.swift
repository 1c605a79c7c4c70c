// Finds the best hits of a flat query in the segments of a space, and reads no block that cannot reach the
// page.
//
// Going through the documents in stretches, each term is bounded by the headers of its groups of 32 blocks,
// then of its blocks. A stretch whose bounds together stay below the threshold is passed over. Of an OR, the
// terms that together stay below it are not essential: they are looked up for the documents that the others
// find, and only while these can still reach it (MAXSCORE with block maxima). Of an AND, the rarest term
// gives the candidates and the others are looked up. Scores are sums on the grid, exact in any order, so the
// hits, their scores and their ties are those of the full pass.
//
// Sources: Turtle and Flood, "Query evaluation: strategies and optimizations" (1995); Chakrabarti, Chaudhuri
// and Ganti, "Interval-based pruning for top-k processing over compressed lists" (2011).
import CKernels

/// Finds the best hits by score.
struct BestHits {
    private let memory: SearchMemory
    /// Memory for candidates: whoever works on some copies it, with the count of its own.
    private let candidates: Candidates
    /// The terms, the rarest first.
    private var terms: [ScoredTerm] = []
    private var documentCount: UInt32 = 0
    private var acceptance = Acceptance.all
    private var prior: PriorScorer?
    /// Asked in the loops instead of `prior`, which counts references when it is looked at.
    private var hasPrior = false
    var hits: BestScores
    /// Documents whose scores are added up at once when several terms are essential.
    private var windowSize: UInt32 = 0
    /// Postings that a window should hold to be worth going through.
    private static let windowPostingCount = 512
    /// Per term, a bound of its scores in the stretch.
    private var bounds: [Float] = []
    /// Terms by their bounds, least first.
    private var order: [Int] = []
    private var threshold: Float { hits.threshold }

    init(hits: BestScores, memory: SearchMemory) {
        self.hits = hits
        self.memory = memory
        candidates = Candidates(memory)
    }

    /// Leaves in `hits` the best that some segments add to those that were found before.
    mutating func run(
        _ query: FlatQuery, _ plan: QueryPlan, _ space: DocumentSpace, _ prior: PriorScorer?,
        _ acceptance: Acceptance, floor: Float, _ control: inout SearchControl
    ) throws {
        hits.begin(space, floor: floor)
        self.prior = prior
        hasPrior = prior != nil
        terms.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
        terms.reserveCapacity(query.terms.count)
        bounds.reserveCapacity(query.terms.count)
        order.reserveCapacity(query.terms.count)
        var postingCount = 0
        for term in query.terms {
            order.append(terms.count)
            bounds.append(0)
            terms.append(scored(term, plan))
            postingCount += Int(term.documentFrequency)
        }
        if terms.isEmpty { return }
        documentCount = space.documentCount
        self.acceptance = acceptance
        var size = Window.size
        while size < SearchMemory.capacity, postingCount * size < Self.windowPostingCount * Int(documentCount)
        {
            size *= 2
        }
        windowSize = UInt32(size)
        if terms.count == 1 {
            try searchOnly(&control)
        } else if query.isAnd {
            try searchAll(&control)
        } else {
            try searchAny(&control)
        }
    }

    private func scored(_ term: FlatQuery.Term, _ plan: QueryPlan) -> ScoredTerm {
        ScoredTerm(
            TermCursor(term.chain, memory: memory.block(terms.count)),
            plan.scores(term.unit, field: term.field, norms: nil))
    }

    /// Blocks that were decoded by the last run.
    var decodedBlockCount: Int { terms.reduce(0) { $0 + $1.cursor.blockNumber } }

    // MARK: Looking ahead

    /// Blocks that are read ahead for the threshold.
    private static let primingBlockCountMax = 64
    /// Larger pages are not worth looking ahead for.
    static let primingCapacityMax = 128

    /// What the k-th best of one term gives alone: the k best of all can only be better. Without it, frequent
    /// terms would be essential until k documents with the rare ones have been met.
    mutating func lookAhead(
        _ term: FlatQuery.Term, _ plan: QueryPlan, _ prior: PriorScorer?, _ acceptance: Acceptance,
        _ control: inout SearchControl
    ) throws -> Float {
        self.prior = prior
        hasPrior = prior != nil
        terms.removeAll(keepingCapacity: true)
        var best = TopHits<Float>(capacity: hits.capacity)
        var term = scored(term, plan)
        var found = candidates
        var blockCount = 0
        while blockCount < Self.primingBlockCountMax, try term.cursor.moveToRun(base: 0, end: .max) {
            try control.check()
            blockCount += 1
            let least = best.worst ?? 0
            let ofPrior = boundOfPrior(
                term.cursor.postings.blockLowerBound, term.cursor.postings.blockLastDocument + 1)
            if term.boundOfBlock() + ofPrior <= least {
                guard try term.cursor.skipBlock() else { break }
                continue
            }
            guard try term.takeCandidates(start: 0, end: .max, least: least - ofPrior, into: &found) else {
                break
            }
            addPrior(to: &found, least: least)
            for place in 0..<found.count where acceptance.contains(found.documents[place]) {
                best.offer(found.scores[place], found.documents[place])
            }
        }
        return best.worst ?? 0
    }

    // MARK: Priors

    /// The most that the prior adds in the documents `start..<end`.
    @inline(__always)
    private func boundOfPrior(_ start: UInt32, _ end: UInt32) -> Float {
        hasPrior ? prior?.bound(start, end) ?? 0 : 0
    }

    /// Adds to each candidate its prior, and drops those that cannot reach `least` with it.
    @inline(__always)
    private mutating func addPrior(to candidates: inout Candidates, least: Float) {
        if hasPrior { candidates.add(&prior, least: least) }
    }

    // MARK: Hits

    private mutating func offerCandidates(_ candidates: Candidates) throws(SegmentError) {
        for place in 0..<candidates.count {
            let score = candidates.scores[place]
            if score < threshold { continue }
            try hits.offer(candidates.documents[place], score)
        }
    }

    // MARK: One term

    /// Goes through the groups of the only term.
    private mutating func searchOnly(_ control: inout SearchControl) throws {
        var start: UInt32 = 0
        while try terms[0].move(to: start) {
            try control.check()
            start = max(start, terms[0].cursor.postings.blockLowerBound)
            let end = terms[0].cursor.postings.groupLastDocument + 1
            let ofPrior = boundOfPrior(start, end)
            if terms[0].boundOfGroup() + ofPrior >= threshold { try searchOne(start, end, ofPrior, ofPrior) }
            start = end
        }
    }

    // MARK: All terms

    private mutating func searchAll(_ control: inout SearchControl) throws {
        var start: UInt32 = 0
        while start < documentCount {
            try control.check()
            guard try terms[0].move(to: start) else { return }
            start = max(start, terms[0].cursor.postings.blockLowerBound)
            let end = terms[0].cursor.postings.blockLastDocument + 1
            var first = start
            for index in 1..<terms.count {
                guard try terms[index].move(to: start) else { return }
                first = max(first, terms[index].cursor.postings.blockLowerBound)
            }
            if first >= end {
                start = first
                continue
            }
            if threshold == 0 {
                try intersect(first, end)
                start = end
                continue
            }
            var groupEnd = UInt32.max
            var ofGroups: Float = 0
            for index in terms.indices {
                groupEnd = min(groupEnd, terms[index].cursor.postings.groupLastDocument)
                ofGroups += terms[index].boundOfGroup()
            }
            if ofGroups + boundOfPrior(start, groupEnd + 1) < threshold {
                start = groupEnd + 1
                continue
            }
            let ofPrior = boundOfPrior(first, end)
            var rest = ofPrior
            for index in 1..<terms.count {
                bounds[index] = try terms[index].bound(to: end)
                rest += bounds[index]
            }
            if terms[0].boundOfBlock() + rest >= threshold { try searchAll(first, end, rest, ofPrior) }
            start = end
        }
    }

    /// Finds the documents of the rarest term's block that have all terms, and scores these: as long as there
    /// is room on the page, no score leaves a document out.
    private mutating func intersect(_ start: UInt32, _ end: UInt32) throws(SegmentError) {
        try terms[0].cursor.decode()
        let run = terms[0].cursor.takeRun(base: start, end: end)
        var found = candidates
        found.take(terms[0].cursor.documents + run.lowerBound, run.count)
        found.keep(acceptance)
        for index in 1..<terms.count {
            if found.count == 0 { return }
            try found.add(&terms[index], isRequired: true, least: 0)
        }
        found.add(&terms[0], run)
        addPrior(to: &found, least: 0)
        try offerCandidates(found)
    }

    /// Scores the documents of the rarest term's block. The others and the prior add at most `rest`.
    private mutating func searchAll(
        _ start: UInt32, _ end: UInt32, _ rest: Float, _ ofPrior: Float
    ) throws(SegmentError) {
        var rest = rest
        var found = candidates
        guard try terms[0].takeCandidates(start: start, end: end, least: threshold - rest, into: &found)
        else {
            return
        }
        found.keep(acceptance)
        rest -= ofPrior
        addPrior(to: &found, least: threshold - rest)
        for index in 1..<terms.count {
            if found.count == 0 { return }
            rest -= bounds[index]
            try found.add(&terms[index], isRequired: true, least: threshold - rest)
        }
        try offerCandidates(found)
    }

    // MARK: Any term

    private mutating func searchAny(_ control: inout SearchControl) throws {
        var start: UInt32 = 0
        var essentialCount = terms.count
        while start < documentCount {
            try control.check()
            guard let (next, groupEnd, ofGroups) = try moveAll(to: start) else { return }
            start = next
            if ofGroups + boundOfPrior(start, groupEnd + 1) < threshold {
                start = groupEnd + 1
                continue
            }
            let end = stretchEnd(start, essentialCount: essentialCount)
            let ofPrior = boundOfPrior(start, end)
            var sum = ofPrior
            for index in terms.indices {
                bounds[index] = isAhead(index) ? try terms[index].bound(to: end) : 0
                sum += bounds[index]
            }
            if sum >= threshold {
                sortByBound()
                var optional = 0
                var rest = ofPrior
                while optional < order.count - 1, rest + bounds[order[optional]] < threshold {
                    rest += bounds[order[optional]]
                    optional += 1
                }
                essentialCount = terms.count - optional
                if essentialCount == 1 {
                    try searchOne(start, end, rest, ofPrior)
                } else {
                    try searchWindows(start, end, optional: optional, rest, ofPrior)
                }
            }
            start = end
        }
    }

    /// Whether a term has a document that was not passed.
    @inline(__always)
    private func isAhead(_ index: Int) -> Bool { terms[index].cursor.postings.blockCount > 0 }

    /// Moves every term to `start`: the first document that any may have, up to where the bounds of all
    /// groups hold, and their sum. Nil when no term has a further document.
    private mutating func moveAll(
        to start: UInt32
    ) throws(SegmentError) -> (next: UInt32, groupEnd: UInt32, bound: Float)? {
        var next = UInt32.max
        var groupEnd = UInt32.max
        var bound: Float = 0
        for index in terms.indices {
            guard try terms[index].move(to: start) else { continue }
            next = min(next, max(start, terms[index].cursor.postings.blockLowerBound))
            groupEnd = min(groupEnd, terms[index].cursor.postings.groupLastDocument)
            bound += terms[index].boundOfGroup()
        }
        return next == .max ? nil : (next, groupEnd, bound)
    }

    /// A stretch ends with a block of the terms that were essential last, and not inside a window.
    private func stretchEnd(_ start: UInt32, essentialCount: Int) -> UInt32 {
        var end = UInt32.max
        for index in order.suffix(essentialCount) where isAhead(index) {
            end = min(end, terms[index].cursor.postings.blockLastDocument + 1)
        }
        let windowEnd = (start | (windowSize - 1)) + 1
        return min(max(end == .max ? windowEnd : end, windowEnd), documentCount)
    }

    /// Sorts the few terms by their bounds.
    private mutating func sortByBound() {
        for place in 1..<max(1, order.count) {
            var place = place
            while place > 0, bounds[order[place]] < bounds[order[place - 1]] {
                order.swapAt(place, place - 1)
                place -= 1
            }
        }
    }

    /// Goes through the blocks of the only essential term.
    private mutating func searchOne(
        _ start: UInt32, _ end: UInt32, _ rest: Float, _ ofPrior: Float
    ) throws(SegmentError) {
        let essential = order[order.count - 1]
        var found = candidates
        while try terms[essential].cursor.moveToRun(base: start, end: end) {
            guard try terms[essential].skipBlocks(below: threshold - rest, end: end) else { return }
            guard
                try terms[essential].takeCandidates(
                    start: start, end: end, least: threshold - rest, into: &found)
            else { return }
            found.keep(acceptance)
            try addOptional(&found, optional: order.count - 1, rest, ofPrior)
            try offerCandidates(found)
        }
    }

    /// Adds the prior, and looks up the terms that are not essential, those with the greatest bounds first.
    private mutating func addOptional(
        _ candidates: inout Candidates, optional: Int, _ rest: Float, _ ofPrior: Float
    ) throws(SegmentError) {
        var rest = rest - ofPrior
        addPrior(to: &candidates, least: threshold - rest)
        for place in (0..<optional).reversed() {
            if candidates.count == 0 { return }
            let index = order[place]
            if bounds[index] == 0 { continue }
            rest -= bounds[index]
            try candidates.add(&terms[index], isRequired: false, least: threshold - rest)
        }
    }

    /// Adds up the scores of several essential terms, window by window.
    private mutating func searchWindows(
        _ start: UInt32, _ end: UInt32, optional: Int, _ rest: Float, _ ofPrior: Float
    ) throws(SegmentError) {
        let (words, sums) = (memory.words, memory.sums)
        var found = candidates
        var base = start & ~(windowSize - 1)
        while base < end {
            let first = max(base, start)
            let windowEnd = min(base + windowSize, end)
            var isEmpty = true
            for place in optional..<order.count {
                let index = order[place]
                if bounds[index] == 0 { continue }
                while try terms[index].cursor.moveToRun(base: first, end: windowEnd) {
                    var kernel = terms[index].kernel
                    try terms[index].cursor.decode()
                    let run = terms[index].cursor.takeRun(base: first, end: windowEnd)
                    if run.isEmpty { break }
                    isEmpty = false
                    terms[index].cursor.addScores(&kernel, run, base: base, words, sums)
                }
            }
            if !isEmpty {
                // SAFETY: the memory has the words and scores of a stretch, and room for as many candidates.
                found.count = saekin_take_candidates(
                    words, sums, Int(windowEnd - base + 63) / 64, threshold - rest, base, found.documents,
                    found.scores)
                found.keep(acceptance)
                try addOptional(&found, optional: optional, rest, ofPrior)
                try offerCandidates(found)
            }
            base += windowSize
        }
    }
}
