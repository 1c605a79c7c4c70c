// What a merge reads and what it says afterwards.

/// A segment to be merged, as a snapshot sees it.
public struct SegmentSource: Sendable {
    public let segment: Segment
    /// The documents to keep; nil for all.
    public let liveDocs: LiveDocs?
    /// Values that replace those of the segment's columns.
    public let overlay: ColumnOverlay?

    /// - Precondition: `liveDocs` and `overlay` are of a segment of this size.
    public init(segment: Segment, liveDocs: LiveDocs? = nil, overlay: ColumnOverlay? = nil) {
        precondition(liveDocs?.documentCount ?? segment.documentCount == segment.documentCount)
        precondition(overlay?.documentCount ?? segment.documentCount == segment.documentCount)
        self.segment = segment
        self.liveDocs = liveDocs
        self.overlay = overlay
    }
}

/// A document of one of the sources of a merge.
public struct SourceDocument: Hashable, Sendable {
    /// The source's place in the list of sources.
    public let source: UInt32
    public let document: DocID

    public init(source: UInt32, document: DocID) {
        self.source = source
        self.document = document
    }
}

/// In which order the merged documents stand.
public enum MergeOrder: Sendable {
    /// As in the sources, one source after another.
    case sources
    /// By the values of these keyword fields (see `DocumentOrder`).
    case keywords([FieldID])
    /// So that documents with the same words stand close together (see `GraphBisection`). The search begins
    /// with the order by these keyword fields, or with that of the sources where documents with the same
    /// words are closer together in it. `progress` is told how many documents of how many have their place,
    /// on the merging thread.
    case bisected([FieldID], progress: @Sendable (Int, Int) -> Void = { _, _ in })
    /// As listed. Every live document of every source must be listed exactly once.
    case listed([SourceDocument])
}

/// What a merge has made.
public struct MergeResult: Sendable {
    /// Documents of the new segment.
    public let documentCount: UInt32
    /// Bytes of the new segment.
    public let byteCount: UInt64
    /// For each source, the new number of each of its documents; `DocID.noMoreDocuments` for those left
    /// out. With it, deletes and updates that came in while the merge ran are carried over.
    public let documentMaps: [[DocID]]
}
