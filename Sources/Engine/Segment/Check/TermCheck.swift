// Checks the term dictionary, the postings and the positions of a segment.

/// Reads all terms in order, and the postings of each.
struct TermCheck {
    /// For each keyword field, how many documents each of its terms has, and which documents have one.
    struct KeywordDocuments {
        var frequencies: [UInt32] = []
        var hasTerm: [UInt64] = []
    }

    private let segment: Segment
    private(set) var keywordDocuments: [FieldID: KeywordDocuments] = [:]
    private var key: [UInt8] = []
    private var previousKey: [UInt8] = []
    private var nextPosting = 0
    private var nextPosition = 0
    private var documents = [UInt32](repeating: 0, count: PostingsCursor.blockCapacity)
    private var frequencies = [UInt32](repeating: 0, count: PostingsCursor.blockCapacity)
    private var reader = PositionsReader()

    private let factors: [FieldID: ImpactFactors]

    init(_ segment: Segment) {
        self.segment = segment
        factors = Dictionary(
            uniqueKeysWithValues: segment.fields.fields.map {
                ($0.definition.id, ImpactFactors(averageLength: $0.averageLength))
            })
    }

    /// Reads everything; throws the first finding.
    mutating func check() throws(SegmentError) {
        var place = 0
        var ordinal: UInt32 = 0
        let fields = segment.fields.fields.filter { $0.termCount > 0 }
        for block in 0..<segment.terms.blockCount {
            let (bytes, offset) = try segment.terms.block(block)
            var scan = try TermBlockScan(segment.terms, bytes, blockOffset: offset)
            guard scan.postingsOffset == nextPosting, scan.positionsOffset == nextPosition else {
                throw segment.terms.damaged(
                    offset, "a block's offsets do not continue those of the block before")
            }
            for number in 0..<segment.terms.termCount(ofBlock: block) {
                try scan.next()
                key.removeLast(key.count - scan.shared)
                key.append(contentsOf: scan.suffix.buffer)
                try checkOrder(block: number == 0 ? block : nil, scan.offset)
                while ordinal >= fields[place].firstOrdinal + fields[place].termCount { place += 1 }
                let field = fields[place].definition
                guard key[0] == UInt8(field.id.rawValue >> 8), key[1] == UInt8(field.id.rawValue & 0xFF)
                else {
                    throw segment.terms.damaged(scan.offset, "a term stands among those of \(field.name)")
                }
                let entry = try segment.terms.entry(
                    scan, field: field.id, ordinal: ordinal - fields[place].firstOrdinal)
                try checkPostings(entry, field)
                nextPosting += entry.postingsByteCount
                nextPosition += entry.positionsByteCount
                previousKey = key
                ordinal += 1
            }
            guard scan.isAtEnd else {
                throw segment.terms.damaged(scan.offset, "bytes behind a block's last term")
            }
        }
        guard nextPosting == segment.frame[.postings].view.count,
            nextPosition == segment.frame[.positions].view.count
        else { throw segment.terms.damaged(0, "postings or positions that belong to no term") }
    }

    /// Compares a key with the one before, and with its block's key in the index when it is the first.
    private func checkOrder(block: Int?, _ offset: Int) throws(SegmentError) {
        guard key.count > 2, key.count <= IndexDocument.termByteCountMax + 2,
            previousKey.lexicographicallyPrecedes(key)
        else { throw segment.terms.damaged(offset, "terms do not ascend") }
        guard let block else { return }
        let indexKey = segment.terms.indexKey(block).array
        guard block == 0 ? indexKey.isEmpty : previousKey.lexicographicallyPrecedes(indexKey),
            !key.lexicographicallyPrecedes(indexKey)
        else { throw segment.terms.damaged(offset, "a key of the index does not lead to its block") }
    }

    // MARK: Postings

