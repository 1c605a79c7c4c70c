// Paths that compete with the least-cost one. The search has left at every node the cost of the cheapest way to
// it, so going back from the end with that as an exact estimate gives complete paths in order of their cost
// (A*); all that is ever looked at lies within the margin.
//
// What is written in a shop is mostly nouns, which a model of sentences splits into verbs and particles when
// that is a little cheaper (와이드로고팬츠 into 와이드, 이로고 as copula, 팬츠). So the cost of a rival counts what sentences do
// and names do not: grammar before a noun within a run, and nouns of one syllable.

extension Lattice {
    /// A way from a node to the end of the run.
    struct Hypothesis {
        var node: Int32
        /// The hypothesis that goes on to the right; -1 at the end of the run.
        var next: Int32
        /// Cost of everything to the right of the node, its connection included.
        var behind: Int32
        /// What of that the shop's measure adds.
        var added: Int32
        /// The least that a complete path through it costs, by the shop's measure.
        var total: Int32
    }

    /// A complete path and its cost by the shop's measure.
    struct Rival {
        var cost: Int32
        var path: [PathMorpheme]
    }

    /// What the shop's measure adds.
    enum Penalty {
        /// Grammar and then a noun, or grammar that begins the run.
        static let grammarInside: Int32 = 2_500
        /// A noun of one syllable.
        static let singleSyllable: Int32 = 700
        /// A verb directly behind a noun.
        static let bareVerb: Int32 = 1_200
    }

    /// Bounds of one search.
    private static let popCountMax = 384
    private static let hypothesisCountMax = 4_096

    /// The cheapest paths through the run searched last by the shop's measure, at most `count`, none dearer
    /// than the cheapest by more than `margin`; ties in no special order.
    func rivals(length: Int, afterSpace: Bool, margin: Int32, count: Int) -> [Rival] {
        hypotheses.removeAll(keepingCapacity: true)
        heap.removeAll(keepingCapacity: true)
        var index = heads[length]
        while index >= 0 {
            // SAFETY: lists hold indices of nodes; contexts were checked when the dictionary was opened.
            let node = nodes[Int(index)]
            let behind = connection(node.right, dictionary.endingLeft)
            push(Hypothesis(node: index, next: -1, behind: behind, added: 0, total: node.total &+ behind))
            index = node.next
        }
        var found: [Rival] = []
        var limit = Int32.max
        var popCount = 0
        while let top = pop(), found.count < count, popCount < Self.popCountMax {
            popCount += 1
            let hypothesis = hypotheses[Int(top)]
            guard hypothesis.total <= limit else { break }
            let node = nodes[Int(hypothesis.node)]
            if node.morpheme == -2 {
                if found.isEmpty { limit = hypothesis.total &+ margin }
                found.append(Rival(cost: hypothesis.total, path: path(from: hypothesis.next, length)))
                continue
            }
            extend(top, hypothesis, node, length: length, afterSpace: afterSpace, limit: limit)
        }
        return found
    }

    private func extend(
        _ top: Int32, _ hypothesis: Hypothesis, _ node: Node, length: Int, afterSpace: Bool, limit: Int32
    ) {
        let left = leftContext(of: node)
        let previous = nodes[Int(node.previous)]
        let own = node.total &- previous.total &- connection(previous.right, left)
        let end = hypothesis.next < 0 ? length : Int(nodes[Int(hypotheses[Int(hypothesis.next)].node)].start)
        let tag = tag(of: node)
        var added = hypothesis.added
        if Self.isNoun(tag), end - Int(node.start) == 1 { added &+= Penalty.singleSyllable }
        var index = heads[Int(node.start)]
        while index >= 0 {
            let before = nodes[Int(index)]
            let behind = hypothesis.behind &+ own &+ connection(before.right, left)
            var more = added
            let isFirst = before.morpheme == -2
            if isFirst, afterSpace, Self.isGrammar(tag), hypothesis.next >= 0 { more &+= Penalty.grammarInside }
            if !isFirst {
                let tagBefore = self.tag(of: before)
                if Self.isNoun(tag), Self.isGrammar(tagBefore) { more &+= Penalty.grammarInside }
                if Self.isNoun(tagBefore), tag == .VV || tag == .VA { more &+= Penalty.bareVerb }
            }
            let total = before.total &+ behind &+ more
            if total <= limit {
                push(Hypothesis(node: index, next: top, behind: behind, added: more, total: total))
            }
            index = before.next
        }
    }

    private static func isNoun(_ tag: PartOfSpeech) -> Bool {
        tag == .NNG || tag == .NNP || tag == .unknown || tag == .NP || tag == .NNB
    }

    private static func isGrammar(_ tag: PartOfSpeech) -> Bool {
        tag.isParticle || tag.isEnding || tag == .VCP
    }

    private func tag(of node: Node) -> PartOfSpeech {
        if node.morpheme >= 0 { return view.morphemes[Int(node.morpheme)].tag }
        return node.morpheme == -1 ? .unknown : .NNP
    }

    private func leftContext(of node: Node) -> UInt16 {
        if node.morpheme >= 0 { return view.morphemes[Int(node.morpheme)].left }
        return node.morpheme == -1 ? dictionary.unknownLeft : properNoun.left
    }

    private func connection(_ right: UInt16, _ left: UInt16) -> Int32 {
        // SAFETY: left contexts are below leftCount, right contexts below rightCount: checked when opening.
        Int32(view.costs[view.rightCount &* Int(left) &+ Int(right)])
    }

    private func path(from first: Int32, _ length: Int) -> [PathMorpheme] {
        var path: [PathMorpheme] = []
        var index = first
        while index >= 0 {
            let hypothesis = hypotheses[Int(index)]
            let node = nodes[Int(hypothesis.node)]
            if let last = path.indices.last { path[last].end = node.start }
            path.append(PathMorpheme(morpheme: node.morpheme, start: node.start, end: 0))
            index = hypothesis.next
        }
        if let last = path.indices.last { path[last].end = UInt8(truncatingIfNeeded: length) }
        return path
    }

    // MARK: Heap

    private func push(_ hypothesis: Hypothesis) {
        guard hypotheses.count < Self.hypothesisCountMax else { return }
        hypotheses.append(hypothesis)
        heap.append(Int32(hypotheses.count - 1))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBefore(heap[child], heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private func pop() -> Int32? {
        guard let top = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return top }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && isBefore(heap[child], heap[least]) {
                least = child
            }
            guard least != parent else { return top }
            heap.swapAt(least, parent)
            parent = least
        }
    }

    /// Cheaper first; of equals the one found later, which reaches further to the left.
    private func isBefore(_ first: Int32, _ second: Int32) -> Bool {
        let (a, b) = (hypotheses[Int(first)].total, hypotheses[Int(second)].total)
        return a < b || a == b && first > second
    }
}
