// What completions are compared by: the keys of the Korean keyboard that type a text, without blanks and
// signs. A half-typed syllable is then a prefix of the whole one (갤ㄹ of 갤러), the wrong keyboard layout is
// the same key (skdl and 나이), and a blank too many or too few makes no difference.
//
// A key begins with a byte for the script of its first character, so that a range of keys holds texts of one
// script: what was meant literally (skin) and what another layout would have typed (나이키) are two ranges.

import KoreanAnalysis

/// Keys of texts.
enum CompletionKey {
    /// The script of a text's first character, the first byte of its key.
    enum Script: UInt8, CaseIterable {
        case hangul = 1
        case other = 2

        var opposite: Script { self == .hangul ? .other : .hangul }
    }

    /// Set in the byte of a syllable's first consonant, so that it is no letter of another script.
    static let initialMark: UInt8 = 0x80

    /// Appends what `text`, which is folded, adds to a key and to its initials: those of Hangul; Latin
    /// letters and digits stand for themselves, others are left out. Returns the script of the first
    /// character that counts.
    @discardableResult
    static func append(
        folded text: some Collection<UInt8>, to keys: inout [UInt8], initials: inout [UInt8]
    ) -> Script? {
        var script: Script?
        // 2.4인치 is not 24인치, and 1+1 is not 11: a point or plus between digits counts.
        var joiner: UInt8?
        var isAfterDigit = false
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            if let joining = joiner, isDigit { keys.append(joining) }
            joiner = isAfterDigit && (scalar == "." || scalar == "+") ? UInt8(scalar.value) : nil
            isAfterDigit = isDigit
            if Dubeolsik.append(scalar, to: &keys) {
                script = script ?? .hangul
                if let initial = Dubeolsik.initial(scalar) { initials.append(initial | initialMark) }
            } else if counts(scalar) {
                script = script ?? .other
                keys.append(contentsOf: String(scalar).utf8)
                if scalar.isASCII { initials.append(UInt8(scalar.value)) }
            }
        }
        return script
    }

    /// The key of a folded text with its script in front; empty for a text of signs only.
    static func key(folded text: some Collection<UInt8>) -> [UInt8] {
        var keys: [UInt8] = [0]
        var initials: [UInt8] = []
        guard let script = append(folded: text, to: &keys, initials: &initials) else { return [] }
        keys[0] = script.rawValue
        return keys
    }

    /// Whether a character that is not Hangul is part of a key: letters and digits of any script are.
    static func counts(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            let value = UInt8(scalar.value)
            return value >= 0x61 && value <= 0x7A || value >= 0x30 && value <= 0x39
                || value >= 0x41 && value <= 0x5A
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }
}

/// What was typed so far, as the ranges of keys in which its completions lie.
struct TypedPrefix {
    /// How what was typed stands to what it is completed to.
    enum Reading: Sendable {
        /// As typed.
        case literal
        /// By the first consonants of the syllables.
        case initials
        /// With the keyboard in the other layout.
        case layout
    }

    /// Two Latin letters are hardly ever meant as initials.
    private static let otherLayoutInitialCountMin = 3

    /// The key with its script in front.
    private(set) var key: [UInt8] = []
    /// First consonants and what is not Hangul; empty unless lone consonants stand where syllables could.
    private(set) var initials: [UInt8] = []
    /// For each of `initials`, the keys of the syllable where a whole one was typed.
    private(set) var syllables: [[UInt8]] = []
    /// The key with which the other layout would have typed it.
    private(set) var otherLayoutKey: [UInt8] = []
    /// The same for a text whose keys are all consonants: it may be initials, typed in Latin letters.
    private(set) var otherLayoutInitials: [UInt8] = []

    /// Nothing that could be completed: blanks and signs only.
    var isEmpty: Bool { key.isEmpty }

    /// Reads `text`; `folded` is the same text folded.
    init(_ text: String, folded: [UInt8]) {
        key = CompletionKey.key(folded: folded)
        guard let script = key.first.flatMap(CompletionKey.Script.init(rawValue:)) else { return }
        readInitials(folded)
        readOtherLayout(text, script)
    }

    /// Lone consonants are initials where there are several or where something follows them: one at the end
    /// is a syllable that has just been begun.
    private mutating func readInitials(_ folded: [UInt8]) {
        var isLone: [Bool] = []
        for scalar in String(decoding: folded, as: UTF8.self).unicodeScalars {
            var keys: [UInt8] = []
            if Dubeolsik.syllables.contains(scalar.value) {
                Dubeolsik.append(scalar, to: &keys)
                initials.append((Dubeolsik.initial(scalar) ?? 0) | CompletionKey.initialMark)
                syllables.append(keys)
                isLone.append(false)
            } else if Dubeolsik.append(scalar, to: &keys) {
                // ㄳ is what the input method makes of ㄱ and ㅅ; vowels alone are no initials.
                guard keys.allSatisfy({ Dubeolsik.leading.contains([$0]) }) else {
                    return discardInitials()
                }
                for key in keys {
                    initials.append(key | CompletionKey.initialMark)
                    syllables.append([])
                    isLone.append(true)
                }
            } else if CompletionKey.counts(scalar) {
                guard scalar.isASCII else { return discardInitials() }
                initials.append(UInt8(scalar.value))
                syllables.append([UInt8(scalar.value)])
                isLone.append(false)
            }
        }
        let firstLone = isLone.firstIndex(of: true)
        if firstLone == nil || firstLone == isLone.count - 1 { discardInitials() }
    }

    private mutating func discardInitials() {
        initials = []
        syllables = []
    }

    private mutating func readOtherLayout(_ text: String, _ script: CompletionKey.Script) {
        var keys = [script.opposite.rawValue]
        if script == .hangul {
            // Latin texts are compared in lower case.
            keys += key.dropFirst().map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        } else {
            // Shift counts on seven keys; all capitals are the lock, not the shift.
            let letters = text.utf8.filter { Dubeolsik.keyIndex($0) != nil }
            let isLocked = letters.count > 1 && letters.allSatisfy { $0 < 0x61 }
            for byte in text.utf8 where byte < 0x80 && CompletionKey.counts(Unicode.Scalar(byte)) {
                let isShifted = !isLocked && "QWERTOP".utf8.contains(byte)
                keys.append(isShifted || Dubeolsik.keyIndex(byte) == nil ? byte : byte | 0x20)
            }
            guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return }
            let typed = keys.dropFirst()
            if typed.count >= Self.otherLayoutInitialCountMin,
                typed.allSatisfy({ Dubeolsik.leading.contains([$0]) })
            {
                otherLayoutInitials = typed.map { $0 | CompletionKey.initialMark }
            }
        }
        if keys.dropFirst().contains(where: { Dubeolsik.keyIndex($0) != nil }) { otherLayoutKey = keys }
    }

    /// Whether initials with these syllables' keys behind them fit what was typed.
    func fits(_ candidate: (Int) -> [UInt8]?) -> Bool {
        for (index, keys) in syllables.enumerated() where !keys.isEmpty {
            guard let found = candidate(index) else { return false }
            // The last syllable may still grow.
            guard index == syllables.count - 1 ? found.starts(with: keys) : found == keys else {
                return false
            }
        }
        return true
    }
}
