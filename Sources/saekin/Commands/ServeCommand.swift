// saekin serve: the search service over HTTP, with the feed that keeps its index in step with the store.

import Engine
import Glibc
import HTTPServer
import JSON
import KoreanAnalysis
import ProductSearch
import SearchAPI
import Store

struct ServeCommand: Command {
    static let name = "serve"
    static let summary = "Serves search and products over HTTP, with the search page on /."
    static let usage = "--data DIR [--port 3013] [--config FILE]"
    static let options = [
        OptionSpecification("--data", "DIR", "the data folder; a fresh one is made"),
        OptionSpecification("--port", "N", "the port (3013); 0 picks a free one"),
        OptionSpecification(
            "--config", "FILE",
            "settings as JSON: host, port, loops, workers, access_log, allow_origins, suggest_sold_out"),
    ]

    static func run(_ arguments: ParsedArguments) throws {
        let folder = DataFolder(try arguments.required("--data"))
        var settings = try arguments.value("--config").map { try ServeSettings(path: $0) } ?? ServeSettings()
        if arguments.has("--port") {
            settings.server.port = UInt16(try arguments.integer("--port", in: 0...65_535, default: 3013))
        }
        try folder.create()
        let store = try ProductStore.open(path: folder.storePath)
        let analyzer = try OpenShop.analyzer()
        let indexer = try ProductIndexer(folder: folder, store: store, analyzer: analyzer)
        if indexer.needsReindex {
            Output.note(
                "the index was made with another dictionary or release; rebuild it with: "
                    + "saekin reindex --data \(folder.path)")
        }
        let popular = try popularQueries(folder, analyzer)
        try serve(settings, indexer, store, analyzer, popular)
        popular.save()
        if let failure = popular.failure { Output.note(failure) }
    }

    /// The counted searches; where the saved ones cannot be read the shop goes on with none, and without
    /// overwriting them.
    private static func popularQueries(
        _ folder: DataFolder, _ analyzer: KoreanAnalyzer
    ) throws -> PopularQueries {
        do {
            return try PopularQueries(folder: folder, analyzer: analyzer)
        } catch {
            Output.note("\(error)")
            return try PopularQueries(folder: nil, analyzer: analyzer)
        }
    }

    private static func serve(
        _ settings: ServeSettings, _ indexer: ProductIndexer, _ store: ProductStore,
        _ analyzer: KoreanAnalyzer, _ popular: PopularQueries
    ) throws {
        // Blocked before any thread starts, so that only sigwait below receives them.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        let metrics = HTTPMetrics()
        let search = SearchService(view: indexer.view, store: store, popular: popular)
        let suggest = SuggestService(search: search, options: settings.suggest)
        suggest.warmUp()
        let api = SearchAPI(
            search: search, suggest: suggest, analyze: AnalyzeService(view: indexer.view),
            catalogue: ProductCatalogue(store: store, onWrite: { indexer.notify() }),
            vocabulary: VocabularyService(
                store: store, view: indexer.view, analyzer: analyzer, onWrite: { indexer.notify() }),
            status: ServiceStatus(view: indexer.view, store: store, suggest: suggest))
        let server = HTTPServer(
            configuration: settings.server, router: api.router(metrics: metrics), metrics: metrics)
        try server.start()
        let feed = BackgroundThread { indexer.run() }
        let host = settings.server.host == "0.0.0.0" ? "localhost" : settings.server.host
        Output.note("serving on http://\(host):\(server.port ?? settings.server.port) (Ctrl-C stops)")

        var received: Int32 = 0
        sigwait(&signals, &received)
        Output.note("stopping")
        server.stop()
        indexer.stop()
        feed.join()
        try indexer.close()
        store.close()
    }
}

/// The settings file of `serve`.
struct ServeSettings {
    var server = HTTPServerConfiguration()
    var suggest = SuggestOptions()

    init() {}

    /// Reads a JSON object; unknown names and wrong types are errors that name the file and the member.
    init(path: String) throws {
        let reader = try LineReader(path: path, lineByteCountMax: 1 << 20)
        var bytes: [UInt8] = []
        while let line = try reader.next() {
            if case .text(let text) = line { bytes += text + [UInt8(ascii: "\n")] }
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONParser().parse(bytes)
        } catch {
            throw CommandFailure("\(path): \(error); write a JSON object such as {\"port\": 3013}")
        }
        guard let members = value.objectValue else {
            throw CommandFailure("\(path): the settings must be a JSON object such as {\"port\": 3013}")
        }
        for (name, value) in members { try set(name, value, path) }
    }

    private mutating func set(_ name: String, _ value: JSONValue, _ path: String) throws {
        func number(_ bounds: ClosedRange<Int64>) throws -> Int {
            guard let number = value.integerValue, bounds.contains(number) else {
                throw CommandFailure(
                    "\(path): '\(name)' must be a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
                )
            }
            return Int(number)
        }
        switch name {
        case "host":
            guard let host = value.stringValue else { throw CommandFailure("\(path): 'host' must be a text") }
            server.host = host
        case "port": server.port = UInt16(try number(0...65_535))
        case "loops": server.loopCount = try number(1...256)
        case "workers": server.workerCount = try number(1...1_024)
        case "access_log":
            guard let isOn = value.boolValue else {
                throw CommandFailure("\(path): 'access_log' must be true or false")
            }
            if isOn { server.accessLog = { entry in Output.note(entry.jsonLine) } }
        case "allow_origins":
            guard let origins = value.arrayValue?.compactMap(\.stringValue) else {
                throw CommandFailure(
                    "\(path): 'allow_origins' must be an array of texts; an empty one allows all")
            }
            server.crossOrigin = CrossOriginPolicy(origins: Set(origins))
        case "suggest_sold_out":
            guard let isOn = value.boolValue else {
                throw CommandFailure("\(path): 'suggest_sold_out' must be true or false")
            }
            suggest.includesSoldOut = isOn
        default:
            throw CommandFailure(
                "\(path): unknown setting '\(name)'; there are: host, port, loops, workers, access_log, "
                    + "allow_origins, suggest_sold_out")
        }
    }
}
