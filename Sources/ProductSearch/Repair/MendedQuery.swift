// A repair as an engine query: its readings, the more probable ones weighing more, below what was typed where
// that finds anything.

import Engine
import KoreanAnalysis

/// A repaired query, ready to run.
struct MendedQuery: Sendable {
    /// What the literal query weighs beside its repair: a literal match stands above every other.
    private static let literalBoost: Float = 8

    let repair: Repair
    let query: Query
    /// The terms by which a match is shown.
    let highlightedTerms: Set<[UInt8]>

    /// - Parameter literal: the query as it was typed, where it finds something.
    init(_ repair: Repair, literal: Query?, analysis: TextAnalysis, fields: ProductFields) {
        var branches: [Query] = []
        var terms: Set<[UInt8]> = []
        for reading in repair.readings {
            let understood = UnderstoodQuery(reading.text, analysis: analysis)
            branches.append(.boost(understood.query(.whole, fields: fields), Float(reading.weight)))
            terms.formUnion(understood.highlightedTerms)
        }
        if let literal { branches.append(.boost(literal, Self.literalBoost)) }
        query = branches.count == 1 ? branches[0] : .anyOf(branches)
        highlightedTerms = terms
        self.repair = repair
    }
}

extension ProductFields {
    /// The fields whose words are repaired to: what products are called, not what is said about them.
    var spellingFields: [FieldID] { [titleText, brandText, categoryText] }
}

extension SearchService {
    /// The repair of a query that finds `literalCount` products as it was typed, which is too few; nil where
    /// there is none, or none that finds clearly more.
    func mended(
        _ text: String, literal: Query, literalCount: Int, _ state: LiveView.State
    ) throws(RequestError) -> MendedQuery? {
        let vocabularies = view.spelling.vocabularies(of: state.snapshot, fields: state.fields.spellingFields)
        let repairer = Repairer(
            analysis: state.analysis,
            spelling: Spelling(vocabularies, productCount: state.snapshot.documentCount),
            snapshot: state.snapshot, fields: state.fields)
        let repair = try repairer.repair(text, literalCount: literalCount)
        return repair.map {
            MendedQuery(
                $0, literal: literalCount > 0 ? literal : nil, analysis: state.analysis, fields: state.fields)
        }
    }
}
