// Queries that are an OR or an AND of terms with one list of postings each: what most queries come down to
// in a segment. They have methods of their own, which count matches and find the best hits apart from each
// other: counting reads no frequencies, and finding the best reads only blocks that can still reach the
// page.

/// The form of a flat query, which is the same in every segment.
struct FlatForm {
    /// Indices of the plan's units.
    let units: [Int]
    let isAnd: Bool

    /// Nil when the query has another form.
    init?(_ plan: QueryPlan) {
        func units(_ children: [Int]) -> [Int]? {
            var units: [Int] = []
            units.reserveCapacity(children.count)
            for child in children {
                guard case .unit(let unit) = plan.nodes[child] else { return nil }
                units.append(unit)
            }
            return units
        }
        switch plan.nodes[plan.root] {
        case .unit(let unit): self.init(units: [unit], isAnd: false)
        case .boolean(let must, let should, let mustNot, let minimum) where mustNot.isEmpty:
            let isAnd = should.isEmpty
            guard isAnd || must.isEmpty && minimum <= 1, let units = units(isAnd ? must : should) else {
                return nil
            }
            self.init(units: units, isAnd: isAnd)
        default: return nil
        }
    }

    /// No terms.
    static var none: FlatForm { FlatForm(units: [], isAnd: false) }

    private init(units: [Int], isAnd: Bool) {
        self.units = units
        self.isAnd = isAnd
    }
}

/// A flat query bound to one segment after another.
struct FlatQuery {
    /// A term that the segment has.
    struct Term {
        let unit: Int
        let documentFrequency: UInt32
    }

    private let form: FlatForm
    /// The terms that the segment has, the rarest first; none when the query cannot match there.
    private(set) var terms: [Term] = []

    init(_ form: FlatForm) {
        self.form = form
        terms.reserveCapacity(form.units.count)
    }

    /// The plan's units.
    var units: [Int] { form.units }

    /// Whether a document needs all of several terms.
    var isAnd: Bool { form.isAnd && terms.count > 1 }

    /// Blocks of postings of all terms that the segment has.
    var blockCount: Int {
        terms.reduce(0) {
            $0 + (Int($1.documentFrequency) + PostingsCursor.blockCapacity - 1) / PostingsCursor.blockCapacity
        }
    }

    /// Binds the query to a segment; false when a term has more than one list of postings there.
    mutating func bind(_ plan: QueryPlan, segment: Int) -> Bool {
        terms.removeAll(keepingCapacity: true)
        for unit in form.units {
            let count = plan.units[unit].sources.count(in: segment)
            if count > 1 { return false }
            if count == 0 { continue }
            let frequency = plan.units[unit].sources.firstFrequency(in: segment)
            terms.append(Term(unit: unit, documentFrequency: frequency))
            var place = terms.count - 1
            while place > 0, terms[place - 1].documentFrequency > frequency {
                terms.swapAt(place, place - 1)
                place -= 1
            }
        }
        if form.isAnd, terms.count < form.units.count { terms.removeAll(keepingCapacity: true) }
        return true
    }

    /// The rarest unit of an OR of several that has at least `count` documents, to look ahead with.
    func primer(_ plan: QueryPlan, _ count: Int) -> Int? {
        guard !form.isAnd, form.units.count > 1 else { return nil }
        return form.units.filter { plan.units[$0].documentFrequency >= UInt64(count) }
            .min { plan.units[$0].documentFrequency < plan.units[$1].documentFrequency }
    }
}
