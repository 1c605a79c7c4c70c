// A query bound to a snapshot: terms looked up, statistics summed over all segments, weights computed.
//
// Statistics count deleted documents too, as the term dictionaries do, until a merge drops them. A plan is a
// flat list of nodes, children before parents; clauses that cannot match are gone, nested ORs and ANDs are
// one.

/// A BM25F unit: one term in several fields, or the expansions of a prefix.
struct UnitPlan: Sendable {
    let fields: [FieldWeight]
    /// Per field, the index of its length table in the plan.
    let lengthTables: [Int]
    /// The term, or what the prefix stands for; for explanations.
    let name: [UInt8]
    let isPrefix: Bool
    let documentFrequency: UInt64
    let idf: Float
    let boost: Float
    /// The postings to read, per segment.
    let sources: UnitSources
    /// Where the plan's tables of scores for the unit start, one a field.
    let firstScoreTable: Int
    /// Of a term in one field.
    let liveFrequency: LiveFrequency?

    var weight: Float { idf * boost }
}

/// A phrase: per field the same positions, each with its alternatives.
struct PhrasePlan: Sendable {
    let fields: [FieldWeight]
    let lengthTables: [Int]
    let terms: [[[UInt8]]]
    /// Sum over the positions.
    let idf: Float
    let boost: Float
    /// The postings to read.
    let sources: PhraseSources
    /// Where the plan's tables of scores for the phrase start, one a field.
    let firstScoreTable: Int

    var weight: Float { idf * boost }
}

/// The bound query. Belongs to one search, on one thread.
struct QueryPlan {
    enum Node: Sendable {
        case none
        case all
        case unit(Int)
        case phrase(Int)
        case constant(filter: Int, score: Float)
        case boolean(must: [Int], should: [Int], mustNot: [Int], minimumShouldMatch: Int)
        case best([Int])
    }

    private(set) var nodes: [Node] = []
    private(set) var root = 0
    private(set) var units: [UnitPlan] = []
    private(set) var phrases: [PhrasePlan] = []
    private(set) var filters: [Filter] = []
    /// Per field and weight: what an occurrence counts, by norm byte.
    private(set) var lengthTables: [LengthTable] = []
    private(set) var grid = ScoreGrid(scoreMax: 0)
    private(set) var prior: PriorPlan?
    let k1: Float
    let documentCount: UInt64

    private let dictionary: SnapshotDictionary
    private let scoreTables = ScoreTables()
    private var scoreTableCount = 0
    /// The field of each length table.
    private var tableFields: [FieldWeight] = []
    private var clauseCount = 0

    /// Looks up every term of `query`. Throws `SearchError` for a query beyond the limits and for damage.
    init(
        _ query: Query, dictionary: SnapshotDictionary, k1: Float, prior: StaticPrior? = nil
    ) throws(SearchError) {
        guard k1 > 0, k1.isFinite else { throw .invalid("k1 is \(k1); it must be above 0.") }
        self.k1 = k1
        self.dictionary = dictionary
        documentCount = dictionary.documentCount
        root = try add(query, boost: 1, depth: 0)
        _ = try checked(prior?.weight ?? 0, "weight of the prior")
        guard prior?.share ?? 0 >= 0 else {
            throw .invalid("The share of the prior is \(prior?.share ?? 0); it must be 0 or more.")
        }
        let ofText = greatestScore(root)
        let ofPrior = prior?.weight(for: ofText) ?? 0
        let scoreMax = ofText + ofPrior
        guard scoreMax.isFinite else { throw .invalid("The boosts of the query are too large.") }
        grid = ScoreGrid(scoreMax: scoreMax)
        self.prior = prior.map { PriorPlan($0, weight: ofPrior, grid: grid) }
        for index in nodes.indices where !filters.isEmpty {
            if case .constant(let filter, let score) = nodes[index] {
                nodes[index] = .constant(filter: filter, score: grid.round(score))
            }
        }
    }

    /// A plan over segments that belong to no snapshot.
    init(
        _ query: Query, segments: [Segment], k1: Float, prior: StaticPrior? = nil
    ) throws(SearchError) {
        try self.init(query, dictionary: SnapshotDictionary(segments), k1: k1, prior: prior)
    }

    /// The plan's contribution of a unit or phrase for a weighted frequency.
    @inline(__always)
    func contribution(weight: Float, weightedFrequency: Float) -> Float {
        grid.round(BM25.contribution(weight: weight, weightedFrequency: weightedFrequency, k1: k1))
    }

