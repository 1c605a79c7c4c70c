// The reader of a segment: the same code over a mapped file and over bytes in memory.
//
// Opening checks the frame, the field table and every index; what is large is checked where it is read:
// blocks of terms and stored fields by their checksums, postings and columns by their lengths and bounds.
// `check` reads all.
import CKernels

/// An immutable set of documents with everything that searches them. Safe to use from any thread.
///
/// Cursors and columns hold addresses inside the segment and no reference to it: whoever uses them keeps
/// the segment, as a snapshot does.
public final class Segment: Sendable {
    /// The file's path, or the name given to the image.
    public let name: String
    /// Documents, deleted ones included: the ids are 0 to `documentCount` - 1.
    public let documentCount: UInt32
    /// The size of the file or image.
    public var byteCount: Int { memory.view.count }

    let memory: SegmentMemory
    let frame: SegmentFrame
    let fields: FieldTable
    let terms: TermDictionary
    let storedFields: StoredFields
    /// Filters that were asked for more than once.
    let filterSets = FilterSets()
    /// What numbers facets have for its values.
    let facetNumbers = FacetNumbers()
    /// The priors that were read last.
    let lastPrior = LastPriorColumn()

    /// Maps a segment file.
    ///
    /// - Throws: `system` when the file cannot be read, `damaged` or `unsupportedVersion` when it cannot be
    ///   used.
    public static func open(path: String) throws(SegmentError) -> Segment {
        try Segment(memory: SegmentMemory(path: path), name: path)
    }

    /// Opens a segment in memory, which is copied once.
    ///
    /// - Throws: `damaged` or `unsupportedVersion`.
    public convenience init(image: [UInt8], name: String) throws(SegmentError) {
        try self.init(memory: SegmentMemory(image: image), name: name)
    }

    private init(memory: SegmentMemory, name: String) throws(SegmentError) {
        self.memory = memory
        self.name = name
        frame = try SegmentFrame(memory.view, file: name)
        fields = try FieldTable(frame, file: name)
        documentCount = fields.documentCount
        try frame.verify(.columnIndex, file: name)
        terms = try TermDictionary(frame, fields, file: name)
        storedFields = try StoredFields(frame, documentCount: documentCount, file: name)
    }

    /// How many bytes each section of the file takes, in the file's order.
    public var sectionByteCounts: [(name: String, byteCount: Int)] {
        SegmentSection.allCases.map { ($0.name, frame[$0].view.count) }
    }

    // MARK: Fields

    /// The fields that occur in this segment, by id.
    public var fieldDefinitions: [FieldDefinition] { fields.fields.map(\.definition) }

    /// Statistics of a field; nil when no document of the segment has it.
    public func fieldStatistics(_ field: FieldID) -> FieldStatistics? {
        guard let entry = fields[field] else { return nil }
        return FieldStatistics(
            documentCount: entry.documentCount, sumOfLengths: entry.sumOfLengths, termCount: entry.termCount)
    }

    /// The norms of a text field; nil when no document of the segment has it.
    public func norms(_ field: FieldID) -> NormsReader? {
        let offset = fields.normsOffset(field)
        guard offset != FieldEntry.absentOffset else { return nil }
        let view = frame[.norms].view.slice(Int(offset), Int(documentCount))
        return NormsReader(base: view.base, count: view.count)
    }

    // MARK: Terms

    /// Finds a term of a field.
    ///
    /// - Complexity: O(log terms), one block of 32 terms decoded.
    public func term(
        _ field: FieldID, _ term: UnsafeBufferPointer<UInt8>
    ) throws(SegmentError) -> TermEntry? {
        guard let entry = fields[field], entry.termCount > 0 else { return nil }
        let found = try terms.find(TermKey(field: field, term: term), firstOrdinal: entry.firstOrdinal)
        guard let found else { return nil }
        guard found.ordinal < entry.termCount else {
            throw terms.damaged(0, "a term of \(field) stands among those of another field")
        }
        return found
    }

    /// Finds a term of a field.
    public func term(_ field: FieldID, _ term: [UInt8]) throws(SegmentError) -> TermEntry? {
        try term.withUnsafeBufferPointer { bytes throws(SegmentError) in try self.term(field, bytes) }
    }

    /// The bytes of the term with this ordinal in its field.
    ///
    /// - Precondition: `ordinal` is below the field's `termCount`.
    public func termBytes(_ field: FieldID, ordinal: UInt32) throws(SegmentError) -> [UInt8] {
        guard let entry = fields[field], ordinal < entry.termCount else {
            preconditionFailure("the field has no such term")
        }
        let number = Int(entry.firstOrdinal) + Int(ordinal)
        let (bytes, offset) = try terms.block(number / SegmentFormat.termBlockCount)
        var scan = try TermBlockScan(terms, bytes, blockOffset: offset)
        return try withUnsafeTemporaryAllocation(
            of: UInt8.self, capacity: IndexDocument.termByteCountMax + 2
        ) { key throws(SegmentError) in
            var count = 0
            for _ in 0...number % SegmentFormat.termBlockCount {
                try scan.next()
                // SAFETY: the scan checks that no term is longer than that.
                for index in 0..<scan.suffix.count { key[scan.shared + index] = scan.suffix.base[index] }
                count = scan.shared + scan.suffix.count
            }
            guard count >= 2 else { throw terms.damaged(offset, "a term without a field") }
            return Array(key[2..<count])
        }
    }

