// Walks the terms of a field in byte order: the way of prefix expansion, automata and merging.

/// Steps through the terms of a field. Keeps its segment alive.
public struct TermWalk {
    private let segment: Segment
    private let field: FieldEntry?
    private var scan: TermBlockScan?
    /// The number among all terms of the segment of the term that `next` will read.
    private var nextOrdinal: UInt64
    private var key: [UInt8] = []
    /// The term at which the walk stands, after `next` returned true.
    public private(set) var entry: TermEntry

    /// A walk that stands before the first term.
    init(_ segment: Segment, _ field: FieldID) {
        self.segment = segment
        self.field = segment.fields[field]
        nextOrdinal = UInt64(self.field?.firstOrdinal ?? 0)
        entry = TermEntry(field: field, ordinal: 0)
    }

    /// The bytes of the term at which the walk stands.
    public var term: ArraySlice<UInt8> { key.dropFirst(2) }

    /// Moves to the next term; false behind the last.
    public mutating func next() throws(SegmentError) -> Bool {
        guard let field, nextOrdinal < UInt64(field.firstOrdinal) + UInt64(field.termCount) else {
            return false
        }
        if scan == nil || nextOrdinal % UInt64(SegmentFormat.termBlockCount) == 0 {
            try beginBlock(Int(nextOrdinal) / SegmentFormat.termBlockCount)
            for _ in 0..<nextOrdinal % UInt64(SegmentFormat.termBlockCount) { try step() }
        }
        try step()
        guard key.count >= 2, key[0] == UInt8(field.definition.id.rawValue >> 8),
            key[1] == UInt8(field.definition.id.rawValue & 0xFF), let scan
        else {
            throw segment.terms.damaged(scan?.offset ?? 0, "a term belongs to another field than its ordinal")
        }
        entry = try segment.terms.entry(
            scan, field: field.definition.id, ordinal: UInt32(nextOrdinal) - field.firstOrdinal)
        nextOrdinal += 1
        return true
    }

    /// Moves to the first term that is not less than `term`; false when there is none.
    ///
    /// - Complexity: O(log terms), one block decoded.
    public mutating func seek(_ term: [UInt8]) throws(SegmentError) -> Bool {
        guard let field else { return false }
        scan = nil
        key.removeAll(keepingCapacity: true)
        let id = field.definition.id
        let block = term.withUnsafeBufferPointer { segment.terms.blockNumber(TermKey(field: id, term: $0)) }
        guard let block else { return false }
        nextOrdinal = max(UInt64(block * SegmentFormat.termBlockCount), UInt64(field.firstOrdinal))
        while try next() {
            if !self.term.lexicographicallyPrecedes(term) { return true }
        }
        return false
    }

    private mutating func beginBlock(_ number: Int) throws(SegmentError) {
        let (bytes, offset) = try segment.terms.block(number)
        scan = try TermBlockScan(segment.terms, bytes, blockOffset: offset)
    }

    /// Reads a key, which must be greater than the one before: merging relies on it.
    private mutating func step() throws(SegmentError) {
        guard try scan?.next() != nil, let scan else { return }
        let suffix = scan.suffix.buffer
        let ascends = key[min(scan.shared, key.count)...].lexicographicallyPrecedes(suffix)
        guard ascends, scan.shared <= key.count else {
            throw segment.terms.damaged(scan.offset, "terms do not ascend")
        }
        key.removeLast(key.count - scan.shared)
        key.append(contentsOf: suffix)
    }
}
