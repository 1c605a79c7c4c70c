// What the builder has collected of one field: norms, or a column as pairs of document and value.

/// The values of one field, in document order.
struct FieldBuffer {
    let definition: FieldDefinition
    /// How many documents have a value of a keyword or numeric field.
    private(set) var valueCount: UInt32 = 0
    private var lastDocument = DocID.max
    /// Text: the norm of each document so far, and the length counted for the last.
    private var norms: [UInt8] = []
    private var countedLength: UInt32 = 0
    /// Keyword and numeric: the documents with values; a document with several is there as often.
    private var documents: [DocID] = []
    private var terms: [UInt32] = []
    private var integers: [Int64] = []

    init(_ definition: FieldDefinition) { self.definition = definition }

    var memoryByteCount: Int {
        norms.count + documents.count * 4 + terms.count * 4 + integers.count * 8
    }

    // MARK: Adding

    /// Counts tokens of a document whose length is not given.
    mutating func addLength(_ document: DocID, _ count: UInt32) {
        if document != lastDocument { countedLength = 0 }
        lastDocument = document
        countedLength += count
        setNorm(document, FieldNorm.byte(forLength: countedLength))
    }

    mutating func setNorm(_ document: DocID, _ norm: UInt8) {
        let missing = Int(document) + 1 - norms.count
        if missing > 0 { norms.append(contentsOf: repeatElement(0, count: missing)) }
        norms[Int(document)] = norm
    }

    mutating func addKeyword(_ document: DocID, _ term: UInt32) {
        if document != lastDocument { valueCount += 1 }
        lastDocument = document
        guard definition.hasColumn else { return }
        documents.append(document)
        terms.append(term)
    }

    mutating func addInteger(_ document: DocID, _ value: Int64) {
        precondition(document != lastDocument, "a document has two values of a numeric field")
        lastDocument = document
        valueCount += 1
        documents.append(document)
        integers.append(value)
    }

    // MARK: Writing

    /// One norm for each document of the segment; nothing for fields without.
    func norms(documentCount: UInt32) -> [UInt8] {
        guard definition.kind == .text else { return [] }
        return norms + [UInt8](repeating: 0, count: Int(documentCount) - norms.count)
    }

    /// Writes the field's column. `ordinals` are the ordinals of the builder's terms.
    func writeColumn(
        documentCount: UInt32, ordinals: [UInt32], to writer: inout SegmentWriter
    ) throws(SegmentError) {
        switch definition.kind {
        case .text: return
        case .keyword where !definition.hasColumn: return
        case .keyword, .integer, .decimal: writer.beginColumn()
        }
        var next = 0
        for block in 0..<ColumnFormat.blockCount(documentCount) {
            let count = ColumnFormat.documentCount(ofBlock: block, documentCount)
            if definition.kind == .keyword {
                try writeOrdinals(block, count, from: &next, ordinals, to: &writer)
            } else {
                try writeIntegers(block, count, from: &next, to: &writer)
            }
        }
    }

    private func writeIntegers(
        _ block: Int, _ count: Int, from next: inout Int, to writer: inout SegmentWriter
    ) throws(SegmentError) {
        let first = block * SegmentFormat.windowCount
        let start = next
        var offsets: [UInt16] = []
        while next < documents.count, Int(documents[next]) < first + count {
            offsets.append(UInt16(Int(documents[next]) - first))
            next += 1
        }
        try writer.addIntegerBlock(
            offsets: offsets, values: Array(integers[start..<next]), documentCount: count)
    }

    private func writeOrdinals(
        _ block: Int, _ count: Int, from next: inout Int, _ ordinals: [UInt32], to writer: inout SegmentWriter
    ) throws(SegmentError) {
        let first = block * SegmentFormat.windowCount
        var offsets: [UInt16] = []
        var counts: [UInt32] = []
        var values: [UInt32] = []
        while next < documents.count, Int(documents[next]) < first + count {
            let document = documents[next]
            let start = values.count
            while next < documents.count, documents[next] == document {
                values.append(ordinals[Int(terms[next])])
                next += 1
            }
            if values.count - start > 1 { values[start...].sort() }
            offsets.append(UInt16(Int(document) - first))
            counts.append(UInt32(values.count - start))
        }
        try writer.addKeywordBlock(offsets: offsets, counts: counts, ordinals: values, documentCount: count)
    }
}
