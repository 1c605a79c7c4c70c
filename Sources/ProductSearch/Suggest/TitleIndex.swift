// The words of every title, the last resort of completion: where no phrase begins with what was typed, the
// products whose titles have all of its words, in any order, each perhaps half-typed.
//
//   words      keys, sorted: a beginning is a range of numbers, and the titles with any of the range are one
//              stretch of `titles`
//   titles     per word its titles; titles are numbered by their weight, so that the best come first
//   contents   per title its words, to tell whether a title has a word of a range
//
// The titles of the rarest range are looked through for the other ranges; a bound keeps that under a
// millisecond when all words are frequent.

import Engine

/// Immutable titles by words. Safe to use from any thread.
final class TitleIndex: Sendable {
    /// A product whose title has what was typed.
    struct Hit: Sendable {
        let document: DocID
        let weight: UInt32
    }

    /// Words of what was typed and of a title that are looked at.
    private static let typedWordCountMax = 16
    private static let titleWordCountMax = 64
    /// Titles that are looked through.
    private static let scannedCountMax = 4_096

    private let keys: [UInt8]
    private let keyEnds: [UInt32]
    private let titles: [UInt32]
    private let titleEnds: [UInt32]
    private let contents: [UInt32]
    private let contentEnds: [UInt32]
    private let hits: [Hit]

    /// The titles in `words`, of the product and weight of each.
    init(_ words: TitleWords, documents: [DocID], weights: [UInt32]) {
        let order = Self.order(words)
        var numbers = [UInt32](repeating: 0, count: order.count)
        var keys: [UInt8] = []
        var keyEnds: [UInt32] = []
        keyEnds.reserveCapacity(order.count)
        for (number, word) in order.enumerated() {
            numbers[Int(word)] = UInt32(number)
            keys += words.key(word)
            keyEnds.append(UInt32(keys.count))
        }
        let byWeight = documents.indices.sorted { left, right in
            weights[left] != weights[right] ? weights[left] > weights[right] : left < right
        }
        hits = byWeight.map { Hit(document: documents[$0], weight: weights[$0]) }
        var contents: [UInt32] = []
        var contentEnds: [UInt32] = []
        var counts = [UInt32](repeating: 0, count: order.count)
        for title in byWeight {
            let end = title + 1 < words.starts.count ? words.starts[title + 1] : words.sequence.count
            let whole = words.sequence[words.starts[title]..<end].filter { $0 != TitleWords.gap }
            let distinct = Set(whole.map { numbers[Int($0)] }).sorted().prefix(Self.titleWordCountMax)
            contents += distinct
            contentEnds.append(UInt32(contents.count))
            for word in distinct { counts[Int(word)] += 1 }
        }
        var titleEnds = counts
        for word in titleEnds.indices.dropFirst() { titleEnds[word] += titleEnds[word - 1] }
        var next = zip(titleEnds, counts).map { $0 - $1 }
        var titles = [UInt32](repeating: 0, count: contents.count)
        var start = 0
        for (title, end) in contentEnds.enumerated() {
            for word in contents[start..<Int(end)] {
                titles[Int(next[Int(word)])] = UInt32(title)
                next[Int(word)] += 1
            }
            start = Int(end)
        }
        // Copies have no room left over from growing.
        self.keys = keys.map { $0 }
        self.keyEnds = keyEnds
        self.titles = titles
        self.titleEnds = titleEnds
        self.contents = contents.map { $0 }
        self.contentEnds = contentEnds.map { $0 }
    }

    /// The words' numbers in the order of their keys.
    private static func order(_ words: TitleWords) -> [UInt32] {
        func head(_ word: UInt32) -> UInt64 {
            let key = words.key(word)
            return (0..<8).reduce(0) { head, index in
                head << 8 | UInt64(index < key.count ? key[key.startIndex + index] : 0)
            }
        }
        let heads = (0..<UInt32(words.wordCount)).map { (head: head($0), word: $0) }
        return heads.sorted { left, right in
            if left.head != right.head { return left.head < right.head }
            return words.key(left.word).lexicographicallyPrecedes(words.key(right.word))
        }.map(\.word)
    }

    /// Memory in bytes.
    var byteCount: Int {
        keys.capacity + hits.capacity * MemoryLayout<Hit>.stride
            + (keyEnds.capacity + titles.capacity + titleEnds.capacity + contents.capacity
                + contentEnds.capacity) * MemoryLayout<UInt32>.stride
    }

    // MARK: Looking up

    /// The products with a word for each of `typed`, keys with their scripts in front, that begins with it;
    /// those of most weight first.
    ///
    /// - Complexity: O(words log all words + titles of the rarest, bounded).
    func products(having typed: [[UInt8]], limit: Int) -> [Hit] {
        var ranges: [Range<UInt32>] = []
        for key in typed.prefix(Self.typedWordCountMax) {
            let range = range(prefix: key)
            guard !range.isEmpty else { return [] }
            ranges.append(range)
        }
        guard let rarest = ranges.indices.min(by: { titleCount(ranges[$0]) < titleCount(ranges[$1]) }) else {
            return []
        }
        let range = ranges.remove(at: rarest)
        let first = titleStart(range.lowerBound)
        let count = min(titleCount(range), Self.scannedCountMax)
        var candidates = Array(titles[first..<first + count])
        // The titles of one word are sorted already.
        if range.count > 1 { candidates.sort() }
        var found: [Hit] = []
        var last: UInt32?
        for title in candidates where title != last {
            last = title
            guard found.count < limit else { break }
            if has(ranges, title) { found.append(hits[Int(title)]) }
        }
        return found
    }

    private func has(_ ranges: [Range<UInt32>], _ title: UInt32) -> Bool {
        let start = title == 0 ? 0 : Int(contentEnds[Int(title) - 1])
        let words = contents[start..<Int(contentEnds[Int(title)])]
        return ranges.allSatisfy { range in words.contains { range.contains($0) } }
    }

    private func titleStart(_ word: UInt32) -> Int { word == 0 ? 0 : Int(titleEnds[Int(word) - 1]) }

    private func titleCount(_ words: Range<UInt32>) -> Int {
        Int(titleEnds[Int(words.upperBound) - 1]) - titleStart(words.lowerBound)
    }

    private func range(prefix key: [UInt8]) -> Range<UInt32> {
        func bound(_ isReached: (ArraySlice<UInt8>) -> Bool) -> UInt32 {
            var (low, high) = (0, keyEnds.count)
            while low < high {
                let middle = (low + high) / 2
                let start = middle == 0 ? 0 : Int(keyEnds[middle - 1])
                if isReached(keys[start..<Int(keyEnds[middle])]) { high = middle } else { low = middle + 1 }
            }
            return UInt32(low)
        }
        let low = bound { !$0.lexicographicallyPrecedes(key) }
        let high = bound { !$0.lexicographicallyPrecedes(key) && !$0.starts(with: key) }
        return low..<max(low, high)
    }
}
