// The positions of one block of postings, of which no more is unpacked than documents ask for.
//
// A block's positions are packs of up to 128 distances (see PositionsReader). Documents are asked for in
// ascending order: packs before theirs are passed, those behind wait.
import CKernels

/// The memory of a block: where each document's distances end, and the distances.
final class PositionsMemory: @unchecked Sendable {
    // SAFETY (Sendable): a reader is used by one thread at a time, and its memory with it.
    let ends = UnsafeMutablePointer<UInt32>.allocate(capacity: PostingsCursor.blockCapacity)
    private(set) var distances = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
    private var capacity = 256

    init() { ends.initialize(repeating: 0, count: PostingsCursor.blockCapacity) }

    deinit {
        ends.deallocate()
        distances.deallocate()
    }

    /// Makes room; what was there is lost.
    func reserve(_ count: Int) {
        if count <= capacity { return }
        distances.deallocate()
        capacity = max(count, 2 * capacity)
        distances = .allocate(capacity: capacity)
    }
}

/// Reads positions of documents of one term, block after block.
struct PositionsBlock {
    private let memory: PositionsMemory
    private var block = DocID.noMoreDocuments
    private var hasEnds = false
    /// The packs of the block, and how far they are unpacked.
    private(set) var packs = saekin_position_packs()

    /// - Parameter memory: memory that no other reader uses as long as this one.
    init(memory: PositionsMemory = PositionsMemory()) { self.memory = memory }

    // SAFETY: the memory lives as long as the reader; distances move when a block is loaded.
    /// By place, how many distances the documents up to it have; nil where each has one.
    var ends: UnsafeMutablePointer<UInt32>? { hasEnds ? memory.ends : nil }
    /// Room for the distances of the block, in whole packs.
    var distances: UnsafeMutablePointer<UInt32> { memory.distances }

    /// Makes ready for the block on which a cursor stands; false when it is the one of before.
    ///
    /// - Throws: `damaged` when there are certainly fewer positions than occurrences.
    /// - Precondition: the term's field is a text field.
    mutating func load(_ cursor: borrowing PostingsCursor) throws(SegmentError) -> Bool {
        if block == cursor.blockLastDocument { return false }
        block = .noMoreDocuments
        hasEnds = !cursor.hasOnlySingleOccurrences
        var total = cursor.blockCount
        if hasEnds {
            try cursor.decodeEnds(into: memory.ends)
            total = Int(memory.ends[cursor.blockCount - 1])
        }
        let packCount = (total + 127) / 128
        if let position = cursor.singletonPosition {
            memory.distances[0] = position
            packs = saekin_position_packs(bytes: nil, byte_count: 0, total: total, pack: packCount, offset: 0)
        } else {
            let view = cursor.positions
            let offset = cursor.positionsOffset
            // A pack has at least its form, which bounds what a damaged frequency can ask for.
            guard offset <= view.count, packCount <= view.count - offset else {
                throw cursor.damagedPositions("a block of postings has more occurrences than positions")
            }
            memory.reserve(packCount * 128)
            packs = saekin_position_packs(
                bytes: view.base + offset, byte_count: view.count - offset, total: total, pack: 0, offset: 0)
        }
        block = cursor.blockLastDocument
        return true
    }

    /// Appends the positions of the block's document number `place`, ascending. Documents are asked for in
    /// ascending order.
    ///
    /// - Throws: `damaged` when positions are cut.
    /// - Precondition: the cursor's block is loaded, and `place` is below its count.
    mutating func append(
        _ place: Int, _ cursor: borrowing PostingsCursor, to positions: inout [UInt32]
    ) throws(SegmentError) {
        let (count, last) = (cursor.blockCount, cursor.blockLastDocument)
        precondition(place >= 0 && place < count && block == last)
        let start = hasEnds ? (place > 0 ? Int(memory.ends[place - 1]) : 0) : place
        let end = hasEnds ? Int(memory.ends[place]) : place + 1
        // SAFETY: `load` made room for the block's distances; ends ascend up to their total.
        guard saekin_unpack_positions(&packs, start, end, memory.distances) == 1 else {
            throw cursor.damagedPositions("a pack of positions is cut")
        }
        var position: UInt32 = 0
        for index in start..<end {
            position &+= memory.distances[index]
            positions.append(position)
        }
    }
}
