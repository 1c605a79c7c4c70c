// What both kinds of column share: the entry of a block in the column index, and which documents have a
// value.
import CKernels

/// An entry of the column index, checked.
struct ColumnBlock {
    let data: ByteView
    let encoding: ColumnEncoding
    let presence: ColumnPresence
    let presentCount: Int
    let documentCount: Int
    let width: Int
    let presenceByteCount: Int

    /// Reads the first half of an entry; the second depends on the kind of column.
    init(_ segment: Segment, entryOffset: Int, documentCount: Int) throws(SegmentError) {
        let index = segment.frame[.columnIndex]
        let columns = segment.frame[.columns].view
        let offset = index.view.u64(entryOffset)
        let byteCount = index.view.u32(entryOffset + 8)
        let form = index.view.u8(entryOffset + 14)
        presentCount = Int(index.view.u16(entryOffset + 12))
        width = Int(index.view.u8(entryOffset + 15))
        self.documentCount = documentCount
        guard let encoding = ColumnEncoding(rawValue: form & 15),
            let presence = ColumnPresence(rawValue: form >> 4),
            columns.contains(offset, UInt64(byteCount)), presentCount <= documentCount, width <= 64,
            (presentCount == 0) == (encoding == .absent),
            (presence == .all) == (presentCount == 0 || presentCount == documentCount)
        else { throw index.damaged(segment.name, entryOffset, "a column's block is impossible") }
        self.encoding = encoding
        self.presence = presence
        data = columns.slice(Int(offset), Int(byteCount))
        presenceByteCount = ColumnFormat.presenceByteCount(
            presence, presentCount: presentCount, documentCount: documentCount)
    }

    /// The number of a document among those with a value; nil when it has none.
    ///
    /// - Precondition: `presenceByteCount` lies inside `data`, and `offset` is below `documentCount`.
    func rank(_ offset: Int) -> Int? {
        switch presence {
        case .all:
            return presentCount > 0 ? offset : nil
        case .list:
            var low = 0
            var high = presentCount
            while low < high {
                let middle = (low + high) / 2
                if Int(data.u16(middle * 2)) < offset { low = middle + 1 } else { high = middle }
            }
            return low < presentCount && Int(data.u16(low * 2)) == offset ? low : nil
        case .bits:
            let word = data.u64(offset / 64 * 8)
            guard word >> UInt64(offset % 64) & 1 == 1 else { return nil }
            let below = (word & ((1 << UInt64(offset % 64)) - 1)).nonzeroBitCount
            // SAFETY: the words before `offset` lie inside the presence bytes.
            let rank = saekin_popcount(data.base, offset / 64) + below
            // More bits than values can only be damage: the document then counts as having none.
            return rank < presentCount ? rank : nil
        }
    }

    /// Writes one bit a document: whether it has a value. All 64 words are written.
    func writePresence(_ words: UnsafeMutablePointer<UInt64>) {
        // SAFETY: callers give 64 words; a block has at most 4,096 documents.
        words.update(repeating: 0, count: SegmentFormat.windowWordCount)
        switch presence {
        case .all where presentCount > 0:
            for word in 0..<documentCount / 64 { words[word] = .max }
            if documentCount % 64 > 0 { words[documentCount / 64] = (1 << UInt64(documentCount % 64)) - 1 }
        case .all: break
        case .list:
            for index in 0..<presentCount {
                let offset = Int(data.u16(index * 2))
                if offset < documentCount { words[offset / 64] |= 1 << UInt64(offset % 64) }
            }
        case .bits:
            _ = saekin_or_words(data.base, (documentCount + 63) / 64, words)
        }
    }
}

/// Calls `body` with the number of each set bit among the first 4,096, ascending.
@inline(__always)
func forEachBit(_ words: UnsafePointer<UInt64>, _ body: (Int) -> Void) {
    for index in 0..<SegmentFormat.windowWordCount {
        var word = words[index]
        while word != 0 {
            body(index * 64 + word.trailingZeroBitCount)
            word &= word &- 1
        }
    }
}
