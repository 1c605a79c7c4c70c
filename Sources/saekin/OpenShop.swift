// Puts the parts together for a command: the dictionary, the store, the index, the services.

import Engine
import KoreanAnalysis
import ProductSearch
import Store

/// The parts of one data folder, opened for a command.
struct OpenShop {
    let search: SearchService

    /// The analyzer over the dictionary that belongs to this binary.
    static func analyzer() throws -> KoreanAnalyzer {
        KoreanAnalyzer(dictionary: try MorphologicalDictionary.locate())
    }

    /// Opens the committed index; no server is needed, and a running one is not disturbed.
    static func forReading(_ path: String) throws -> OpenShop {
        let folder = DataFolder(path)
        try folder.requireExisting()
        return OpenShop(
            search: SearchService(view: try LiveView(readingFrom: folder, analyzer: try analyzer())))
    }
}
