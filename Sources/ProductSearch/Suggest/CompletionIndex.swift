// The completions of one segment, or of the popular queries, in memory: entries of one to three words, sorted
// by their keys, so that the completions of what was typed are one range, of which BestOfRange gives the most
// popular. A second order, by initials, serves 초성 queries.
//
//   entries   words (numbers of rows), rank, count, product, kind; sorted by key, then kind, then rank
//   heads     the first eight bytes of each entry's key, most significant first: most comparisons end there
//   rows      per word its key, its initials and how it is shown, each in one pool of bytes
//
// An entry's key is the script of its first word and the keys of its words, one after another; it is never
// stored as a whole.

/// What a completion is.
enum CompletionKind: UInt8, Sendable, Comparable {
    case phrase, category, brand, query

    /// The kind's name in answers.
    var name: String { "\(self)" }

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Up to three words as numbers of rows.
struct CompletionWords: Hashable, Sendable {
    static let none = UInt32.max

    var first: UInt32
    var second = none
    var third = none

    subscript(index: Int) -> UInt32 { index == 0 ? first : index == 1 ? second : third }

    var count: Int { second == Self.none ? 1 : third == Self.none ? 2 : 3 }

    /// The same words under other numbers.
    func map(_ number: (UInt32) -> UInt32) -> CompletionWords {
        CompletionWords(
            first: number(first), second: second == Self.none ? second : number(second),
            third: third == Self.none ? third : number(third))
    }
}

/// One completion.
struct CompletionEntry: Sendable {
    var words: CompletionWords
    /// How popular it is, for the order among completions; grows with `count` and with sales.
    var rank: UInt32
    /// Products behind it, or searches for it.
    var count: UInt32
    /// The most popular product behind it.
    var product: UInt32
    var kind: CompletionKind
}

/// Immutable completions, sorted. Safe to use from any thread.
final class CompletionIndex: Sendable {
    private let rows: CompletionRows
    private let entries: [CompletionEntry]
    private let heads: [UInt64]
    private let best: BestOfRange
    /// Numbers of entries with Hangul in them, by their initials.
    private let byInitials: [UInt32]
    private let bestByInitials: BestOfRange

    /// Sorts `unsorted`, whose words are rows of `unpruned`; rows without an entry are dropped.
    init(_ unsorted: [CompletionEntry], rows unpruned: CompletionRows) {
        var renumbered = [UInt32](repeating: CompletionWords.none, count: unpruned.count)
        var rows = CompletionRows()
        let kept = unsorted.map { entry in
            var entry = entry
            entry.words = entry.words.map { row in
                if renumbered[Int(row)] == CompletionWords.none {
                    renumbered[Int(row)] = rows.append(Int(row), of: unpruned)
                }
                return renumbered[Int(row)]
            }
            return entry
        }
        rows.trim()
        let order = Self.order(kept.count) {
            KeyCursor(rows, kept[$0].words, .keys)
        } tie: { left, right in
            (kept[left].kind, kept[right].rank, left) < (kept[right].kind, kept[left].rank, right)
        }
        let entries = order.map { kept[Int($0.index)] }
        let withHangul = entries.indices.filter { Self.hangulCount(entries[$0].words, rows) >= 2 }
        let initialsOrder = Self.order(withHangul.count) {
            KeyCursor(rows, entries[withHangul[$0]].words, .initials)
        } tie: {
            $0 < $1
        }
        byInitials = initialsOrder.map { UInt32(withHangul[Int($0.index)]) }
        bestByInitials = BestOfRange(byInitials.map { entries[Int($0)].rank })
        heads = order.map(\.high)
        best = BestOfRange(entries.map(\.rank))
        self.entries = entries
        self.rows = rows
    }

    /// How many completions there are.
    var count: Int { entries.count }

    /// Memory in bytes.
    var byteCount: Int {
        rows.byteCount + entries.count * MemoryLayout<CompletionEntry>.stride
            + heads.count * MemoryLayout<UInt64>.stride + byInitials.count * MemoryLayout<UInt32>.stride
            + best.byteCount + bestByInitials.byteCount
    }

    // MARK: Looking up

    /// The completions with keys that begin with `key`, the most popular first, until `body` returns false.
    func forEach(prefix key: [UInt8], _ body: (Int) -> Bool) {
        best.forEach(in: range(prefix: key), body)
    }

    /// The completions with these first consonants whose syllables fit what was typed, the most popular
    /// first, until `body` returns false; at most `scannedCountMax` are looked at.
    func forEach(initials: [UInt8], of typed: TypedPrefix?, scannedCountMax: Int, _ body: (Int) -> Bool) {
        let low = bound(byInitials.count) { isBefore(initials, Int(byInitials[$0]), .initials) != .before }
        let high = bound(byInitials.count) { isBefore(initials, Int(byInitials[$0]), .initials) == .after }
        var scanned = 0
        bestByInitials.forEach(in: low..<high) { place in
            scanned += 1
            let number = Int(byInitials[place])
            if let typed, !typed.fits({ syllable($0, of: number) }) { return scanned < scannedCountMax }
            return body(number) && scanned < scannedCountMax
        }
    }

