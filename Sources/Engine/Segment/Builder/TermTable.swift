// The builder's terms: an open-addressing hash table over an arena of keys.
//
// A key is the field's id as two big-endian bytes, then the term, as in the term dictionary, so that
// sorting the keys by their bytes is the dictionary's order. The hash is seeded, so that nobody can choose
// terms that collide.
import CKernels
import Glibc

/// A term and what has been seen of it.
struct BuilderTerm: BitwiseCopyable {
    let keyStart: UInt32
    let keyByteCount: UInt32
    let hash: UInt32
    var documentFrequency: UInt32 = 0
    var lastDocument: UInt32 = 0
    /// Text: the last position in the last document. Keyword: the last document that is in the stream.
    var last: UInt32 = 0
    /// See `TermPostings`.
    var postings = SliceChain()
}

/// Finds terms by field and bytes.
struct TermTable: ~Copyable {
    private static let firstSlotCount = 1 << 10

    private(set) var terms = PageBuffer<BuilderTerm>()
    private var keys = PageBuffer<UInt8>()
    /// The hash in the high half, the term's number plus 1 in the low half; 0 where there is no term.
    private var slots = PageBuffer<UInt64>()
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
        clearSlots(Self.firstSlotCount)
    }

    var count: Int { terms.count }
    var keyByteCount: Int { keys.count }
    var memoryByteCount: Int { terms.byteCount + keys.byteCount + slots.byteCount }

    /// A term by its number.
    ///
    /// - Precondition: the number came from `index` or `find`.
    subscript(index: Int) -> BuilderTerm {
        _read {
            assert(index < terms.count)
            yield terms.base[index]
        }
        _modify {
            assert(index < terms.count)
            // SAFETY: numbers are given to terms that are there, and terms are not removed.
            yield &terms.base[index]
        }
    }

    /// The number of a term, which is added if it is not there.
    @inline(__always)
    mutating func index(_ field: FieldID, _ term: UnsafeBufferPointer<UInt8>) -> Int {
        let hash = hash(field, term)
        let slot = slot(hash, field, term)
        let found = slots.base[slot]
        if found != 0 { return Int(truncatingIfNeeded: found & 0xFFFF_FFFF) - 1 }
        return insert(field, term, hash: hash, slot: slot)
    }

    /// The number of a term that is there.
    func find(_ field: FieldID, _ term: UnsafeBufferPointer<UInt8>) -> Int? {
        let found = slots.base[slot(hash(field, term), field, term)]
        return found == 0 ? nil : Int(truncatingIfNeeded: found & 0xFFFF_FFFF) - 1
    }

    @inline(__always)
    private func hash(_ field: FieldID, _ term: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let fieldSeed = seed &+ UInt64(field.rawValue) &* 0x9E37_79B9_7F4A_7C15
        return UInt32(truncatingIfNeeded: saekin_hash(term.baseAddress, term.count, fieldSeed))
    }

    /// The slot of the term, or the empty one where it belongs.
    @inline(__always)
    private func slot(_ hash: UInt32, _ field: FieldID, _ term: UnsafeBufferPointer<UInt8>) -> Int {
        // SAFETY: slots are a power of two, of which at most two thirds are taken.
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while true {
            let found = slots.base[slot]
            if found == 0 { return slot }
            if UInt32(truncatingIfNeeded: found >> 32) == hash,
                isEqual(Int(truncatingIfNeeded: found & 0xFFFF_FFFF) - 1, field, term)
            {
                return slot
            }
            slot = (slot + 1) & mask
        }
    }

    @inline(__always)
    private func isEqual(_ index: Int, _ field: FieldID, _ term: UnsafeBufferPointer<UInt8>) -> Bool {
        // SAFETY: a term's key lies inside the arena: `insert` appended it there and nothing removes it.
        let entry = terms.base + index
        guard Int(entry.pointee.keyByteCount) == term.count + 2, let bytes = term.baseAddress else {
            return false
        }
        let key = keys.base + Int(entry.pointee.keyStart)
        return key[0] == UInt8(field.rawValue >> 8) && key[1] == UInt8(field.rawValue & 0xFF)
            && memcmp(key + 2, bytes, term.count) == 0
    }

    private mutating func insert(
        _ field: FieldID, _ term: UnsafeBufferPointer<UInt8>, hash: UInt32, slot: Int
    ) -> Int {
        let index = terms.count
        terms.append(
            BuilderTerm(keyStart: UInt32(keys.count), keyByteCount: UInt32(term.count + 2), hash: hash))
        keys.append(UInt8(field.rawValue >> 8))
        keys.append(UInt8(field.rawValue & 0xFF))
        keys.append(contentsOf: term)
        slots.base[slot] = UInt64(hash) << 32 | UInt64(index + 1)
        if terms.count * 3 > slots.count * 2 { grow() }
        return index
    }

    private mutating func grow() {
        clearSlots(slots.count * 2)
        let mask = slots.count - 1
        for index in 0..<terms.count {
            let hash = terms.base[index].hash
            var slot = Int(hash) & mask
            while slots.base[slot] != 0 { slot = (slot + 1) & mask }
            slots.base[slot] = UInt64(hash) << 32 | UInt64(index + 1)
        }
    }

    private mutating func clearSlots(_ count: Int) {
        slots.removeAll(keepingMemory: true)
        slots.reserve(count).update(repeating: 0, count: count)
        slots.advance(count)
    }

    mutating func removeAll(keepingMemory: Bool) {
        terms.removeAll(keepingMemory: keepingMemory)
        keys.removeAll(keepingMemory: keepingMemory)
        slots.removeAll(keepingMemory: keepingMemory)
        clearSlots(Self.firstSlotCount)
    }

    /// The terms' numbers in key order.
    func sorted() -> [UInt32] {
        var entries: [(prefix: UInt64, index: UInt32)] = []
        entries.reserveCapacity(terms.count)
        // SAFETY: keys lie inside the arena, which does not grow here.
        let (terms, keys, count) = (UnsafePointer(terms.base), UnsafePointer(keys.base), terms.count)
        for index in 0..<count {
            let key = keys + Int(terms[index].keyStart)
            var prefix: UInt64 = 0
            for byte in 0..<8 {
                let value = byte < Int(terms[index].keyByteCount) ? key[byte] : 0
                prefix = prefix << 8 | UInt64(value)
            }
            entries.append((prefix, UInt32(index)))
        }
        entries.sort { left, right in
            if left.prefix != right.prefix { return left.prefix < right.prefix }
            let (a, b) = (terms[Int(left.index)], terms[Int(right.index)])
            let shared = Int(min(a.keyByteCount, b.keyByteCount))
            let order = memcmp(keys + Int(a.keyStart), keys + Int(b.keyStart), shared)
            return order != 0 ? order < 0 : a.keyByteCount < b.keyByteCount
        }
        return entries.map(\.index)
    }

    /// The term's bytes without the field. Valid until a term is added.
    func termBytes(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        let term = terms[index]
        return UnsafeBufferPointer(
            start: keys.base + Int(term.keyStart) + 2, count: Int(term.keyByteCount) - 2)
    }

    /// The term's field.
    func field(_ index: Int) -> FieldID {
        let key = keys.base + Int(terms[index].keyStart)
        return FieldID(rawValue: UInt16(key[0]) << 8 | UInt16(key[1]))
    }
}
