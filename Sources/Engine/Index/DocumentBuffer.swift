// Documents that were applied and are not searchable yet: a segment under construction, and what happened to
// its documents since they were added.

/// The in-memory segment that the writer is filling. A class, because a builder cannot be copied.
final class DocumentBuffer {
    /// What happened to the documents of a finished buffer, and their keys.
    struct Changes {
        var keys: KeyFilter
        var liveDocs: LiveDocs?
        var overlay: ColumnOverlay?
    }

    private var builder: SegmentBuilder
    private var deleted: Set<DocID> = []
    private var updates: [DocID: [FieldID: Int64?]] = [:]
    private let updateVersionField: FieldID

    init(registry: FieldRegistry, updateVersionField: FieldID) {
        builder = SegmentBuilder(registry: registry)
        self.updateVersionField = updateVersionField
    }

    /// Documents added, replaced ones too.
    var documentCount: UInt32 { builder.documentCount }
    /// Memory used.
    var byteCount: Int { builder.byteCount + deleted.count * 8 + updates.count * 128 }

    /// A key's live document.
    private func find(_ key: [UInt8]) -> DocID? {
        guard let document = builder.document(ofKey: key), !deleted.contains(document) else { return nil }
        return document
    }

    /// The versions of a key's live document.
    func versions(of key: [UInt8]) -> DocumentVersions? {
        guard let document = find(key) else { return nil }
        let version = builder.version(document)
        let updated = updates.isEmpty ? nil : updates[document]?[updateVersionField]
        return DocumentVersions(
            version: version, updateVersion: (updated ?? nil).map { UInt64($0) } ?? version)
    }

    /// Adds a document in place of the buffer's own document of that key, if there is one.
    /// - Throws: `IndexError.invalidDocument`; the buffer is then as before.
    func add(_ document: borrowing IndexDocument) throws(IndexError) {
        let old = find(document.key)
        do {
            _ = try builder.add(document)
        } catch {
            throw IndexError(error)
        }
        if let old { discard(old) }
    }

    /// Deletes a key's document.
    func delete(_ key: [UInt8]) {
        if let old = find(key) { discard(old) }
    }

    /// Replaces column values of a key's document.
    func update(_ key: [UInt8], version: UInt64, columns: [(FieldID, Int64?)]) {
        guard let document = find(key) else { return }
        for (field, value) in columns { updates[document, default: [:]][field] = .some(value) }
        updates[document, default: [:]][updateVersionField] = .some(Int64(version))
    }

    /// Ends the segment and starts an empty one.
    ///
    /// - Parameters:
    ///   - keepingMemory: whether the next is going to be as large.
    ///   - sink: takes the bytes of the segment, in order.
    func seal(
        keepingMemory: Bool, into sink: ([UInt8]) throws(SegmentError) -> Void
    ) throws(IndexError) -> Changes {
        let count = builder.documentCount
        var changes = Changes(keys: KeyFilter(capacity: Int(count)))
        builder.forEachKey { changes.keys.insert($0) }
        if !deleted.isEmpty {
            var live = LiveDocs(documentCount: count)
            for document in deleted { _ = live.delete(document) }
            changes.liveDocs = live
        }
        if !updates.isEmpty {
            var overlay = ColumnOverlay(documentCount: count)
            for (document, columns) in updates {
                for (field, value) in columns { overlay.set(field, document, value) }
            }
            changes.overlay = overlay
        }
        deleted.removeAll()
        updates.removeAll()
        do {
            try builder.finish(keepingMemory: keepingMemory, into: sink)
        } catch {
            // The builder is empty now: the documents are lost to this writer, and come back with their
            // events.
            if case .system = error.kind { throw IndexError(error) }
            throw .writerFailed(cause: error.description)
        }
        return changes
    }

    private func discard(_ document: DocID) {
        deleted.insert(document)
        if !updates.isEmpty { updates[document] = nil }
    }
}

/// What made a live document: the upsert, and the newest column update (or again the upsert).
struct DocumentVersions: Equatable {
    var version: UInt64
    var updateVersion: UInt64
}
