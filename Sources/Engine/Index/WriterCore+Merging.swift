// Merges: in memory on the applying thread for the small segments that refreshes leave, in files on the merge
// thread for all others. A merge reads segments as they were when it began; deletes and column updates that
// arrive meanwhile are recorded by each source and applied to the result before it takes their place.

/// A merge that was decided on.
private struct MergeJob {
    let id: SegmentID
    let sources: [SegmentView]
    let wish: MergeWish?
}

/// What a forced merge is to reach.
struct MergeWish: Sendable {
    let segmentCountMax: Int
    let order: ForcedMergeOrder
    let progress: @Sendable (Int, Int) -> Void
    /// Whether a merge in this order has ended.
    var isOrdered = false
}

/// In which order a forced merge leaves the documents.
public enum ForcedMergeOrder: Sendable {
    /// As every merge: by `IndexOptions.documentOrder`.
    case usual
    /// Documents with the same words close together, for smaller postings and faster searches. Finding the
    /// order takes about as long as the merge, and begins with the order of the values of these keyword
    /// fields, or with that in which the documents came, whichever is the better start. A single segment that
    /// is there already is ordered too.
    case bisected(from: [String])

    fileprivate var isBisected: Bool {
        if case .bisected = self { true } else { false }
    }
}

/// A merge that was carried out: the new segment, and for each source the new numbers of its documents.
private struct MergeOutcome {
    let segment: Segment
    let documentMaps: [[DocID]]
}

extension SegmentView {
    fileprivate var mergeSource: SegmentSource {
        SegmentSource(segment: segment, liveDocs: liveDocs, overlay: overlay)
    }
}

extension WriterCore {
    /// Merges segments on the calling thread, without any file.
    func mergeInMemory(_ state: inout WriterState, _ ids: Set<SegmentID>) throws(IndexError) {
        let sources = state.segments.filter { ids.contains($0.id) }.map(\.view)
        let id = state.takeSegmentID()
        let name = IndexFileName.segment(id)
        var image: [UInt8] = []
        let merged = try translating { () throws(SegmentError) in
            _ = try SegmentMerger.merge(
                sources.map(\.mergeSource), registry: state.registry, name: name, storage: .memory
            ) { bytes in image.append(contentsOf: bytes) }
            return try Segment(image: image, name: name)
        }
        state.replace(
            ids,
            with: WriterSegment(id: id, segment: merged, residence: .memory, liveDocs: nil, overlay: nil))
        state.statistics.mergeCount += 1
    }

    /// Makes one segment of what would otherwise be several small files.
    func mergeSmallInMemory(_ state: inout WriterState) throws(IndexError) {
        let small = state.segments.filter { $0.isInMemory && !$0.isMerging }
        let byteCount = small.reduce(0) { $0 + $1.segment.byteCount }
        guard small.count >= 2, byteCount <= Self.commitMergeByteLimit else { return }
        try mergeInMemory(&state, Set(small.map(\.id)))
    }

    /// Segments in memory of together at most this size become one when they are committed: merging 4 MB
    /// takes about as long as syncing a few files.
    private static var commitMergeByteLimit: Int { 4 << 20 }

    /// Merges in the background until the writer is closed or fails.
    func runMerges() {
        while let job = nextJob() {
            let outcome: Result<MergeOutcome?, IndexError>
            do {
                outcome = .success(try run(job))
            } catch {
                outcome = .failure(error)
            }
            state.withLock { finish(job, outcome, &$0) }
            state.wakeAll()
        }
    }

    /// Waits for something to merge; nil when there will be nothing more.
    private func nextJob() -> MergeJob? {
        let job: MergeJob?? = state.wait { state in
            if state.isClosed || state.failure != nil { return .some(nil) }
            guard let ids = plan(state) else { return nil }
            let chosen = Set(ids)
            for index in state.segments.indices where chosen.contains(state.segments[index].id) {
                state.segments[index].isMerging = true
            }
            state.isMerging = true
            let sources = state.segments.filter { chosen.contains($0.id) }.map(\.view)
            return .some(MergeJob(id: state.takeSegmentID(), sources: sources, wish: state.mergeWish))
        }
        return job ?? nil
    }

