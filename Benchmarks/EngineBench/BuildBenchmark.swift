// Times the build of an index, from JSON lines to a commit.
//
// Without --segments it is built as a shop's index is, flushed and merged as it goes, and then merged to one
// segment. With --segments N it has N segments of equal document counts, and no merge runs. --delete and
// --leave-out draw the same documents, so that an index with deletes can be set beside one that never had
// them.

import Engine
import Glibc

/// `engine-bench index`.
struct BuildBenchmark {
    private let corpus: String
    private let directory: String
    private var segmentCount = 1
    private var deleted = KeyDraw(percent: 0)
    private var leftOut = KeyDraw(percent: 0)
    private var isBisected = true

    init(_ arguments: [String]) throws {
        corpus = arguments[0]
        directory = arguments[1]
        var rest = arguments.dropFirst(2)
        while let option = rest.popFirst() {
            let text = rest.popFirst() ?? ""
            switch (option, Int(text)) {
            case ("--segments", let number?) where (1...64).contains(number): segmentCount = number
            case ("--delete", let number?) where (0..<100).contains(number):
                deleted = KeyDraw(percent: number)
            case ("--leave-out", let number?) where (0..<100).contains(number):
                leftOut = KeyDraw(percent: number)
            case ("--order", _) where text == "bisect" || text == "none": isBisected = text == "bisect"
            default: throw BenchmarkFailure("unknown option or value: \(option) \(text)")
            }
        }
    }

    func run() throws {
        var options = IndexOptions()
        options.bufferByteLimit = segmentCount == 1 ? 128 << 20 : 1 << 30
        options.mergesInBackground = segmentCount == 1 && deleted.percent == 0
        let lineCount = segmentCount > 1 ? try CorpusReader.lineCount(path: corpus) : 0
        let writer = try IndexWriter.open(directory: directory, options: options)
        guard writer.snapshot().documentCount == 0 else {
            throw BenchmarkFailure("\(directory) already has an index")
        }
        let fields = try CorpusFields(writer.registry)
        let reader = try CorpusReader(path: corpus, fields: fields)
        let clock = ContinuousClock()
        let start = clock.now
        var document = IndexDocument(key: [], version: 0)
        var drawn: [[UInt8]] = []
        while try reader.next(&document) {
            if !leftOut.contains(document.key) {
                if deleted.contains(document.key) { drawn.append(document.key) }
                _ = try writer.upsert(document)
            }
            if isEndOfSegment(reader.lineNumber, of: lineCount) {
                try writer.commit(eventPosition: reader.lineNumber)
            }
        }
        try writer.commit(eventPosition: reader.lineNumber)
        try writer.waitForMerges()
        let buildSeconds = (clock.now - start) / .seconds(1)
        let cpu = ProcessUsage.cpuSeconds
        let flushedCount = writer.snapshot().segments.count

        let mergeStart = clock.now
        try writer.waitForMerges()
        if segmentCount == 1 {
            try writer.forceMerge(
                maxSegments: 1, order: isBisected ? .bisected(from: ["category", "brand"]) : .usual)
        }
        try writer.commit(eventPosition: reader.lineNumber)
        let mergeSeconds = (clock.now - mergeStart) / .seconds(1)
        let mergeCPU = ProcessUsage.cpuSeconds - cpu
        for (index, key) in drawn.enumerated() {
            _ = try writer.delete(key: key, version: reader.lineNumber + 1 + UInt64(index))
        }
        try writer.commit(eventPosition: reader.lineNumber + UInt64(drawn.count))
        try report(
            writer.snapshot(), buildSeconds: buildSeconds, cpuSeconds: cpu, mergeSeconds: mergeSeconds,
            mergeCPU: mergeCPU, flushedCount: flushedCount)
        writer.close()
    }

    /// Whether a segment ends with a line, where their number was asked for.
    private func isEndOfSegment(_ line: UInt64, of lineCount: UInt64) -> Bool {
        guard segmentCount > 1 else { return false }
        let count = UInt64(segmentCount)
        return line * count / lineCount > (line - 1) * count / lineCount
    }

    private func report(
        _ snapshot: Snapshot, buildSeconds: Double, cpuSeconds: Double, mergeSeconds: Double,
        mergeCPU: Double, flushedCount: Int
    ) throws {
        guard segmentCount == 1 || snapshot.segments.count == segmentCount else {
            throw BenchmarkFailure(
                "the corpus came to \(snapshot.segments.count) segments instead of \(segmentCount)")
        }
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
                + "\"build_cpu_s\": \(hundredths(cpuSeconds)), \"force_merge_s\": \(hundredths(mergeSeconds)), "
                + "\"force_merge_cpu_s\": \(hundredths(mergeCPU)), "
                + "\"order\": \"\(isBisected && segmentCount == 1 ? "bisect" : "none")\", "
                + "\"bytes\": \(bytes), \"stored_bytes\": \(stored), \"segments\": \(flushedCount), "
                + "\"peak_rss_mib\": \(ProcessUsage.peakMebibytes), \"sections\": {\(parts.joined(separator: ", "))}}"
        )
    }
}
