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
    private var unsorted: [(document: DocID, frequency: UInt32, start: Int)] = []
    private var unsortedPositions: [UInt32] = []
    private var postingsUntilQuestion = 0

    init(_ plan: MergePlan, _ definition: FieldDefinition) {
        self.plan = plan
        self.definition = definition
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
            try addUnsorted(to: &writer)
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
            for index in 0..<count {
                let document = plan.maps[source][Int(documents[index])]
                if document == .noMoreDocuments { continue }
                if !hasTerm.isEmpty { hasTerm[Int(document) / 64] |= 1 << UInt64(document % 64) }
                let positions = hasPositions ? reader.positions(at: index) : []
                if plan.keepsOrder {
                    try writer.addPosting(document, frequency: frequencies[index], positions: positions)
                } else {
                    unsorted.append((document, frequencies[index], unsortedPositions.count))
                    unsortedPositions.append(contentsOf: positions)
                }
            }
        }
    }

    private mutating func addUnsorted(to writer: inout SegmentWriter) throws(SegmentError) {
        unsorted.sort { $0.document < $1.document }
        for posting in unsorted {
            let count = definition.kind == .text ? Int(posting.frequency) : 0
            try writer.addPosting(
                posting.document, frequency: posting.frequency,
                positions: unsortedPositions[posting.start..<posting.start + count])
        }
        unsorted.removeAll(keepingCapacity: true)
        unsortedPositions.removeAll(keepingCapacity: true)
    }
}
