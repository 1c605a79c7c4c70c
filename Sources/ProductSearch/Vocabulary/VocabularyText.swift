// Many words and rules at once, from a text file or from JSON. What is wrong with one is said with its line,
// and the others are taken all the same.

import JSON
import Store

/// Entries read from a text, and what was wrong.
struct VocabularyText {
    private(set) var entries: [VocabularyEntry] = []
    private(set) var refusals: [VocabularyRefusal] = []

    static let byteCountMax = 8 << 20
    static let lineCountMax = 100_000

    /// Which entries a text may hold.
    enum Content { case words, synonyms, both }

    /// Reads lines; `name` is the file's, for the source of each entry.
    init(lines text: [UInt8], _ content: Content, name: String) {
        var number = 0
        for bytes in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            var line = SynonymRule.trimmed(String(decoding: bytes, as: UTF8.self))
            if number == 1, line.unicodeScalars.first == "\u{FEFF}" { line.unicodeScalars.removeFirst() }
            if line.isEmpty || line.hasPrefix("#") { continue }
            let isRule =
                content == .synonyms || content == .both && (line.contains(",") || line.contains("=>"))
            guard number <= Self.lineCountMax else {
                refuse(number, line, VocabularyProblem(reason: "more than \(Self.lineCountMax) lines"))
                return
            }
            let source = name.isEmpty ? "" : "\(name):\(number)"
            read(number, line) { () throws(VocabularyProblem) in
                isRule
                    ? try SynonymRule(line: line).entry(source: source)
                    : try VocabularyWord(line: line).entry(source: source)
            }
        }
    }

    /// Reads one value, an array of them, or an object with the array as its only member.
    init(json: JSONValue, _ content: Content) {
        let member = content == .synonyms ? "rules" : "words"
        let items = json.arrayValue ?? json[member]?.arrayValue ?? [json]
        for (index, item) in items.enumerated() {
            let shown = item.stringValue ?? String(decoding: item.jsonBytes, as: UTF8.self)
            read(index + 1, shown) { () throws(VocabularyProblem) in
                if content == .synonyms { return try SynonymRule(checking: item).entry(source: "") }
                if let line = item.stringValue { return try VocabularyWord(line: line).entry(source: "") }
                guard let name = item["word"]?.stringValue else {
                    throw VocabularyProblem(reason: "'word' is missing")
                }
                return try VocabularyWord(name: name, checking: item).entry(source: "")
            }
        }
    }

    private mutating func read(
        _ line: Int, _ text: String, _ body: () throws(VocabularyProblem) -> VocabularyEntry
    ) {
        do throws(VocabularyProblem) {
            entries.append(try body())
        } catch {
            refuse(line, text, error)
        }
    }

    private mutating func refuse(_ line: Int, _ text: String, _ problem: VocabularyProblem) {
        refusals.append(VocabularyRefusal(line: line, text: String(text.prefix(200)), reason: problem.reason))
    }
}
