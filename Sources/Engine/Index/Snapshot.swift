// What a search sees: an immutable list of segments with their deletes and updated columns, as of one
// refresh. A snapshot stays valid as long as somebody holds it, whatever the writer does meanwhile: files it
// has mapped may lose their names, not their bytes.

/// A segment together with what changed since it was written.
public struct SegmentView: Sendable {
    /// The segment's name in its index.
    public let id: SegmentID
    /// The immutable segment.
    public let segment: Segment
    /// The documents that are not deleted; nil where all are live.
    public let liveDocs: LiveDocs?
    /// Updated column values; nil where none were.
    public let overlay: ColumnOverlay?
    /// The priors of its documents that were asked for last.
    let lastPrior = LastPriorColumn()

    /// Puts a segment and its changes together.
    public init(id: SegmentID, segment: Segment, liveDocs: LiveDocs?, overlay: ColumnOverlay?) {
        self.id = id
        self.segment = segment
        self.liveDocs = liveDocs
        self.overlay = overlay
    }

    /// Documents that are not deleted.
    public var liveCount: UInt32 { liveDocs?.liveCount ?? segment.documentCount }
}

/// An immutable state of an index.
public final class Snapshot: Sendable {
    /// The segments that are searched.
    public let segments: [SegmentView]
    /// The fields of the index; it only grows.
    public let registry: FieldRegistry
    /// Every event up to this one is contained.
    public let eventPosition: UInt64
    /// Every event up to this one is contained in the last commit.
    public let committedPosition: UInt64
    /// When the content became searchable.
    public let createdAt: ContinuousClock.Instant
    /// Live documents.
    public let documentCount: Int
    /// Grows by one with each snapshot of a writer.
    public let sequence: UInt64
    /// What the segments say together.
    let dictionary: SnapshotDictionary
    /// The segments in the order in which they are searched.
    let searchOrder: [Int]
    /// Their documents side by side.
    let spaces: DocumentSpaces
    /// What counts facets in all segments at once.
    let facetJoins: FacetJoins
    /// Answers that were asked for before.
    let results = ResultCache()

    /// Describes a state of an index.
    public init(
        segments: [SegmentView], registry: FieldRegistry, eventPosition: UInt64, committedPosition: UInt64,
        createdAt: ContinuousClock.Instant, sequence: UInt64
    ) {
        self.segments = segments
        self.registry = registry
        self.eventPosition = eventPosition
        self.committedPosition = committedPosition
        self.createdAt = createdAt
        self.sequence = sequence
        dictionary = SnapshotDictionary(segments.map(\.segment))
        facetJoins = FacetJoins(dictionary.segments, registry)
        searchOrder = Self.searchOrder(segments)
        spaces = DocumentSpaces(segments, order: searchOrder)
        documentCount = segments.reduce(0) { $0 + Int($1.liveCount) }
    }

    /// The largest first: what it finds is what the others have to reach.
    static func searchOrder(_ segments: [SegmentView]) -> [Int] {
        segments.indices.sorted {
            let (a, b) = (segments[$0].segment.documentCount, segments[$1].segment.documentCount)
            return a != b ? a > b : $0 < $1
        }
    }
}
