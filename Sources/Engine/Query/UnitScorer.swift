// Scores a BM25F unit over the windows of one segment: a term in its fields, or the expansions of a prefix.
import CKernels

/// Scores one unit.
struct UnitScorer {
    private var cursors: [TermCursor] = []
    /// Per cursor, what an occurrence counts by norm byte, where scores are needed.
    private var factors: [[Float]] = []
    /// Per cursor, the ratio of these to the factors of the segment's impacts.
    private var ratios: [Float] = []
    /// Per cursor, a norm a document; fields without norms read the norm 0.
    private var norms: [NormsReader?] = []
    /// The scores of a unit with one cursor.
    private let scores: UnitScores?
    private let weight: Float
    private let k1: Float
    private let grid: ScoreGrid
    private let needsScores: Bool
    /// Postings to read, roughly the documents that match.
    let cost: UInt64
    /// Postings in an average window.
    let windowCost: Int

    /// Binds unit `number` of a plan to its segment number `index`.
    init(
        _ number: Int, plan: QueryPlan, segment: Segment, index: Int, needsScores: Bool,
        blocks: inout SearchMemory.BlockLender
    ) {
        let unit = plan.units[number]
        weight = unit.weight
        k1 = plan.k1
        grid = plan.grid
        self.needsScores = needsScores
        var postingCount: UInt64 = 0
        for source in unit.sources[index] {
            cursors.append(TermCursor(segment, source.entry, memory: blocks.next()))
            if needsScores {
                let table = plan.lengthTables[unit.lengthTables[source.field]]
                factors.append(table.factors)
                ratios.append(table.ratios[index])
                norms.append(segment.norms(unit.fields[source.field].field))
            }
            postingCount += UInt64(source.entry.documentFrequency)
        }
        cost = min(postingCount, UInt64(segment.documentCount))
        windowCost = Int(postingCount) / max(1, Int(Window.count(segment.documentCount)))
        scores =
            if needsScores, cursors.count == 1 {
                plan.scores(number, field: unit.sources.first(in: index).field, norms: norms[0])
            } else {
                nil
            }
    }

    /// A unit that only finds the documents with any of the entries.
    init(_ entries: ArraySlice<TermEntry>, segment: Segment) {
        for entry in entries { cursors.append(TermCursor(segment, entry)) }
        weight = 0
        k1 = 1
        grid = ScoreGrid(scoreMax: 0)
        needsScores = false
        scores = nil
        let postingCount = entries.reduce(0) { $0 + UInt64($1.documentFrequency) }
        cost = min(postingCount, UInt64(segment.documentCount))
        windowCost = Int(postingCount) / max(1, Int(Window.count(segment.documentCount)))
    }

    /// The first window, from `window` on, that may hold a match.
    mutating func nextWindow(_ window: UInt32) throws(SegmentError) -> UInt32 {
        let target = window << Window.shift
        var first = UInt32.max
        for index in cursors.indices {
            first = min(first, try cursors[index].lowerBound(target))
            if Window.of(first) == window { break }
        }
        return Window.of(first)
    }

    /// A bound of the scores in a window, from block headers alone; 0 when no document of it can match.
    func bound(_ window: UInt32) throws(SegmentError) -> Float {
        let base = window << Window.shift
        var weighted: Float = 0
        var mayMatch = false
        for index in cursors.indices {
            let greatest = try cursors[index].greatestWeightedFrequency(
                base: base, end: base + UInt32(Window.size), factors[index], ratio: ratios[index])
            guard let greatest else { continue }
            mayMatch = true
            weighted += greatest
        }
        // A step more: the rounded quotient of a greater frequency may be smaller by a last bit.
        return mayMatch ? contribution(weighted) + max(grid.step, .leastNormalMagnitude) : 0
    }

    /// Matches a window, as `SegmentScorer` describes.
    mutating func match(
        _ task: WindowTask, _ bits: inout BitSlots, _ slots: inout ScoreSlots
    ) throws(SegmentError) {
        let target = needsScores ? task.scores : nil
        // Looking up a document costs about as much as reading eight postings.
        if !cursors.isEmpty, bits.hasFewer(task.candidates, than: windowCost / (8 * cursors.count)) {
            return try matchEach(task, target, &bits, &slots)
        }
        guard let target else {
            for index in cursors.indices { try cursors[index].mark(task, &bits.words) }
            bits.and(task.out, task.candidates)
            return
        }
        if let scores {
            try Self.addScores(&cursors[0], scores, task, target, &bits.words, &slots.values)
            bits.and(task.out, task.candidates)
            return
        }
        let isDense = !bits.hasFewer(task.candidates, than: Window.size / 8)
        let weighted = isDense ? slots.take() : slots.take(for: task.candidates, bits)
        for index in cursors.indices {
            try Self.accumulate(
                &cursors[index], norms[index], factors[index], task, weighted, &bits.words, &slots.values)
        }
        bits.and(task.out, task.candidates)
        saturate(weighted, task, target, isDense: isDense, bits, &slots)
        slots.giveBack(weighted)
    }

    @inline(__always)
    private func contribution(_ weighted: Float) -> Float {
        grid.round(BM25.contribution(weight: weight, weightedFrequency: weighted, k1: k1))
    }