    /// Per node, a bound of its scores on the grid: a step more for each contribution that is rounded.
    var bounds: [Float] {
        let margin =
            Float(units.count + phrases.count + filters.count) * max(grid.step, .leastNormalMagnitude)
        return nodes.indices.map { greatestScore($0) + margin }
    }

    /// The scores of a unit's occurrences in one of its fields, for a segment with these norms. What does not
    /// depend on the segment is made once.
    func scores(_ unit: Int, field: Int, norms: NormsReader?) -> UnitScores {
        let table = scoreTable(
            units[unit].firstScoreTable + field, weight: units[unit].weight, units[unit].lengthTables[field])
        return UnitScores(table, norms: norms)
    }

    /// What occurrences of a unit in one of its fields count.
    func lengthTable(_ unit: Int, field: Int) -> LengthTable { lengthTables[units[unit].lengthTables[field]] }

    /// The same for a phrase, without norms.
    func phraseScores(_ phrase: Int, field: Int) -> UnitScores {
        let table = scoreTable(
            phrases[phrase].firstScoreTable + field, weight: phrases[phrase].weight,
            phrases[phrase].lengthTables[field])
        return UnitScores(table, norms: nil)
    }

    private func scoreTable(_ number: Int, weight: Float, _ lengths: Int) -> ScoreTable {
        scoreTables.table(number)
            ?? scoreTables.add(
                ScoreTable(weight: weight, k1: k1, grid: grid, lengthTables[lengths]), number,
                of: scoreTableCount)
    }

    /// The mean length of a field over the documents that have it; 1 if none has.
    func averageLength(_ field: FieldID) -> Float { dictionary.averageLength(field) }

    /// A bound of the score under a node, before rounding to the grid.
    private func greatestScore(_ node: Int) -> Float {
        switch nodes[node] {
        case .none, .all: 0
        case .unit(let unit): units[unit].weight
        case .phrase(let phrase): phrases[phrase].weight
        case .constant(_, let score): score
        case .boolean(let must, let should, _, _):
            should.reduce(must.reduce(0) { $0 + greatestScore($1) }) { $0 + greatestScore($1) }
        case .best(let children): children.reduce(0) { max($0, greatestScore($1)) }
        }
    }

    private mutating func append(_ node: Node) -> Int {
        nodes.append(node)
        return nodes.count - 1
    }

    /// Whether no document can match.
    var isNone: Bool { isNone(root) }

    private func isNone(_ node: Int) -> Bool {
        if case .none = nodes[node] { true } else { false }
    }

    private mutating func countClauses(_ count: Int, depth: Int) throws(SearchError) {
        clauseCount += count
        guard clauseCount <= QueryLimits.clauseCountMax else {
            throw .limit("The query has more than \(QueryLimits.clauseCountMax) clauses.")
        }
        guard depth < QueryLimits.depthMax else {
            throw .limit("The query nests deeper than \(QueryLimits.depthMax).")
        }
    }

    private func checked(_ boost: Float, _ what: String) throws(SearchError) -> Float {
        guard boost >= 0, boost <= 1e18 else {
            throw .invalid("The \(what) is \(boost); it must be a number from 0 to 1e18.")
        }
        return boost
    }

    private mutating func add(_ query: Query, boost: Float, depth: Int) throws(SearchError) -> Int {
        try countClauses(1, depth: depth)
        switch query {
        case .all: return append(.all)
        case .none: return append(.none)
        case .term(let term): return try add(term, boost: boost)
        case .prefix(let prefix): return try add(prefix, boost: boost)
        case .phrase(let phrase): return try add(phrase, boost: boost)
        case .boost(let inner, let factor):
            let product = try checked(boost * (try checked(factor, "boost")), "product of the boosts")
            return try add(inner, boost: product, depth: depth + 1)
        case .constant(let filter, let score):
            try FilterLimits.check(filter)
            filters.append(filter)
            let boosted = try checked(try checked(score, "constant score") * boost, "product of the boosts")
            return append(.constant(filter: filters.count - 1, score: boosted))
        case .anyOf(let alternatives):
            var children: [Int] = []
            for alternative in alternatives {
                let child = try add(alternative, boost: boost, depth: depth + 1)
                if !isNone(child) { children.append(child) }
            }
            return children.count == 1 ? children[0] : append(children.isEmpty ? .none : .best(children))
        case .boolean(let must, let should, let mustNot, let minimum):
            return try addBoolean(must, should, mustNot, minimum, boost: boost, depth: depth)
        }
    }

