// What a name sounds like, so that nike and 나이키 can be seen to be one name. Both scripts are brought to a
// skeleton of consonant classes with the vowels between them. Skeletons must be equal; how far the vowels are
// apart is a distance, because English spells one vowel in many ways and Hangul spells them as they are
// heard.
//
//     spyder   → S P T   with "", "y", "e" between (a final r is heard or not: both are tried)
//     스파이더   → S P T   with "", "ai", "ə"

/// The sound of one name.
struct Sound: Hashable, Sendable {
    /// Classes of consonants: K T P S M N L; h is not heard in all languages and left out.
    var consonants: [UInt8] = []
    /// What stands before each consonant and behind the last: letters aeiouyw for Latin; for Hangul a, e, i,
    /// o, u and x for ㅓ.
    var vowels: [[UInt8]] = [[]]

    fileprivate mutating func addConsonant(_ consonant: UInt8) {
        // Doubled consonants and a final before its like are heard once.
        if consonants.last == consonant, vowels[vowels.count - 1].isEmpty { return }
        consonants.append(consonant)
        vowels.append([])
    }

    fileprivate mutating func addVowels(_ letters: some Sequence<UInt8>) {
        vowels[vowels.count - 1] += letters
    }

    /// How far the vowels of a Hangul name are from those of a Latin one, for each place between consonants;
    /// nil where the consonants differ. 0 is alike, from 1 on nothing like it.
    static func distance(latin: Sound, hangul: Sound) -> Float? {
        guard latin.consonants == hangul.consonants else { return nil }
        var total: Float = 0
        var placeCount: Float = 0
        for index in latin.vowels.indices {
            let (left, right) = (latin.vowels[index], hangul.vowels[index])
            if left.isEmpty, right.isEmpty { continue }
            placeCount += 1
            total += vowelDistance(left, right, isLast: index == latin.vowels.count - 1)
        }
        return placeCount == 0 ? 0 : total / placeCount
    }

    private static func letters(_ text: StaticString) -> [UInt8] {
        text.withUTF8Buffer { Array($0) }
    }

    /// Edit distance with the costs below; both are a few letters.
    private static func vowelDistance(_ latin: [UInt8], _ hangul: [UInt8], isLast: Bool) -> Float {
        // Where nothing is written, nothing is heard.
        if latin.isEmpty { return Float(hangul.count) * 0.7 }
        var row: [Float] = [0]
        for heard in hangul { row.append(row[row.count - 1] + insertion(heard)) }
        for (index, letter) in latin.enumerated() {
            let isSilent = letter == UInt8(ascii: "e") && isLast && index == latin.count - 1
            let dropped: Float =
                isSilent ? 0.1 : latin.count > 1 ? 0.2 : letter == UInt8(ascii: "e") ? 0.4 : 0.7
            var next = [row[0] + dropped]
            for (place, heard) in hangul.enumerated() {
                next.append(
                    min(
                        row[place] + substitution(letter, heard), row[place + 1] + dropped,
                        next[place] + insertion(heard)))
            }
            row = next
        }
        return min(1.5, row[row.count - 1])
    }

    /// A vowel that no letter stands for: 에이 for a, 아이 for i, glides.
    private static func insertion(_ heard: UInt8) -> Float {
        switch heard {
        case UInt8(ascii: "i"), UInt8(ascii: "u"): 0.2
        case UInt8(ascii: "a"): 0.3
        default: 0.7
        }
    }

    private static func substitution(_ letter: UInt8, _ heard: UInt8) -> Float {
        switch (UnicodeScalar(letter), UnicodeScalar(heard)) {
        case ("a", "a"), ("e", "e"), ("i", "i"), ("o", "o"), ("u", "u"), ("y", "i"), ("w", "u"): 0
        case ("a", "e"), ("e", "i"), ("e", "x"), ("o", "x"), ("u", "x"), ("o", "a"), ("u", "a"): 0.2
        case ("a", "x"), ("a", "o"), ("o", "u"), ("w", "o"), ("i", "x"), ("y", "x"): 0.4
        case ("e", "a"), ("i", "e"), ("u", "i"), ("u", "o"), ("y", "a"), ("w", "x"): 0.5
        default: 1
        }
    }
}

// MARK: Hangul

extension Sound {
    /// The sounds of a name in Hangul, at most two; none where another character stands in it.
    static func hangul(_ name: some Sequence<Unicode.Scalar>) -> [Sound] {
        var plain = Sound()
        // ㅎ before ㅜ and ㅟ is how an f was written once: 휠라 for fila.
        var labial = Sound()
        var hasLabial = false
        var syllableCount = 0
        for scalar in name {
            guard (0xAC00...0xD7A3).contains(scalar.value) else { return [] }
            syllableCount += 1
            let index = Int(scalar.value - 0xAC00)
            let (initial, vowel, final) = (index / 588, index / 28 % 21, index % 28)
            let isLabial = initial == 18 && [13, 14, 16, 9].contains(vowel)
            if let consonant = initials[initial] {
                plain.addConsonant(consonant)
                labial.addConsonant(consonant)
            } else if isLabial {
                labial.addConsonant(UInt8(ascii: "P"))
                hasLabial = true
            }
            plain.addVowels(vowels[vowel].utf8)
            labial.addVowels(vowels[vowel].utf8)
            for consonant in finals[final].utf8 {
                plain.addConsonant(consonant)
                labial.addConsonant(consonant)
            }
        }
        guard syllableCount > 0 else { return [] }
        return hasLabial ? [plain, labial] : [plain]
    }

