// The Korean standard keyboard (Dubeolsik), KS X 5002: Hangul as the keys that type it.
//
// A key is one ASCII letter, upper case where shift is held: 아이폰 is `dkdlvhs`, 까 is `Rk`. Vowels and finals
// of two keys are two letters: 과 is `rhk`, 닭 is `ekfr`. One code for typos, half-typed syllables and the
// wrong layout: a slip of the finger is one letter, wherever it makes a syllable fall apart.

/// Between Hangul and the keys that type it.
public enum Dubeolsik {
    // In the order of Unicode: leading consonants, vowels, finals (the first is no final).
    static let leading = [
        "r", "R", "s", "e", "E", "f", "a", "q", "Q", "t", "T", "d", "w", "W", "c", "z", "x", "v", "g",
    ].map { Array($0.utf8) }
    static let vowels = [
        "k", "o", "i", "O", "j", "p", "u", "P", "h", "hk", "ho", "hl", "y", "n", "nj", "np", "nl", "b", "m",
        "ml", "l",
    ].map { Array($0.utf8) }
    static let finals = [
        "", "r", "R", "rt", "s", "sw", "sg", "e", "f", "fr", "fa", "fq", "ft", "fx", "fv", "fg", "a", "q",
        "qt", "t", "T", "d", "w", "c", "z", "x", "v", "g",
    ].map { Array($0.utf8) }
    /// The keys of the jamo of the compatibility block, U+3131 to U+3163.
    static let compatibility =
        [
            "r", "R", "rt", "s", "sw", "sg", "e", "E", "f", "fr", "fa", "fq", "ft", "fx", "fv", "fg", "a",
            "q",
            "Q", "qt", "t", "T", "d", "w", "W", "c", "z", "x", "v", "g",
        ].map { Array($0.utf8) } + vowels

    static let syllables: ClosedRange<UInt32> = 0xAC00...0xD7A3
    static let jamo: ClosedRange<UInt32> = 0x3131...0x3163
    private static let vowelJamoFirst: UInt32 = 0x314F

    // MARK: To keys

    /// Whether a character is typed with Hangul keys: a syllable or a jamo.
    public static func isHangul(_ scalar: Unicode.Scalar) -> Bool {
        syllables.contains(scalar.value) || jamo.contains(scalar.value)
            || conjoiningKeys(scalar.value) != nil
    }

    /// The keys that type `text`; what is not Hangul stays as its UTF-8 bytes.
    public static func keys(_ text: String) -> [UInt8] {
        var keys: [UInt8] = []
        keys.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars where !append(scalar, to: &keys) {
            keys.append(contentsOf: String(scalar).utf8)
        }
        return keys
    }

    /// Appends the keys of one character; false where it is not Hangul.
    @discardableResult
    static func append(_ scalar: Unicode.Scalar, to keys: inout [UInt8]) -> Bool {
        let value = scalar.value
        if syllables.contains(value) {
            let index = Int(value - syllables.lowerBound)
            keys += leading[index / 588]
            keys += vowels[index % 588 / 28]
            keys += finals[index % 28]
        } else if jamo.contains(value) {
            keys += compatibility[Int(value - jamo.lowerBound)]
        } else if let conjoining = conjoiningKeys(value) {
            keys += conjoining
        } else {
            return false
        }
        return true
    }

    /// The keys of a conjoining jamo of modern Hangul, as decomposed text has them.
    private static func conjoiningKeys(_ value: UInt32) -> [UInt8]? {
        switch value {
        case 0x1100...0x1112: leading[Int(value - 0x1100)]
        case 0x1161...0x1175: vowels[Int(value - 0x1161)]
        case 0x11A8...0x11C2: finals[Int(value - 0x11A7)]
        default: nil
        }
    }

