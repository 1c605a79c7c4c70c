// Where the sections of a dictionary file lie. They follow one another in a fixed order, each at a multiple
// of eight bytes, so six counts decide everything: the file holds no offsets that could be wrong.

/// Byte offsets of the sections of a dictionary file.
package struct DictionaryLayout: Equatable {
    package let leftCount: Int
    package let rightCount: Int
    package let cellCount: Int
    package let codeCount: Int
    package let morphemeCount: Int
    package let expressionByteCount: Int

    package let codeTable = DictionaryFormat.headerByteCount
    package let cells: Int
    package let costs: Int
    package let morphemes: Int
    package let expressions: Int
    package let fileByteCount: Int

    package init(
        leftCount: Int, rightCount: Int, cellCount: Int, codeCount: Int, morphemeCount: Int,
        expressionByteCount: Int
    ) {
        self.leftCount = leftCount
        self.rightCount = rightCount
        self.cellCount = cellCount
        self.codeCount = codeCount
        self.morphemeCount = morphemeCount
        self.expressionByteCount = expressionByteCount
        func aligned(_ offset: Int) -> Int { (offset + 7) & ~7 }
        cells = aligned(codeTable + DictionaryFormat.syllableCount * 2)
        costs = aligned(cells + cellCount * DictionaryFormat.cellByteCount)
        morphemes = aligned(costs + leftCount * rightCount * 2)
        expressions = aligned(morphemes + morphemeCount * DictionaryFormat.morphemeByteCount)
        fileByteCount = aligned(expressions + expressionByteCount)
    }

    /// The six counts in the order of the file's header.
    package var counts: [Int] {
        [leftCount, rightCount, cellCount, codeCount, morphemeCount, expressionByteCount]
    }
}
