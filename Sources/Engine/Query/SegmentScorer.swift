// A query plan bound to one segment, evaluated window by window.
//
// `match` gives a node's documents in a window as bits and adds their scores to a slot. Windows are visited
// in ascending order, each node at most once a window, so cursors only move forward.
//
// The rule of a score slot: whoever owns it reads scores only of documents that it reports as matching, which
// are candidates, and only at candidates is a slot clean. So a term may add to a document that another clause
// has already ruled out, without a check in its loop; a node that rules out documents after it has scored
// them needs a slot of its own, unless its caller lends it one.

/// Scores one segment.
struct SegmentScorer {
    private let nodes: [QueryPlan.Node]
    private let root: Int
    /// How many documents a node may match here, roughly.
    private var costs: [UInt64] = []
    /// Per node, a bound of its scores.
    private let bounds: [Float]
    /// What a document's score is the sum of. Cheap clauses first, so that dear ones see few documents; of
    /// these those first that may give most, for they leave the least that the others may add.
    private let summands: [Int]
    var units: [UnitScorer] = []
    /// The query as a flat OR or AND of frequent units, which is worth pruning.
    let flat: Flat?
    private var phrases: [PhraseScorer] = []
    private var filters: [FilterScorer] = []
    /// What documents are worth by themselves.
    private(set) var prior: PriorScorer?
    private let documentCount: UInt32
    private let windowCount: UInt32

    /// Binds `plan` to its segment number `index`. Without `needsScores`, frequencies and lengths stay
    /// unread.
    ///
    /// - Parameter blocks: lends memory for blocks to the scorer's cursors.
    init(
        _ plan: QueryPlan, view: SegmentView, index: Int, needsScores: Bool,
        blocks: inout SearchMemory.BlockLender
    ) throws(SearchError) {
        root = plan.root
        documentCount = view.segment.documentCount
        windowCount = Window.count(documentCount)
        for unit in plan.units.indices {
            units.append(
                UnitScorer(
                    unit, plan: plan, segment: view.segment, index: index, needsScores: needsScores,
                    blocks: &blocks))
        }
        for phrase in plan.phrases {
            phrases.append(
                PhraseScorer(
                    phrase, plan: plan, segment: view.segment, index: index, needsScores: needsScores))
        }
        if needsScores {
            do {
                prior = try PriorScorer(plan, DocumentSpace(view.segment, number: 0), [view])
            } catch { throw .segment(error) }
        }
        for filter in plan.filters { filters.append(try FilterScorer(filter, view: view)) }
        var bound = plan.nodes
        costs.reserveCapacity(bound.count)
        // How dear a node is to match for each document, roughly: positions are, bits are not.
        var prices: [Int] = []
        prices.reserveCapacity(bound.count)
        for (number, node) in plan.nodes.enumerated() {
            costs.append(
                Self.cost(
                    node, costs: costs, units: units, phrases: phrases, filters: filters,
                    documentCount: UInt64(documentCount)))
            prices.append(Self.price(node, prices: prices))
            // The rarest clause leads: it decides which windows, and then which documents, the others look
            // at. Of alternatives, those that are cheap to find save the others the documents they found.
            let byCost = costs
            let byPrice = prices
            switch node {
            case .boolean(let must, let should, let mustNot, let minimum)
            where must.count > 1 || should.count > 1:
                bound[number] = .boolean(
                    must: must.sorted { byCost[$0] < byCost[$1] },
                    should: should.sorted { byPrice[$0] < byPrice[$1] }, mustNot: mustNot,
                    minimumShouldMatch: minimum)
            case .best(let children): bound[number] = .best(children.sorted { byPrice[$0] < byPrice[$1] })
            default: break
            }
        }
        nodes = bound
        bounds = plan.bounds
        let boundOfNode = bounds
        summands =
            needsScores
            ? Self.summands(bound, root: root).sorted {
                (-prices[$0], boundOfNode[$0]) > (-prices[$1], boundOfNode[$1])
            } : []
        let units = units
        let flat = needsScores ? Self.flat(bound, root: plan.root) : nil
        self.flat = flat.flatMap { Self.isWorthBounding($0, units) ? $0 : nil }
    }

    /// How many documents the query may match, roughly.
    var cost: UInt64 { costs[root] }

    private static func price(_ node: QueryPlan.Node, prices: [Int]) -> Int {
        switch node {
        case .none, .all: 0
        case .unit, .constant: 1
        case .phrase: 100
        case .best(let children): children.reduce(1) { $0 + prices[$1] }
        case .boolean(let must, let should, let mustNot, _):
            (must + should + mustNot).reduce(1) { $0 + prices[$1] }
        }
    }

