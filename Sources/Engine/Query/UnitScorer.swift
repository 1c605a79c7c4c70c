// Scores a BM25F unit over the windows of one segment: a term in its fields, or the expansions of a prefix.

/// Scores one unit.
struct UnitScorer {
    private var cursors: [TermCursor] = []
    /// Per cursor, what an occurrence counts by norm byte.
    private var factors: [[Float]] = []
    /// Per cursor, a norm a document; fields without norms read the norm 0.
    private var norms: [NormsReader?] = []
    /// A unit of one field: contributions by frequency (1 to 4) and norm.
    private let contributions: [Float]
    private let weight: Float
    private let k1: Float
    private let grid: ScoreGrid
    private let needsScores: Bool
    /// Postings to read, roughly the documents that match.
    let cost: UInt64
    /// Postings in an average window.
    let windowCost: Int

    /// The frequencies for which a contribution is looked up instead of computed.
    private static let tabledFrequencyMax = 4

    init(_ unit: UnitPlan, plan: QueryPlan, segment: Segment, index: Int, needsScores: Bool) {
        weight = unit.weight
        k1 = plan.k1
        grid = plan.grid
        self.needsScores = needsScores
        var postingCount: UInt64 = 0
        for source in unit.sources[index] {
            cursors.append(TermCursor(segment, source.entry))
            factors.append(plan.lengthTables[unit.lengthTables[source.field]])
            norms.append(segment.norms(unit.fields[source.field].field))
            postingCount += UInt64(source.entry.documentFrequency)
        }
        cost = min(postingCount, UInt64(segment.documentCount))
        windowCost = Int(postingCount) / max(1, Int(Window.count(segment.documentCount)))
        contributions =
            if needsScores, cursors.count == 1, postingCount > 1_024 {
                Self.contributions(factors[0], unit, plan)
            } else {
                []
            }
    }

    /// A unit that only finds the documents with any of the entries.
    init(_ entries: [TermEntry], segment: Segment) {
        for entry in entries { cursors.append(TermCursor(segment, entry)) }
        weight = 0
        k1 = 1
        grid = ScoreGrid(scoreMax: 0)
        needsScores = false
        contributions = []
        let postingCount = entries.reduce(0) { $0 + UInt64($1.documentFrequency) }
        cost = min(postingCount, UInt64(segment.documentCount))
        windowCost = Int(postingCount) / max(1, Int(Window.count(segment.documentCount)))
    }

