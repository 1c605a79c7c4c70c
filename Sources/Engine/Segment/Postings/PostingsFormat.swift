// The layout of postings and positions. The pages Postings and Positions describe it with worked examples.
//
//   short list (2 to 127 documents):
//     gap width u8, frequency width u8, smallest norm u8, [largest frequency u8], gaps, [frequencies - 1]
//   long list: groups of up to 32 blocks
//     group header 12: last document u32, bytes of its blocks u32, largest frequency u16, smallest norm u8,
//                      block count u8
//     block header 16: last document u32, bytes after the header u16, largest frequency u16,
//                      position offset u32, smallest norm u8, encoding u8, frequency width u8, count u8
//     gaps or bit set, [frequencies - 1]
//
// A list of one document has no bytes here: the term dictionary holds it.

/// Numbers of the postings layout.
enum PostingsFormat {
    static let groupHeaderByteCount = 12
    static let blockHeaderByteCount = 16
    /// The encoding byte of a block whose documents are a bit set; 0 to 32 are widths of packed gaps.
    static let bitSetEncoding: UInt8 = 64
    /// "This many or more" in the largest frequency of a short list.
    static let shortFrequencyMax: UInt32 = 255
    /// "This many or more" in the largest frequency of a block or group.
    static let blockFrequencyMax: UInt32 = 65_535
}

/// The best that a range of postings can offer a score: no document in it has a higher frequency or is
/// shorter.
public struct Impact: Hashable, Sendable {
    /// No frequency in the range is higher; `UInt32.max` when it was too high to be kept.
    public var maxFrequency: UInt32
    /// No document in the range has a smaller field norm; 0 in fields without norms.
    public var minNorm: UInt8

    public init(maxFrequency: UInt32, minNorm: UInt8) {
        self.maxFrequency = maxFrequency
        self.minNorm = minNorm
    }
}