    private mutating func addBoolean(
        _ must: [Query], _ should: [Query], _ mustNot: [Query], _ minimum: Int, boost: Float, depth: Int
    ) throws(SearchError) -> Int {
        if nodes.isEmpty {
            nodes.reserveCapacity(must.count + should.count + mustNot.count + 1)
            units.reserveCapacity(must.count + should.count + mustNot.count)
        }
        var required: [Int] = []
        required.reserveCapacity(must.count)
        for clause in must {
            let child = try add(clause, boost: boost, depth: depth + 1)
            if isNone(child) { return append(.none) }
            // An AND inside an AND is the same AND: sums on the grid do not depend on their order.
            if case .boolean(let inner, let optional, let excluded, 0) = nodes[child], optional.isEmpty,
                excluded.isEmpty
            {
                required += inner
            } else {
                required.append(child)
            }
        }
        let needed = must.isEmpty && !should.isEmpty ? max(1, minimum) : max(0, minimum)
        var optional: [Int] = []
        optional.reserveCapacity(should.count)
        for clause in should {
            let child = try add(clause, boost: boost, depth: depth + 1)
            if isNone(child) { continue }
            if needed <= 1, case .boolean(let inner, let nested, let excluded, 1) = nodes[child],
                inner.isEmpty,
                excluded.isEmpty
            {
                optional += nested
            } else {
                optional.append(child)
            }
        }
        guard needed <= optional.count else { return append(.none) }
        var excluded: [Int] = []
        for clause in mustNot {
            let child = try add(clause, boost: 0, depth: depth + 1)
            if !isNone(child) { excluded.append(child) }
        }
        if required.isEmpty, optional.isEmpty { required = [append(.all)] }
        if excluded.isEmpty, required.count + optional.count == 1 {
            return required.first ?? optional[0]
        }
        return append(
            .boolean(must: required, should: optional, mustNot: excluded, minimumShouldMatch: needed))
    }
}

// MARK: - Units and phrases

extension QueryPlan {
    private func checkFields(_ fields: [FieldWeight]) throws(SearchError) {
        guard fields.count <= QueryLimits.fieldCountMax else {
            throw .limit("A clause searches more than \(QueryLimits.fieldCountMax) fields.")
        }
        for field in fields {
            guard field.weight >= 0, field.weight <= 1e6, field.b >= 0, field.b <= 1 else {
                throw .invalid(
                    "Weight \(field.weight) or b \(field.b) is out of range; weight is 0 to 1e6, b 0 to 1."
                )
            }
        }
    }

    private mutating func add(_ query: TermQuery, boost: Float) throws(SearchError) -> Int {
        try checkFields(query.fields)
        let boost = try checked(try checked(query.boost, "boost") * boost, "product of the boosts")
        if query.fields.count == 1 {
            let places = try look(up: query.term, query.fields[0].field)
            return addUnit(
                query.fields, name: query.term, isPrefix: false, boost: boost,
                documentFrequency: places.documentFrequency, sources: places.sources,
                liveFrequency: places.liveFrequency)
        }
        var places: [TermPlaces] = []
        for field in query.fields { places.append(try look(up: query.term, field.field)) }
        return addUnit(
            query.fields, name: query.term, isPrefix: false, boost: boost,
            documentFrequency: places.map(\.documentFrequency).max() ?? 0, sources: Self.sources(places))
    }

    /// The postings of a term in several fields.
    private static func sources(_ places: [TermPlaces]) -> UnitSources {
        guard let first = places.first else { return UnitSources([]) }
        var sources = UnitSources(segmentCount: first.sources.segmentCount)
        for segment in 0..<first.sources.segmentCount {
            for (field, place) in places.enumerated() where place.sources.count(in: segment) > 0 {
                sources.append(UnitSource(entry: place.sources.first(in: segment).entry, field: field))
            }
            sources.endSegment()
        }
        return sources
    }

