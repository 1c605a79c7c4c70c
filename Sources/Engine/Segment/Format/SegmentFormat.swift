// The frame of a segment file, format 1. The page SegmentFile in Engine.docc describes it with a worked
// example.
//
//   header   magic 8, version u32, zero u32
//   sections one after another, no gaps
//   table    per section: number u32, CRC-32C u32, offset u64, byte count u64
//   trailer  table offset u64, section count u32, CRC-32C of header and table u32, file size u64, magic 8

/// The numbers of a segment file's frame.
enum SegmentFormat {
    static let magic: [UInt8] = Array("SaekinSg".utf8)
    static let version: UInt32 = 2
    static let headerByteCount = 16
    static let tableEntryByteCount = 24
    static let trailerByteCount = 32

    /// Terms in a block of the term dictionary.
    static let termBlockCount = 32
    /// Documents in a block of postings, and positions in a pack.
    static let postingsBlockCount = 128
    /// Blocks in a group of postings blocks: the second skip level.
    static let groupBlockCount = 32
    /// Documents in a block of a column, and in a window of a search.
    static let windowCount = 4_096
    /// Words of a window's bit set.
    static let windowWordCount = windowCount / 64
    /// The most documents of one segment; the largest `DocID`s are left for sentinels.
    static let documentCountMax: UInt32 = 1 << 31
}

/// A document's number in its segment.
public typealias DocID = UInt32

extension DocID {
    /// Stands behind every document: where a cursor that has run out stands.
    public static let noMoreDocuments = DocID.max
}

/// The sections of a segment file, by the number that stands for them.
public enum SegmentSection: UInt32, Sendable, CaseIterable {
    /// The segment's fields, their counts, and where their parts are.
    case fields = 1
    /// The term dictionary's blocks.
    case terms = 2
    /// The shortest key that leads to each block of the term dictionary.
    case termIndex = 3
    /// Documents and frequencies.
    case postings = 4
    /// Positions.
    case positions = 5
    /// One byte a document for each text field.
    case norms = 6
    /// 32 bytes for each 4,096 documents of each column.
    case columnIndex = 7
    /// Values of the columns.
    case columns = 8
    /// Where each block of stored fields is, and the compression dictionary.
    case storedIndex = 9
    /// Compressed blocks of stored fields.
    case stored = 10

    /// The section's name in messages and pages.
    public var name: String {
        switch self {
        case .fields: "fields"
        case .terms: "terms"
        case .termIndex: "term index"
        case .postings: "postings"
        case .positions: "positions"
        case .norms: "norms"
        case .columnIndex: "column index"
        case .columns: "columns"
        case .storedIndex: "stored index"
        case .stored: "stored"
        }
    }
}
