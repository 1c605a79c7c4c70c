// What the writer knows, and the rules by which changes are applied to it. Threads, locks and commits are in
// WriterCore; everything here happens on one thread at a time.
//
// A document has two versions: that of the upsert that wrote it and that of the newest column update. The
// order of application does not matter, as long as an update names every updatable column and a caller
// answers `.missing` with an upsert: - an upsert older than the upsert it meets, or than a tombstone, is
// stale; - an upsert that is newer than the document's upsert but older than its column update brings its
// text and
//     keeps the updated columns;
//   - an update or delete older than the document's newest change is stale.

/// What became of a change.
public enum ApplyOutcome: Hashable, Sendable {
    /// It is in the index and searchable after the next refresh.
    case applied
    /// The index has a change of the key that is as new or newer.
    case stale
    /// The key has no document. A delete has left a tombstone all the same; after an update the caller
    /// upserts the whole document.
    case missing
}

/// The writer's segments, buffer and tombstones.
struct WriterState {
    let registry: FieldRegistry
    let updateVersionField: FieldID
    var buffer: DocumentBuffer
    var segments: [WriterSegment]
    var tombstones: Tombstones
    var tombstonesAreDirty = false
    /// The last commit.
    var manifest: Manifest
    var nextSegmentID: UInt64
    /// Whether changes were applied that no snapshot shows.
    var hasUnpublishedChanges = false
    /// Whether anything but the event position differs from the last commit.
    var hasUncommittedChanges = false
    /// Files that no manifest lists any more, or that none ever did.
    var removableFiles: Set<String> = []
    /// Why the writer refuses further changes.
    var failure: String?
    var isClosed = false
    var isMerging = false
    /// What `forceMerge` waits for.
    var mergeWish: MergeWish?
    var statistics = WriterStatistics()

    init(registry: FieldRegistry, updateVersionField: FieldID, manifest: Manifest) {
        self.registry = registry
        self.updateVersionField = updateVersionField
        self.manifest = manifest
        buffer = DocumentBuffer(registry: registry, updateVersionField: updateVersionField)
        segments = []
        tombstones = Tombstones()
        nextSegmentID = manifest.nextSegmentID
    }

    /// Where a key's live document is.
    private enum Place {
        case buffer
        case segment(Int, DocID)
    }

    // MARK: Changes

    /// With `isRewrite`, a document of the very version that the index has takes its place.
    mutating func upsert(
        _ document: borrowing IndexDocument, isRewrite: Bool = false
    ) throws(IndexError) -> ApplyOutcome {
        let key = document.key
        try Self.check(document.version)
        if let deleted = tombstones.version(of: key), document.version <= deleted { return countStale() }
        var found = try find(key)
        var carried: [(FieldID, Int64?)] = []
        if let versions = found?.versions {
            let isOlder = document.version < versions.version
            if isOlder || (document.version == versions.version && !isRewrite) { return countStale() }
            if document.version < versions.updateVersion {
                if case .buffer = found?.place {
                    // A builder cannot be read.
                    try sealBufferInMemory()
                    found = try find(key)
                }
                if case .segment(let index, let old) = found?.place {
                    carried = try updatableColumns(segments[index], old)
                }
            }
        }
        try buffer.add(document)
        if !carried.isEmpty, let versions = found?.versions {
            buffer.update(key, version: versions.updateVersion, columns: carried)
        }
        if case .segment(let index, let old) = found?.place { segments[index].delete(old) }
        if tombstones.remove(key) { tombstonesAreDirty = true }
        return countApplied()
    }

    mutating func update(
        _ key: [UInt8], version: UInt64, columns: [(FieldID, Int64?)]
    ) throws(IndexError) -> ApplyOutcome {
        try Self.check(version)
        for (field, _) in columns {
            guard let definition = registry.definition(field), definition.isUpdatable,
                definition.kind == .integer || definition.kind == .decimal, field != updateVersionField
            else { throw .invalidDocument("\(field) is no updatable number column") }
        }
        if let deleted = tombstones.version(of: key), version <= deleted { return countStale() }
        guard let found = try find(key) else { return .missing }
        if version <= found.versions.updateVersion { return countStale() }
        switch found.place {
        case .buffer:
            buffer.update(key, version: version, columns: columns)
        case .segment(let index, let document):
            segments[index].update(
                document, columns: columns + [(updateVersionField, Int64(version))])
        }
        return countApplied()
    }

    mutating func delete(_ key: [UInt8], version: UInt64) throws(IndexError) -> ApplyOutcome {
        try Self.check(version)
        guard (1...IndexDocument.keyByteCountMax).contains(key.count) else {
            throw .invalidDocument("a key has 1 to \(IndexDocument.keyByteCountMax) bytes, not \(key.count)")
        }
        if let deleted = tombstones.version(of: key), version <= deleted { return countStale() }
        let found = try find(key)
        if let versions = found?.versions, version <= versions.updateVersion { return countStale() }
        if tombstones.insert(key, version: version) { tombstonesAreDirty = true }
        hasUncommittedChanges = true
        switch found?.place {
        case nil:
            return .missing
        case .buffer:
            buffer.delete(key)
        case .segment(let index, let document):
            segments[index].delete(document)
        }
        return countApplied()
    }

