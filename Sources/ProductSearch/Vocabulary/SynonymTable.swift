// Which names stand for which, by the letters and digits of a name alone: "Coca-Cola", "coca cola" and
// "cocacola" are one key. What is found is text; it is analysed where it is used, so that it is cut as
// products are.

import KoreanAnalysis

/// Where a synonym comes from.
enum SynonymOrigin: String, Sendable {
    case user
    case builtIn = "built_in"
    case learned
    /// Not a rule: a name of the catalogue in the other script sounds like what was typed.
    case sound
}

/// A name to look for as well.
struct Synonym: Sendable, Hashable {
    let text: String
    let origin: SynonymOrigin
    /// The rule it stands in, as a line.
    let rule: String
}

/// An immutable table of rules.
struct SynonymTable: Sendable {
    private var targets: [[UInt8]: [Synonym]] = [:]
    /// Longest key, to bound what is looked up.
    private(set) var keyByteCountMax = 0

    var isEmpty: Bool { targets.isEmpty }

    /// More for one key are not looked for.
    private static let targetCountMax = 16

    mutating func add(_ rule: SynonymRule, origin: SynonymOrigin, fold: (String) -> [UInt8]) {
        let text = rule.text
        for name in rule.from {
            let key = fold(name)
            for other in rule.isTwoWay ? rule.from : rule.to where fold(other) != key {
                add(key, Synonym(text: other, origin: origin, rule: text), fold)
            }
        }
    }

    private mutating func add(_ key: [UInt8], _ synonym: Synonym, _ fold: (String) -> [UInt8]) {
        guard !key.isEmpty else { return }
        keyByteCountMax = max(keyByteCountMax, key.count)
        var known = targets[key] ?? []
        let added = fold(synonym.text)
        guard known.count < Self.targetCountMax, !known.contains(where: { fold($0.text) == added }) else {
            return
        }
        known.append(synonym)
        targets[key] = known
    }

    /// The names to look for beside the one of that key.
    func synonyms(of key: [UInt8]) -> [Synonym] { targets[key] ?? [] }

    /// The letters and digits of folded text: what two spellings of a name have in common.
    static func key(folded: some Sequence<UInt8>) -> [UInt8] {
        let text = String(decoding: Array(folded), as: UTF8.self)
        return Array(String(String.UnicodeScalarView(SoundTable.letters(text))).utf8)
    }
}
