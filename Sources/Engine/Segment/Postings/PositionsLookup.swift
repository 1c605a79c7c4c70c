// The positions of single documents of a block, without decoding those of the others.
//
// A block's positions are packs of up to 128 distances (see PositionsReader). Of a pack the first few
// distances asked for are read alone; one that is asked for more often is unpacked.
import CKernels

/// Reads positions of documents of one term, block after block.
struct PositionsLookup {
    private struct Pack {
        let offset: Int
        let count: Int
        let width: UInt8
        let exceptions: UInt8
    }

    /// Reads of single distances after which a pack is unpacked.
    private static let singleReadCountMax = 6

    /// The last document of the block that the members below belong to.
    private var block = DocID.noMoreDocuments
    /// Where each document's distances start, and where the last one's end; empty where all frequencies are
    /// 1.
    private var starts: [Int] = []
    private var total = 0
    /// The packs so far, and where the next starts.
    private var packs: [Pack] = []
    private var nextOffset = 0
    private var readCount = 0
    private var readPack = -1
    private var unpackedPack = -1
    private var unpacked = [UInt32](repeating: 0, count: 128)
    private var positions: [UInt32] = []

    /// Hands the positions of the block's document number `index`, ascending, to `body`.
    ///
    /// - Parameter frequencies: the block's frequencies; nil when all are 1.
    /// - Throws: `damaged` when there are fewer positions than occurrences.
    /// - Precondition: the term's field is a text field, and `index` is below the block's count.
    mutating func withPositions<Result>(
        _ cursor: borrowing PostingsCursor, at index: Int, frequencies: UnsafePointer<UInt32>?,
        _ body: (UnsafeBufferPointer<UInt32>) -> Result
    ) throws(SegmentError) -> Result {
        if let position = cursor.singletonPosition {
            return withUnsafePointer(to: position) { body(UnsafeBufferPointer(start: $0, count: 1)) }
        }
        if block != cursor.blockLastDocument { begin(cursor, frequencies) }
        let start = starts.isEmpty ? index : starts[index]
        let end = starts.isEmpty ? index + 1 : starts[index + 1]
        positions.removeAll(keepingCapacity: true)
        var last: UInt32 = 0
        for place in start..<end {
            last &+= try distance(cursor, place)
            positions.append(last)
        }
        return positions.withUnsafeBufferPointer(body)
    }

    private mutating func begin(_ cursor: borrowing PostingsCursor, _ frequencies: UnsafePointer<UInt32>?) {
        block = cursor.blockLastDocument
        packs.removeAll(keepingCapacity: true)
        nextOffset = cursor.positionsOffset
        readPack = -1
        unpackedPack = -1
        starts.removeAll(keepingCapacity: true)
        total = cursor.blockCount
        guard let frequencies else { return }
        total = 0
        for index in 0..<cursor.blockCount {
            starts.append(total)
            total += Int(frequencies[index])
        }
        starts.append(total)
    }

    private mutating func distance(
        _ cursor: borrowing PostingsCursor, _ place: Int
    ) throws(SegmentError) -> UInt32 {
        let number = place / 128
        if number == unpackedPack { return unpacked[place % 128] }
        while packs.count <= number { try readHeader(cursor) }
        let pack = packs[number]
        readCount = number == readPack ? readCount + 1 : 1
        readPack = number
        let base = cursor.positions.base + pack.offset
        // SAFETY: `readHeader` compared the pack's length with the view; a pack has at most 128 values.
        if readCount <= Self.singleReadCountMax {
            return saekin_patched_value(
                base, UInt32(pack.count), UInt32(pack.width), UInt32(pack.exceptions), UInt32(place % 128))
        }
        unpacked.withUnsafeMutableBufferPointer { unpacked in
            saekin_unpack_patched(
                base, UInt32(pack.count), UInt32(pack.width), UInt32(pack.exceptions), unpacked.baseAddress)
        }
        unpackedPack = number
        return unpacked[place % 128]
    }

    private mutating func readHeader(_ cursor: borrowing PostingsCursor) throws(SegmentError) {
        let view = cursor.positions
        let count = min(128, total - packs.count * 128)
        guard count > 0, nextOffset < view.count else {
            throw cursor.damagedPositions("a block of postings has more occurrences than positions")
        }
        let width = view.u8(nextOffset) & ~PostingsFormat.flag
        var offset = nextOffset + 1
        var exceptions: UInt8 = 0
        if view.u8(nextOffset) & PostingsFormat.flag != 0, offset < view.count {
            exceptions = view.u8(offset)
            offset += 1
        }
        let byteCount = patchedByteCount(count, width: width, exceptions: exceptions)
        guard width <= 32, exceptions <= PostingsFormat.positionExceptionCountMax,
            view.contains(offset, byteCount)
        else { throw cursor.damagedPositions("a pack of positions is cut") }
        packs.append(Pack(offset: offset, count: count, width: width, exceptions: exceptions))
        nextOffset = offset + byteCount
    }
}
