// How a search was carried out, segment by segment or in all of them at once: which way was chosen, and how
// much of the postings it read.

/// How one segment was searched, or several at once.
public struct SegmentProfile: Hashable, Sendable {
    /// How the documents that match were found or counted.
    public enum Matching: String, Sendable {
        /// No document of the segment can match.
        case none
        /// Not counted: only documents that may be among the best hits were looked at.
        case pruned
        /// The page had room for all that match.
        case offered = "hits"
        /// The dictionary knows how many documents have the only term.
        case frequency = "document frequency"
        /// The documents of the only term were tested for deletes, in this search or one before.
        case live = "live documents"
        /// Bits of each term were joined and counted.
        case bits = "bit counting"
        /// The documents of the rarest term were looked up in the others.
        case lookUps = "look-ups"
        /// Positions were read for the documents that have every term of a phrase.
        case positions
        /// Window by window: query, filter, facets and total together.
        case windows = "window pass"
    }

    /// How the best hits were found.
    public enum Ranking: String, Sendable {
        /// No hits were asked for, or there are none.
        case none
        case maxScore = "block-max MAXSCORE"
        case and = "block-max AND"
        case phrase = "block-max phrase"
        /// All matches of a window were ranked.
        case windows = "window pass"
        /// Windows, and parts of a query in them, were left out by the bounds of their blocks.
        case boundedWindows = "block-max window pass"
    }

    /// How the filter of the request was applied.
    public enum FilterUse: String, Sendable {
        case none
        /// From a set of documents that was kept.
        case kept = "kept set"
        case evaluated
    }

    /// Indices of the segments in the snapshot, in the order in which they were searched.
    public let segments: [Int]
    /// Documents of the segments, deleted ones included.
    public let documentCount: Int
    /// Documents that are not deleted.
    public let liveCount: Int
    public var matching = Matching.none
    public var ranking = Ranking.none
    public var filter = FilterUse.none
    /// The score that a hit had to reach when the turn of the segments came; 0 for any.
    public var floor: Float = 0
    /// Blocks of up to 128 postings that the terms of a flat query have.
    public var blockCount = 0
    /// Blocks that were decoded, for counting and for ranking; those of a flat query alone are known.
    public var decodedBlockCount = 0
    /// Windows of 4,096 documents that were visited.
    public var windowCount = 0
    /// How long it took.
    public var time = Duration.zero

    init(
        _ views: [SegmentView], _ segments: [Int], _ outcome: SegmentOutcome, floor: Float,
        since start: ContinuousClock.Instant
    ) {
        self.segments = segments
        documentCount = segments.reduce(0) { $0 + Int(views[$1].segment.documentCount) }
        liveCount = segments.reduce(0) { $0 + Int(views[$1].liveCount) }
        self.floor = floor
        outcome.describe(&self)
        time = .now - start
    }
}
