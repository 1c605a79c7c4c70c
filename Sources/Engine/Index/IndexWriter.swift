// The one that changes an index. Changes are applied to a buffer in memory, shown to searches by `refresh`,
// and made durable by `commit`, which records in the same atomic step up to which event the index has them.
// The event log is the write-ahead log: what is not committed when the process ends is read from it again.

import Synchronization

/// Writes to an index folder; there is at most one for a folder at a time.
///
/// Changes, `refresh` and `commit` come from one thread; `snapshot` may be called from any. Any failed write
/// or sync ends the writer: all later changes throw `IndexError.writerFailed` until the index is opened anew.
/// Snapshots stay searchable.
public final class IndexWriter: Sendable {
    /// The folder of the index.
    public let directory: String
    /// The fields of the index. New ones are stored by the next commit.
    public let registry: FieldRegistry
    /// What analysed the documents of the index, as stored when it was made.
    public let analysis: AnalysisVersion

    private let core: WriterCore
    private let resources: Mutex<Resources?>

    fileprivate struct Resources: ~Copyable {
        let lock: FolderLock
        let thread: WorkerThread
    }

    private init(
        core: WriterCore, registry: FieldRegistry, analysis: AnalysisVersion, lock: FolderLock,
        thread: consuming WorkerThread
    ) {
        directory = core.files.directory
        self.registry = registry
        self.analysis = analysis
        self.core = core
        resources = Mutex(Resources(lock: lock, thread: thread))
    }

    deinit {
        close()
    }

    /// Opens the index in a folder, making both if they are not there.
    /// - Throws: `IndexError.locked` while another writer has it; `IndexError.damaged` with the file and
    ///   offset if any file of the last commit is not as written, in which case nothing is changed or
    ///   removed.
    public static func open(directory: String, options: IndexOptions = IndexOptions()) throws(IndexError)
        -> IndexWriter
    {
        try open(directory: directory, options: options, fileSystem: PosixFileSystem())
    }

    static func open(
        directory: String, options: IndexOptions, fileSystem: any FileSystem
    ) throws(IndexError) -> IndexWriter {
        let files = IndexFiles(directory: directory, fileSystem: fileSystem)
        try attempt { () throws(FileError) in try fileSystem.createFolder(directory) }
        let lock = try FolderLock(path: files.path(IndexFileName.lock))
        let stored = try files.manifest()
        let manifest = stored ?? Manifest(analysis: options.analysis)

        let registry = FieldRegistry(manifest.fields)
        let updateVersion = registry.register(IndexFieldName.updateVersion, .integer, isUpdatable: true)
        guard let updateVersion else {
            throw .invalidDocument("the index has no room for the field \(IndexFieldName.updateVersion)")
        }
        var state = WriterState(registry: registry, updateVersionField: updateVersion, manifest: manifest)
        for entry in manifest.segments {
            state.segments.append(
                WriterSegment(view: try files.segment(entry, fields: manifest.fields), entry: entry))
        }
        state.tombstones = try files.tombstones(manifest)
        // Everything listed was read: what is not listed is left over from a crash.
        try files.removeLeftOvers(listed: manifest.fileNames)

        let core = WriterCore(files: files, options: options, state: state)
        if stored == nil { try core.replaceManifest(manifest) }
        let thread = try attempt { () throws(FileError) in
            try WorkerThread {
                // Searches and changes go first; where there are none, a merge is as fast as it would be.
                WorkerThread.giveWay()
                core.runMerges()
            }
        }
        return IndexWriter(
            core: core, registry: registry, analysis: manifest.analysis, lock: lock, thread: thread)
    }

    // MARK: Changes

    /// Adds a document, or replaces the one of its key.
    /// - Returns: `.stale` if the index has an upsert or a delete of the key that is as new or newer.
    /// - Throws: `IndexError.invalidDocument` if it breaks a limit; nothing is changed then.
    public func upsert(_ document: borrowing IndexDocument) throws(IndexError) -> ApplyOutcome {
        // A closure cannot capture a borrowed parameter; the copy shares the document's arrays.
        let document = copy document
        return try core.change { (state) throws(IndexError) in
            let outcome = try state.upsert(document)
            try core.flushIfFull(&state)
            return outcome
        }
    }

