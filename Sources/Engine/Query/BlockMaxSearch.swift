// Pruning for requests that want the best hits alone: block-max MAXSCORE for an OR of units, block-max AND.
//
// Nothing of a window is read but block headers until they say that some document in it can reach the page.
// Of an OR, the units that cannot reach the threshold even together are not essential: they are looked up for
// the documents that the others find, and only while these can still reach it. Scores are sums on the grid,
// exact in any order, so the hits, their scores and their ties are those of the full pass.
//
// Sources: Turtle and Flood, "Query evaluation: strategies and optimizations" (1995); Chakrabarti, Chaudhuri
// and Ganti, "Interval-based pruning for top-k processing over compressed lists" (2011).

extension Impact {
    /// The greatest weighted frequency in the range.
    ///
    /// - Parameters:
    ///   - factors: what one occurrence counts, by norm byte: descending, for norms ascend with lengths.
    ///   - ratio: the greatest ratio of these to the factors of the impact's segment.
    @inline(__always)
    func greatestWeightedFrequency(_ factors: UnsafePointer<Float>, ratio: Float) -> Float {
        let single = factors[Int(minNorm)]
        if maxFrequency <= 1 { return single }
        let repeated = min(
            Float(maxFrequency) * factors[Int(minNormOfRepeated)],
            ImpactWeight.values[Int(maxWeightOfRepeated)] * ratio)
        return max(single, repeated)
    }
}

extension TermCursor {
    /// The greatest weighted frequency that the blocks with documents of `base..<end` can hold; nil when
    /// there is no such block.
    func greatestWeightedFrequency(
        base: UInt32, end: UInt32, _ factors: [Float], ratio: Float
    ) throws(SegmentError) -> Float? {
        var ahead = postings
        guard try ahead.skip(to: base), ahead.blockLowerBound < end else { return nil }
        var greatest: Float = 0
        while ahead.blockLowerBound < end {
            greatest = max(greatest, ahead.blockImpact.greatestWeightedFrequency(factors, ratio: ratio))
            if ahead.blockLastDocument >= end { break }
            guard try ahead.nextBlock() else { break }
        }
        return greatest
    }
}

extension SegmentScorer {
    /// A query that is a flat OR or AND of units.
    struct Flat {
        /// Indices of units, for an AND the rarest first.
        let units: [Int]
        let isAnd: Bool

        /// Postings of a window below which reading them is cheaper than bounding them.
        static let windowCostMin = 96
    }

    /// Whether a window of a flat query has enough postings for bounds to pay off.
    static func isWorthBounding(_ flat: Flat, _ units: [UnitScorer]) -> Bool {
        let costs = flat.units.map { units[$0].windowCost }
        return (flat.isAnd ? costs.min() ?? 0 : costs.reduce(0, +)) >= Flat.windowCostMin
    }

    /// The flat form of a query; nil when it has another form.
    static func flat(_ nodes: [QueryPlan.Node], root: Int) -> Flat? {
        func units(_ children: [Int]) -> [Int]? {
            var units: [Int] = []
            for child in children {
                guard case .unit(let unit) = nodes[child] else { return nil }
                units.append(unit)
            }
            return units
        }
        switch nodes[root] {
        case .unit(let unit):
            return Flat(units: [unit], isAnd: false)
        case .boolean(let must, let should, let mustNot, let minimum) where mustNot.isEmpty:
            if should.isEmpty { return units(must).map { Flat(units: $0, isAnd: true) } }
            guard must.isEmpty, minimum == 1 else { return nil }
            return units(should).map { Flat(units: $0, isAnd: false) }
        default: return nil
        }
    }

    /// As `match`, but may leave out documents whose score is below `threshold`. False, and nothing done,
    /// when the query is not one that is worth pruning.
    mutating func matchPruned(
        window: UInt32, candidates: Int, out: Int, scores: Int, threshold: Float, bits: inout BitSlots,
        slots: inout ScoreSlots
    ) throws(SegmentError) -> Bool {
        guard let flat else { return false }
        var bounds: [(unit: Int, bound: Float)] = []
        let ofPrior = boundOfPrior(window)
        var sum = ofPrior
        for unit in flat.units {
            let bound = try units[unit].bound(window)
            // A required unit without a document here rules the window out.
            if flat.isAnd, bound == 0 { return true }
            bounds.append((unit, bound))
            sum += bound
        }
        if sum < threshold { return true }
        // Priors are known at once: they leave fewer documents to look for.
        addPrior(window, candidates, scores, bits, &slots)
        sum -= ofPrior
        if prior != nil, !bits.keep(candidates, reaching: threshold - sum, scores, slots) { return true }
        let found = bits.take()
        defer { bits.giveBack(found) }
        if flat.isAnd {
            bits.copy(candidates, to: out)
            for (unit, bound) in bounds {
                bits.clear(found)
                try units[unit].match(
                    WindowTask(window: window, candidates: out, out: found, scores: scores, ownsScores: true),
                    &bits,
                    &slots)
                bits.copy(found, to: out)
                sum -= bound
                if !bits.keep(out, reaching: threshold - max(0, sum), scores, slots) { return true }
            }
            return true
        }
        bounds.sort { $0.bound > $1.bound }
        var isEssential = true
        for (unit, bound) in bounds {
            // `sum` is what this unit and all after it can give: too little even with the greatest prior, and
            // a document must have been found.
            if isEssential, sum + ofPrior < threshold { isEssential = false }
            if !isEssential, !bits.keep(out, reaching: threshold - max(0, sum), scores, slots) { return true }
            bits.clear(found)
            try units[unit].match(
                WindowTask(
                    window: window, candidates: isEssential ? candidates : out, out: found, scores: scores,
                    ownsScores: true),
                &bits, &slots)
            if isEssential { bits.or(out, found) }
            sum -= bound
        }
        return true
    }
}
