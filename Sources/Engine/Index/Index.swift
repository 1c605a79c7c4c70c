// Reading an index without writing to it: its last commit, opened by any process at any time.

import Synchronization

/// The committed state of an index, for searching only.
public final class Index: Sendable {
    /// The folder of the index.
    public let directory: String
    /// What analysed the documents of the index.
    public let analysis: AnalysisVersion
    private let files: IndexFiles
    private let current: Mutex<Commit>

    private struct Commit {
        var generation: UInt64
        var snapshot: Snapshot
    }

    private init(files: IndexFiles, manifest: Manifest, segments: [SegmentView]) {
        self.files = files
        directory = files.directory
        analysis = manifest.analysis
        current = Mutex(
            Commit(
                generation: manifest.generation, snapshot: Self.snapshot(manifest, segments, sequence: 0)))
    }

    /// Opens the last commit of an index.
    /// - Throws: `IndexError.noIndex` where there is none; `IndexError.damaged` with the file and offset.
    public static func openForReading(directory: String) throws(IndexError) -> Index {
        let files = IndexFiles(directory: directory, fileSystem: PosixFileSystem())
        let (manifest, segments) = try files.commit()
        return Index(files: files, manifest: manifest, segments: segments)
    }

    /// The commit that was opened or reloaded last.
    public func snapshot() -> Snapshot {
        current.withLock { $0.snapshot }
    }

    /// Opens a later commit, if there is one.
    /// - Returns: the newest snapshot; on failure the one before stays.
    @discardableResult
    public func reload() throws(IndexError) -> Snapshot {
        let before = current.withLock { $0 }
        let (manifest, segments) = try files.commit(unless: before.generation)
        guard manifest.generation != before.generation else { return before.snapshot }
        let snapshot = Self.snapshot(manifest, segments, sequence: before.snapshot.sequence + 1)
        current.withLock { $0 = Commit(generation: manifest.generation, snapshot: snapshot) }
        return snapshot
    }

    private static func snapshot(_ manifest: Manifest, _ segments: [SegmentView], sequence: UInt64)
        -> Snapshot
    {
        Snapshot(
            segments: segments, registry: FieldRegistry(manifest.fields),
            eventPosition: manifest.eventPosition, committedPosition: manifest.eventPosition,
            createdAt: ContinuousClock.now, sequence: sequence)
    }
}

extension IndexFiles {
    /// The last commit's manifest and segments; without segments if its generation is `known`.
    ///
    /// A writer may commit between the reading of the manifest and that of its files, and remove files
    /// meanwhile. So an error counts only if the manifest is still the same.
    func commit(unless known: UInt64? = nil) throws(IndexError) -> (Manifest, [SegmentView]) {
        while true {
            guard let manifest = try manifest() else { throw .noIndex(directory: directory) }
            if manifest.generation == known { return (manifest, []) }
            do {
                var segments: [SegmentView] = []
                for entry in manifest.segments {
                    segments.append(try segment(entry, fields: manifest.fields))
                }
                return (manifest, segments)
            } catch {
                guard let now = try self.manifest(), now.generation > manifest.generation else { throw error }
            }
        }
    }
}
