// Words as key sequences, sorted, with a trie over them. Everything lies in flat arrays: the sequences one
// after another, and for each node of the trie its key, its first child and the first word below it. Nodes
// are in breadth-first order, so the children of a node end where those of the next begin. Below a node with
// a single word there are no nodes: the rest is read from the sequence itself, which leaves about two nodes a
// word.

/// A sorted set of key sequences, each with a weight: how many products have the word.
struct KeyTrie: Sendable {
    /// Longer sequences are no words anybody types.
    static let keyCountMax = 64

    private(set) var keys: [UInt8] = []
    private(set) var starts: [UInt32] = [0]
    private(set) var counts: [UInt32] = []
    private var labels: [UInt8] = []
    private var firstChild: [UInt32] = []
    private var firstWord: [UInt32] = []

    /// How many words there are.
    var count: Int { counts.count }

    /// Bytes of memory.
    var byteCount: Int { keys.count + 4 * (starts.count + counts.count) + labels.count * 9 }

    /// Builds the trie. Words that come twice count together; those that are empty or too long are left out.
    init(_ words: [(keys: [UInt8], count: UInt32)] = []) {
        for word in words.sorted(by: { $0.keys.lexicographicallyPrecedes($1.keys) })
        where !word.keys.isEmpty && word.keys.count <= Self.keyCountMax {
            if let last = counts.indices.last, self[last].elementsEqual(word.keys) {
                counts[last] &+= word.count
                continue
            }
            keys += word.keys
            starts.append(UInt32(keys.count))
            counts.append(word.count)
        }
        buildNodes()
    }

    private mutating func buildNodes() {
        // Ranges of words with a common beginning, breadth first.
        var pending: [(first: Int, end: Int, depth: Int)] = [(0, count, 0)]
        labels.append(0)
        firstWord.append(0)
        var next = 0
        while next < pending.count {
            var (first, end, depth) = pending[next]
            next += 1
            firstChild.append(UInt32(labels.count))
            guard end - first > 1 || depth == 0 else { continue }
            if first < end, self[first].count == depth { first += 1 }
            while first < end {
                let label = self[first][self[first].startIndex + depth]
                var last = first + 1
                while last < end, self[last][self[last].startIndex + depth] == label { last += 1 }
                labels.append(label)
                firstWord.append(UInt32(first))
                pending.append((first, last, depth + 1))
                first = last
            }
            end = first
        }
        firstChild.append(UInt32(labels.count))
    }

    /// The keys of the word with this number.
    subscript(word: Int) -> ArraySlice<UInt8> { keys[Int(starts[word])..<Int(starts[word + 1])] }

    /// The words that begin with `prefix`, as a range of their numbers.
    ///
    /// - Complexity: O(log words).
    func words(withPrefix prefix: some Collection<UInt8>) -> Range<Int> {
        let first = partition { $0.lexicographicallyPrecedes(prefix) }
        let end = partition { word in
            word.lexicographicallyPrecedes(prefix) || word.starts(with: prefix)
        }
        return first..<max(first, end)
    }

    /// The number of a word; nil where it is not in the set.
    func word(_ keys: some Collection<UInt8>) -> Int? {
        let index = partition { $0.lexicographicallyPrecedes(keys) }
        return index < count && self[index].elementsEqual(keys) ? index : nil
    }

    /// The number of the first word that `isBefore` does not hold for; it holds for a beginning of the list.
    private func partition(_ isBefore: (ArraySlice<UInt8>) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Nodes

    /// A place in the trie: a node, and how deep it is. Below a node with one word the place moves along that
    /// word.
    struct Place {
        var node: UInt32
        var depth: Int
    }

    var root: Place { Place(node: 0, depth: 0) }

    /// The nodes below a place; empty where the place is in the tail of a single word.
    func children(_ place: Place) -> Range<UInt32> {
        firstChild[Int(place.node)]..<firstChild[Int(place.node) + 1]
    }

    func label(_ node: UInt32) -> UInt8 { labels[Int(node)] }

    /// The first word at or below a place.
    func firstWord(_ place: Place) -> Int { Int(firstWord[Int(place.node)]) }

    /// The next key of the single word below a place, where it has one.
    func tailKey(_ place: Place) -> UInt8? {
        let word = firstWord(place)
        guard place.depth > 0, word < count else { return nil }
        let offset = Int(starts[word]) + place.depth
        return offset < Int(starts[word + 1]) ? keys[offset] : nil
    }

    /// The word that ends at a place, where one does.
    func wordEnding(at place: Place) -> Int? {
        let word = firstWord(place)
        guard word < count, Int(starts[word + 1]) - Int(starts[word]) == place.depth else { return nil }
        return word
    }
}
