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

/// A flat query bound to the segments of a space.
struct FlatQuery {
    /// A term that one of the segments has.
    struct Term {
        /// Index of the plan's unit, and of its field.
        let unit: Int
        let field: Int
        let chain: PostingsChain
        /// Documents with the term, deleted ones included.
        let documentFrequency: UInt32
    }

    private let form: FlatForm
    private let memory: SearchMemory
    /// The terms that the segments have, the rarest first; none when the query cannot match there. Valid
    /// until the memory's links are used again.
    private(set) var terms: [Term] = []

    init(_ form: FlatForm, memory: SearchMemory) {
        self.form = form
        self.memory = memory
        terms.reserveCapacity(form.units.count)
    }

    /// Whether a document needs all of several terms.
    var isAnd: Bool { form.isAnd && terms.count > 1 }

    /// Blocks of postings of all terms.
    var blockCount: Int { terms.reduce(0) { $0 + $1.chain.blockCount } }

    /// Binds the query to the segments of a space; false when a term has more than one list of postings in a
    /// segment, or lists in several fields.
    mutating func bind(_ plan: QueryPlan, _ space: DocumentSpace) -> Bool {
        terms.removeAll(keepingCapacity: true)
        let links = memory.links(form.units.count * space.parts.count)
        var linkCount = 0
        for unit in form.units {
            guard let term = term(plan, unit, space, links + linkCount) else { return false }
            if term.chain.count == 0 { continue }
            linkCount += term.chain.count
            terms.append(term)
            var place = terms.count - 1
            while place > 0, terms[place - 1].documentFrequency > terms[place].documentFrequency {
                terms.swapAt(place, place - 1)
                place -= 1
            }
        }
        if form.isAnd, terms.count < form.units.count { terms.removeAll(keepingCapacity: true) }
        return true
    }

    /// Writes the lists of a unit; nil when they are not one chain.
    private func term(
        _ plan: QueryPlan, _ unit: Int, _ space: DocumentSpace, _ links: UnsafeMutablePointer<PostingsLink>
    ) -> Term? {
        var (field, count, documentFrequency) = (0, 0, UInt32(0))
        for part in space.parts {
            let listCount = plan.units[unit].sources.count(in: part.number)
            if listCount == 0 { continue }
            let source = plan.units[unit].sources.first(in: part.number)
            guard listCount == 1, count == 0 || source.field == field else { return nil }
            // So that one segment's postings come while another's are read.
            part.segment.prefetchPostings(at: source.entry.postingsOffset)
            field = source.field
            // SAFETY: there is room for a list of every unit in every segment.
            (links + count).initialize(
                to: PostingsLink(part, source.entry, plan.lengthTable(unit, field: field)))
            count += 1
            documentFrequency += source.entry.documentFrequency
        }
        return Term(
            unit: unit, field: field, chain: PostingsChain(links: links, count: count),
            documentFrequency: documentFrequency)
    }

    /// The rarest term of an OR of several that has at least `count` documents, to look ahead with.
    func primer(_ count: Int) -> Term? {
        guard !form.isAnd, form.units.count > 1 else { return nil }
        return terms.first { Int($0.documentFrequency) >= count }
    }
}
