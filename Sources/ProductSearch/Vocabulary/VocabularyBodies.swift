// The bodies of vocabulary entries in the store, member by member. Reading is checked like any other input:
// a store may have been edited by hand.

import JSON
import KoreanAnalysis
import Store

extension VocabularyWord {
    /// The entry: `{"weight": 80, "split": ["꾸안꾸", "룩"], "alias": []}`.
    func entry(source: String) -> VocabularyEntry {
        VocabularyEntry(
            kind: .word, name: word,
            body: JSONValue.object([
                ("weight", .integer(Int64(weight))), ("split", .strings(split)), ("alias", .strings(alias)),
            ]).jsonBytes, source: source)
    }

    init?(name: String, _ body: JSONValue) {
        do throws(VocabularyProblem) {
            try self.init(name: name, checking: body)
        } catch {
            return nil
        }
    }

    /// Reads the members that a person gives; others are errors.
    init(name: String, checking body: JSONValue) throws(VocabularyProblem) {
        guard let members = body.objectValue else { throw VocabularyProblem(reason: "the word is no object") }
        for (member, _) in members where !["word", "weight", "split", "alias"].contains(member) {
            throw VocabularyProblem(
                reason: "unknown member '\(member)'; there are: word, weight, split, alias")
        }
        let weight = body["weight"]
        if let weight, weight.integerValue == nil {
            throw VocabularyProblem(reason: "the weight is no integer")
        }
        try self.init(
            name, split: try body.names("split"),
            weight: weight?.integerValue.map { Int(clamping: $0) } ?? UserDictionary.defaultWeight,
            alias: try body.names("alias"))
    }
}

extension SynonymRule {
    /// The entry: `{"from": ["나이키", "nike"], "to": []}`.
    func entry(source: String) -> VocabularyEntry {
        VocabularyEntry(
            kind: .synonym, name: text,
            body: JSONValue.object([("from", .strings(from)), ("to", .strings(to))]).jsonBytes, source: source
        )
    }

    init?(_ body: JSONValue) {
        do throws(VocabularyProblem) {
            try self.init(checking: body)
        } catch {
            return nil
        }
    }

    init(checking body: JSONValue) throws(VocabularyProblem) {
        if let line = body.stringValue {
            try self.init(line: line)
            return
        }
        guard let members = body.objectValue else { throw VocabularyProblem(reason: "the rule is no object") }
        for (member, _) in members where !["from", "to", "rule"].contains(member) {
            throw VocabularyProblem(reason: "unknown member '\(member)'; there are: rule, or from and to")
        }
        if let line = body["rule"] {
            guard let line = line.stringValue, members.count == 1 else {
                throw VocabularyProblem(reason: "'rule' must be a line such as \"a, b => c\", and alone")
            }
            try self.init(line: line)
        } else {
            try self.init(from: try body.names("from"), to: try body.names("to"))
        }
    }
}

extension JSONValue {
    static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }

    /// An array of texts, empty where there is none.
    fileprivate func names(_ member: String) throws(VocabularyProblem) -> [String] {
        guard let value = self[member], value != .null else { return [] }
        guard let items = value.arrayValue else {
            throw VocabularyProblem(reason: "'\(member)' must be an array of texts")
        }
        var names: [String] = []
        for item in items {
            guard let name = item.stringValue else {
                throw VocabularyProblem(reason: "'\(member)' must be an array of texts")
            }
            names.append(name)
        }
        return names
    }
}
