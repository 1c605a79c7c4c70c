// Analyses products again after a change of the dictionary, and puts them in the place of what the index has
// of them. The work is done on a thread that gives way to searches.

import Engine
import KoreanAnalysis
import Store
import Synchronization

/// What a change of the vocabulary did to the index.
public struct VocabularyReport: Sendable, Hashable {
    /// The version of the vocabulary from which on this holds.
    public let version: UInt64
    /// Products that were analysed again.
    public let reanalysedCount: Int
    /// How long finding and analysing them took.
    public let duration: Duration
}

/// Replaces products by themselves, analysed with another vocabulary.
struct ProductRewriter {
    let store: ProductStore
    let writer: IndexWriter
    let fields: ProductFields

    private static let batchCount = 50
    /// After each batch the thread rests as long as the batch took, up to this: searches go first.
    private static let restMillisecondsMax: Int64 = 20

    /// Rewrites the products of `snapshot` whose text holds a changed word; returns how many.
    func rewrite(_ snapshot: Snapshot, from old: TextAnalysis, to new: TextAnalysis) throws -> Int {
        let touched = TouchedProducts(from: old, to: new)
        guard !touched.words.words.isEmpty else { return 0 }
        let outcome = Mutex<Result<Int, any Error>>(.success(0))
        let thread = BackgroundThread {
            BackgroundThread.giveWay()
            let result = Result {
                let keys = try touched.keys(in: snapshot, fields: fields)
                let ids = keys.map { String(decoding: $0, as: UTF8.self) }.sorted()
                return try rewrite(ids, touched.words, new)
            }
            outcome.withLock { $0 = result }
        }
        thread.join()
        return try outcome.withLock { try $0.get() }
    }

    private func rewrite(_ ids: [String], _ words: UserDictionary, _ analysis: TextAnalysis) throws -> Int {
        var projector = ProductProjector(fields: fields, analyzer: analysis.analyzer)
        var count = 0
        var start = 0
        while start < ids.count {
            let end = min(start + Self.batchCount, ids.count)
            let began = ContinuousClock.now
            for stored in try store.products(ids: Array(ids[start..<end])).compactMap({ $0 })
            where Self.holds(words, stored) {
                // A product that cannot be read is in the dead letters since its event; it has no document.
                guard case .success(let document) = projector.document(of: stored) else { continue }
                if try writer.rewrite(document) == .applied { count += 1 }
            }
            start = end
            let took = Milliseconds.whole(ContinuousClock.now - began)
            Pause.milliseconds(UInt32(min(Self.restMillisecondsMax, took)))
        }
        return count
    }

    /// Whether one of the words stands in any text of a product, in whatever form it is encoded.
    static func holds(_ words: UserDictionary, _ stored: StoredProduct) -> Bool {
        let folded = KoreanAnalyzer.folded(String(decoding: stored.stored, as: UTF8.self))
        return words.occur(in: String(decoding: folded, as: UTF8.self))
    }
}
