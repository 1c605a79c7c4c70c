// A light stemmer for English words among Korean ones: plurals, -ing and -ed, only where it is safe. Stems
// need not be words; what counts is that the forms of one word meet. Never used on words of fewer than four
// letters.

/// Finds the stem of an English word.
enum LatinStemmer {
    private static let unchanged: Set<[UInt8]> = Set(
        [
            "lens", "gas", "canvas", "christmas", "atlas", "texas", "always", "news", "series", "species",
            "hundred",
            "united", "sacred", "naked", "wicked", "evening", "ceiling", "earring", "during", "adidas",
            "vegas",
            "paris", "nothing", "something", "everything",
        ].map { Array($0.utf8) })

    /// Ends of stems that have lost an e: charg(e), mov(e), advanc(e).
    private static let mute: [[UInt8]] = [
        "rg", "dg", "nc", "v", "z", "c", "u", "at", "bl", "tl", "pl", "dl", "gl",
    ]
    .map { Array($0.utf8) }

    /// Writes the stem of a lower-case word to `stem`; false where it has no other than itself.
    static func stem(_ word: ArraySlice<UInt8>, into stem: inout [UInt8]) -> Bool {
        guard word.count >= 4, word.count <= 32, word.allSatisfy({ $0 >= 97 && $0 <= 122 }) else {
            return false
        }
        let ending = word.last!
        // Most words end in none of these letters and need no look at the list above.
        guard
            ending == UInt8(ascii: "s") || ending == UInt8(ascii: "g") || ending == UInt8(ascii: "d")
                || ending == UInt8(ascii: "e")
        else { return false }
        if unchanged.contains(Array(word)) { return false }
        stem.removeAll(keepingCapacity: true)
        stem += word
        switch ending {
        case UInt8(ascii: "s"): return removePlural(&stem)
        case UInt8(ascii: "g"): return hasSuffix(stem, "ing") && removeVerbEnding(&stem, count: 3)
        case UInt8(ascii: "d"):
            return hasSuffix(stem, "ed") && !hasSuffix(stem, "eed") && removeVerbEnding(&stem, count: 2)
        default: return replaceFinalIE(&stem)
        }
    }

    private static func hasSuffix(_ word: [UInt8], _ suffix: StaticString) -> Bool {
        let count = suffix.utf8CodeUnitCount
        guard word.count >= count else { return false }
        // SAFETY: a static string of `count` bytes.
        for index in 0..<count where word[word.count - count + index] != suffix.utf8Start[index] {
            return false
        }
        return true
    }

    private static func removePlural(_ word: inout [UInt8]) -> Bool {
        if hasSuffix(word, "ss") || hasSuffix(word, "us") || hasSuffix(word, "is") { return false }
        if hasSuffix(word, "lenses") {
            word.removeLast(2)
        } else if hasSuffix(word, "ies") {
            guard word.count > 4 else { return dropLast(&word, 1) }
            word.removeLast(3)
            word.append(UInt8(ascii: "y"))
        } else if hasSuffix(word, "sses") || hasSuffix(word, "ches") || hasSuffix(word, "shes")
            || hasSuffix(word, "xes")
        {
            word.removeLast(2)
        } else {
            word.removeLast(1)
        }
        return true
    }

    private static func dropLast(_ word: inout [UInt8], _ count: Int) -> Bool {
        word.removeLast(count)
        return true
    }

    /// hoodie meets hoodies, whose stem is hoody.
    private static func replaceFinalIE(_ word: inout [UInt8]) -> Bool {
        guard word.count > 4, hasSuffix(word, "ie") else { return false }
        word.removeLast(2)
        word.append(UInt8(ascii: "y"))
        return true
    }

    private static func removeVerbEnding(_ word: inout [UInt8], count: Int) -> Bool {
        let rest = word.dropLast(count)
        guard rest.count >= 3, vowelGroups(rest) > 0 else { return false }
        word.removeLast(count)
        let last = word[word.count - 1]
        let before = word[word.count - 2]
        if last == before, !isVowel(last), last != UInt8(ascii: "l"), last != UInt8(ascii: "s"),
            last != UInt8(ascii: "z")
        {
            word.removeLast()  // running, planned
        } else if mute.contains(where: { word.suffix($0.count).elementsEqual($0) }) || losesE(word) {
            word.append(UInt8(ascii: "e"))
        }
        return true
    }

    /// One vowel between consonants at the end of a one-syllable stem: hik(ing), wir(ed); not box, play, sew.
    private static func losesE(_ word: [UInt8]) -> Bool {
        let last = word[word.count - 1]
        guard !isVowel(last), last != UInt8(ascii: "w"), last != UInt8(ascii: "x"), last != UInt8(ascii: "y"),
            isVowel(word[word.count - 2]), !isVowel(word[word.count - 3])
        else { return false }
        return vowelGroups(word[...]) == 1
    }

    private static func isVowel(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"):
            true
        default: false
        }
    }

    private static func vowelGroups(_ word: some Collection<UInt8>) -> Int {
        var groups = 0
        var inGroup = false
        for (index, byte) in word.enumerated() {
            let vowel = isVowel(byte) || byte == UInt8(ascii: "y") && index > 0
            if vowel, !inGroup { groups += 1 }
            inGroup = vowel
        }
        return groups
    }
}
