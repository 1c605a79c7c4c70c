// Puts a segment together: the builder and the merger feed it fields in order of their ids, each field's
// terms in order, then its column; the writer keeps the sections and ends with the table that finds them.
import CKernels
import CPlatform
import Glibc

/// What the field table says about a field of a segment.
struct FieldEntry {
    static let absentOffset = UInt64.max

    var definition: FieldDefinition
    var documentCount: UInt32 = 0
    var sumOfLengths: UInt64 = 0
    var firstOrdinal: UInt32 = 0
    var termCount: UInt32 = 0
    var normsOffset = FieldEntry.absentOffset
    var columnIndexOffset = FieldEntry.absentOffset

    /// The mean length of the field over the documents that have it; 1 if none has.
    var averageLength: Float {
        sumOfLengths > 0 && documentCount > 0 ? Float(Double(sumOfLengths) / Double(documentCount)) : 1
    }
}

/// Writes one segment.
struct SegmentWriter: ~Copyable {
    let documentCount: UInt32
    private let file: String
    private var fields: [FieldEntry] = []
    private var current: FieldEntry?
    private var currentNorms: [UInt8] = []
    private var currentFactors = ImpactFactors(averageLength: 1)
    private var key: [UInt8] = []
    private var terms: TermDictionaryWriter
    private var postings: PostingsEncoder
    private var norms: SectionSpool
    private var columnIndex: [UInt8] = []
    private var columns: SectionSpool
    private var integerBlocks = IntegerBlockEncoder()
    private var keywordBlocks = KeywordBlockEncoder()
    private var versionsOffset = FieldEntry.absentOffset
    private var stored: StoredFieldsWriter

    /// A writer that compresses stored documents itself.
    init(
        documentCount: UInt32, name: String, storage: SpoolStorage, storedDictionary: [UInt8],
        storedCompression: StoredCompression = .fast
    ) throws(SegmentError) {
        let stored = try StoredFieldsWriter(
            storage: storage, file: name, dictionary: storedDictionary, compression: storedCompression)
        self.init(documentCount: documentCount, name: name, storage: storage, stored: stored)
    }

    /// A writer of a segment whose stored documents are compressed, or are still to be added.
    init(documentCount: UInt32, name: String, storage: SpoolStorage, stored: consuming StoredFieldsWriter) {
        self.documentCount = documentCount
        file = name
        terms = TermDictionaryWriter(storage: storage, file: name)
        postings = PostingsEncoder(storage: storage, file: name)
        norms = SectionSpool(storage)
        columns = SectionSpool(storage)
        self.stored = stored
    }

    // MARK: Fields

    /// Starts a field. Ids must ascend. A text field brings its norms, one byte a document.
    mutating func beginField(_ definition: FieldDefinition, norms fieldNorms: [UInt8]) {
        precondition(current == nil && (fields.last.map { $0.definition.id < definition.id } ?? true))
        var entry = FieldEntry(definition: definition)
        entry.firstOrdinal = terms.termCount
        key = [UInt8(definition.id.rawValue >> 8), UInt8(definition.id.rawValue & 0xFF)]
        currentNorms = []
        if definition.kind == .text {
            precondition(fieldNorms.count == Int(documentCount))
            currentNorms = fieldNorms
            for norm in fieldNorms where norm > 0 {
                entry.documentCount += 1
                entry.sumOfLengths += UInt64(FieldNorm.length(of: norm))
            }
        }
        currentFactors = ImpactFactors(averageLength: entry.averageLength)
        current = entry
    }

    /// Ends the field. `documentCount` says how many documents have a value of a keyword or numeric field.
    /// A field that no document has leaves no trace.
    mutating func endField(documentCount valueCount: UInt32 = 0) throws(SegmentError) {
        guard var entry = current else { preconditionFailure("no field was begun") }
        current = nil
        entry.termCount = terms.termCount - entry.firstOrdinal
        if entry.definition.kind != .text { entry.documentCount = valueCount }
        guard entry.documentCount > 0 || entry.termCount > 0 else {
            if entry.columnIndexOffset != FieldEntry.absentOffset {
                columnIndex.removeLast(columnIndex.count - Int(entry.columnIndexOffset))
            }
            return
        }
        if entry.definition.kind == .text {
            entry.normsOffset = norms.byteCount
            try norms.append(currentNorms)
        }
        fields.append(entry)
    }

    // MARK: Terms

    /// Starts a term of the field. Its record is written by `endTerm`.
    mutating func beginTerm() {
        postings.begin(hasPositions: current?.definition.kind == .text, currentFactors)
    }

    /// Adds a document of the term; documents must ascend.
    @inline(__always)
    mutating func addPosting(
        _ document: DocID, frequency: UInt32, positions: ArraySlice<UInt32>
    ) throws(SegmentError) {
        let norm = currentNorms.isEmpty ? 0 : currentNorms[Int(document)]
        try postings.add(document, frequency: frequency, norm: norm, positions: positions)
    }

    /// Adds documents of the term.
    mutating func addPostings(_ run: borrowing PostingsRun) throws(SegmentError) {
        try postings.add(run, norms: currentNorms)
    }

