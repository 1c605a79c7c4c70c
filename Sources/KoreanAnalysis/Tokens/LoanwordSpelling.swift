// Foreign words are written in many ways: 메세지 and 메시지, 쥬스 and 주스, 케익 and 케이크. A word that is written
// otherwise than the standard has the standard's term too, at the same place, in products and in queries
// alike; so all spellings meet there. Rules say what any foreign word may exchange; what only single words
// exchange is listed.
//
// Native and Sino-Korean nouns hardly ever have what the rules look for (쥬, 쉬, a final 렛); where one does,
// its second term is no other word.

/// The standard spelling of foreign words.
enum LoanwordSpelling {
    /// What a noun of composed syllables is in standard spelling; nil where it is so already.
    static func standard(_ word: some RandomAccessCollection<UInt16>) -> [UInt16]? {
        guard word.count > 1 else { return nil }
        var syllables = word.map(Syllable.init)
        guard syllables.contains(where: \.isSuspect) else { return nil }
        var changed = false
        var index = 0
        while index < syllables.count {
            changed = plainVowel(&syllables[index]) || changed
            changed = openEnd(&syllables, at: index) || changed
            index += 1
        }
        changed = edges(&syllables) || changed
        return changed ? syllables.map(\.unit) : nil
    }

    /// A Hangul syllable taken apart.
    private struct Syllable {
        var initial: Int
        var vowel: Int
        var final: Int

        init(_ unit: UInt16) {
            let index = Int(unit) - 0xAC00
            (initial, vowel, final) = (index / 588, index / 28 % 21, index % 28)
        }

        init(_ initial: Int, _ vowel: Int, _ final: Int = 0) {
            (self.initial, self.vowel, self.final) = (initial, vowel, final)
        }

        var unit: UInt16 { UInt16(0xAC00 + initial * 588 + vowel * 28 + final) }

        /// Whether any rule may look at it; nearly all words of a text have no such syllable.
        var isSuspect: Bool {
            if isAffricate || initial == Jamo.ieung { return true }
            return initial == Jamo.siot && vowel == Jamo.wi
                || initial == Jamo.rieul && vowel == Jamo.e && final == Jamo.finalSiot
                || initial == Jamo.tieut && vowel == Jamo.a
                || initial == Jamo.kieuk && vowel == Jamo.eo && final == Jamo.finalNieun
        }

        var isAffricate: Bool {
            initial == Jamo.jieut || initial == Jamo.ssangJieut || initial == Jamo.chieut
        }
    }

    /// Numbers of jamo in a composed syllable.
    private enum Jamo {
        static let rieul = 5, siot = 9, ieung = 11, jieut = 12, ssangJieut = 13, chieut = 14
        static let kieuk = 15, tieut = 16, pieup = 17
        static let a = 0, eo = 4, e = 5, o = 8, wi = 16, eu = 18, i = 20
        static let finalKiyeok = 1, finalNieun = 4, finalRieul = 8, finalBieup = 17, finalSiot = 19
        static let finalKieuk = 24, finalTieut = 25, finalPieup = 26
        /// Vowels behind a glide, and what is left without it.
        static let glides = [2: 0, 3: 1, 6: 4, 7: 5, 12: 8, 17: 13]
    }

    /// 쥬스, 비젼, 챠트: no glide is heard behind ㅈ and ㅊ. 브러쉬: 쉬 is 시.
    private static func plainVowel(_ syllable: inout Syllable) -> Bool {
        if syllable.isAffricate, let plain = Jamo.glides[syllable.vowel] {
            syllable.vowel = plain
            return true
        }
        if syllable.initial == Jamo.siot, syllable.vowel == Jamo.wi {
            syllable.vowel = Jamo.i
            return true
        }
        return false
    }

    /// 케익, 테잎: behind a long vowel the last consonant is a syllable of its own.
    private static func openEnd(_ syllables: inout [Syllable], at index: Int) -> Bool {
        let syllable = syllables[index]
        guard index > 0, syllable.initial == Jamo.ieung, syllable.vowel == Jamo.i,
            syllables[index - 1].final == 0
        else { return false }
        let initial: Int? =
            switch syllable.final {
            case Jamo.finalKieuk: Jamo.kieuk
            case Jamo.finalKiyeok where syllables[index - 1].vowel == Jamo.e: Jamo.kieuk
            case Jamo.finalPieup where syllables[index - 1].vowel == Jamo.e: Jamo.pieup
            case Jamo.finalTieut: Jamo.tieut
            default: nil
            }
        guard let initial else { return false }
        syllables[index].final = 0
        syllables.insert(Syllable(initial, Jamo.eu), at: index + 1)
        return true
    }

