// Counts one facet over the windows of all segments, one segment after the other.
//
// A facet without a group counts the hits. A facet with a group counts what all other groups leave: the hits
// and the documents that its own group alone rules out. So multi-select facets are exact in one pass.

/// What a facet counted.
enum FacetCounts {
    /// In one segment, two counts per ordinal, whose sum is its documents.
    struct Part {
        let segment: Int
        let counts: [UInt32]
    }

    /// By ordinal, in each segment in which something was counted.
    case parts([Part])
    /// By number, two counts each, in all segments; empty where nothing was counted.
    case joined([UInt32], FacetJoin)
    case ranges(counts: [Int], documentCount: Int, minimum: Int64?, maximum: Int64?)
}

/// The values of a window's documents. One facet uses the memory at a time, for as long as a window takes.
final class FacetWindow: @unchecked Sendable {
    // SAFETY (Sendable): it belongs to the memory of one search.
    fileprivate var values = [Int64](repeating: 0, count: Window.size)
    /// A bit a document that has a value.
    fileprivate var present = [UInt64](repeating: 0, count: Window.wordCount)
}

/// Counts one facet.
struct FacetCounter {
    private enum Source {
        case runs(FacetRuns)
        case keyword(KeywordColumn)
        case ranges(IntegerReader)
        /// The segment has no such column.
        case missing
        /// Not looked for yet: nothing of the segment was counted.
        case unknown
    }

    /// Up to so many documents are looked up one by one instead of decoding their window.
    private static let lookUpCountMax = 32

    private let request: FacetRequest
    private let joins: FacetJoins
    private let segmentCount: Int
    private let memory: FacetWindow
    private var view: SegmentView
    /// Index of the segment.
    private var segment = 0
    private var source = Source.unknown
    /// How the values of several segments are numbered, once something is counted.
    private var join: FacetJoin?
    private var isJoinKnown = false
    /// Two per number, or per ordinal of the segment, or one per range; empty until a document is counted.
    private var counts: [UInt32] = []
    /// What was counted by ordinal in the segments before.
    private var parts: [FacetCounts.Part] = []
    private var documentCount = 0
    private var minimum: Int64?
    private var maximum: Int64?
    private var lowerEnds: [Int64] = []
    private var upperEnds: [Int64] = []

    /// Counts nothing before `begin`.
    ///
    /// - Parameter views: at least one.
    init(_ request: FacetRequest, _ views: [SegmentView], joins: FacetJoins, memory: FacetWindow) {
        self.request = request
        self.joins = joins
        self.memory = memory
        segmentCount = views.count
        view = views[0]
        if case .ranges(_, let ranges) = request.kind {
            lowerEnds = ranges.map { $0.lower ?? .min }
            upperEnds = ranges.map { $0.upper ?? .max }
            counts = Array(repeating: 0, count: ranges.count)
        }
    }

    /// Goes on to segment number `segment`.
    mutating func begin(_ view: SegmentView, _ segment: Int) {
        endSegment()
        self.view = view
        self.segment = segment
        source = .unknown
    }

    /// Puts aside what was counted by the ordinals of a segment.
    private mutating func endSegment() {
        guard case .keyword = request.kind, join == nil, !counts.isEmpty else { return }
        parts.append(FacetCounts.Part(segment: segment, counts: counts))
        counts = []
    }

    /// Looks for what the segment has of the facet's field.
    private mutating func open() throws(SegmentError) {
        switch request.kind {
        case .ranges(let field, _):
            source = IntegerReader(field, view: view).map { .ranges($0) } ?? .missing
        case .keyword(let field, _, _, _):
            guard let column = view.segment.keywordColumn(field) else {
                source = .missing
                return
            }
            let runs = view.segment.facetNumbers.runs(
                field, of: column, documentCount: view.segment.documentCount)
            source = runs.map { .runs($0) } ?? .keyword(column)
            if !isJoinKnown, segmentCount > 1 { join = try joins.join(field) }
            isJoinKnown = true
            guard counts.isEmpty else { return }
            counts = Array(repeating: 0, count: 2 * (join?.values.count ?? Int(column.termCount)))
        }
    }