    private static func cost(
        _ node: QueryPlan.Node, costs: [UInt64], units: [UnitScorer], phrases: [PhraseScorer],
        filters: [FilterScorer], documentCount: UInt64
    ) -> UInt64 {
        func sum(_ children: [Int]) -> UInt64 { min(documentCount, children.reduce(0) { $0 + costs[$1] }) }
        switch node {
        case .none: return 0
        case .all: return documentCount
        case .unit(let unit): return units[unit].cost
        case .phrase(let phrase): return phrases[phrase].cost
        case .constant(let filter, _): return filters[filter].cost
        case .best(let children): return sum(children)
        case .boolean(let must, let should, _, let minimum):
            let ofMust = must.map { costs[$0] }.min() ?? documentCount
            return minimum > 0 ? min(ofMust, sum(should)) : ofMust
        }
    }

    /// The first window, from `window` on, that may hold a match; `UInt32.max` if there is none.
    mutating func nextWindow(_ window: UInt32) throws(SegmentError) -> UInt32 {
        try nextWindow(root, window)
    }

    /// The query's documents among `candidates`, in slot `out`. Scores nothing.
    mutating func match(
        window: UInt32, candidates: Int, out: Int, bits: inout BitSlots, slots: inout ScoreSlots
    ) throws(SegmentError) {
        try match(
            root,
            WindowTask(window: window, candidates: candidates, out: out, scores: nil, ownsScores: false),
            &bits, &slots)
    }

    /// Adds the scores of `matches`, all of which the query must match, to slot `scores`. Documents whose
    /// score is below `threshold` may get a part of it.
    mutating func score(
        window: UInt32, matches: Int, scores: Int, threshold: Float, bits: inout BitSlots,
        slots: inout ScoreSlots
    ) throws(SegmentError) {
        let candidates = bits.take()
        defer { bits.giveBack(candidates) }
        bits.copy(matches, to: candidates)
        let found = bits.take()
        var present: [(node: Int, bound: Float)] = []
        var rest: Float = 0
        for node in summands {
            let bound = try bound(node, window)
            guard bound > 0 else { continue }
            present.append((node, bound))
            rest += bound
        }
        addPrior(window, candidates, scores, bits, &slots)
        for (node, bound) in present {
            // Rounding must not take away a document that reaches the threshold exactly.
            if threshold > 0, !bits.keep(candidates, reaching: threshold - max(0, rest), scores, slots) {
                return
            }
            bits.clear(found)
            try match(
                node,
                WindowTask(
                    window: window, candidates: candidates, out: found, scores: scores, ownsScores: false),
                &bits, &slots)
            rest -= bound
        }
    }

    /// Adds the priors of some documents of a window to their scores.
    func addPrior(
        _ window: UInt32, _ documents: Int, _ scores: Int, _ bits: borrowing BitSlots,
        _ slots: inout ScoreSlots
    ) {
        prior?.add(window: window, documents: documents, scores: scores, bits, &slots)
    }

    /// The most that the prior of a document of a window adds.
    func boundOfPrior(_ window: UInt32) -> Float {
        guard let prior else { return 0 }
        let start = window << Window.shift
        return prior.bound(start, min(start + UInt32(Window.size), documentCount))
    }

    /// A bound of what a summand adds in a window; 0 when it matches nothing there.
    private mutating func bound(_ node: Int, _ window: UInt32) throws(SegmentError) -> Float {
        guard try nextWindow(node, window) == window else { return 0 }
        if case .unit(let unit) = nodes[node], units[unit].windowCost < Self.boundedWindowCostMax {
            return min(bounds[node], try units[unit].bound(window))
        }
        return bounds[node]
    }

    /// Above so many postings a window, a unit is so frequent that it gives little anywhere.
    private static let boundedWindowCostMax = 256

    /// Nodes whose scores add up to the score of a document that the query matches.
    private static func summands(_ nodes: [QueryPlan.Node], root: Int) -> [Int] {
        var found: [Int] = []
        // A clause that is known to match, or that is an OR of clauses, adds what its clauses add.
        func add(_ node: Int, isMatch: Bool) {
            guard case .boolean(let must, let should, let mustNot, let minimum) = nodes[node],
                isMatch || must.isEmpty && mustNot.isEmpty && minimum <= 1
            else { return found.append(node) }
            for child in must { add(child, isMatch: isMatch) }
            for child in should { add(child, isMatch: isMatch && minimum == should.count) }
        }
        add(root, isMatch: true)
        return found
    }
}

/// What a node is asked to do in a window.
struct WindowTask {
    let window: UInt32
    /// Slot of the documents that still matter.
    let candidates: Int
    /// Slot, empty on entry, for the documents found; a part of the candidates.
    let out: Int
    /// Slot to add scores to; nil when nobody reads them.
    let scores: Int?
    /// Whether the node may leave scores at documents that it does not report.
    let ownsScores: Bool

    var base: UInt32 { window << Window.shift }
}

