// A filter bound to one segment, evaluated window by window like a query, without scores.
//
// Keyword values read postings; ranges read columns under their overlay, and skip the windows whose least and
// greatest value rule a match out or make it certain. Windows are visited in ascending order.

/// Evaluates a filter in one segment.
struct FilterScorer {
    private enum Node {
        case none
        case all
        case postings(Int)
        case range(Int, lower: Int64, upper: Int64)
        case keywordPresence(KeywordColumn)
        case set(DocumentSet)
        case and([Int])
        case or([Int])
        case not(Int)
    }

    private var nodes: [Node] = []
    private var costs: [UInt64] = []
    private var root = 0
    private var postings: [UnitScorer] = []
    private var columns: [IntegerReader] = []
    private let documentCount: UInt32
    private let windowCount: UInt32
    private var values: [Int64] = []
    private var present: [UInt64] = []
    /// Made when it is first needed: it has room for a window.
    private var ordinals: KeywordWindow?
    /// `UnitScorer` asks for score slots; none is ever taken.
    private var slots = ScoreSlots()

    init(_ filter: Filter, view: SegmentView) throws(SearchError) {
        documentCount = view.segment.documentCount
        windowCount = Window.count(documentCount)
        do { root = try add(filter, view) } catch { throw .segment(error) }
    }

    /// The same, by its set where the segment has one.
    init(_ filter: Filter, view: SegmentView, usesCache: Bool) throws(SearchError) {
        if usesCache, let set = try view.segment.filterSets.set(filter, view) {
            self.init(set, view)
        } else {
            try self.init(filter, view: view)
        }
    }

    private init(_ set: DocumentSet, _ view: SegmentView) {
        documentCount = view.segment.documentCount
        windowCount = Window.count(documentCount)
        root = append(.set(set), cost: UInt64(set.count))
    }

    /// Whether the documents come from a set that was kept.
    var isKept: Bool {
        if case .set = nodes[root] { true } else { false }
    }

    /// How many documents the filter may match, roughly.
    var cost: UInt64 { costs[root] }

    private mutating func append(_ node: Node, cost: UInt64) -> Int {
        nodes.append(node)
        costs.append(min(cost, UInt64(documentCount)))
        return nodes.count - 1
    }

    private mutating func add(_ filter: Filter, _ view: SegmentView) throws(SegmentError) -> Int {
        switch filter {
        case .none: return append(.none, cost: 0)
        case .all: return append(.all, cost: UInt64(documentCount))
        case .keyword(let field, let values):
            var entries: [TermEntry] = []
            for value in Set(values) {
                if let entry = try view.segment.term(field, value) { entries.append(entry) }
            }
            if entries.isEmpty { return append(.none, cost: 0) }
            postings.append(UnitScorer(entries[...], segment: view.segment))
            return append(
                .postings(postings.count - 1), cost: entries.reduce(0) { $0 + UInt64($1.documentFrequency) })
        case .integerRange(let field, let lower, let upper):
            let (lower, upper) = (lower ?? .min, upper ?? .max)
            guard lower <= upper, let reader = IntegerReader(field, view: view) else {
                return append(.none, cost: 0)
            }
            columns.append(reader)
            // Half of the documents is a guess; it puts a range behind a rare term and before a frequent one.
            return append(
                .range(columns.count - 1, lower: lower, upper: upper), cost: UInt64(documentCount) / 2)
        case .exists(let field):
            if let column = view.segment.keywordColumn(field) {
                return append(.keywordPresence(column), cost: UInt64(documentCount))
            }
            return try add(.integerRange(field, lower: nil, upper: nil), view)
        case .and(let parts):
            var children: [Int] = []
            for part in parts { children.append(try add(part, view)) }
            children.sort { costs[$0] < costs[$1] }
            return append(.and(children), cost: children.first.map { costs[$0] } ?? UInt64(documentCount))
        case .or(let parts):
            var children: [Int] = []
            for part in parts { children.append(try add(part, view)) }
            return append(.or(children), cost: children.reduce(0) { $0 + costs[$1] })
        case .not(let part):
            return append(.not(try add(part, view)), cost: UInt64(documentCount))
        }
    }

    /// The first window, from `window` on, that may hold a match; `UInt32.max` if there is none.
    mutating func nextWindow(_ window: UInt32) throws(SegmentError) -> UInt32 {
        try nextWindow(root, window)
    }

    /// The filter's documents among `candidates`, in slot `out`, which is empty on entry.
    mutating func match(
        _ window: UInt32, candidates: Int, out: Int, _ bits: inout BitSlots
    ) throws(SegmentError) {
        try match(root, window, candidates, out, &bits)
    }

    /// Whether one document matches. Only for a scorer that is used for nothing else.
    mutating func matches(_ document: UInt32) throws(SegmentError) -> Bool {
        var bits = BitSlots()
        let candidates = bits.take()
        let out = bits.take()
        let offset = Int(document) % Window.size
        bits.words[candidates + offset >> 6] = 1 << UInt64(offset & 63)
        try match(Window.of(document), candidates: candidates, out: out, &bits)
        return !bits.isEmpty(out)
    }

