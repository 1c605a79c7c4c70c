// Checks the columns of a segment, and that keyword columns say what the postings say.

/// Reads all columns.
struct ColumnCheck {
    private let segment: Segment
    private let keywords: [FieldID: TermCheck.KeywordDocuments]
    private var nextData: UInt64 = 0
    private var nextIndex: UInt64 = 0
    private var values = [Int64](repeating: 0, count: SegmentFormat.windowCount)
    private var present = [UInt64](repeating: 0, count: SegmentFormat.windowWordCount)
    private var window = KeywordWindow()

    init(_ segment: Segment, keywords: [FieldID: TermCheck.KeywordDocuments]) {
        self.segment = segment
        self.keywords = keywords
    }

    /// Reads everything; throws the first finding.
    mutating func check() throws(SegmentError) {
        for field in segment.fields.fields where field.definition.kind != .text {
            let name = field.definition.name
            let id = field.definition.id
            var documentCount: UInt32 = 0
            if let column = segment.integerColumn(id) {
                try checkPlace(field.columnIndexOffset)
                documentCount = try check(column)
            } else if let column = segment.keywordColumn(id) {
                try checkPlace(field.columnIndexOffset)
                documentCount = try check(column, keywords[id], name)
            } else {
                documentCount = (keywords[id]?.hasTerm ?? []).reduce(0) { $0 + UInt32($1.nonzeroBitCount) }
            }
            guard documentCount == field.documentCount else {
                throw segment.frame[.fields].damaged(
                    segment.name, 0, "\(documentCount) documents have \(name), not \(field.documentCount)")
            }
        }
        guard
            segment.documentCount == 0
                || segment.fieldStatistics(FieldRegistry.key)?.documentCount
                    == segment.documentCount
        else { throw segment.frame[.fields].damaged(segment.name, 0, "a document has no key") }
        try checkPlace(segment.fields.versionsOffset)
        guard try check(segment.versions) == segment.documentCount else {
            throw segment.frame[.columnIndex].damaged(segment.name, 0, "a document has no version")
        }
        guard nextIndex == UInt64(segment.frame[.columnIndex].view.count),
            nextData == UInt64(segment.frame[.columns].view.count)
        else {
            throw segment.frame[.columns].damaged(
                segment.name, Int(nextData), "bytes that belong to no column")
        }
    }

    private mutating func checkPlace(_ columnIndexOffset: UInt64) throws(SegmentError) {
        guard columnIndexOffset == nextIndex else {
            throw segment.frame[.columnIndex].damaged(
                segment.name, Int(clamping: nextIndex), "columns do not follow one another")
        }
        nextIndex += UInt64(ColumnFormat.blockCount(segment.documentCount) * ColumnFormat.entryByteCount)
    }

    /// A block's data must follow those of the block before.
    private mutating func checkData(_ columnIndexEnd: UInt64, block: Int) throws(SegmentError) {
        let index = segment.frame[.columnIndex]
        let blockCount = ColumnFormat.blockCount(segment.documentCount)
        let entry = Int(columnIndexEnd) - (blockCount - block) * ColumnFormat.entryByteCount
        guard index.view.u64(entry) == nextData else {
            throw index.damaged(segment.name, entry, "a block's data do not follow those of the block before")
        }
        nextData += UInt64(index.view.u32(entry + 8))
    }

    private func damaged(_ message: String) -> SegmentError {
        segment.frame[.columns].damaged(segment.name, Int(clamping: nextData), message)
    }

    private mutating func check(_ column: IntegerColumn) throws(SegmentError) -> UInt32 {
        var total: UInt32 = 0
        for block in 0..<column.windowCount {
            try checkData(nextIndex, block: block)
            let summary = column.summary(window: block)
            try column.decode(window: block, values: &values, present: &present)
            var count = 0
            var smallest = Int64.max
            var largest = Int64.min
            forEachBit(present) { offset in
                count += 1
                smallest = min(smallest, values[offset])
                largest = max(largest, values[offset])
            }
            guard count == summary.presentCount,
                count == 0 || smallest == summary.smallest && largest == summary.largest
            else { throw damaged("the smallest or largest value of a block is not kept") }
            total += UInt32(count)
        }
        return total
    }

    private mutating func check(
        _ column: KeywordColumn, _ postings: TermCheck.KeywordDocuments?, _ name: String
    ) throws(SegmentError) -> UInt32 {
        var frequencies = [UInt32](repeating: 0, count: Int(column.termCount))
        var total: UInt32 = 0
        for block in 0..<column.windowCount {
            try checkData(nextIndex, block: block)
            try column.decode(window: block, into: &window)
            let first = block * SegmentFormat.windowCount
            let bounds = ColumnFormat.documentCount(ofBlock: block, segment.documentCount)
            var count = 0
            for offset in 0..<bounds {
                var previous: UInt32?
                var ascends = true
                window.forEachOrdinal(offset) { ordinal in
                    ascends = ascends && (previous.map { $0 < ordinal } ?? true)
                    previous = ordinal
                    frequencies[Int(ordinal)] += 1
                }
                guard ascends else { throw damaged("the values of a document of \(name) do not ascend") }
                let hasTerm = (postings?.hasTerm[(first + offset) / 64] ?? 0) >> UInt64(offset % 64) & 1 == 1
                guard hasTerm == (previous != nil) else {
                    throw damaged("a document has \(name) in its column or its postings only")
                }
                if previous != nil { count += 1 }
            }
            guard count == column.presentCount(window: block) else {
                throw damaged("a block of \(name) has another number of documents than its entry says")
            }
            total += UInt32(count)
        }
        guard frequencies == postings?.frequencies ?? [] else {
            throw damaged("the column of \(name) has other values than its postings")
        }
        return total
    }
}