    /// Ends the term; terms of a field must ascend. Returns its ordinal in the field; nil when it has no
    /// documents, and so is left out.
    mutating func endTerm(_ term: some Collection<UInt8>) throws(SegmentError) -> UInt32? {
        let ordinal = terms.termCount - (current?.firstOrdinal ?? 0)
        let record = try postings.end()
        guard record.documentFrequency > 0 else { return nil }
        key.removeLast(key.count - 2)
        key.append(contentsOf: term)
        try terms.add(key[...], record)
        return ordinal
    }

    // MARK: Columns

    /// Starts the field's column; one block for each 4,096 documents must follow.
    mutating func beginColumn() { current?.columnIndexOffset = UInt64(columnIndex.count) }

    /// Starts the column of document versions.
    mutating func beginVersions() { versionsOffset = UInt64(columnIndex.count) }

    /// Adds a block of integers. See `IntegerBlockEncoder`.
    mutating func addIntegerBlock(
        offsets: [UInt16], values: [Int64], documentCount: Int
    ) throws(SegmentError) {
        try integerBlocks.encode(
            offsets: offsets, values: values, documentCount: documentCount, data: &columns,
            entries: &columnIndex)
    }

    /// Adds a block of ordinals. See `KeywordBlockEncoder`.
    mutating func addKeywordBlock(
        offsets: [UInt16], counts: [UInt32], ordinals: [UInt32], documentCount: Int
    ) throws(SegmentError) {
        try keywordBlocks.encode(
            offsets: offsets, counts: counts, ordinals: ordinals, documentCount: documentCount,
            data: &columns,
            entries: &columnIndex)
    }

    // MARK: Stored fields

    /// Adds the stored bytes of the next document.
    mutating func addStored(_ bytes: some Collection<UInt8>) throws(SegmentError) { try stored.add(bytes) }

    // MARK: File

    /// Puts the file together. Hands its bytes to `sink` in order; returns how many there are.
    mutating func finish(
        _ sink: ([UInt8]) throws(SegmentError) -> Void
    ) throws(SegmentError) -> UInt64 {
        var header = SegmentFormat.magic
        header.appendLittleEndian(SegmentFormat.version)
        header.appendLittleEndian(UInt32(0))
        try sink(header)
        var offset = UInt64(header.count)
        var table: [UInt8] = []
        func record(_ section: SegmentSection, _ checksum: UInt32, _ byteCount: UInt64) {
            table.appendLittleEndian(section.rawValue)
            table.appendLittleEndian(checksum)
            table.appendLittleEndian(offset)
            table.appendLittleEndian(byteCount)
            offset += byteCount
        }
        func append(_ section: SegmentSection, _ bytes: [UInt8]) throws(SegmentError) {
            record(section, saekin_crc32c(0, bytes, bytes.count), UInt64(bytes.count))
            try sink(bytes)
        }
        let termIndex = try terms.finish()
        let storedIndex = try stored.finish()
        try append(.fields, fieldTable())
        var checksum = try terms.blocks.drain(into: sink)
        record(.terms, checksum, terms.blocks.byteCount)
        try append(.termIndex, termIndex)
        checksum = try postings.postings.drain(into: sink)
        record(.postings, checksum, postings.postings.byteCount)
        checksum = try postings.positions.drain(into: sink)
        record(.positions, checksum, postings.positions.byteCount)
        checksum = try norms.drain(into: sink)
        record(.norms, checksum, norms.byteCount)
        try append(.columnIndex, columnIndex)
        checksum = try columns.drain(into: sink)
        record(.columns, checksum, columns.byteCount)
        try append(.storedIndex, storedIndex)
        checksum = try stored.blocks.drain(into: sink)
        record(.stored, checksum, stored.blocks.byteCount)

        let sectionCount = UInt32(table.count / SegmentFormat.tableEntryByteCount)
        let total = offset + UInt64(table.count + SegmentFormat.trailerByteCount)
        let frame = header + table
        table.appendLittleEndian(offset)
        table.appendLittleEndian(sectionCount)
        table.appendLittleEndian(saekin_crc32c(0, frame, frame.count))
        table.appendLittleEndian(total)
        table.append(contentsOf: SegmentFormat.magic)
        try sink(table)
        return total
    }

    /// documents u32, fields u32, terms u32, zero u32, versions' place in the column index u64; then the
    /// fields.
    private func fieldTable() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(documentCount)
        bytes.appendLittleEndian(UInt32(fields.count))
        bytes.appendLittleEndian(terms.termCount)
        bytes.appendLittleEndian(UInt32(0))
        bytes.appendLittleEndian(versionsOffset)
        for field in fields {
            let name = Array(field.definition.name.utf8)
            bytes.appendLittleEndian(field.definition.id.rawValue)
            bytes.append(field.definition.kind.rawValue)
            bytes.append((field.definition.isUpdatable ? 1 : 0) | (field.definition.hasColumn ? 2 : 0))
            bytes.appendLittleEndian(field.documentCount)
            bytes.appendLittleEndian(field.sumOfLengths)
            bytes.appendLittleEndian(field.firstOrdinal)
            bytes.appendLittleEndian(field.termCount)
            bytes.appendLittleEndian(field.normsOffset)
            bytes.appendLittleEndian(field.columnIndexOffset)
            bytes.appendLittleEndian(UInt16(name.count))
            bytes.append(contentsOf: name)
        }
        return bytes
    }
}
