// The tokens of one run of Hangul, independent of where the run stands: offsets count syllables from its
// beginning. This is the form in which analyses are remembered.

/// A token of a run.
struct RunToken {
    /// Where its term lies in `RunTokens.bytes`.
    var termStart: UInt32
    var termLength: UInt16
    /// Syllables of the run that the token stands for.
    var start: UInt8
    var end: UInt8
    var position: UInt8
    var positionLength: UInt8
    var kind: TokenKind
    var partOfSpeech: PartOfSpeech
}

/// A particle or ending of a run.
struct RunRemoved {
    var start: UInt8
    var end: UInt8
    var partOfSpeech: PartOfSpeech
}

/// Analyses of many runs, one after another in flat arrays.
struct RunTokens {
    var tokens: [RunToken] = []
    var removed: [RunRemoved] = []
    var bytes: [UInt8] = []

    mutating func removeAll() {
        tokens.removeAll(keepingCapacity: true)
        removed.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Appends UTF-16 units of the basic plane as UTF-8 and says where.
    mutating func appendTerm(_ units: some Collection<UInt16>) -> (start: UInt32, length: UInt16) {
        let start = bytes.count
        for unit in units {
            if unit < 0x80 {
                bytes.append(UInt8(unit))
            } else if unit < 0x800 {
                bytes.append(UInt8(0xC0 | unit >> 6))
                bytes.append(UInt8(0x80 | unit & 0x3F))
            } else {
                bytes.append(UInt8(0xE0 | unit >> 12))
                bytes.append(UInt8(0x80 | unit >> 6 & 0x3F))
                bytes.append(UInt8(0x80 | unit & 0x3F))
            }
        }
        return (UInt32(start), UInt16(bytes.count - start))
    }

    /// Whether two terms of `count` bytes are the same.
    func haveSameBytes(_ first: Int, _ second: Int, count: Int) -> Bool {
        for offset in 0..<count where bytes[first + offset] != bytes[second + offset] { return false }
        return true
    }

    /// The analysis of one run: ranges of the arrays above.
    struct Entry {
        var firstToken: UInt32
        var tokenCount: UInt16
        var removedCount: UInt16
        var firstRemoved: UInt32
        var positionCount: UInt8
        /// Syllables at the beginning of the run that are the unit of the number before it.
        var unitLength: UInt8
        /// Right context of the last morpheme; nil where it is not the dictionary's.
        var lastRight: UInt16?
        /// Whether the run shows that it stands in a sentence: it ends in a particle or ending, and no
        /// reading as names competes.
        var isOfSentence: Bool
    }
}
