// Collects documents in memory and writes them as one segment.
//
// Terms live in a hash table over an arena (TermTable), their postings in chained slices of one array
// (SlicePool), columns as flat arrays a field. `finish` sorts the terms and encodes everything; the bytes
// depend on the documents alone, not on the hash seed.

/// Builds one segment after another from documents. Used by one thread.
public struct SegmentBuilder: ~Copyable {
    /// Documents added since the last `finish`.
    public private(set) var documentCount: UInt32 = 0
    /// Terms and values that were left out because they are longer than `IndexDocument.termByteCountMax`.
    public private(set) var skippedTermCount = 0

    private let registry: FieldRegistry
    private let seed: UInt64
    private var table: TermTable
    private var pool = SlicePool()
    private var fields: [FieldBuffer] = []
    private var fieldSlots: [Int16] = []
    private var versions: [UInt64] = []
    private var stored: [UInt8] = []
    private var storedEnds: [Int] = []
    private var occurrences: [UInt64] = []

    /// A builder for documents whose fields are in `registry`.
    ///
    /// - Parameter seed: seeds the hash table; any value gives the same segment.
    public init(registry: FieldRegistry, seed: UInt64 = UInt64.random(in: .min ... .max)) {
        self.registry = registry
        self.seed = seed
        table = TermTable(seed: seed)
    }

