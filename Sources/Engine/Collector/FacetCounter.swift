// Counts one facet over the windows of one segment.
//
// A facet without a group counts the hits. A facet with a group counts what all other groups leave: the hits
// and the documents that its own group alone rules out. So multi-select facets are exact in one pass.

/// What a facet counted in one segment.
enum SegmentFacet: Sendable {
    /// Two counts per ordinal, whose sum is its documents; empty where nothing was counted.
    case keyword([UInt32])
    case ranges(counts: [Int], documentCount: Int, minimum: Int64?, maximum: Int64?)
}

/// The values of a window's documents. One facet uses the memory at a time, for as long as a window takes.
final class FacetWindow: @unchecked Sendable {
    // SAFETY (Sendable): it belongs to the memory of one search.
    fileprivate var values = [Int64](repeating: 0, count: Window.size)
    /// A bit a document that has a value.
    fileprivate var present = [UInt64](repeating: 0, count: Window.wordCount)
}

/// Counts one facet in one segment.
struct FacetCounter {
    private enum Source {
        case keyword(KeywordColumn)
        case ranges(IntegerReader)
        /// The segment has no such column.
        case missing
    }

    /// Up to so many documents are looked up one by one instead of decoding their window.
    private static let lookUpCountMax = 32

    private let source: Source
    private let group: Int?
    /// Two per ordinal, or one per range.
    private let countCount: Int
    /// Two per ordinal, whose sum it is, or one per range; empty until a document is counted.
    private var counts: [UInt32] = []
    private var documentCount = 0
    private var minimum: Int64?
    private var maximum: Int64?
    private let memory: FacetWindow
    private var lowerEnds: [Int64] = []
    private var upperEnds: [Int64] = []

    init(_ request: FacetRequest, view: SegmentView, memory: FacetWindow) {
        self.memory = memory
        group = request.group
        switch request.kind {
        case .keyword(let field, _, _, _):
            source = view.segment.keywordColumn(field).map { .keyword($0) } ?? .missing
            countCount = 2 * Int(view.segment.fieldStatistics(field)?.termCount ?? 0)
        case .ranges(let field, let ranges):
            source = IntegerReader(field, view: view).map { .ranges($0) } ?? .missing
            countCount = ranges.count
            lowerEnds = ranges.map { $0.lower ?? .min }
            upperEnds = ranges.map { $0.upper ?? .max }
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
        if let group {
            slot = bits.take()
            bits.copy(all, to: slot)
            bits.or(slot, near[group])
        }
        if bits.isEmpty(slot) { return }
        if counts.isEmpty { counts = Array(repeating: 0, count: countCount) }
        switch source {
        case .missing: break
        case .keyword(let column):
            try Self.countOrdinals(column, window: window, bits.words, slot, &counts)
        case .ranges(let reader):
            if bits.hasFewer(slot, than: Self.lookUpCountMax + 1) {
                try lookUp(reader, window: window, where: slot, bits)
            } else {
                try reader.load(window: window, values: &memory.values, present: &memory.present)
            }
            countRanges(where: slot, bits)
        }
    }

    private static func countOrdinals(
        _ column: KeywordColumn, window: UInt32, _ words: [UInt64], _ slot: Int, _ counts: inout [UInt32]
    ) throws(SegmentError) {
        precondition(counts.count >= 2 * Int(column.termCount) && slot + Window.wordCount <= words.count)
        try words.withUnsafeBufferPointer { words throws(SegmentError) in
            try counts.withUnsafeMutableBufferPointer { counts throws(SegmentError) in
                // SAFETY: the precondition gives both the sizes that the column asks for.
                guard let words = words.baseAddress, let counts = counts.baseAddress else { return }
                try column.count(window: Int(window), where: words + slot, into: counts)
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
    var result: SegmentFacet {
        switch source {
        case .keyword: return .keyword(counts)
        case .ranges, .missing:
            return .ranges(
                counts: counts.map(Int.init), documentCount: documentCount, minimum: minimum, maximum: maximum
            )
        }
    }
}
