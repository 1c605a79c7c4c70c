// Facet counts of all segments as one answer: values are joined by their bytes.
import CKernels

/// Merges what a facet counted in each segment.
struct FacetMerge {
    /// What was counted in a segment.
    private struct Part {
        let segment: Int
        /// Two per ordinal.
        let counts: [UInt32]

        /// The documents that have a value.
        @inline(__always)
        func documentCount(_ ordinal: Int) -> UInt32 { counts[2 * ordinal] + counts[2 * ordinal + 1] }

        var ordinals: Range<Int> { 0..<counts.count / 2 }
    }

    private let request: FacetRequest
    private let views: [SegmentView]
    private let cache: FacetValueCache

    init(_ request: FacetRequest, views: [SegmentView], cache: FacetValueCache) {
        self.request = request
        self.views = views
        self.cache = cache
    }

    /// The answer; `segments` holds one part a segment, in their order.
    func result(_ segments: [SegmentFacet]) throws(SegmentError) -> FacetResult {
        switch request.kind {
        case .keyword(let field, let limit, let order, let selected):
            return try keywords(segments, field, limit, order, selected)
        case .ranges(_, let ranges):
            var sums = Array(repeating: 0, count: ranges.count)
            var documentCount = 0
            var minimum: Int64?
            var maximum: Int64?
            for case .ranges(let counts, let count, let low, let high) in segments {
                for (index, count) in counts.enumerated() { sums[index] += count }
                documentCount += count
                if let low { minimum = min(minimum ?? low, low) }
                if let high { maximum = max(maximum ?? high, high) }
            }
            return .ranges(counts: sums, documentCount: documentCount, minimum: minimum, maximum: maximum)
        }
    }

    private func keywords(
        _ segments: [SegmentFacet], _ field: FieldID, _ limit: Int, _ order: FacetRequest.Order,
        _ selected: [[UInt8]]
    ) throws(SegmentError) -> FacetResult {
        var parts: [Part] = []
        for (index, segment) in segments.enumerated() {
            if case .keyword(let counts) = segment, !counts.isEmpty {
                parts.append(Part(segment: index, counts: counts))
            }
        }
        var top: [(value: [UInt8], count: Int)]
        let distinct: Int
        var selectedCounts: [[UInt8]: Int] = [:]
        if parts.count == 1 {
            // Ordinals are in the order of the bytes, so only the values that are shown need to be read.
            let part = parts[0]
            var best = TopHits<FacetRank>(capacity: limit)
            var seen = 0
            for ordinal in part.ordinals {
                let count = part.documentCount(ordinal)
                if count == 0 { continue }
                seen += 1
                best.offer(
                    FacetRank(count: order == .count ? UInt64(count) : 0, place: UInt32(ordinal)), count)
            }
            distinct = seen
            top = []
            for entry in best.sorted() {
                let value = try views[part.segment].segment.termBytes(field, ordinal: entry.rank.place)
                top.append((value, Int(entry.document)))
            }
            for value in selected {
                guard let entry = try views[part.segment].segment.term(field, value) else { continue }
                selectedCounts[value] = Int(part.documentCount(Int(entry.ordinal)))
            }
        } else if let join = try cache.join(field, parts.map { views[$0.segment].segment }) {
            let sums = Self.sum(parts, join)
            distinct = sums.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
            top = Self.top(sums, join, limit: limit, order: order)
            let shown = Set(top.map(\.value))
            for value in Set(selected) where !shown.contains(value) {
                for part in parts {
                    guard let entry = try views[part.segment].segment.term(field, value) else { continue }
                    selectedCounts[value, default: 0] += Int(part.documentCount(Int(entry.ordinal)))
                }
            }
        } else {
            let sums = try sum(parts, field)
            distinct = sums.count
            for value in selected { selectedCounts[value] = sums[value] }
            top = sums.map { (value: $0.key, count: $0.value) }
            top.sort { a, b in
                if order == .count, a.count != b.count { return a.count > b.count }
                return a.value.lexicographicallyPrecedes(b.value)
            }
            top.removeLast(max(0, top.count - limit))
        }
        return .keyword(
            values: withSelected(top, selected, selectedCounts), distinct: distinct)
    }

    /// Documents per number of a value.
    private static func sum(_ parts: [Part], _ join: FacetValueCache.Join) -> [UInt32] {
        var sums = Array(repeating: UInt32(0), count: join.values.count)
        for (part, numbers) in zip(parts, join.numbers) {
            // SAFETY: both have a value an ordinal, and numbers are those of values.
            precondition(part.counts.count == 2 * numbers.count)
            sums.withUnsafeMutableBufferPointer { sums in
                saekin_add_numbered(part.counts, numbers, numbers.count, sums.baseAddress)
            }
        }
        return sums
    }

    /// The first values in the order asked for; bytes are compared only where counts do not decide.
    private static func top(
        _ sums: [UInt32], _ join: FacetValueCache.Join, limit: Int, order: FacetRequest.Order
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

    private func sum(
        _ parts: [Part], _ field: FieldID
    ) throws(SegmentError) -> [[UInt8]: Int] {
        var sums: [[UInt8]: Int] = [:]
        for part in parts {
            let segment = views[part.segment].segment
            for ordinal in part.ordinals {
                let count = part.documentCount(ordinal)
                if count == 0 { continue }
                sums[try segment.termBytes(field, ordinal: UInt32(ordinal)), default: 0] += Int(count)
            }
        }
        return sums
    }

    private func withSelected(
        _ top: [(value: [UInt8], count: Int)], _ selected: [[UInt8]], _ counts: [[UInt8]: Int]
    ) -> [FacetValue] {
        let wanted = Set(selected)
        var shown: Set<[UInt8]> = []
        var values: [FacetValue] = []
        for (value, count) in top {
            let isSelected = wanted.contains(value)
            if isSelected { shown.insert(value) }
            values.append(FacetValue(value: value, count: count, isSelected: isSelected))
        }
        for value in selected where shown.insert(value).inserted {
            values.append(FacetValue(value: value, count: counts[value] ?? 0, isSelected: true))
        }
        return values
    }
}

/// Count, then the lower ordinal.
struct FacetRank: HitRank {
    let count: UInt64
    let place: UInt32

    static func < (a: FacetRank, b: FacetRank) -> Bool {
        a.count != b.count ? a.count < b.count : a.place > b.place
    }
}
