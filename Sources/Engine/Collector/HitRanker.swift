// Ranks the documents of one segment. A ranker is a concrete struct, so the pass is compiled for each.
//
// Ranks of keywords and keys are ordinals, doubled and made odd: even numbers are left for values of a cursor
// that the segment does not have, and lie between two ordinals.

/// What a window pass asks of the order of its hits.
protocol HitRanker {
    associatedtype Rank: HitRank

    /// The pass looks only for hits that rank below this one: those behind a cursor.
    var limit: Rank? { get }
    /// Hits with a lower score cannot be on the page; above 0 only when the score comes first.
    var scoreFloor: Float { get }

    /// The score that a hit must reach when `worst` is the last on the page; 0 when any score may do.
    func threshold(_ worst: Rank?) -> Float
    /// Reads what the ranks of a window need.
    mutating func load(window: UInt32) throws(SegmentError)
    /// False when the document certainly ranks below `worst`; cheap.
    func mayExceed(_ worst: Rank, offset: Int, score: Float) -> Bool
    /// The rank of the document at `offset` of the loaded window.
    mutating func rank(document: UInt32, offset: Int, score: Float) throws(SegmentError) -> Rank
}

/// By score, then key.
struct ScoreRanker: HitRanker {
    private var keys: KeyReader
    let limit: ScoreRank?
    let scoreFloor: Float

    init(_ segment: Segment, after: Cursor?, scoreFloor: Float) throws(SegmentError) {
        keys = KeyReader(segment)
        self.scoreFloor = scoreFloor
        limit = try after.map { (after) throws(SegmentError) in try ScoreRank(after, in: segment) }
    }

    func threshold(_ worst: ScoreRank?) -> Float {
        max(scoreFloor, worst?.score ?? 0)
    }

    mutating func load(window: UInt32) {}

    @inline(__always)
    func mayExceed(_ worst: ScoreRank, offset: Int, score: Float) -> Bool {
        score >= worst.score
    }

    @inline(__always)
    mutating func rank(
        document: UInt32, offset: Int, score: Float
    ) throws(SegmentError) -> ScoreRank {
        ScoreRank(score: score, keyOrdinal: try keys.ordinal(document))
    }
}

/// By columns, then score, then key.
struct FieldRanker: HitRanker {
    private enum Source {
        case score
        case integer(IntegerReader, descending: Bool)
        case keyword(KeywordColumn, descending: Bool)
        /// The segment has no such column: every value is missing.
        case missing
    }

    private var keys: KeyReader
    private var sources: [Source] = []
    let limit: FieldRank?
    let scoreFloor: Float = 0
    /// Per sort key, a window of values; greater is better.
    private var values: [[UInt64]] = []
    /// Per document of the window, a bit per sort key as in `FieldRank.presence`.
    private var presence = [UInt8](repeating: 0, count: Window.size)
    private var integers = [Int64](repeating: 0, count: Window.size)
    private var isPresent = [UInt64](repeating: 0, count: Window.wordCount)
    private var ordinals = KeywordWindow()

    init(_ sort: [SortKey], view: SegmentView, after: Cursor?) throws(SegmentError) {
        keys = KeyReader(view.segment)
        for key in sort {
            switch key {
            case .score: sources.append(.score)
            case .integer(let field, let descending):
                let reader = IntegerReader(field, view: view)
                sources.append(reader.map { .integer($0, descending: descending) } ?? .missing)
            case .keyword(let field, let descending):
                let column = view.segment.keywordColumn(field)
                sources.append(column.map { .keyword($0, descending: descending) } ?? .missing)
            }
            values.append(Array(repeating: 0, count: Window.size))
        }
        limit = try after.map { (after) throws(SegmentError) in
            try Self.limit(sort, after: after, segment: view.segment)
        }
    }

    /// The rank of the cursor's hit, in terms of this segment's ordinals.
    private static func limit(
        _ sort: [SortKey], after: Cursor, segment: Segment
    ) throws(SegmentError) -> FieldRank {
        let key = try OrdinalPlace(FieldRegistry.key, after.key, in: segment)
        var rank = FieldRank(tail: ScoreRank(score: after.score, place: key))
        for (index, (sortKey, value)) in zip(sort, after.values).enumerated() {
            switch (sortKey, value) {
            case (.score, .score(let score)): rank.set(index, UInt64(score.bitPattern))
            case (.integer(_, let descending), .integer(let integer)):
                rank.set(index, ordered(integer, descending: descending))
            case (.keyword(let field, let descending), .keyword(let bytes)):
                let place = try OrdinalPlace(field, bytes, in: segment)
                rank.set(index, descending ? place.doubled : ~place.doubled)
            default: break
            }
        }
        return rank
    }

