// Looks for words in UTF-8 text as it is stored, one pass for any number of words: a syllable that begins
// none of them is passed over by one look into a table.

import KoreanAnalysis

/// Finds any of some Hangul words in bytes.
struct WordScan {
    /// The first composed syllable of Unicode, and how many there are.
    private static let firstSyllable = 0xAC00
    private static let syllableCount = 11_172

    /// Whether a word begins with the syllable.
    private var begins = [Bool](repeating: false, count: WordScan.syllableCount)
    /// Words as UTF-8, by their first syllable.
    private var words: [Int: [[UInt8]]] = [:]

    init(_ dictionary: UserDictionary) {
        for word in dictionary.words {
            guard let first = word.syllables.first else { continue }
            let syllable = Int(first) - Self.firstSyllable
            guard begins.indices.contains(syllable) else { continue }
            begins[syllable] = true
            words[syllable, default: []].append(Array(String(decoding: word.syllables, as: UTF16.self).utf8))
        }
    }

    /// Whether one of the words stands anywhere in `text`.
    func occurs(in text: ArraySlice<UInt8>) -> Bool {
        text.withUnsafeBufferPointer { bytes in
            var offset = 0
            while offset + 3 <= bytes.count {
                // Hangul syllables begin with EA to ED and have three bytes.
                guard bytes[offset] & 0xF0 == 0xE0 else {
                    offset += 1
                    continue
                }
                let scalar =
                    Int(bytes[offset] & 0x0F) << 12 | Int(bytes[offset + 1] & 0x3F) << 6
                    | Int(bytes[offset + 2] & 0x3F)
                let syllable = scalar - Self.firstSyllable
                if syllable >= 0, syllable < Self.syllableCount, begins[syllable],
                    words[syllable]?.contains(where: { stands($0, bytes, offset) }) == true
                {
                    return true
                }
                offset += 3
            }
            return false
        }
    }

    private func stands(_ word: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>, _ offset: Int) -> Bool {
        offset + word.count <= bytes.count
            && word.indices.allSatisfy { bytes[offset + $0] == word[$0] }
    }
}
