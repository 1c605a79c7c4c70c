// Least-cost split of a run of Hangul syllables into morphemes (Viterbi over the dictionary's words).
// Positions are handled from left to right; at each, the words that begin there are found by walking the
// trie once, and each takes the cheapest left neighbour. Two prunings change nothing in the result: of
// nodes over one stretch with the same right context only the cheapest is kept, and the cheapest neighbour
// is computed once for each left context. What else competes with the least-cost path is read off the same
// nodes, see `Lattice+Rivals.swift`.

/// A morpheme on the least-cost path.
struct PathMorpheme: Equatable {
    /// Index in the dictionary's morphemes; -1 for a stretch that it does not know; see `userWord` for
    /// lesser.
    var morpheme: Int32
    var start: UInt8
    var end: UInt8

    /// The index of the user's word, if it is one.
    var userWord: Int? { morpheme <= Lattice.firstUserWord ? Int(Lattice.firstUserWord - morpheme) : nil }
}

/// Working memory of the search, reused from run to run.
final class Lattice {
    /// Longest run that is searched at once; a longer one is cut here, so that memory and time are bounded.
    static let maximumLength = 128
    /// Longest stretch of syllables in no word that becomes one unknown word.
    static let maximumUnknownLength = 8
    /// Lengths of the words that a run may begin with though the dictionary cuts it into others, and what
    /// such a word costs. A syllable more costs as much as a noun of the dictionary, so that in 우븐팬츠 only
    /// 우븐 is coined.
    static let coinedLengths = 2...8
    private static let coinedCost: Int32 = 4_000
    private static let coinedCostOfSyllable: Int32 = 2_000
    /// What an adverb inside of a run costs more: an adverb is written apart from what goes before it.
    static let innerAdverbCost: Int32 = 1_500
    /// What a prefix at the end of a run costs more: it stands before something.
    static let lastPrefixCost: Int32 = 3_000
    /// What stands for the user's word 0; further ones count down from it.
    static let firstUserWord: Int32 = -3

    struct Node {
        var total: Int32
        var previous: Int32
        /// Next node with the same end, -1 for the last.
        var next: Int32
        var morpheme: Int32
        var right: UInt16
        var start: UInt8
    }

    private struct Best {
        var stamp: UInt32
        var total: Int32
        var previous: Int32
    }

    private(set) var nodes: UnsafeMutablePointer<Node>
    private var capacity = 4096
    private var nodeCount = 0
    /// First node that ends at each position.
    let heads: UnsafeMutablePointer<Int32>
    /// Cheapest left neighbour by left context; valid where the stamp is the current one.
    private let best: UnsafeMutablePointer<Best>
    private var stamp: UInt32 = 0
    /// Whether the run is read as part of a sentence.
    private var isSentence = false
    let dictionary: MorphologicalDictionary
    let view: DictionaryView
    /// Words beside the dictionary.
    let user: UserDictionary
    let properNoun: ProperNounContext
    /// The path found last.
    private(set) var path: [PathMorpheme] = []
    /// Working memory of the search for rivals.
    var hypotheses: [Hypothesis] = []
    var heap: [Int32] = []
    /// Its cost, the connection to the end of the run included.
    private(set) var cost: Int32 = 0

    init(_ dictionary: MorphologicalDictionary, user: UserDictionary = .empty) {
        self.dictionary = dictionary
        self.user = user
        properNoun = ProperNounContext(dictionary)
        view = dictionary.view
        nodes = .allocate(capacity: capacity)
        heads = .allocate(capacity: Self.maximumLength + 1)
        best = .allocate(capacity: dictionary.layout.leftCount)
        best.initialize(repeating: Best(stamp: 0, total: 0, previous: 0), count: dictionary.layout.leftCount)
        path.reserveCapacity(Self.maximumLength)
    }

    deinit {
        nodes.deallocate()
        heads.deallocate()
        best.deallocate()
    }

    /// Finds the least-cost path through 1 to `maximumLength` composed syllables and leaves it in `path`.
    /// `previous` is given where the run is read as part of a sentence: the right context before it. With
    /// `coined`, the run may begin with a word that the dictionary does not know, whatever it knows there.
    func search(
        _ units: UnsafeBufferPointer<UInt16>, context: LeftContext, previous: UInt16? = nil,
        coined: Bool = false
    ) {
        let length = units.count
        precondition(length > 0 && length <= Self.maximumLength)
        for position in 0...length { heads[position] = -1 }
        nodeCount = 0
        let right = previous ?? dictionary.contextRights[Int(context.rawValue)]
        isSentence = previous != nil
        add(Node(total: 0, previous: -1, next: -1, morpheme: -2, right: right, start: 0), end: 0)
        for position in 0..<length where heads[position] >= 0 {
            nextStamp()
            if coined, position == 0 { addCoined(units) }
            extend(units, from: position, penalized: position == 0 && context == .space)
        }
        finish(length)
    }

