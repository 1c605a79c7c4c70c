// A segment as the writer sees it: the immutable part, the deletes and column values that the next refresh
// will show, and what of all that a commit has to write.

/// A segment and its unpublished and uncommitted changes.
struct WriterSegment {
    /// A change that arrived while a merge was reading the segment.
    enum Change {
        case deleted(DocID)
        case updated(DocID, [(FieldID, Int64?)])
    }

    let id: SegmentID
    private(set) var segment: Segment
    private(set) var liveDocs: LiveDocs?
    private(set) var overlay: ColumnOverlay?
    /// The keys of the segment, when this writer has collected them.
    private let keys: KeyFilter?

    /// Where the immutable part is.
    enum Residence {
        case memory
        /// In a file whose bytes may not be durable yet.
        case unsyncedFile
        case file
    }
    private(set) var residence: Residence
    /// Generations on disk, 0 where there is no file.
    private(set) var liveGeneration: UInt64 = 0
    private(set) var overlayGeneration: UInt64 = 0
    private var liveDocsAreDirty = false
    private var overlayIsDirty = false

    /// Set while a merge reads the segment; changes are then recorded.
    var isMerging = false {
        didSet { changes = [] }
    }
    private(set) var changes: [Change] = []

    /// A segment that no commit knows.
    init(
        id: SegmentID, segment: Segment, residence: Residence, liveDocs: LiveDocs?, overlay: ColumnOverlay?,
        keys: KeyFilter? = nil
    ) {
        self.keys = keys
        self.id = id
        self.segment = segment
        self.residence = residence
        self.liveDocs = liveDocs
        self.overlay = overlay
        liveDocsAreDirty = liveDocs != nil
        overlayIsDirty = overlay != nil
    }

    /// A segment of the last commit.
    init(view: SegmentView, entry: Manifest.Entry) {
        id = view.id
        segment = view.segment
        keys = nil
        residence = .file
        liveDocs = view.liveDocs
        overlay = view.overlay
        liveGeneration = entry.liveGeneration
        overlayGeneration = entry.overlayGeneration
    }

    var view: SegmentView { SegmentView(id: id, segment: segment, liveDocs: liveDocs, overlay: overlay) }
    var liveCount: UInt32 { liveDocs?.liveCount ?? segment.documentCount }
    var isInMemory: Bool { residence == .memory }

    var mergeCandidate: MergePolicy.Candidate {
        MergePolicy.Candidate(
            id: id, byteCount: segment.byteCount, documentCount: segment.documentCount, liveCount: liveCount,
            isInMemory: isInMemory, isMerging: isMerging)
    }

    /// The live document of a key.
    func find(_ key: [UInt8]) throws(SegmentError) -> DocID? {
        if let keys, !keys.mayContain(key) { return nil }
        guard let entry = try segment.term(FieldRegistry.key, key) else { return nil }
        return try view.liveDocuments(of: entry).first
    }

    /// What made a live document.
    func versions(of document: DocID, updateVersionField: FieldID) throws(SegmentError) -> DocumentVersions {
        let version = try segment.version(document)
        let updated = try value(updateVersionField, document).map { UInt64(clamping: $0) } ?? version
        return DocumentVersions(version: version, updateVersion: max(version, updated))
    }

    /// The value of a column, updates included.
    func value(_ field: FieldID, _ document: DocID) throws(SegmentError) -> Int64? {
        if let updated = overlay?.value(field, document) { return updated }
        return try segment.integerColumn(field)?.value(document)
    }

    /// Deletes a live document.
    mutating func delete(_ document: DocID) {
        if liveDocs == nil { liveDocs = LiveDocs(documentCount: segment.documentCount) }
        _ = liveDocs?.delete(document)
        liveDocsAreDirty = true
        if isMerging { changes.append(.deleted(document)) }
    }

    /// Replaces column values of a live document.
    mutating func update(_ document: DocID, columns: [(FieldID, Int64?)]) {
        if overlay == nil { overlay = ColumnOverlay(documentCount: segment.documentCount) }
        for (field, value) in columns { overlay?.set(field, document, value) }
        overlayIsDirty = true
        if isMerging { changes.append(.updated(document, columns)) }
    }

    /// Applies to a merge's result what happened to one of its sources since the merge began.
    /// - Parameter map: the new number of each of the source's documents.
    mutating func apply(_ changes: [Change], map: [DocID]) {
        for change in changes {
            switch change {
            case .deleted(let document): delete(map[Int(document)])
            case .updated(let document, let columns): update(map[Int(document)], columns: columns)
            }
        }
    }

    /// Makes the segment and its changes durable, apart from the names in the folder.
    /// - Returns: what the manifest has to list.
    mutating func persist(_ files: IndexFiles, generation: UInt64) throws(IndexError) -> Manifest.Entry {
        let path = files.path(IndexFileName.segment(id))
        switch residence {
        case .memory:
            let image = segment.memory.view.array
            try attempt { () throws(FileError) in try files.fileSystem.writeDurably(image, toNewFile: path) }
            // From here on the page cache holds the bytes, and the image goes with the last snapshot of it.
            segment = try files.openSegment(path)
        case .unsyncedFile:
            try attempt { () throws(FileError) in try files.fileSystem.sync(file: path) }
        case .file:
            break
        }
        residence = .file
        if liveDocsAreDirty, let liveDocs {
            try files.write(liveDocs.encoded(), IndexFileName.liveDocs(id, generation: generation))
            liveGeneration = generation
            liveDocsAreDirty = false
        }
        if overlayIsDirty, let overlay {
            try files.write(overlay.encoded(), IndexFileName.overlay(id, generation: generation))
            overlayGeneration = generation
            overlayIsDirty = false
        }
        return Manifest.Entry(
            id: id, byteCount: UInt64(segment.byteCount), documentCount: segment.documentCount,
            liveCount: liveCount, liveGeneration: liveGeneration, overlayGeneration: overlayGeneration)
    }
}
