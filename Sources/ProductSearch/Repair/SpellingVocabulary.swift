// The words that a segment's products are named with, as keys and as initial consonants: what a misspelt,
// half-typed or abbreviated word may stand for. Derived from the term dictionary, kept in memory. Only words
// of Hangul syllables and words of Latin letters are in it: numbers and model numbers are never guessed.

import Engine

/// The spelling of one segment's words.
struct SpellingVocabulary: Sendable {
    /// Words of Hangul syllables, as Dubeolsik keys.
    let hangul: KeyTrie
    /// Words of Latin letters, as they are.
    let latin: KeyTrie
    /// The Hangul words by their initial consonants.
    let initials: InitialsIndex

    var byteCount: Int { hangul.byteCount + latin.byteCount + initials.byteCount }

    /// Words of one syllable are particles of words more often than words; they must be frequent.
    private static let oneSyllableCountMin: UInt32 = 30
    private static let latinLengthMin = 2

    /// A vocabulary without words.
    init() {
        hangul = KeyTrie()
        latin = KeyTrie()
        initials = InitialsIndex(hangul)
    }

    /// Reads the terms of `fields`.
    init(_ segment: Segment, fields: [FieldID]) throws(SegmentError) {
        var hangul: [(keys: [UInt8], count: UInt32)] = []
        var latin: [(keys: [UInt8], count: UInt32)] = []
        for field in fields {
            try segment.forEachTerm(field) { (term, entry) throws(SegmentError) in
                switch Self.script(term) {
                case .hangul where term.count > 3 || entry.documentFrequency >= Self.oneSyllableCountMin:
                    hangul.append(
                        (Dubeolsik.keys(String(decoding: term, as: UTF8.self)), entry.documentFrequency))
                case .latin where term.count >= Self.latinLengthMin:
                    latin.append((Array(term), entry.documentFrequency))
                default: break
                }
                return true
            }
        }
        self.hangul = KeyTrie(hangul)
        self.latin = KeyTrie(latin)
        initials = InitialsIndex(self.hangul)
    }

    private enum Script { case hangul, latin, other }

    /// Whether all characters are syllables, or all are lower-case Latin letters.
    private static func script(_ term: ArraySlice<UInt8>) -> Script {
        guard let first = term.first else { return .other }
        if first < 0x80 { return term.allSatisfy { $0 >= 0x61 && $0 <= 0x7A } ? .latin : .other }
        guard term.count % 3 == 0 else { return .other }
        var index = term.startIndex
        while index < term.endIndex {
            let (lead, middle, last) = (
                UInt32(term[index]), UInt32(term[index + 1]), UInt32(term[index + 2])
            )
            guard lead & 0xF0 == 0xE0, middle & 0xC0 == 0x80, last & 0xC0 == 0x80,
                Dubeolsik.syllables.contains((lead & 0x0F) << 12 | (middle & 0x3F) << 6 | last & 0x3F)
            else { return .other }
            index += 3
        }
        return .hangul
    }
}

/// Words by the sequence of their initial consonants.
struct InitialsIndex: Sendable {
    /// The distinct sequences, sorted, one after another, and where each begins.
    private var sequences: [UInt8] = []
    private var starts: [UInt32] = [0]
    /// The words of each sequence, most frequent first, and where each list begins.
    private var words: [UInt32] = []
    private var firsts: [UInt32] = []

    var byteCount: Int { sequences.count + 4 * (starts.count + words.count + firsts.count) }

    init(_ trie: KeyTrie) {
        var entries: [(initials: [UInt8], word: UInt32)] = []
        entries.reserveCapacity(trie.count)
        for word in 0..<trie.count {
            guard let initials = Dubeolsik.initials(Dubeolsik.hangul(trie[word])), initials.count > 1 else {
                continue
            }
            entries.append((initials, UInt32(word)))
        }
        entries.sort {
            $0.initials == $1.initials
                ? (trie.counts[Int($1.word)], $0.word) < (trie.counts[Int($0.word)], $1.word)
                : $0.initials.lexicographicallyPrecedes($1.initials)
        }
        for (index, entry) in entries.enumerated() {
            if index == 0 || entries[index - 1].initials != entry.initials {
                sequences += entry.initials
                starts.append(UInt32(sequences.count))
                firsts.append(UInt32(words.count))
            }
            words.append(entry.word)
        }
        firsts.append(UInt32(words.count))
    }

    /// The numbers of the words with these initials, most frequent first.
    ///
    /// - Complexity: O(log sequences).
    func words(_ initials: some Collection<UInt8>) -> ArraySlice<UInt32> {
        var (low, high) = (0, starts.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].lexicographicallyPrecedes(initials) { low = middle + 1 } else { high = middle }
        }
        guard low < starts.count - 1, self[low].elementsEqual(initials) else { return [] }
        return words[Int(firsts[low])..<Int(firsts[low + 1])]
    }

    private subscript(sequence: Int) -> ArraySlice<UInt8> {
        sequences[Int(starts[sequence])..<Int(starts[sequence + 1])]
    }
}
