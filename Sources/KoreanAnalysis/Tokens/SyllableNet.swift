// The net under the lattice, for what no dictionary splits or spells as its writer did.
//
// Pairs of neighbouring syllables: whatever words a text is split into, and wherever its writer put blanks,
// 와이드 스톤 and 와이드스톤 have the same pairs, the one across the blank included.
//
// Sounds: the consonants of a word alone, those that foreign names exchange taken together. 매카시 and 맥카시 are
// both `mgs`, 조안 and 조앤 `jn`. Names of up to four words have the sound of the whole as well.

import CICU

/// Two Hangul syllables side by side, or with white space between them.
public struct SyllablePair: Sendable, Hashable {
    /// The composed syllables.
    public var first: UInt16
    public var second: UInt16
    /// First byte of the first syllable in the original text.
    public var start: UInt32
    /// First byte after the second.
    public var end: UInt32
    /// Whether there is white space between them.
    public var isAcrossBlank: Bool

    /// The pair as a term: the two syllables in UTF-8.
    public var term: [UInt8] { Self.term(first, second) }

    /// The term of a pair of composed syllables.
    public static func term(_ first: UInt16, _ second: UInt16) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(6)
        for unit in [first, second] {
            bytes.append(UInt8(0xE0 | unit >> 12))
            bytes.append(UInt8(0x80 | unit >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | unit & 0x3F))
        }
        return bytes
    }
}

/// The pairs and sounds of a text.
public struct SyllableNet: Sendable {
    /// In the order of the text.
    public internal(set) var pairs: [SyllablePair] = []
    /// Terms, each of a run of Hangul or of the whole text; they share no first byte with pairs.
    public internal(set) var sounds: [[UInt8]] = []

    /// An empty net.
    public init() {}

    /// What a text may have to have a sound as a whole.
    static let wholeRunCountMax = 4
    /// What a run may have to have a sound.
    static let runLengths = 2...12

    private static let runMark = UInt8(ascii: "=")
    private static let wholeMark = UInt8(ascii: "#")
    /// Classes of initial and final consonants, in the order of Unicode; a blank is none.
    private static let initials = Array("ggnddrmbbss jjjgdbh".utf8)
    private static let finals = Array(" gggnnnsrrrrrrrrmbbssxssgsb ".utf8)

    private var run: [UInt16] = []
    private var whole: [UInt16] = []
    private var runCount = 0
    private var hasOther = false

    mutating func removeAll() {
        pairs.removeAll(keepingCapacity: true)
        sounds.removeAll(keepingCapacity: true)
        run.removeAll(keepingCapacity: true)
        whole.removeAll(keepingCapacity: true)
        runCount = 0
        hasOther = false
    }

    mutating func append(_ syllable: UInt16) {
        run.append(syllable)
        if runCount < Self.wholeRunCountMax { whole.append(syllable) }
    }

    /// Ends a run of Hangul, if one is open. Letters and digits make a text more than its Hangul.
    mutating func endRun(before category: UInt32) {
        if category == CharacterCategory.letter || category == CharacterCategory.digit { hasOther = true }
        guard !run.isEmpty else { return }
        runCount += 1
        if Self.runLengths.contains(run.count) { addSound(of: run, Self.runMark) }
        run.removeAll(keepingCapacity: true)
    }

    mutating func end() {
        endRun(before: CharacterCategory.space)
        if runCount > 0, runCount <= Self.wholeRunCountMax, !hasOther { addSound(of: whole, Self.wholeMark) }
    }

    /// A sound of fewer than two consonants says nothing.
    private mutating func addSound(of syllables: [UInt16], _ mark: UInt8) {
        var sound = [mark]
        for syllable in syllables {
            let index = Int(syllable) - 0xAC00
            for letter in [Self.initials[index / 588], Self.finals[index % 28]]
            where letter != UInt8(ascii: " ") && letter != sound.last {
                sound.append(letter)
            }
        }
        if sound.count > 2, !sounds.contains(sound) { sounds.append(sound) }
    }
}

extension KoreanAnalyzer {
    /// Replaces `net` by that of `text`. In pairs, symbols and other scripts stand between words; white space
    /// does not. Time is linear in the length of the text. `buffer` lends its working memory.
    ///
    /// - Precondition: the text is shorter than 4 GiB, the range of offsets.
    public func syllableNet(
        _ text: UnsafeBufferPointer<UInt8>, with buffer: borrowing TokenBuffer, into net: inout SyllableNet
    ) {
        precondition(text.count <= Int(UInt32.max), "text of 4 GiB or more")
        net.removeAll()
        let scratch = buffer.scratch
        var previous: cicu_scalar?
        var isAcrossBlank = false
        var start = 0
        while start < text.count {
            let end = Self.windowEnd(text, from: start)
            scratch.text.normalize(text, start..<end)
            for scalar in scratch.text.scalars {
                guard scalar.category == CharacterCategory.hangul else {
                    net.endRun(before: scalar.category)
                    isAcrossBlank = true
                    if scalar.category != CharacterCategory.space { previous = nil }
                    continue
                }
                let syllable = UInt16(truncatingIfNeeded: scalar.value)
                if let previous {
                    net.pairs.append(
                        SyllablePair(
                            first: UInt16(truncatingIfNeeded: previous.value), second: syllable,
                            start: previous.start, end: scalar.end, isAcrossBlank: isAcrossBlank))
                }
                net.append(syllable)
                previous = scalar
                isAcrossBlank = false
            }
            start = end
        }
        net.end()
    }
}
