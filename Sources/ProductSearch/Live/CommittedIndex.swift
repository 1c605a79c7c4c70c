// The committed index, read without the writer: what commands beside a running server see.

import Engine
import KoreanAnalysis
import Store

extension LiveView {
    /// Opens the last commit of the live generation of `folder`, with the vocabulary of its position.
    /// - Throws: `IndexError` where there is none, or where it is damaged; `StoreError` where the store
    /// cannot
    ///   be read.
    public convenience init(readingFrom folder: DataFolder, analyzer: KoreanAnalyzer) throws {
        let snapshot = try folder.committedSnapshot()
        let vocabulary = try Vocabulary(of: folder, at: snapshot.eventPosition)
        self.init(
            snapshot: snapshot, fields: try ProductFields(registry: snapshot.registry),
            analysis: TextAnalysis(analyzer, vocabulary: vocabulary), isCaughtUp: true,
            isFollowing: false)
    }
}

extension DataFolder {
    /// The last commit of the live generation.
    func committedSnapshot() throws -> Snapshot {
        let generations = IndexGenerations(directory: indexPath)
        guard let current = try generations.current() else {
            throw IndexError.noIndex(directory: indexPath)
        }
        return try Index.openForReading(directory: generations.path(current)).snapshot()
    }
}

extension Vocabulary {
    /// The vocabulary of a folder as of a position, read without writing.
    convenience init(of folder: DataFolder, at position: UInt64) throws {
        do throws(StoreError) {
            let store = try ProductStore.open(path: folder.storePath, mode: .readOnly)
            defer { store.close() }
            self.init(try store.vocabulary(at: position))
        } catch {
            // A store of a release before there were vocabularies has none.
            guard case .olderSchema = error else { throw error }
            self.init(VocabularyVersion(seq: 0, entries: []))
        }
    }
}

/// How far the committed index of a folder has come, asked again and again.
public struct CommittedPosition {
    private let generations: IndexGenerations
    private var opened: (generation: UInt64, index: Index)?

    public init(_ folder: DataFolder) {
        generations = IndexGenerations(directory: folder.indexPath)
    }

    /// The event position that the last commit contains; 0 before the first.
    public mutating func read() throws -> UInt64 {
        guard let current = try generations.current() else { return 0 }
        if let opened, opened.generation == current { return try opened.index.reload().eventPosition }
        let index = try Index.openForReading(directory: generations.path(current))
        opened = (current, index)
        return index.snapshot().eventPosition
    }
}

extension IndexOptions {
    /// How the products index is written by this release.
    static func products(_ analyzer: KoreanAnalyzer) -> IndexOptions {
        var options = IndexOptions()
        options.analysis = AnalysisVersion(
            dictionary: String(analyzer.dictionary.checksum, radix: 16),
            analyzer: "products-\(ProductFields.projectionVersion)")
        options.documentOrder = Self.productOrder
        return options
    }

    /// Products of one category stand side by side, and in it those of one brand.
    static let productOrder = ["category", "brand"]
}
