// The best k of a stream, as a heap with the worst on top.

/// What hits are ordered by inside one segment; greater is better.
protocol HitRank: Comparable, Sendable {}

extension Float: HitRank {}

/// Score, then key: one comparison of 64 bits.
struct ScoreRank: HitRank {
    private let packed: UInt64

    /// How many bits the key takes: a doubled ordinal has 33.
    private static let keyBitCount: UInt64 = 33
    private static let keyMask: UInt64 = (1 << keyBitCount) - 1

    /// `score` is not negative; the lower key wins a tie.
    @inline(__always)
    init(score: Float, keyOrdinal: UInt32) {
        self.init(score: score, doubledKey: UInt64(keyOrdinal) * 2 + 1)
    }

    /// `doubledKey` is twice the key's ordinal plus one, or the even number below for a key between two
    /// ordinals.
    @inline(__always)
    init(score: Float, doubledKey: UInt64) {
        // The bits of floats that are not negative are in the order of their values, and their sign bit is 0.
        packed = UInt64(score.bitPattern) << Self.keyBitCount | (~doubledKey & Self.keyMask)
    }

    var score: Float { Float(bitPattern: UInt32(packed >> Self.keyBitCount)) }

    @inline(__always)
    static func < (a: ScoreRank, b: ScoreRank) -> Bool { a.packed < b.packed }
}

/// Up to three sort keys, then score and key.
struct FieldRank: HitRank {
    /// Greater is better; only compared where both are present.
    var values: (UInt64, UInt64, UInt64) = (0, 0, 0)
    /// A bit per sort key, the first in bit 2: a present value beats a missing one.
    var presence: UInt8 = 0
    let tail: ScoreRank

    init(tail: ScoreRank) {
        self.tail = tail
    }

    mutating func set(_ index: Int, _ value: UInt64) {
        presence |= 4 >> UInt8(index)
        switch index {
        case 0: values.0 = value
        case 1: values.1 = value
        default: values.2 = value
        }
    }

    static func < (a: FieldRank, b: FieldRank) -> Bool {
        if (a.presence ^ b.presence) & 4 != 0 { return a.presence & 4 == 0 }
        if a.values.0 != b.values.0 { return a.values.0 < b.values.0 }
        if (a.presence ^ b.presence) & 2 != 0 { return a.presence & 2 == 0 }
        if a.values.1 != b.values.1 { return a.values.1 < b.values.1 }
        if (a.presence ^ b.presence) & 1 != 0 { return a.presence & 1 == 0 }
        if a.values.2 != b.values.2 { return a.values.2 < b.values.2 }
        return a.tail < b.tail
    }

    static func == (a: FieldRank, b: FieldRank) -> Bool {
        !(a < b) && !(b < a)
    }
}

/// Keeps the best `capacity` of what is offered.
struct TopHits<Rank: HitRank>: Sendable {
    struct Entry: Sendable {
        let rank: Rank
        let document: UInt32
    }

    let capacity: Int
    private(set) var entries: [Entry] = []

    init(capacity: Int) {
        self.capacity = capacity
        entries.reserveCapacity(min(capacity, 1_024))
    }

    /// Forgets all hits and keeps their memory.
    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    var isFull: Bool { entries.count >= capacity }

    /// The rank that a newcomer must exceed; nil while there is room.
    var worst: Rank? { isFull ? entries.first?.rank : nil }

    /// Keeps the entry if it is among the best so far. O(log capacity).
    mutating func offer(_ rank: Rank, _ document: UInt32) {
        if entries.count < capacity {
            entries.append(Entry(rank: rank, document: document))
            siftUp(entries.count - 1)
        } else if capacity > 0, entries[0].rank < rank {
            entries[0] = Entry(rank: rank, document: document)
            siftDown(0)
        }
    }

    /// The entries, best first.
    func sorted() -> [Entry] {
        entries.sorted { $1.rank < $0.rank }
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].rank < entries[parent].rank else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < entries.count, entries[left].rank < entries[least].rank { least = left }
            if left + 1 < entries.count, entries[left + 1].rank < entries[least].rank { least = left + 1 }
            guard least != parent else { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
