// What a shop's text must give: the sample titles, and the cases other engines are known to get wrong.

import Testing

@testable import KoreanAnalysis

@Suite struct ProductTextTests {
    @Test(arguments: [
        ("삼성전자 갤럭시버즈2프로 무선이어폰", ["삼성", "전자", "삼성전자", "갤럭시", "버즈", "2", "프로", "무선", "이어폰", "무선이어폰"]),
        ("여성용 방수등산화 240mm", ["여성", "용", "여성용", "방수", "등산화", "방수등산화", "240mm", "240"]),
        ("아이폰15프로맥스케이스", ["아이폰", "15", "프로", "맥스", "케이스"]),
        ("나이키 에어포스1 07 화이트", ["나이키", "에어포스", "1", "07", "화이트"]),
        ("친환경 대나무칫솔 4개입", ["친환경", "대나무", "칫솔", "대나무칫솔", "4개입", "4"]),
        ("국내산한우불고기 300g", ["국내산", "한우", "불고기", "300g", "300"]),
        ("LG전자 그램17인치 노트북", ["lg", "전자", "그램", "17인치", "17", "노트북"]),
        ("USB-C타입 고속충전케이블 2m", ["usbc", "usb", "c", "타입", "고속", "충전", "케이블", "고속충전케이블", "2m"]),
        ("캠핑의자를 샀는데 가벼워서 좋았다", ["캠핑", "의자", "캠핑의자", "사", "가볍", "좋"]),
    ])
    func sampleTitlesGiveTheirWords(title: String, expected: [String]) throws {
        let terms = Set(try RealDictionary.analyzer().terms(title))
        #expect(expected.filter { !terms.contains($0) }.isEmpty, "of \(terms.sorted())")
    }

    @Test(arguments: [
        ("에어팟", ["에어", "팟", "에어팟"]), ("비급여", ["비", "급여", "비급여"]), ("무설탕", ["무", "설탕", "무설탕"]),
        ("신제품", ["신", "제품", "신제품"]), ("여성용", ["여성", "용"]), ("팟", ["팟"]), ("용", ["용"]), ("것", ["것"]),
        ("라네즈", ["라네즈"]), ("젝시믹스", ["젝시믹스"]),
    ])
    func nothingMeaningfulIsLost(text: String, expected: [String]) throws {
        let terms = Set(try RealDictionary.analyzer().terms(text))
        #expect(expected.filter { !terms.contains($0) }.isEmpty, "of \(terms.sorted())")
    }

    @Test func everySyllableAloneKeepsAToken() throws {
        let analyzer = try RealDictionary.analyzer()
        var buffer = TokenBuffer()
        for value in UInt32(0xAC00)...0xD7A3 {
            let text = String(Character(Unicode.Scalar(value)!))
            analyzer.analyze(text, into: &buffer)
            #expect(buffer.tokens.contains { buffer.text($0) == text }, "\(text)")
        }
    }

    @Test func particlesAndEndingsAreRemovedAndSaidToBe() throws {
        let analyzer = try RealDictionary.analyzer()
        #expect(analyzer.described("나이키운동화를").contains("나이키@0 운동화@1"))
        #expect(analyzer.removed("나이키운동화를") == ["를/JKO"])
        #expect(analyzer.removed("집에서") == ["에서/JKB"])
        #expect(analyzer.terms("집에서") == ["집", "집에서"])
        #expect(analyzer.removed("신발의") == ["의/JKG"])
        #expect(analyzer.terms("나이키(NIKE)는") == ["나이키", "nike"])
        #expect(analyzer.removed("LG는") == ["는/JX"])
        #expect(analyzer.terms("를") == ["를"])
        #expect(RemovedSpan(start: 0, end: 3, partOfSpeech: .JKO).reason == "particle")
        #expect(RemovedSpan(start: 0, end: 3, partOfSpeech: .ETM).reason == "ending")
        #expect(RemovedSpan(start: 0, end: 3, partOfSpeech: .VCP).reason == "copula")
    }

    @Test func verbsAndAdjectivesGiveTheirStemAndWhatIsWritten() throws {
        let analyzer = try RealDictionary.analyzer()
        #expect(analyzer.described("예쁜") == "예쁘@0 예쁜@0")
        #expect(analyzer.described("걷는") == "걷@0 걷는@0")
        #expect(analyzer.terms("예쁜가방을").contains("예쁘"))
        #expect(analyzer.terms("예쁜가방을").contains("가방"))
    }