    /// Looks up each candidate.
    private mutating func matchEach(
        _ task: WindowTask, _ target: Int?, _ bits: inout BitSlots, _ slots: inout ScoreSlots
    ) throws(SegmentError) {
        for word in 0..<Window.wordCount {
            var candidates = bits.words[task.candidates + word]
            while candidates != 0 {
                let offset = word << 6 + candidates.trailingZeroBitCount
                candidates &= candidates - 1
                let document = task.base + UInt32(offset)
                var isFound = false
                var weighted: Float = 0
                for index in cursors.indices {
                    if target == nil {
                        isFound = try cursors[index].contains(document)
                        if isFound { break }
                        continue
                    }
                    let frequency = try cursors[index].frequency(of: document)
                    guard frequency > 0 else { continue }
                    isFound = true
                    weighted += Float(frequency) * factors[index][Int(norms[index]?[document] ?? 0)]
                }
                guard isFound else { continue }
                bits.words[task.out + word] |= 1 << UInt64(offset & 63)
                if let target { slots.values[target + offset] += contribution(weighted) }
            }
        }
    }

    /// Turns the window's weighted frequencies into scores.
    private func saturate(
        _ weighted: Int, _ task: WindowTask, _ target: Int, isDense: Bool, _ bits: borrowing BitSlots,
        _ slots: inout ScoreSlots
    ) {
        let (weight, k1, grid) = (weight, k1, grid)
        var values = slots.values.mutableSpan
        if isDense, !bits.hasFewer(task.out, than: Window.size / 8) {
            // Every document, without a branch: where nothing matched, 0 is added.
            for offset in 0..<Window.size {
                let frequency = values[unchecked: weighted + offset]
                values[unchecked: target + offset] += grid.round(
                    BM25.contribution(weight: weight, weightedFrequency: frequency, k1: k1))
            }
            return
        }
        for word in 0..<Window.wordCount {
            var matches = bits.words[task.out + word]
            while matches != 0 {
                let offset = word << 6 + matches.trailingZeroBitCount
                matches &= matches - 1
                let frequency = values[unchecked: weighted + offset]
                values[unchecked: target + offset] += grid.round(
                    BM25.contribution(weight: weight, weightedFrequency: frequency, k1: k1))
            }
        }
    }

    // MARK: Loops over postings

    // SAFETY: for all of them: `nextRun` gives documents of the window only, slots have a window's size,
    // tables 256 entries, and there is a norm for every document of the segment.

    /// Sets bits and adds weighted frequencies.
    private static func accumulate(
        _ cursor: inout TermCursor, _ norms: NormsReader?, _ factors: [Float], _ task: WindowTask,
        _ target: Int, _ words: inout [UInt64], _ values: inout [Float]
    ) throws(SegmentError) {
        let end = task.base + UInt32(Window.size)
        precondition(factors.count == 256)
        while true {
            let run = try cursor.nextRun(base: task.base, end: end)
            if run.isEmpty { return }
            let isSingle = cursor.isSingleOccurrence
            if !isSingle { cursor.decodeFrequencies() }
            let factors = factors.span
            var words = words.mutableSpan
            var values = values.mutableSpan
            for place in run {
                let document = cursor.documents[place]
                let offset = Int(document &- task.base)
                let norm = if let norms { Int(norms.base[Int(document)]) } else { 0 }
                let frequency = isSingle ? 1 : Float(cursor.frequencies[place])
                words[unchecked: task.out + offset >> 6] |= 1 << UInt64(offset & 63)
                values[unchecked: target + offset] += frequency * factors[unchecked: norm]
            }
        }
    }

    /// Sets bits and adds scores.
    private static func addScores(
        _ cursor: inout TermCursor, _ scores: UnitScores, _ task: WindowTask, _ target: Int,
        _ words: inout [UInt64], _ values: inout [Float]
    ) throws(SegmentError) {
        var kernel = scores.kernel
        try words.withUnsafeMutableBufferPointer { words throws(SegmentError) in
            try values.withUnsafeMutableBufferPointer { values throws(SegmentError) in
                let (out, sums) = (words.baseAddress! + task.out, values.baseAddress! + target)
                let end = task.base + UInt32(Window.size)
                while true {
                    let run = try cursor.nextRun(base: task.base, end: end)
                    if run.isEmpty { return }
                    cursor.addScores(&kernel, run, base: task.base, out, sums)
                }
            }
        }
        withExtendedLifetime(scores) {}
    }
}

extension TermCursor {
    /// Sets the bits of the documents of a window.
    fileprivate mutating func mark(_ task: WindowTask, _ words: inout [UInt64]) throws(SegmentError) {
        try words.withUnsafeMutableBufferPointer { words throws(SegmentError) in
            // SAFETY: a slot has a window's words.
            guard let base = words.baseAddress else { return }
            try setBits(from: task.base, to: task.base + UInt32(Window.size), base + task.out)
        }
    }

    /// Sets the bits of a run of the decoded block and adds its scores, both relative to `base`.
    @inline(__always)
    mutating func addScores(
        _ kernel: inout saekin_unit_scores, _ run: Range<Int>, base: UInt32,
        _ words: UnsafeMutablePointer<UInt64>, _ scores: UnsafeMutablePointer<Float>
    ) {
        let isSingle = isSingleOccurrence
        if !isSingle { decodeFrequencies() }
        saekin_add_scores(
            &kernel, documents + run.lowerBound, isSingle ? nil : frequencies + run.lowerBound, run.count,
            base,
            words, scores)
    }
}
