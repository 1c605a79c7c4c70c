// What several readings of one run give, and where: no content is lost, positions lie between the
// boundaries of all readings, and foreign words meet at their standard spelling.

import Testing

@testable import KoreanAnalysis

@Suite struct ReadingsTests {
    private func tokens(_ text: String) throws -> [(term: String, kind: TokenKind, token: Token)] {
        let analyzer = try RealDictionary.analyzer()
        var buffer = TokenBuffer()
        analyzer.analyze(text, into: &buffer)
        return buffer.tokens.map { (buffer.text($0), $0.kind, $0) }
    }

    @Test func aNameThatSentencesWouldSplitIntoGrammarKeepsItsWords() throws {
        // The least-cost path takes 로고 for a copula with an ending and drops it.
        let found = try tokens("와이드로고팬츠")
        #expect(["와이드", "로고", "팬츠"].allSatisfy { word in found.contains { $0.term == word } })
        #expect(try RealDictionary.analyzer().removed("와이드로고팬츠").isEmpty)
    }

    @Test func wordsOfTwoReadingsSpanThePositionsBetweenAllBoundaries() throws {
        // 하나+로+마트, or 하나로 and 마트.
        let found = try tokens("하나로마트")
        let rival = try #require(found.first { $0.kind == .alternative })
        #expect(rival.term == "하나로" && rival.token.position == 0 && rival.token.positionLength == 2)
        #expect([rival.token.start, rival.token.end] == [0, 9])
        let likeliest = try #require(found.first { $0.term == "하나" })
        #expect(likeliest.token.position == 0 && likeliest.token.positionLength == 1)
        #expect(found.contains { $0.kind == .syllable && $0.term == "로" && $0.token.position == 1 })
        #expect(found.contains { $0.term == "마트" && $0.token.position == 2 })
    }

    @Test func aCoinedWordIsOneWordBesideTheWordsOfTheDictionary() throws {
        let found = try tokens("벨티드데님을")
        let likeliest = found.filter { [.word, .part, .stem].contains($0.kind) }
        #expect(likeliest.map(\.term) == ["벨티드", "데님"])
    }

    @Test(arguments: [("와펜", "펜"), ("우븐팬츠", "우븐"), ("올약브러쉬", "브러시"), ("지클릭커", "클릭"), ("갈축", "축")])
    func beyondACoinedWordNoNounIsLost(_ text: String, _ noun: String) throws {
        #expect(try tokens(text).contains { $0.term == noun })
    }

    @Test func everySyllableOfARunIsCoveredByATokenOrAParticle() throws {
        let analyzer = try RealDictionary.analyzer()
        var random = SeededGenerator()
        var buffer = TokenBuffer()
        for _ in 0..<2_000 {
            let text = String(
                (0..<Int.random(in: 1...9, using: &random)).map { _ in random.pick(Array(Words.syllables)) })
            analyzer.analyze(text, into: &buffer)
            var covered = [Bool](repeating: false, count: text.utf8.count)
            for token in buffer.tokens { for byte in token.start..<token.end { covered[Int(byte)] = true } }
            for span in buffer.removed { for byte in span.start..<span.end { covered[Int(byte)] = true } }
            #expect(covered.allSatisfy { $0 }, "\(text) SAEKIN_SEED=\(random.seed)")
        }
    }

    @Test(arguments: [
        ("무설탕", "무", "설탕"), ("비급여", "비", "급여"), ("친환경", "친", "환경"), ("신제품", "신", "제품"),
        ("국내산", "국내", "산"), ("여성용", "여성", "용"), ("무알콜", "무", "알코올"),
    ])
    func prefixesAndSuffixesThatCarryMeaningAreTokens(_ word: String, _ first: String, _ second: String)
        throws
    {
        let terms = try tokens(word).map(\.term)
        #expect(terms.contains(first) && terms.contains(second) && terms.contains(word))
        #expect(try RealDictionary.analyzer().removed(word).isEmpty)
    }

    @Test(arguments: [
        "에어팟", "이니스프리", "오설록", "가다실", "무신사", "도루코", "다이소", "은나노", "사라", "비건", "오늘의집",
    ])
    func namesThatLookLikeVerbsOrHoldParticlesAreFoundAsWritten(_ name: String) throws {
        #expect(try tokens(name).map(\.term).contains(name))
    }