    // MARK: Segments

    /// Makes the buffer a segment in memory.
    mutating func sealBufferInMemory() throws(IndexError) {
        guard buffer.documentCount > 0 else { return }
        var image: [UInt8] = []
        let changes = try buffer.seal(keepingMemory: false) { image.append(contentsOf: $0) }
        let id = takeSegmentID()
        let segment = try translating { () throws(SegmentError) in
            try Segment(image: image, name: IndexFileName.segment(id))
        }
        append(id, segment, .memory, changes)
    }

    /// Makes the buffer a segment in a file, whose bytes the next commit syncs.
    mutating func sealBufferInFile(_ files: IndexFiles) throws(IndexError) {
        guard buffer.documentCount > 0 else { return }
        let id = takeSegmentID()
        let path = files.path(IndexFileName.segment(id))
        let file = try attempt { () throws(FileError) in try files.fileSystem.makeFile(path) }
        let changes = try buffer.seal(keepingMemory: true) { bytes throws(SegmentError) in
            do throws(FileError) {
                try file.append(bytes)
            } catch {
                throw SegmentError(.system(errno: error.code), file: path, error.description)
            }
        }
        try attempt { () throws(FileError) in try file.close() }
        append(id, try files.openSegment(path), .unsyncedFile, changes)
    }

    /// An id that no segment of this index had.
    mutating func takeSegmentID() -> SegmentID {
        defer { nextSegmentID += 1 }
        return SegmentID(rawValue: nextSegmentID)
    }

    /// Drops segments without live documents, unless a merge reads them.
    mutating func dropEmptySegments() {
        segments.removeAll { segment in
            guard segment.liveCount == 0, !segment.isMerging else { return false }
            if !segment.isInMemory { removableFiles.insert(IndexFileName.segment(segment.id)) }
            return true
        }
    }

    /// Replaces merged segments by their result, at the place of the first.
    mutating func replace(_ sources: Set<SegmentID>, with merged: WriterSegment?) {
        let place = segments.firstIndex { sources.contains($0.id) } ?? segments.endIndex
        for segment in segments where sources.contains(segment.id) && !segment.isInMemory {
            removableFiles.insert(IndexFileName.segment(segment.id))
        }
        if let merged { segments.insert(merged, at: place) }
        segments.removeAll { sources.contains($0.id) }
        hasUncommittedChanges = true
    }

    /// Says why nothing more can be written, if that is so.
    func requireUsable() throws(IndexError) {
        if isClosed { throw .closed }
        if let failure { throw .writerFailed(cause: failure) }
    }

    private mutating func append(
        _ id: SegmentID, _ segment: Segment, _ residence: WriterSegment.Residence,
        _ changes: DocumentBuffer.Changes
    ) {
        segments.append(
            WriterSegment(
                id: id, segment: segment, residence: residence, liveDocs: changes.liveDocs,
                overlay: changes.overlay, keys: changes.keys))
    }

    // MARK: Looking up

    private func find(_ key: [UInt8]) throws(IndexError) -> (place: Place, versions: DocumentVersions)? {
        if let versions = buffer.versions(of: key) { return (.buffer, versions) }
        do {
            // The newest segments are the smallest and hold what changes most often.
            for index in segments.indices.reversed() {
                guard let document = try segments[index].find(key) else { continue }
                let versions = try segments[index].versions(
                    of: document, updateVersionField: updateVersionField)
                return (.segment(index, document), versions)
            }
        } catch {
            throw IndexError(error)
        }
        return nil
    }

    /// The present values of all updatable columns of a document.
    private func updatableColumns(
        _ segment: WriterSegment, _ document: DocID
    ) throws(IndexError) -> [(FieldID, Int64?)] {
        var columns: [(FieldID, Int64?)] = []
        for field in registry.definitions where field.isUpdatable && field.id != updateVersionField {
            let value = try translating { () throws(SegmentError) in try segment.value(field.id, document) }
            columns.append((field.id, value))
        }
        return columns
    }

    private static func check(_ version: UInt64) throws(IndexError) {
        guard version <= UInt64(Int64.max) else {
            throw .invalidDocument("version \(version) exceeds 2^63 - 1")
        }
    }

    private mutating func countApplied() -> ApplyOutcome {
        hasUnpublishedChanges = true
        hasUncommittedChanges = true
        statistics.appliedCount += 1
        return .applied
    }

    private mutating func countStale() -> ApplyOutcome {
        statistics.staleCount += 1
        return .stale
    }
}

/// What a writer did since it was opened.
public struct WriterStatistics: Hashable, Sendable {
    /// Changes that reached the index.
    public internal(set) var appliedCount: UInt64 = 0
    /// Changes that were not newer than what the index had.
    public internal(set) var staleCount: UInt64 = 0
    /// Commits that wrote a manifest.
    public internal(set) var commitCount: UInt64 = 0
    /// Merges that finished, on either thread.
    public internal(set) var mergeCount: UInt64 = 0
    /// Segments at present.
    public internal(set) var segmentCount = 0
    /// Remembered deletes at present.
    public internal(set) var tombstoneCount = 0
}