    private mutating func nextWindow(_ node: Int, _ from: UInt32) throws(SegmentError) -> UInt32 {
        guard from < windowCount else { return .max }
        switch nodes[node] {
        case .none: return .max
        case .all, .keywordPresence, .not, .set: return from
        case .postings(let index): return try postings[index].nextWindow(from)
        case .range(let column, let lower, let upper):
            var window = from
            while window < windowCount {
                guard let summary = columns[column].summary(window: window) else { return window }
                if summary.presentCount > 0, summary.smallest <= upper, summary.largest >= lower {
                    return window
                }
                window += 1
            }
            return .max
        case .or(let children):
            var first = UInt32.max
            for child in children {
                first = min(first, try nextWindow(child, from))
                if first == from { break }
            }
            return first
        case .and(let children):
            var agreed = from
            while true {
                let before = agreed
                for child in children {
                    agreed = try nextWindow(child, agreed)
                    if agreed == .max { return .max }
                }
                if agreed == before || children.count == 1 { return agreed }
            }
        }
    }

    private mutating func match(
        _ node: Int, _ window: UInt32, _ candidates: Int, _ out: Int, _ bits: inout BitSlots
    ) throws(SegmentError) {
        switch nodes[node] {
        case .none: break
        case .all: bits.copy(candidates, to: out)
        case .set(let set): bits.intersect(candidates, with: set, window: window, into: out)
        case .postings(let index):
            try postings[index].match(
                WindowTask(window: window, candidates: candidates, out: out, scores: nil, ownsScores: false),
                &bits,
                &slots)
        case .range(let column, let lower, let upper):
            try matchRange(columns[column], lower, upper, window, candidates, out, &bits)
        case .keywordPresence(let column):
            try matchPresence(column, window, candidates, out, &bits)
        case .not(let child):
            let found = bits.take()
            try match(child, window, candidates, found, &bits)
            bits.copy(candidates, to: out)
            bits.andNot(out, found)
            bits.giveBack(found)
        case .and(let children):
            bits.copy(candidates, to: out)
            let found = bits.take()
            for child in children {
                bits.clear(found)
                try match(child, window, out, found, &bits)
                bits.copy(found, to: out)
                if bits.isEmpty(out) { break }
            }
            bits.giveBack(found)
        case .or(let children):
            let found = bits.take()
            for child in children {
                bits.clear(found)
                try match(child, window, candidates, found, &bits)
                bits.or(out, found)
            }
            bits.giveBack(found)
        }
    }

    private mutating func matchRange(
        _ reader: IntegerReader, _ lower: Int64, _ upper: Int64, _ window: UInt32, _ candidates: Int,
        _ out: Int,
        _ bits: inout BitSlots
    ) throws(SegmentError) {
        if let summary = reader.summary(window: window) {
            if summary.presentCount == 0 || summary.smallest > upper || summary.largest < lower { return }
            let isCertain = summary.smallest >= lower && summary.largest <= upper
            let existing = min(Window.size, Int(documentCount) - Int(window << Window.shift))
            if isCertain, summary.presentCount == existing { return bits.copy(candidates, to: out) }
        }
        // A few candidates are cheaper to look up than a window is to decode.
        if bits.hasFewer(candidates, than: 3) {
            return try bits.filter(candidates, into: out) { offset throws(SegmentError) in
                let value = try reader.value(window << Window.shift + UInt32(offset))
                return value.map { $0 >= lower && $0 <= upper } ?? false
            }
        }
        let isMatched = try bits.words.withUnsafeMutableBufferPointer { words throws(SegmentError) in
            // SAFETY: a slot has a window's words.
            try reader.matchRange(
                window: window, lower: lower, upper: upper, candidates: words.baseAddress! + candidates,
                into: words.baseAddress! + out)
        }
        if isMatched { return }
        if values.isEmpty {
            values = Array(repeating: 0, count: Window.size)
            present = Array(repeating: 0, count: Window.wordCount)
        }
        try reader.load(window: window, values: &values, present: &present)
        let values = values.span
        for word in 0..<Window.wordCount {
            let wanted = bits.words[candidates + word] & present[word]
            if wanted == 0 { continue }
            var inside: UInt64 = 0
            for bit in 0..<64 {
                let value = values[unchecked: word << 6 + bit]
                inside |= (value >= lower && value <= upper ? 1 : 0) << UInt64(bit)
            }
            bits.words[out + word] = wanted & inside
        }
    }

    private mutating func matchPresence(
        _ column: KeywordColumn, _ window: UInt32, _ candidates: Int, _ out: Int, _ bits: inout BitSlots
    ) throws(SegmentError) {
        var decoded = ordinals ?? KeywordWindow()
        ordinals = nil
        defer { ordinals = decoded }
        try column.decode(window: Int(window), into: &decoded)
        if decoded.isEmpty { return }
        bits.filter(candidates, into: out) { offset in
            decoded.isSingleValued
                ? decoded.ordinals[offset] != KeywordWindow.missing
                : decoded.starts[offset] < decoded.starts[offset + 1]
        }
    }
}

extension BitSlots {
    /// Sets in `out` those bits of `source` for which `isIncluded` is true of their offset.
    @inline(__always)
    fileprivate mutating func filter<Failure: Error>(
        _ source: Int, into out: Int, where isIncluded: (Int) throws(Failure) -> Bool
    ) throws(Failure) {
        for word in 0..<Window.wordCount {
            var candidates = words[source + word]
            while candidates != 0 {
                let bit = candidates.trailingZeroBitCount
                candidates &= candidates - 1
                if try isIncluded(word << 6 + bit) { words[out + word] |= 1 << UInt64(bit) }
            }
        }
    }
}
