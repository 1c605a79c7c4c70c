// Which products a change of the dictionary touches. A product is cut in another way only where one of the
// changed words stands in it. Several searches find it: the word in the stored text; a term that holds the
// word (the word itself, a compound, a surface with its particle); the pieces into which the old or the new
// dictionary cuts the word, side by side; its pairs of syllables in titles and brands. All but the first see
// through other spellings of the same characters. What is found is looked at once more before it is analysed
// again (`ProductRewriter`).

import Engine
import KoreanAnalysis

/// Finds products by the words that changed.
struct TouchedProducts {
    /// Words that are in one dictionary only, or differ.
    let words: UserDictionary
    private let old: TextAnalysis
    private let new: TextAnalysis

    private static let pageSize = 1_000

    init(from old: TextAnalysis, to new: TextAnalysis) {
        self.old = old
        self.new = new
        let (before, after) = (
            Set(old.vocabulary.dictionary.words), Set(new.vocabulary.dictionary.words)
        )
        words = UserDictionary(Array(before.symmetricDifference(after)))
    }

    /// The keys of products that may hold one of the words.
    func keys(in snapshot: Snapshot, fields: ProductFields) throws -> Set<[UInt8]> {
        guard !words.words.isEmpty else { return [] }
        var keys: Set<[UInt8]> = []
        try addByText(snapshot, &keys)
        try addByTerms(snapshot, fields, &keys)
        let searched = fields.searchedFields
        for word in words.words {
            let pairs = zip(word.syllables, word.syllables.dropFirst()).map { first, second in
                Query.term(
                    TermQuery(fields: fields.netFields, term: SyllablePair.term(first, second), boost: 1))
            }
            if !pairs.isEmpty { try add(.and(pairs), snapshot, &keys) }
            for analysis in [old, new] {
                let pieces = analysis.withTokens(of: String(decoding: word.syllables, as: UTF16.self)) {
                    TokenLattice($0).positions
                }
                // A single piece is a term that holds the word, or a stem that its surface stands beside.
                guard pieces.count > 1 else { continue }
                let phrase = PhraseQuery(fields: searched, terms: pieces, boost: 1)
                try add(.phrase(phrase), snapshot, &keys)
            }
        }
        return keys
    }

    /// One pass over the stored texts. It finds what leaves no trace in the terms: a word that begins inside
    /// one piece of a long run and ends inside the next.
    private func addByText(_ snapshot: Snapshot, _ keys: inout Set<[UInt8]>) throws {
        let scan = WordScan(words)
        for view in snapshot.segments {
            var documents: [DocID] = []
            try view.segment.forEachStored { (document, stored) throws(SegmentError) in
                if view.liveDocs?.contains(document) ?? true, scan.occurs(in: stored) {
                    documents.append(document)
                }
                return true
            }
            for document in documents { keys.insert(try view.segment.key(document)) }
        }
    }

    /// One walk over the terms of all searched fields, whatever the number of words: they are normalised, so
    /// that words are found that were written in other code points.
    private func addByTerms(
        _ snapshot: Snapshot, _ fields: ProductFields, _ keys: inout Set<[UInt8]>
    ) throws {
        for view in snapshot.segments {
            var documents: Set<DocID> = []
            for field in fields.searchedFields.map(\.field) {
                var entries: [TermEntry] = []
                try view.segment.forEachTerm(field, prefix: []) { (term, entry) throws(SegmentError) in
                    if words.occur(in: String(decoding: term, as: UTF8.self)) { entries.append(entry) }
                    return true
                }
                for entry in entries { documents.formUnion(try view.liveDocuments(of: entry)) }
            }
            for document in documents { keys.insert(try view.segment.key(document)) }
        }
    }

    private func add(_ query: Query, _ snapshot: Snapshot, _ keys: inout Set<[UInt8]>) throws {
        var request = SearchRequest(query: query, limit: Self.pageSize)
        while true {
            let result = try snapshot.search(request)
            for hit in result.hits { keys.insert(try snapshot.key(hit.address)) }
            guard let next = result.next, !result.hits.isEmpty else { return }
            request.after = next
        }
    }
}

extension UserDictionary {
    /// Whether one of the words stands anywhere in `text`.
    func occur(in text: String) -> Bool {
        let units = Array(text.utf16)
        return units.withUnsafeBufferPointer { units in
            units.indices.contains { contains(at: $0, units) }
        }
    }
}
