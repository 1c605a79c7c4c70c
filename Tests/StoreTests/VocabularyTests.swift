import Testing

@testable import Store

@Suite struct VocabularyTests {
    let folder: TemporaryFolder
    let store: ProductStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ProductStore.open(
            path: folder.store, options: StoreOptions(durability: .deferred, clock: countingClock()))
    }

    private func word(_ name: String, _ body: String = "{}", source: String = "") -> VocabularyEntry {
        VocabularyEntry(kind: .word, name: name, body: Array(body.utf8), source: source)
    }

    @Test func `a change and its event are one`() throws {
        let receipt = try store.changeVocabulary(VocabularyChange(put: [word("가"), word("나")]))
        #expect(receipt == VocabularyReceipt(seq: 1, addedCount: 2, replacedCount: 0, removedCount: 0))
        #expect(try store.log() == [#"1 vocabulary.changed  {"added":2,"replaced":0,"removed":0}"#])
        #expect(try store.vocabulary() == VocabularyVersion(seq: 1, entries: [word("가"), word("나")]))
    }

    @Test func `what changes nothing writes nothing`() throws {
        try store.changeVocabulary(VocabularyChange(put: [word("가")]))
        let version = try store.dataVersion()
        let receipt = try store.changeVocabulary(
            VocabularyChange(put: [word("가")], remove: [(.word, "없음"), (.synonym, "가")]))
        #expect(!receipt.hasChanged && receipt.seq == 1)
        #expect(try store.dataVersion() == version)
    }

    @Test func `an old position has the vocabulary of its time`() throws {
        try store.changeVocabulary(VocabularyChange(put: [word("가")]))
        try store.put(Product(id: "1", title: "t"))
        try store.changeVocabulary(
            VocabularyChange(put: [word("가", #"{"weight":1}"#), word("나", source: "f:2")]))
        try store.changeVocabulary(VocabularyChange(remove: [(.word, "가")]))
        #expect(try store.vocabulary(at: 0) == VocabularyVersion(seq: 0, entries: []))
        for position in [1, 2] as [UInt64] {
            #expect(try store.vocabulary(at: position) == VocabularyVersion(seq: 1, entries: [word("가")]))
        }
        #expect(
            try store.vocabulary(at: 3)
                == VocabularyVersion(
                    seq: 3, entries: [word("가", #"{"weight":1}"#), word("나", source: "f:2")]))
        #expect(
            try store.vocabulary() == VocabularyVersion(seq: 4, entries: [word("나", source: "f:2")]))
    }

    @Test func `replacing a kind leaves nothing else of it and other kinds alone`() throws {
        let rule = VocabularyEntry(kind: .synonym, name: "가", body: [UInt8]("{}".utf8))
        try store.changeVocabulary(VocabularyChange(put: [word("가"), word("나"), rule]))
        let receipt = try store.changeVocabulary(
            VocabularyChange(put: [word("나"), word("다")], replacing: [.word]))
        #expect(receipt == VocabularyReceipt(seq: 2, addedCount: 1, replacedCount: 0, removedCount: 1))
        #expect(Set(try store.vocabulary().entries) == [word("나"), word("다"), rule])
    }

    @Test func `pruning the log forgets what ended before`() throws {
        try store.changeVocabulary(VocabularyChange(put: [word("가")]))
        try store.changeVocabulary(VocabularyChange(put: [word("나")], remove: [(.word, "가")]))
        #expect(try store.pruneEvents(through: 2) == 2)
        #expect(try store.vocabulary(at: 1).entries.isEmpty)
        #expect(try store.vocabulary().entries == [word("나")])
    }

    @Test func `a name that is too long is refused and nothing is written`() throws {
        let long = word(String(repeating: "가", count: 200))
        #expect(throws: StoreError.self) {
            try store.changeVocabulary(VocabularyChange(put: [word("가"), long]))
        }
        #expect(try store.lastSequence() == 0)
    }
}
