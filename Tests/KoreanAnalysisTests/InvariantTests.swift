// What holds for every text: offsets on character boundaries, positions without gaps, a token of one part at
// each, nothing to the right of white space changing a split to its left, and no crash whatever the bytes.

import Testing

@testable import KoreanAnalysis

/// Checks what `TokenBuffer` promises of its tokens.
func checkInvariants(_ buffer: TokenBuffer, byteCount: Int, _ comment: String = "") {
    var single = [Bool](repeating: false, count: Int(buffer.positionCount))
    var previous: UInt32 = 0
    for token in buffer.tokens {
        #expect(token.start < token.end && Int(token.end) <= byteCount, "\(comment)")
        #expect(
            token.termLength > 0 && Int(token.termStart) + Int(token.termLength) <= buffer.termBytes.count,
            "\(comment)")
        #expect(token.termLength <= 1024, "\(comment)")
        #expect(token.position >= previous, "positions go up; \(comment)")
        previous = token.position
        let last = token.position + UInt32(token.positionLength)
        guard token.positionLength > 0, last <= buffer.positionCount else {
            Issue.record("\(buffer.text(token)) spans positions that are not there; \(comment)")
            continue
        }
        if token.positionLength == 1 { single[Int(token.position)] = true }
    }
    #expect(single.allSatisfy { $0 }, "a token of one part at every position; \(comment)")
    for span in buffer.removed { #expect(span.start < span.end && Int(span.end) <= byteCount, "\(comment)") }
}

@Suite struct InvariantTests {
    private static let pieces: [String] = [
        "삼성노트북", "나이키운동화를", "예쁜", "걷는", "500ml", "4개입", "10.1인치", "1+1", "SM-S918N", "아이폰15프로", "C++", "50%",
        "H&M", "men's", "running", "ㅋㅋ", "大韓", "カタカナ", "ﾊﾝ", "cafe\u{301}", "\u{1112}\u{1161}\u{11AB}",
        "１２３ｍｌ", "㎖", "가\u{AD}나",
        "의", "를", "입니다", "용", "!", ")", "(", "-", "·", "\0", "👍🏽", "สวัสดี", "똠얌꿍", "뷁",
        "100x200cm", "USB-C타입",
        "1,290원", "+", "'",
        "2023.12.31", "27\"", "두", "오백", "개입", "ml", "sm", "s918n", "인치", "240", "만원", "샀는데", "추천합니다", "의자",
        "프로", "가", "a", "9", ".",
    ]

    private func randomText(_ random: inout SeededGenerator, count: Int) -> String {
        (0..<Int.random(in: 0...count, using: &random)).map { _ in
            random.pick(Self.pieces) + (Int.random(in: 0..<3, using: &random) == 0 ? " " : "")
        }.joined()
    }

    @Test func tokensOfAnyTextKeepThePromises() throws {
        let analyzer = try RealDictionary.analyzer()
        var random = SeededGenerator()
        var buffer = TokenBuffer()
        for _ in 0..<600 {
            let text = randomText(&random, count: 8)
            let bytes = Array(text.utf8)
            analyzer.analyze(bytes, into: &buffer)
            let comment = "\(text.debugDescription) SAEKIN_SEED=\(random.seed)"
            checkInvariants(buffer, byteCount: bytes.count, comment)
            for token in buffer.tokens {
                #expect(isBoundary(bytes, token.start) && isBoundary(bytes, token.end), "\(comment)")
            }
            for span in buffer.removed {
                #expect(isBoundary(bytes, span.start) && isBoundary(bytes, span.end), "\(comment)")
            }
        }
    }

    private func isBoundary(_ bytes: [UInt8], _ offset: UInt32) -> Bool {
        Int(offset) == bytes.count || bytes[Int(offset)] & 0xC0 != 0x80
    }

