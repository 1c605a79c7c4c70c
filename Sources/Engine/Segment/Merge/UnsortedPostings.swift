// The postings of one term of a merge whose documents change their order: collected, sorted, written.
import CKernels

/// Postings of one term in any order. The memory is used again for the next term.
struct UnsortedPostings {
    /// The document in the upper half, the place of its frequency in the lower: sorting moves eight bytes a
    /// document, whatever else belongs to it.
    private var keys: [UInt64] = []
    private var scratch: [UInt64] = []
    private var frequencies: [UInt32] = []
    private var starts: [Int] = []
    private var positions: [UInt32] = []
    private let documentBits: UInt32

    init(documentCount: UInt32) {
        documentBits = UInt32(UInt32.bitWidth - documentCount.leadingZeroBitCount)
    }

    /// Adds a block of postings; `noMoreDocuments` stands for a document that is left out.
    mutating func add(
        _ documents: [UInt32], _ blockFrequencies: [UInt32], count: Int, positions reader: PositionsReader?
    ) {
        let base = positions.count
        if let reader {
            let occurrenceCount = reader.range(at: count - 1).upperBound
            reader.withAll { positions.append(contentsOf: $0.prefix(occurrenceCount)) }
        }
        for index in 0..<count where documents[index] != .noMoreDocuments {
            keys.append(UInt64(documents[index]) << 32 | UInt64(frequencies.count))
            frequencies.append(blockFrequencies[index])
            if let reader { starts.append(base + reader.range(at: index).lowerBound) }
        }
    }

    /// Writes the postings by document, and forgets them.
    mutating func drain(hasPositions: Bool, to writer: inout SegmentWriter) throws(SegmentError) {
        if scratch.count < keys.count { scratch = [UInt64](repeating: 0, count: keys.capacity) }
        saekin_sort_by_high_word(&keys, keys.count, documentBits, &scratch)
        for key in keys {
            let place = Int(key & UInt64(UInt32.max))
            let frequency = frequencies[place]
            let start = hasPositions ? starts[place] : 0
            try writer.addPosting(
                DocID(key >> 32), frequency: frequency,
                positions: positions[start..<(hasPositions ? start + Int(frequency) : start)])
        }
        keys.removeAll(keepingCapacity: true)
        frequencies.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
    }
}