    /// What to merge next.
    func plan(_ state: WriterState) -> [SegmentID]? {
        let candidates = state.segments.map(\.mergeCandidate)
        guard !candidates.contains(where: \.isMerging) else { return nil }
        if let wish = state.mergeWish {
            let count = wish.segmentCountMax
            if let ids = options.mergePolicy.forced(candidates, segmentCountMax: count) { return ids }
            let isOrdered = !wish.order.isBisected || wish.isOrdered || count > 1
            return isOrdered ? nil : candidates.first.map { [$0.id] }
        }
        return options.mergesInBackground ? options.mergePolicy.next(candidates) : nil
    }

    /// Writes and syncs the merged segment; nil if the writer was closed meanwhile.
    private func run(_ job: MergeJob) throws(IndexError) -> MergeOutcome? {
        let path = files.path(IndexFileName.segment(job.id))
        let result: MergeResult
        do {
            result = try SegmentMerger.merge(
                job.sources.map(\.mergeSource), registry: snapshot.registry, to: path, order: order(of: job),
                storedCompression: job.wish == nil ? .fast : .small,
                shouldStop: { self.isStopping.load(ordering: .relaxed) })
        } catch {
            if error.kind == .cancelled { return nil }
            throw IndexError(error)
        }
        // Synced by the merger; said once more to what keeps account of durable files.
        try attempt { () throws(FileError) in try files.fileSystem.sync(file: path) }
        return MergeOutcome(segment: try files.openSegment(path), documentMaps: result.documentMaps)
    }

    /// Merges to files are the ones that last; ordering is worth its time there.
    private func order(of job: MergeJob) -> MergeOrder {
        func fields(_ names: [String]) -> [FieldID] {
            names.compactMap { snapshot.registry.id($0, .keyword) }
        }
        if let wish = job.wish, case .bisected(let names) = wish.order {
            return .bisected(fields(names), progress: wish.progress)
        }
        let fields = fields(options.documentOrder)
        return fields.isEmpty ? .sources : .keywords(fields)
    }

    private func finish(
        _ job: MergeJob, _ outcome: Result<MergeOutcome?, IndexError>, _ state: inout WriterState
    ) {
        let sources = state.segments.filter { $0.isMerging }
        for index in state.segments.indices { state.segments[index].isMerging = false }
        state.isMerging = false
        do {
            guard let outcome = try outcome.get() else { return }
            var merged = WriterSegment(
                id: job.id, segment: outcome.segment, residence: .file, liveDocs: nil, overlay: nil)
            for (source, map) in zip(sources, outcome.documentMaps) {
                merged.apply(source.changes, map: map)
            }
            guard state.failure == nil, !state.isClosed else { return }
            state.replace(Set(sources.map(\.id)), with: merged)
            state.statistics.mergeCount += 1
            if job.wish?.order.isBisected == true { state.mergeWish?.isOrdered = true }
            // The same content in fewer segments; with changes pending, the next refresh shows it.
            if !state.hasUnpublishedChanges {
                let before = snapshot
                publish(&state, eventPosition: before.eventPosition, createdAt: before.createdAt)
            }
        } catch {
            state.failure = state.failure ?? "merging into segment \(job.id): \(error)"
        }
    }

    /// Waits until nothing is left to merge, or the writer has failed or is closed.
    func waitForMerges() throws(IndexError) {
        try state.wait { (state) throws(IndexError) -> Void? in
            try state.requireUsable()
            if !state.isMerging, plan(state) == nil { return () }
            // Deletes change what is worth merging without waking anybody: the merge thread must look again.
            self.state.wakeAll()
            return nil
        }
    }

    /// Merges until at most `segmentCountMax` segments are left.
    func forceMerge(_ wish: MergeWish) throws(IndexError) {
        try change { state in state.mergeWish = wish }
        state.wakeAll()
        try waitForMerges()
        try change { state in state.mergeWish = nil }
        state.wakeAll()
    }
}
