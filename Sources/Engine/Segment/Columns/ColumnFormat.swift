// The layout of columns. The pages IntegerColumn and KeywordColumn describe it with worked examples.
//
// A column is cut into blocks of 4,096 documents. Each block has one entry of 32 bytes in the column index,
// so that a block without values costs nothing else; its data, if any, stand in the section of columns.
//
//   integer entry   data offset u64, data byte count u32, documents with a value u16, form u8, width u8,
//                   smallest i64, largest i64
//   keyword entry   data offset u64, data byte count u32, documents with a value u16, form u8, width u8,
//                   smallest ordinal u32, largest ordinal u32, values u32, most values of a document u32
//
// The form's low four bits say how values are kept, its high four bits which documents have one.

/// How the values of a block are kept.
enum ColumnEncoding: UInt8 {
    /// No document has a value.
    case absent = 0
    /// All values are the smallest.
    case constant = 1
    /// divisor u64, then (value - smallest) / divisor: an array of the low 32 bits, an array of the bits
    /// above.
    case packed = 2
    /// count u16, that many i64 in ascending order, then an array of indices into them.
    case table = 3
    /// One ordinal a document: an array of ordinal - smallest.
    case single = 4
    /// Several: per 128 documents with a value the number of values before u32, an array of counts - 1, an
    /// array of ordinal - smallest, ascending in a document.
    case multiple = 5
}

/// Which documents of a block have a value.
enum ColumnPresence: UInt8 {
    /// Every document of the block.
    case all = 0
    /// A list of their offsets in the block, u16 each, ascending.
    case list = 1
    /// A bit set of as many 64-bit words as the block's documents need.
    case bits = 2
}

/// The numbers of the column index.
enum ColumnFormat {
    static let entryByteCount = 32
    /// The largest table of values.
    static let tableCountMax = 256

    /// How many blocks a column of a segment has.
    static func blockCount(_ documentCount: UInt32) -> Int {
        (Int(documentCount) + SegmentFormat.windowCount - 1) / SegmentFormat.windowCount
    }

    /// How many documents block `block` has.
    static func documentCount(ofBlock block: Int, _ documentCount: UInt32) -> Int {
        min(SegmentFormat.windowCount, Int(documentCount) - block * SegmentFormat.windowCount)
    }

    static func presenceByteCount(_ presence: ColumnPresence, presentCount: Int, documentCount: Int) -> Int {
        switch presence {
        case .all: 0
        case .list: presentCount * 2
        case .bits: (documentCount + 63) / 64 * 8
        }
    }
}
