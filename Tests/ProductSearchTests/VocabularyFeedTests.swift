// After any history of products and changes of the vocabulary the index is what a fresh index with the last
// vocabulary would be, term by term: no product that a change touches is missed.

import Engine
import JSON
import KoreanAnalysis
import Store
import Testing

@testable import ProductSearch

@Suite struct VocabularyFeedTests {
    private let folder: TestFolder
    private let store: ProductStore

    init() throws {
        folder = try TestFolder()
        store = try ProductStore.open(path: folder.data.storePath)
    }

    private func word(_ text: String) throws -> VocabularyEntry {
        try VocabularyWord(line: text).entry(source: "")
    }

    private func openFeed(_ name: String = "index") throws -> ProductFeed {
        let writer = try IndexWriter.open(
            directory: folder.data.path + "/" + name, options: .products(TestAnalyzer.shared))
        return try ProductFeed(
            store: store, writer: writer, fields: try ProductFields(registry: writer.registry),
            analyzer: TestAnalyzer.shared, batchEventCount: 3)
    }

    /// All terms of the searched fields with the keys of their live documents.
    private func terms(_ feed: ProductFeed) throws -> [String: Set<String>] {
        let snapshot = try feed.writer.refresh(eventPosition: feed.position)
        var terms: [String: Set<String>] = [:]
        for view in snapshot.segments {
            for field in feed.fields.searchedFields.map(\.field) {
                var entries: [(String, TermEntry)] = []
                try view.segment.forEachTerm(field, prefix: []) { (term, entry) throws(SegmentError) in
                    entries.append(("\(field.rawValue) " + String(decoding: term, as: UTF8.self), entry))
                    return true
                }
                for (name, entry) in entries {
                    let keys = try view.liveDocuments(of: entry).map {
                        String(decoding: try view.segment.key($0), as: UTF8.self)
                    }
                    if !keys.isEmpty { terms[name, default: []].formUnion(keys) }
                }
            }
        }
        return terms
    }

    @Test func `the index after changes of the vocabulary is the one that is built with the last`() throws {
        var random = SeededRandom()
        let syllables = ["나", "이", "키", "운", "동", "화", "를", "은", "빠", "니", "깔", "레", "원", "피", "스", " "]
        func text(_ length: Int) -> String {
            (0..<length).map { _ in syllables.randomElement(using: &random)! }.joined()
        }
        var feed = try openFeed()
        for _ in 0..<40 {
            if Int.random(in: 0..<3, using: &random) > 0 {
                var product = Product(
                    id: "p\(Int.random(in: 0..<60, using: &random))", title: "상품 " + text(14))
                product.brand = text(3)
                try store.put(product)
            } else {
                let lines = (0..<2).map { _ in text(4).filter { $0 != " " } }
                let read = VocabularyText(lines: Array(lines.joined(separator: "\n").utf8), .words, name: "")
                try store.changeVocabulary(
                    VocabularyChange(
                        put: read.entries, replacing: Bool.random(using: &random) ? [.word] : []))
            }
            if Bool.random(using: &random) { while try feed.step().eventCount > 0 {} }
        }
        while try feed.step().eventCount > 0 {}
        let fresh = TextAnalysis(TestAnalyzer.shared, vocabulary: Vocabulary(try store.vocabulary()))
        #expect(feed.analysis.vocabulary.dictionary.fingerprint == fresh.vocabulary.dictionary.fingerprint)
        let other = try IndexWriter.open(
            directory: folder.data.path + "/fresh", options: .products(TestAnalyzer.shared))
        let fields = try ProductFields(registry: other.registry)
        var projector = ProductProjector(fields: fields, analyzer: fresh.analyzer)
        try store.forEachProduct { _ = try other.upsert(try projector.document(of: $0).get()) }
        try other.commit(eventPosition: try store.lastSequence())
        let expected = try terms(
            ProductFeed(store: store, writer: other, fields: fields, analyzer: TestAnalyzer.shared))
        let actual = try terms(feed)
        let differing = Set(expected.keys).union(actual.keys).filter { expected[$0] != actual[$0] }
        #expect(differing.isEmpty, "\(differing.prefix(5))")
        feed.writer.close()
        other.close()
        store.close()
    }

    @Test func `only what holds the word is analysed again, and its new numbers stay`() throws {
        try store.putBatch([
            Product(id: "1", title: "빠니깔레 원피스"), Product(id: "2", title: "빠니깔레원피스를 입다"),
            Product(id: "3", title: "나이키 운동화"),
        ])
        var feed = try openFeed()
        while try feed.step().eventCount > 0 {}
        try store.patch(id: "1", .object([("price", .integer(900))]))
        while try feed.step().eventCount > 0 {}
        try store.changeVocabulary(VocabularyChange(put: [try word("빠니깔레")]))
        let step = try feed.step()
        #expect(step.vocabulary?.reanalysedCount == 2)
        let snapshot = try feed.writer.refresh(eventPosition: feed.position)
        #expect(snapshot.documentCount == 3)
        let address = try #require(try snapshot.address(of: Array("1".utf8)))
        #expect(try feed.fields.updatableMembers(of: address, in: snapshot).price == 900)
        // A synonym changes queries alone.
        try store.changeVocabulary(
            VocabularyChange(put: [try SynonymRule(line: "나이키, nike").entry(source: "")]))
        #expect(try feed.step().vocabulary?.reanalysedCount == 0)
        feed.writer.close()
        store.close()
    }

    @Test func `a feed that stops before its commit takes the vocabulary of its position up again`() throws {
        try store.put(Product(id: "1", title: "빠니깔레원피스"))
        var feed = try openFeed()
        while try feed.step().eventCount > 0 {}
        try feed.writer.commit(eventPosition: feed.position)
        try store.changeVocabulary(VocabularyChange(put: [try word("빠니깔레")]))
        while try feed.step().eventCount > 0 {}
        let expected = try terms(feed)
        feed.writer.close()
        var again = try openFeed()
        #expect(again.analysis.vocabulary.words.isEmpty)
        while try again.step().eventCount > 0 {}
        #expect(try terms(again) == expected)
        #expect(again.analysis.vocabulary.words.count == 1)
        again.writer.close()
        store.close()
    }

    @Test func `the catalogue teaches brands, categories, lines and names in two scripts, always the same`()
        throws
    {
        for number in 0..<30 {
            var product = Product(id: "\(number)", title: "COVERNAT 빅로고 후드티셔츠 \(number)")
            product.brand = "커버낫"
            product.category = "패션 > 상의/셔츠"
            try store.put(product)
        }
        let learner = VocabularyLearner(store: store, analyzer: TestAnalyzer.shared)
        let receipt = try learner.learn()
        #expect(receipt.hasChanged)
        #expect(try !learner.learn().hasChanged)
        let vocabulary = Vocabulary(try store.vocabulary())
        let brand = try #require(vocabulary.learnedWords.first { $0.name == "커버낫" })
        #expect(brand.kind == .brand && brand.count == 30)
        #expect(vocabulary.learnedWords.contains { $0.name == "셔츠" && $0.kind == .category })
        #expect(vocabulary.learnedWords.contains { $0.kind == .line && $0.count == 30 })
        #expect(vocabulary.learnedSynonyms.map(\.name) == ["커버낫, covernat"])
        store.close()
    }
}
