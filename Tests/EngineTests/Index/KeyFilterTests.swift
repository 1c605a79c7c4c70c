import Testing

@testable import Engine

@Suite("Key filter")
struct KeyFilterTests {
    @Test("has every key that was inserted, and few others", arguments: [0, 1, 5, 1_000])
    func membership(count: Int) {
        var filter = KeyFilter(capacity: count)
        func key(_ number: Int) -> [UInt8] { Array("key-\(number)".utf8) }
        for number in 0..<count { key(number).withUnsafeBufferPointer { filter.insert($0) } }
        #expect((0..<count).allSatisfy { filter.mayContain(key($0)) })
        let wrong = (count..<count + 2_000).count { filter.mayContain(key($0)) }
        #expect(wrong <= 200)
    }
}
