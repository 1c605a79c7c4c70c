// Encodes one block of an integer column at a time, choosing the smallest of its encodings.
import CKernels

/// Encodes blocks of integers.
struct IntegerBlockEncoder: ~Copyable {
    private var packedBytes = [UInt8](repeating: 0, count: 4 * SegmentFormat.windowCount + 16)
    private var low: [UInt32] = []
    private var high: [UInt32] = []

    /// Appends the block's data to `data` and its entry to `entries`.
    ///
    /// - Parameters:
    ///   - offsets: the documents with a value, by offset in the block, ascending.
    ///   - values: their values.
    ///   - documentCount: how many documents the block has, 1 to 4,096.
    mutating func encode(
        offsets: [UInt16], values: [Int64], documentCount: Int, data: inout SectionSpool,
        entries: inout [UInt8]
    ) throws(SegmentError) {
        precondition(offsets.count == values.count && offsets.count <= documentCount)
        let start = data.byteCount
        var encoding = ColumnEncoding.absent
        var width = 0
        var bytes: [UInt8] = []
        let presence = appendPresence(offsets, documentCount: documentCount, to: &bytes)
        let smallest = values.min() ?? 0
        let largest = values.max() ?? 0
        if smallest != largest {
            (encoding, width) = appendValues(values, smallest: smallest, largest: largest, to: &bytes)
        } else if !values.isEmpty {
            encoding = .constant
        }
        try data.append(bytes)
        entries.appendLittleEndian(start)
        entries.appendLittleEndian(UInt32(bytes.count))
        entries.appendLittleEndian(UInt16(offsets.count))
        entries.append(encoding.rawValue | presence.rawValue << 4)
        entries.append(UInt8(width))
        entries.appendLittleEndian(smallest)
        entries.appendLittleEndian(largest)
    }

    private mutating func appendValues(
        _ values: [Int64], smallest: Int64, largest: Int64, to bytes: inout [UInt8]
    ) -> (ColumnEncoding, Int) {
        // Prices are multiples of ten or a hundred: dividing by what all distances share saves three to
        // seven bits.
        let base = UInt64(bitPattern: smallest)
        var divisor: UInt64 = 0
        for value in values where divisor != 1 {
            divisor = greatestCommonDivisor(divisor, UInt64(bitPattern: value) &- base)
        }
        let width = ((UInt64(bitPattern: largest) &- base) / divisor).significantBitCount
        let packedSize = 8 + arrayByteCount(values.count, width: width)
        if let table = tableOfValues(values, smallerThan: packedSize) {
            let indexWidth = (table.count - 1).significantBitCount
            bytes.appendLittleEndian(UInt16(table.count))
            for value in table { bytes.appendLittleEndian(value) }
            low.removeAll(keepingCapacity: true)
            for value in values { low.append(UInt32(lowerBound(table, value))) }
            appendPackedArray(low, width: indexWidth, to: &bytes)
            return (.table, indexWidth)
        }
        bytes.appendLittleEndian(divisor)
        low.removeAll(keepingCapacity: true)
        high.removeAll(keepingCapacity: true)
        for value in values {
            let quotient = (UInt64(bitPattern: value) &- base) / divisor
            low.append(UInt32(truncatingIfNeeded: quotient))
            if width > 32 { high.append(UInt32(truncatingIfNeeded: quotient >> 32)) }
        }
        appendPackedArray(low, width: min(width, 32), to: &bytes)
        if width > 32 { appendPackedArray(high, width: width - 32, to: &bytes) }
        return (.packed, width)
    }

    private mutating func appendPackedArray(_ values: [UInt32], width: Int, to bytes: inout [UInt8]) {
        // SAFETY: at most 4,096 values of 32 bits fit into `packedBytes`.
        let byteCount = saekin_pack_array(values, values.count, UInt32(width), &packedBytes)
        bytes.append(contentsOf: packedBytes[..<byteCount])
    }

    /// The different values in ascending order, when a table of them makes the block smaller.
    private func tableOfValues(_ values: [Int64], smallerThan packedSize: Int) -> [Int64]? {
        var table: [Int64] = []
        for value in values {
            let index = lowerBound(table, value)
            if index < table.count, table[index] == value { continue }
            if table.count == ColumnFormat.tableCountMax { return nil }
            table.insert(value, at: index)
            if 2 + table.count * 8 >= packedSize { return nil }
        }
        let width = (table.count - 1).significantBitCount
        return 2 + table.count * 8 + packedByteCount(values.count, width: width) < packedSize ? table : nil
    }
}

/// How many bytes an array of values of up to 64 bits takes: the low 32 bits, then the bits above.
func arrayByteCount(_ count: Int, width: Int) -> Int {
    packedByteCount(count, width: min(width, 32)) + packedByteCount(count, width: max(width - 32, 0))
}

/// Appends which documents have a value, in the smaller of its forms.
func appendPresence(_ offsets: [UInt16], documentCount: Int, to bytes: inout [UInt8]) -> ColumnPresence {
    if offsets.isEmpty || offsets.count == documentCount { return .all }
    let wordCount = (documentCount + 63) / 64
    if offsets.count * 2 <= wordCount * 8 {
        for offset in offsets { bytes.appendLittleEndian(offset) }
        return .list
    }
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: wordCount * 8))
    for offset in offsets { bytes[start + Int(offset) / 8] |= 1 << UInt8(offset % 8) }
    return .bits
}

private func lowerBound(_ values: [Int64], _ value: Int64) -> Int {
    var low = 0
    var high = values.count
    while low < high {
        let middle = (low + high) / 2
        if values[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
}

private func greatestCommonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
    var (left, right) = (left, right)
    while right != 0 { (left, right) = (right, left % right) }
    return left
}