// MARK: - Windows

extension SegmentScorer {
    private mutating func nextWindow(_ node: Int, _ window: UInt32) throws(SegmentError) -> UInt32 {
        guard window < windowCount else { return .max }
        switch nodes[node] {
        case .none: return .max
        case .all: return window
        case .unit(let unit): return try units[unit].nextWindow(window)
        case .phrase(let phrase): return try phrases[phrase].nextWindow(window)
        case .constant(let filter, _): return try filters[filter].nextWindow(window)
        case .best(let children): return try firstWindow(children, window)
        case .boolean(let must, let should, _, let minimum):
            var agreed = window
            while true {
                let before = agreed
                for child in must {
                    agreed = try nextWindow(child, agreed)
                    if agreed == .max { return .max }
                }
                if minimum > 0 {
                    agreed = try firstWindow(should, agreed)
                    if agreed == .max { return .max }
                }
                if agreed == before || must.count + (minimum > 0 ? 1 : 0) == 1 { return agreed }
            }
        }
    }

    private mutating func firstWindow(_ children: [Int], _ window: UInt32) throws(SegmentError) -> UInt32 {
        var first = UInt32.max
        for child in children {
            first = min(first, try nextWindow(child, window))
            if first == window { break }
        }
        return first
    }
}

// MARK: - Matching

extension SegmentScorer {
    private mutating func match(
        _ node: Int, _ task: WindowTask, _ bits: inout BitSlots, _ slots: inout ScoreSlots
    ) throws(SegmentError) {
        switch nodes[node] {
        case .none: break
        case .all: bits.copy(task.candidates, to: task.out)
        case .unit(let unit): try units[unit].match(task, &bits, &slots)
        case .phrase(let phrase): try phrases[phrase].match(task, &bits, &slots)
        case .constant(let filter, let score):
            try filters[filter].match(task.window, candidates: task.candidates, out: task.out, &bits)
            if let target = task.scores { Self.add(score, to: target, where: task.out, bits, &slots) }
        case .best(let children): try matchBest(children, task, &bits, &slots)
        case .boolean(let must, let should, let mustNot, let minimum):
            // True when a scoring clause sees fewer candidates than this node, or is overruled afterwards.
            let leavesScores =
                !mustNot.isEmpty || minimum > 1 || must.count > 1 || (!must.isEmpty && !should.isEmpty)
            guard leavesScores, !task.ownsScores, let target = task.scores else {
                return try matchBoolean(must, should, mustNot, minimum, task, &bits, &slots)
            }
            let own = slots.take(for: task.candidates, bits)
            let inner = WindowTask(
                window: task.window, candidates: task.candidates, out: task.out, scores: own, ownsScores: true
            )
            try matchBoolean(must, should, mustNot, minimum, inner, &bits, &slots)
            Self.add(own, to: target, where: task.out, bits, &slots)
            slots.giveBack(own)
        }
    }

    private mutating func matchBoolean(
        _ must: [Int], _ should: [Int], _ mustNot: [Int], _ minimum: Int, _ task: WindowTask,
        _ bits: inout BitSlots, _ slots: inout ScoreSlots
    ) throws(SegmentError) {
        let current = bits.take()
        defer { bits.giveBack(current) }
        bits.copy(task.candidates, to: current)
        let found = bits.take()
        for child in must {
            bits.clear(found)
            try match(
                child,
                WindowTask(
                    window: task.window, candidates: current, out: found, scores: task.scores,
                    // What a required clause does not report is not in this node's result either.
                    ownsScores: task.ownsScores),
                &bits, &slots)
            bits.copy(found, to: current)
            if bits.isEmpty(current) { return }
        }
        for child in mustNot {
            bits.clear(found)
            try match(
                child,
                WindowTask(
                    window: task.window, candidates: current, out: found, scores: nil, ownsScores: false),
                &bits, &slots)
            if !bits.andNot(current, found) { return }
        }
        // Clauses that need not match count for nothing but the score.
        if task.scores == nil, minimum == 1 { return try matchAny(should, task, current, &bits, &slots) }
        if minimum > 0 || !should.isEmpty && task.scores != nil {
            var tally = MatchTally(minimum: minimum, &bits)
            for child in should {
                bits.clear(found)
                try match(
                    child,
                    WindowTask(
                        window: task.window, candidates: current, out: found, scores: task.scores,
                        ownsScores: false),
                    &bits, &slots)
                tally.add(found, &bits)
            }
            tally.narrow(current, &bits)
        }
        bits.copy(current, to: task.out)
    }