    private static func ordered(_ value: Int64, descending: Bool) -> UInt64 {
        let unsigned = UInt64(bitPattern: value) ^ (1 << 63)
        return descending ? unsigned : ~unsigned
    }

    mutating func load(window: UInt32) throws(SegmentError) {
        for offset in 0..<Window.size { presence[offset] = 0 }
        for index in sources.indices {
            let flag: UInt8 = 4 >> UInt8(index)
            switch sources[index] {
            case .missing: break
            case .score:
                for offset in 0..<Window.size { presence[offset] |= flag }
            case .integer(let reader, let descending):
                try reader.load(window: window, values: &integers, present: &isPresent)
                for offset in 0..<Window.size where isPresent[offset >> 6] >> UInt64(offset & 63) & 1 == 1 {
                    values[index][offset] = Self.ordered(integers[offset], descending: descending)
                    presence[offset] |= flag
                }
            case .keyword(let column, let descending):
                try loadKeywords(column, descending: descending, window: window, into: index, flag: flag)
            }
        }
    }

    private mutating func loadKeywords(
        _ column: KeywordColumn, descending: Bool, window: UInt32, into index: Int, flag: UInt8
    ) throws(SegmentError) {
        try column.decode(window: Int(window), into: &ordinals)
        if ordinals.isEmpty { return }
        for offset in 0..<Window.size {
            var ordinal = ordinals.ordinals[offset]
            if ordinals.isSingleValued {
                if ordinal == KeywordWindow.missing { continue }
            } else {
                let (start, end) = (ordinals.starts[offset], ordinals.starts[offset + 1])
                if start == end { continue }
                // Values of a document ascend: the first in the direction of the order counts.
                ordinal = ordinals.ordinals[Int(descending ? end - 1 : start)]
            }
            let place = UInt64(ordinal) * 2 + 1
            values[index][offset] = descending ? place : ~place
            presence[offset] |= flag
        }
    }

    func threshold(_ worst: FieldRank?) -> Float { 0 }

    func mayExceed(_ worst: FieldRank, offset: Int, score: Float) -> Bool {
        if case .score = sources[0] { return UInt64(score.bitPattern) >= worst.values.0 }
        if worst.presence & 4 == 0 { return true }
        return presence[offset] & 4 != 0 && values[0][offset] >= worst.values.0
    }

    mutating func rank(
        document: UInt32, offset: Int, score: Float
    ) throws(SegmentError) -> FieldRank {
        var rank = FieldRank(tail: ScoreRank(score: score, keyOrdinal: try keys.ordinal(document)))
        for index in sources.indices where presence[offset] & 4 >> UInt8(index) != 0 {
            if case .score = sources[index] {
                rank.set(index, UInt64(score.bitPattern))
            } else {
                rank.set(index, values[index][offset])
            }
        }
        return rank
    }
}

/// Reads the order of document keys in a segment.
struct KeyReader {
    private let segment: Segment
    private var ordinals: KeywordColumn.SingleOrdinals?
    private var window = UInt32.max

    init(_ segment: Segment) {
        self.segment = segment
    }

    /// The ordinal of a document's key: keys of the segment compare as their ordinals do.
    @inline(__always)
    mutating func ordinal(_ document: UInt32) throws(SegmentError) -> UInt32 {
        if Window.of(document) != window {
            window = Window.of(document)
            ordinals = try segment.keywordColumn(FieldRegistry.key)?.singleOrdinals(window: Int(window))
        }
        if let ordinal = ordinals?.ordinal(Int(document) % Window.size) { return ordinal }
        // A document always has one key; the segment's own accessor says what is damaged.
        return try segment.keyOrdinal(document)
    }
}

/// Where some bytes stand among the terms of a field.
struct OrdinalPlace {
    /// Twice the ordinal plus one for a term that exists; the even number below it for one that would stand
    /// before it.
    let doubled: UInt64

    init(_ field: FieldID, _ bytes: [UInt8], in segment: Segment) throws(SegmentError) {
        var walk = segment.walkTerms(field)
        if try walk.seek(bytes) {
            doubled = UInt64(walk.entry.ordinal) * 2 + (walk.term.elementsEqual(bytes) ? 1 : 0)
        } else {
            doubled = UInt64(segment.fieldStatistics(field)?.termCount ?? 0) * 2
        }
    }
}

extension ScoreRank {
    /// The rank of a cursor's hit, in terms of a segment's ordinals.
    init(_ cursor: Cursor, in segment: Segment) throws(SegmentError) {
        self.init(score: cursor.score, place: try OrdinalPlace(FieldRegistry.key, cursor.key, in: segment))
    }

    /// The rank of a hit whose key stands at `place`.
    init(score: Float, place: OrdinalPlace) {
        self.init(score: score, doubledKey: place.doubled)
    }
}
