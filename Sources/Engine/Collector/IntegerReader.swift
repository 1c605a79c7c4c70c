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

extension KeywordWindow {
    /// Up to so many documents are looked up one by one instead of decoding their window.
    private static let lookUpCountMax = 24

    /// Counts the values of the documents of a window that are set in `slot`.
    mutating func count(
        _ column: KeywordColumn, window: UInt32, where slot: Int, _ bits: borrowing BitSlots,
        into counts: inout [UInt32]
    ) throws(SegmentError) {
        precondition(counts.count >= Int(column.termCount))
        if bits.hasFewer(slot, than: Self.lookUpCountMax + 1) {
            for word in 0..<Window.wordCount {
                var matches = bits.words[slot + word]
                while matches != 0 {
                    let offset = UInt32(word << 6 + matches.trailingZeroBitCount)
                    matches &= matches - 1
                    try column.forEachOrdinal(window << Window.shift + offset) { counts[Int($0)] &+= 1 }
                }
            }
            return
        }
        try column.decode(window: Int(window), into: &self)
        if isEmpty { return }
        var counts = counts.mutableSpan
        let ordinals = ordinals.span
        let starts = starts.span
        for word in 0..<Window.wordCount {
            var matches = bits.words[slot + word]
            while matches != 0 {
                let offset = word << 6 + matches.trailingZeroBitCount
                matches &= matches - 1
                if isSingleValued {
                    let ordinal = ordinals[offset]
                    // The column promises ordinals below its term count.
                    if ordinal != Self.missing { counts[unchecked: Int(ordinal)] &+= 1 }
                } else {
                    for place in Int(starts[offset])..<Int(starts[offset + 1]) {
                        counts[unchecked: Int(ordinals[place])] &+= 1
                    }
                }
            }
        }
    }
}
