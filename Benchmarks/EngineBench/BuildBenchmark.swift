// Times the build of an index, from JSON lines to a commit.

import Engine
import Glibc

/// `engine-bench index`.
struct BuildBenchmark {
    private let corpus: String
    private let directory: String
    private var segmentCount = 1
    private var deletedPercent = 0
    private var isBisected = true

    init(_ arguments: [String]) throws {
        corpus = arguments[0]
        directory = arguments[1]
        var rest = arguments.dropFirst(2)
        while let option = rest.popFirst() {
            let text = rest.popFirst() ?? ""
            switch (option, Int(text)) {
            case ("--segments", let number?) where (1...64).contains(number): segmentCount = number
            case ("--delete", let number?) where (0..<100).contains(number): deletedPercent = number
            case ("--order", _) where text == "bisect" || text == "none": isBisected = text == "bisect"
            default: throw BenchmarkFailure("unknown option or value: \(option) \(text)")
            }
        }
    }

    func run() throws {
        var options = IndexOptions()
        options.bufferByteLimit = 128 << 20
        let writer = try IndexWriter.open(directory: directory, options: options)
        let fields = try CorpusFields(writer.registry)
        let reader = try CorpusReader(path: corpus, fields: fields)
        let clock = ContinuousClock()
        let start = clock.now
        var document = IndexDocument(key: [], version: 0)
        while try reader.next(&document) { _ = try writer.upsert(document) }
        try writer.commit(eventPosition: reader.lineNumber)
        let buildSeconds = seconds(clock.now - start)
        let cpu = ProcessUsage.cpuSeconds
        let flushedCount = writer.snapshot().segments.count

        let mergeStart = clock.now
        try writer.waitForMerges()
        if segmentCount == 1 {
            try writer.forceMerge(
                maxSegments: 1, order: isBisected ? .bisected(from: ["category", "brand"]) : .usual)
        }
        try writer.commit(eventPosition: reader.lineNumber)
        let mergeSeconds = seconds(clock.now - mergeStart)
        let mergeCPU = ProcessUsage.cpuSeconds - cpu
        let snapshot = writer.snapshot()
        var sections: [String: Int] = [:]
        var bytes = 0
        for view in snapshot.segments {
            bytes += view.segment.byteCount
            for section in view.segment.sectionByteCounts {
                sections[section.name, default: 0] += section.byteCount
            }
        }
        let stored = sections.filter { $0.key.lowercased().hasPrefix("stored") }.values.reduce(0, +)
        let parts = sections.sorted { $0.value > $1.value }.map { "\"\($0.key)\": \($0.value)" }
        print(
            "{\"what\": \"build\", \"docs\": \(snapshot.documentCount), \"build_s\": \(hundredths(buildSeconds)), "
                + "\"build_cpu_s\": \(hundredths(cpu)), \"force_merge_s\": \(hundredths(mergeSeconds)), "
                + "\"force_merge_cpu_s\": \(hundredths(mergeCPU)), "
                + "\"order\": \"\(isBisected && segmentCount == 1 ? "bisect" : "none")\", "
                + "\"bytes\": \(bytes), \"stored_bytes\": \(stored), \"segments\": \(flushedCount), "
                + "\"peak_rss_mib\": \(ProcessUsage.peakMebibytes), \"sections\": {\(parts.joined(separator: ", "))}}"
        )
        writer.close()
    }

    private func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}
