// UTF-8 that may be damaged: what cannot be decoded is U+FFFD over its bytes, as Unicode recommends (the
// longest prefix of a valid sequence is one replacement), so that offsets stay right whatever the bytes are.

import CICU

/// Decodes one code point at a time.
enum UTF8Decoder {
    /// The composed Hangul syllable at `index`, or nil if something else is there.
    @inline(__always)
    static func syllable(_ text: UnsafeBufferPointer<UInt8>, at index: Int, end: Int) -> UInt32? {
        guard index &+ 3 <= end else { return nil }
        // SAFETY: index + 3 <= end <= text.count.
        let first = UInt32(text[index])
        let second = UInt32(text[index &+ 1])
        let third = UInt32(text[index &+ 2])
        guard first >= 0xEA, first <= 0xED, second & 0xC0 == 0x80, third & 0xC0 == 0x80 else { return nil }
        let value = (first & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F
        return value >= 0xAC00 && value <= 0xD7A3 ? value : nil
    }

    /// The code point at `index`, which must lie before `end`, with its byte range.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, at index: Int, end: Int) -> cicu_scalar {
        let first = text[index]
        func made(_ value: UInt32, _ length: Int) -> cicu_scalar {
            cicu_scalar(
                value: value, start: UInt32(truncatingIfNeeded: index),
                end: UInt32(truncatingIfNeeded: index + length),
                category: cicu_category(value))
        }
        if first < 0x80 { return made(UInt32(first), 1) }
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        let length: Int
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if first == 0xE0 { low = 0xA0 } else if first == 0xED { high = 0x9F }
        case 0xF0...0xF4:
            length = 4
            if first == 0xF0 { low = 0x90 } else if first == 0xF4 { high = 0x8F }
        default: return made(0xFFFD, 1)
        }
        var value = UInt32(first) & (0xFF >> UInt32(length + 1))
        for offset in 1..<length {
            guard index + offset < end, text[index + offset] >= low, text[index + offset] <= high else {
                return made(0xFFFD, offset)
            }
            value = value << 6 | UInt32(text[index + offset]) & 0x3F
            low = 0x80
            high = 0xBF
        }
        return made(value, length)
    }
}
