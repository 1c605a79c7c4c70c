// Titles as sequences of words, for counting phrases. A word is what stands between blanks, without the signs
// around it; a bracket, comma or slash between two words parts them, and no phrase reaches across.
//
//     [포켓몬 에디션] VT 글로우 앰플 미스트 100ml (+티 코스터)
//     포켓몬 에디션 | VT 글로우 앰플 미스트 100ml | 티 코스터
//
// Spellings of one word that differ only in case or width are one word, shown as most titles write it.

import KoreanAnalysis

/// The words of many titles.
struct TitleWords {
    /// Stands between words that do not follow each other.
    static let gap = UInt32.max
    private static let wordByteCountMax = 64

    private let analyzer: KoreanAnalyzer
    /// Words as written, and as folded and keyed.
    private var written = ByteInterner()
    private var keyed = ByteInterner()
    /// For each written word its keyed one and how often it was met; `gap` for one without a key.
    private var numbers: [UInt32] = []
    private var frequencies: [UInt32] = []
    private var initials: [[UInt8]] = []
    /// For each keyed word whether it has a letter.
    private(set) var hasLetters: [Bool] = []

    /// All titles' words, by number, with gaps between them.
    private(set) var sequence: [UInt32] = []
    /// Where each title begins in `sequence`.
    private(set) var starts: [Int] = []

    init(analyzer: KoreanAnalyzer) { self.analyzer = analyzer }

    /// How many different words there are.
    var wordCount: Int { keyed.count }

    /// Appends a title, which is UTF-8.
    mutating func append(_ title: UnsafeBufferPointer<UInt8>) {
        starts.append(sequence.count)
        var index = 0
        while index < title.count {
            guard let next = append(wordAt: index, of: title) else { break }
            index = next
        }
        sequence.append(Self.gap)
    }

    private enum Role { case inside, joining, blank, parting }

    /// Appends the word that begins at or behind `start`; returns where to go on, nil at the end.
    private mutating func append(wordAt start: Int, of title: UnsafeBufferPointer<UInt8>) -> Int? {
        var index = start
        while index < title.count {
            let (role, length) = Self.role(title, index)
            if role == .inside { break }
            if role != .blank { appendGap() }
            index += length
        }
        guard index < title.count else { return nil }
        let first = index
        var end = index
        while index < title.count {
            let (role, length) = Self.role(title, index)
            if role == .blank || role == .parting { break }
            index += length
            if role == .inside { end = index }
        }
        append(word: UnsafeBufferPointer(rebasing: title[first..<end]))
        if end < index { appendGap() }
        return index
    }

    private mutating func appendGap() {
        if let last = sequence.last, last != Self.gap { sequence.append(Self.gap) }
    }

    private mutating func append(word: UnsafeBufferPointer<UInt8>) {
        guard word.count <= Self.wordByteCountMax, let number = written.number(of: word) else {
            return appendGap()
        }
        if Int(number) == numbers.count { numbers.append(key(of: number)) }
        if frequencies.count < numbers.count { frequencies.append(0) }
        frequencies[Int(number)] += 1
        if numbers[Int(number)] == Self.gap {
            appendGap()
        } else {
            sequence.append(numbers[Int(number)])
        }
    }

    /// The keyed word of a written one that is new.
    private mutating func key(of number: UInt32) -> UInt32 {
        let folded = analyzer.folded(String(decoding: written[number], as: UTF8.self))
        var key: [UInt8] = [0]
        var initials: [UInt8] = []
        guard let script = CompletionKey.append(folded: folded, to: &key, initials: &initials) else {
            return Self.gap
        }
        key[0] = script.rawValue
        let before = keyed.count
        guard let keyedNumber = key.withUnsafeBufferPointer({ keyed.number(of: $0) }) else { return Self.gap }
        if keyed.count > before {
            self.initials.append(initials)
            hasLetters.append(key.dropFirst().contains { $0 > UInt8(ascii: "9") })
        }
        return keyedNumber
    }

    /// What the character at `index` is to a word, and its length.
    private static func role(_ title: UnsafeBufferPointer<UInt8>, _ index: Int) -> (Role, Int) {
        let byte = title[index]
        guard byte >= 0x80 else {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return (.inside, 1)
            case 0x09...0x0D, 0x20: return (.blank, 1)
            case 0x25, 0x26, 0x27, 0x2B, 0x2D, 0x2E, 0x5F: return (.joining, 1)  // % & ' + - . _
            default: return (.parting, 1)
            }
        }
        let length = min(byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2, title.count - index)
        // Most of a Korean title: syllables, three bytes from EA B0 80 to ED 9E A3.
        if byte >= 0xEB && byte <= 0xEC { return (.inside, length) }
        let character = title[index..<index + length]
        guard let scalar = String(decoding: character, as: UTF8.self).unicodeScalars.first else {
            return (.parting, length)
        }
        if CompletionKey.counts(scalar) { return (.inside, length) }
        if scalar.properties.isWhitespace { return (.blank, length) }
        let isInvisible = scalar.properties.isDefaultIgnorableCodePoint
        return (
            isInvisible || scalar.properties.canonicalCombiningClass != .notReordered
                ? .joining : .parting, length
        )
    }

    /// A word's key, its script in front.
    func key(_ word: UInt32) -> ArraySlice<UInt8> { keyed[word] }

    /// A text cut where a title would be.
    static func pieces(of text: String) -> [String] {
        var text = text
        return text.withUTF8 { bytes in
            var pieces: [String] = []
            var start = 0
            var index = 0
            while index < bytes.count {
                let (role, length) = role(bytes, index)
                if role == .blank || role == .parting {
                    pieces.append(String(decoding: bytes[start..<index], as: UTF8.self))
                    start = index + length
                }
                index += length
            }
            pieces.append(String(decoding: bytes[start..<index], as: UTF8.self))
            return pieces.filter { !$0.isEmpty }
        }
    }

    // MARK: Rows

    /// A row for each word, under the words' numbers: spelled as most titles spell it, of equally frequent
    /// spellings the first in byte order.
    func rows() -> CompletionRows {
        var spelling = [UInt32](repeating: Self.gap, count: keyed.count)
        for (number, word) in numbers.enumerated() where word != Self.gap {
            let current = spelling[Int(word)]
            guard current != Self.gap else {
                spelling[Int(word)] = UInt32(number)
                continue
            }
            let (mine, best) = (frequencies[number], frequencies[Int(current)])
            if mine > best
                || mine == best && written[UInt32(number)].lexicographicallyPrecedes(written[current])
            {
                spelling[Int(word)] = UInt32(number)
            }
        }
        var rows = CompletionRows()
        for word in 0..<UInt32(keyed.count) {
            let key = keyed[word]
            _ = rows.append(
                script: key[key.startIndex], key: key.dropFirst(), initials: initials[Int(word)],
                shown: written[spelling[Int(word)]])
        }
        return rows
    }
}
