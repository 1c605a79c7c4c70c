// The order of documents by what they are: all of one category side by side, inside it all of one brand.
// Postings of words that belong together then have small gaps, columns have runs, stored documents resemble
// their neighbours, and a search touches fewer blocks. Or, with more work, by all their words.
import CKernels

/// Orders the documents of a merge.
enum DocumentOrder {
    /// The live documents of `sources`, by their values of `fields`; those without a value come last, equal
    /// ones keep the order of the sources. Of several values the greatest counts: of the levels of a category
    /// path that is the deepest.
    ///
    /// - Complexity: O(documents + terms of the fields log terms).
    static func listed(
        _ sources: [SegmentSource], by fields: [FieldID]
    ) throws(SegmentError) -> [SourceDocument] {
        var documents: [SourceDocument] = []
        for (number, source) in sources.enumerated() {
            for document in 0..<source.segment.documentCount
            where source.liveDocs?.contains(document) ?? true {
                documents.append(SourceDocument(source: UInt32(number), document: document))
            }
        }
        // Sorted by the last field first: each sort keeps the order of those that are equal. The rank stands
        // in the upper half of a key, the place in `documents` in the lower.
        var keys = documents.indices.map { UInt64($0) }
        var scratch = [UInt64](repeating: 0, count: keys.count)
        for field in fields.reversed() {
            let ranks = try documentRanks(sources, field)
            for index in keys.indices {
                let place = keys[index] & UInt64(UInt32.max)
                let document = documents[Int(place)]
                let rank = ranks.ofDocument[Int(document.source)][Int(document.document)]
                keys[index] = UInt64(rank) << 32 | place
            }
            let bits = UInt32(UInt32.bitWidth - ranks.largest.leadingZeroBitCount)
            saekin_sort_by_high_word(&keys, keys.count, bits, &scratch)
        }
        return keys.map { documents[Int($0 & UInt64(UInt32.max))] }
    }

    /// The live documents of `sources`, those with the same words close together.
    ///
    /// The search ends in the order that is best near the one with which it begins. That is the order by
    /// `fields`, unless the documents came in a better one: a catalogue may be sorted by something of which
    /// no field knows.
    static func bisected(
        _ sources: [SegmentSource], from fields: [FieldID], name: String, shouldStop: () -> Bool,
        progress: (Int, Int) -> Void
    ) throws(SegmentError) -> [SourceDocument] {
        let limits = BisectionLimits()
        let start = try listed(sources, by: fields)
        func graph(_ documents: [SourceDocument]) throws(SegmentError) -> BisectionGraph {
            var steps = 0
            return try BisectionGraph(sources, documents, limits: limits) { () throws(SegmentError) in
                if shouldStop() { throw MergePlan.stopped(name) }
                // What the postings are read from need not stay in memory beside what is made of them.
                steps += 1
                if steps % 1_024 == 0 { for source in sources { source.segment.memory.releasePages() } }
            }
        }
        func order(_ graph: BisectionGraph, _ start: [SourceDocument]) throws(SegmentError)
            -> [SourceDocument]
        {
            let order = GraphBisection.order(
                graph, limits: limits, shouldStop: shouldStop, progress: { progress($0, start.count) })
            guard let order else { throw MergePlan.stopped(name) }
            return order.map { start[Int($0)] }
        }
        let byFields = try graph(start)
        guard !fields.isEmpty else { return try order(byFields, start) }
        let arrival = arrivalOrder(start, sources)
        let identity = arrival.indices.map { UInt32($0) }
        if GraphBisection.logGaps(byFields, identity) <= GraphBisection.logGaps(byFields, arrival) {
            return try order(byFields, start)
        }
        let asTheyCame = arrival.map { start[Int($0)] }
        return try order(graph(asTheyCame), asTheyCame)
    }

    /// The places of documents in a list, in the order of the sources.
    private static func arrivalOrder(_ documents: [SourceDocument], _ sources: [SegmentSource]) -> [UInt32] {
        var places = sources.map { [UInt32](repeating: .max, count: Int($0.segment.documentCount)) }
        for (place, document) in documents.enumerated() {
            places[Int(document.source)][Int(document.document)] = UInt32(place)
        }
        return places.flatMap { $0.filter { $0 != .max } }
    }

    /// For each source and document, the place of its value among the values of all sources; behind all of
    /// them, at `largest`, where it has none.
    private static func documentRanks(
        _ sources: [SegmentSource], _ field: FieldID
    ) throws(SegmentError) -> (ofDocument: [[UInt32]], largest: UInt32) {
        let (rankOfOrdinal, rankCount) = try termRanks(sources, field)
        var ranks: [[UInt32]] = []
        for (number, source) in sources.enumerated() {
            var ofDocument = [UInt32](repeating: rankCount, count: Int(source.segment.documentCount))
            let column = try WholeKeywordColumn(source.segment.keywordColumn(field))
            for document in 0..<source.segment.documentCount {
                guard let ordinal = column.lastOrdinal(document) else { continue }
                ofDocument[Int(document)] = rankOfOrdinal[number][Int(ordinal)]
            }
            ranks.append(ofDocument)
        }
        return (ranks, rankCount)
    }

    /// For each source and ordinal of the field, the place of the term among the terms of all sources, and
    /// how many different terms there are.
    private static func termRanks(
        _ sources: [SegmentSource], _ field: FieldID
    ) throws(SegmentError) -> (ofOrdinal: [[UInt32]], count: UInt32) {
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
        return (ranks, terms.isEmpty ? 0 : rank + 1)
    }
}
