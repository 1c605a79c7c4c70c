// What users of other engines complained of in public, and what happens here instead. Each test names its
// thread.

import Testing

@testable import KoreanAnalysis

@Suite struct ComplaintTests {
    private func described(_ text: String) throws -> String { try RealDictionary.analyzer().described(text) }
    private func terms(_ text: String) throws -> [String] { try RealDictionary.analyzer().terms(text) }

    // bluesky-social/atproto#5229: a search for 에어팟 searched only 팟.
    // elastic/elasticsearch#151094: the default part-of-speech filter made 비급여 to 급여.
    @Test func contentIsNeverDropped() throws {
        #expect(try terms("에어팟").contains("에어팟"))
        #expect(try terms("비급여").contains("비급여"))
        #expect(try terms("비급여").contains("비"))
        #expect(try RealDictionary.analyzer().removed("에어팟 비급여 무설탕 기저귀용").isEmpty)
    }

    // elastic/elasticsearch#41401: 10.1 inch became 10 and 1; SM-S918N became sm, s, 918 and n.
    @Test func numbersAndModelNumbersStayWhole() throws {
        #expect(try terms("10.1인치").contains("10.1"))
        #expect(try terms("10.1인치").contains("10.1inch"))
        #expect(!(try terms("10.1인치").contains("10")))
        #expect(try terms("SM-S918N") == ["sms918n", "sm", "s918n"])
    }

    // elastic/elasticsearch#80521: 표현입니당 was split differently before a bracket.
    @Test(arguments: [")", "!", "(", ".", "~", " 그리고", "\n", "-", "abc", "ㅋㅋ", "漢字"])
    func textToTheRightOfABoundaryChangesNothingToItsLeft(_ right: String) throws {
        for word in ["표현입니당", "와이드로고팬츠", "비급여", "나이키운동화를", "카라반팔니트", "악세사리"] {
            #expect(try described(word + right).hasPrefix(try described(word)), "\(word)\(right)")
        }
    }

    // elastic/elasticsearch#50726: digits of the dictionary's ids leaked into tokens.
    @Test func entriesOfTheDictionaryGiveHangulAlone() throws {
        let dictionary = try RealDictionary.shared.get()
        try checkEntries(dictionary, every: PropertyCounts.isLong ? 1 : 97)
    }

    private func checkEntries(_ dictionary: MorphologicalDictionary, every step: Int) throws {
        let analyzer = KoreanAnalyzer(dictionary: dictionary)
        var buffer = TokenBuffer()
        let words = Words.all(of: dictionary)
        #expect(words.count > 500_000, "the walk over the dictionary finds its words")
        for index in stride(from: 0, to: words.count, by: step) {
            let word = String(decoding: words[index], as: UTF16.self)
            analyzer.analyze(word, into: &buffer)
            let problem = invariantProblem(buffer, byteCount: word.utf8.count)
            // 십일세 is a quantity, and rightly 11세 as well.
            let isHangul = buffer.tokens.allSatisfy { token in
                token.kind == .quantity || buffer.term(token).allSatisfy { $0 >= 0x80 }
            }
            if problem != nil || !isHangul || buffer.tokens.isEmpty {
                Issue.record("\(word): \(problem ?? analyzer.described(word))")
            }
        }
    }

    // elastic/elasticsearch#34283: soft hyphens, zero-width characters and combining marks broke search.
    @Test func whatIsNotSeenIsNotSearched() throws {
        let plain = try described("나이키 카페 운동화를")
        for text in [
            "나\u{AD}이키 카\u{200B}페 운동\u{FEFF}화를", "나이\u{200D}키 카페 운\u{2060}동화를",
            "\u{1102}\u{1161}\u{110B}\u{1175}\u{110F}\u{1175} 카페 운동화를", "나이키 ㅋㅏㅍㅔ 운동화를",
        ] {
            #expect(try described(text) == plain, "\(text.debugDescription)")
        }
    }
}