    /// The numbers of the completions whose key is `key`.
    func numbers(key: [UInt8]) -> Range<Int> {
        let all = range(prefix: key)
        // Those that are longer sort behind.
        let end = bound(all.count) { keyByteCount(entries[all.lowerBound + $0].words) + 1 > key.count }
        return all.lowerBound..<all.lowerBound + end
    }

    subscript(number: Int) -> CompletionEntry { entries[number] }

    /// How a completion is shown.
    func text(_ number: Int) -> String {
        let words = entries[number].words
        var bytes: [UInt8] = []
        for index in 0..<words.count {
            if index > 0 { bytes.append(0x20) }
            bytes += rows.shown(words[index])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A completion's whole key.
    func key(_ number: Int) -> [UInt8] {
        var key: [UInt8] = []
        var cursor = KeyCursor(rows, entries[number].words, .keys)
        while let byte = cursor.next() { key.append(byte) }
        return key
    }

    // MARK: Searching

    private enum Place { case before, within, after }

    private func range(prefix key: [UInt8]) -> Range<Int> {
        var padded: UInt64 = 0
        for index in 0..<8 { padded = padded << 8 | UInt64(index < key.count ? key[index] : 0) }
        let open = key.count < 8 ? UInt64.max >> UInt64(key.count * 8) : 0
        let low = bound(entries.count) { number in
            if heads[number] != padded || key.count <= 8 { return heads[number] >= padded }
            return isBefore(key, number, .keys) != .before
        }
        let high = bound(entries.count) { number in
            if key.count <= 8 { return heads[number] > padded | open }
            if heads[number] != padded { return heads[number] > padded }
            return isBefore(key, number, .keys) == .after
        }
        return low..<max(low, high)
    }

    /// Where an entry stands to the range of those that begin with `prefix`.
    private func isBefore(_ prefix: [UInt8], _ number: Int, _ column: CompletionRows.Column) -> Place {
        var cursor = KeyCursor(rows, entries[number].words, column)
        for wanted in prefix {
            guard let byte = cursor.next(), byte >= wanted else { return .before }
            if byte > wanted { return .after }
        }
        return .within
    }

    /// The first of `count` places for which `isReached` holds; it holds for all behind it.
    private func bound(_ count: Int, _ isReached: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isReached(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private func keyByteCount(_ words: CompletionWords) -> Int {
        (0..<words.count).reduce(0) { $0 + rows.range(.keys, words[$1]).count }
    }

    private static func hangulCount(_ words: CompletionWords, _ rows: CompletionRows) -> Int {
        (0..<words.count).reduce(0) { count, index in
            count + rows.bytes(.initials, words[index]).count { $0 >= CompletionKey.initialMark + 0x41 }
        }
    }

    /// The keys of one syllable, or the byte of one letter, of an entry.
    private func syllable(_ index: Int, of number: Int) -> [UInt8]? {
        let words = entries[number].words
        var left = index
        for word in 0..<words.count {
            let initials = rows.bytes(.initials, words[word])
            guard left < initials.count else {
                left -= initials.count
                continue
            }
            return rows.syllable(left, of: words[word])
        }
        return nil
    }

    // MARK: Sorting

    private struct Ordered {
        let high: UInt64
        let low: UInt64
        let index: UInt32
    }

    /// The numbers below `count` in the order of their keys; 16 bytes of a key decide most comparisons.
    private static func order(
        _ count: Int, _ cursor: (Int) -> KeyCursor, tie: (Int, Int) -> Bool
    ) -> [Ordered] {
        var order = (0..<count).map { index in
            var cursor = cursor(index)
            return Ordered(high: cursor.nextEight(), low: cursor.nextEight(), index: UInt32(index))
        }
        order.sort { left, right in
            if left.high != right.high { return left.high < right.high }
            if left.low != right.low { return left.low < right.low }
            var one = cursor(Int(left.index))
            var other = cursor(Int(right.index))
            while true {
                switch (one.next(), other.next()) {
                case (let a?, let b?): if a != b { return a < b }
                case (nil, nil): return tie(Int(left.index), Int(right.index))
                case (let a, _): return a == nil
                }
            }
        }
        return order
    }
}

/// Steps through the key or the initials of an entry.
private struct KeyCursor {
    private let rows: CompletionRows
    private let column: CompletionRows.Column
    private let words: CompletionWords
    private var word = 0
    private var range: Range<Int>
    private var script: UInt8?

    init(_ rows: CompletionRows, _ words: CompletionWords, _ column: CompletionRows.Column) {
        self.rows = rows
        self.words = words
        self.column = column
        range = rows.range(column, words.first)
        script = column == .keys ? rows.script(words.first) : nil
    }

    mutating func next() -> UInt8? {
        if let first = script {
            script = nil
            return first
        }
        while range.isEmpty {
            word += 1
            guard word < words.count else { return nil }
            range = rows.range(column, words[word])
        }
        defer { range = range.lowerBound + 1..<range.upperBound }
        return rows.byte(column, range.lowerBound)
    }

    /// The next eight bytes as a number, zeros behind the end.
    mutating func nextEight() -> UInt64 {
        var number: UInt64 = 0
        for _ in 0..<8 { number = number << 8 | UInt64(next() ?? 0) }
        return number
    }
}
