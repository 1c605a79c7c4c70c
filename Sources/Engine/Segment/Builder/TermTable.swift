// The builder's terms: an open-addressing hash table over an arena of keys.
//
// A key is the field's id as two big-endian bytes, then the term, as in the term dictionary, so that
// sorting the keys by their bytes is the dictionary's order. The hash is seeded, so that nobody can choose
// terms that collide.
import CKernels
import Glibc

/// A term and what has been seen of it.
struct BuilderTerm {
    let keyStart: UInt32
    let keyByteCount: UInt16
    let hash: UInt32
    var documentFrequency: UInt32 = 0
    /// The last document, not yet in `documents`: most terms have one, and need no stream for it.
    var lastDocument: UInt32 = 0
    var lastFrequency: UInt32 = 0
    var writtenDocument: UInt32 = 0
    /// Per document but the last: gap * 2 + (the frequency is 1), then the frequency if it is not.
    var documents = SliceChain()
    /// Distances of positions inside each document.
    var positions = SliceChain()
}

/// Finds terms by field and bytes.
struct TermTable {
    private static let empty = UInt32.max

    var terms: [BuilderTerm] = []
    private(set) var keys: [UInt8] = []
    private var slots = [UInt32](repeating: TermTable.empty, count: 1 << 10)
    private let seed: UInt64

    init(seed: UInt64) { self.seed = seed }

    var memoryByteCount: Int {
        terms.capacity * MemoryLayout<BuilderTerm>.stride + keys.capacity + slots.capacity * 4
    }

    /// The number of a term, which is added if it is not there.
    @inline(__always)
    mutating func index(_ field: FieldID, _ term: UnsafeBufferPointer<UInt8>) -> Int {
        let fieldSeed = seed &+ UInt64(field.rawValue) &* 0x9E37_79B9_7F4A_7C15
        let hash = UInt32(truncatingIfNeeded: saekin_hash(term.baseAddress, term.count, fieldSeed))
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != Self.empty {
            let candidate = Int(slots[slot])
            if terms[candidate].hash == hash, isEqual(candidate, field, term) { return candidate }
            slot = (slot + 1) & mask
        }
        return insert(field, term, hash: hash, slot: slot)
    }

    private func isEqual(_ index: Int, _ field: FieldID, _ term: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = Int(terms[index].keyStart)
        guard Int(terms[index].keyByteCount) == term.count + 2 else { return false }
        return keys.withUnsafeBufferPointer { keys in
            // SAFETY: a term's key lies inside the arena: `insert` appended it there and nothing removes it.
            let key = keys.baseAddress! + start
            return key[0] == UInt8(field.rawValue >> 8) && key[1] == UInt8(field.rawValue & 0xFF)
                && memcmp(key + 2, term.baseAddress!, term.count) == 0
        }
    }

    private mutating func insert(
        _ field: FieldID, _ term: UnsafeBufferPointer<UInt8>, hash: UInt32, slot: Int
    ) -> Int {
        let index = terms.count
        terms.append(
            BuilderTerm(keyStart: UInt32(keys.count), keyByteCount: UInt16(term.count + 2), hash: hash))
        keys.append(UInt8(field.rawValue >> 8))
        keys.append(UInt8(field.rawValue & 0xFF))
        keys.append(contentsOf: term)
        slots[slot] = UInt32(index)
        if terms.count * 3 > slots.count * 2 { grow() }
        return index
    }

    private mutating func grow() {
        slots = [UInt32](repeating: Self.empty, count: slots.count * 2)
        let mask = slots.count - 1
        for index in terms.indices {
            var slot = Int(terms[index].hash) & mask
            while slots[slot] != Self.empty { slot = (slot + 1) & mask }
            slots[slot] = UInt32(index)
        }
    }

    /// The terms' numbers in key order.
    func sorted() -> [UInt32] {
        var entries: [(prefix: UInt64, index: UInt32)] = []
        entries.reserveCapacity(terms.count)
        keys.withUnsafeBufferPointer { keys in
            for (index, term) in terms.enumerated() {
                var prefix: UInt64 = 0
                for byte in 0..<8 {
                    let value = byte < Int(term.keyByteCount) ? keys[Int(term.keyStart) + byte] : 0
                    prefix = prefix << 8 | UInt64(value)
                }
                entries.append((prefix, UInt32(index)))
            }
            entries.sort { left, right in
                if left.prefix != right.prefix { return left.prefix < right.prefix }
                let (a, b) = (terms[Int(left.index)], terms[Int(right.index)])
                let shared = Int(min(a.keyByteCount, b.keyByteCount))
                let order = memcmp(
                    keys.baseAddress! + Int(a.keyStart), keys.baseAddress! + Int(b.keyStart), shared)
                return order != 0 ? order < 0 : a.keyByteCount < b.keyByteCount
            }
        }
        return entries.map(\.index)
    }

    /// The term's bytes without the field.
    func termBytes(_ index: Int) -> ArraySlice<UInt8> {
        let start = Int(terms[index].keyStart)
        return keys[start + 2..<start + Int(terms[index].keyByteCount)]
    }

    /// The term's field.
    func field(_ index: Int) -> FieldID {
        let start = Int(terms[index].keyStart)
        return FieldID(rawValue: UInt16(keys[start]) << 8 | UInt16(keys[start + 1]))
    }
}