    /// The union of the clauses among the documents in `left`, without scores; what one clause has found,
    /// the next need not look for.
    private mutating func matchAny(
        _ clauses: [Int], _ task: WindowTask, _ left: Int, _ bits: inout BitSlots, _ slots: inout ScoreSlots
    ) throws(SegmentError) {
        let found = bits.take()
        defer { bits.giveBack(found) }
        for clause in clauses {
            bits.clear(found)
            try match(
                clause,
                WindowTask(
                    window: task.window, candidates: left, out: found, scores: nil, ownsScores: false),
                &bits, &slots)
            bits.or(task.out, found)
            if !bits.andNot(left, found) { return }
        }
    }

    /// The union, each document with the greatest of its scores.
    private mutating func matchBest(
        _ children: [Int], _ task: WindowTask, _ bits: inout BitSlots, _ slots: inout ScoreSlots
    ) throws(SegmentError) {
        let found = bits.take()
        defer { bits.giveBack(found) }
        guard let target = task.scores else {
            bits.copy(task.candidates, to: found)
            return try matchAny(children, task, found, &bits, &slots)
        }
        let best = slots.take(for: task.candidates, bits)
        let own = slots.take(for: task.candidates, bits)
        for child in children {
            bits.clear(found)
            slots.clear(own, for: task.candidates, bits)
            try match(
                child,
                WindowTask(
                    window: task.window, candidates: task.candidates, out: found, scores: own,
                    ownsScores: true),
                &bits, &slots)
            Self.raise(best, to: own, where: found, bits, &slots)
            bits.or(task.out, found)
        }
        Self.add(best, to: target, where: task.out, bits, &slots)
        slots.giveBack(best)
    }

    private static func add(
        _ score: Float, to target: Int, where slot: Int, _ bits: borrowing BitSlots, _ slots: inout ScoreSlots
    ) {
        guard score != 0 else { return }
        var scores = slots.values.mutableSpan
        for index in 0..<Window.wordCount {
            var word = bits.words[slot + index]
            while word != 0 {
                scores[unchecked: target + index << 6 + word.trailingZeroBitCount] += score
                word &= word - 1
            }
        }
    }

    private static func add(
        _ source: Int, to target: Int, where slot: Int, _ bits: borrowing BitSlots, _ slots: inout ScoreSlots
    ) {
        var scores = slots.values.mutableSpan
        for index in 0..<Window.wordCount {
            var word = bits.words[slot + index]
            while word != 0 {
                let document = index << 6 + word.trailingZeroBitCount
                scores[unchecked: target + document] += scores[unchecked: source + document]
                word &= word - 1
            }
        }
    }

    private static func raise(
        _ target: Int, to source: Int, where slot: Int, _ bits: borrowing BitSlots, _ slots: inout ScoreSlots
    ) {
        var scores = slots.values.mutableSpan
        for index in 0..<Window.wordCount {
            var word = bits.words[slot + index]
            while word != 0 {
                let document = index << 6 + word.trailingZeroBitCount
                scores[unchecked: target + document] = max(
                    scores[unchecked: target + document], scores[unchecked: source + document])
                word &= word - 1
            }
        }
    }
}

/// Counts how many of the clauses match each document of a window, as a binary number whose digits are bit
/// slots.
private struct MatchTally {
    private let minimum: Int
    /// Digits, the lowest first; one digit is enough to know of "any".
    private var digits: [Int] = []

    /// Takes slots that the caller gives back with its own.
    init(minimum: Int, _ bits: inout BitSlots) {
        self.minimum = minimum
        if minimum == 1 { digits = [bits.take()] }
    }

    mutating func add(_ found: Int, _ bits: inout BitSlots) {
        if minimum == 0 { return }
        if minimum == 1 { return bits.or(digits[0], found) }
        // Ripple-carry: `found` becomes the carry of each digit in turn.
        var digit = 0
        while !bits.isEmpty(found) {
            if digit == digits.count { digits.append(bits.take()) }
            let slot = digits[digit]
            for index in 0..<Window.wordCount {
                let carry = bits.words[found + index]
                let sum = bits.words[slot + index]
                bits.words[slot + index] = sum ^ carry
                bits.words[found + index] = sum & carry
            }
            digit += 1
        }
    }

    /// Leaves in `current` the documents with at least the minimum.
    mutating func narrow(_ current: Int, _ bits: inout BitSlots) {
        if minimum == 0 { return }
        if minimum == 1 {
            bits.and(current, digits[0])
            return
        }
        guard digits.count >= Int.bitWidth - minimum.leadingZeroBitCount else { return bits.clear(current) }
        for index in 0..<Window.wordCount {
            var greater: UInt64 = 0
            var equal = UInt64.max
            for digit in digits.indices.reversed() {
                let word = bits.words[digits[digit] + index]
                let wanted: UInt64 = minimum >> digit & 1 == 1 ? .max : 0
                greater |= equal & word & ~wanted
                equal &= ~(word ^ wanted)
            }
            bits.words[current + index] &= greater | equal
        }
    }
}
