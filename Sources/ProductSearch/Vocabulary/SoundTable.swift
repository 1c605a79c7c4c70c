// Names of the catalogue by their sound, to find the name in one script from what is typed in the other.

/// An immutable table of names in both scripts.
struct SoundTable: Sendable {
    /// A name, and how well it must be met.
    private struct Entry: Sendable {
        let name: String
        let sound: Sound
    }

    private var hangul: [[UInt8]: [Entry]] = [:]
    private var latin: [[UInt8]: [Entry]] = [:]

    /// Vowels may differ by this much a place; more for two names of one product than for two by themselves.
    static let distanceMax: Float = 0.25
    static let relatedDistanceMax: Float = 0.4
    /// Most names that one word stands for.
    private static let matchCountMax = 3

    /// Names of other characters, and those of fewer than two syllables or three letters, are left out: too
    /// much sounds like them.
    init(names: some Sequence<String>) {
        for name in names {
            let scalars = Self.letters(name)
            guard let script = Self.script(scalars) else { continue }
            for sound in script == .hangul ? Sound.hangul(scalars) : Sound.latin(scalars) {
                let entry = Entry(name: name, sound: sound)
                if script == .hangul {
                    hangul[sound.consonants, default: []].append(entry)
                } else {
                    latin[sound.consonants, default: []].append(entry)
                }
            }
        }
    }

    /// Names in the other script that sound like `name`, best first.
    func matches(_ name: String) -> [String] {
        let scalars = Self.letters(name)
        var best: [String: Float] = [:]
        switch Self.script(scalars) {
        case nil: return []
        case .latin:
            for sound in Sound.latin(scalars) {
                for entry in hangul[sound.consonants] ?? [] {
                    note(entry, Sound.distance(latin: sound, hangul: entry.sound), sound, &best)
                }
            }
        case .hangul:
            for sound in Sound.hangul(scalars) {
                for entry in latin[sound.consonants] ?? [] {
                    note(entry, Sound.distance(latin: entry.sound, hangul: sound), sound, &best)
                }
            }
        }
        let ordered = best.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        return ordered.prefix(Self.matchCountMax).map(\.key)
    }

    private func note(_ entry: Entry, _ distance: Float?, _ sound: Sound, _ best: inout [String: Float]) {
        // With a single consonant there is little to go by, so the vowels must be nearly the same.
        let limit = sound.consonants.count < 2 ? Self.distanceMax / 3 : Self.distanceMax
        guard let distance, distance <= limit else { return }
        best[entry.name] = min(best[entry.name] ?? .infinity, distance)
    }

    /// Whether a Latin and a Hangul name of the same products are one name.
    static func areOne(latin: String, hangul: String) -> Bool {
        let (left, right) = (letters(latin), letters(hangul))
        guard script(left) == .latin, script(right) == .hangul else { return false }
        for one in Sound.latin(left) {
            for other in Sound.hangul(right) where one.consonants.count >= 1 {
                // The less there is of a name, the better it must fit.
                let limit =
                    switch one.consonants.count {
                    case 1: distanceMax / 2
                    case 2: distanceMax
                    default: relatedDistanceMax
                    }
                if let distance = Sound.distance(latin: one, hangul: other), distance <= limit { return true }
            }
        }
        return false
    }

    enum Script { case latin, hangul }

    /// The script of a name of enough letters; nil for other names and mixtures.
    static func script(_ scalars: [Unicode.Scalar]) -> Script? {
        if scalars.count >= 2, scalars.allSatisfy({ (0xAC00...0xD7A3).contains($0.value) }) { return .hangul }
        if scalars.count >= 3, scalars.allSatisfy({ $0.isASCII && $0.properties.isAlphabetic }) {
            return .latin
        }
        return nil
    }

    /// The letters and digits of a name, without blanks and signs.
    static func letters(_ name: String) -> [Unicode.Scalar] {
        name.unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }
    }
}
