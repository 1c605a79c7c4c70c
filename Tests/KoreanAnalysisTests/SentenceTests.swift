// What an eojeol is read as behind the words of a sentence, and that its terms alone stay findable.

import Testing

@testable import KoreanAnalysis

@Suite struct SentenceTests {
    private func tokens(_ text: String) throws -> [(term: String, kind: TokenKind)] {
        var buffer = TokenBuffer()
        try RealDictionary.analyzer().analyze(text, into: &buffer)
        return buffer.tokens.map { (buffer.text($0), $0.kind) }
    }

    @Test func aStemBehindAnObjectIsAStemAndTheNounStaysFindable() throws {
        #expect(try tokens("사고").contains { $0 == ("사고", .word) })
        let sentence = try tokens("야채를 사고")
        #expect(sentence.contains { $0 == ("사", .stem) })
        #expect(sentence.contains { $0.term == "사고" })
    }

    @Test func namesAreReadAlikeWhereverTheyStand() throws {
        let alone = try tokens("블루")
        #expect(try tokens("오르몬드 다크 레트로 블루").suffix(alone.count).elementsEqual(alone, by: ==))
    }

    @Test func aSentenceLosesNoNounOfAName() throws {
        for (text, word) in [("피그먼트다잉 스몰로고", "로고"), ("게이밍은장비빨 광시야각", "시야각")] {
            #expect(try tokens(text).contains { $0.term == word }, "\(text)")
        }
    }

    @Test func aNominalFormIsATermBeforeFurtherEndings() throws {
        #expect(try tokens("쓰기다").contains { $0.term == "쓰기" })
    }

    @Test func repeatedJamoAreInterjectionsWithOffsetsOfTheirOwn() throws {
        var buffer = TokenBuffer()
        try RealDictionary.analyzer().analyze("요ㅠㅠ", into: &buffer)
        let last = try #require(buffer.tokens.last)
        #expect(last.start == 3 && last.end == 9 && last.partOfSpeech == .IC)
    }
}
