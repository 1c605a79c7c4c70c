// Documents that were applied and are not searchable yet: a segment under construction, and what happened to
// its documents since they were added. Keys are kept beside the builder, because a builder cannot be
// searched.

/// The in-memory segment that the writer is filling. A class, because a builder cannot be copied.
final class DocumentBuffer {
    /// A finished buffer.
    struct Sealed {
        var image: [UInt8]
        var liveDocs: LiveDocs?
        var overlay: ColumnOverlay?
    }

    /// Where a key's live document is, and the versions that made it.
    private struct Place {
        var document: DocID
        var version: UInt64
        var updateVersion: UInt64
    }

    private var builder: SegmentBuilder
    private var places: [[UInt8]: Place] = [:]
    private var deleted: [DocID] = []
    private var updates: [DocID: [FieldID: Int64?]] = [:]
    private let updateVersionField: FieldID

    init(registry: FieldRegistry, updateVersionField: FieldID) {
        builder = SegmentBuilder(registry: registry)
        self.updateVersionField = updateVersionField
    }

    /// Documents added, replaced ones too.
    var documentCount: UInt32 { builder.documentCount }
    /// Memory used.
    var byteCount: Int { builder.byteCount + places.count * 96 + updates.count * 128 }

    /// The versions of a key's live document.
    func versions(of key: [UInt8]) -> DocumentVersions? {
        places[key].map { DocumentVersions(version: $0.version, updateVersion: $0.updateVersion) }
    }

    /// Adds a document in place of the buffer's own document of that key, if there is one.
    /// - Throws: `IndexError.invalidDocument`; the buffer is then as before.
    func add(_ document: borrowing IndexDocument) throws(IndexError) {
        let key = document.key
        let added: DocID
        do {
            added = try builder.add(document)
        } catch {
            throw IndexError(error)
        }
        let place = Place(document: added, version: document.version, updateVersion: document.version)
        if let old = places.updateValue(place, forKey: key) { discard(old.document) }
    }

    /// Deletes a key's document.
    func delete(_ key: [UInt8]) {
        if let old = places.removeValue(forKey: key) { discard(old.document) }
    }

    /// Replaces column values of a key's document.
    func update(_ key: [UInt8], version: UInt64, columns: [(FieldID, Int64?)]) {
        guard let place = places[key] else { return }
        places[key]?.updateVersion = version
        for (field, value) in columns { updates[place.document, default: [:]][field] = .some(value) }
        updates[place.document, default: [:]][updateVersionField] = .some(Int64(version))
    }

    /// Ends the segment and starts an empty one.
    func seal() throws(IndexError) -> Sealed {
        let count = builder.documentCount
        let image: [UInt8]
        do {
            image = try builder.finish()
        } catch {
            // The builder is empty now: the documents are lost to this writer, and come back with their
            // events.
            throw .writerFailed(cause: error.description)
        }
        var sealed = Sealed(image: image)
        if !deleted.isEmpty {
            var live = LiveDocs(documentCount: count)
            for document in deleted { _ = live.delete(document) }
            sealed.liveDocs = live
        }
        if !updates.isEmpty {
            var overlay = ColumnOverlay(documentCount: count)
            for (document, columns) in updates {
                for (field, value) in columns { overlay.set(field, document, value) }
            }
            sealed.overlay = overlay
        }
        places.removeAll(keepingCapacity: true)
        deleted.removeAll(keepingCapacity: true)
        updates.removeAll(keepingCapacity: true)
        return sealed
    }

    private func discard(_ document: DocID) {
        deleted.append(document)
        updates[document] = nil
    }
}

/// What made a live document: the upsert, and the newest column update (or again the upsert).
struct DocumentVersions: Equatable {
    var version: UInt64
    var updateVersion: UInt64
}
