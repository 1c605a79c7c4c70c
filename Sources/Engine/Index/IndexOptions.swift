// What can be chosen about an index writer. The defaults suit a catalogue of thousands to millions of
// products.

/// Settings of an index writer.
public struct IndexOptions: Sendable {
    /// Bytes of buffered documents after which they are written to a segment file; 1 GiB at most counts.
    public var bufferByteLimit = 64 << 20
    /// Deletes are forgotten beyond this many, the oldest first.
    public var tombstoneCountLimit = 100_000
    /// Deletes are forgotten when they lie this many event positions behind a commit.
    public var tombstoneAgeLimit: UInt64 = 1_000_000
    /// What analyses the documents. It is stored when an index is made; an index that was made by another
    /// version is opened all the same, and the caller compares `IndexWriter.analysis`.
    public var analysis = AnalysisVersion()
    /// Names of keyword fields by which documents are ordered when segments are merged into files; none keeps
    /// the order in which they came.
    public var documentOrder: [String] = []
    /// Whether segments are merged in the background.
    public var mergesInBackground = true
    /// Tells the time that snapshots carry.
    public var now: @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }

    var mergePolicy = MergePolicy()

    /// The defaults.
    public init() {}

    var tombstoneBounds: Tombstones.Bounds {
        Tombstones.Bounds(countLimit: tombstoneCountLimit, ageLimit: tombstoneAgeLimit)
    }
}
