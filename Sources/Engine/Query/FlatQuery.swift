// Queries that are an OR or an AND of terms with one list of postings each: what most queries come down to
// in a segment. They have methods of their own, which count matches and find the best hits apart from each
// other: counting reads no frequencies, and finding the best reads only blocks that can still reach the
// page.

/// A flat query bound to one segment.
struct FlatQuery {
    let entries: [TermEntry]
    let isAnd: Bool
    private let units: [Int]
    private let segment: Segment
    private let plan: QueryPlan

    /// Nil when the query has another form. A query that cannot match here has no entries.
    init?(_ plan: QueryPlan, segment: Segment, index: Int) {
        var units: [Int] = []
        var isAnd = false
        func append(_ children: [Int]) -> Bool {
            for child in children {
                guard case .unit(let unit) = plan.nodes[child] else { return false }
                units.append(unit)
            }
            return true
        }
        switch plan.nodes[plan.root] {
        case .unit(let unit): units = [unit]
        case .boolean(let must, let should, let mustNot, let minimum) where mustNot.isEmpty:
            if should.isEmpty {
                isAnd = true
                guard append(must) else { return nil }
            } else {
                guard must.isEmpty, minimum <= 1, append(should) else { return nil }
            }
        default: return nil
        }
        var entries: [TermEntry] = []
        var present: [Int] = []
        for unit in units {
            let sources = plan.units[unit].sources[index]
            guard sources.count <= 1 else { return nil }
            if let source = sources.first {
                entries.append(source.entry)
                present.append(unit)
            }
        }
        if isAnd, entries.count < units.count {
            entries = []
            present = []
        }
        self.entries = entries
        self.isAnd = isAnd && entries.count > 1
        self.units = present
        self.segment = segment
        self.plan = plan
    }

    /// Cursors over the terms, the rarest first.
    func cursors() -> [TermCursor] {
        entries.sorted { $0.documentFrequency < $1.documentFrequency }.map { TermCursor(segment, $0) }
    }

    /// The terms with their scores, the rarest first.
    func terms() -> [ScoredTerm] {
        entries.indices.sorted { entries[$0].documentFrequency < entries[$1].documentFrequency }.map(term)
    }

    /// The rarest term of an OR of several that has at least `count` documents, to look ahead with.
    func primer(_ count: Int) -> ScoredTerm? {
        guard !isAnd, entries.count > 1 else { return nil }
        let frequent = entries.indices.filter { Int(entries[$0].documentFrequency) >= count }
        return frequent.min { entries[$0].documentFrequency < entries[$1].documentFrequency }.map(term)
    }

    private func term(_ index: Int) -> ScoredTerm {
        let (entry, unit) = (entries[index], plan.units[units[index]])
        // A unit with one list of postings in this segment may have more fields, of which only one counts.
        let field = unit.fields.firstIndex { $0.field == entry.field } ?? 0
        return ScoredTerm(
            TermCursor(segment, entry),
            UnitScores(
                weight: unit.weight, k1: plan.k1, grid: plan.grid,
                factors: plan.lengthTables[unit.lengthTables[field]], norms: segment.norms(entry.field)))
    }
}
