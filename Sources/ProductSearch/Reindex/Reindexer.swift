// The offline reindex: builds a new generation of the index from the store beside the live one, checks it,
// and swaps it in. A running server goes on answering from the old generation until it has opened the new one
// (ProductIndexer.followGeneration), so no query is lost.

import Engine
import KoreanAnalysis
import Store

/// Rebuilds the index of a data folder.
public struct Reindexer {
    /// What a rebuild made.
    public struct Outcome: Sendable {
        public let generation: UInt64
        public let productCount: Int
        public let position: UInt64
    }

    /// The new index is not what the store says; it was not swapped in.
    public struct Mismatch: Error, CustomStringConvertible {
        public let description: String
    }

    private let folder: DataFolder
    private let store: ProductStore
    private let analyzer: KoreanAnalyzer

    public init(folder: DataFolder, store: ProductStore, analyzer: KoreanAnalyzer) {
        self.folder = folder
        self.store = store
        self.analyzer = analyzer
    }

    /// Builds, orders the products so that those with the same words stand together, checks and swaps.
    ///
    /// - Parameters:
    ///   - progress: told products indexed and products in all.
    ///   - ordering: told products that have their place and products in all, on another thread.
    public func rebuild(
        progress: (Int, Int) -> Void, ordering: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) throws -> Outcome {
        let generations = IndexGenerations(directory: folder.indexPath)
        let lock = try generations.lockForRebuild()
        try VocabularyLearner(store: store, analyzer: analyzer).learn()
        let number = try generations.begin(lock)
        let writer = try IndexWriter.open(directory: generations.path(number), options: .products(analyzer))
        let fields = try ProductFields(registry: writer.registry)
        let total = try store.count()
        var count = 0
        var batch: [StoredProduct] = []
        // The batch before, which is analysed while this one is read and indexed while this one is analysed.
        var before: AnalysedBatch?
        // One read transaction: every product as of one position of the event log.
        let position = try store.withSnapshot { snapshot in
            let vocabulary = Vocabulary(try store.vocabulary(at: snapshot.lastSequence))
            let analyzer = TextAnalysis(analyzer, vocabulary: vocabulary).analyzer
            try snapshot.forEachProduct { stored in
                batch.append(stored)
                if batch.count == ProductFeed.usualBatchEventCount {
                    let next = AnalysedBatch(batch, fields, analyzer)
                    try before?.index(writer)
                    before = next
                    count += batch.count
                    batch.removeAll(keepingCapacity: true)
                    progress(count, total)
                }
            }
            let last = AnalysedBatch(batch, fields, analyzer)
            try before?.index(writer)
            try last.index(writer)
            return snapshot.lastSequence
        }
        count += batch.count
        try writer.commit(eventPosition: position)
        try writer.forceMerge(
            maxSegments: 1, order: .bisected(from: IndexOptions.productOrder), progress: ordering)
        try writer.commit(eventPosition: position)
        writer.close()
        try verify(generations.path(number), productCount: count)
        try generations.makeCurrent(number)
        // A running server holds the old generation and removes it once it has moved on.
        _ = try generations.removeUnused(lock)
        return Outcome(generation: number, productCount: count, position: position)
    }

    /// Products that are analysed on other threads.
    private struct AnalysedBatch {
        private let products: [StoredProduct]
        private let documents: Ahead<[Result<IndexDocument, ProductError>]>

        init(_ products: [StoredProduct], _ fields: ProductFields, _ analyzer: KoreanAnalyzer) {
            self.products = products
            documents = Ahead {
                ProductProjector.documents(of: products, fields: fields, analyzer: analyzer)
            }
        }

        func index(_ writer: IndexWriter) throws {
            for (product, document) in zip(products, try documents.value()) {
                do {
                    _ = try writer.upsert(try document.get())
                } catch let error as ProductError {
                    throw Mismatch(
                        description: "the stored product '\(product.id)' cannot be read: \(error)")
                }
            }
        }
    }

    private func verify(_ path: String, productCount: Int) throws {
        if let problem = try Index.check(directory: path).problems.first {
            throw Mismatch(description: "the new index in \(path) is not sound: \(problem)")
        }
        let indexed = try Index.openForReading(directory: path).snapshot().documentCount
        guard indexed == productCount else {
            throw Mismatch(
                description: "the new index in \(path) holds \(indexed) products, the store \(productCount)")
        }
    }
}