    private func nextStamp() {
        stamp &+= 1
        guard stamp == 0 else { return }
        // The counter came round: forget stamps of old.
        for left in 0..<dictionary.layout.leftCount { best[left].stamp = 0 }
        stamp = 1
    }

    /// Adds a node for every word that begins at `position`.
    private func extend(_ units: UnsafeBufferPointer<UInt16>, from position: Int, penalized: Bool) {
        var found = false
        var walk = TrieWalk(view)
        var end = position
        // SAFETY: units are composed syllables, which the caller's category says; `walk` only follows checked
        // cells.
        while end < units.count, walk.step(units[end]) {
            end &+= 1
            guard let (first, count) = walk.value else { continue }
            found = true
            if nodeCount &+ count > capacity { grow() }
            for index in first..<first &+ count {
                let morpheme = view.morphemes[index]
                let (total, previous) = cheapest(before: morpheme.left, at: position)
                let penalty = penalized ? dictionary.penalties[Int(morpheme.penalty)] : 0
                var own = Int32(morpheme.cost) &+ penalty
                if isSentence { own &-= Self.relief(of: morpheme.tag) }
                if position > 0, morpheme.tagValue == PartOfSpeech.MAG.rawValue {
                    own &+= Self.innerAdverbCost
                }
                if end == units.count, morpheme.tagValue == PartOfSpeech.XPN.rawValue {
                    own &+= Self.lastPrefixCost
                }
                let node = Node(
                    total: total &+ own, previous: previous, next: -1,
                    morpheme: Int32(truncatingIfNeeded: index), right: morpheme.right,
                    start: UInt8(truncatingIfNeeded: position))
                add(node, end: end)
            }
        }
        if !user.isEmpty, addUserWords(units, from: position) { found = true }
        if !found { addUnknown(units, from: position) }
    }

    /// A node for each of the user's words that begin at `position`; whether there were any.
    private func addUserWords(_ units: UnsafeBufferPointer<UInt16>, from position: Int) -> Bool {
        var found = false
        for index in user.candidates(units[position]) {
            guard let length = user.match(index, units, at: position) else { continue }
            found = true
            if nodeCount == capacity { grow() }
            let (total, previous) = cheapest(before: properNoun.left, at: position)
            let node = Node(
                total: total &+ user.words[index].cost, previous: previous, next: -1,
                morpheme: Self.firstUserWord - Int32(truncatingIfNeeded: index),
                right: properNoun.right(behind: units[position + length - 1]),
                start: UInt8(truncatingIfNeeded: position))
            add(node, end: position + length)
        }
        return found
    }

    /// One unknown word for each length from one syllable to the whole stretch in which no word begins.
    private func addUnknown(_ units: UnsafeBufferPointer<UInt16>, from position: Int) {
        let (total, previous) = cheapest(before: dictionary.unknownLeft, at: position)
        var end = position
        repeat {
            end += 1
            if nodeCount == capacity { grow() }
            let node = Node(
                total: total &+ Int32(dictionary.unknownCost), previous: previous, next: -1, morpheme: -1,
                right: dictionary.unknownRight, start: UInt8(truncatingIfNeeded: position))
            add(node, end: end)
        } while end < units.count && end - position < Self.maximumUnknownLength && !beginsWord(units, at: end)
    }

    /// Whether a run that costs `cost` by the dictionary is dear enough to begin with a word that is coined.
    static func mayBeCoined(at cost: Int32) -> Bool { cost > coinedCost(of: coinedLengths.lowerBound) }

    /// What a coined word of so many syllables costs.
    static func coinedCost(of length: Int) -> Int32 {
        coinedCost &+ coinedCostOfSyllable &* Int32(truncatingIfNeeded: length)
    }

    /// A word that the dictionary does not know at the beginning of the run, in every length. Particles stand
    /// behind it as behind a name.
    private func addCoined(_ units: UnsafeBufferPointer<UInt16>) {
        let (total, previous) = cheapest(before: properNoun.left, at: 0)
        for length in Self.coinedLengths where length <= units.count {
            if nodeCount == capacity { grow() }
            let node = Node(
                total: total &+ Self.coinedCost(of: length), previous: previous, next: -1, morpheme: -1,
                right: properNoun.right(behind: units[length - 1]), start: 0)
            add(node, end: length)
        }
    }

    private func beginsWord(_ units: UnsafeBufferPointer<UInt16>, at position: Int) -> Bool {
        if user.candidates(units[position]).contains(where: { user.match($0, units, at: position) != nil }) {
            return true
        }
        var walk = TrieWalk(view)
        var end = position
        while end < units.count, walk.step(units[end]) {
            if walk.value != nil { return true }
            end += 1
        }
        return false
    }

