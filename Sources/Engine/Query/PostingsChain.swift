// The postings of one term in the segments of a document space, which a cursor reads as one list.

/// A term's postings in one segment of a document space.
struct PostingsLink {
    /// A cursor before the first block.
    let postings: PostingsCursor
    /// The numbers of the segment's first document and behind its last, in the space.
    let base: UInt32
    let end: UInt32
    /// The norm of a document is behind its number in the space: the pointer itself may be outside of all
    /// memory. Nil when the field has none.
    let norms: UnsafePointer<UInt8>?
    /// The greatest ratio of the query's factors to those of the segment's impacts.
    let ratio: Float
    /// A bound of the scores of all postings; below 0 while it is not known.
    var bound: Float = -1

    init(_ part: DocumentSpace.Part, _ entry: TermEntry, _ table: LengthTable) {
        postings = PostingsCursor(part.segment, entry, base: part.base)
        ratio = table.ratios[part.number]
        base = part.base
        end = part.end
        norms = part.segment.norms(entry.field).map { $0.base - Int(part.base) }
    }
}

/// The lists of one term in the order of the space: at least one.
struct PostingsChain {
    // SAFETY: the memory belongs to the search, which keeps it until the query is bound again.
    let links: UnsafeMutablePointer<PostingsLink>
    let count: Int

    /// Blocks of all lists.
    var blockCount: Int {
        UnsafeBufferPointer(start: links, count: count).reduce(0) {
            $0 + (Int($1.postings.documentFrequency) + PostingsCursor.blockCapacity - 1)
                / PostingsCursor.blockCapacity
        }
    }
}
