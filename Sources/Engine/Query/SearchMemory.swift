// Working memory of a search: a stretch of up to 65,536 documents with a bit and a score each, room for as
// many candidates, and decoded blocks for its cursors. It serves all segments of a search and is kept from
// one search to the next, because zeroing and allocating it cost more than many a search.

import Synchronization

/// Bits and sums of a stretch, all 0 between their uses, and memory whose content means nothing.
final class SearchMemory: @unchecked Sendable {
    // SAFETY (Sendable): `lend` gives it to one search at a time.
    /// The longest stretch.
    static let capacity = 65_536
    /// Cursors for whose blocks there is room.
    private static let cursorCount = 192

    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: SearchMemory.capacity / 64)
    let sums = UnsafeMutablePointer<Float>.allocate(capacity: SearchMemory.capacity)
    let documents = UnsafeMutablePointer<UInt32>.allocate(capacity: SearchMemory.capacity)
    let documentScores = UnsafeMutablePointer<Float>.allocate(capacity: SearchMemory.capacity)
    /// Places in a block.
    let places = UnsafeMutablePointer<UInt32>.allocate(capacity: PostingsCursor.blockCapacity)
    /// Two sets of a stretch, for counting.
    let sets = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * SearchMemory.capacity / 64)
    /// Slots of the window pass, between two passes.
    var bits = BitSlots()
    var slots = ScoreSlots()
    /// What facets read; made for the first one.
    private(set) lazy var facets = FacetWindow()
    private var linkMemory = UnsafeMutableBufferPointer<PostingsLink>(start: nil, count: 0)
    /// What a phrase works on; made for the first one.
    private(set) lazy var phrase = PhraseMemory()
    private let blocks = UnsafeMutablePointer<UInt32>.allocate(
        capacity: SearchMemory.cursorCount * TermCursor.blockValueCount)

    /// Searches at once beyond this allocate their own.
    private static let keptCountMax = 16
    private static let kept = Mutex<[SearchMemory]>([])

    private init() {
        words.initialize(repeating: 0, count: Self.capacity / 64)
        sums.initialize(repeating: 0, count: Self.capacity)
    }

    deinit {
        words.deallocate()
        sums.deallocate()
        documents.deallocate()
        documentScores.deallocate()
        places.deallocate()
        sets.deallocate()
        blocks.deallocate()
        linkMemory.deallocate()
    }

    /// Memory for so many lists of postings, whose content means nothing. It ends with the next call.
    func links(_ count: Int) -> UnsafeMutablePointer<PostingsLink> {
        if linkMemory.count < count || linkMemory.baseAddress == nil {
            linkMemory.deallocate()
            linkMemory = .allocate(capacity: max(count, 64))
        }
        return linkMemory.baseAddress!
    }

    /// Memory for the blocks of cursor `number`; nil where there is none left.
    func block(_ number: Int) -> UnsafeMutablePointer<UInt32>? {
        number < Self.cursorCount ? blocks + number * TermCursor.blockValueCount : nil
    }

    /// Lends memory for blocks to one cursor after another.
    struct BlockLender {
        private let memory: SearchMemory
        private var number = 0

        fileprivate init(_ memory: SearchMemory) { self.memory = memory }

        /// Memory for the blocks of one more cursor; nil where there is none left.
        mutating func next() -> UnsafeMutablePointer<UInt32>? {
            number += 1
            return memory.block(number - 1)
        }
    }

    /// A lender of all memory for blocks: only one at a time may be in use.
    var blockLender: BlockLender { BlockLender(self) }

    /// Lends memory to a search. What a failed search leaves behind is not used again.
    static func lend<Result>(_ body: (SearchMemory) throws -> Result) throws -> Result {
        let memory = kept.withLock { $0.popLast() } ?? SearchMemory()
        let result = try body(memory)
        kept.withLock { if $0.count < keptCountMax { $0.append(memory) } }
        return result
    }
}