    /// The memory that the documents added so far take.
    public var byteCount: Int {
        var count = table.memoryByteCount + pool.memoryByteCount + stored.capacity
        count += (versions.capacity + storedEnds.capacity + occurrences.capacity) * 8
        for field in fields { count += field.memoryByteCount }
        return count
    }

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
        stored.append(contentsOf: document.stored)
        storedEnds.append(stored.count)
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
        guard pool.count + growth < 1 << 31, table.keys.count + growth < 1 << 31,
            documentCount < SegmentFormat.documentCountMax
        else { throw failure(.tooLarge, "the segment is full; finish it and start another") }
    }

    private mutating func addTerms(_ document: borrowing IndexDocument, _ id: DocID) {
        occurrences.removeAll(keepingCapacity: true)
        document.bytes.withUnsafeBufferPointer { bytes in
            for occurrence in document.terms {
                guard occurrence.length > 0 else { continue }
                guard occurrence.length <= IndexDocument.termByteCountMax else {
                    skippedTermCount += 1
                    continue
                }
                let start = Int(occurrence.start)
                let term = UnsafeBufferPointer(rebasing: bytes[start..<start + Int(occurrence.length)])
                let index = table.index(occurrence.field, term)
                occurrences.append(UInt64(index) << 32 | UInt64(occurrence.position))
            }
        }
        occurrences.sort()
        var start = 0
        while start < occurrences.count {
            let index = Int(occurrences[start] >> 32)
            var frequency: UInt32 = 0
            var last: UInt32 = 0
            var end = start
            while end < occurrences.count, Int(occurrences[end] >> 32) == index {
                let position = UInt32(truncatingIfNeeded: occurrences[end])
                if frequency == 0 || position != last {
                    pool.appendVarint(UInt64(position &- last), to: &table.terms[index].positions)
                    frequency += 1
                    last = position
                }
                end += 1
            }
            addPosting(index, id, frequency: frequency)
            fields[slot(table.field(index), .text)].addLength(id, frequency)
            start = end
        }
    }

    private mutating func addKeywords(_ document: borrowing IndexDocument, _ id: DocID) {
        let keyIndex = document.key.withUnsafeBufferPointer { table.index(FieldRegistry.key, $0) }
        addPosting(keyIndex, id, frequency: 1)
        fields[slot(FieldRegistry.key, .keyword)].addKeyword(id, UInt32(keyIndex))
        occurrences.removeAll(keepingCapacity: true)
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
                occurrences.append(UInt64(table.index(keyword.field, value)))
            }
        }
        occurrences.sort()
        var last = UInt64.max
        for occurrence in occurrences where occurrence != last {
            last = occurrence
            let index = Int(occurrence)
            addPosting(index, id, frequency: 1)
            fields[slot(table.field(index), .keyword)].addKeyword(id, UInt32(index))
        }
    }

    @inline(__always)
    private mutating func addPosting(_ index: Int, _ document: DocID, frequency: UInt32) {
        if table.terms[index].documentFrequency > 0 {
            let last = table.terms[index].lastDocument
            let gap = UInt64(last - table.terms[index].writtenDocument)
            let count = table.terms[index].lastFrequency
            pool.appendVarint(gap * 2 + (count == 1 ? 1 : 0), to: &table.terms[index].documents)
            if count != 1 { pool.appendVarint(UInt64(count), to: &table.terms[index].documents) }
            table.terms[index].writtenDocument = last
        }
        table.terms[index].documentFrequency += 1
        table.terms[index].lastDocument = document
        table.terms[index].lastFrequency = frequency
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
        defer { reset() }
        var writer = try SegmentWriter(
            documentCount: documentCount, name: "segment in memory", storage: .memory,
            storedDictionary: storedDictionary())
        let order = table.sorted()
        var ordinals = [UInt32](repeating: .max, count: table.terms.count)
        var next = 0
        let slots = fields.indices.sorted { fields[$0].definition.id < fields[$1].definition.id }
        for slot in slots {
            let definition = fields[slot].definition
            writer.beginField(definition, norms: fields[slot].norms(documentCount: documentCount))
            while next < order.count, table.field(Int(order[next])) == definition.id {
                let index = Int(order[next])
                let hasPositions = definition.kind == .text
                ordinals[index] = try writeTerm(index, hasPositions: hasPositions, to: &writer) ?? .max
                next += 1
            }
            try fields[slot].writeColumn(documentCount: documentCount, ordinals: ordinals, to: &writer)
            try writer.endField(documentCount: fields[slot].valueCount)
        }
        try writeVersions(to: &writer)
        var start = 0
        for end in storedEnds {
            try writer.addStored(stored[start..<end])
            start = end
        }
        var image: [UInt8] = []
        _ = try writer.finish { image.append(contentsOf: $0) }
        return image
    }

    private func writeTerm(
        _ index: Int, hasPositions: Bool, to writer: inout SegmentWriter
    ) throws(SegmentError) -> UInt32? {
        let term = table.terms[index]
        var documents = SliceReader(term.documents)
        var places = SliceReader(term.positions)
        var positions: [UInt32] = []
        var document: UInt32 = 0
        writer.beginTerm()
        for number in 1...term.documentFrequency {
            var frequency = term.lastFrequency
            if number < term.documentFrequency {
                let code = documents.next(pool)
                document += UInt32(code >> 1)
                frequency = code & 1 == 1 ? 1 : UInt32(documents.next(pool))
            } else {
                document = term.lastDocument
            }
            positions.removeAll(keepingCapacity: true)
            if hasPositions {
                var last: UInt32 = 0
                for _ in 0..<frequency {
                    last &+= UInt32(places.next(pool))
                    positions.append(last)
                }
            }
            try writer.addPosting(document, frequency: frequency, positions: positions[...])
        }
        return try writer.endTerm(table.termBytes(index))
    }

    private func writeVersions(to writer: inout SegmentWriter) throws(SegmentError) {
        writer.beginVersions()
        for block in 0..<ColumnFormat.blockCount(documentCount) {
            let count = ColumnFormat.documentCount(ofBlock: block, documentCount)
            let start = block * SegmentFormat.windowCount
            try writer.addIntegerBlock(
                offsets: (0..<UInt16(count)).map { $0 },
                values: versions[start..<start + count].map { Int64(bitPattern: $0) }, documentCount: count)
        }
    }

    private func storedDictionary() -> [UInt8] {
        guard stored.count >= StoredFormat.dictionaryThreshold else { return [] }
        var sampler = StoredSampler(totalByteCount: UInt64(stored.count))
        var start = 0
        for end in storedEnds {
            if sampler.wants(end - start) { sampler.add(stored[start..<end]) }
            start = end
        }
        return sampler.train()
    }

    private mutating func reset() {
        documentCount = 0
        skippedTermCount = 0
        table = TermTable(seed: seed)
        pool.removeAll()
        fields = []
        fieldSlots = []
        versions = []
        stored = []
        storedEnds = []
    }
}
