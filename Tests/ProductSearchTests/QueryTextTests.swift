import Testing

@testable import ProductSearch

@Suite struct QueryTextTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let query: String
        let parts: [(text: String, isPhrase: Bool, isExcluded: Bool)]
        var testDescription: String { query }
    }

    static let cases = [
        Case(query: "", parts: []),
        Case(query: "   \t", parts: []),
        Case(query: "무선 이어폰", parts: [("무선 이어폰", false, false)]),
        Case(query: "\"무선 이어폰\"", parts: [("무선 이어폰", true, false)]),
        Case(
            query: "소니 \"무선 이어폰\" 블랙",
            parts: [("소니 ", false, false), ("무선 이어폰", true, false), (" 블랙", false, false)]),
        Case(query: "이어폰 -케이스", parts: [("이어폰 ", false, false), ("케이스", false, true)]),
        Case(query: "이어폰 -\"투명 케이스\"", parts: [("이어폰 ", false, false), ("투명 케이스", true, true)]),
        Case(query: "SM-S918N", parts: [("SM-S918N", false, false)]),
        Case(query: "a - b", parts: [("a - b", false, false)]),
        Case(query: "--x", parts: [("--x", false, false)]),
        Case(query: "\"닫히지 않은", parts: [("닫히지 않은", true, false)]),
        Case(query: "“둥근 따옴표”", parts: [("둥근 따옴표", true, false)]),
        Case(query: "\"\" -\"\" -", parts: [("-", false, false)]),
        Case(query: "27\" 모니터", parts: [("27\" 모니터", false, false)]),
        Case(query: "모니터 27”", parts: [("모니터 27”", false, false)]),
        Case(
            query: "27\" \"게이밍 모니터\"",
            parts: [("27\"", false, false), ("게이밍 모니터", true, false)]),
        Case(query: "\"아이폰 15\" 케이스", parts: [("아이폰 15", true, false), ("케이스", false, false)]),
        Case(query: "s23\"무선 충전\"", parts: [("s23", false, false), ("무선 충전", true, false)]),
    ]

    @Test(arguments: cases)
    func `the surface grammar splits words, phrases and exclusions`(_ example: Case) {
        let parts = QueryText(example.query).parts
        let trimmed = { (text: String) in text.split(separator: " ").joined(separator: " ") }
        #expect(parts.map { trimmed($0.text) } == example.parts.map { trimmed($0.text) })
        #expect(parts.map { $0.kind == .phrase } == example.parts.map(\.isPhrase))
        #expect(parts.map(\.isExcluded) == example.parts.map(\.isExcluded))
    }

    @Test func `any text is split without a crash and in linear time`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let scalars = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                ["\"", "-", " ", "가", "a", "\u{201C}", "\u{0}", "🎧"].randomElement(using: &random)!
            }
            let text = scalars.joined()
            let letters = QueryText(text).parts.map(\.text).joined().filter { $0 == "가" || $0 == "a" }
            #expect(letters == text.filter { $0 == "가" || $0 == "a" }, "lost a letter of \(text)")
        }
    }
}
