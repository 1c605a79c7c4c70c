// What must hold before a dictionary file is trusted. A file with a right checksum can still be hostile, so
// every number that is later used as an index is compared with the size of what it points into.

/// The fixed part at the beginning of a dictionary file.
struct DictionaryHeader {
    let layout: DictionaryLayout
    let checksum: UInt64
    let contextRights: [UInt16]
    let endingLeft: UInt16
    let unknownLeft: UInt16
    let unknownRight: UInt16
    let unknownCost: Int16
    let penalties: [Int32]

    init(_ bytes: UnsafeRawBufferPointer, path: String) throws(DictionaryError) {
        guard bytes.count >= DictionaryFormat.headerByteCount else {
            throw .damaged(path: path, byteOffset: bytes.count, what: "the file ends inside of its header")
        }
        // SAFETY: offsets below 128 in at least 128 bytes; loadUnaligned asks for no alignment.
        func u16(_ offset: Int) -> UInt16 {
            UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
        }
        func u32(_ offset: Int) -> UInt32 {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        func u64(_ offset: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        guard u64(0) == DictionaryFormat.magic else {
            throw .unsupported(path: path, found: "other magic bytes")
        }
        guard u32(8) == DictionaryFormat.version else {
            throw .unsupported(path: path, found: "format version \(u32(8)), not \(DictionaryFormat.version)")
        }
        guard u32(12) == 0 else {
            throw .damaged(path: path, byteOffset: 12, what: "reserved bytes are not zero")
        }
        guard u64(16) == UInt64(bytes.count) else {
            throw .damaged(
                path: path, byteOffset: 16, what: "\(bytes.count) bytes, the header says \(u64(16))")
        }
        checksum = u64(24)
        let counts = (0..<6).map { Int(u32(32 + 4 * $0)) }
        guard counts[0] <= 65536, counts[1] <= 65536, counts[0] > 0, counts[1] > 0, counts[2] < 1 << 30,
            counts[3] <= 65536, counts[4] < 1 << 22
        else { throw .damaged(path: path, byteOffset: 32, what: "a count is out of range") }
        layout = DictionaryLayout(
            leftCount: counts[0], rightCount: counts[1], cellCount: counts[2], codeCount: counts[3],
            morphemeCount: counts[4], expressionByteCount: counts[5])
        guard layout.fileByteCount == bytes.count else {
            throw .damaged(path: path, byteOffset: 32, what: "the counts do not add up to the file's size")
        }
        contextRights = (0..<LeftContext.allCases.count).map { u16(56 + 2 * $0) }
        endingLeft = u16(64)
        unknownLeft = u16(66)
        unknownRight = u16(68)
        unknownCost = Int16(bitPattern: u16(70))
        penalties = (0..<DictionaryFormat.penaltyCount).map { Int32(Int16(bitPattern: u16(72 + 2 * $0))) }
        guard (contextRights + [unknownRight]).allSatisfy({ Int($0) < counts[1] }),
            [endingLeft, unknownLeft].allSatisfy({ Int($0) < counts[0] })
        else { throw .damaged(path: path, byteOffset: 56, what: "a context number is out of range") }
    }
}

/// Walks the sections of a dictionary file once.
struct DictionaryCheck {
    let bytes: UnsafeRawBufferPointer
    let layout: DictionaryLayout
    let path: String

    /// - Throws: `damaged` at the first number that is wrong.
    func run() throws(DictionaryError) {
        let view = DictionaryView(bytes.baseAddress!, layout)
        let found = DictionaryChecksum.of(UnsafeRawBufferPointer(rebasing: bytes[32...]))
        // SAFETY: the header has been read already, so there are at least 32 bytes.
        let expected = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
        guard found == expected else { throw .damaged(path: path, byteOffset: 24, what: "wrong checksum") }
        for syllable in 0..<DictionaryFormat.syllableCount where Int(view.codes[syllable]) >= layout.codeCount
        {
            throw .damaged(path: path, byteOffset: layout.codeTable + 2 * syllable, what: "code out of range")
        }
        try checkCells(view)
        try checkMorphemes(view)
    }

    private func checkCells(_ view: DictionaryView) throws(DictionaryError) {
        let cellCount = layout.cellCount
        let codeCount = layout.codeCount
        let morphemeCount = layout.morphemeCount
        guard cellCount > 0 else { throw .damaged(path: path, byteOffset: 40, what: "no cells") }
        for cell in 0..<cellCount {
            // SAFETY: the section holds cellCount cells; a child's cell is compared with it first.
            let base = UInt32(truncatingIfNeeded: view.cells[cell])
            if base & DictionaryFormat.leafFlag != 0 {
                let value = Int(base & DictionaryFormat.baseMask)
                if base & DictionaryFormat.valueFlag == 0, value >> 8 &+ value & 0xFF <= morphemeCount {
                    continue
                }
                throw .damaged(
                    path: path, byteOffset: layout.cells + 8 * cell, what: "word value out of range")
            }
            let child = Int(base & DictionaryFormat.baseMask)
            guard child &+ codeCount <= cellCount else {
                throw .damaged(path: path, byteOffset: layout.cells + 8 * cell, what: "base out of range")
            }
            if base & DictionaryFormat.valueFlag != 0,
                UInt32(truncatingIfNeeded: view.cells[child]) & DictionaryFormat.leafFlag == 0
                    || codeCount == 0
            {
                throw .damaged(path: path, byteOffset: layout.cells + 8 * cell, what: "word without a value")
            }
        }
    }

    private func checkMorphemes(_ view: DictionaryView) throws(DictionaryError) {
        for index in 0..<layout.morphemeCount {
            let morpheme = view.morphemes[index]
            guard Int(morpheme.left) < layout.leftCount, Int(morpheme.right) < layout.rightCount,
                PartOfSpeech(rawValue: morpheme.tagValue) != nil,
                morpheme.penalty < DictionaryFormat.penaltyCount,
                isExpressionSound(morpheme.expression)
            else {
                let offset = layout.morphemes + index * DictionaryFormat.morphemeByteCount
                throw .damaged(
                    path: path, byteOffset: offset, what: "morpheme \(index) has a number out of range")
            }
        }
    }

    private func isExpressionSound(_ start: UInt32) -> Bool {
        if start == DictionaryFormat.noExpression { return true }
        let end = layout.expressions + layout.expressionByteCount
        var offset = layout.expressions + Int(start)
        guard offset < end else { return false }
        let count = Int(bytes[offset])
        offset += 1
        for _ in 0..<count {
            guard offset + 2 <= end, PartOfSpeech(rawValue: bytes[offset]) != nil else { return false }
            let length = bytes[offset + 1]
            offset += 2 + (length & 0x80 == 0 ? 0 : 2 * Int(length & 0x7F))
            guard offset <= end else { return false }
        }
        return true
    }
}
