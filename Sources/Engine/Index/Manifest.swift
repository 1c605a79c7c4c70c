// The list of what an index consists of at a commit. One small file, replaced in one step, so that segments,
// deletes, fields and the event position they contain can never disagree. Layout: Engine.docc/Manifest.md.

/// What analysed the documents of an index; the index stores it and leaves the judgement to its caller.
public struct AnalysisVersion: Hashable, Sendable {
    /// Names the dictionary, for instance by its checksum.
    public var dictionary: String
    /// Names the rules of the analyzer.
    public var analyzer: String

    /// Names a dictionary and the analyzer that used it, each in at most 255 bytes of UTF-8.
    public init(dictionary: String = "", analyzer: String = "") {
        precondition(
            dictionary.utf8.count <= 255 && analyzer.utf8.count <= 255, "a version name has at most 255 bytes"
        )
        self.dictionary = dictionary
        self.analyzer = analyzer
    }
}

/// The content of a manifest file.
struct Manifest: Equatable {
    /// One segment at one commit.
    struct Entry: Equatable {
        var id: SegmentID
        /// Length of the segment's file.
        var byteCount: UInt64
        /// Documents in the file, deleted ones too.
        var documentCount: UInt32
        /// Documents that are not deleted.
        var liveCount: UInt32
        /// Generation of the live docs file; 0 where nothing is deleted.
        var liveGeneration: UInt64 = 0
        /// Generation of the column overlay file; 0 where no column was updated.
        var overlayGeneration: UInt64 = 0
    }

    /// Counts the commits; names the generation files that a commit writes.
    var generation: UInt64 = 0
    /// Every event up to this one is contained.
    var eventPosition: UInt64 = 0
    /// The id the next segment gets.
    var nextSegmentID: UInt64 = 1
    /// Generation of the tombstones file; 0 where there are none.
    var tombstoneGeneration: UInt64 = 0
    var analysis = AnalysisVersion()
    /// In the order of their ids, from 0 without gaps.
    var fields = FieldRegistry().definitions
    /// In the order they are searched.
    var segments: [Entry] = []

    static let format = RecordFormat(magic: "SAEKINMF", version: 1, byteLimit: 16 << 20)

    /// The names of all files the manifest speaks of, without its own.
    var fileNames: Set<String> {
        var names: Set<String> = []
        for entry in segments {
            names.insert(IndexFileName.segment(entry.id))
            if entry.liveGeneration > 0 {
                names.insert(IndexFileName.liveDocs(entry.id, generation: entry.liveGeneration))
            }
            if entry.overlayGeneration > 0 {
                names.insert(IndexFileName.overlay(entry.id, generation: entry.overlayGeneration))
            }
        }
        if tombstoneGeneration > 0 { names.insert(IndexFileName.tombstones(generation: tombstoneGeneration)) }
        return names
    }

    func encode() -> [UInt8] {
        var body = RecordWriter()
        body.append(generation)
        body.append(eventPosition)
        body.append(nextSegmentID)
        body.append(tombstoneGeneration)
        body.appendShort(analysis.dictionary.utf8)
        body.appendShort(analysis.analyzer.utf8)
        body.append(UInt32(fields.count))
        for field in fields {
            body.append(field.kind.rawValue)
            body.append((field.isUpdatable ? Flag.updatable : 0) | (field.hasColumn ? Flag.column : 0))
            body.appendShort(field.name.utf8)
        }
        body.append(UInt32(segments.count))
        for entry in segments {
            body.append(entry.id.rawValue)
            body.append(entry.byteCount)
            body.append(entry.documentCount)
            body.append(entry.liveCount)
            body.append(entry.liveGeneration)
            body.append(entry.overlayGeneration)
        }
        return Self.format.seal(body)
    }

    /// The manifest of an index without documents.
    init(analysis: AnalysisVersion = AnalysisVersion()) {
        self.analysis = analysis
    }