    private static func contributions(_ factors: [Float], _ unit: UnitPlan, _ plan: QueryPlan) -> [Float] {
        var table: [Float] = []
        table.reserveCapacity(tabledFrequencyMax * 256)
        for frequency in 1...tabledFrequencyMax {
            for factor in factors {
                table.append(
                    plan.contribution(weight: unit.weight, weightedFrequency: Float(frequency) * factor))
            }
        }
        return table
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
                base: base, end: base + UInt32(Window.size), factors: factors[index])
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
            for index in cursors.indices {
                try Self.mark(&cursors[index], task, &bits.words)
            }
            bits.and(task.out, task.candidates)
            return
        }
        if cursors.count == 1 {
            if contributions.isEmpty {
                try scoreOne(task, target, &bits, &slots)
            } else {
                try Self.scoreOne(
                    &cursors[0], norms[0], contributions, factors[0], weight, k1, grid, task, target,
                    &bits.words, &slots.values)
            }
            bits.and(task.out, task.candidates)
            return
        }
        let weighted = slots.take()
        for index in cursors.indices {
            try Self.accumulate(
                &cursors[index], norms[index], factors[index], task, weighted, &bits.words, &slots.values)
        }
        bits.and(task.out, task.candidates)
        saturate(weighted, task, target, bits, &slots)
        slots.giveBack(weighted)
    }

    private mutating func scoreOne(
        _ task: WindowTask, _ target: Int, _ bits: inout BitSlots, _ slots: inout ScoreSlots
    ) throws(SegmentError) {
        let end = task.base + UInt32(Window.size)
        while true {
            let run = try cursors[0].nextRun(base: task.base, end: end, needsFrequencies: true)
            if run.isEmpty { return }
            for place in run {
                let document = cursors[0].documents[place]
                let norm = norms[0]?[document] ?? 0
                let weighted = Float(cursors[0].frequencies[place]) * factors[0][Int(norm)]
                let offset = Int(document - task.base)
                bits.words[task.out + offset >> 6] |= 1 << UInt64(offset & 63)
                slots.values[target + offset] += contribution(weighted)
            }
        }
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
                    guard try cursors[index].contains(document) else { continue }
                    isFound = true
                    if target == nil { break }
                    cursors[index].decodeFrequencies()
                    let norm = norms[index]?[document] ?? 0
                    weighted +=
                        Float(cursors[index].frequencies[cursors[index].index]) * factors[index][Int(norm)]
                }
                guard isFound else { continue }
                bits.words[task.out + word] |= 1 << UInt64(offset & 63)
                if let target { slots.values[target + offset] += contribution(weighted) }
            }
        }
    }

    /// Turns the window's weighted frequencies into scores.
    private func saturate(
        _ weighted: Int, _ task: WindowTask, _ target: Int, _ bits: borrowing BitSlots,
        _ slots: inout ScoreSlots
    ) {
        let (weight, k1, grid) = (weight, k1, grid)
        var values = slots.values.mutableSpan
        if !bits.hasFewer(task.out, than: Window.size / 8) {
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

    // Offsets are unchecked below: `nextRun` gives documents of the window only, slots have a window's size,
    // tables 256 entries, and norms as many as the segment has documents.

    /// Sets the bits of the cursor's documents.
    private static func mark(
        _ cursor: inout TermCursor, _ task: WindowTask, _ words: inout [UInt64]
    ) throws(SegmentError) {
        let end = task.base + UInt32(Window.size)
        while true {
            let run = try cursor.nextRun(base: task.base, end: end, needsFrequencies: false)
            if run.isEmpty { return }
            let documents = cursor.documents.span
            var words = words.mutableSpan
            for place in run {
                let offset = Int(documents[unchecked: place] &- task.base)
                words[unchecked: task.out + offset >> 6] |= 1 << UInt64(offset & 63)
            }
        }
    }

    /// Sets bits and adds weighted frequencies.
    private static func accumulate(
        _ cursor: inout TermCursor, _ norms: NormsReader?, _ factors: [Float], _ task: WindowTask,
        _ target: Int,
        _ words: inout [UInt64], _ values: inout [Float]
    ) throws(SegmentError) {
        let end = task.base + UInt32(Window.size)
        precondition(factors.count == 256)
        while true {
            let run = try cursor.nextRun(base: task.base, end: end, needsFrequencies: true)
            if run.isEmpty { return }
            let documents = cursor.documents.span
            let frequencies = cursor.frequencies.span
            let factors = factors.span
            var words = words.mutableSpan
            var values = values.mutableSpan
            for place in run {
                let document = documents[unchecked: place]
                let offset = Int(document &- task.base)
                // SAFETY: there is a norm for every document of the segment.
                let norm = if let norms { Int(norms.base[Int(document)]) } else { 0 }
                words[unchecked: task.out + offset >> 6] |= 1 << UInt64(offset & 63)
                values[unchecked: target + offset] +=
                    Float(frequencies[unchecked: place]) * factors[unchecked: norm]
            }
        }
    }

    /// Sets bits and adds contributions, looked up for frequencies up to 4.
    private static func scoreOne(
        _ cursor: inout TermCursor, _ norms: NormsReader?, _ contributions: [Float], _ factors: [Float],
        _ weight: Float, _ k1: Float, _ grid: ScoreGrid, _ task: WindowTask, _ target: Int,
        _ words: inout [UInt64], _ values: inout [Float]
    ) throws(SegmentError) {
        let end = task.base + UInt32(Window.size)
        precondition(contributions.count == tabledFrequencyMax * 256 && factors.count == 256)
        while true {
            let run = try cursor.nextRun(base: task.base, end: end, needsFrequencies: false)
            if run.isEmpty { return }
            let isSingle = cursor.isSingleOccurrence
            if !isSingle { cursor.decodeFrequencies() }
            let documents = cursor.documents.span
            let frequencies = cursor.frequencies.span
            let table = contributions.span
            var words = words.mutableSpan
            var values = values.mutableSpan
            for place in run {
                let document = documents[unchecked: place]
                let offset = Int(document &- task.base)
                // SAFETY: there is a norm for every document of the segment.
                let norm = if let norms { Int(norms.base[Int(document)]) } else { 0 }
                let frequency = isSingle ? 1 : Int(frequencies[unchecked: place])
                let score =
                    if frequency <= tabledFrequencyMax, frequency > 0 {
                        table[unchecked: (frequency - 1) << 8 + norm]
                    } else {
                        grid.round(
                            BM25.contribution(
                                weight: weight, weightedFrequency: Float(frequency) * factors[norm], k1: k1))
                    }
                words[unchecked: task.out + offset >> 6] |= 1 << UInt64(offset & 63)
                values[unchecked: target + offset] += score
            }
        }
    }
}
