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
            var understood = UnderstoodQuery(reading.text, analysis: analysis)
            if understood.guessesBySound {
                // A guess from a guess is none.
                understood = UnderstoodQuery(reading.text, analysis: analysis, expandsSynonyms: false)
            }
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

extension UnderstoodQuery {
    /// Whether words were taken for names that only sound like them: a guess, as a repair is.
    var guessesBySound: Bool { synonyms.contains { $0.origin == .sound } }
}

extension SearchService {
    /// The repair of a query that finds `count` products as it is understood; nil where that is enough, or
    /// where no repair finds clearly more.
    func mended(
        _ text: String, _ understood: UnderstoodQuery, count: Int, sufficient: Int, _ state: LiveView.State
    ) throws(RequestError) -> MendedQuery? {
        var literal = understood.query(.whole, fields: state.fields)
        var literalCount = count
        if understood.guessesBySound {
            let typed = UnderstoodQuery(text, analysis: state.analysis, expandsSynonyms: false)
            literal = typed.query(.whole, fields: state.fields)
            let request = SearchRequest(query: literal, filter: visible(state.fields), limit: 0)
            literalCount = try convertingErrors { () throws(SearchError) in
                try state.snapshot.search(request).total
            }
        }
        guard literalCount < sufficient else { return nil }
        let vocabularies = view.spelling.vocabularies(of: state.snapshot, fields: state.fields.spellingFields)
        let repairer = Repairer(
            analysis: state.analysis,
            spelling: Spelling(vocabularies, productCount: state.snapshot.documentCount),
            snapshot: state.snapshot, fields: state.fields, soundCount: count)
        let repair = try repairer.repair(text, literalCount: literalCount)
        return repair.map {
            MendedQuery(
                $0, literal: literalCount > 0 ? literal : nil, analysis: state.analysis, fields: state.fields)
        }
    }
}
