// An integer or decimal column as a search sees it: the segment's values under the updates of its overlay.

/// Reads one field of one segment.
struct IntegerReader {
    private let field: FieldID
    private let column: IntegerColumn?
    private let overlay: ColumnOverlay?
    private let documentCount: UInt32

    /// Nil when no document of the segment has a value.
    init?(_ field: FieldID, view: SegmentView) {
        let overlay = view.overlay.flatMap { $0.hasValues(field) ? $0 : nil }
        let column = view.segment.integerColumn(field)
        if column == nil, overlay == nil { return nil }
        self.field = field
        self.column = column
        self.overlay = overlay
        documentCount = view.segment.documentCount
    }

    /// The current value of a document; nil when it has none.
    func value(_ document: UInt32) throws(SegmentError) -> Int64? {
        if let replaced = overlay?.value(field, document) { return replaced }
        return try column?.value(document)
    }

    /// Bounds of a window's values, from the column's index alone; nil when the overlay makes it unknown.
    func summary(window: UInt32) -> IntegerBlockSummary? {
        if overlay?.hasValues(field, window: Int(window)) == true { return nil }
        return column?.summary(window: Int(window))
            ?? IntegerBlockSummary(presentCount: 0, smallest: 0, largest: 0)
    }

    /// Writes a window's candidates whose value lies in the range into `words`; false when the window must be
    /// loaded for it.
    func matchRange(
        window: UInt32, lower: Int64, upper: Int64, candidates: UnsafePointer<UInt64>,
        into words: UnsafeMutablePointer<UInt64>
    ) throws(SegmentError) -> Bool {
        guard let column, overlay?.hasValues(field, window: Int(window)) != true else { return false }
        return try column.matchRange(
            window: Int(window), lower: lower, upper: upper, candidates: candidates, into: words)
    }

    /// Reads a window: its values, 0 where there is none, and a bit per document that has one.
    ///
    /// - Precondition: `values` has 4,096 elements and `present` 64.
    func load(window: UInt32, values: inout [Int64], present: inout [UInt64]) throws(SegmentError) {
        precondition(values.count == Window.size && present.count == Window.wordCount)
        let window = Int(window)
        try values.withUnsafeMutableBufferPointer { values throws(SegmentError) in
            try present.withUnsafeMutableBufferPointer { present throws(SegmentError) in
                // SAFETY: the precondition gives both buffers the sizes that column and overlay need.
                guard let values = values.baseAddress, let present = present.baseAddress else { return }
                if let column {
                    try column.decode(window: window, values: values, present: present)
                } else {
                    values.update(repeating: 0, count: Window.size)
                    present.update(repeating: 0, count: Window.wordCount)
                }
                overlay?.apply(field, window: window, values: values, present: present)
            }
        }
    }
}

extension LiveDocs {
    /// Takes a window's deleted documents out of a slot; whether any document is left.
    func narrow(_ slot: Int, window: UInt32, _ bits: inout BitSlots) -> Bool {
        bits.words.withUnsafeMutableBufferPointer { words in
            // SAFETY: a slot has 64 words.
            if let base = words.baseAddress { and(into: base + slot, window: Int(window)) }
        }
        return !bits.isEmpty(slot)
    }
}