    /// The cheapest node ending at `position`, with its connection to the left context.
    @inline(__always)
    private func cheapest(before left: UInt16, at position: Int) -> (total: Int32, previous: Int32) {
        // SAFETY: left contexts are below leftCount, right contexts below rightCount: checked when opening.
        let known = best[Int(left)]
        if known.stamp == stamp { return (known.total, known.previous) }
        let row = view.costs + view.rightCount &* Int(left)
        var total = Int32.max
        var previous: Int32 = -1
        var index = heads[position]
        while index >= 0 {
            let node = nodes[Int(index)]
            let sum = node.total &+ Int32(row[Int(node.right)])
            if sum < total {
                total = sum
                previous = index
            }
            index = node.next
        }
        best[Int(left)] = Best(stamp: stamp, total: total, previous: previous)
        return (total, previous)
    }

    /// What a morpheme costs less in a sentence. The dictionary counts 700 for every morpheme, because names
    /// are rather whole than cut; sentences have the particles and endings that the model expects, and
    /// affixes lie between the two.
    @inline(__always)
    private static func relief(of tag: PartOfSpeech) -> Int32 {
        if tag.isGrammar { return 700 }
        return tag == .XPN || tag == .XSN || tag == .XSV || tag == .XSA ? 350 : 0
    }

    /// Adds a node, or puts it in the place of a dearer one over the same stretch with the same right
    /// context. Of readings that cost the same the first counts; see `DictionaryBuilder` for their order.
    @inline(__always)
    private func add(_ node: Node, end: Int) {
        // SAFETY: the callers have made room for one more node; `end` is at most the run's length.
        var index = heads[end]
        while index >= 0 {
            let other = nodes + Int(index)
            if other.pointee.right == node.right, other.pointee.start == node.start {
                if node.total < other.pointee.total {
                    let next = other.pointee.next
                    other.pointee = node
                    other.pointee.next = next
                }
                return
            }
            index = other.pointee.next
        }
        let place = nodes + nodeCount
        place.initialize(to: node)
        place.pointee.next = heads[end]
        heads[end] = Int32(truncatingIfNeeded: nodeCount)
        nodeCount &+= 1
    }

    private func grow() {
        let larger = UnsafeMutablePointer<Node>.allocate(capacity: capacity * 2)
        // SAFETY: both blocks hold at least nodeCount nodes, and do not overlap.
        larger.moveInitialize(from: nodes, count: nodeCount)
        nodes.deallocate()
        nodes = larger
        capacity *= 2
    }

    private func finish(_ length: Int) {
        var end = length
        nextStamp()
        let (total, last) = cheapest(before: dictionary.endingLeft, at: length)
        cost = total
        path.removeAll(keepingCapacity: true)
        var index = last
        while index >= 0, nodes[Int(index)].morpheme != -2 {
            let node = nodes[Int(index)]
            path.append(
                PathMorpheme(morpheme: node.morpheme, start: node.start, end: UInt8(truncatingIfNeeded: end)))
            end = Int(node.start)
            index = node.previous
        }
        path.reverse()
    }
}

/// A walk down the trie, one syllable a step.
struct TrieWalk {
    private let view: DictionaryView
    private var cell = 0
    private var base: UInt32

    init(_ view: DictionaryView) {
        self.view = view
        base = UInt32(truncatingIfNeeded: view.cells[0])
    }

    /// Goes on by one composed syllable; false where no word goes on so.
    @inline(__always)
    mutating func step(_ unit: UInt16) -> Bool {
        // SAFETY: the unit is a composed syllable, so the code table has it; base + any code lies inside of
        // the cells.
        let code = view.codes[Int(unit) &- DictionaryFormat.firstSyllable]
        guard code != 0, base & DictionaryFormat.leafFlag == 0 else { return false }
        let child = Int(base & DictionaryFormat.baseMask) &+ Int(code)
        let found = view.cells[child]
        guard UInt32(truncatingIfNeeded: found >> 32) == UInt32(truncatingIfNeeded: cell) else {
            return false
        }
        cell = child
        base = UInt32(truncatingIfNeeded: found)
        return true
    }

    /// First morpheme and number of morphemes of the word that ends here, nil if none does.
    @inline(__always)
    var value: (first: Int, count: Int)? {
        let value: UInt32
        if base & DictionaryFormat.leafFlag != 0 {
            value = base
        } else if base & DictionaryFormat.valueFlag != 0 {
            // SAFETY: as in `step`, with code 0.
            value = UInt32(truncatingIfNeeded: view.cells[Int(base & DictionaryFormat.baseMask)])
        } else {
            return nil
        }
        let count = Int(value & 0xFF)
        return count == 0 ? nil : (Int((value & DictionaryFormat.baseMask) >> 8), count)
    }
}
