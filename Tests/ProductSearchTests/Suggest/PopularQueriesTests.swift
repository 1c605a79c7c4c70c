// 1. A query becomes popular by several requests that ended with it, and fades.
// 2. Counts survive in their file; any damage to it is noticed.

import Foundation
import Synchronization
import Testing

@testable import ProductSearch

@Suite struct PopularQueriesTests {
    private final class Clock: Sendable {
        let seconds = Mutex<Int64>(1_000_000)
        func pass(days: Int64) { seconds.withLock { $0 += days * 86_400 } }
    }

    private func shown(_ popular: PopularQueries, _ typed: String = "") -> [String] {
        let index = popular.completions
        var texts: [String] = []
        let script: [UInt8] = [CompletionKey.Script.hangul.rawValue]
        let key = typed.isEmpty ? script : CompletionKey.key(folded: Array(typed.utf8))
        index.forEach(prefix: key) {
            texts.append(index.text($0))
            return true
        }
        return texts
    }

    @Test func `a query is popular after several requests, and those that lead to it are not`() throws {
        let popular = try PopularQueries(folder: nil, analyzer: TestAnalyzer.shared)
        for _ in 0..<2 { popular.record("나이키") }
        #expect(shown(popular).isEmpty)
        for _ in 0..<5 { for typed in Keystrokes.prefixes(of: "나이키 신발") { popular.record(typed) } }
        #expect(shown(popular) == ["나이키 신발"])
        for _ in 0..<9 { popular.record(" 나이키") }
        #expect(shown(popular) == ["나이키", "나이키 신발"])
    }

    @Test(arguments: [
        "010-1234-5678", "주문 20261120", "hong@example.com", "\"무선 이어폰\"", "무선 -케이스", "  ", "★",
        String(repeating: "가", count: 40),
    ])
    func `what may be somebody's own is not counted`(_ query: String) throws {
        let popular = try PopularQueries(folder: nil, analyzer: TestAnalyzer.shared)
        for _ in 0..<20 { popular.record(query) }
        #expect(popular.completions.count == 0)
    }

    @Test func `a popular query fades`() throws {
        let clock = Clock()
        let popular = try PopularQueries(
            folder: nil, analyzer: TestAnalyzer.shared, now: { clock.seconds.withLock { $0 } })
        for _ in 0..<8 { popular.record("장갑") }
        #expect(shown(popular) == ["장갑"])
        clock.pass(days: 7)
        popular.record("양말")
        #expect(shown(popular) == ["장갑"])
        clock.pass(days: 7)
        popular.record("양말")
        #expect(shown(popular).isEmpty)
    }

    @Test func `the number of counted queries is bounded, and the popular ones stay`() throws {
        let popular = try PopularQueries(folder: nil, analyzer: TestAnalyzer.shared)
        for _ in 0..<5 { popular.record("인기") }
        for number in 0..<60_000 { popular.record("q\(number)") }
        #expect(popular.completions.count <= 50_000)
        // Many queries are completed on another thread.
        for _ in 0..<500 where shown(popular) != ["인기"] { Pause.milliseconds(10) }
        #expect(shown(popular) == ["인기"])
    }

    @Test func `counts survive in their file`() throws {
        let folder = try TestFolder()
        let popular = try PopularQueries(folder: folder.data, analyzer: TestAnalyzer.shared)
        for _ in 0..<4 { popular.record("무선 이어폰") }
        popular.save()
        #expect(popular.failure == nil)
        let again = try PopularQueries(folder: folder.data, analyzer: TestAnalyzer.shared)
        #expect(shown(again) == ["무선 이어폰"])
    }

    @Test func `damage to the file is noticed, wherever it is`() throws {
        let content = PopularQueriesFile.Content(
            counts: [Array("가방".utf8): 3.5, Array("a".utf8): 1], decayedAt: 77)
        let bytes = PopularQueriesFile.encode(content)
        #expect(PopularQueriesFile.decode(bytes) == content)
        for count in bytes.indices { #expect(PopularQueriesFile.decode(Array(bytes[..<count])) == nil) }
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(bit)
                #expect(PopularQueriesFile.decode(damaged) == nil)
            }
        }
        let folder = try TestFolder()
        try Data(bytes.dropLast()).write(to: URL(fileURLWithPath: folder.data.path + "/popular-queries"))
        #expect(throws: PopularQueriesFile.Failure.self) {
            try PopularQueries(folder: folder.data, analyzer: TestAnalyzer.shared)
        }
    }

    @Test func `a folder that cannot be written is reported, and counting goes on`() throws {
        let popular = try PopularQueries(
            folder: DataFolder("/nonexistent/folder"), analyzer: TestAnalyzer.shared)
        for _ in 0..<3 { popular.record("무선") }
        popular.save()
        #expect(popular.failure?.contains("/nonexistent/folder") == true)
        #expect(shown(popular) == ["무선"])
    }
}