    /// Decodes a manifest file; `file` names it in errors.
    init(decoding bytes: [UInt8], file: String) throws(IndexError) {
        var body = try Self.format.open(bytes, file: file)
        generation = try body.uint64("generation")
        eventPosition = try body.uint64("event position")
        nextSegmentID = try body.uint64("next segment id")
        tombstoneGeneration = try body.uint64("tombstone generation")
        guard tombstoneGeneration <= generation else { throw body.damaged("tombstones of a later commit") }
        analysis.dictionary = try body.text("dictionary version")
        analysis.analyzer = try body.text("analyzer version")
        fields = try Self.fields(&body)
        segments = try Self.segments(&body, generation: generation, nextSegmentID: nextSegmentID)
        try body.finish()
    }

    private enum Flag {
        static let updatable: UInt8 = 1
        static let column: UInt8 = 2
    }

    private static func fields(_ body: inout RecordReader) throws(IndexError) -> [FieldDefinition] {
        let count = try body.uint32("field count")
        // Four bytes is the least a field takes, and the document key is always there.
        guard count >= 1, count <= body.remaining / 4, count <= FieldRegistry.fieldCountMax else {
            throw body.damaged("an index cannot have \(count) fields")
        }
        var fields: [FieldDefinition] = []
        var seen: Set<FieldDefinition> = []
        for id in 0..<UInt16(count) {
            let rawKind = try body.uint8("field kind")
            guard let kind = FieldKind(rawValue: rawKind) else { throw body.damaged("field kind \(rawKind)") }
            let flags = try body.uint8("field flags")
            guard flags & ~(Flag.updatable | Flag.column) == 0 else {
                throw body.damaged("field flags \(flags)")
            }
            let name = try body.text("field name")
            guard (1...FieldRegistry.nameByteCountMax).contains(name.utf8.count) else {
                throw body.damaged("a field name of \(name.utf8.count) bytes")
            }
            let unflagged = FieldDefinition(
                id: FieldID(rawValue: 0), name: name, kind: kind, isUpdatable: false, hasColumn: false)
            guard seen.insert(unflagged).inserted else { throw body.damaged("field \(name) appears twice") }
            fields.append(
                FieldDefinition(
                    id: FieldID(rawValue: id), name: name, kind: kind,
                    isUpdatable: flags & Flag.updatable != 0, hasColumn: flags & Flag.column != 0))
        }
        guard fields[0] == FieldRegistry().definitions[0] else {
            throw body.damaged("field 0 is not the document key")
        }
        return fields
    }

    private static func segments(
        _ body: inout RecordReader, generation: UInt64, nextSegmentID: UInt64
    ) throws(IndexError) -> [Entry] {
        let count = try body.uint32("segment count")
        guard count <= body.remaining / 40 else { throw body.damaged("\(count) segments do not fit") }
        var segments: [Entry] = []
        var ids: Set<SegmentID> = []
        for _ in 0..<count {
            let start = body
            let entry = Entry(
                id: SegmentID(rawValue: try body.uint64("segment id")),
                byteCount: try body.uint64("segment length"),
                documentCount: try body.uint32("document count"),
                liveCount: try body.uint32("live count"),
                liveGeneration: try body.uint64("live docs generation"),
                overlayGeneration: try body.uint64("column generation"))
            guard (1..<nextSegmentID).contains(entry.id.rawValue), ids.insert(entry.id).inserted else {
                throw start.damaged("segment id \(entry.id) is out of range or appears twice")
            }
            guard entry.liveCount <= entry.documentCount,
                entry.liveGeneration > 0 || entry.liveCount == entry.documentCount
            else { throw start.damaged("segment \(entry.id) counts more live documents than documents") }
            guard max(entry.liveGeneration, entry.overlayGeneration) <= generation else {
                throw start.damaged("segment \(entry.id) names a generation of a later commit")
            }
            segments.append(entry)
        }
        return segments
    }
}
