// What the dictionary builder takes: words with their costs, and the costs of two words standing side by
// side.

/// One morpheme inside a compound or an inflected word.
package struct ExpressionPart: Hashable {
    package var tag: PartOfSpeech
    /// The part's text as UTF-16 units: syllables, or single jamo where an ending has no syllable of its own.
    package var text: [UInt16]

    package init(tag: PartOfSpeech, text: [UInt16]) {
        self.tag = tag
        self.text = text
    }
}

/// A reading of a word: context numbers, cost, tag and inner structure.
package struct DictionaryEntry {
    /// Composed Hangul syllables as UTF-16 units.
    package var surface: [UInt16]
    package var left: Int
    package var right: Int
    package var cost: Int16
    package var tag: PartOfSpeech
    /// Index into `DictionarySource.penalties`.
    package var penalty: UInt8
    /// Empty for a simple word.
    package var parts: [ExpressionPart]

    package init(
        surface: [UInt16], left: Int, right: Int, cost: Int16, tag: PartOfSpeech, penalty: UInt8 = 0,
        parts: [ExpressionPart] = []
    ) {
        self.surface = surface
        self.left = left
        self.right = right
        self.cost = cost
        self.tag = tag
        self.penalty = penalty
        self.parts = parts
    }
}

/// Everything that goes into a dictionary file.
package struct DictionarySource {
    package var entries: [DictionaryEntry] = []
    /// Cost of the right context `r` followed by the left context `l` at `r + rightCount * l`.
    package var costs: [Int16] = []
    package var rightCount = 0
    package var leftCount = 0
    /// For each `LeftContext`, the right contexts whose mean stands for it.
    package var contexts: [[Int]] = []
    /// The left contexts whose mean stands for the end of a run.
    package var endings: [Int] = []
    /// Contexts and cost of a word the dictionary does not know.
    package var unknown: (left: Int, right: Int, cost: Int16) = (0, 0, 0)
    /// Costs added where a morpheme begins an eojeol, by the entry's penalty class; the first is 0.
    package var penalties: [Int16] = [0, 0, 0, 0]

    package init() {}
}
