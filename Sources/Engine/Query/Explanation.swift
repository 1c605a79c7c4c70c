// Why a document has its score: the plan's tree with the numbers of one document.

/// A part of a score and what it was computed from.
public struct Explanation: Hashable, Sendable {
    /// What this part contributes.
    public let value: Float
    /// What it is, in words.
    public let text: String
    /// The parts it was computed from.
    public let details: [Explanation]

    /// Makes a part.
    public init(value: Float, text: String, details: [Explanation] = []) {
        self.value = value
        self.text = text
        self.details = details
    }

    /// The tree as indented lines.
    public var lines: [String] {
        ["\(value)  \(text)"] + details.flatMap { $0.lines.map { "  " + $0 } }
    }
}

/// Explains one document.
struct Explainer {
    private let plan: QueryPlan
    private let view: SegmentView
    private let index: Int
    private let document: UInt32
    private let registry: FieldRegistry

    init(_ plan: QueryPlan, view: SegmentView, address: DocAddress, registry: FieldRegistry) {
        self.plan = plan
        self.view = view
        index = address.segment
        document = address.document
        self.registry = registry
    }

    /// The explanation of the whole query; nil when the document does not match.
    func explain() throws(SearchError) -> Explanation? {
        guard let text = try explain(plan.root), let prior = plan.prior else { return try explain(plan.root) }
        let value: UInt8
        do {
            value = try view.prior(prior.source).value(document)
        } catch { throw .segment(error) }
        let worth = Explanation(
            value: prior.scores[Int(value)], text: "static prior: \(value) of \(StaticPrior.valueMax)")
        return Explanation(value: text.value + worth.value, text: "sum of", details: [text, worth])
    }

    private func explain(_ node: Int) throws(SearchError) -> Explanation? {
        switch plan.nodes[node] {
        case .none: return nil
        case .all: return Explanation(value: 0, text: "every document")
        case .unit(let unit): return try explain(plan.units[unit])
        case .phrase(let phrase): return try explain(plan.phrases[phrase])
        case .constant(let filter, let score):
            var scorer = try FilterScorer(plan.filters[filter], view: view)
            do {
                guard try scorer.matches(document) else { return nil }
            } catch { throw .segment(error) }
            return Explanation(value: score, text: "constant for a filter")
        case .best(let children):
            let matching = try explainAll(children)
            guard let best = matching.map(\.value).max() else { return nil }
            return Explanation(value: best, text: "greatest of", details: matching)
        case .boolean(let must, let should, let mustNot, let minimum):
            let required = try explainAll(must)
            let optional = try explainAll(should)
            guard required.count == must.count, optional.count >= minimum, try explainAll(mustNot).isEmpty
            else { return nil }
            let details = required + optional
            return Explanation(value: details.reduce(0) { $0 + $1.value }, text: "sum of", details: details)
        }
    }

    private func explainAll(_ nodes: [Int]) throws(SearchError) -> [Explanation] {
        var found: [Explanation] = []
        for node in nodes {
            if let explanation = try explain(node) { found.append(explanation) }
        }
        return found
    }

    private func explain(_ unit: UnitPlan) throws(SearchError) -> Explanation? {
        let name = String(decoding: unit.name, as: UTF8.self)
        do {
            var weighted: Float = 0
            var details: [Explanation] = []
            for source in unit.sources[index] {
                var cursor = TermCursor(view.segment, source.entry)
                let frequency = try cursor.frequency(of: document)
                guard frequency > 0 else { continue }
                weighted += add(
                    frequency: frequency, field: unit.fields[source.field],
                    table: unit.lengthTables[source.field],
                    to: &details)
            }
            guard !details.isEmpty else { return nil }
            let kind = unit.isPrefix ? "prefix" : "term"
            return product(
                "\(kind) \"\(name)\" in \(unit.documentFrequency) of \(plan.documentCount) documents",
                idf: unit.idf, boost: unit.boost, weight: unit.weight, weighted: weighted, details: details)
        } catch { throw .segment(error) }
    }

    private func explain(_ phrase: PhrasePlan) throws(SearchError) -> Explanation? {
        var scorer = PhraseScorer(phrase, plan: plan, segment: view.segment, index: index, needsScores: true)
        do {
            var weighted: Float = 0
            var details: [Explanation] = []
            for field in phrase.fields.indices {
                let frequency = try scorer.frequency(of: document, field: field)
                guard frequency > 0 else { continue }
                weighted += add(
                    frequency: frequency, field: phrase.fields[field], table: phrase.lengthTables[field],
                    to: &details)
            }
            guard !details.isEmpty else { return nil }
            let terms = phrase.terms.map { alternatives in
                alternatives.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|")
            }
            return product(
                "phrase \"\(terms.joined(separator: " "))\"", idf: phrase.idf, boost: phrase.boost,
                weight: phrase.weight, weighted: weighted, details: details)
        } catch { throw .segment(error) }
    }

    /// Adds what one field counts; its weighted frequency.
    private func add(
        frequency: UInt32, field: FieldWeight, table: Int, to details: inout [Explanation]
    ) -> Float {
        let norm = view.segment.norms(field.field)?[document] ?? 0
        let weighted = Float(frequency) * plan.lengthTables[table].factors[Int(norm)]
        let name = registry.definition(field.field)?.name ?? "\(field.field)"
        details.append(
            Explanation(
                value: weighted,
                text:
                    "weighted frequency in \(name): frequency \(frequency), weight \(field.weight), "
                    + "b \(field.b), "
                    + "length \(FieldNorm.length(of: norm)), average \(plan.averageLength(field.field))"))
        return weighted
    }

    private func product(
        _ text: String, idf: Float, boost: Float, weight: Float, weighted: Float, details: [Explanation]
    ) -> Explanation {
        let saturation = weighted / (plan.k1 + weighted)
        return Explanation(
            value: plan.contribution(weight: weight, weightedFrequency: weighted), text: text,
            details: [
                Explanation(value: idf, text: "inverse document frequency"),
                Explanation(value: boost, text: "boost"),
                Explanation(
                    value: saturation, text: "frequency \(weighted), saturated with k1 \(plan.k1)",
                    details: details),
            ])
    }
}

extension Snapshot {
    /// Explains the score that `query` gives a document of this snapshot; nil when it does not match.
    ///
    /// The value of the tree is the score of the hit to the last bit; inside it, products are rounded to the
    /// query's grid of scores (see `ScoreGrid`).
    ///
    /// - Precondition: `address` is of this snapshot.
    public func explain(
        _ query: Query, _ address: DocAddress, k1: Float = 1.2, prior: StaticPrior? = nil
    ) throws(SearchError) -> Explanation? {
        let plan = try QueryPlan(query, dictionary: dictionary, k1: k1, prior: prior)
        return try Explainer(plan, view: segments[address.segment], address: address, registry: registry)
            .explain()
    }

    /// The bytes stored with a document.
    public func stored(_ address: DocAddress) throws(SearchError) -> [UInt8] {
        do { return try segments[address.segment].segment.stored(address.document) } catch {
            throw .segment(error)
        }
    }

    /// The key of a document.
    public func key(_ address: DocAddress) throws(SearchError) -> [UInt8] {
        do { return try segments[address.segment].segment.key(address.document) } catch {
            throw .segment(error)
        }
    }

    /// The current value of an integer or decimal field, updates applied; nil when the document has none.
    public func integer(_ field: FieldID, _ address: DocAddress) throws(SearchError) -> Int64? {
        do {
            return try IntegerReader(field, view: segments[address.segment])?.value(address.document)
        } catch { throw .segment(error) }
    }
}
