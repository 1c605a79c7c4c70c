// The vocabulary of a shop: words, synonyms, and what the catalogue taught. Entries are never overwritten: a
// row says from which event on it holds and until which, so that an index can be read with the vocabulary of
// the position that it contains, and the log can be replayed.

import CSQLite
import JSON

/// What an entry of the vocabulary is.
public enum VocabularyKind: String, Sendable, CaseIterable {
    /// A word that a person entered.
    case word
    /// A rule that a person entered.
    case synonym
    /// A word that the catalogue taught.
    case learnedWord = "learned_word"
    /// Two names that the catalogue taught to be one.
    case learnedSynonym = "learned_synonym"
    /// A word, a rule or a whole source that a person switched off.
    case switchedOff = "switched_off"
}

/// One entry: what it says is in `body`, whose members the reader of the vocabulary knows.
public struct VocabularyEntry: Sendable, Hashable {
    /// What the entry is.
    public let kind: VocabularyKind
    /// Names the entry among those of its kind, 1 to 512 bytes.
    public let name: String
    /// A JSON object.
    public let body: [UInt8]
    /// Where it came from, such as `synonyms.txt:12`; empty where it was entered by itself.
    public let source: String

    /// An entry.
    public init(kind: VocabularyKind, name: String, body: [UInt8], source: String = "") {
        self.kind = kind
        self.name = name
        self.body = body
        self.source = source
    }

    /// Longer names are refused.
    public static let nameByteCountMax = 512
}

/// Several changes that become true together.
public struct VocabularyChange: Sendable {
    /// Entries to be there, in place of those of the same kind and name.
    public var put: [VocabularyEntry]
    /// Entries to be there no longer.
    public var remove: [(kind: VocabularyKind, name: String)]
    /// Kinds of which nothing is to be left but what `put` names.
    public var replacing: Set<VocabularyKind>

    /// A change.
    public init(
        put: [VocabularyEntry] = [], remove: [(kind: VocabularyKind, name: String)] = [],
        replacing: Set<VocabularyKind> = []
    ) {
        self.put = put
        self.remove = remove
        self.replacing = replacing
    }
}

/// What became of a change of the vocabulary.
public struct VocabularyReceipt: Sendable, Hashable {
    /// The position of the event, or of the last one where nothing changed.
    public let seq: UInt64
    /// Entries that were not there.
    public let addedCount: Int
    /// Entries that said something else.
    public let replacedCount: Int
    /// Entries that are there no longer.
    public let removedCount: Int
    /// Whether there was anything to change.
    public var hasChanged: Bool { addedCount + replacedCount + removedCount > 0 }
}

/// The vocabulary at one position of the log.
public struct VocabularyVersion: Sendable, Hashable {
    /// The position of the change that made it; 0 before the first.
    public let seq: UInt64
    /// By kind and name.
    public let entries: [VocabularyEntry]

    /// A version.
    public init(seq: UInt64, entries: [VocabularyEntry]) {
        self.seq = seq
        self.entries = entries
    }
}

extension ProductStore {
    /// Changes the vocabulary in one transaction, with one `vocabulary.changed` event; writes nothing where
    /// nothing differs.
    @discardableResult
    public func changeVocabulary(_ change: VocabularyChange) throws(StoreError) -> VocabularyReceipt {
        for entry in change.put where !(1...VocabularyEntry.nameByteCountMax).contains(entry.name.utf8.count)
        {
            throw .invalidProduct(
                .invalid(
                    path: "name", expected: "1 to \(VocabularyEntry.nameByteCountMax) bytes",
                    got: "\(entry.name.utf8.count)"))
        }
        return try write { (writer) throws(StoreError) in try writer.change(change) }
    }

    /// The vocabulary as it was when the log ended at `position`; nil: as it is now.
    public func vocabulary(at position: UInt64? = nil) throws(StoreError) -> VocabularyVersion {
        try read { (connection) throws(StoreError) in
            try connection.reading { () throws(StoreError) in try connection.vocabulary(at: position) }
        }
    }
}

extension Connection {
    fileprivate func vocabulary(at position: UInt64?) throws(StoreError) -> VocabularyVersion {
        // SQLite's integers end where the log can never come to.
        let position = position ?? UInt64(Int64.max)
        let version = try statement(.vocabularyVersion)
        defer { version.reset() }
        version.bind(1, position)
        let seq = try version.step() ? version.sequence(0) : 0
        let select = try statement(.selectVocabulary)
        defer { select.reset() }
        select.bind(1, position)
        var entries: [VocabularyEntry] = []
        while try select.step() {
            // A kind of a later release means nothing to this one.
            guard let kind = VocabularyKind(rawValue: select.text(0)) else { continue }
            entries.append(
                VocabularyEntry(
                    kind: kind, name: select.text(1), body: select.bytes(2), source: select.text(3)))
        }
        return VocabularyVersion(seq: seq, entries: entries)
    }
}

extension Writer {
    fileprivate mutating func change(_ change: VocabularyChange) throws(StoreError) -> VocabularyReceipt {
        struct Name: Hashable {
            let kind: VocabularyKind
            let name: String
        }
        var current: [Name: VocabularyEntry] = [:]
        for entry in try connection.vocabulary(at: nil).entries {
            current[Name(kind: entry.kind, name: entry.name)] = entry
        }
        var wanted: [Name: VocabularyEntry] = [:]
        var order: [Name] = []
        for entry in change.put {
            let name = Name(kind: entry.kind, name: entry.name)
            if wanted.updateValue(entry, forKey: name) == nil { order.append(name) }
        }
        let changed = order.filter { current[$0] != wanted[$0] }
        var removed = Set(change.remove.map { Name(kind: $0.kind, name: $0.name) })
        removed.formUnion(current.keys.filter { change.replacing.contains($0.kind) })
        removed = removed.filter { wanted[$0] == nil && current[$0] != nil }
        guard !changed.isEmpty || !removed.isEmpty else {
            return VocabularyReceipt(
                seq: try connection.lastSequence(), addedCount: 0, replacedCount: 0, removedCount: 0)
        }
        let added = changed.filter { current[$0] == nil }.count
        let seq = try append(
            .vocabularyChanged, "",
            EventBody.vocabulary(
                added: added, replaced: changed.count - added, removed: removed.count), now)
        for name in removed.union(changed) where current[name] != nil {
            let end = try connection.statement(.endVocabulary)
            end.bind(1, name.kind.rawValue)
            end.bind(2, name.name)
            end.bind(3, seq)
            try end.run()
        }
        for name in changed {
            guard let entry = wanted[name] else { continue }
            let insert = try connection.statement(.insertVocabulary)
            insert.bind(1, entry.kind.rawValue)
            insert.bind(2, entry.name)
            insert.bind(3, entry.body)
            insert.bind(4, entry.source)
            insert.bind(5, seq)
            try insert.run()
        }
        return VocabularyReceipt(
            seq: seq, addedCount: added, replacedCount: changed.count - added, removedCount: removed.count)
    }
}
