// Merges segments into a new one: deleted documents are left out, overlays become part of the columns,
// nothing is analysed again. The bytes are those which a builder would make of the same documents.
//
// Memory: eight bytes a document for the order and four for the maps, one byte a document for the norms of
// one field, four a term for the ordinals of one keyword field, and a few buffers; what is written goes
// through spools. In a listed order, the postings of one term at a time are held and sorted as well, the
// values of one column, and about 16 MiB of stored documents.
import CPlatform
import Glibc

/// Merges segments.
public enum SegmentMerger {
    /// Merges into a new file, which is synced when this returns, and removed when it throws.
    ///
    /// - Parameters:
    ///   - sources: at least one.
    ///   - registry: where the fields of all sources and overlays come from.
    ///   - path: a file that does not exist.
    ///   - shouldStop: asked every few thousand postings; the merge ends with `cancelled` once it says true.
    /// - Throws: `damaged` when a source is, `system`, `tooLarge`, `cancelled`.
    public static func merge(
        _ sources: [SegmentSource], registry: FieldRegistry, to path: String, order: MergeOrder = .sources,
        storedCompression: StoredCompression = .fast, shouldStop: () -> Bool = { false }
    ) throws(SegmentError) -> MergeResult {
        func failure(_ operation: String) -> SegmentError {
            SegmentError(.system(errno: saekin_errno()), file: path, "cannot \(operation) the merged segment")
        }
        let descriptor = saekin_create(path, O_WRONLY | O_EXCL, 0o644)
        guard descriptor >= 0 else { throw failure("create") }
        do throws(SegmentError) {
            let result = try merge(
                sources, registry: registry, name: path, storage: .files(besidePath: path), order: order,
                storedCompression: storedCompression, shouldStop: shouldStop
            ) { bytes throws(SegmentError) in try writeAll(bytes, to: descriptor, file: path) }
            guard fsync(descriptor) == 0 else { throw failure("sync") }
            guard close(descriptor) == 0 else { throw failure("close") }
            return result
        } catch {
            close(descriptor)
            unlink(path)
            throw error
        }
    }

    /// Merges and hands the bytes of the new segment to `sink`, in order.
    ///
    /// - Parameters: as above, and
    ///   - name: names the new segment in errors.
    ///   - storage: where parts are kept until they are put together.
    public static func merge(
        _ sources: [SegmentSource], registry: FieldRegistry, name: String, storage: SpoolStorage,
        order: MergeOrder = .sources, storedCompression: StoredCompression = .fast,
        shouldStop: () -> Bool = { false },
        into sink: ([UInt8]) throws(SegmentError) -> Void
    ) throws(SegmentError) -> MergeResult {
        precondition(!sources.isEmpty, "there is nothing to merge")
        let plan = try MergePlan(
            sources, registry: registry, order: order, name: name, shouldStop: shouldStop)
        let stored = StoredMerge(plan, storage: storage)
        var writer = try SegmentWriter(
            documentCount: plan.documentCount, name: name, storage: storage,
            storedDictionary: stored.dictionary(), storedCompression: storedCompression)
        for definition in plan.fields {
            try mergeField(definition, plan, to: &writer, shouldStop: shouldStop)
        }
        try mergeVersions(plan, to: &writer, shouldStop: shouldStop)
        try stored.copy(to: &writer, shouldStop: shouldStop)
        let byteCount = try writer.finish(sink)
        return MergeResult(documentCount: plan.documentCount, byteCount: byteCount, documentMaps: plan.maps)
    }

    private static func mergeField(
        _ definition: FieldDefinition, _ plan: MergePlan, to writer: inout SegmentWriter,
        shouldStop: () -> Bool
    ) throws(SegmentError) {
        writer.beginField(definition, norms: plan.norms(definition))
        var terms = TermMerge(plan, definition)
        if definition.kind == .text || definition.kind == .keyword {
            try terms.merge(to: &writer, shouldStop: shouldStop)
        }
        var documentCount = terms.documentCount
        switch definition.kind {
        case .text: break
        case .keyword:
            if definition.hasColumn {
                writer.beginColumn()
                let columns = KeywordColumnMerge(plan, definition.id, ordinals: terms.ordinals)
                documentCount = try columns.copy(to: &writer, shouldStop: shouldStop)
            }
        case .integer, .decimal:
            writer.beginColumn()
            let columns = IntegerColumnMerge(plan, definition.id)
            documentCount = try columns.copy(to: &writer, shouldStop: shouldStop)
        }
        try writer.endField(documentCount: documentCount)
    }

    private static func mergeVersions(
        _ plan: MergePlan, to writer: inout SegmentWriter, shouldStop: () -> Bool
    ) throws(SegmentError) {
        writer.beginVersions()
        let versions = IntegerColumnMerge(plan, columns: plan.sources.map { $0.segment.versions })
        _ = try versions.copy(to: &writer, shouldStop: shouldStop)
    }
}
