// Reading a commit: the manifest, and every file it lists. Shared by the writer, readers and the check.
// Nothing here changes a file, whatever is found.

/// The files of one index folder.
struct IndexFiles: Sendable {
    let directory: String
    let fileSystem: any FileSystem

    func path(_ name: String) -> String {
        "\(directory)/\(name)"
    }

    /// The manifest, or nil where the folder holds none and no segment either.
    /// - Throws: `IndexError.damaged` for a folder with segments and without a manifest: a writer makes the
    ///   manifest first.
    func manifest() throws(IndexError) -> Manifest? {
        let path = path(IndexFileName.manifest)
        do {
            let bytes = try fileSystem.read(path, byteLimit: Manifest.format.byteLimit)
            return try Manifest(decoding: bytes, file: path)
        } catch let error as FileError {
            guard error.isMissing else { throw .file(error) }
        } catch let error as IndexError {
            throw error
        } catch {
            preconditionFailure("both calls throw typed errors")
        }
        let names: [String]
        do {
            names = try fileSystem.list(directory)
        } catch {
            if error.isMissing { return nil }
            throw .file(error)
        }
        if let orphan = names.first(where: { IndexFileName.isOwn($0) && !$0.hasSuffix(temporarySuffix) }) {
            throw .damaged(
                file: path, byteOffset: 0, what: "the file is missing, although \(orphan) is there")
        }
        return nil
    }

    /// Opens a listed segment with its generation files.
    func segment(
        _ entry: Manifest.Entry, fields definitions: [FieldDefinition]
    ) throws(IndexError) -> SegmentView {
        let path = path(IndexFileName.segment(entry.id))
        let segment = try openSegment(path)
        guard UInt64(segment.byteCount) == entry.byteCount, segment.documentCount == entry.documentCount
        else {
            throw .damaged(
                file: path, byteOffset: 0,
                what: """
                    the manifest lists \(entry.documentCount) documents in \(entry.byteCount) bytes, the \
                    file has \(segment.documentCount) in \(segment.byteCount)
                    """)
        }
        for field in segment.fieldDefinitions where !definitions.has(field) {
            throw .damaged(file: path, byteOffset: 0, what: "the manifest does not have its \(field.name)")
        }
        let live = try liveDocs(entry)
        let overlay = try overlay(entry, definitions)
        let view = SegmentView(id: entry.id, segment: segment, liveDocs: live, overlay: overlay)
        guard view.liveCount == entry.liveCount else {
            throw .damaged(
                file: path, byteOffset: 0,
                what: "the manifest counts \(entry.liveCount) live documents, its files \(view.liveCount)")
        }
        return view
    }

    /// The tombstones of a commit.
    func tombstones(_ manifest: Manifest) throws(IndexError) -> Tombstones {
        guard manifest.tombstoneGeneration > 0 else { return Tombstones() }
        let path = path(IndexFileName.tombstones(generation: manifest.tombstoneGeneration))
        return try Tombstones(decoding: try read(path, Tombstones.format.byteLimit), file: path)
    }

    /// Maps a segment file.
    func openSegment(_ path: String) throws(IndexError) -> Segment {
        try translating { () throws(SegmentError) in try Segment.open(path: path) }
    }

    func read(_ path: String, _ byteLimit: Int) throws(IndexError) -> [UInt8] {
        try attempt { () throws(FileError) in try fileSystem.read(path, byteLimit: byteLimit) }
    }
}

extension IndexFiles {
    /// The deletes of a listed segment.
    func liveDocs(_ entry: Manifest.Entry) throws(IndexError) -> LiveDocs? {
        guard entry.liveGeneration > 0 else { return nil }
        let path = path(IndexFileName.liveDocs(entry.id, generation: entry.liveGeneration))
        let bytes = try read(path, Self.generationByteLimit)
        return try translating { () throws(SegmentError) in
            try LiveDocs(bytes, file: path, documentCount: entry.documentCount)
        }
    }

    /// The updated columns of a listed segment.
    func overlay(
        _ entry: Manifest.Entry, _ definitions: [FieldDefinition]
    ) throws(IndexError) -> ColumnOverlay? {
        guard entry.overlayGeneration > 0 else { return nil }
        let path = path(IndexFileName.overlay(entry.id, generation: entry.overlayGeneration))
        let bytes = try read(path, Self.generationByteLimit)
        let overlay = try translating { () throws(SegmentError) in
            try ColumnOverlay(bytes, file: path, documentCount: entry.documentCount)
        }
        for field in overlay.fields {
            guard Int(field.rawValue) < definitions.count, definitions[Int(field.rawValue)].isUpdatable else {
                throw .damaged(
                    file: path, byteOffset: 0, what: "\(field) is no updatable column of the manifest")
            }
        }
        return overlay
    }

    /// The longest generation file that is read.
    private static var generationByteLimit: Int { 16 << 30 }

    /// Writes a file of a new name durably; its name becomes durable with the folder.
    func write(_ bytes: [UInt8], _ name: String) throws(IndexError) {
        try attempt { () throws(FileError) in try fileSystem.writeDurably(bytes, toNewFile: path(name)) }
    }

    /// Removes files of ours that no manifest lists. Only the holder of the lock may call this, and only
    /// after everything that is listed was opened.
    func removeLeftOvers(listed: Set<String>) throws(IndexError) {
        try attempt { () throws(FileError) in
            for name in try fileSystem.list(directory)
            where IndexFileName.isOwn(name) && !listed.contains(name) {
                try fileSystem.remove(path(name))
            }
        }
    }
}

extension [FieldDefinition] {
    /// Whether a field of a segment is the same here.
    fileprivate func has(_ field: FieldDefinition) -> Bool {
        Int(field.id.rawValue) < count && self[Int(field.id.rawValue)] == field
    }
}

/// Runs segment operations and speaks of their failure as the index does.
func translating<Result>(_ body: () throws(SegmentError) -> Result) throws(IndexError) -> Result {
    do {
        return try body()
    } catch {
        throw IndexError(error)
    }
}

extension IndexError {
    /// What a segment's failure means for the index.
    init(_ error: SegmentError) {
        switch error.kind {
        case .damaged, .cancelled:
            let section = error.section.map { "section \($0.name): " } ?? ""
            self = .damaged(
                file: error.file, byteOffset: error.byteOffset ?? 0, what: section + error.message)
        case .unsupportedVersion(let version):
            self = .unsupportedVersion(file: error.file, found: version)
        case .system(let code):
            self = .file(FileError(.segment, path: error.file, code: code, note: error.message))
        case .invalidDocument, .tooLarge:
            self = .invalidDocument(error.message)
        }
    }
}
