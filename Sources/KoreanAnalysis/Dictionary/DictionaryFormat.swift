// The layout of the dictionary file, shared by writer and reader. Described in
// KoreanAnalysis.docc/DictionaryFile.md.

/// Numbers of the file format; every integer in the file is little-endian.
package enum DictionaryFormat {
    /// "SKDICT" and two zero bytes.
    package static let magic: UInt64 = 0x0000_5443_4944_4B53
    package static let version: UInt32 = 1
    package static let headerByteCount = 128
    /// First code point with an entry in the code table; the table has one entry a composed Hangul syllable.
    package static let firstSyllable = 0xAC00
    package static let syllableCount = 11172
    /// A cell of the double array: `base` and `check`, four bytes each.
    package static let cellByteCount = 8
    package static let morphemeByteCount = 12
    /// In `base`: the cell is a word without continuation, the rest of the number is its value.
    package static let leafFlag: UInt32 = 0x8000_0000
    /// In `base`: the cell's word may go on, and its value lies in the child with code 0.
    package static let valueFlag: UInt32 = 0x4000_0000
    package static let baseMask: UInt32 = 0x3FFF_FFFF
    /// `check` of a cell that is not in use.
    package static let freeCell: UInt32 = 0xFFFF_FFFF
    /// Words longer than this are left out, so that every split point has a place in a byte.
    package static let maximumWordLength = 32
    /// No expression: the morpheme is its surface.
    package static let noExpression: UInt32 = 0xFFFF_FFFF
    /// Penalties are costs added where a morpheme of such a class begins an eojeol.
    package static let penaltyCount = 4
}

/// What stands to the left of a run of Hangul in its eojeol; decides the first connection cost.
package enum LeftContext: UInt8, CaseIterable, Sendable {
    /// Beginning of the text, white space, or an opening symbol: particles are unlikely here.
    case space = 0
    /// A number: units are likely here.
    case number
    /// A Latin word.
    case latin
    /// A closing bracket or quote, or the earlier part of an over-long run: anything may follow.
    case closing
}

/// 64-bit checksum of the dictionary's body: four lanes of xor, multiply and rotate over little-endian words.
package enum DictionaryChecksum {
    private static let prime: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// The checksum of the bytes; a tail of fewer than 32 bytes is mixed in byte by byte, each with its
    /// offset.
    package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var a = prime
        var b = prime &* 3
        var c = prime &* 5
        var d = prime &* 7
        var offset = 0
        @inline(__always) func mix(_ lane: inout UInt64, _ word: UInt64) {
            let product = (lane ^ word) &* prime
            lane = product << 29 | product >> 35
        }
        while offset &+ 32 <= bytes.count {
            // SAFETY: offset + 32 <= count, and loadUnaligned asks for no alignment.
            mix(&a, UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            mix(&b, UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self)))
            mix(&c, UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset &+ 16, as: UInt64.self)))
            mix(&d, UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset &+ 24, as: UInt64.self)))
            offset &+= 32
        }
        while offset < bytes.count {
            mix(&a, UInt64(bytes[offset]) | UInt64(offset) << 8)
            offset &+= 1
        }
        var total = UInt64(bytes.count)
        for lane in [a, b, c, d] { mix(&total, lane) }
        return total ^ total >> 31
    }
}
