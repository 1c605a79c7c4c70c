// Facet counts as one answer: of one segment, of several by the numbers of their values, or by their bytes.
import CKernels

/// Turns what a facet counted into its answer.
struct FacetMerge {
    private typealias Part = FacetCounts.Part

    private let request: FacetRequest
    private let views: [SegmentView]
    private let joins: FacetJoins

    init(_ request: FacetRequest, views: [SegmentView], joins: FacetJoins) {
        self.request = request
        self.views = views
        self.joins = joins
    }

    /// The answer; nil where no segment was looked at.
    func result(_ counts: FacetCounts?) throws(SegmentError) -> FacetResult {
        switch request.kind {
        case .keyword(let field, let limit, let order, let selected):
            var found = Found()
            switch counts {
            case .parts(let parts) where parts.count == 1:
                found = try ofOne(parts[0], field, limit, order, selected)
            case .parts(let parts): found = try byBytes(parts, field, limit, order, selected)
            case .joined(let counts, let join):
                found = try ofAll(counts, join, field, limit, order, selected)
            case .ranges, nil: break
            }
            return .keyword(values: withSelected(found, selected), distinct: found.distinct)
        case .ranges(_, let ranges):
            guard case .ranges(let counts, let documentCount, let minimum, let maximum) = counts else {
                return .ranges(
                    counts: Array(repeating: 0, count: ranges.count), documentCount: 0, minimum: nil,
                    maximum: nil)
            }
            return .ranges(counts: counts, documentCount: documentCount, minimum: minimum, maximum: maximum)
        }
    }

    /// The values of a facet that were found.
    private struct Found {
        /// The first in the order asked for.
        var top: [(value: [UInt8], count: Int)] = []
        /// How many there are.
        var distinct = 0
        /// Documents of selected values that may not be among the first.
        var selected: [[UInt8]: Int] = [:]
    }

    /// Ordinals are in the order of the bytes, so only the values that are shown need to be read.
    private func ofOne(
        _ part: Part, _ field: FieldID, _ limit: Int, _ order: FacetRequest.Order, _ selected: [[UInt8]]
    ) throws(SegmentError) -> Found {
        var found = Found()
        var best = TopHits<FacetRank>(capacity: limit)
        for ordinal in part.ordinals {
            let count = part.documentCount(ordinal)
            if count == 0 { continue }
            found.distinct += 1
            best.offer(FacetRank(count: order == .count ? UInt64(count) : 0, place: UInt32(ordinal)), count)
        }
        let segment = views[part.segment].segment
        let join = try joins.join(field)
        for entry in best.sorted() {
            let ordinal = entry.rank.place
            let value: [UInt8]
            if let join {
                value = join.values[Int(join.numbers[part.segment][Int(ordinal)])]
            } else {
                value = try segment.termBytes(field, ordinal: ordinal)
            }
            found.top.append((value, Int(entry.document)))
        }
        for value in selected {
            guard let entry = try segment.term(field, value) else { continue }
            found.selected[value] = Int(part.documentCount(Int(entry.ordinal)))
        }
        return found
    }

    private func ofAll(
        _ counts: [UInt32], _ join: FacetJoin, _ field: FieldID, _ limit: Int, _ order: FacetRequest.Order,
        _ selected: [[UInt8]]
    ) throws(SegmentError) -> Found {
        var found = Found()
        var sums = Array(repeating: UInt32(0), count: counts.count / 2)
        // SAFETY: there are two counts for a sum.
        found.distinct = sums.withUnsafeMutableBufferPointer {
            saekin_add_pairs(counts, $0.count, $0.baseAddress)
        }
        found.top = Self.top(sums, join, limit: limit, order: order)
        for value in Set(selected) where !sums.isEmpty {
            // A number means the same in every segment.
            for (view, numbers) in zip(views, join.numbers) {
                guard let entry = try view.segment.term(field, value) else { continue }
                found.selected[value] = Int(sums[Int(numbers[Int(entry.ordinal)])])
                break
            }
        }
        return found
    }

    /// The first values in the order asked for; bytes are compared only where counts do not decide.
    private static func top(
        _ sums: [UInt32], _ join: FacetJoin, limit: Int, order: FacetRequest.Order
    ) -> [(value: [UInt8], count: Int)] {
        if limit == 0 { return [] }
        var least: UInt64 = 1
        if order == .count {
            var best = TopHits<FacetRank>(capacity: limit)
            for count in sums where UInt64(count) >= least {
                best.offer(FacetRank(count: UInt64(count), place: 0), 0)
                // From here on a count has to be greater than the worst to change anything.
                if let worst = best.worst { least = worst.count + 1 }
            }
            least = best.worst?.count ?? 1
        }
        var top: [(value: [UInt8], count: Int)] = []
        for (number, count) in sums.enumerated() where count >= least {
            top.append((join.values[number], Int(count)))
        }
        top.sort { a, b in
            if order == .count, a.count != b.count { return a.count > b.count }
            return a.value.lexicographicallyPrecedes(b.value)
        }
        top.removeLast(max(0, top.count - limit))
        return top
    }

    /// Joins the parts by the bytes of every value.
    private func byBytes(
        _ parts: [Part], _ field: FieldID, _ limit: Int, _ order: FacetRequest.Order, _ selected: [[UInt8]]
    ) throws(SegmentError) -> Found {
        var sums: [[UInt8]: Int] = [:]
        for part in parts {
            let segment = views[part.segment].segment
            for ordinal in part.ordinals {
                let count = part.documentCount(ordinal)
                if count == 0 { continue }
                sums[try segment.termBytes(field, ordinal: UInt32(ordinal)), default: 0] += Int(count)
            }
        }
        var found = Found()
        found.distinct = sums.count
        for value in selected { found.selected[value] = sums[value] }
        found.top = sums.map { (value: $0.key, count: $0.value) }
        found.top.sort { a, b in
            if order == .count, a.count != b.count { return a.count > b.count }
            return a.value.lexicographicallyPrecedes(b.value)
        }
        found.top.removeLast(max(0, found.top.count - limit))
        return found
    }

    private func withSelected(_ found: Found, _ selected: [[UInt8]]) -> [FacetValue] {
        let wanted = Set(selected)
        var shown: Set<[UInt8]> = []
        var values: [FacetValue] = []
        for (value, count) in found.top {
            let isSelected = wanted.contains(value)
            if isSelected { shown.insert(value) }
            values.append(FacetValue(value: value, count: count, isSelected: isSelected))
        }
        for value in selected where shown.insert(value).inserted {
            values.append(FacetValue(value: value, count: found.selected[value] ?? 0, isSelected: true))
        }
        return values
    }
}

extension FacetCounts.Part {
    /// The documents that have a value.
    @inline(__always)
    fileprivate func documentCount(_ ordinal: Int) -> UInt32 {
        counts[2 * ordinal] + counts[2 * ordinal + 1]
    }

    fileprivate var ordinals: Range<Int> { 0..<counts.count / 2 }
}

/// Count, then the lower ordinal.
struct FacetRank: HitRank {
    let count: UInt64
    let place: UInt32

    static func < (a: FacetRank, b: FacetRank) -> Bool {
        a.count != b.count ? a.count < b.count : a.place > b.place
    }
}
