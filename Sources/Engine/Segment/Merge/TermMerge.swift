// Merges the terms of one field of several segments, and their postings.
import Glibc

/// The terms of one field.
struct TermMerge {
    private let plan: MergePlan
    private let definition: FieldDefinition
    /// The walks that stand on a term, with the source of each.
    private var walks: [(source: Int, walk: TermWalk)] = []
    /// For each source, the new ordinal of each of its terms; empty for fields without a column.
    private(set) var ordinals: [[UInt32]] = []
    /// Which documents have a term, for keyword fields.
    private var hasTerm: [UInt64] = []
    private var documents = [UInt32](repeating: 0, count: PostingsCursor.blockCapacity)
    private var frequencies = [UInt32](repeating: 0, count: PostingsCursor.blockCapacity)
    private var reader = PositionsReader()
    private var unsorted: UnsortedPostings
    private var postingsUntilQuestion = 0

    init(_ plan: MergePlan, _ definition: FieldDefinition) {
        self.plan = plan
        self.definition = definition
        unsorted = UnsortedPostings(documentCount: plan.documentCount)
        guard definition.kind == .keyword else { return }
        hasTerm = [UInt64](repeating: 0, count: (Int(plan.documentCount) + 63) / 64)
        guard definition.hasColumn else { return }
        ordinals = plan.sources.map { source in
            let count = source.segment.fieldStatistics(definition.id)?.termCount ?? 0
            return [UInt32](repeating: .max, count: Int(count))
        }
    }

    /// How many documents of a keyword field have a term.
    var documentCount: UInt32 { hasTerm.reduce(0) { $0 + UInt32($1.nonzeroBitCount) } }

    /// Writes all terms.
    mutating func merge(to writer: inout SegmentWriter, shouldStop: () -> Bool) throws(SegmentError) {
        for (number, source) in plan.sources.enumerated() {
            var walk = source.segment.walkTerms(definition.id)
            if try walk.next() { walks.append((number, walk)) }
        }
        var equal: [Int] = []
        while !walks.isEmpty {
            findSmallest(&equal)
            writer.beginTerm()
            for place in equal {
                try addPostings(place, to: &writer)
                if postingsUntilQuestion <= 0 {
                    try plan.stop(if: shouldStop)
                    postingsUntilQuestion = 4_096
                }
            }
            try unsorted.drain(hasPositions: definition.kind == .text, to: &writer)
            let ordinal = try writer.endTerm(walks[equal[0]].walk.term)
            for place in equal.reversed() {
                if definition.kind == .keyword, definition.hasColumn {
                    ordinals[walks[place].source][Int(walks[place].walk.entry.ordinal)] = ordinal ?? .max
                }
                if try !walks[place].walk.next() { walks.remove(at: place) }
            }
        }
    }

    /// The places of the walks that stand on the smallest term.
    private func findSmallest(_ places: inout [Int]) {
        places.removeAll(keepingCapacity: true)
        for place in walks.indices {
            let order = places.isEmpty ? 0 : compare(walks[place].walk.term, walks[places[0]].walk.term)
            if order < 0 { places.removeAll(keepingCapacity: true) }
            if order <= 0 { places.append(place) }
        }
    }

    private func compare(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
        left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                let shared = min(left.count, right.count)
                // SAFETY: both buffers have at least `shared` bytes; terms may be empty in damaged files
                // only.
                let order = shared == 0 ? 0 : memcmp(left.baseAddress!, right.baseAddress!, shared)
                return order != 0 ? Int(order) : left.count - right.count
            }
        }
    }

    private mutating func addPostings(_ place: Int, to writer: inout SegmentWriter) throws(SegmentError) {
        let source = walks[place].source
        let entry = walks[place].walk.entry
        let map = plan.maps[source]
        var cursor = plan.sources[source].segment.postings(entry)
        while try cursor.nextBlock() {
            let count = try cursor.decodeDocuments(into: &documents)
            _ = cursor.decodeFrequencies(into: &frequencies)
            let hasPositions = definition.kind == .text
            guard hasPositions == entry.hasPositions else {
                throw cursor.damaged(0, "a term of \(definition.name) lacks positions or has too many")
            }
            if hasPositions { try reader.load(cursor, frequencies: frequencies) }
            postingsUntilQuestion -= count
            if !plan.keepsOrder {
                for index in 0..<count { documents[index] = map[Int(documents[index])] }
                unsorted.add(documents, frequencies, count: count, positions: hasPositions ? reader : nil)
                if !hasTerm.isEmpty {
                    for index in 0..<count where documents[index] != .noMoreDocuments {
                        mark(documents[index])
                    }
                }
                continue
            }
            for index in 0..<count {
                let document = map[Int(documents[index])]
                if document == .noMoreDocuments { continue }
                if !hasTerm.isEmpty { mark(document) }
                let positions = hasPositions ? reader.positions(at: index) : []
                try writer.addPosting(document, frequency: frequencies[index], positions: positions)
            }
        }
    }

    private mutating func mark(_ document: DocID) {
        hasTerm[Int(document) / 64] |= 1 << UInt64(document % 64)
    }
}
