// Merges columns window by window of the new segment.
//
// While documents keep their order, a source is read window by window as well; in a listed order, its whole
// column is decoded first.

/// Merges an integer or decimal column, or the versions.
struct IntegerColumnMerge {
    private let plan: MergePlan
    private let columns: [IntegerColumn?]
    private let field: FieldID?

    /// Merges a field's column with its overlays.
    init(_ plan: MergePlan, _ field: FieldID) {
        self.plan = plan
        self.field = field
        columns = plan.sources.map { $0.segment.integerColumn(field) }
    }

    /// Merges columns that no overlay changes.
    init(_ plan: MergePlan, columns: [IntegerColumn?]) {
        self.plan = plan
        field = nil
        self.columns = columns
    }

    /// Writes the column; returns how many documents have a value.
    func copy(to writer: inout SegmentWriter, shouldStop: () -> Bool) throws(SegmentError) -> UInt32 {
        var documentCount: UInt32 = 0
        var window = SourceWindow()
        if !plan.keepsOrder { for column in columns { window.wholes.append(try WholeIntegerColumn(column)) } }
        var offsets: [UInt16] = []
        var values: [Int64] = []
        for start in stride(from: 0, to: plan.order.count, by: SegmentFormat.windowCount) {
            try plan.stop(if: shouldStop)
            let end = min(start + SegmentFormat.windowCount, plan.order.count)
            offsets.removeAll(keepingCapacity: true)
            values.removeAll(keepingCapacity: true)
            for new in start..<end {
                guard let value = try value(plan.order[new], &window) else { continue }
                offsets.append(UInt16(new - start))
                values.append(value)
            }
            documentCount += UInt32(values.count)
            try writer.addIntegerBlock(offsets: offsets, values: values, documentCount: end - start)
        }
        return documentCount
    }

    /// A decoded window of one source.
    private struct SourceWindow {
        var source = UInt32.max
        var number = -1
        var values = [Int64](repeating: 0, count: SegmentFormat.windowCount)
        var present = [UInt64](repeating: 0, count: SegmentFormat.windowWordCount)
        /// In a listed order, all values of each source.
        var wholes: [WholeIntegerColumn] = []
    }

    private func value(_ old: SourceDocument, _ window: inout SourceWindow) throws(SegmentError) -> Int64? {
        let source = Int(old.source)
        if let field, let replaced = plan.sources[source].overlay?.value(field, old.document) {
            return replaced
        }
        guard let column = columns[source] else { return nil }
        guard plan.keepsOrder else { return window.wholes[source].value(old.document) }
        let number = Int(old.document) / SegmentFormat.windowCount
        if window.source != old.source || window.number != number {
            window.source = old.source
            window.number = number
            try column.decode(window: number, values: &window.values, present: &window.present)
        }
        let offset = Int(old.document) % SegmentFormat.windowCount
        return window.present[offset / 64] >> UInt64(offset % 64) & 1 == 1 ? window.values[offset] : nil
    }
}

/// Merges a keyword column.
struct KeywordColumnMerge {
    private let plan: MergePlan
    private let columns: [KeywordColumn?]
    /// For each source, the new ordinal of each of its terms.
    private let ordinals: [[UInt32]]

    init(_ plan: MergePlan, _ field: FieldID, ordinals: [[UInt32]]) {
        self.plan = plan
        self.ordinals = ordinals
        columns = plan.sources.map { $0.segment.keywordColumn(field) }
    }

    /// Writes the column; returns how many documents have a value.
    func copy(to writer: inout SegmentWriter, shouldStop: () -> Bool) throws(SegmentError) -> UInt32 {
        var documentCount: UInt32 = 0
        var window = SourceWindow()
        if !plan.keepsOrder { for column in columns { window.wholes.append(try WholeKeywordColumn(column)) } }
        var offsets: [UInt16] = []
        var counts: [UInt32] = []
        var values: [UInt32] = []
        for start in stride(from: 0, to: plan.order.count, by: SegmentFormat.windowCount) {
            try plan.stop(if: shouldStop)
            let end = min(start + SegmentFormat.windowCount, plan.order.count)
            offsets.removeAll(keepingCapacity: true)
            counts.removeAll(keepingCapacity: true)
            values.removeAll(keepingCapacity: true)
            for new in start..<end {
                let before = values.count
                try appendOrdinals(plan.order[new], &window, to: &values)
                if values.count == before { continue }
                offsets.append(UInt16(new - start))
                counts.append(UInt32(values.count - before))
            }
            documentCount += UInt32(offsets.count)
            try writer.addKeywordBlock(
                offsets: offsets, counts: counts, ordinals: values, documentCount: end - start)
        }
        return documentCount
    }

    /// A decoded window of one source.
    private struct SourceWindow {
        var source = UInt32.max
        var number = -1
        var ordinals = KeywordWindow()
        /// In a listed order, all values of each source.
        var wholes: [WholeKeywordColumn] = []
    }

    /// Appends the new ordinals of a document. Terms keep their order, so that the ordinals still ascend.
    private func appendOrdinals(
        _ old: SourceDocument, _ window: inout SourceWindow, to values: inout [UInt32]
    ) throws(SegmentError) {
        guard let column = columns[Int(old.source)] else { return }
        let start = values.count
        if plan.keepsOrder {
            let number = Int(old.document) / SegmentFormat.windowCount
            if window.source != old.source || window.number != number {
                window.source = old.source
                window.number = number
                try column.decode(window: number, into: &window.ordinals)
            }
            window.ordinals.forEachOrdinal(Int(old.document) % SegmentFormat.windowCount) {
                values.append($0)
            }
        } else {
            window.wholes[Int(old.source)].append(old.document, to: &values)
        }
        let map = ordinals[Int(old.source)]
        for index in start..<values.count {
            values[index] = map[Int(values[index])]
            guard values[index] != .max, index == start || values[index] > values[index - 1] else {
                throw SegmentError(
                    .damaged, file: plan.sources[Int(old.source)].segment.name, section: .columns,
                    "document \(old.document) has a value of which its term does not know")
            }
        }
    }
}
