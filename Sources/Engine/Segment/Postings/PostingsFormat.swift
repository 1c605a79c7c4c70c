// The layout of postings and positions. The pages Postings and Positions describe it with worked examples.
//
//   short list (2 to 127 documents):
//     gap width u8 (+ 128: exceptions), frequency width u8, smallest norm u8, [exception counts u8],
//     [largest frequency u8, smallest norm of repeated u8], gaps, [frequencies - 1]
//   long list: groups of up to 32 blocks
//     group header 11: last document u32, bytes of its blocks u32, largest frequency u8, smallest norm u8,
//                      smallest norm of repeated u8
//                  + 4 with positions: position offset u32
//     block header 7: encoding u8 (+ 128: wide distance), frequency width u8 (+ 128: wide position bytes),
//                     exception counts u8, smallest norm u8, largest frequency u8, distance u16 or u32
//                  + 2 or 4 with positions: position bytes u16 or u32
//                  + 1 where a frequency is above 1: smallest norm of those documents u8
//     gaps or bit set, [frequencies - 1]
//
// Gaps, frequencies and distances of positions are patched runs (see CKernels.h). A list of one document has
// no bytes here: the term dictionary holds it.

/// Numbers of the postings layout.
enum PostingsFormat {
    static let groupHeaderByteCount = 11
    /// The shortest header of a block.
    static let blockHeaderByteCount = 7
    /// The encoding byte of a block whose documents are a bit set; 0 to 32 are widths of packed gaps.
    static let bitSetEncoding: UInt8 = 64
    /// In a width byte: what the layout says beside it.
    static let flag: UInt8 = 128
    /// "This many or more" as a largest frequency.
    static let largestFrequencyMax: UInt32 = 255
    /// The most exceptions of a patched run of documents or frequencies: half a byte.
    static let exceptionCountMax: UInt32 = 15
    /// The most exceptions of a pack of positions.
    static let positionExceptionCountMax: UInt32 = 31
    /// How many bytes exceptions among gaps must save: patched gaps take one more pass to decode.
    static let gapSurcharge: UInt32 = 8
    /// How many bits an exception has above the width of its run.
    static let exceptionBitCount = 8
    /// The most bytes of a patched run.
    static let runByteCountMax = 128 * 4 + 2 * 31
}

/// How many bytes a patched run takes.
func patchedByteCount(_ count: Int, width: UInt8, exceptions: UInt8) -> Int {
    packedByteCount(count, width: Int(width)) + 2 * Int(exceptions)
}

/// The best that a range of postings can offer a score: no document in it has a higher frequency or is
/// shorter.
public struct Impact: Hashable, Sendable {
    /// No frequency in the range is higher; `UInt32.max` when it was too high to be kept.
    public var maxFrequency: UInt32
    /// No document in the range has a smaller field norm; 0 in fields without norms.
    public var minNorm: UInt8
    /// No document in the range with a frequency above 1 has a smaller field norm; 255 where there is none.
    public var minNormOfRepeated: UInt8

    /// What one document, or a range that is known by these two, can offer.
    public init(maxFrequency: UInt32, minNorm: UInt8) {
        self.init(
            maxFrequency: maxFrequency, minNorm: minNorm, minNormOfRepeated: maxFrequency > 1 ? minNorm : .max
        )
    }

    public init(maxFrequency: UInt32, minNorm: UInt8, minNormOfRepeated: UInt8) {
        self.maxFrequency = maxFrequency
        self.minNorm = minNorm
        self.minNormOfRepeated = minNormOfRepeated
    }

    /// Of no document.
    static let none = Impact(maxFrequency: 0, minNorm: .max)

    /// Of whatever documents: no bound.
    static let any = Impact(maxFrequency: .max, minNorm: 0)

    /// An impact as it is stored.
    init(stored frequency: UInt8, _ norm: UInt8, _ normOfRepeated: UInt8) {
        let isCapped = UInt32(frequency) == PostingsFormat.largestFrequencyMax
        self.init(
            maxFrequency: isCapped ? .max : UInt32(frequency), minNorm: norm,
            minNormOfRepeated: normOfRepeated)
    }

    /// Takes a document in.
    @inline(__always)
    mutating func add(frequency: UInt32, norm: UInt8) {
        maxFrequency = max(maxFrequency, frequency)
        minNorm = min(minNorm, norm)
        if frequency > 1 { minNormOfRepeated = min(minNormOfRepeated, norm) }
    }

    /// Takes another range in.
    mutating func add(_ other: Impact) {
        maxFrequency = max(maxFrequency, other.maxFrequency)
        minNorm = min(minNorm, other.minNorm)
        minNormOfRepeated = min(minNormOfRepeated, other.minNormOfRepeated)
    }

    /// What documents can offer that are in both ranges of postings.
    mutating func narrow(_ other: Impact) {
        maxFrequency = min(maxFrequency, other.maxFrequency)
        minNorm = max(minNorm, other.minNorm)
        minNormOfRepeated = max(minNormOfRepeated, other.minNormOfRepeated)
    }
}