    /// 컨텐츠 at the beginning; 초콜렛, 디지탈, 데이타 at the end of words of three syllables and more.
    private static func edges(_ syllables: inout [Syllable]) -> Bool {
        guard syllables.count > 2 else { return false }
        var changed = false
        let first = syllables[0]
        if first.initial == Jamo.kieuk, first.vowel == Jamo.eo, first.final == Jamo.finalNieun {
            syllables[0].vowel = Jamo.o
            changed = true
        }
        let last = syllables.count - 1
        let end = syllables[last]
        if end.initial == Jamo.rieul, end.vowel == Jamo.e, end.final == Jamo.finalSiot {
            syllables[last].vowel = Jamo.i
            changed = true
        }
        if end.initial == Jamo.tieut, end.vowel == Jamo.a, end.final == 0 || end.final == Jamo.finalRieul {
            syllables[last].vowel = Jamo.eo
            changed = true
        }
        return changed
    }

    // MARK: Single words

    /// Spellings found anywhere in a run, each with the standard one.
    private static let listed: [(String, String)] = [
        ("악세사리", "액세서리"), ("악세서리", "액세서리"), ("엑세서리", "액세서리"), ("엑세사리", "액세서리"),
        ("액세사리", "액세서리"), ("메세지", "메시지"), ("맛사지", "마사지"), ("로숀", "로션"), ("수퍼마켓", "슈퍼마켓"),
        ("수퍼", "슈퍼"), ("화일", "파일"), ("화운데이션", "파운데이션"), ("훼이셜", "페이셜"), ("훼미리", "패밀리"),
        ("후레쉬", "프레시"), ("후레시", "프레시"), ("후라이팬", "프라이팬"), ("후라이", "프라이"), ("텔레비젼", "텔레비전"),
        ("초코렛", "초콜릿"), ("쵸코렛", "초콜릿"), ("쵸콜렛", "초콜릿"), ("초코릿", "초콜릿"), ("카톨릭", "가톨릭"),
        ("싸이즈", "사이즈"), ("쎄럼", "세럼"), ("썬크림", "선크림"), ("썬글라스", "선글라스"), ("썬글래스", "선글라스"),
        ("선글래스", "선글라스"), ("까페", "카페"), ("까운", "가운"), ("타올", "타월"), ("바베큐", "바비큐"), ("부페", "뷔페"),
        ("렌트카", "렌터카"), ("팜플렛", "팸플릿"), ("센타", "센터"), ("필타", "필터"), ("렌탈", "렌털"), ("토탈", "토털"),
        ("카라멜", "캐러멜"), ("캬라멜", "캐러멜"), ("네비게이션", "내비게이션"), ("메니큐어", "매니큐어"), ("펜던트", "펜던트"),
        ("팬던트", "펜던트"), ("케쥬얼", "캐주얼"), ("캐쥬얼", "캐주얼"), ("케주얼", "캐주얼"), ("테블릿", "태블릿"),
        ("타블렛", "태블릿"), ("케시미어", "캐시미어"), ("헤어벤드", "헤어밴드"), ("앙케이트", "앙케트"), ("리모콘", "리모컨"),
        ("에어콘", "에어컨"), ("악셀", "액셀"), ("알콜", "알코올"), ("비스켓", "비스킷"), ("쇼파", "소파"), ("자켓", "재킷"),
        ("쟈켓", "재킷"), ("재켓", "재킷"), ("가디건", "카디건"), ("스카웃", "스카우트"), ("도너츠", "도넛"), ("도넛츠", "도넛"),
        ("쉐이크", "셰이크"), ("쉐이드", "셰이드"), ("쉐이빙", "셰이빙"), ("밧데리", "배터리"), ("바테리", "배터리"),
        ("빳데리", "배터리"), ("샤시", "섀시"), ("섀도우", "섀도"), ("쉐도우", "섀도"), ("윈도우", "윈도"), ("옐로우", "옐로"),
        ("스노우", "스노"), ("엘로우", "옐로"), ("스텐드", "스탠드"), ("런닝", "러닝"), ("컨셉", "콘셉트"),
        ("셋트", "세트"), ("셋팅", "세팅"), ("컷팅", "커팅"), ("아울렛", "아웃렛"), ("브라우스", "블라우스"),
        ("레깅즈", "레깅스"), ("케찹", "케첩"), ("스폰지", "스펀지"), ("라이타", "라이터"), ("다이알", "다이얼"), ("휠타", "필터"),
    ]

    /// By first syllable, the longer spellings first.
    private static let byFirst: [UInt16: [(spelling: [UInt16], standard: [UInt16])]] = {
        var table: [UInt16: [(spelling: [UInt16], standard: [UInt16])]] = [:]
        for (spelling, standard) in listed.sorted(by: { $0.0.utf16.count > $1.0.utf16.count }) {
            table[spelling.utf16.first!, default: []].append((Array(spelling.utf16), Array(standard.utf16)))
        }
        return table
    }()

    /// The listed spelling that begins at `position`: how long it is, and the standard one.
    static func listed(
        _ units: UnsafeBufferPointer<UInt16>, at position: Int
    ) -> (length: Int, standard: [UInt16])? {
        guard let candidates = byFirst[units[position]] else { return nil }
        for (spelling, standard) in candidates
        where position + spelling.count <= units.count
            && units[position..<position + spelling.count].elementsEqual(spelling)
        {
            return (spelling.count, standard)
        }
        return nil
    }
}
