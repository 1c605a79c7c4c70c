// Encodes one block of a keyword column at a time.
import CKernels

/// Encodes blocks of ordinals.
struct KeywordBlockEncoder: ~Copyable {
    private var packedBytes: [UInt8] = []
    private var scratch: [UInt32] = []

    /// Appends the block's data to `data` and its entry to `entries`.
    ///
    /// - Parameters:
    ///   - offsets: the documents with a value, by offset in the block, ascending.
    ///   - counts: how many values each of them has, at least 1.
    ///   - ordinals: their values, ascending inside a document.
    ///   - documentCount: how many documents the block has, 1 to 4,096.
    mutating func encode(
        offsets: [UInt16], counts: [UInt32], ordinals: [UInt32], documentCount: Int,
        data: inout SectionSpool, entries: inout [UInt8]
    ) throws(SegmentError) {
        precondition(offsets.count == counts.count && offsets.count <= documentCount)
        let start = data.byteCount
        var bytes: [UInt8] = []
        let presence = appendPresence(offsets, documentCount: documentCount, to: &bytes)
        let smallest = ordinals.min() ?? 0
        let largest = ordinals.max() ?? 0
        let width = (largest - smallest).significantBitCount
        let most = counts.max() ?? 0
        let encoding: ColumnEncoding = offsets.isEmpty ? .absent : most == 1 ? .single : .multiple
        if encoding == .multiple {
            var before: UInt32 = 0
            for (index, count) in counts.enumerated() {
                if index % 128 == 0 { bytes.appendLittleEndian(before) }
                before += count
            }
            scratch.removeAll(keepingCapacity: true)
            for count in counts { scratch.append(count - 1) }
            appendScratch(width: (most - 1).significantBitCount, to: &bytes)
        }
        scratch.removeAll(keepingCapacity: true)
        for ordinal in ordinals { scratch.append(ordinal - smallest) }
        appendScratch(width: width, to: &bytes)
        try data.append(bytes)
        entries.appendLittleEndian(start)
        entries.appendLittleEndian(UInt32(bytes.count))
        entries.appendLittleEndian(UInt16(offsets.count))
        entries.append(encoding.rawValue | presence.rawValue << 4)
        entries.append(UInt8(width))
        entries.appendLittleEndian(smallest)
        entries.appendLittleEndian(largest)
        entries.appendLittleEndian(UInt32(ordinals.count))
        entries.appendLittleEndian(most)
    }

    private mutating func appendScratch(width: Int, to bytes: inout [UInt8]) {
        let byteCount = packedByteCount(scratch.count, width: width)
        if packedBytes.count < byteCount {
            packedBytes.append(contentsOf: repeatElement(0, count: byteCount - packedBytes.count))
        }
        // SAFETY: `packedBytes` holds at least the bytes that this many values of this width take.
        _ = saekin_pack_array(scratch, scratch.count, UInt32(width), &packedBytes)
        bytes.append(contentsOf: packedBytes[..<byteCount])
    }
}
