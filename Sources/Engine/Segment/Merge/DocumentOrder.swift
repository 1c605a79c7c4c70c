// The order of documents by what they are: all of one category side by side, inside it all of one brand.
// Postings of words that belong together then have small gaps, columns have runs, stored documents resemble
// their neighbours, and a search touches fewer blocks.

/// Orders the documents of a merge by keyword fields.
enum DocumentOrder {
    /// The live documents of `sources`, by their values of `fields`; those without a value come last, equal
    /// ones keep the order of the sources. Of several values the greatest counts: of the levels of a category
    /// path that is the deepest.
    ///
    /// - Complexity: O(documents log documents + terms of the fields log terms).
    static func listed(
        _ sources: [SegmentSource], by fields: [FieldID]
    ) throws(SegmentError) -> [SourceDocument] {
        var ranks: [[[UInt32]]] = []
        for field in fields { ranks.append(try documentRanks(sources, field)) }
        var documents: [SourceDocument] = []
        for (number, source) in sources.enumerated() {
            for document in 0..<source.segment.documentCount
            where source.liveDocs?.contains(document) ?? true {
                documents.append(SourceDocument(source: UInt32(number), document: document))
            }
        }
        // Written out for the sort: it compares many times, and each key is looked up once.
        var keyed = documents.enumerated().map { place, document in
            (ranks.map { $0[Int(document.source)][Int(document.document)] }, place)
        }
        keyed.sort { left, right in
            left.0 == right.0 ? left.1 < right.1 : left.0.lexicographicallyPrecedes(right.0)
        }
        return keyed.map { documents[$0.1] }
    }

    /// The documents of `start`, which are the live ones, so that those with the same words stand close
    /// together.
    static func bisected(
        _ sources: [SegmentSource], from start: [SourceDocument], name: String, shouldStop: () -> Bool,
        progress: (Int, Int) -> Void
    ) throws(SegmentError) -> [SourceDocument] {
        let limits = BisectionLimits()
        let graph = try BisectionGraph(sources, start, limits: limits) { () throws(SegmentError) in
            try MergePlan.stop(if: shouldStop, name)
        }
        let order = GraphBisection.order(
            graph, limits: limits, shouldStop: shouldStop, progress: { progress($0, start.count) })
        guard let order else { throw MergePlan.stopped(name) }
        return order.map { start[Int($0)] }
    }

    /// For each source and document, the place of its value among the values of all sources.
    private static func documentRanks(
        _ sources: [SegmentSource], _ field: FieldID
    ) throws(SegmentError) -> [[UInt32]] {
        let rankOfOrdinal = try termRanks(sources, field)
        var ranks: [[UInt32]] = []
        for (number, source) in sources.enumerated() {
            var ofDocument = [UInt32](repeating: .max, count: Int(source.segment.documentCount))
            if let column = source.segment.keywordColumn(field) {
                for document in 0..<source.segment.documentCount {
                    try column.forEachOrdinal(document) { ordinal in
                        // Ordinals of a document ascend: the last one stays.
                        ofDocument[Int(document)] = rankOfOrdinal[number][Int(ordinal)]
                    }
                }
            }
            ranks.append(ofDocument)
        }
        return ranks
    }

    /// For each source and ordinal of the field, the place of the term among the terms of all sources.
    private static func termRanks(
        _ sources: [SegmentSource], _ field: FieldID
    ) throws(SegmentError) -> [[UInt32]] {
        var terms: [(bytes: [UInt8], source: Int, ordinal: Int)] = []
        var ranks = sources.map { source in
            [UInt32](repeating: 0, count: Int(source.segment.fieldStatistics(field)?.termCount ?? 0))
        }
        for (number, source) in sources.enumerated() {
            var ordinal = 0
            try source.segment.forEachTerm(field) { (term, _) throws(SegmentError) in
                terms.append((Array(term), number, ordinal))
                ordinal += 1
                return true
            }
        }
        terms.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        var rank: UInt32 = 0
        for (index, term) in terms.enumerated() {
            if index > 0, terms[index - 1].bytes != term.bytes { rank += 1 }
            ranks[term.source][term.ordinal] = rank
        }
        return ranks
    }
}
