// Little-endian numbers in byte arrays: how every structure of a segment is written.

extension Array where Element == UInt8 {
    /// Appends the little-endian bytes of a number.
    mutating func appendLittleEndian(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// Appends a number in groups of seven bits, lowest first, the top bit saying that another byte follows.
    mutating func appendVarint(_ number: some FixedWidthInteger & UnsignedInteger) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}

extension FixedWidthInteger {
    /// How many bits the number needs: 0 for 0.
    var significantBitCount: Int { Self.bitWidth - leadingZeroBitCount }
}

/// How many bytes `count` values of `width` bits take as a packed array: full blocks of 128, then a narrow
/// run.
func packedByteCount(_ count: Int, width: Int) -> Int {
    count / 128 * 16 * width + (count % 128 * width + 7) / 8
}
