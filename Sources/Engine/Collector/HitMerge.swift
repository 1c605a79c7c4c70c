// The hits of all segments as one list. Ordinals mean nothing across segments, so values and keys are
// compared as bytes here, and read only for the hits that are at the head of their segment.

/// The best hits of a segment, best first.
struct SegmentHits: Sendable {
    let segment: Int
    let entries: [(document: UInt32, score: Float)]

    /// The first `count` of them.
    func hits(_ count: Int) -> [Hit] {
        entries.prefix(count).map {
            Hit(address: DocAddress(segment: segment, document: $0.document), score: $0.score, sortValues: [])
        }
    }
}

/// Merges the hits of segments.
struct HitMerge {
    /// The first `count` hits of all segments by score. Few of them tie, and only of these keys are read.
    static func byScore(
        _ streams: [SegmentHits], _ views: [SegmentView], count: Int
    ) throws(SegmentError) -> [Hit] {
        var hits: [(score: Float, place: Int, address: DocAddress)] = []
        hits.reserveCapacity(streams.reduce(0) { $0 + $1.entries.count })
        for stream in streams {
            for (document, score) in stream.entries {
                hits.append((score, hits.count, DocAddress(segment: stream.segment, document: document)))
            }
        }
        // Hits of one segment that tie are in their order already.
        hits.sort { $0.score != $1.score ? $0.score > $1.score : $0.place < $1.place }
        var start = 0
        while start < min(count, hits.count) {
            var end = start + 1
            while end < hits.count, hits[end].score == hits[start].score { end += 1 }
            if hits[start].address.segment != hits[end - 1].address.segment {
                var tied: [(key: [UInt8], address: DocAddress)] = []
                tied.reserveCapacity(end - start)
                for hit in hits[start..<end] {
                    let segment = views[hit.address.segment].segment
                    tied.append((try segment.key(hit.address.document), hit.address))
                }
                tied.sort { $0.key.lexicographicallyPrecedes($1.key) }
                for (offset, hit) in tied.enumerated() { hits[start + offset].address = hit.address }
            }
            start = end
        }
        return hits.prefix(count).map { Hit(address: $0.address, score: $0.score, sortValues: []) }
    }

    private struct Head {
        let address: DocAddress
        let score: Float
        let values: [SortValue]
        /// Read when a tie asks for it.
        var key: [UInt8]?
    }

    private let views: [SegmentView]
    private let sort: [SortKey]
    private var streams: [SegmentHits]
    private var next: [Int]
    private var heads: [Head?]
    /// The scores of the heads, -1 where a stream has ended.
    private var scores: [Float]
    private let sortsByScore: Bool

    init(_ streams: [SegmentHits], views: [SegmentView], sort: [SortKey]) throws(SegmentError) {
        self.views = views
        self.sort = sort
        self.streams = streams
        next = Array(repeating: 0, count: streams.count)
        heads = Array(repeating: nil, count: streams.count)
        scores = Array(repeating: -1, count: streams.count)
        sortsByScore = sort.isEmpty || sort == [.score]
        for index in streams.indices { try advance(index) }
    }

    /// The next best hit.
    mutating func pop() throws(SegmentError) -> Hit? {
        var best: Int?
        // Most heads are told apart by their scores; only those that tie are looked at more closely.
        let least = sortsByScore ? scores.max() ?? 0 : 0
        for index in heads.indices where scores[index] >= least {
            if let leader = best {
                if try isBetter(index, than: leader) { best = index }
            } else {
                best = index
            }
        }
        guard let best, let head = heads[best] else { return nil }
        try advance(best)
        return Hit(address: head.address, score: head.score, sortValues: head.values)
    }

    private mutating func advance(_ index: Int) throws(SegmentError) {
        guard next[index] < streams[index].entries.count else {
            heads[index] = nil
            scores[index] = -1
            return
        }
        let segment = streams[index].segment
        let entry = streams[index].entries[next[index]]
        next[index] += 1
        scores[index] = entry.score
        var values: [SortValue] = []
        for key in sort {
            values.append(
                try Self.value(key, view: views[segment], document: entry.document, score: entry.score)
            )
        }
        heads[index] = Head(
            address: DocAddress(segment: segment, document: entry.document), score: entry.score,
            values: values, key: nil)
    }

    private mutating func isBetter(_ a: Int, than b: Int) throws(SegmentError) -> Bool {
        if !sort.isEmpty {
            guard let first = heads[a], let second = heads[b] else { return false }
            for (index, key) in sort.enumerated() {
                let order = Self.order(key, first.values[index], second.values[index])
                if order != 0 { return order < 0 }
            }
        }
        let (first, second) = (heads[a]?.score ?? 0, heads[b]?.score ?? 0)
        if first != second { return first > second }
        return try key(a).lexicographicallyPrecedes(key(b))
    }

    private mutating func key(_ index: Int) throws(SegmentError) -> [UInt8] {
        if let key = heads[index]?.key { return key }
        guard let address = heads[index]?.address else { return [] }
        let key = try views[address.segment].segment.key(address.document)
        heads[index]?.key = key
        return key
    }

    /// Negative when `a` comes before `b`.
    private static func order(_ key: SortKey, _ a: SortValue, _ b: SortValue) -> Int {
        switch (key, a, b) {
        case (_, .missing, .missing): 0
        case (_, .missing, _): 1
        case (_, _, .missing): -1
        case (_, .score(let a), .score(let b)): a == b ? 0 : a > b ? -1 : 1
        case (.integer(_, let descending), .integer(let a), .integer(let b)):
            a == b ? 0 : (a < b) != descending ? -1 : 1
        case (.keyword(_, let descending), .keyword(let a), .keyword(let b)):
            a == b ? 0 : a.lexicographicallyPrecedes(b) != descending ? -1 : 1
        default: 0
        }
    }

    /// The value by which a document is ordered.
    private static func value(
        _ key: SortKey, view: SegmentView, document: UInt32, score: Float
    ) throws(SegmentError) -> SortValue {
        switch key {
        case .score: return .score(score)
        case .integer(let field, _):
            return try IntegerReader(field, view: view)?.value(document).map { .integer($0) } ?? .missing
        case .keyword(let field, let descending):
            guard let ordinals = try view.segment.keywordColumn(field)?.ordinals(document),
                let ordinal = descending ? ordinals.max() : ordinals.min()
            else { return .missing }
            return .keyword(try view.segment.termBytes(field, ordinal: ordinal))
        }
    }
}