    /// Replaces a document by itself, analysed in another way: as `upsert`, but a document of the version
    /// that the index has is taken. Columns updated since then are kept.
    /// - Returns: `.stale` if the index has a newer upsert, or a delete.
    /// - Throws: as `upsert`.
    public func rewrite(_ document: borrowing IndexDocument) throws(IndexError) -> ApplyOutcome {
        let document = copy document
        return try core.change { (state) throws(IndexError) in
            let outcome = try state.upsert(document, isRewrite: true)
            try core.flushIfFull(&state)
            return outcome
        }
    }

    /// Replaces values of updatable columns, without analysing or indexing the document again; nil removes a
    /// value.
    ///
    /// Updates of one key may arrive in any order if each names every updatable column that it knows: an
    /// older one is dropped as a whole.
    /// - Returns: `.missing` if the key has no document: the caller then upserts the whole of it.
    /// - Throws: `IndexError.invalidDocument` if a column is not updatable.
    public func update(
        key: [UInt8], version: UInt64, columns: [(FieldID, Int64?)]
    ) throws(IndexError) -> ApplyOutcome {
        try core.change { (state) throws(IndexError) in
            try state.update(key, version: version, columns: columns)
        }
    }

    /// Removes the document of a key and remembers the version, so that an older upsert cannot bring it back.
    /// - Returns: `.missing` if there was none; the version is remembered all the same.
    public func delete(key: [UInt8], version: UInt64) throws(IndexError) -> ApplyOutcome {
        try core.change { (state) throws(IndexError) in try state.delete(key, version: version) }
    }

    // MARK: Visibility and durability

    /// Makes all changes so far searchable. Nothing is written to disk.
    /// - Parameter eventPosition: every event up to this one was applied.
    @discardableResult
    public func refresh(eventPosition: UInt64) throws(IndexError) -> Snapshot {
        try core.change { (state) throws(IndexError) in
            try core.refresh(&state, eventPosition: eventPosition)
        }
    }

    /// Refreshes, and makes all changes so far durable together with the position. Costs a few syncs: many
    /// refreshes should share one commit.
    public func commit(eventPosition: UInt64) throws(IndexError) {
        try core.change { (state) throws(IndexError) in
            try core.commit(&state, eventPosition: eventPosition)
        }
    }

    /// The state as of the last refresh or commit.
    public func snapshot() -> Snapshot {
        core.snapshot
    }

    /// What the writer did since it was opened.
    public var statistics: WriterStatistics {
        core.state.withLock { state in
            var statistics = state.statistics
            statistics.segmentCount = state.segments.count
            statistics.tombstoneCount = state.tombstones.count
            return statistics
        }
    }

    // MARK: Merging

    /// Waits until the merge policy is satisfied.
    public func waitForMerges() throws(IndexError) {
        try core.waitForMerges()
    }

    /// Merges until at most `maxSegments` segments are left, besides what is still buffered. With 1, deleted
    /// documents are dropped too. The result is durable after the next commit.
    ///
    /// - Parameter progress: while an order is looked for, told how many documents of how many have their
    ///   place; called on the merging thread.
    public func forceMerge(
        maxSegments: Int, order: ForcedMergeOrder = .usual,
        progress: @escaping @Sendable (_ placed: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(IndexError) {
        try core.forceMerge(MergeWish(segmentCountMax: maxSegments, order: order, progress: progress))
    }

    /// Ends the writer and releases the folder. What was not committed is dropped; a running merge gives up.
    public func close() {
        guard let resources = resources.withLock({ $0.take() }) else { return }
        core.isStopping.store(true, ordering: .relaxed)
        core.state.withLock { $0.isClosed = true }
        core.state.wakeAll()
        resources.end()
    }
}

extension IndexWriter.Resources {
    /// Joins the merge thread, then lets the lock go.
    fileprivate consuming func end() {
        let lock = self.lock
        thread.join()
        withExtendedLifetime(lock) {}
    }
}

/// Names of fields that the index itself keeps.
enum IndexFieldName {
    /// The version of a document's newest column update; without a value where there was none.
    static let updateVersion = "_updated"
}
