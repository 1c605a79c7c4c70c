// Decodes the positions of one block of postings.
//
// A block's positions are packs of 128 distances and a rest, patched runs, each behind its form. The first
// distance of a document counts from 0, so that adding up starts anew with each document.
import CKernels

/// The positions of the documents of one postings block; its memory is used again for the next.
public struct PositionsReader {
    private var positions: [UInt32] = []
    private var starts: [Int] = []
    /// Where the block's positions ended among those of the term.
    private(set) var endOffset = 0

    public init() {}

    /// Decodes the positions of the block on which a cursor stands.
    ///
    /// - Parameter frequencies: the block's frequencies, as `decodeFrequencies` wrote them.
    /// - Throws: `damaged` when there are fewer positions than occurrences.
    /// - Precondition: the term's field is a text field.
    public mutating func load(
        _ cursor: PostingsCursor, frequencies: UnsafePointer<UInt32>
    ) throws(SegmentError) {
        precondition(cursor.hasPositions, "the term's field has no positions")
        starts.removeAll(keepingCapacity: true)
        var total = 0
        for index in 0..<cursor.blockCount {
            starts.append(total)
            total += Int(frequencies[index])
        }
        starts.append(total)
        if let position = cursor.singletonPosition {
            positions = [position]
            endOffset = 0
            return
        }
        try decode(cursor, total)
        for index in 0..<cursor.blockCount {
            var last: UInt32 = 0
            for place in starts[index]..<starts[index + 1] {
                last &+= positions[place]
                positions[place] = last
            }
        }
    }

    private mutating func decode(_ cursor: PostingsCursor, _ total: Int) throws(SegmentError) {
        let view = cursor.positions
        var offset = cursor.positionsOffset
        // A pack has at least its width byte, which bounds what a damaged frequency can ask for.
        guard offset <= view.count, (total + 127) / 128 <= view.count - offset else {
            throw cursor.damagedPositions("a block of postings has more occurrences than positions")
        }
        let room = (total + 127) / 128 * 128
        if positions.count < room {
            positions.append(contentsOf: repeatElement(0, count: room - positions.count))
        }
        var done = 0
        while done < total {
            let count = min(128, total - done)
            guard offset < view.count else {
                throw cursor.damagedPositions("a pack of positions is cut")
            }
            let width = view.u8(offset) & ~PostingsFormat.flag
            var exceptions: UInt8 = 0
            if view.u8(offset) & PostingsFormat.flag != 0, offset + 1 < view.count {
                offset += 1
                exceptions = view.u8(offset)
            }
            let byteCount = patchedByteCount(count, width: width, exceptions: exceptions)
            guard width <= 32, exceptions <= PostingsFormat.positionExceptionCountMax,
                view.contains(offset + 1, byteCount)
            else { throw cursor.damagedPositions("a pack of positions is cut") }
            positions.withUnsafeMutableBufferPointer { positions in
                // SAFETY: the pack lies inside the view, and `positions` has room for whole packs.
                saekin_unpack_patched(
                    view.base + offset + 1, UInt32(count), UInt32(width), UInt32(exceptions),
                    positions.baseAddress! + done)
            }
            offset += 1 + byteCount
            done += count
        }
        endOffset = offset
    }

    /// The positions of the block's document number `index`, ascending.
    public func positions(at index: Int) -> ArraySlice<UInt32> {
        positions[starts[index]..<starts[index + 1]]
    }

    /// Hands the positions of the block's document number `index` to `body`, without a reference being
    /// counted.
    @inlinable
    public func withPositions<Result>(
        at index: Int, _ body: (UnsafeBufferPointer<UInt32>) -> Result
    ) -> Result {
        let range = range(at: index)
        return withAll { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    @usableFromInline
    func range(at index: Int) -> Range<Int> { starts[index]..<starts[index + 1] }

    @usableFromInline
    func withAll<Result>(_ body: (UnsafeBufferPointer<UInt32>) -> Result) -> Result {
        positions.withUnsafeBufferPointer(body)
    }
}
