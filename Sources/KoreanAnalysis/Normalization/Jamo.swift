// NFKC turns the jamo people type (U+3131...) into conjoining ones, which no keyboard gives and few fonts
// draw. Those that found no syllable to join are turned back, so the term for ㅋㅋ is ㅋㅋ.

enum Jamo {
    // Compatibility jamo of the 19 leading consonants, 21 vowels and 27 final consonants, in the order of
    // Unicode.
    private static let leading: [UInt8] = [
        0x31, 0x32, 0x34, 0x37, 0x38, 0x39, 0x41, 0x42, 0x43, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x4B, 0x4C,
        0x4D, 0x4E,
    ]
    private static let trailing: [UInt8] = [
        0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x39, 0x3A, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F, 0x40, 0x41, 0x42,
        0x44, 0x45,
        0x46, 0x47, 0x48, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E,
    ]

    /// The compatibility jamo for a modern conjoining jamo; any other code point unchanged.
    static func compatibility(_ value: UInt32) -> UInt32 {
        switch value {
        case 0x1100...0x1112: 0x3100 + UInt32(leading[Int(value - 0x1100)])
        case 0x1161...0x1175: 0x314F + value - 0x1161
        case 0x11A8...0x11C2: 0x3100 + UInt32(trailing[Int(value - 0x11A8)])
        default: value
        }
    }

    /// What a typed consonant is behind a typed consonant and vowel: the end of their syllable, unless a
    /// vowel follows, with which it begins the next. NFKC alone would never end a syllable: it takes ㅎㅏㄴ
    /// for 하 and ㄴ.
    static func closing(_ value: UInt32, after vowel: UInt32, _ initial: UInt32, before next: UInt32?)
        -> UInt32
    {
        guard (0x3131...0x314E).contains(value), (0x314F...0x3163).contains(vowel),
            (0x3131...0x314E).contains(initial), leading.contains(UInt8(initial & 0xFF)),
            !(next.map { (0x314F...0x3163).contains($0) } ?? false),
            let index = trailing.firstIndex(of: UInt8(value & 0xFF))
        else { return value }
        return 0x11A8 + UInt32(index)
    }
}
