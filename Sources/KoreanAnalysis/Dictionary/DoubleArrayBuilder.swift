// Builds the double array trie of the dictionary file: cells (base, check); the child of cell p by code c is
// the cell base(p) + c whose check is p. Nodes are placed breadth first, so wide nodes find an empty array
// and the many nodes with one child fill the gaps.

/// Places a set of sorted keys in a double array.
package struct DoubleArrayBuilder {
    /// `base` and `check` of every cell, as in the file.
    package private(set) var bases: [UInt32] = []
    package private(set) var checks: [UInt32] = []
    // Doubly linked list of free cells, in order; `end` is the list's own end mark.
    private var nextFree: [Int32] = []
    private var previousFree: [Int32] = []
    private var firstFree: Int32 = -1
    private var lastFree: Int32 = -1
    private let codeCount: Int

    // Where the search for a wide node begins: what lies before is too dense for more than one child.
    private var wideCursor: Int32 = -1
    /// After so many cells tried in vain, a wide node's search begins further on from then.
    private static let patience = 64

    private struct Node {
        var cell: Int
        var keys: Range<Int>
        var depth: Int
    }

    /// Builds the array over `keys`, sorted, unique and non-empty, each with a value below `baseMask`.
    ///
    /// - Parameter codeCount: one more than the highest code in any key; code 0 is reserved for values.
    package init(keys: [[UInt16]], values: [UInt32], codeCount: Int) {
        precondition(keys.count == values.count)
        self.codeCount = codeCount
        grow(to: codeCount * 2)
        take(0, check: DictionaryFormat.baseMask)
        var queue = [Node(cell: 0, keys: 0..<keys.count, depth: 0)]
        var head = 0
        var children: [(code: Int, keys: Range<Int>)] = []
        while head < queue.count {
            let node = queue[head]
            head += 1
            collectChildren(of: node, keys: keys, into: &children)
            var own: UInt32?
            if node.depth > 0, keys[node.keys.lowerBound].count == node.depth {
                own = values[node.keys.lowerBound]
            }
            if children.isEmpty {
                bases[node.cell] = DictionaryFormat.leafFlag | (own ?? 0)
                continue
            }
            let codes = (own == nil ? [] : [0]) + children.map(\.code)
            let base = place(codes)
            bases[node.cell] = UInt32(base) | (own == nil ? 0 : DictionaryFormat.valueFlag)
            for code in codes { take(base + code, check: UInt32(node.cell)) }
            if let own { bases[base] = DictionaryFormat.leafFlag | own }
            for child in children {
                queue.append(Node(cell: base + child.code, keys: child.keys, depth: node.depth + 1))
            }
        }
        trim()
    }

    private func collectChildren(
        of node: Node, keys: [[UInt16]], into children: inout [(code: Int, keys: Range<Int>)]
    ) {
        children.removeAll(keepingCapacity: true)
        var index = node.keys.lowerBound
        while index < node.keys.upperBound, keys[index].count == node.depth { index += 1 }
        while index < node.keys.upperBound {
            let code = keys[index][node.depth]
            let first = index
            while index < node.keys.upperBound, keys[index][node.depth] == code { index += 1 }
            children.append((Int(code), first..<index))
        }
    }

    /// A base such that every `base + code` is free.
    private mutating func place(_ codes: [Int]) -> Int {
        let low = codes[0]
        if codes.count > 1, wideCursor < 0 { wideCursor = firstFree }
        var attempts = 0
        var cell = Int(codes.count > 1 ? wideCursor : firstFree)
        while cell >= 0 {
            let base = cell - low
            if base >= 1 {
                attempts += 1
                if base + codeCount > bases.count { grow(to: base + codeCount) }
                if codes.allSatisfy({ nextFree[base + $0] != -2 }) { return base }
                if attempts % Self.patience == 0, codes.count > 1 { wideCursor = nextFree[Int(wideCursor)] }
            }
            cell = Int(nextFree[cell])
        }
        let base = bases.count
        grow(to: base + codeCount)
        return base
    }

    private mutating func grow(to count: Int) {
        let old = bases.count
        guard count > old else { return }
        for cell in old..<count {
            bases.append(0)
            checks.append(DictionaryFormat.freeCell)
            nextFree.append(-1)
            previousFree.append(lastFree)
            if lastFree >= 0 { nextFree[Int(lastFree)] = Int32(cell) } else { firstFree = Int32(cell) }
            lastFree = Int32(cell)
        }
    }

    private mutating func take(_ cell: Int, check: UInt32) {
        let next = nextFree[cell]
        let previous = previousFree[cell]
        if previous >= 0 { nextFree[Int(previous)] = next } else { firstFree = next }
        if next >= 0 { previousFree[Int(next)] = previous } else { lastFree = previous }
        if Int(wideCursor) == cell { wideCursor = next }
        nextFree[cell] = -2
        checks[cell] = check
    }

    /// Leaves, after the last used cell, just enough free ones that `base + code` always lies inside.
    private mutating func trim() {
        var needed = 1
        for cell in bases.indices where checks[cell] != DictionaryFormat.freeCell {
            needed = max(needed, cell + 1)
            if bases[cell] & DictionaryFormat.leafFlag == 0 {
                needed = max(needed, Int(bases[cell] & DictionaryFormat.baseMask) + codeCount)
            }
        }
        if needed > bases.count { grow(to: needed) }
        bases.removeLast(bases.count - needed)
        checks.removeLast(checks.count - needed)
    }
}
