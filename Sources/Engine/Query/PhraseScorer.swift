// Scores a phrase over the windows of one segment, each of its fields by itself.
//
// Documents that have a term at each position of the phrase are found as bits, as for an AND of terms; of
// these alone positions are read.

/// Reads the positions of one term, by document.
private struct PositionCursor {
    private var cursor: TermCursor
    private var reader = PositionsBlock()

    init(_ segment: Segment, _ entry: TermEntry) {
        cursor = TermCursor(segment, entry)
    }

    /// Appends the term's positions in `document`; documents are asked for in ascending order.
    mutating func append(_ document: UInt32, to positions: inout [UInt32]) throws(SegmentError) {
        guard let place = try cursor.place(of: document) else { return }
        _ = try reader.load(cursor.postings)
        try reader.append(place, cursor.postings, to: &positions)
    }
}

/// One field of a phrase.
private struct PhraseField {
    /// The documents with any of a position's alternatives, rarest position first.
    var matchers: [UnitScorer]
    /// Per position of the phrase, its alternatives.
    var positions: [[PositionCursor]]
    private var starts: [UInt32] = []
    private var found: [UInt32] = []

    init(_ entries: [ArraySlice<TermEntry>], segment: Segment) {
        matchers = entries.map { UnitScorer($0, segment: segment) }.sorted { $0.cost < $1.cost }
        positions = entries.map { $0.map { PositionCursor(segment, $0) } }
    }

    var cost: UInt64 { matchers.first?.cost ?? 0 }

    mutating func nextWindow(_ window: UInt32) throws(SegmentError) -> UInt32 {
        guard !matchers.isEmpty else { return .max }
        var agreed = window
        while true {
            let before = agreed
            for index in matchers.indices {
                agreed = try matchers[index].nextWindow(agreed)
                if agreed == .max { return .max }
            }
            if agreed == before { return agreed }
        }
    }

    /// The documents that have all the terms, in slot `out`.
    mutating func matchTerms(
        _ task: WindowTask, _ bits: inout BitSlots, _ slots: inout ScoreSlots
    ) throws(SegmentError) {
        guard !matchers.isEmpty else { return }
        let candidates = bits.take()
        defer { bits.giveBack(candidates) }
        bits.copy(task.candidates, to: candidates)
        for index in matchers.indices {
            bits.clear(task.out)
            try matchers[index].match(
                WindowTask(
                    window: task.window, candidates: candidates, out: task.out, scores: nil, ownsScores: false
                ),
                &bits, &slots)
            if bits.isEmpty(task.out) { return }
            bits.copy(task.out, to: candidates)
        }
    }

    /// How often the phrase occurs in `document`; documents are asked for in ascending order.
    mutating func frequency(of document: UInt32) throws(SegmentError) -> UInt32 {
        guard !positions.isEmpty else { return 0 }
        starts.removeAll(keepingCapacity: true)
        try Self.collect(&positions[0], document, into: &starts)
        for offset in positions.indices.dropFirst() {
            if starts.isEmpty { return 0 }
            found.removeAll(keepingCapacity: true)
            try Self.collect(&positions[offset], document, into: &found)
            Self.keep(&starts, where: found, after: UInt32(offset))
        }
        return UInt32(starts.count)
    }

    /// The positions of any alternative, ascending, each once.
    private static func collect(
        _ alternatives: inout [PositionCursor], _ document: UInt32, into positions: inout [UInt32]
    ) throws(SegmentError) {
        for index in alternatives.indices { try alternatives[index].append(document, to: &positions) }
        guard alternatives.count > 1 else { return }
        positions.sort()
        var kept = 0
        for position in positions where kept == 0 || positions[kept - 1] != position {
            positions[kept] = position
            kept += 1
        }
        positions.removeLast(positions.count - kept)
    }

    /// Keeps the starts that are followed, `distance` positions later, by one of `positions`.
    private static func keep(_ starts: inout [UInt32], where positions: [UInt32], after distance: UInt32) {
        var kept = 0
        var next = 0
        for start in starts {
            guard start <= .max - distance else { break }
            while next < positions.count, positions[next] < start + distance { next += 1 }
            guard next < positions.count else { break }
            if positions[next] == start + distance {
                starts[kept] = start
                kept += 1
            }
        }
        starts.removeLast(starts.count - kept)
    }
}

/// Scores one phrase.
struct PhraseScorer {
    private var fields: [PhraseField] = []
    private var factors: [[Float]] = []
    private var norms: [NormsReader?] = []
    private let weight: Float
    private let k1: Float
    private let grid: ScoreGrid
    private let needsScores: Bool
    /// An upper bound of the documents that match.
    let cost: UInt64

    init(_ phrase: PhrasePlan, plan: QueryPlan, segment: Segment, index: Int, needsScores: Bool) {
        weight = phrase.weight
        k1 = plan.k1
        grid = plan.grid
        self.needsScores = needsScores
        for field in phrase.fields.indices {
            let positions = phrase.sources.isThere(index, field) ? phrase.sources.positions : 0..<0
            fields.append(
                PhraseField(positions.map { phrase.sources.entries(index, field, $0) }, segment: segment))
            factors.append(plan.lengthTables[phrase.lengthTables[field]].factors)
            norms.append(segment.norms(phrase.fields[field].field))
        }
        cost = min(UInt64(segment.documentCount), fields.reduce(0) { $0 + $1.cost })
    }

    /// The first window, from `window` on, that may hold a match.
    mutating func nextWindow(_ window: UInt32) throws(SegmentError) -> UInt32 {
        var first = UInt32.max
        for index in fields.indices {
            first = min(first, try fields[index].nextWindow(window))
            if first == window { break }
        }
        return first
    }

    /// Matches a window, as `SegmentScorer` describes.
    mutating func match(
        _ task: WindowTask, _ bits: inout BitSlots, _ slots: inout ScoreSlots
    ) throws(SegmentError) {
        let target = needsScores ? task.scores : nil
        let weighted = target == nil ? nil : slots.take(for: task.candidates, bits)
        let found = bits.take()
        for index in fields.indices {
            bits.clear(found)
            try fields[index].matchTerms(
                WindowTask(
                    window: task.window, candidates: task.candidates, out: found, scores: nil,
                    ownsScores: false),
                &bits, &slots)
            for word in 0..<Window.wordCount {
                var matches = bits.words[found + word]
                while matches != 0 {
                    let offset = word << 6 + matches.trailingZeroBitCount
                    matches &= matches - 1
                    let document = task.base + UInt32(offset)
                    let frequency = try fields[index].frequency(of: document)
                    guard frequency > 0 else { continue }
                    bits.words[task.out + word] |= 1 << UInt64(offset & 63)
                    if let weighted {
                        let norm = norms[index]?[document] ?? 0
                        slots.values[weighted + offset] += Float(frequency) * factors[index][Int(norm)]
                    }
                }
            }
        }
        bits.giveBack(found)
        guard let target, let weighted else { return }
        for word in 0..<Window.wordCount {
            var matches = bits.words[task.out + word]
            while matches != 0 {
                let offset = word << 6 + matches.trailingZeroBitCount
                matches &= matches - 1
                slots.values[target + offset] += grid.round(
                    BM25.contribution(
                        weight: weight, weightedFrequency: slots.values[weighted + offset], k1: k1))
            }
        }
        slots.giveBack(weighted)
    }

    /// How often the phrase occurs in a field of `document`, for explanations.
    mutating func frequency(of document: UInt32, field: Int) throws(SegmentError) -> UInt32 {
        try fields[field].frequency(of: document)
    }
}
