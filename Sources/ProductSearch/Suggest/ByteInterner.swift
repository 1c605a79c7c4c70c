// Numbers for byte strings, in the order in which they are first met.

/// Gives equal byte strings the same number.
struct ByteInterner {
    private var bytes: [UInt8] = []
    private var ends: [UInt32] = []
    /// Numbers plus one by hash, open addressing; at most half full.
    private var slots = [UInt32](repeating: 0, count: 1_024)

    /// How many strings there are.
    var count: Int { ends.count }

    /// The string of a number.
    subscript(number: UInt32) -> ArraySlice<UInt8> {
        bytes[(number == 0 ? 0 : Int(ends[Int(number) - 1]))..<Int(ends[Int(number)])]
    }

    /// The number of a string; a fresh one for a string that is new. Nil once 4 GiB are held.
    mutating func number(of string: UnsafeBufferPointer<UInt8>) -> UInt32? {
        if ends.count * 2 >= slots.count { grow() }
        var slot = Self.hash(string) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = slots[slot] - 1
            if self[number].elementsEqual(string) { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
        guard bytes.count + string.count <= Int(UInt32.max) else { return nil }
        bytes.append(contentsOf: string)
        ends.append(UInt32(bytes.count))
        slots[slot] = UInt32(ends.count)
        return UInt32(ends.count - 1)
    }

    private mutating func grow() {
        var larger = [UInt32](repeating: 0, count: slots.count * 2)
        for number in 0..<UInt32(ends.count) {
            let hash = self[number].withUnsafeBufferPointer(Self.hash)
            var slot = hash & (larger.count - 1)
            while larger[slot] != 0 { slot = (slot + 1) & (larger.count - 1) }
            larger[slot] = number + 1
        }
        slots = larger
    }

    /// Swift's seeded hash: nobody can choose strings that collide.
    private static func hash(_ string: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(string))
        return hasher.finalize()
    }
}
