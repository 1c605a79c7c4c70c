// Says of most keys that a segment does not have them, so that a new document does not cost a look-up in each
// segment. It lives in memory, for segments that the writer itself has made.
import CKernels

/// A set of keys that may take others for its own, about one in a hundred.
struct KeyFilter {
    /// Keys that share a word of 64 bits, on average.
    private static let keysPerWord = 4

    /// A key sets four bits of one word.
    private var words: [UInt64]
    private let seed = UInt64.random(in: .min ... .max)

    /// A filter for so many keys.
    init(capacity: Int) { words = [UInt64](repeating: 0, count: capacity / Self.keysPerWord + 1) }

    mutating func insert(_ key: UnsafeBufferPointer<UInt8>) {
        let (word, bits) = place(key)
        words[word] |= bits
    }

    /// False when the key was not inserted.
    func mayContain(_ key: [UInt8]) -> Bool {
        let (word, bits) = key.withUnsafeBufferPointer { place($0) }
        return words[word] & bits == bits
    }

    private func place(_ key: UnsafeBufferPointer<UInt8>) -> (word: Int, bits: UInt64) {
        let hash = saekin_hash(key.baseAddress, key.count, seed)
        let word = (hash >> 32).multipliedFullWidth(by: UInt64(words.count) << 32).high
        var bits: UInt64 = 0
        for shift: UInt64 in [0, 6, 12, 18] { bits |= 1 << (hash >> shift & 63) }
        return (Int(word), bits)
    }
}
