// The layout of postings and positions. The pages Postings and Positions describe it with worked examples.
//
//   short list (2 to 127 documents):
//     gap width u8 (+ 128: exceptions), frequency width u8, smallest norm u8, [exception counts u8],
//     [largest frequency u8, smallest norm of repeated u8, greatest weight of repeated u8], gaps,
//     [frequencies - 1]
//   long list: groups of up to 32 blocks
//     group header 12: last document u32, bytes of its blocks u32, largest frequency u8, smallest norm u8,
//                      smallest norm of repeated u8, greatest weight of repeated u8
//                  + 4 with positions: position offset u32
//     block header 7: encoding u8 (+ 128: wide distance), frequency width u8 (+ 128: wide position bytes),
//                     exception counts u8, smallest norm u8, largest frequency u8, distance u16 or u32
//                  + 2 or 4 with positions: position bytes u16 or u32
//                  + 2 where a frequency is above 1: smallest norm and greatest weight of those documents u8
//     gaps or bit set, [frequencies - 1]
//
// Gaps, frequencies and distances of positions are patched runs (see CKernels.h). A list of one document has
// no bytes here: the term dictionary holds it.

/// Numbers of the postings layout.
enum PostingsFormat {
    static let groupHeaderByteCount = 12
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