    private mutating func checkPostings(
        _ entry: TermEntry, _ field: FieldDefinition
    ) throws(SegmentError) {
        var cursor = segment.postings(entry)
        guard entry.hasPositions == (field.kind == .text), field.kind == .text || field.kind == .keyword
        else {
            throw cursor.damaged(0, "a term of \(field.name) has positions, or lacks them")
        }
        let norms = segment.norms(field.id)
        let factors = factors[field.id] ?? ImpactFactors(averageLength: 1)
        var documentFrequency = 0
        var totalFrequency: UInt64 = 0
        var last = DocID.noMoreDocuments
        var positionsEnd = 0
        var groupLast = DocID.noMoreDocuments
        var groupBound = Impact.none
        var groupImpact = Impact.none
        while try cursor.nextBlock() {
            let count = try cursor.decodeDocuments(into: &documents)
            _ = cursor.decodeFrequencies(into: &frequencies)
            if cursor.groupLastDocument != groupLast {
                try checkImpact(groupImpact, groupBound, cursor, isFirst: documentFrequency == 0)
                groupLast = cursor.groupLastDocument
                groupBound = cursor.groupImpact
                groupImpact = Impact.none
            }
            var impact = Impact.none
            for index in 0..<count {
                guard last == .noMoreDocuments || documents[index] > last,
                    documents[index] < segment.documentCount
                else { throw cursor.damaged(0, "documents do not ascend") }
                last = documents[index]
                impact.add(frequency: frequencies[index], norm: norms?[last] ?? 0, factors)
                totalFrequency += UInt64(frequencies[index])
                note(entry, last, field)
            }
            try checkImpact(impact, cursor.blockImpact, cursor, isFirst: false)
            groupImpact.add(impact)
            documentFrequency += count
            if entry.hasPositions { try checkPositions(cursor, count, &positionsEnd) }
        }
        try checkImpact(groupImpact, groupBound, cursor, isFirst: false)
        guard documentFrequency == Int(entry.documentFrequency), totalFrequency == entry.totalFrequency,
            field.kind == .text || totalFrequency == UInt64(documentFrequency)
        else { throw cursor.damaged(0, "a term has other frequencies than its postings") }
        guard positionsEnd == entry.positionsByteCount else {
            throw cursor.damagedPositions("bytes behind a term's last position")
        }
    }

    private func checkImpact(
        _ found: Impact, _ stored: Impact, _ cursor: PostingsCursor, isFirst: Bool
    ) throws(SegmentError) {
        // A list of one document has no bytes for its weight.
        let isWeightStored = cursor.form != .singleton
        let isCapped = stored.maxFrequency == .max && found.maxFrequency >= PostingsFormat.largestFrequencyMax
        guard
            isFirst
                || stored.minNorm == found.minNorm && stored.minNormOfRepeated == found.minNormOfRepeated
                    && (!isWeightStored || stored.maxWeightOfRepeated == found.maxWeightOfRepeated)
                    && (isCapped || stored.maxFrequency == found.maxFrequency)
        else {
            throw cursor.damaged(
                0, "the largest frequency, smallest norm or greatest weight of a block or group is not kept")
        }
    }

    private mutating func checkPositions(
        _ cursor: PostingsCursor, _ count: Int, _ end: inout Int
    ) throws(SegmentError) {
        guard cursor.singletonPosition != nil || cursor.positionsOffset == end else {
            throw cursor.damagedPositions("the positions of a block do not follow those of the block before")
        }
        try reader.load(cursor, frequencies: frequencies)
        for index in 0..<count {
            let positions = reader.positions(at: index)
            for (before, after) in zip(positions, positions.dropFirst()) where after <= before {
                throw cursor.damagedPositions("the positions of a document do not ascend")
            }
        }
        end = reader.endOffset
    }

    private mutating func note(_ entry: TermEntry, _ document: DocID, _ field: FieldDefinition) {
        guard field.kind == .keyword else { return }
        if keywordDocuments[field.id] == nil {
            let wordCount = (Int(segment.documentCount) + 63) / 64
            let termCount = Int(segment.fieldStatistics(field.id)?.termCount ?? 0)
            keywordDocuments[field.id] = KeywordDocuments(
                frequencies: [UInt32](repeating: 0, count: termCount),
                hasTerm: [UInt64](repeating: 0, count: wordCount))
        }
        keywordDocuments[field.id]?.frequencies[Int(entry.ordinal)] = entry.documentFrequency
        keywordDocuments[field.id]?.hasTerm[Int(document) / 64] |= 1 << UInt64(document % 64)
    }
}
