// Reads and changes the vocabulary of a running shop. A change is written to the store with its event; the
// feed takes it over, analyses again what it touches, and the answer says how many products that were.

import JSON
import KoreanAnalysis
import Store

/// Answers `/api/v1/vocabulary/...`.
public final class VocabularyService: Sendable {
    /// How long an answer waits for the index to follow.
    static let waitLimit = Duration.seconds(20)
    public static let bodyByteLimit = VocabularyText.byteCountMax

    private let store: ProductStore
    private let view: LiveView
    private let analyzer: KoreanAnalyzer
    /// Waits until the index contains a change; nil where that takes too long.
    private let follow: @Sendable (VocabularyReceipt) throws -> VocabularyReport?

    /// `onWrite` is called after each change, to wake the feed.
    public init(
        store: ProductStore, view: LiveView, analyzer: KoreanAnalyzer, onWrite: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.view = view
        self.analyzer = analyzer
        follow = { receipt in
            onWrite()
            return Self.report(of: receipt, in: view)
        }
    }

    init(
        store: ProductStore, view: LiveView, analyzer: KoreanAnalyzer,
        follow: @escaping @Sendable (VocabularyReceipt) throws -> VocabularyReport?
    ) {
        self.store = store
        self.view = view
        self.analyzer = analyzer
        self.follow = follow
    }

    private static func report(of receipt: VocabularyReceipt, in view: LiveView) -> VocabularyReport? {
        let deadline = ContinuousClock.now + waitLimit
        while ContinuousClock.now < deadline, view.failure == nil {
            // Several changes at once are taken over together, as the last of them.
            let reports = view.current.vocabularyReports
            if let report = reports.first(where: { $0.version >= receipt.seq }) { return report }
            Pause.milliseconds(2)
        }
        return nil
    }

    /// The form in which a body comes.
    public enum Format: Sendable {
        case json, lines
    }

    // MARK: Reading

    /// The version, how much there is, and what is switched on.
    public func overview() throws(RequestError) -> [UInt8] {
        let state = view.current
        let vocabulary = state.analysis.vocabulary
        let counts: [(String, JSONValue)] = [
            ("words", .integer(Int64(vocabulary.words.count))),
            ("synonyms", .integer(Int64(vocabulary.rules.count))),
            ("learned_words", .integer(Int64(vocabulary.learnedWords.count))),
            ("learned_synonyms", .integer(Int64(vocabulary.learnedSynonyms.count))),
            ("built_in", .integer(Int64(BilingualBrands.rules.count))),
            ("dictionary", .integer(Int64(vocabulary.dictionary.words.count))),
        ]
        let switches = Vocabulary.Source.allCases.map { source in
            (source.rawValue, JSONValue.bool(vocabulary.isOn(source)))
        }
        let single = vocabulary.switchedOff.filter { $0.contains(":") }.sorted()
        let changes = state.vocabularyReports.reversed().map { report in
            JSONValue.object([
                ("version", .integer(Int64(report.version))),
                ("reanalysed", .integer(Int64(report.reanalysedCount))),
                ("took_ms", .integer(Milliseconds.whole(report.duration))),
            ])
        }
        return JSONValue.object([
            ("version", .integer(Int64(vocabulary.version))), ("counts", .object(counts)),
            ("switches", .object(switches)), ("switched_off", .strings(single)),
            ("changes", .array(Array(changes))),
        ]).jsonBytes
    }

    /// The words that were entered.
    public func words() throws(RequestError) -> [UInt8] {
        let vocabulary = try stored()
        return JSONValue.object([
            ("version", .integer(Int64(vocabulary.version))),
            ("words", .array(vocabulary.words.map { json($0, vocabulary) })),
        ]).jsonBytes
    }

    /// One word that was entered.
    public func word(_ name: String) throws(RequestError) -> [UInt8] {
        let vocabulary = try stored()
        guard let word = vocabulary.words.first(where: { $0.word == name }) else { throw Self.noWord(name) }
        return json(word, vocabulary).jsonBytes
    }

    private func json(_ word: VocabularyWord, _ vocabulary: Vocabulary) -> JSONValue {
        .object([
            ("word", .string(word.word)), ("weight", .integer(Int64(word.weight))),
            ("split", .strings(word.split)), ("alias", .strings(word.alias)),
            ("source", .string(vocabulary.sources["word:\(word.word)"] ?? "")),
        ])
    }

    /// The rules that were entered.
    public func synonyms() throws(RequestError) -> [UInt8] {
        let vocabulary = try stored()
        let rules = vocabulary.rules.map { rule in
            JSONValue.object([
                ("rule", .string(rule.text)), ("two_way", .bool(rule.isTwoWay)),
                ("from", .strings(rule.from)),
                ("to", .strings(rule.to)),
                ("source", .string(vocabulary.sources["synonym:\(rule.text)"] ?? "")),
            ])
        }
        return JSONValue.object([
            ("version", .integer(Int64(vocabulary.version))), ("rules", .array(rules)),
        ]).jsonBytes
    }