    /// By initial: ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ.
    private static let initials: [UInt8?] = [
        "K", "K", "N", "T", "T", "L", "M", "P", "P", "S", "S", nil, "S", "S", "S", "K", "T", "P", nil,
    ].map { (letter: Unicode.Scalar?) in letter.map { UInt8(ascii: $0) } }

    /// By vowel: ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ. ㅡ only lets a consonant stand alone.
    private static let vowels = [
        "a", "e", "ia", "ie", "x", "e", "ix", "ie", "o", "ua", "ue", "ue", "io", "u", "ux", "ue", "ui", "iu",
        "", "i",
        "i",
    ]

    /// By final: none ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ. A final ㅅ is a t in loanwords.
    private static let finals = [
        "", "K", "K", "K", "N", "N", "N", "T", "L", "K", "M", "P", "L", "L", "P", "L", "M", "P", "P", "T",
        "T", "N",
        "T", "T", "K", "T", "P", "",
    ]
}

// MARK: Latin

extension Sound {
    /// The sounds that a name in Latin letters may have, at most `alternativeCountMax`; none where another
    /// character stands in it. Upper and lower case are alike.
    static func latin(_ name: some Sequence<Unicode.Scalar>) -> [Sound] {
        var letters: [UInt8] = []
        for scalar in name {
            guard scalar.isASCII, let value = UInt8(exactly: scalar.value | 0x20),
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(value)
            else { return [] }
            letters.append(value)
        }
        guard !letters.isEmpty, letters.count <= 40 else { return [] }
        var reader = LatinReader(letters: letters)
        reader.read(from: 0, Sound())
        return reader.sounds
    }

    private static let alternativeCountMax = 16

    /// Reads letters from left to right; where a letter is heard in several ways, each is followed.
    private struct LatinReader {
        let letters: [UInt8]
        var sounds: [Sound] = []

        private func letter(_ index: Int) -> Unicode.Scalar? {
            letters.indices.contains(index) ? UnicodeScalar(letters[index]) : nil
        }

        private func isVowel(_ index: Int) -> Bool {
            letter(index).map { "aeiouy".unicodeScalars.contains($0) } ?? false
        }

        private func isSoft(_ index: Int) -> Bool {
            letter(index).map { "eiy".unicodeScalars.contains($0) } ?? false
        }

        mutating func read(from start: Int, _ sound: Sound) {
            guard sounds.count < alternativeCountMax else { return }
            guard let current = letter(start) else {
                if !sounds.contains(sound) { sounds.append(sound) }
                return
            }
            for (heard, length) in options(current, start) {
                var longer = sound
                for unit in heard.utf8 {
                    if (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(unit) {
                        longer.addVowels([unit])
                    } else {
                        longer.addConsonant(unit)
                    }
                }
                read(from: start + length, longer)
            }
        }

        /// What is heard, in capitals for consonants, and how many letters it takes.
        private func options(_ current: Unicode.Scalar, _ index: Int) -> [(String, Int)] {
            let next = letter(index + 1)
            switch current {
            case "a", "e", "i", "o", "u", "y": return [(String(current), 1)]
            case "w": return next == "r" && index == 0 ? [("", 1)] : [("w", 1)]
            case "h": return [("", 1)]
            case "b", "v", "f": return [("P", 1)]
            case "p": return [("P", next == "h" ? 2 : 1)]
            case "m": return [("M", 1)]
            case "n":
                if next == "g" { return isVowel(index + 2) ? [("NK", 2), ("NS", 2), ("N", 2)] : [("N", 2)] }
                return [("N", 1)]
            case "l": return [("L", 1)]
            // Behind a vowel and before none, r is heard in some languages only.
            case "r": return isVowel(index - 1) && !isVowel(index + 1) ? [("", 1), ("L", 1)] : [("L", 1)]
            case "d": return next == "g" && isSoft(index + 2) ? [("S", 2)] : [("T", 1)]
            case "t":
                if next == "h" { return [("T", 2), ("S", 2)] }
                if next == "c", letter(index + 2) == "h" { return [("S", 3)] }
                if next == "i", letter(index + 2) == "o" { return [("S", 1), ("T", 1)] }
                // A final t is not spoken in French.
                return index == letters.count - 1 && isVowel(index - 1) ? [("T", 1), ("", 1)] : [("T", 1)]
            case "j", "z": return [("S", 1)]
            case "s":
                if next == "c" && (letter(index + 2) == "h" || isSoft(index + 2)) {
                    return letter(index + 2) == "h" ? [("S", 3)] : [("S", 2)]
                }
                return [("S", next == "h" ? 2 : 1)]
            case "c":
                if next == "h" { return [("S", 2), ("K", 2)] }
                if next == "k" { return [("K", 2)] }
                if next == "c", isSoft(index + 2) { return [("S", 2), ("KS", 2)] }
                return isSoft(index + 1) ? [("S", 1)] : [("K", 1)]
            case "g":
                if next == "h" { return [("", 2), ("K", 2)] }
                if next == "u", isSoft(index + 2) { return [("K", 2), ("Ku", 2)] }
                return isSoft(index + 1) ? [("K", 1), ("S", 1)] : [("K", 1)]
            case "k": return next == "n" && index == 0 ? [("", 1)] : [("K", 1)]
            case "q": return next == "u" ? [("Ku", 2), ("K", 2)] : [("K", 1)]
            case "x": return index == 0 ? [("S", 1)] : [("KS", 1)]
            default: return [("", 1)]
            }
        }
    }
}
