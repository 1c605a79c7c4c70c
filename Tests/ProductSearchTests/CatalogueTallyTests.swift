import Testing

@testable import ProductSearch

/// What a catalogue is counted for.
struct CatalogueTallyTests {
    @Test func `titles are cut into runs of Hangul and of Latin letters`() {
        let words = CatalogueTally.words("Galaxy버즈 2 프로(A) é삼성x전자 𝄞 무")
        #expect(words.hangul == ["버즈", "프로", "삼성", "전자"])
        #expect(words.latin == ["galaxy"])
        #expect(CatalogueTally.words("").hangul.isEmpty)
        #expect(CatalogueTally.words("가나").hangul == ["가나"])
        #expect(CatalogueTally.words("ab").latin == ["ab"])
    }

    @Test func `a word counts once a title, however often it stands there`() {
        var tally = CatalogueTally()
        tally.add(title: "이어폰 이어폰 sony 이어폰케이스", brand: " 소니 ", category: "가전 > 음향/이어폰")
        tally.add(title: "이어폰", brand: "소니", category: "가전>음향/이어폰")
        #expect(tally.productCount == 2)
        #expect(tally.brands == ["소니": 2])
        #expect(tally.categories == ["가전": 2, "음향": 2, "이어폰": 2])
        #expect(tally.occurrences == ["이어폰": 2, "sony": 1, "이어폰케이스": 1])
        #expect(tally.companions == ["소니": ["sony": 1]])
    }

    @Test func `words of a brand in another script are joined over its spellings`() {
        var tally = CatalogueTally()
        tally.add(title: "Nike 나이키 운동화", brand: "Nike", category: "")
        tally.add(title: "NIKE 나이키", brand: "NIKE", category: "")
        #expect(tally.brands == ["Nike": 1, "NIKE": 1])
        #expect(tally.companions == ["nike": ["나이키": 2, "운동화": 1]])
    }

    @Test func `levels of a category are trimmed of every blank`() {
        #expect(CategoryPath(" 가전 >\u{3000}음향\u{00A0}> > 이어폰").names == ["가전", "음향", "이어폰"])
    }
}