    /// A walk over the terms of a field in byte order, before the first.
    public func walkTerms(_ field: FieldID) -> TermWalk { TermWalk(self, field) }

    /// Hands the terms of a field that start with `prefix` to `body`, in byte order, until it returns false.
    public func forEachTerm(
        _ field: FieldID, prefix: [UInt8] = [],
        _ body: (_ term: ArraySlice<UInt8>, _ entry: TermEntry) throws(SegmentError) -> Bool
    ) throws(SegmentError) {
        var walk = walkTerms(field)
        var isThere = try prefix.isEmpty ? walk.next() : walk.seek(prefix)
        while isThere, walk.term.starts(with: prefix) {
            guard try body(walk.term, walk.entry) else { return }
            isThere = try walk.next()
        }
    }

    // MARK: Postings

    /// A cursor before the first block of a term's postings.
    public func postings(_ entry: TermEntry) -> PostingsCursor { PostingsCursor(self, entry) }

    /// Has the start of a list of postings loaded.
    func prefetchPostings(at offset: Int) {
        let view = frame[.postings].view
        // A hint: an address outside of the section would do no harm either.
        saekin_prefetch(view.base + offset)
        saekin_prefetch(view.base + offset + 64)
    }

    // MARK: Columns

    /// The column of an integer or decimal field; nil when no document of the segment has a value.
    public func integerColumn(_ field: FieldID) -> IntegerColumn? {
        guard let entry = fields[field], entry.columnIndexOffset != FieldEntry.absentOffset,
            entry.definition.kind != .keyword
        else { return nil }
        return IntegerColumn(self, columnIndexOffset: Int(entry.columnIndexOffset))
    }

    /// The column of a keyword field; nil when the segment has no value of it, or the field has no column.
    public func keywordColumn(_ field: FieldID) -> KeywordColumn? {
        guard let entry = fields[field], entry.columnIndexOffset != FieldEntry.absentOffset,
            entry.definition.kind == .keyword
        else { return nil }
        return KeywordColumn(
            self, columnIndexOffset: Int(entry.columnIndexOffset), termCount: entry.termCount)
    }

    // MARK: Documents

    /// The bytes stored with a document.
    ///
    /// - Precondition: `document` is below `documentCount`.
    /// - Complexity: decompresses one block of about 16 KiB.
    public func stored(_ document: DocID) throws(SegmentError) -> [UInt8] {
        precondition(document < documentCount, "no such document")
        return try storedFields.document(document)
    }

    /// Hands the bytes stored with each document to `body`, in the order of the documents, until it returns
    /// false: each block is decompressed once.
    public func forEachStored(
        _ body: (_ document: DocID, _ stored: ArraySlice<UInt8>) throws(SegmentError) -> Bool
    ) throws(SegmentError) {
        for block in 0..<storedFields.blockCount {
            var document = storedFields.firstDocument(ofBlock: block)
            for stored in try storedFields.documents(ofBlock: block) {
                guard try body(document, stored) else { return }
                document += 1
            }
        }
    }

    /// The versions of the documents, as an integer column in which every document has a value.
    public var versions: IntegerColumn { IntegerColumn(self, columnIndexOffset: Int(fields.versionsOffset)) }

    /// The version of a document.
    public func version(_ document: DocID) throws(SegmentError) -> UInt64 {
        guard let version = try versions.value(document) else {
            throw frame[.columns].damaged(name, 0, "document \(document) has no version")
        }
        return UInt64(bitPattern: version)
    }

    /// The ordinal of a document's key among the keys of the segment: keys compare as their ordinals do.
    public func keyOrdinal(_ document: DocID) throws(SegmentError) -> UInt32 {
        guard let ordinal = try keywordColumn(FieldRegistry.key)?.firstOrdinal(document) else {
            throw frame[.columns].damaged(name, 0, "document \(document) has no key")
        }
        return ordinal
    }

    /// The key of a document.
    public func key(_ document: DocID) throws(SegmentError) -> [UInt8] {
        try termBytes(FieldRegistry.key, ordinal: keyOrdinal(document))
    }
}

/// Reads the norms of a text field.
public struct NormsReader: @unchecked Sendable {
    // SAFETY (Sendable): the memory is immutable for the life of the segment, which the user of the reader
    // keeps.
    /// One norm a document.
    public let base: UnsafePointer<UInt8>
    /// The number of documents.
    public let count: Int

    /// The norm of a document.
    @inlinable
    public subscript(document: DocID) -> UInt8 {
        precondition(Int(document) < count, "no such document")
        return base[Int(document)]
    }
}
