// Words that a shop adds to the dictionary: names it sells under, and how they are taken apart. They are
// looked at beside the mapped dictionary wherever the lattice begins a word; what is written of them never
// changes, so any number of threads may share one.

/// A word beside the dictionary.
public struct UserWord: Sendable, Hashable {
    /// Composed Hangul syllables, 2 to `UserDictionary.syllableCountMax`.
    public let syllables: [UInt16]
    /// Syllables of each part, in order; empty for a word that is one thing.
    public let partLengths: [Int]
    /// How firmly the word holds against other splits: 0 is a rare noun of the dictionary, 100 nearly always
    /// wins.
    public let weight: Int

    /// Nil unless `text` is made of as many composed syllables as allowed and `parts`, where there are any,
    /// are two or more that give the text when they are put together.
    public init?(_ text: String, parts: [String] = [], weight: Int = UserDictionary.defaultWeight) {
        guard let syllables = Self.syllables(text), (0...100).contains(weight),
            (1...UserDictionary.syllableCountMax).contains(syllables.count)
        else { return nil }
        let split = parts.compactMap(Self.syllables)
        guard split.count == parts.count, parts.count != 1, !split.contains(where: \.isEmpty),
            parts.isEmpty || split.flatMap({ $0 }) == syllables
        else { return nil }
        self.syllables = syllables
        partLengths = split.map(\.count)
        self.weight = weight
    }

    /// The parts as text; empty for a word that is one thing.
    public var parts: [String] {
        var rest = syllables[...]
        return partLengths.map { length in
            defer { rest = rest.dropFirst(length) }
            return String(decoding: rest.prefix(length), as: UTF16.self)
        }
    }

    /// What the lattice adds for the word: far below any noun of the dictionary at full weight.
    var cost: Int32 { 5_000 - Int32(weight) * 200 }

    private static func syllables(_ text: String) -> [UInt16]? {
        var syllables: [UInt16] = []
        for scalar in text.unicodeScalars {
            guard (0xAC00...0xD7A3).contains(scalar.value) else { return nil }
            syllables.append(UInt16(scalar.value))
        }
        return syllables
    }
}

/// An immutable set of words that an analyzer uses beside its dictionary.
public final class UserDictionary: Sendable {
    /// Longer words are no words of a shop.
    public static let syllableCountMax = 32
    /// A user's word holds against nearly everything.
    public static let defaultWeight = 80
    /// No words at all.
    public static let empty = UserDictionary([])

    /// The words, each once, in order of their syllables.
    public let words: [UserWord]
    /// Equal for equal words: what was analysed with one dictionary holds for another of the same
    /// fingerprint.
    public let fingerprint: UInt64
    /// Index of the first word that begins with each syllable, and behind the last; empty without words.
    private let starts: [UInt32]

    private static let firstSyllable = 0xAC00
    private static let syllableCount = 11_172

    /// Of several entries of one word the last counts.
    public init(_ given: [UserWord]) {
        var unique: [[UInt16]: UserWord] = [:]
        for word in given { unique[word.syllables] = word }
        words = unique.values.sorted { $0.syllables.lexicographicallyPrecedes($1.syllables) }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ value: Int) { hash = (hash ^ UInt64(value)) &* 0x100_0000_01b3 }
        for word in words {
            for syllable in word.syllables { mix(Int(syllable)) }
            for length in word.partLengths { mix(length) }
            mix(word.weight + 256)
        }
        fingerprint = words.isEmpty ? 0 : hash
        var starts: [UInt32] = []
        if !words.isEmpty {
            starts = [UInt32](repeating: 0, count: Self.syllableCount + 1)
            for word in words { starts[Int(word.syllables[0]) - Self.firstSyllable + 1] += 1 }
            for index in 1...Self.syllableCount { starts[index] += starts[index - 1] }
        }
        self.starts = starts
    }

    /// Whether there is nothing to look up.
    var isEmpty: Bool { starts.isEmpty }

    /// The words that may begin with a syllable.
    @inline(__always)
    func candidates(_ first: UInt16) -> Range<Int> {
        let index = Int(first) &- Self.firstSyllable
        guard !starts.isEmpty, index >= 0, index < Self.syllableCount else { return 0..<0 }
        return Int(starts[index])..<Int(starts[index + 1])
    }

    /// The words that stand anywhere in `text`, each once, in the order of the text.
    public func words(in text: String) -> [UserWord] {
        var found: [UserWord] = []
        let units = Array(text.utf16)
        units.withUnsafeBufferPointer { units in
            for position in units.indices {
                for index in candidates(units[position]) where match(index, units, at: position) != nil {
                    if !found.contains(words[index]) { found.append(words[index]) }
                }
            }
        }
        return found
    }

    /// Whether one of the words stands in `units` at `position`.
    public func contains(at position: Int, _ units: UnsafeBufferPointer<UInt16>) -> Bool {
        candidates(units[position]).contains { match($0, units, at: position) != nil }
    }

    /// The length of the word of that index where it stands in `units` at `position`, else nil.
    func match(_ index: Int, _ units: UnsafeBufferPointer<UInt16>, at position: Int) -> Int? {
        let syllables = words[index].syllables
        guard syllables.count <= units.count - position else { return nil }
        for offset in syllables.indices where units[position + offset] != syllables[offset] { return nil }
        return syllables.count
    }
}

/// The contexts in which a user's word stands: those of a proper noun.
struct ProperNounContext {
    let left: UInt16
    /// For a last syllable without and with a final consonant: particles tell them apart.
    let right: (open: UInt16, closed: UInt16)

    /// Names that every general dictionary has, for their contexts; without them a user's word is as good as
    /// an unknown one.
    private static let known = (open: ["제주", "경주", "나라"], closed: ["서울", "부산", "한국"])

    init(_ dictionary: MorphologicalDictionary) {
        let open = Self.contexts(Self.known.open, dictionary)
        let closed = Self.contexts(Self.known.closed, dictionary)
        left = open?.left ?? closed?.left ?? dictionary.unknownLeft
        right = (
            open?.right ?? closed?.right ?? dictionary.unknownRight,
            closed?.right ?? open?.right ?? dictionary.unknownRight
        )
    }

    /// The right context behind a syllable.
    func right(behind syllable: UInt16) -> UInt16 {
        (Int(syllable) - 0xAC00) % 28 == 0 ? right.open : right.closed
    }

    private static func contexts(
        _ words: [String], _ dictionary: MorphologicalDictionary
    ) -> (left: UInt16, right: UInt16)? {
        for tag in [PartOfSpeech.NNP, .NNG] {
            for word in words {
                var walk = TrieWalk(dictionary.view)
                guard word.utf16.allSatisfy({ walk.step($0) }), let (first, count) = walk.value else {
                    continue
                }
                for index in first..<first + count {
                    let morpheme = dictionary.view.morphemes[index]
                    if morpheme.tag == tag { return (morpheme.left, morpheme.right) }
                }
            }
        }
        return nil
    }
}
