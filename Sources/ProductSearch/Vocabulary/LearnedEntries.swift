// What the catalogue taught, as it is kept: names with how often they occur.

import JSON
import KoreanAnalysis
import Store

/// A name of the catalogue.
struct LearnedWord: Sendable, Hashable {
    enum Kind: String, Sendable, CaseIterable {
        case brand, category, line
    }

    let name: String
    let kind: Kind
    /// Products that have it.
    let count: Int
    /// The entry of the dictionary; nil where the dictionary knows the name, or it is not Hangul alone.
    let weight: Int?
    let split: [String]

    var userWord: UserWord? { weight.flatMap { UserWord(name, parts: split, weight: $0) } }

    var entry: VocabularyEntry {
        var members: [(String, JSONValue)] = [
            ("kind", .string(kind.rawValue)), ("count", .integer(Int64(count))),
        ]
        if let weight { members.append(("weight", .integer(Int64(weight)))) }
        if !split.isEmpty { members.append(("split", .strings(split))) }
        return VocabularyEntry(kind: .learnedWord, name: name, body: JSONValue.object(members).jsonBytes)
    }

    init(name: String, kind: Kind, count: Int, weight: Int?, split: [String]) {
        self.name = name
        self.kind = kind
        self.count = count
        self.weight = weight
        self.split = split
    }

    init?(name: String, _ body: JSONValue) {
        guard let kind = body["kind"]?.stringValue.flatMap(Kind.init), let count = body["count"]?.integerValue
        else { return nil }
        self.init(
            name: name, kind: kind, count: Int(clamping: count),
            weight: body["weight"]?.integerValue.map { Int(clamping: $0) },
            split: body["split"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }
}

/// Two names of one thing in two scripts.
struct LearnedSynonym: Sendable, Hashable {
    let latin: String
    let hangul: String
    /// Products that say so.
    let count: Int
    let rule: SynonymRule

    var name: String { rule.text }

    init?(latin: String, hangul: String, count: Int) {
        do throws(VocabularyProblem) {
            rule = try SynonymRule(from: [hangul, latin])
        } catch {
            return nil
        }
        self.latin = latin
        self.hangul = hangul
        self.count = count
    }

    var entry: VocabularyEntry {
        VocabularyEntry(
            kind: .learnedSynonym, name: name,
            body: JSONValue.object([
                ("latin", .string(latin)), ("hangul", .string(hangul)), ("count", .integer(Int64(count))),
            ]).jsonBytes)
    }

    init?(_ body: JSONValue) {
        guard let latin = body["latin"]?.stringValue, let hangul = body["hangul"]?.stringValue,
            let count = body["count"]?.integerValue
        else { return nil }
        self.init(latin: latin, hangul: hangul, count: Int(clamping: count))
    }
}
