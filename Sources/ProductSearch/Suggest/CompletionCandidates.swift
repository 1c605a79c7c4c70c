// Joins the completions of several segments to one list without doubles. Each segment gives its most popular
// ones; the counts of those that matter are completed from the other segments, so that a completion stands
// where it would stand if there were one segment.

import Engine

/// A completion as it is answered.
struct CompletionCandidate {
    /// The same for texts that differ only in blanks, case and signs; categories differ by their path.
    let identity: [UInt8]
    var kind: CompletionKind
    let text: String
    var rank: UInt64
    var count: UInt64
    /// The most popular product, with the rank that it brought.
    var product: (segment: SegmentID, document: DocID)
    fileprivate var productRank: UInt32
    /// The parts that are counted.
    fileprivate var parts: Set<Int>

    /// The same without its count.
    var uncounted: CompletionCandidate {
        var candidate = self
        candidate.count = 0
        return candidate
    }

    /// The more popular first; equal ones by kind and by text.
    static func precedes(_ left: CompletionCandidate, _ right: CompletionCandidate) -> Bool {
        if left.rank != right.rank { return left.rank > right.rank }
        if left.kind != right.kind { return left.kind > right.kind }
        return left.text < right.text
    }
}

/// Collects candidates over the parts of an index.
struct CompletionCandidates {
    /// Entries looked at per segment for each that is wanted: some are doubles.
    private static let collectedFactor = 3
    /// Initials are few to tell by: so many entries with them are compared with the syllables typed.
    private static let scannedCountMax = 512

    private let parts: [(id: SegmentID, index: CompletionIndex)]
    private let wantedCount: Int
    private var candidates: [CompletionCandidate] = []
    private var places: [[UInt8]: Int] = [:]

    init(_ parts: [(id: SegmentID, index: CompletionIndex)], wantedCount: Int) {
        self.parts = parts
        self.wantedCount = wantedCount
    }

    /// The best candidates of one reading of what was typed.
    static func best(
        _ typed: TypedPrefix, _ reading: TypedPrefix.Reading,
        _ parts: [(id: SegmentID, index: CompletionIndex)], wantedCount: Int
    ) -> [CompletionCandidate] {
        var collected = CompletionCandidates(parts, wantedCount: wantedCount)
        for part in parts.indices { collected.collect(part, typed, reading) }
        return collected.ranked()
    }

    private mutating func collect(_ part: Int, _ typed: TypedPrefix, _ reading: TypedPrefix.Reading) {
        let index = parts[part].index
        var taken = 0
        let limit = wantedCount * Self.collectedFactor
        func take(_ number: Int) -> Bool {
            add(number, of: part)
            taken += 1
            return taken < limit
        }
        switch reading {
        case .literal:
            if !typed.isEmpty { index.forEach(prefix: typed.key, take) }
        case .initials:
            guard !typed.initials.isEmpty else { return }
            index.forEach(
                initials: typed.initials, of: typed, scannedCountMax: Self.scannedCountMax, take)
        case .layout:
            if !typed.otherLayoutKey.isEmpty { index.forEach(prefix: typed.otherLayoutKey, take) }
            guard taken == 0, !typed.otherLayoutInitials.isEmpty else { return }
            index.forEach(
                initials: typed.otherLayoutInitials, of: nil, scannedCountMax: Self.scannedCountMax, take)
        }
    }

    private static func identity(_ number: Int, of index: CompletionIndex) -> [UInt8] {
        switch index[number].kind {
        case .category: return [0] + Array(index.text(number).utf8)
        // A name may be completed from its second word on, so its key is not that of the entry.
        case .brand: return [1] + Array(index.text(number).utf8)
        case .phrase, .query: return [2] + index.key(number)
        }
    }

    private mutating func add(_ number: Int, of part: Int) {
        let index = parts[part].index
        let entry = index[number]
        let identity = Self.identity(number, of: index)
        let product = (segment: parts[part].id, document: DocID(entry.product))
        guard let place = places[identity] else {
            places[identity] = candidates.count
            candidates.append(
                CompletionCandidate(
                    identity: identity, kind: entry.kind, text: index.text(number),
                    rank: UInt64(entry.rank), count: UInt64(entry.count), product: product,
                    productRank: entry.rank, parts: [part]))
            return
        }
        // Twice in one part is the same phrase written with and without a blank: the first is more popular.
        guard candidates[place].parts.insert(part).inserted else { return }
        candidates[place].rank += UInt64(entry.rank)
        candidates[place].count += UInt64(entry.count)
        if entry.rank > candidates[place].productRank {
            candidates[place].productRank = entry.rank
            candidates[place].product = product
        }
    }

    private mutating func ranked() -> [CompletionCandidate] {
        candidates.sort(by: CompletionCandidate.precedes)
        guard parts.count > 1 else { return Array(candidates.prefix(wantedCount)) }
        candidates.removeLast(max(0, candidates.count - wantedCount * 2))
        for place in candidates.indices { complete(place) }
        candidates.sort(by: CompletionCandidate.precedes)
        return Array(candidates.prefix(wantedCount))
    }

    /// Adds what parts hold of a candidate that did not name it themselves.
    private mutating func complete(_ place: Int) {
        let candidate = candidates[place]
        let key: [UInt8]
        switch candidate.kind {
        case .phrase, .query: key = Array(candidate.identity.dropFirst())
        case .brand: key = CompletionKey.key(folded: Array(candidate.text.lowercased().utf8))
        case .category:
            let name = CategoryPath(candidate.text).names.last ?? candidate.text
            key = CompletionKey.key(folded: Array(name.lowercased().utf8))
        }
        guard !key.isEmpty else { return }
        for part in parts.indices where !candidate.parts.contains(part) {
            let index = parts[part].index
            for number in index.numbers(key: key)
            where index[number].kind == candidate.kind
                && Self.identity(number, of: index) == candidate.identity
            {
                candidates[place].parts.insert(part)
                candidates[place].rank += UInt64(index[number].rank)
                candidates[place].count += UInt64(index[number].count)
                break
            }
        }
    }
}