    private mutating func add(_ query: PrefixQuery, boost: Float) throws(SearchError) -> Int {
        try checkFields(query.fields)
        let boost = try checked(try checked(query.boost, "boost") * boost, "product of the boosts")
        guard !query.prefix.isEmpty else {
            throw .invalid("A prefix is empty; use a query for every document.")
        }
        guard (0...QueryLimits.expansionCountMax).contains(query.maxExpansions) else {
            throw .limit("A prefix asks for more than \(QueryLimits.expansionCountMax) expansions.")
        }
        let expansion = try PrefixExpansion(query, segments: dictionary.segments)
        return addUnit(
            query.fields, name: query.prefix, isPrefix: true, boost: boost,
            documentFrequency: min(expansion.documentFrequency, documentCount), sources: expansion.sources)
    }

    private mutating func addUnit(
        _ fields: [FieldWeight], name: [UInt8], isPrefix: Bool, boost: Float, documentFrequency: UInt64,
        sources: UnitSources, liveFrequency: LiveFrequency? = nil
    ) -> Int {
        guard documentFrequency > 0 else { return append(.none) }
        defer { scoreTableCount += fields.count }
        // The terms of a query mostly search the same fields.
        let tables =
            units.last.flatMap { $0.fields == fields ? $0.lengthTables : nil }
            ?? fields.map { lengthTable($0) }
        units.append(
            UnitPlan(
                fields: fields, lengthTables: tables, name: name, isPrefix: isPrefix,
                documentFrequency: documentFrequency,
                idf: BM25.idf(documentCount: documentCount, documentFrequency: documentFrequency),
                boost: boost, sources: sources, firstScoreTable: scoreTableCount, liveFrequency: liveFrequency
            ))
        return append(.unit(units.count - 1))
    }

    private mutating func add(_ query: PhraseQuery, boost: Float) throws(SearchError) -> Int {
        try checkFields(query.fields)
        let boost = try checked(try checked(query.boost, "boost") * boost, "product of the boosts")
        guard query.terms.count <= QueryLimits.phraseLengthMax else {
            throw .limit("A phrase is longer than \(QueryLimits.phraseLengthMax) positions.")
        }
        guard query.terms.allSatisfy({ $0.count <= QueryLimits.alternativeCountMax }) else {
            throw .limit("A phrase has more than \(QueryLimits.alternativeCountMax) terms at one position.")
        }
        if query.terms.isEmpty { return append(.none) }
        try countClauses(query.terms.reduce(0) { $0 + $1.count }, depth: 0)
        // A term given twice at one position is one alternative.
        let terms =
            query.terms.allSatisfy { $0.count == 1 }
            ? query.terms
            : query.terms.map { alternatives in
                alternatives.indices.filter { alternatives.firstIndex(of: alternatives[$0]) == $0 }
                    .map { alternatives[$0] }
            }
        var places: [TermPlaces] = []
        places.reserveCapacity(query.fields.count * terms.count)
        for field in query.fields {
            for alternatives in terms {
                for term in alternatives { places.append(try look(up: term, field.field)) }
            }
        }
        let counts = terms.map(\.count)
        let sources = PhraseSources(
            places, alternativeCounts: counts, fieldCount: query.fields.count,
            segmentCount: dictionary.segments.count)
        if sources.isEmpty { return append(.none) }
        var idf: Float = 0
        // Of a position the most frequent term in the field in which it is most frequent.
        var first = 0
        let ofField = counts.reduce(0, +)
        for count in counts {
            var greatest: UInt64 = 0
            for field in query.fields.indices {
                for place in field * ofField + first..<field * ofField + first + count {
                    greatest = max(greatest, sources.documentFrequencies[place])
                }
            }
            first += count
            idf += BM25.idf(documentCount: documentCount, documentFrequency: greatest)
        }
        phrases.append(
            PhrasePlan(
                fields: query.fields, lengthTables: query.fields.map { lengthTable($0) }, terms: query.terms,
                idf: idf, boost: boost, sources: sources, firstScoreTable: scoreTableCount))
        scoreTableCount += query.fields.count
        return append(.phrase(phrases.count - 1))
    }

    private func look(up term: [UInt8], _ field: FieldID) throws(SearchError) -> TermPlaces {
        do { return try dictionary.places(field, term) } catch { throw .segment(error) }
    }

    /// Index of the table that gives, for a norm byte, what one occurrence in the field counts.
    private mutating func lengthTable(_ field: FieldWeight) -> Int {
        if let known = tableFields.firstIndex(of: field) { return known }
        lengthTables.append(dictionary.lengthTable(field))
        tableFields.append(field)
        return lengthTables.count - 1
    }
}