    /// What the catalogue taught, most frequent first; `kind` is brand, category, line, synonym or nil for
    /// all, `containing` a part of the name.
    public func learned(
        kind: String?, containing: String, limit: Int, offset: Int
    ) throws(RequestError) -> [UInt8] {
        let vocabulary = view.current.analysis.vocabulary
        guard (1...1_000).contains(limit), (0...1_000_000).contains(offset) else {
            throw RequestError(.badParameter, "'limit' must be from 1 to 1000, 'offset' 0 or more")
        }
        if let kind, kind != "synonym", LearnedWord.Kind(rawValue: kind) == nil {
            throw RequestError(.badParameter, "'kind' must be brand, category, line or synonym")
        }
        var rows: [(name: String, count: Int, json: [(String, JSONValue)])] = []
        for word in vocabulary.learnedWords where kind == nil || kind == word.kind.rawValue {
            let isOn = !vocabulary.switchedOff.contains("learned_words:\(word.name)")
            rows.append(
                (
                    word.name, word.count,
                    [
                        ("kind", .string(word.kind.rawValue)),
                        ("weight", word.weight.map { .integer(Int64($0)) } ?? .null),
                        ("split", .strings(word.split)), ("on", .bool(isOn)),
                        ("switch", .string("learned_words:\(word.name)")),
                    ]
                ))
        }
        for pair in vocabulary.learnedSynonyms where kind == nil || kind == "synonym" {
            let isOn = !vocabulary.switchedOff.contains("learned_synonyms:\(pair.name)")
            rows.append(
                (
                    pair.name, pair.count,
                    [
                        ("kind", .string("synonym")), ("latin", .string(pair.latin)),
                        ("hangul", .string(pair.hangul)), ("on", .bool(isOn)),
                        ("switch", .string("learned_synonyms:\(pair.name)")),
                    ]
                ))
        }
        rows = rows.filter { containing.isEmpty || $0.name.lowercased().contains(containing.lowercased()) }
        rows.sort { ($1.count, $0.name) < ($0.count, $1.name) }
        let shown = rows.dropFirst(offset).prefix(limit).map { row in
            JSONValue.object([("name", .string(row.name)), ("count", .integer(Int64(row.count)))] + row.json)
        }
        return JSONValue.object([
            ("version", .integer(Int64(vocabulary.version))), ("total", .integer(Int64(rows.count))),
            ("learned", .array(Array(shown))),
        ]).jsonBytes
    }

    // MARK: Changing

    /// Adds words, or replaces those of the same name; with `replacing`, all others go.
    public func addWords(
        _ body: [UInt8], _ format: Format, replacing: Bool = false, source: String = ""
    ) throws(RequestError) -> [UInt8] {
        try add(try read(body, format, .words, source), replacing: replacing ? [.word] : [])
    }

    /// Adds a word under the name in the address.
    public func putWord(_ name: String, _ body: [UInt8]) throws(RequestError) -> [UInt8] {
        let members = body.isEmpty ? .object([]) : try Self.parse(body)
        if let inside = members["word"]?.stringValue, inside != name {
            throw RequestError(.idMismatch, "the address names '\(name)', the body '\(inside)'")
        }
        let entry: VocabularyEntry
        do throws(VocabularyProblem) {
            entry = try VocabularyWord(name: name, checking: members).entry(source: "")
        } catch {
            throw RequestError(.badVocabulary, error.reason)
        }
        return try change(VocabularyChange(put: [entry]), [])
    }

    /// Takes a word away.
    public func deleteWord(_ name: String) throws(RequestError) -> [UInt8] {
        guard try stored().words.contains(where: { $0.word == name }) else { throw Self.noWord(name) }
        return try change(VocabularyChange(remove: [(.word, name)]), [])
    }

    /// Adds rules; with `replacing`, all others go.
    public func addSynonyms(
        _ body: [UInt8], _ format: Format, replacing: Bool = false, source: String = ""
    ) throws(RequestError) -> [UInt8] {
        try add(try read(body, format, .synonyms, source), replacing: replacing ? [.synonym] : [])
    }

    /// Takes a rule away; `rule` is the line that `synonyms` shows.
    public func deleteSynonym(_ rule: String) throws(RequestError) -> [UInt8] {
        guard try stored().rules.contains(where: { $0.text == rule }) else {
            throw RequestError(.notFound, "there is no rule '\(rule)'")
        }
        return try change(VocabularyChange(remove: [(.synonym, rule)]), [])
    }

    /// Takes words and rules from a text file: lines with a comma or an arrow are rules, others words.
    public func importLines(_ text: [UInt8], fileName: String) throws(RequestError) -> [UInt8] {
        try add(try read(text, .lines, .both, fileName), replacing: [])
    }