    @Test func anyBytesAreAnalyzed() throws {
        let analyzer = try RealDictionary.analyzer()
        var random = SeededGenerator()
        var buffer = TokenBuffer()
        for _ in 0..<600 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                Int.random(in: 0..<3, using: &random) == 0
                    ? random.pick([0xEA, 0xB0, 0x80, 0xED, 0x9E, 0xA3, 0x20, 0x31, 0x2D])
                    : UInt8.random(in: 0...255, using: &random)
            }
            analyzer.analyze(bytes, into: &buffer)
            checkInvariants(buffer, byteCount: bytes.count, "\(bytes) SAEKIN_SEED=\(random.seed)")
        }
    }

    /// Tokens of what is to the left stay as they are and where they are; a number or model number that ends
    /// there may begin further ones, which reach over the blank.
    @Test func whatStandsToTheRightOfWhiteSpaceOnlyAddsTokensThatReachOverIt() throws {
        let analyzer = try RealDictionary.analyzer()
        var random = SeededGenerator()
        var alone = TokenBuffer()
        var together = TokenBuffer()
        for _ in 0..<400 {
            let left = randomText(&random, count: 4)
            let right = randomText(&random, count: 4)
            analyzer.analyze(left, into: &alone)
            analyzer.analyze(left + " " + right, into: &together)
            let comment = "\((left + " " + right).debugDescription) SAEKIN_SEED=\(random.seed)"
            let kept = together.tokens.filter { Int($0.end) <= left.utf8.count }
            guard kept.count == alone.tokens.count else {
                Issue.record("another number of tokens; \(comment)")
                continue
            }
            for (a, b) in zip(alone.tokens, kept) {
                #expect(a.start == b.start && a.end == b.end && a.position == b.position, "\(comment)")
                #expect(alone.text(a) == together.text(b), "\(comment)")
            }
            for token in together.tokens where token.start < left.utf8.count && !kept.contains(token) {
                #expect([.quantity, .joined].contains(token.kind), "\(comment)")
                #expect(UInt32(token.positionLength) + token.position > alone.positionCount, "\(comment)")
            }
        }
    }

    @Test func aWordIsSplitTheSameBeforeABracket() throws {
        let analyzer = try RealDictionary.analyzer()
        for word in ["표현입니당", "에어팟", "나이키운동화를", "무설탕"] {
            #expect(analyzer.described(word) == analyzer.described(word + ")"))
            #expect(
                analyzer.described(word)
                    == analyzer.described(word + "! 그리고").split(separator: " 그").first.map(String.init))
        }
    }

    @Test func windowsDoNotShowInTheTokens() throws {
        let analyzer = KoreanAnalyzer(dictionary: try TinyDictionary.dictionary())
        var buffer = TokenBuffer()
        let words = 4000
        analyzer.analyze(String(repeating: "나무가방 ", count: words), into: &buffer)
        checkInvariants(buffer, byteCount: words * 13)
        #expect(buffer.tokens.count == words * 3)
        for (index, token) in buffer.tokens.enumerated() {
            #expect(token.start == UInt32(index / 3 * 13 + index % 3 / 2 * 6))
        }
    }

    @Test func wordsWithoutEndAreCutAtTheDocumentedLengths() throws {
        let analyzer = KoreanAnalyzer(dictionary: try TinyDictionary.dictionary())
        var buffer = TokenBuffer()
        for unit in ["a", "1", "a-", "é", "1.", "a1", "漢", "ㅋ", "'", "가\u{200B}", "e\u{301}"] {
            let bytes = Array(String(repeating: unit, count: 40_000).utf8)
            analyzer.analyze(bytes, into: &buffer)
            checkInvariants(buffer, byteCount: bytes.count, unit)
        }
    }

    @Test func anEmptyTextHasNoTokens() throws {
        let analyzer = KoreanAnalyzer(dictionary: try TinyDictionary.dictionary())
        for text in ["", " ", "\0\0", "\u{200B}", "!?"] { #expect(analyzer.terms(text).isEmpty) }
    }

    @Test func aBufferMayServeTwoDictionaries() throws {
        let tiny = KoreanAnalyzer(dictionary: try TinyDictionary.dictionary())
        let real = try RealDictionary.analyzer()
        var buffer = TokenBuffer()
        for _ in 0..<2 {
            tiny.analyze("나무가방", into: &buffer)
            #expect(buffer.tokens.count == 3)
            real.analyze("친환경 대나무", into: &buffer)
            #expect(buffer.text(buffer.tokens[0]) == "친환경")
        }
    }
}
