// Collects documents in memory and writes them as one segment.
//
// Terms live in a hash table over an arena (TermTable), their postings in chained slices (SlicePool), columns
// as flat arrays a field; stored documents are compressed at once. `finish` sorts the terms and encodes
// everything; the bytes depend on the documents alone, not on the hash seed.

/// Builds one segment after another from documents. Used by one thread.
public struct SegmentBuilder: ~Copyable {
    /// Documents added since the last `finish`.
    public private(set) var documentCount: UInt32 = 0
    /// Terms and values that were left out because they are longer than `IndexDocument.termByteCountMax`.
    public private(set) var skippedTermCount = 0

    private let registry: FieldRegistry
    private var table: TermTable
    private var pool = SlicePool()
    private var fields: [FieldBuffer] = []
    private var fieldSlots: [Int16] = []
    private var versions = PageBuffer<UInt64>()
    private var stored = StoredBuffer()
    private var sortedTerms: [TermOccurrence] = []
    private var keywords: [UInt32] = []

    /// A builder for documents whose fields are in `registry`.
    ///
    /// - Parameter seed: seeds the hash table; any value gives the same segment.
    public init(registry: FieldRegistry, seed: UInt64 = UInt64.random(in: .min ... .max)) {
        self.registry = registry
        table = TermTable(seed: seed)
    }

    /// The memory that the documents added so far take.
    public var byteCount: Int {
        var count = table.memoryByteCount + pool.count + stored.byteCount + versions.byteCount
        for field in fields { count += field.memoryByteCount }
        return count
    }

    /// The last document that was added with a key.
    func document(ofKey key: [UInt8]) -> DocID? {
        key.withUnsafeBufferPointer { table.find(FieldRegistry.key, $0) }.map { table[$0].lastDocument }
    }

    /// Calls `body` with each key that a document was added with.
    func forEachKey(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        for index in 0..<table.count where table.field(index) == FieldRegistry.key {
            body(table.termBytes(index))
        }
    }

    /// The version of a document that was added.
    func version(_ document: DocID) -> UInt64 { versions[Int(document)] }

    // MARK: Adding

    /// Adds a document and returns its number in the segment to come.
    ///
    /// - Throws: `invalidDocument` when the key is empty or too long, or a keyword field has too many values;
    ///   `tooLarge` when the segment is full. The builder is unchanged then, and can be finished.
    /// - Precondition: fields are registered with the kind in which they are used, at most one integer a
    ///   field, and ranges lie inside the document's bytes.
    public mutating func add(_ document: borrowing IndexDocument) throws(SegmentError) -> DocID {
        try check(document)
        let id = documentCount
        documentCount += 1
        versions.append(document.version)
        stored.add(document.stored)
        skippedTermCount += document.skippedTermCount
        addTerms(document, id)
        for length in document.lengths {
            fields[slot(length.field, .text)].setNorm(id, FieldNorm.byte(forLength: length.length))
        }
        addKeywords(document, id)
        for integer in document.integers {
            fields[numericSlot(integer.field)].addInteger(id, integer.value)
        }
        return id
    }

    private func check(_ document: borrowing IndexDocument) throws(SegmentError) {
        func failure(_ kind: SegmentError.Kind, _ message: String) -> SegmentError {
            SegmentError(kind, file: "segment builder", message)
        }
        let keyByteCount = document.key.count
        guard keyByteCount > 0, keyByteCount <= IndexDocument.keyByteCountMax else {
            throw failure(
                .invalidDocument,
                "a document key has \(keyByteCount) bytes; 1 to \(IndexDocument.keyByteCountMax)"
                    + " are allowed")
        }
        if document.keywords.count > IndexDocument.keywordValueCountMax {
            var counts: [FieldID: Int] = [:]
            for keyword in document.keywords {
                counts[keyword.field, default: 0] += 1
                guard counts[keyword.field, default: 0] <= IndexDocument.keywordValueCountMax else {
                    throw failure(
                        .invalidDocument,
                        "\(keyword.field) has more than"
                            + " \(IndexDocument.keywordValueCountMax) values")
                }
            }
        }
        guard document.stored.count <= StoredFormat.contentByteCountMax / 2 else {
            throw failure(.invalidDocument, "a document stores more than 128 MiB")
        }
        // Slices and keys are addressed with 32 bits; 64 bytes a term is far above what one occurrence can
        // take.
        let growth = (document.terms.count + document.keywords.count) * 64 + document.bytes.count + 1_024
        guard pool.count + growth < 1 << 31, table.keyByteCount + growth < 1 << 31,
            documentCount < SegmentFormat.documentCountMax
        else { throw failure(.tooLarge, "the segment is full; finish it and start another") }
    }

