// saekin vocabulary: words and synonyms from files, and a list of what there is. Beside a running server the
// change goes to the store, and the server takes it over; without one this command feeds the index itself.

import Engine
import JSON
import KoreanAnalysis
import ProductSearch
import Store

struct VocabularyCommand: Command {
    static let name = "vocabulary"
    static let summary = "Imports words and synonyms from a file, lists them, or learns from the catalogue."
    static let usage = "--data DIR import FILE | list | learned | learn"
    static let words = 1...2
    static let wordName = "import, list, learned or learn"
    static let options = [OptionSpecification("--data", "DIR", "the data folder")]

    private static let fileByteCountMax = 8 << 20

    static func run(_ arguments: ParsedArguments) throws {
        let folder = DataFolder(try arguments.required("--data"))
        try folder.requireExisting()
        switch (arguments.words[0], arguments.words.dropFirst().first) {
        case ("import", let path?): try importFile(path, folder)
        case ("import", nil): throw UsageError("import needs a FILE")
        case ("list", nil): try list(folder)
        case ("learned", nil): try learned(folder)
        case ("learn", nil): try change(folder) { (service) throws(RequestError) in try service.learn() }
        case (let word, _):
            throw UsageError("unexpected '\(word)'; there are: import FILE, list, learned, learn")
        }
    }

    private static func importFile(_ path: String, _ folder: DataFolder) throws {
        let reader = try LineReader(path: path, lineByteCountMax: 1 << 16)
        var text: [UInt8] = []
        while let line = try reader.next() {
            // A line that cannot be read keeps its number, and is refused.
            if case .text(let bytes) = line { text += bytes } else { text += Array(",".utf8) }
            text.append(UInt8(ascii: "\n"))
            guard text.count <= fileByteCountMax else {
                throw CommandFailure("\(path) is longer than \(fileByteCountMax) bytes; split it")
            }
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let bytes = text
        let answer = try change(folder) { (service) throws(RequestError) in
            try service.importLines(bytes, fileName: name)
        }
        for refusal in answer["refused"]?.arrayValue ?? [] {
            Output.note(
                "\(path), line \(refusal["line"]?.integerValue ?? 0): \(refusal["reason"]?.stringValue ?? ""): "
                    + (refusal["text"]?.stringValue ?? ""))
        }
    }

    /// Runs a change and prints its outcome.
    @discardableResult
    private static func change(
        _ folder: DataFolder, _ body: (VocabularyService) throws(RequestError) -> [UInt8]
    ) throws -> JSONValue {
        let store = try ProductStore.open(path: folder.storePath)
        defer { store.close() }
        let analyzer = try OpenShop.analyzer()
        let answer: [UInt8]
        do {
            let indexer = try ProductIndexer(folder: folder, store: store, analyzer: analyzer)
            let feed = BackgroundThread { indexer.run() }
            let service = VocabularyService(
                store: store, view: indexer.view, analyzer: analyzer, onWrite: { indexer.notify() })
            let outcome = Result { () throws(RequestError) in try body(service) }
            indexer.stop()
            feed.join()
            try indexer.close()
            answer = try outcome.get()
        } catch let error as IndexError {
            guard case .locked = error else { throw error }
            Output.note("a server is running on this folder: it takes over what is written here")
            answer = try body(try VocabularyService.besideServer(folder, store: store, analyzer: analyzer))
        }
        Output.line(answer)
        return try JSONParser().parse(answer)
    }

    private static func list(_ folder: DataFolder) throws {
        let service = try VocabularyService.forReading(folder, analyzer: try OpenShop.analyzer())
        for rule in try JSONParser().parse(service.synonyms())["rules"]?.arrayValue ?? [] {
            Output.line(rule["rule"]?.stringValue ?? "")
        }
        for word in try JSONParser().parse(service.words())["words"]?.arrayValue ?? [] {
            let split = (word["split"]?.arrayValue ?? []).compactMap(\.stringValue)
            Output.line(
                ([word["word"]?.stringValue ?? ""] + split + ["\(word["weight"]?.integerValue ?? 0)"])
                    .joined(separator: " "))
        }
    }

    private static func learned(_ folder: DataFolder) throws {
        let service = try VocabularyService.forReading(folder, analyzer: try OpenShop.analyzer())
        var offset = 0
        while true {
            let page = try JSONParser().parse(
                service.learned(kind: nil, containing: "", limit: 1_000, offset: offset))
            let rows = page["learned"]?.arrayValue ?? []
            for row in rows {
                Output.line(
                    "\(row["count"]?.integerValue ?? 0)\t\(row["kind"]?.stringValue ?? "")\t"
                        + (row["name"]?.stringValue ?? ""))
            }
            if rows.isEmpty { return }
            offset += rows.count
        }
    }
}
