// What the search field holds after each keystroke of a text, as an input method of Korean shows it: 나이키
// gives ㄴ, 나, 낭, 나이, 나잌, 나이키.

/// The states of a text while it is typed.
public enum Keystrokes {
    /// What stands in the field after each key, the whole text last.
    public static func prefixes(of text: String) -> [String] {
        var prefixes: [String] = []
        var done = ""
        var word: [UInt8] = []
        func show(_ shown: String) {
            if shown != prefixes.last { prefixes.append(shown) }
        }
        for scalar in text.unicodeScalars {
            let start = word.count
            if Dubeolsik.append(scalar, to: &word) {
                for end in start + 1...word.count { show(done + Dubeolsik.hangul(word[..<end])) }
            } else {
                done += Dubeolsik.hangul(word)
                word.removeAll()
                done.unicodeScalars.append(scalar)
                show(done)
            }
        }
        return prefixes
    }
}
