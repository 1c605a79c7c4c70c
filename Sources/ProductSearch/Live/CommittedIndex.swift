// The committed index, read without the writer: what commands beside a running server see.

import Engine
import KoreanAnalysis

extension LiveView {
    /// Opens the last commit of the live generation of `folder`.
    /// - Throws: `IndexError` where there is none, or where it is damaged.
    public convenience init(readingFrom folder: DataFolder) throws {
        let generations = IndexGenerations(directory: folder.indexPath)
        guard let current = try generations.current() else {
            throw IndexError.noIndex(directory: folder.indexPath)
        }
        let snapshot = try Index.openForReading(directory: generations.path(current)).snapshot()
        self.init(
            snapshot: snapshot, fields: try ProductFields(registry: snapshot.registry), isCaughtUp: true,
            isFollowing: false)
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
        options.documentOrder = ["category", "brand"]
        return options
    }
}