    @Test(arguments: [
        ("에어팟을", "에어팟"), ("다이소에서", "다이소"), ("무신사가", "무신사"), ("오늘의집은", "오늘의집"),
    ])
    func namesAreFoundWithoutTheirParticle(_ text: String, _ name: String) throws {
        let terms = try tokens(text).map(\.term)
        #expect(terms.contains(name) && terms.contains(text))
    }

    @Test(arguments: [
        ("메세지", "메시지"), ("악세사리", "액세서리"), ("케익", "케이크"), ("쥬스", "주스"), ("초콜렛", "초콜릿"),
        ("로숀", "로션"), ("컨텐츠", "콘텐츠"), ("수퍼", "슈퍼"), ("디지탈", "디지털"), ("데이타", "데이터"), ("화일", "파일"),
        ("텔레비젼", "텔레비전"), ("브러쉬", "브러시"), ("테잎", "테이프"), ("블랙악세사리를", "액세서리"), ("챠트", "차트"),
    ])
    func foreignWordsMeetAtTheirStandardSpelling(_ written: String, _ standard: String) throws {
        let found = try tokens(written)
        let variant = try #require(found.first { $0.kind == .variant })
        #expect(variant.term == standard)
        #expect(try tokens(standard).contains { $0.term == standard && $0.kind != .variant })
    }

    @Test func nativeWordsHaveOneSpelling() throws {
        for word in ["아침", "사과", "바다", "나뭇잎", "이익", "가지", "치마", "자전거", "안타", "메모", "케이블", "콘센트"] {
            #expect(try tokens(word).allSatisfy { $0.kind != .variant }, "\(word)")
        }
    }

    @Test func standardSpellingsOfTheDictionaryAreTheSameWordNearlyAlways() throws {
        let dictionary = try RealDictionary.shared.get()
        var changed = 0
        var known = 0
        let words = Words.all(of: dictionary)
        let set = Set(words)
        for word in words {
            guard let standard = LoanwordSpelling.standard(word) else { continue }
            changed += 1
            if set.contains(standard) { known += 1 }
        }
        // 쥬스 and 주스 are both in the dictionary, as are some hundred pairs like them; 렌탈 and other words are
        // changed to what is no word, which costs nothing.
        #expect(Double(changed) / Double(words.count) < 0.02, "\(changed) of \(words.count)")
        #expect(Double(known) / Double(words.count) < 0.003, "\(known) of \(words.count)")
    }
}

/// Words of a dictionary, and syllables to make others of.
enum Words {
    static let syllables = "가나다라마바사아자차카타파하이니스프리의을를은는에서로도만고무신오늘집화장품크림로션팬츠와드슈즈용산비친환경세트기획"

    /// Every word, read off the trie: a cell's parent, and which code leads from there to it, spell it
    /// backwards.
    static func all(of dictionary: MorphologicalDictionary) -> [[UInt16]] {
        let view = dictionary.view
        var unitOfCode: [Int: UInt16] = [:]
        for index in 0..<DictionaryFormat.syllableCount where view.codes[index] != 0 {
            unitOfCode[Int(view.codes[index])] = UInt16(DictionaryFormat.firstSyllable + index)
        }
        func base(_ cell: Int) -> UInt32 { UInt32(truncatingIfNeeded: view.cells[cell]) }
        func parent(_ cell: Int) -> Int { Int(UInt32(truncatingIfNeeded: view.cells[cell] >> 32)) }
        var words: [[UInt16]] = []
        for cell in 1..<dictionary.layout.cellCount {
            var word: [UInt16] = []
            var current = cell
            while current != 0 {
                let above = parent(current)
                guard above < dictionary.layout.cellCount, base(above) & DictionaryFormat.leafFlag == 0,
                    let unit = unitOfCode[current - Int(base(above) & DictionaryFormat.baseMask)]
                else { break }
                word.append(unit)
                current = above
            }
            guard current == 0, !word.isEmpty else { continue }
            word.reverse()
            var walk = TrieWalk(view)
            if word.allSatisfy({ walk.step($0) }), walk.value != nil { words.append(word) }
        }
        return words
    }
}
