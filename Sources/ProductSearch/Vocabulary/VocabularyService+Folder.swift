// The vocabulary of a data folder without a server of one's own: for the command line.

import KoreanAnalysis
import Store

extension VocabularyService {
    /// Reads the vocabulary of the last commit; changes fail.
    public static func forReading(
        _ folder: DataFolder, analyzer: KoreanAnalyzer
    ) throws -> VocabularyService {
        VocabularyService(
            store: try ProductStore.open(path: folder.storePath, mode: .readOnly),
            view: try LiveView(readingFrom: folder, analyzer: analyzer), analyzer: analyzer,
            follow: { _ in nil })
    }

    /// Changes the vocabulary of a folder that a server in another process keeps the index of. What the
    /// change touches is counted in the last commit; then the server's next commit is waited for.
    public static func besideServer(
        _ folder: DataFolder, store: ProductStore, analyzer: KoreanAnalyzer
    ) throws -> VocabularyService {
        let view = try LiveView(readingFrom: folder, analyzer: analyzer)
        return VocabularyService(store: store, view: view, analyzer: analyzer) { receipt in
            let start = ContinuousClock.now
            let state = view.current
            let new = TextAnalysis(analyzer, vocabulary: Vocabulary(try store.vocabulary(at: receipt.seq)))
            let touched = TouchedProducts(from: state.analysis, to: new)
            let ids = try touched.keys(in: state.snapshot, fields: state.fields).map {
                String(decoding: $0, as: UTF8.self)
            }
            let count = try store.products(ids: ids).compactMap { $0 }.filter {
                ProductRewriter.holds(touched.words, $0)
            }.count
            var committed = CommittedPosition(folder)
            while ContinuousClock.now < start + waitLimit {
                if try committed.read() >= receipt.seq {
                    return VocabularyReport(
                        version: receipt.seq, reanalysedCount: count, duration: ContinuousClock.now - start)
                }
                Pause.milliseconds(20)
            }
            return nil
        }
    }
}
