// Everything that a shop calls its things by, at one version: read once from the store, then shared by all
// who analyse and search with it, and never changed. A newer version is another object.

import JSON
import KoreanAnalysis
import Store

/// One version of the vocabulary.
public final class Vocabulary: Sendable {
    /// The event position of the change that made it; 0 for what the release brings.
    public let version: UInt64
    let words: [VocabularyWord]
    let rules: [SynonymRule]
    let learnedWords: [LearnedWord]
    let learnedSynonyms: [LearnedSynonym]
    /// Names of what is switched off: a source, or `source:name`.
    let switchedOff: Set<String>
    /// Where entries came from, by kind and name, for those that came from a file.
    let sources: [String: String]

    let dictionary: UserDictionary
    let synonyms: SynonymTable
    let sounds: SoundTable

    /// What the release brings, without a shop's own.
    public static let builtIn = Vocabulary(VocabularyVersion(seq: 0, entries: []))

    /// The sources that can be switched off as a whole.
    enum Source: String, CaseIterable {
        case builtIn = "built_in"
        case learnedWords = "learned_words"
        case learnedSynonyms = "learned_synonyms"
        case sounds
    }

    /// Entries that this release cannot read are left out: they were checked when they were written.
    public init(_ stored: VocabularyVersion) {
        version = stored.seq
        let parser = JSONParser()
        var (words, rules): ([VocabularyWord], [SynonymRule]) = ([], [])
        var (learnedWords, learnedSynonyms): ([LearnedWord], [LearnedSynonym]) = ([], [])
        var off: Set<String> = []
        var sources: [String: String] = [:]
        for entry in stored.entries {
            let body = parser.readable(entry.body)
            if !entry.source.isEmpty { sources["\(entry.kind.rawValue):\(entry.name)"] = entry.source }
            switch entry.kind {
            case .word: if let word = VocabularyWord(name: entry.name, body) { words.append(word) }
            case .synonym: if let rule = SynonymRule(body) { rules.append(rule) }
            case .learnedWord: if let word = LearnedWord(name: entry.name, body) { learnedWords.append(word) }
            case .learnedSynonym: if let pair = LearnedSynonym(body) { learnedSynonyms.append(pair) }
            case .switchedOff: off.insert(entry.name)
            }
        }
        self.words = words
        self.rules = rules
        self.learnedWords = learnedWords
        self.learnedSynonyms = learnedSynonyms
        self.sources = sources
        switchedOff = off
        dictionary = Self.dictionary(words, learnedWords, off)
        synonyms = Self.synonyms(words, rules, learnedSynonyms, off)
        sounds = Self.sounds(learnedWords, off)
    }

    func isOn(_ source: Source) -> Bool { !switchedOff.contains(source.rawValue) }

    private static func isOn(_ source: Source, _ name: String, _ off: Set<String>) -> Bool {
        !off.contains(source.rawValue) && !off.contains("\(source.rawValue):\(name)")
    }

    private static func dictionary(
        _ words: [VocabularyWord], _ learned: [LearnedWord], _ off: Set<String>
    ) -> UserDictionary {
        // A person's word is the last of its kind and so counts.
        let taught = learned.filter { isOn(.learnedWords, $0.name, off) }.compactMap(\.userWord)
        return UserDictionary(taught + words.compactMap(\.userWord))
    }

    private static func synonyms(
        _ words: [VocabularyWord], _ rules: [SynonymRule], _ learned: [LearnedSynonym], _ off: Set<String>
    ) -> SynonymTable {
        var table = SynonymTable()
        func fold(_ text: String) -> [UInt8] { SynonymTable.key(folded: KoreanAnalyzer.folded(text)) }
        for rule in rules { table.add(rule, origin: .user, fold: fold) }
        for word in words where !word.alias.isEmpty {
            do throws(VocabularyProblem) {
                table.add(try SynonymRule(from: [word.word] + word.alias), origin: .user, fold: fold)
            } catch {
                preconditionFailure("the aliases of '\(word.word)' were checked: \(error.reason)")
            }
        }
        if !off.contains(Source.builtIn.rawValue) {
            for rule in BilingualBrands.rules where !off.contains("\(Source.builtIn.rawValue):\(rule.text)") {
                table.add(rule, origin: .builtIn, fold: fold)
            }
        }
        for pair in learned where isOn(.learnedSynonyms, pair.name, off) {
            table.add(pair.rule, origin: .learned, fold: fold)
        }
        return table
    }

    /// The brands, and the words of those of several words.
    private static func sounds(_ learned: [LearnedWord], _ off: Set<String>) -> SoundTable {
        guard !off.contains(Source.sounds.rawValue) else { return SoundTable(names: []) }
        var names: Set<String> = []
        for word in learned where word.kind == .brand && isOn(.sounds, word.name, off) {
            names.insert(word.name)
            names.formUnion(word.name.split(separator: " ").map(String.init))
        }
        return SoundTable(names: names.sorted())
    }

    /// The names to look for beside what stands between two places of a query. That a name only sounds like
    /// another is weak: a slip may sound like something too. So it is asked for by itself.
    func synonyms(of key: [UInt8], hearsSounds: Bool) -> [Synonym] {
        let ruled = synonyms.synonyms(of: key)
        guard hearsSounds else { return ruled }
        let name = String(decoding: key, as: UTF8.self)
        let alike = sounds.matches(name).filter { match in
            !ruled.contains { SynonymTable.key(folded: $0.text.utf8) == SynonymTable.key(folded: match.utf8) }
        }
        return ruled + alike.map { Synonym(text: $0, origin: .sound, rule: "\(name), \($0)") }
    }
}

extension JSONParser {
    /// A body that the store kept; null where it cannot be read.
    fileprivate func readable(_ body: [UInt8]) -> JSONValue {
        do throws(JSONError) {
            return try parse(body)
        } catch {
            return .null
        }
    }
}
