// What a person writes into the vocabulary, read and checked: words and synonym rules, from JSON and from the
// line formats that search managers know:
//
//     # a comment
//     나이키, nike                    all of them are one
//     갤탭 => 갤럭시탭, galaxy tab     who types the left finds the right too, not the other way round
//     꾸안꾸룩 꾸안꾸 룩               a word and its parts
//     빠니깔레 90                     a word and its weight
//
// A comma or an arrow makes a line a rule, anything else a word. A backslash takes away the meaning of the
// character behind it.

import JSON
import KoreanAnalysis
import Store

/// Why one word or rule was refused.
public struct VocabularyRefusal: Sendable, Hashable {
    /// The line, or the number in a JSON array, from 1.
    public let line: Int
    public let text: String
    public let reason: String
}

/// A reason, before it is known where the rule stands.
struct VocabularyProblem: Error {
    let reason: String
}

/// A rule of names that find each other.
struct SynonymRule: Sendable, Hashable {
    /// Who types one of these...
    let from: [String]
    /// ...finds these too. Empty for a rule in which every name of `from` finds every other.
    let to: [String]

    var isTwoWay: Bool { to.isEmpty }

    static let nameCountMax = 64
    static let nameByteCountMax = 200

    init(from: [String], to: [String] = []) throws(VocabularyProblem) {
        self.from = try Self.checked(from)
        self.to = try Self.checked(to)
        if self.from.isEmpty { throw VocabularyProblem(reason: "there is nothing to look for; write: a, b") }
        if to.isEmpty, self.from.count < 2 {
            throw VocabularyProblem(reason: "a rule needs two different names; write: a, b or a => b")
        }
        if !to.isEmpty, self.from == self.to {
            throw VocabularyProblem(reason: "both sides of the arrow are the same")
        }
        guard text.utf8.count <= VocabularyEntry.nameByteCountMax else {
            throw VocabularyProblem(
                reason:
                    "the rule is longer than \(VocabularyEntry.nameByteCountMax) bytes; make several of it")
        }
    }

    /// Reads a line.
    init(line: String) throws(VocabularyProblem) {
        let sides = try Self.sides(line)
        guard sides.count <= 2 else { throw VocabularyProblem(reason: "there is more than one =>") }
        if sides.count == 2, sides[1].allSatisfy({ Self.trimmed($0).isEmpty }) {
            throw VocabularyProblem(reason: "there is nothing behind =>")
        }
        try self.init(from: sides[0], to: sides.count == 2 ? sides[1] : [])
    }

    /// The rule as a line; names the rule in the store.
    var text: String {
        func side(_ names: [String]) -> String { names.map(Self.escaped).joined(separator: ", ") }
        return isTwoWay ? side(from) : side(from) + " => " + side(to)
    }

    private static func checked(_ names: [String]) throws(VocabularyProblem) -> [String] {
        var result: [String] = []
        var keys: Set<String> = []
        for name in names {
            let name = trimmed(name)
            guard !name.isEmpty else { throw VocabularyProblem(reason: "there is an empty name") }
            guard name.utf8.count <= nameByteCountMax else {
                throw VocabularyProblem(reason: "a name is longer than \(nameByteCountMax) bytes")
            }
            let key = String(String.UnicodeScalarView(SoundTable.letters(name))).lowercased()
            guard !key.isEmpty else {
                throw VocabularyProblem(reason: "'\(name)' has neither a letter nor a digit")
            }
            if keys.insert(key).inserted { result.append(name) }
        }
        guard result.count <= nameCountMax else {
            throw VocabularyProblem(reason: "there are more than \(nameCountMax) names")
        }
        return result
    }

    /// The names left and right of each arrow, escapes resolved.
    private static func sides(_ line: String) throws(VocabularyProblem) -> [[String]] {
        var sides: [[String]] = [[""]]
        var scalars = Substring(line).unicodeScalars
        while let scalar = scalars.popFirst() {
            let last = sides.count - 1
            if scalar == "\\" {
                guard let escaped = scalars.popFirst() else {
                    throw VocabularyProblem(reason: "nothing stands behind the last backslash")
                }
                sides[last][sides[last].count - 1].unicodeScalars.append(escaped)
            } else if scalar == "," {
                sides[last].append("")
            } else if scalar == "=", scalars.first == ">" {
                scalars.removeFirst()
                sides.append([""])
            } else {
                sides[last][sides[last].count - 1].unicodeScalars.append(scalar)
            }
        }
        return sides
    }

    private static func escaped(_ name: String) -> String {
        var result = ""
        for character in name {
            if character == "," || character == "\\" || character == "=" { result.append("\\") }
            result.append(character)
        }
        return result
    }

    static func trimmed(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// A word that a person entered.
struct VocabularyWord: Sendable, Hashable {
    let word: String
    /// The parts that the word is found by too; empty for one thing.
    let split: [String]
    /// 0 to 100; see `UserWord`.
    let weight: Int
    /// Other names of the same thing.
    let alias: [String]

    init(
        _ word: String, split: [String] = [], weight: Int = UserDictionary.defaultWeight, alias: [String] = []
    ) throws(VocabularyProblem) {
        self.word = word
        self.split = split
        self.weight = weight
        self.alias = alias
        guard (0...100).contains(weight) else {
            throw VocabularyProblem(reason: "the weight is \(weight); it must be from 0 to 100")
        }
        guard word.unicodeScalars.allSatisfy({ (0xAC00...0xD7A3).contains($0.value) }), !word.isEmpty else {
            throw VocabularyProblem(
                reason: "'\(word)' is not made of Hangul syllables alone; for other names write a synonym")
        }
        if split.count == 1 || !split.isEmpty && split.joined() != word {
            throw VocabularyProblem(
                reason: "the parts '\(split.joined(separator: " "))' do not give '\(word)' when put together")
        }
        guard userWord != nil else {
            throw VocabularyProblem(
                reason: "the word is longer than \(UserDictionary.syllableCountMax) syllables")
        }
        if !alias.isEmpty { _ = try SynonymRule(from: [word] + alias) }
    }

    /// Reads a line: the word, its parts if any, its weight if any.
    init(line: String) throws(VocabularyProblem) {
        var items = line.split(whereSeparator: \.isWhitespace).map(String.init)
        var weight = UserDictionary.defaultWeight
        if items.count > 1, let number = items.last.flatMap({ Int($0) }) {
            weight = number
            items.removeLast()
        }
        try self.init(items.first ?? "", split: Array(items.dropFirst()), weight: weight)
    }

    var userWord: UserWord? { UserWord(word, parts: split, weight: weight) }
}