    @Test func nounsWrittenTogetherAreGivenInPartsAndWhole() throws {
        let analyzer = try RealDictionary.analyzer()
        let described = analyzer.described("삼성노트북")
        #expect(described.hasPrefix("삼성노트북@0+3 삼성@0 노트북@1+2"), "\(described)")
        var buffer = TokenBuffer()
        analyzer.analyze("삼성노트북", into: &buffer)
        #expect(buffer.tokens.first?.kind == .compound)
        #expect(buffer.tokens.first.map { [$0.start, $0.end] } == [0, 15])
    }

    @Test func tooManyPartsAreNotGivenWhole() throws {
        let analyzer = KoreanAnalyzer(dictionary: try TinyDictionary.dictionary())
        #expect(analyzer.terms("나무나무나무나무나무나무").contains("나무나무나무나무나무나무"))
        #expect(!analyzer.terms("나무나무나무나무나무나무나무").contains("나무나무나무나무나무나무나무"))
    }

    @Test(arguments: [
        (
            "삼성노트북",
            "\u{1109}\u{1161}\u{11B7}\u{1109}\u{1165}\u{11BC}노\u{1110}\u{1173}\u{1107}\u{116E}\u{11A8}"
        ),
        ("삼성노트북", "삼\u{AD}성노\u{200B}트북\u{FEFF}"), ("usb-c 10ml", "ＵＳＢ－Ｃ　１０ｍｌ"), ("가방", "ㄱㅏ방"), ("가방", "ﾡㅏ방"),
        ("café", "CAFE\u{301}"), ("ハンド", "ﾊﾝﾄﾞ"),
    ])
    func formsOfOneTextGiveTheSameTerms(plain: String, other: String) throws {
        let analyzer = try RealDictionary.analyzer()
        #expect(analyzer.described(plain) == analyzer.described(other))
    }

    @Test func offsetsCoverTheOriginalText() throws {
        let analyzer = try RealDictionary.analyzer()
        let text = "A\u{AD}B 삼\u{200B}성\u{1112}\u{1161}\u{11AB}"
        var buffer = TokenBuffer()
        analyzer.analyze(text, into: &buffer)
        #expect(buffer.tokens.first.map { [$0.start, $0.end] } == [0, 4])
        #expect(buffer.tokens.last?.end == UInt32(text.utf8.count))
        let whole = try #require(buffer.tokens.first { buffer.text($0) == "삼성" })
        #expect([whole.start, whole.end] == [5, 14])
    }

    @Test func noTermOfTheDictionaryCarriesDigits() throws {
        let dictionary = try RealDictionary.shared.get()
        for index in 0..<dictionary.layout.morphemeCount {
            for part in dictionary.parts(of: dictionary.view.morphemes[index]) {
                let isClean = part.text.allSatisfy { $0 == 0 || $0 >= 0x1100 }
                if !isClean {
                    Issue.record("morpheme \(index): \(String(decoding: part.text, as: UTF16.self))")
                }
            }
        }
    }

    @Test func theDictionaryIsSmall() throws {
        #expect(try RealDictionary.shared.get().byteCount < 24_000_000)
    }
}

@Suite struct LatinStemmerTests {
    private func stem(_ word: String) -> String {
        var stem: [UInt8] = []
        return LatinStemmer.stem(ArraySlice(word.utf8), into: &stem)
            ? String(decoding: stem, as: UTF8.self) : word
    }

    @Test(arguments: [
        ["shoe", "shoes"], ["box", "boxes"], ["watch", "watches"], ["battery", "batteries"],
        ["hoodie", "hoodies"],
        ["dress", "dresses"], ["charge", "charges", "charging", "charged"], ["run", "runs", "running"],
        ["print", "prints", "printing", "printed"], ["hike", "hiking"], ["move", "moving", "moved"],
        ["lens", "lenses"],
        ["size", "sizes"], ["cable", "cables"], ["wire", "wired"],
    ])
    func formsOfOneWordMeet(forms: [String]) {
        #expect(Set(forms.map(stem)).count == 1, "\(forms.map(stem))")
    }

    @Test(arguments: [
        "usb", "bus", "plus", "king", "spring", "red", "speed", "glass", "adidas", "news", "gas", "s918n",
    ])
    func shortAndIrregularWordsStay(word: String) {
        #expect(stem(word) == word)
    }
}
