// Which segments to merge. A value that looks at sizes and returns a decision; threads and files are
// elsewhere.
//
// Segments are sorted into tiers by the bytes of their live documents: tier 0 below `floorByteCount`, each
// further tier `tierFactor` times as wide. A tier that holds `tierFactor` segments is merged into one, which
// then belongs to the next tier, so a document is rewritten once a tier: log(size) times. Fewer than
// `tierFactor` segments remain a tier.

/// The tiered merge policy.
struct MergePolicy: Hashable, Sendable {
    /// What the policy knows of a segment.
    struct Candidate: Hashable, Sendable {
        var id: SegmentID
        var byteCount: Int
        var documentCount: UInt32
        var liveCount: UInt32
        /// Whether it lies in memory only.
        var isInMemory: Bool
        /// Whether a running merge reads it.
        var isMerging: Bool

        /// The bytes its live documents would take on their own.
        var liveByteCount: Int {
            guard documentCount > 0 else { return 0 }
            return Int(Double(byteCount) * Double(liveCount) / Double(documentCount))
        }

        /// The share of its documents that are deleted, 0 to 1.
        var deletedShare: Double {
            documentCount == 0 ? 0 : 1 - Double(liveCount) / Double(documentCount)
        }
    }

    /// Segments below this many live bytes are all alike.
    var floorByteCount = 256 << 10
    /// How many segments of a tier make one of the next, and how much wider the next tier is.
    var tierFactor = 6
    /// A merge is not planned if its result would be larger.
    var resultByteLimit = 4 << 30
    /// A segment with a larger share of deleted documents is rewritten alone.
    var deletedShareLimit = 0.33
    /// The most segments one merge reads.
    var sourceLimit = 12

    /// The tier of a segment.
    func tier(_ liveByteCount: Int) -> Int {
        var tier = 0
        var limit = floorByteCount
        while liveByteCount >= limit, tier < 32 {
            tier += 1
            limit = limit.multipliedReportingOverflow(by: tierFactor).partialValue
        }
        return tier
    }

    /// The next merge for the background thread, smallest tier first; nil if all is in order.
    func next(_ candidates: [Candidate]) -> [SegmentID]? {
        let idle = candidates.filter { !$0.isMerging }
        if let sources = fullTier(idle) { return sources }
        let worst = idle.filter { $0.deletedShare > deletedShareLimit && $0.liveCount > 0 }
            .max { ($0.deletedShare, $1.id) < ($1.deletedShare, $0.id) }
        return worst.map { [$0.id] }
    }

    /// Segments in memory that the applying thread merges at once, so that frequent refreshes do not leave a
    /// segment each: those of tier 0, and the next tier too while the background thread is held up.
    func immediate(_ candidates: [Candidate], backgroundIsBusy: Bool) -> [SegmentID]? {
        let small = candidates.filter { candidate in
            candidate.isInMemory && !candidate.isMerging
                && tier(candidate.liveByteCount) <= (backgroundIsBusy ? 1 : 0)
        }
        return fullTier(small)
    }

    /// The next merge on the way to at most `segmentCountMax` segments; with one, deleted documents go too.
    func forced(_ candidates: [Candidate], segmentCountMax: Int) -> [SegmentID]? {
        let limit = max(segmentCountMax, 1)
        if candidates.count > limit {
            return candidates.sorted { ($0.liveByteCount, $0.id) < ($1.liveByteCount, $1.id) }
                .prefix(candidates.count - limit + 1).map(\.id)
        }
        guard limit == 1, let only = candidates.first, only.isInMemory || only.deletedShare > 0 else {
            return nil
        }
        return [only.id]
    }

    private func fullTier(_ candidates: [Candidate]) -> [SegmentID]? {
        let tiers = Dictionary(grouping: candidates) { tier($0.liveByteCount) }
        for (_, members) in tiers.sorted(by: { $0.key < $1.key }) where members.count >= tierFactor {
            let ascending = members.sorted { ($0.liveByteCount, $0.id) < ($1.liveByteCount, $1.id) }
            var total = 0
            var sources: [SegmentID] = []
            for member in ascending.prefix(sourceLimit) {
                total += member.liveByteCount
                if total > resultByteLimit { break }
                sources.append(member.id)
            }
            if sources.count >= 2 { return sources }
        }
        return nil
    }
}