    /// Switches a source (`learned_words`) or one entry of it (`learned_words:NAME`) on or off.
    public func setSwitch(_ name: String, _ body: [UInt8]) throws(RequestError) -> [UInt8] {
        guard let isOn = try Self.parse(body)["on"]?.boolValue else {
            throw RequestError(.badVocabulary, "the body must be {\"on\": true} or {\"on\": false}")
        }
        let source = String(name.prefix { $0 != ":" })
        guard Vocabulary.Source(rawValue: source) != nil,
            name.utf8.count <= VocabularyEntry.nameByteCountMax
        else {
            throw RequestError(
                .notFound,
                "there is no switch '\(name)'; there are: "
                    + Vocabulary.Source.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let entry = VocabularyEntry(kind: .switchedOff, name: name, body: Array("{}".utf8))
        return try change(
            isOn ? VocabularyChange(remove: [(.switchedOff, name)]) : VocabularyChange(put: [entry]), [])
    }

    /// Learns from the products as they are now.
    public func learn() throws(RequestError) -> [UInt8] {
        do {
            return try answer(VocabularyLearner(store: store, analyzer: analyzer).learn(), [])
        } catch let error as StoreError {
            throw RequestError(store: error)
        } catch let error as RequestError {
            throw error
        } catch {
            throw RequestError(.storeFailed, "\(error)")
        }
    }

    // MARK: Parts

    /// The vocabulary as it is in the store: what a person has just changed is there at once.
    private func stored() throws(RequestError) -> Vocabulary {
        do throws(StoreError) {
            return Vocabulary(try store.vocabulary())
        } catch {
            throw RequestError(store: error)
        }
    }

    private func read(
        _ body: [UInt8], _ format: Format, _ content: VocabularyText.Content, _ source: String
    ) throws(RequestError) -> VocabularyText {
        guard body.count <= VocabularyText.byteCountMax else {
            throw RequestError(.tooLarge, "more than \(VocabularyText.byteCountMax) bytes; send it in parts")
        }
        switch format {
        case .lines: return VocabularyText(lines: body, content, name: source)
        case .json: return VocabularyText(json: try Self.parse(body), content)
        }
    }

    private func add(
        _ text: VocabularyText, replacing: Set<VocabularyKind>
    ) throws(RequestError) -> [UInt8] {
        if text.entries.isEmpty, let refusal = text.refusals.first, text.refusals.count == 1 {
            throw RequestError(.badVocabulary, "line \(refusal.line): \(refusal.reason)")
        }
        return try change(VocabularyChange(put: text.entries, replacing: replacing), text.refusals)
    }

    private func change(
        _ change: VocabularyChange, _ refusals: [VocabularyRefusal]
    ) throws(RequestError) -> [UInt8] {
        let receipt: VocabularyReceipt
        do throws(StoreError) {
            receipt = try store.changeVocabulary(change)
        } catch {
            throw RequestError(store: error)
        }
        return try answer(receipt, refusals)
    }

    /// Waits for the index to follow, and says what became of the change.
    private func answer(
        _ receipt: VocabularyReceipt, _ refusals: [VocabularyRefusal]
    ) throws(RequestError) -> [UInt8] {
        var report: VocabularyReport?
        do {
            if receipt.hasChanged { report = try follow(receipt) }
        } catch {
            throw RequestError(.indexFailed, "the change is stored, but the index does not follow: \(error)")
        }
        var members: [(String, JSONValue)] = [
            ("seq", .integer(Int64(receipt.seq))), ("added", .integer(Int64(receipt.addedCount))),
            ("replaced", .integer(Int64(receipt.replacedCount))),
            ("removed", .integer(Int64(receipt.removedCount))),
            ("refused", .array(refusals.map(Self.json))),
            ("applied", .bool(!receipt.hasChanged || report != nil)),
        ]
        if let report {
            members.append(("reanalysed", .integer(Int64(report.reanalysedCount))))
            members.append(("took_ms", .integer(Milliseconds.whole(report.duration))))
        } else if !receipt.hasChanged {
            members.append(("reanalysed", .integer(0)))
        }
        return JSONValue.object(members).jsonBytes
    }

    private static func json(_ refusal: VocabularyRefusal) -> JSONValue {
        .object([
            ("line", .integer(Int64(refusal.line))), ("text", .string(refusal.text)),
            ("reason", .string(refusal.reason)),
        ])
    }

    private static func parse(_ body: [UInt8]) throws(RequestError) -> JSONValue {
        do throws(JSONError) {
            return try JSONParser().parse(body)
        } catch {
            throw RequestError(.badJSON, "the body cannot be read: \(error)", position: error.byteOffset)
        }
    }

    private static func noWord(_ name: String) -> RequestError {
        RequestError(.notFound, "there is no word '\(name)'")
    }
}
