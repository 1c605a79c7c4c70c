// A shop in a folder of its own: store, feed, services and routes as `saekin serve` puts them together.

import Foundation
import HTTPServer
import JSON
import KoreanAnalysis
import ProductSearch
import SearchAPI
import Store

final class TestShop {
    let folder: URL
    let indexer: ProductIndexer
    let router: Router
    let metrics = HTTPMetrics()
    private let store: ProductStore
    private let feed: BackgroundThread

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "saekin-test-\(UUID().uuidString)")
        let data = DataFolder(folder.path)
        try data.create()
        store = try ProductStore.open(path: data.storePath)
        let analyzer = KoreanAnalyzer(
            dictionary: try MorphologicalDictionary.locate())
        let indexer = try ProductIndexer(folder: data, store: store, analyzer: analyzer)
        self.indexer = indexer
        let search = SearchService(view: indexer.view, store: store)
        let api = SearchAPI(
            search: search, suggest: SuggestService(search: search),
            analyze: AnalyzeService(view: indexer.view),
            catalogue: ProductCatalogue(store: store, onWrite: { indexer.notify() }),
            vocabulary: VocabularyService(
                store: store, view: indexer.view, analyzer: analyzer, onWrite: { indexer.notify() }),
            status: ServiceStatus(view: indexer.view, store: store))
        router = api.router(metrics: metrics)
        feed = BackgroundThread { indexer.run() }
    }

    func close() throws {
        indexer.stop()
        feed.join()
        try indexer.close()
        store.close()
        try FileManager.default.removeItem(at: folder)
    }
}
