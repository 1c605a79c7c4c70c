// Finds the words of a trie that a stretch of typed keys may have been meant for: a weighted Damerau distance
// (restricted: no key slips twice), one row of the table a node, cut off where no cell is within the budget.
// What the trie shares is computed once, and what is too far is never entered.

/// Typed keys, prepared for any number of walks.
struct TypedKeys {
    let keys: [UInt8]
    /// What each key costs if nothing was meant by it.
    let extra: [UInt8]

    init(_ keys: [UInt8]) {
        self.keys = keys
        extra = keys.indices.map { index in
            KeyCosts.insertion(
                keys[index], before: index > 0 ? keys[index - 1] : nil,
                after: index + 1 < keys.count ? keys[index + 1] : nil)
        }
    }
}

/// One walk over a trie.
struct SlipWalk {
    /// A word, the typed keys that it accounts for, and what that costs.
    struct Match: Equatable {
        let word: Int
        /// Behind the last typed key.
        let end: Int
        let cost: UInt8
    }

    /// What a walk looks for.
    enum Goal {
        /// Words for all keys from the start on.
        case whole
        /// Words for some keys from the start on.
        case beginning
    }

    private static let far: UInt8 = .max

    private let trie: KeyTrie
    private let typed: TypedKeys
    private let start: Int
    private let budget: UInt8
    private let goal: Goal
    /// How many rows further a cell may lie off the diagonal.
    private let band: Int
    private let width: Int
    private var rows: [UInt8]
    private(set) var visitCount = 0
    private let visitCountMax: Int
    private(set) var matches: [Match] = []

    /// Walks `trie` for the keys from `start` on.
    ///
    /// - Parameter visitCountMax: gives up after so many nodes; what was found until then stays.
    init(
        _ trie: KeyTrie, _ typed: TypedKeys, from start: Int = 0, budget: UInt8, goal: Goal,
        visitCountMax: Int = .max
    ) {
        self.trie = trie
        self.typed = typed
        self.start = start
        self.budget = budget
        self.goal = goal
        self.visitCountMax = visitCountMax
        band = Int(budget / min(KeyCosts.grazed, KeyCosts.missing)) + 1
        width = min(typed.keys.count - start, KeyTrie.keyCountMax + band) + 1
        rows = Array(repeating: Self.far, count: width * (KeyTrie.keyCountMax + 2))
        rows[0] = 0
        for column in 1..<max(1, width) {
            rows[column] = Self.sum(rows[column - 1], typed.extra[start + column - 1])
        }
        if trie.count > 0 { descend(trie.root, above: 0) }
    }

    private static func sum(_ left: UInt8, _ right: UInt8) -> UInt8 {
        let (sum, isOver) = left.addingReportingOverflow(right)
        return isOver ? far : sum
    }

    private mutating func descend(_ place: KeyTrie.Place, above: UInt8) {
        let children = trie.children(place)
        if children.isEmpty {
            if let key = trie.tailKey(place) { enter(place.node, key, place.depth + 1, above: above) }
            return
        }
        for child in children { enter(child, trie.label(child), place.depth + 1, above: above) }
    }

    /// Computes the row of the place behind `key` and goes on below it.
    private mutating func enter(_ node: UInt32, _ key: UInt8, _ depth: Int, above: UInt8) {
        visitCount += 1
        guard visitCount <= visitCountMax, depth <= KeyTrie.keyCountMax else { return }
        let low = max(0, depth - band)
        let high = min(width - 1, depth + band)
        guard low <= high else { return }
        let row = depth * width
        let upper = row - width
        var least = Self.far
        // The cells beside the band are read by the next row.
        if low > 0 { rows[row + low - 1] = Self.far }
        for column in low...high {
            var cost = Self.sum(rows[upper + column], KeyCosts.missing)
            if column > 0 {
                let given = typed.keys[start + column - 1]
                cost = min(cost, Self.sum(rows[upper + column - 1], KeyCosts.substitution(given, key)))
                if column > low {
                    cost = min(cost, Self.sum(rows[row + column - 1], typed.extra[start + column - 1]))
                }
                if column > 1, depth > 1, given == above, key != above,
                    typed.keys[start + column - 2] == key
                {
                    cost = min(cost, Self.sum(rows[upper - width + column - 2], KeyCosts.swapped))
                }
            }
            rows[row + column] = cost
            least = min(least, cost)
        }
        if high + 1 < width { rows[row + high + 1] = Self.far }
        guard least <= budget else { return }
        let place = KeyTrie.Place(node: node, depth: depth)
        if let word = trie.wordEnding(at: place) { report(word, row, low, high) }
        descend(place, above: key)
    }

    private mutating func report(_ word: Int, _ row: Int, _ low: Int, _ high: Int) {
        let first = goal == .whole ? typed.keys.count - start : max(low, 1)
        guard first >= low, first <= high else { return }
        for column in first...high where rows[row + column] <= budget {
            matches.append(Match(word: word, end: start + column, cost: rows[row + column]))
        }
    }
}
