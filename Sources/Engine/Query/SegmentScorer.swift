// A query plan bound to one segment, evaluated window by window.
//
// `match` gives a node's documents in a window as bits and adds their scores to a slot. Windows are visited
// in ascending order, each node at most once a window, so cursors only move forward.
//
// The rule of a score slot: whoever owns it reads scores only of documents that it reports as matching. So a
// term may add to a document that another clause has already ruled out, without a check in its loop; a node
// that rules out documents after it has scored them needs a slot of its own, unless its caller lends it one.

/// Scores one segment.
struct SegmentScorer {
    private let nodes: [QueryPlan.Node]
    private let root: Int
    /// How many documents a node may match here, roughly.
    private var costs: [UInt64] = []
    var units: [UnitScorer] = []
    /// The query as a flat OR or AND of frequent units, which is worth pruning.
    let flat: Flat?
    private var phrases: [PhraseScorer] = []
    private var filters: [FilterScorer] = []
    private let documentCount: UInt32
    private let windowCount: UInt32

    /// Binds `plan` to its segment number `index`. Without `needsScores`, frequencies and lengths stay
    /// unread.
    ///
    /// - Parameter memory: lends memory for blocks to the scorer's cursors.
    init(
        _ plan: QueryPlan, view: SegmentView, index: Int, needsScores: Bool, memory: SearchMemory
    ) throws(SearchError) {
        var blocks = memory.blockLender
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
        for filter in plan.filters { filters.append(try FilterScorer(filter, view: view)) }
        var bound = plan.nodes
        costs.reserveCapacity(bound.count)
        for (number, node) in plan.nodes.enumerated() {
            costs.append(
                Self.cost(
                    node, costs: costs, units: units, phrases: phrases, filters: filters,
                    documentCount: UInt64(documentCount)))
            guard case .boolean(let must, let should, let mustNot, let minimum) = node, must.count > 1 else {
                continue
            }
            // The rarest clause leads: it decides which windows, and then which documents, the others look
            // at.
            let byCost = costs
            let ordered = must.sorted { byCost[$0] < byCost[$1] }
            bound[number] = .boolean(
                must: ordered, should: should, mustNot: mustNot, minimumShouldMatch: minimum)
        }
        nodes = bound
        let units = units
        let flat = needsScores ? Self.flat(bound, root: plan.root) : nil
        self.flat = flat.flatMap { Self.isWorthBounding($0, units) ? $0 : nil }
    }

    /// How many documents the query may match, roughly.
    var cost: UInt64 { costs[root] }

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

    /// The query's documents among `candidates`, in slot `out`; their scores in slot `scores`, which also may
    /// hold leftovers at other documents.
    mutating func match(
        window: UInt32, candidates: Int, out: Int, scores: Int?, bits: inout BitSlots, slots: inout ScoreSlots
    ) throws(SegmentError) {
        try match(
            root,
            WindowTask(window: window, candidates: candidates, out: out, scores: scores, ownsScores: true),
            &bits, &slots)
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
            let own = slots.take()
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
        if !should.isEmpty {
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

    /// The union, each document with the greatest of its scores.
    private mutating func matchBest(
        _ children: [Int], _ task: WindowTask, _ bits: inout BitSlots, _ slots: inout ScoreSlots
    ) throws(SegmentError) {
        let found = bits.take()
        defer { bits.giveBack(found) }
        guard let target = task.scores else {
            for child in children {
                bits.clear(found)
                try match(
                    child,
                    WindowTask(
                        window: task.window, candidates: task.candidates, out: found, scores: nil,
                        ownsScores: false),
                    &bits, &slots)
                bits.or(task.out, found)
            }
            return
        }
        let best = slots.take()
        let own = slots.take()
        for child in children {
            bits.clear(found)
            slots.clear(own)
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
