// Columns decoded as a whole, for merges whose documents change their order: looking values up one by one
// would read the headers of a block for each of them.

/// All values of an integer column: eight bytes a document.
struct WholeIntegerColumn {
    private var values: [Int64] = []
    private var present: [UInt64] = []

    /// Decodes a column; nil has no values.
    init(_ column: IntegerColumn?) throws(SegmentError) {
        guard let column else { return }
        values = [Int64](repeating: 0, count: column.windowCount * SegmentFormat.windowCount)
        present = [UInt64](repeating: 0, count: column.windowCount * SegmentFormat.windowWordCount)
        for window in 0..<column.windowCount {
            let first = window * SegmentFormat.windowCount
            let firstWord = window * SegmentFormat.windowWordCount
            try values.withUnsafeMutableBufferPointer { values throws(SegmentError) in
                try present.withUnsafeMutableBufferPointer { present throws(SegmentError) in
                    // SAFETY: both have room for every window.
                    try column.decode(
                        window: window, values: values.baseAddress! + first,
                        present: present.baseAddress! + firstWord)
                }
            }
        }
    }

    /// The value of a document.
    func value(_ document: DocID) -> Int64? {
        let isPresent = present[Int(document) / 64] >> UInt64(document % 64) & 1 == 1
        return isPresent ? values[Int(document)] : nil
    }
}

/// All ordinals of a keyword column: eight bytes a document and four a value.
struct WholeKeywordColumn {
    private var starts: [Int] = []
    private var ordinals: [UInt32] = []

    /// Decodes a column; nil has no values.
    init(_ column: KeywordColumn?) throws(SegmentError) {
        guard let column else { return }
        starts.reserveCapacity(column.windowCount * SegmentFormat.windowCount + 1)
        var decoded = KeywordWindow()
        for window in 0..<column.windowCount {
            try column.decode(window: window, into: &decoded)
            for offset in 0..<SegmentFormat.windowCount {
                starts.append(ordinals.count)
                decoded.forEachOrdinal(offset) { ordinals.append($0) }
            }
        }
        starts.append(ordinals.count)
    }

    /// Appends the ordinals of a document, ascending.
    func append(_ document: DocID, to values: inout [UInt32]) {
        values.append(contentsOf: ordinals[starts[Int(document)]..<starts[Int(document) + 1]])
    }

    /// The greatest ordinal of a document; nil when it has none.
    func lastOrdinal(_ document: DocID) -> UInt32? {
        let end = starts.isEmpty ? 0 : starts[Int(document) + 1]
        return starts.isEmpty || end == starts[Int(document)] ? nil : ordinals[end - 1]
    }
}