    /// The leading consonants of a text in Hangul only, as keys (갤럭시 is `rft`); lone consonants stand for
    /// themselves. Nil for a text with anything else in it.
    public static func initials(_ text: String) -> [UInt8]? {
        var initials: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let initial = initial(scalar) else { return nil }
            initials.append(initial)
        }
        return initials
    }

    /// The key of the consonant that a syllable begins with, or that a jamo is.
    static func initial(_ scalar: Unicode.Scalar) -> UInt8? {
        if syllables.contains(scalar.value) {
            return leading[Int(scalar.value - syllables.lowerBound) / 588][0]
        }
        return isConsonant(scalar) ? compatibility[Int(scalar.value - jamo.lowerBound)].first : nil
    }

    /// Whether a character is a lone consonant that can begin a syllable.
    static func isConsonant(_ scalar: Unicode.Scalar) -> Bool {
        jamo.contains(scalar.value) && scalar.value < vowelJamoFirst
            && compatibility[Int(scalar.value - jamo.lowerBound)].count == 1
    }

    // MARK: From keys

    /// What an input method shows after these keys: syllables are composed greedily, and a final moves to the
    /// next syllable when a vowel follows. Bytes that are no Hangul key are kept.
    public static func hangul(_ keys: some Sequence<UInt8>) -> String {
        var composer = Composer()
        for key in keys { composer.type(key) }
        return composer.finished()
    }

    /// The text as the other keyboard layout types it with the same keys: Hangul becomes Latin letters, Latin
    /// letters become Hangul, everything else stays (dkdlvhs15 is 아이폰15, ㅜㅑㅏㄷ is nike).
    public static func otherLayout(_ text: String) -> String {
        var converted = ""
        var composer = Composer()
        var keys: [UInt8] = []
        for scalar in text.unicodeScalars {
            keys.removeAll(keepingCapacity: true)
            if append(scalar, to: &keys) {
                converted += composer.finished()
                converted += String(decoding: keys, as: UTF8.self)
            } else if scalar.isASCII, keyIndex(UInt8(scalar.value)) != nil {
                composer.type(UInt8(scalar.value))
            } else {
                converted += composer.finished()
                converted.unicodeScalars.append(scalar)
            }
        }
        return converted + composer.finished()
    }

    /// The number of the letter key, 0 to 25, shifted or not; nil for any other byte.
    static func keyIndex(_ byte: UInt8) -> Int? {
        let lower = byte | 0x20
        return lower >= 0x61 && lower <= 0x7A ? Int(lower - 0x61) : nil
    }

    /// What a key types: its jamo as indexes into the tables above.
    private enum Jamo {
        case consonant(leading: Int, final: Int?)
        case vowel(Int)
    }

    private static let byKey: [Jamo?] = (0..<128).map { byte in
        var key = UInt8(byte)
        guard keyIndex(key) != nil else { return nil }
        // Shift changes seven keys; with any other it types what the key types alone.
        if !"QWERTOP".utf8.contains(key) { key |= 0x20 }
        if let index = leading.firstIndex(of: [key]) {
            return .consonant(leading: index, final: finals.firstIndex(of: [key]))
        }
        return vowels.firstIndex(of: [key]).map { .vowel($0) }
    }

    /// The state of an input method in the middle of a syllable.
    private struct Composer {
        private var text = String.UnicodeScalarView()
        private var initial: Int?
        private var vowel: Int?
        private var final: Int?

        mutating func type(_ key: UInt8) {
            switch key < 128 ? byKey[Int(key)] : nil {
            case .consonant(let leading, let final): typeConsonant(leading, final)
            case .vowel(let vowel): typeVowel(vowel)
            case nil:
                flush()
                text.append(Unicode.Scalar(key))
            }
        }

        mutating func finished() -> String {
            flush()
            defer { text = String.UnicodeScalarView() }
            return String(text)
        }

        private mutating func typeConsonant(_ leading: Int, _ single: Int?) {
            if initial != nil, vowel != nil, let single {
                if let joined = Self.joined(finals, final ?? 0, finals[single]) {
                    final = joined
                    return
                }
            }
            flush()
            initial = leading
        }

        private mutating func typeVowel(_ next: Int) {
            if let held = final, let initial, let vowel {
                // The final belongs to the new syllable; of two, the second does.
                let keys = finals[held]
                let kept = keys.count == 2 ? finals.firstIndex(of: [keys[0]]) : nil
                let moved = leading.firstIndex(of: [keys[keys.count - 1]])
                (self.initial, self.vowel, final) = (initial, vowel, kept)
                flush()
                self.initial = moved
                self.vowel = next
            } else if let before = vowel {
                if let joined = Self.joined(vowels, before, vowels[next]) {
                    vowel = joined
                } else {
                    flush()
                    vowel = next
                }
            } else {
                vowel = next
            }
        }

        private static func joined(_ table: [[UInt8]], _ first: Int, _ second: [UInt8]) -> Int? {
            table.firstIndex(of: table[first] + second)
        }

        private mutating func flush() {
            switch (initial, vowel) {
            case (let initial?, let vowel?):
                append(syllables.lowerBound + UInt32(initial * 588 + vowel * 28 + (final ?? 0)))
            case (let initial?, nil):
                let keys = leading[initial]
                append(jamo.lowerBound + UInt32(compatibility.firstIndex(of: keys) ?? 0))
            case (nil, let vowel?): append(vowelJamoFirst + UInt32(vowel))
            case (nil, nil): break
            }
            (initial, vowel, final) = (nil, nil, nil)
        }

        private mutating func append(_ value: UInt32) {
            if let scalar = Unicode.Scalar(value) { text.append(scalar) }
        }
    }
}