    private mutating func addTerms(_ document: borrowing IndexDocument, _ id: DocID) {
        if Self.isSorted(document.terms) {
            addSortedTerms(document.terms, document, id)
        } else {
            sortedTerms.removeAll(keepingCapacity: true)
            sortedTerms.append(contentsOf: document.terms)
            sortedTerms.sort { ($0.field, $0.position) < ($1.field, $1.position) }
            addSortedTerms(sortedTerms, document, id)
        }
    }

    /// Whether the positions of each field ascend, as those of most documents do.
    private static func isSorted(_ terms: [TermOccurrence]) -> Bool {
        terms.withUnsafeBufferPointer { terms in
            var isSorted = true
            for index in terms.indices.dropFirst() {
                let (before, after) = (terms[index - 1], terms[index])
                isSorted =
                    isSorted
                    && (before.field < after.field
                        || before.field == after.field && before.position <= after.position)
            }
            return isSorted
        }
    }

    private mutating func addSortedTerms(
        _ terms: [TermOccurrence], _ document: borrowing IndexDocument, _ id: DocID
    ) {
        let byteCount = document.bytes.count
        document.bytes.withUnsafeBufferPointer { bytes in
            terms.withUnsafeBufferPointer { terms in
                guard let field = terms.first?.field, let base = bytes.baseAddress else { return }
                var current = (field: field, count: UInt32(0))
                for occurrence in terms {
                    let (start, length) = (Int(occurrence.start), Int(occurrence.length))
                    if length == 0 { continue }
                    if length > IndexDocument.termByteCountMax {
                        skippedTermCount += 1
                        continue
                    }
                    precondition(start + length <= byteCount, "a term lies outside of its document")
                    if occurrence.field != current.field {
                        addLength(current.field, id, current.count)
                        current = (occurrence.field, 0)
                    }
                    // SAFETY: the range was compared with the document's bytes.
                    let term = UnsafeBufferPointer(start: base + start, count: length)
                    let index = table.index(occurrence.field, term)
                    if table[index].add(id, position: occurrence.position, &pool) { current.count += 1 }
                }
                addLength(current.field, id, current.count)
            }
        }
    }

    private mutating func addLength(_ field: FieldID, _ id: DocID, _ count: UInt32) {
        if count > 0 { fields[slot(field, .text)].addLength(id, count) }
    }

    private mutating func addKeywords(_ document: borrowing IndexDocument, _ id: DocID) {
        let keyIndex = document.key.withUnsafeBufferPointer { table.index(FieldRegistry.key, $0) }
        table[keyIndex].add(id, &pool)
        fields[slot(FieldRegistry.key, .keyword)].addKeyword(id, UInt32(keyIndex))
        keywords.removeAll(keepingCapacity: true)
        document.bytes.withUnsafeBufferPointer { bytes in
            for keyword in document.keywords {
                precondition(keyword.field != FieldRegistry.key, "the key is set through the document's key")
                guard keyword.length > 0 else { continue }
                guard keyword.length <= IndexDocument.termByteCountMax else {
                    skippedTermCount += 1
                    continue
                }
                let start = Int(keyword.start)
                let value = UnsafeBufferPointer(rebasing: bytes[start..<start + Int(keyword.length)])
                keywords.append(UInt32(table.index(keyword.field, value)))
            }
        }
        if keywords.count > 1 { keywords.sort() }
        var last = UInt32.max
        for keyword in keywords where keyword != last {
            last = keyword
            let index = Int(keyword)
            table[index].add(id, &pool)
            fields[slot(table.field(index), .keyword)].addKeyword(id, keyword)
        }
    }

    // MARK: Fields

