// The writer's shared part: its state under a lock, the current snapshot under another, and what is done with
// both. The applying thread and the merge thread hold the state's lock in turn; a search takes only the
// snapshot's, for the time of one assignment.

import Synchronization

/// The state of a writer and the operations on it.
final class WriterCore: Sendable {
    let files: IndexFiles
    let options: IndexOptions
    let state: Monitor<WriterState>
    /// Tells a running merge to give up.
    let isStopping = Atomic<Bool>(false)
    private let current: Mutex<Snapshot>

    init(files: IndexFiles, options: IndexOptions, state: sending WriterState) {
        self.files = files
        self.options = options
        current = Mutex(
            Snapshot(
                segments: state.segments.map(\.view), registry: state.registry,
                eventPosition: state.manifest.eventPosition, committedPosition: state.manifest.eventPosition,
                createdAt: options.now(), sequence: 0))
        self.state = Monitor(state)
    }

    var snapshot: Snapshot { current.withLock { $0 } }

    /// Runs a change with the lock held. Any failure but a refused document ends the writer, since what is in
    /// memory may then be half a change.
    func change<Result>(
        _ body: (inout WriterState) throws(IndexError) -> Result
    ) throws(IndexError) -> Result {
        try state.withLock { (state) throws(IndexError) in
            try state.requireUsable()
            do throws(IndexError) {
                return try body(&state)
            } catch {
                if case .invalidDocument = error { throw error }
                state.failure = "\(error)"
                self.state.wakeAll()
                throw error
            }
        }
    }

    /// A builder holds less than 2 GiB, and one document takes far less than the other half.
    private static var bufferByteLimitMax: Int { 1 << 30 }

    /// Writes a buffer that has outgrown its memory to a file.
    func flushIfFull(_ state: inout WriterState) throws(IndexError) {
        guard state.buffer.byteCount > min(options.bufferByteLimit, Self.bufferByteLimitMax) else { return }
        try state.sealBufferInFile(files)
        self.state.wakeAll()
    }

    /// Makes all applied changes searchable.
    func refresh(_ state: inout WriterState, eventPosition: UInt64) throws(IndexError) -> Snapshot {
        try state.sealBufferInMemory()
        while true {
            let candidates = state.segments.map(\.mergeCandidate)
            guard let sources = options.mergePolicy.immediate(candidates, backgroundIsBusy: state.isMerging)
            else {
                break
            }
            try mergeInMemory(&state, Set(sources))
        }
        state.dropEmptySegments()
        let snapshot = publish(&state, eventPosition: eventPosition, createdAt: options.now())
        self.state.wakeAll()
        return snapshot
    }

    /// Shows the state's segments to searches.
    @discardableResult
    func publish(
        _ state: inout WriterState, eventPosition: UInt64, createdAt: ContinuousClock.Instant
    ) -> Snapshot {
        state.hasUnpublishedChanges = false
        let snapshot = Snapshot(
            segments: state.segments.map(\.view), registry: state.registry, eventPosition: eventPosition,
            committedPosition: state.manifest.eventPosition, createdAt: createdAt,
            sequence: self.snapshot.sequence + 1)
        current.withLock { $0 = snapshot }
        return snapshot
    }

    /// Makes everything applied so far durable, together with the position of the last event it contains.
    func commit(_ state: inout WriterState, eventPosition: UInt64) throws(IndexError) {
        _ = try refresh(&state, eventPosition: eventPosition)
        guard
            state.hasUncommittedChanges || eventPosition != state.manifest.eventPosition
                || state.registry.definitions.count != state.manifest.fields.count
        else { return }
        try mergeSmallInMemory(&state)
        var manifest = state.manifest
        manifest.generation += 1
        manifest.eventPosition = eventPosition
        manifest.nextSegmentID = state.nextSegmentID
        manifest.fields = state.registry.definitions
        manifest.segments = []
        for index in state.segments.indices {
            let entry = try state.segments[index].persist(files, generation: manifest.generation)
            manifest.segments.append(entry)
        }
        try persistTombstones(&state, &manifest)
        try replaceManifest(manifest)

        let before = state.manifest.fileNames
        state.manifest = manifest
        state.hasUncommittedChanges = false
        state.statistics.commitCount += 1
        publish(&state, eventPosition: eventPosition, createdAt: snapshot.createdAt)
        removeUnlisted(&state, before: before)
    }

    private func persistTombstones(
        _ state: inout WriterState, _ manifest: inout Manifest
    ) throws(IndexError) {
        if state.tombstones.prune(options.tombstoneBounds, eventPosition: manifest.eventPosition) {
            state.tombstonesAreDirty = true
        }
        guard state.tombstonesAreDirty else { return }
        manifest.tombstoneGeneration = 0
        if state.tombstones.count > 0 {
            manifest.tombstoneGeneration = manifest.generation
            try files.write(
                state.tombstones.encode(), IndexFileName.tombstones(generation: manifest.generation))
        }
        state.tombstonesAreDirty = false
    }

    /// The names of new files become durable before the manifest that lists them.
    func replaceManifest(_ manifest: Manifest) throws(IndexError) {
        try attempt { () throws(FileError) in
            try files.fileSystem.sync(folder: files.directory)
            try files.fileSystem.replaceAtomically(
                files.path(IndexFileName.manifest), with: manifest.encode(), in: files.directory)
        }
    }

    /// Removes files that the new manifest no longer lists. Snapshots that map them keep their bytes:
    /// removing a name does not touch an open mapping. What cannot be removed now is tried again at the next
    /// commit.
    private func removeUnlisted(_ state: inout WriterState, before: Set<String>) {
        let listed = state.manifest.fileNames
        state.removableFiles.formUnion(before)
        state.removableFiles.subtract(listed)
        for name in state.removableFiles {
            do {
                try files.fileSystem.remove(files.path(name))
                state.removableFiles.remove(name)
            } catch {
                // The commit stands; a file too many only takes space.
                if error.isMissing { state.removableFiles.remove(name) }
            }
        }
    }
}
