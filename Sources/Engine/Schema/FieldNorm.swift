// Field lengths in one byte.
//
// Lengths up to 39 are exact. Above, v - 24 is kept as a binary number of four significant digits: eight
// steps an octave, rounded down, so that the error stays below one part in eight and the order is kept.

/// The one-byte form of a text field's length, kept for every document.
public enum FieldNorm {
    /// Lengths up to this one are exact.
    public static let exactMax: UInt32 = 39
    private static let bias: UInt32 = 24

    /// The length that each byte stands for, ascending.
    public static let lengths: [UInt32] = (0...255).map { length(of: UInt8($0)) }

    /// The byte for a length, rounded down. Lengths above `length(of: 255)` get 255.
    public static func byte(forLength length: UInt32) -> UInt8 {
        if length <= exactMax { return UInt8(length) }
        let shifted = min(length - bias, UInt32(Int32.max))
        let exponent = 31 - UInt32(shifted.leadingZeroBitCount)
        let step = (shifted >> (exponent - 3)) & 7
        return UInt8(40 + (exponent - 4) * 8 + step)
    }

    /// The smallest length that has this byte.
    public static func length(of byte: UInt8) -> UInt32 {
        if byte <= UInt8(exactMax) { return UInt32(byte) }
        let code = UInt32(byte) - 40
        return bias + ((8 + code % 8) << (code / 8 + 1))
    }
}