    private mutating func slot(_ field: FieldID, _ kind: FieldKind) -> Int {
        let slot = slot(field)
        precondition(fields[slot].definition.kind == kind, "the field is registered with another kind")
        return slot
    }

    private mutating func numericSlot(_ field: FieldID) -> Int {
        let slot = slot(field)
        let kind = fields[slot].definition.kind
        precondition(kind == .integer || kind == .decimal, "the field is registered with another kind")
        return slot
    }

    @inline(__always)
    private mutating func slot(_ field: FieldID) -> Int {
        let number = Int(field.rawValue)
        if number < fieldSlots.count, fieldSlots[number] >= 0 { return Int(fieldSlots[number]) }
        return addSlot(field)
    }

    private mutating func addSlot(_ field: FieldID) -> Int {
        guard let definition = registry.definition(field) else {
            preconditionFailure("the field is not registered")
        }
        let number = Int(field.rawValue)
        if number >= fieldSlots.count {
            fieldSlots.append(contentsOf: repeatElement(-1, count: number + 1 - fieldSlots.count))
        }
        fieldSlots[number] = Int16(fields.count)
        fields.append(FieldBuffer(definition))
        return fields.count - 1
    }

    // MARK: Finishing

    /// The documents as a segment's bytes. The builder is empty afterwards.
    ///
    /// - Throws: `tooLarge` when a part of the segment does not fit its format.
    /// - Complexity: O(bytes + terms * log terms); takes about as much memory again as the result.
    public mutating func finish() throws(SegmentError) -> [UInt8] {
        var image: [UInt8] = []
        try finish(keepingMemory: false) { image.append(contentsOf: $0) }
        return image
    }

    /// Hands the bytes of a segment of the documents to `sink`, in order. The builder is empty afterwards.
    ///
    /// - Parameter keepingMemory: whether the next segment is going to be as large.
    mutating func finish(
        keepingMemory: Bool, into sink: ([UInt8]) throws(SegmentError) -> Void
    ) throws(SegmentError) {
        defer { reset(keepingMemory: keepingMemory) }
        var writer = SegmentWriter(
            documentCount: documentCount, name: "segment in memory", storage: .memory,
            stored: try stored.take())
        let order = table.sorted()
        var ordinals = [UInt32](repeating: .max, count: table.count)
        var run = PostingsRun()
        var next = 0
        let slots = fields.indices.sorted { fields[$0].definition.id < fields[$1].definition.id }
        for slot in slots {
            let definition = fields[slot].definition
            let isText = definition.kind == .text
            writer.beginField(definition, norms: fields[slot].norms(documentCount: documentCount))
            while next < order.count, table.field(Int(order[next])) == definition.id {
                let index = Int(order[next])
                writer.beginTerm()
                var reader = TermPostingsReader(table[index], isText: isText, pool)
                while reader.next(&run) { try writer.addPostings(run) }
                ordinals[index] = try writer.endTerm(table.termBytes(index)) ?? .max
                next += 1
            }
            try fields[slot].writeColumn(documentCount: documentCount, ordinals: ordinals, to: &writer)
            try writer.endField(documentCount: fields[slot].valueCount)
        }
        try writeVersions(to: &writer)
        _ = try writer.finish(sink)
    }

    private func writeVersions(to writer: inout SegmentWriter) throws(SegmentError) {
        writer.beginVersions()
        for block in 0..<ColumnFormat.blockCount(documentCount) {
            let count = ColumnFormat.documentCount(ofBlock: block, documentCount)
            let start = block * SegmentFormat.windowCount
            try writer.addIntegerBlock(
                offsets: (0..<UInt16(count)).map { $0 },
                values: (start..<start + count).map { Int64(bitPattern: versions[$0]) }, documentCount: count)
        }
    }

    private mutating func reset(keepingMemory: Bool) {
        documentCount = 0
        skippedTermCount = 0
        table.removeAll(keepingMemory: keepingMemory)
        pool.removeAll(keepingMemory: keepingMemory)
        fields = []
        fieldSlots = []
        versions.removeAll(keepingMemory: keepingMemory)
        stored.removeAll(keepingMemory: keepingMemory)
    }
}
