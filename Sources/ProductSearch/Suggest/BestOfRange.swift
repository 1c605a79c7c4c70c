// The greatest numbers of any range of an array, without looking at all of the range: a tree of maxima, each
// over 16 of the level below, walked best first. A range of a million costs what its best few cost.

/// Finds the positions of the greatest values in a range.
struct BestOfRange: Sendable {
    private static let fanout = 16

    /// The values, then the maxima of 16 each, and so on up to one.
    private let levels: [[UInt32]]

    init(_ values: [UInt32]) {
        var levels = [values]
        while let last = levels.last, last.count > 1 {
            levels.append(
                stride(from: 0, to: last.count, by: Self.fanout).map { start in
                    last[start..<min(start + Self.fanout, last.count)].max() ?? 0
                })
        }
        self.levels = levels
    }

    /// Memory in bytes.
    var byteCount: Int { levels.reduce(0) { $0 + $1.count * MemoryLayout<UInt32>.stride } }

    /// Hands positions of `range` to `body`, those of greater values first and equal ones in their order,
    /// until it returns false.
    ///
    /// - Complexity: O(log n) to begin with and for each position.
    func forEach(in range: Range<Int>, _ body: (Int) -> Bool) {
        guard !range.isEmpty else { return }
        var heap = Heap()
        cover(range, &heap)
        while let node = heap.pop() {
            guard node.level > 0 else {
                guard body(node.index) else { return }
                continue
            }
            let below = levels[node.level - 1]
            let first = node.index * Self.fanout
            for index in first..<min(first + Self.fanout, below.count) {
                push(node.level - 1, index, &heap)
            }
        }
    }

    /// Pushes the fewest nodes that cover `range` and nothing else.
    private func cover(_ range: Range<Int>, _ heap: inout Heap) {
        var level = 0
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            while low < high, low % Self.fanout != 0 || level == levels.count - 1 {
                push(level, low, &heap)
                low += 1
            }
            while high > low, high % Self.fanout != 0, high < levels[level].count {
                high -= 1
                push(level, high, &heap)
            }
            guard low < high else { return }
            // A last node of fewer children ends where the level ends.
            low /= Self.fanout
            high = (high + Self.fanout - 1) / Self.fanout
            level += 1
        }
    }

    private func push(_ level: Int, _ index: Int, _ heap: inout Heap) {
        var start = index
        for _ in 0..<level { start *= Self.fanout }
        heap.push(Node(value: levels[level][index], start: start, level: level, index: index))
    }

    private struct Node {
        let value: UInt32
        /// The first position below the node.
        let start: Int
        let level: Int
        let index: Int

        /// A node that begins no later than a position of its value is opened before that is handed out.
        func precedes(_ other: Node) -> Bool {
            if value != other.value { return value > other.value }
            return start != other.start ? start < other.start : level > other.level
        }
    }

    /// A binary heap, the best node first.
    private struct Heap {
        private var nodes: [Node] = []

        mutating func push(_ node: Node) {
            nodes.append(node)
            var child = nodes.count - 1
            while child > 0, nodes[child].precedes(nodes[(child - 1) / 2]) {
                nodes.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        }

        mutating func pop() -> Node? {
            guard let best = nodes.first, let last = nodes.popLast() else { return nil }
            guard !nodes.isEmpty else { return best }
            nodes[0] = last
            var parent = 0
            while true {
                var next = parent
                for child in [2 * parent + 1, 2 * parent + 2]
                where child < nodes.count && nodes[child].precedes(nodes[next]) {
                    next = child
                }
                guard next != parent else { return best }
                nodes.swapAt(parent, next)
                parent = next
            }
        }
    }
}