    /// Counts the window's hits in slot `all`, and those that only this facet's group rules out: its slot of
    /// `near`.
    mutating func count(
        window: UInt32, all: Int, near: [Int], _ bits: inout BitSlots
    ) throws(SegmentError) {
        if case .missing = source { return }
        var slot = all
        defer { if slot != all { bits.giveBack(slot) } }
        if let group = request.group {
            slot = bits.take()
            bits.copy(all, to: slot)
            bits.or(slot, near[group])
        }
        if bits.isEmpty(slot) { return }
        if case .unknown = source { try open() }
        switch source {
        case .missing, .unknown: break
        case .runs(let runs):
            withCounts(bits, slot) { runs.count(window: Int(window), where: $0, numbers: $1, into: $2) }
        case .keyword(let column):
            try withCounts(bits, slot) { (words, numbers, counts) throws(SegmentError) in
                try column.count(window: Int(window), where: words, numbers: numbers, into: counts)
            }
        case .ranges(let reader):
            if bits.hasFewer(slot, than: Self.lookUpCountMax + 1) {
                try lookUp(reader, window: window, where: slot, bits)
            } else {
                try reader.load(window: window, values: &memory.values, present: &memory.present)
            }
            countRanges(where: slot, bits)
        }
    }

    /// Lends the words of a slot, the numbers of the segment's ordinals, and the counts.
    private mutating func withCounts<Failure: Error>(
        _ bits: borrowing BitSlots, _ slot: Int,
        _ body: (UnsafePointer<UInt64>, UnsafePointer<UInt32>?, UnsafeMutablePointer<UInt32>) throws(Failure)
            -> Void
    ) throws(Failure) {
        precondition(slot + Window.wordCount <= bits.words.count)
        try bits.words.withUnsafeBufferPointer { words throws(Failure) in
            try counts.withUnsafeMutableBufferPointer { counts throws(Failure) in
                // SAFETY: a slot has a window's words; counts were made for all ordinals or numbers.
                guard let words = words.baseAddress, let counts = counts.baseAddress else { return }
                guard let numbers = join?.numbers[segment] else { return try body(words + slot, nil, counts) }
                try numbers.withUnsafeBufferPointer { numbers throws(Failure) in
                    try body(words + slot, numbers.baseAddress, counts)
                }
            }
        }
    }

    /// Reads the values of the documents of a slot alone.
    private mutating func lookUp(
        _ reader: IntegerReader, window: UInt32, where slot: Int, _ bits: borrowing BitSlots
    ) throws(SegmentError) {
        for word in 0..<Window.wordCount {
            memory.present[word] = 0
            var matches = bits.words[slot + word]
            while matches != 0 {
                let bit = matches.trailingZeroBitCount
                matches &= matches - 1
                let offset = word << 6 + bit
                guard let value = try reader.value(window << Window.shift + UInt32(offset)) else { continue }
                memory.values[offset] = value
                memory.present[word] |= 1 << UInt64(bit)
            }
        }
    }

    private mutating func countRanges(where slot: Int, _ bits: borrowing BitSlots) {
        var least = Int64.max
        var greatest = Int64.min
        let (values, present) = (memory.values, memory.present)
        for word in 0..<Window.wordCount {
            var matches = bits.words[slot + word] & present[word]
            documentCount += matches.nonzeroBitCount
            while matches != 0 {
                let value = values[word << 6 + matches.trailingZeroBitCount]
                matches &= matches - 1
                least = min(least, value)
                greatest = max(greatest, value)
                for index in lowerEnds.indices where value >= lowerEnds[index] && value <= upperEnds[index] {
                    counts[index] += 1
                }
            }
        }
        // Still the other way round when no document had a value.
        if least <= greatest {
            minimum = min(minimum ?? least, least)
            maximum = max(maximum ?? greatest, greatest)
        }
    }

    /// What was counted.
    mutating func result() -> FacetCounts {
        if case .ranges = request.kind {
            return .ranges(
                counts: counts.map(Int.init), documentCount: documentCount, minimum: minimum, maximum: maximum
            )
        }
        if let join { return .joined(counts, join) }
        endSegment()
        return .parts(parts)
    }
}
