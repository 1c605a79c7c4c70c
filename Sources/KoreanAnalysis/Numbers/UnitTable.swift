// Units that follow a number, and the base units that each is brought to, so that 500ml, 0.5L and 500미리 have
// one term in common. To add a unit, add a line here.

/// Units known to the analyzer.
enum UnitTable {
    /// One base unit and how many of it a unit is: factor / 10^decimals.
    struct Base {
        let name: String
        let factor: Int64
        let decimals: Int

        init(_ name: String, _ factor: Int64 = 1, decimals: Int = 0) {
            self.name = name
            self.factor = factor
            self.decimals = decimals
        }
    }

    /// What a unit is brought to.
    struct Unit {
        /// The base unit; further ones where a unit is counted in two ways (a TB is 1,000 or 1,024 GB).
        let bases: [Base]
        /// Whole numbers with which the form is this unit; with others it is something else (1080p, 2024형).
        let numbers: ClosedRange<Int64>?
    }

    private struct Row {
        let forms: [String]
        let unit: Unit

        init(_ forms: String, _ bases: Base..., numbers: ClosedRange<Int64>? = nil) {
            self.forms = forms.split(separator: " ").map(String.init)
            unit = Unit(bases: bases, numbers: numbers)
        }
    }

    /// Written forms, lower-case and in NFKC, and their base units.
    private static let measures: [Row] = [
        Row("ml cc 미리 밀리 밀리리터 미리리터 시시", Base("ml")),
        Row("cl 센티리터", Base("ml", 10)),
        Row("dl 데시리터", Base("ml", 100)),
        Row("l liter litre 리터 리타 릿터", Base("ml", 1000)),
        Row("g gr gram 그램 그람", Base("g")),
        Row("mg 밀리그램 미리그램", Base("g", 1, decimals: 3)),
        Row("μg mcg ug 마이크로그램", Base("g", 1, decimals: 6)),
        Row("kg kgs 킬로 키로 킬로그램 키로그램 킬로그람", Base("g", 1000)),
        Row("톤", Base("g", 1_000_000)),
        Row("mm 밀리미터 미리미터", Base("mm")),
        Row("cm 센치 센티 센티미터 센치미터", Base("mm", 10)),
        Row("m 미터 메타 메터", Base("mm", 1000)),
        Row("km 킬로미터 키로미터", Base("mm", 1_000_000)),
        Row("in inch inches 인치", Base("inch"), Base("mm", 254, decimals: 1)),
        Row("형", Base("inch"), Base("mm", 254, decimals: 1), numbers: 5...130),
        Row("kb 킬로바이트", Base("kb")),
        Row("mb 메가 메가바이트", Base("gb", 1, decimals: 3), Base("gb", 9_765_625, decimals: 10)),
        Row("gb 기가 기가바이트", Base("gb")),
        Row("tb 테라 테라바이트", Base("gb", 1000), Base("gb", 1024)),
        Row("w 와트", Base("w")),
        Row("kw 킬로와트", Base("w", 1000)),
        Row("wh 와트시", Base("wh")),
        Row("kwh 킬로와트시", Base("wh", 1000)),
        Row("v 볼트", Base("v")),
        Row("kv", Base("v", 1000)),
        Row("a 암페어", Base("a")),
        Row("mah 밀리암페어", Base("mah")),
        Row("ah", Base("mah", 1000)),
        Row("hz 헤르츠", Base("hz")),
        Row("khz", Base("hz", 1000)),
        Row("mhz", Base("hz", 1_000_000)),
        Row("ghz", Base("hz", 1_000_000_000)),
        Row("lm 루멘", Base("lm")),
        Row("oz 온스", Base("oz")),
        Row("lb lbs 파운드", Base("lb")),
        Row("db 데시벨", Base("db")),
        Row("rpm", Base("rpm")),
        Row("dpi", Base("dpi")),
        Row("fps 프레임", Base("fps")),
        Row("평", Base("평")),
        Row("도 도수", Base("도")),
    ]

    private static let counts: [Row] = [
        Row("ea pcs pc 개 개입 입", Base("ea")),
        Row("p", Base("ea"), numbers: 1...200),
        Row("매 매입 장 sheets", Base("매")),
        Row("정 알 캡슐 tab tabs capsules", Base("정")),
        Row("팩", Base("팩")),
        Row("병 병입", Base("병")),
        Row("캔 캔입", Base("캔")),
        Row("포 포입", Base("포")),
        Row("봉 봉지 봉입", Base("봉")),
        Row("롤", Base("롤")),
        Row("켤레 족", Base("켤레")),
        Row("쌍", Base("쌍")),
        Row("세트 셋트 셑트 set sets", Base("세트")),
        Row("박스 상자 box", Base("박스")),
        Row("통", Base("통")),
        Row("벌", Base("벌")),
        Row("묶음", Base("묶음")),
        Row("종", Base("종")),
        Row("가지", Base("가지")),
        Row("색", Base("색")),
        Row("단", Base("단")),
        Row("단계", Base("단계")),
        Row("겹 ply", Base("겹")),
        Row("칸", Base("칸")),
        Row("구", Base("구")),
        Row("인용", Base("인용")),
        Row("인", Base("인")),
        Row("호", Base("호")),
        Row("권", Base("권")),
        Row("년 년형 년식", Base("년")),
        Row("개월", Base("개월")),
        Row("일", Base("일")),
        Row("주", Base("주")),
        Row("시간", Base("시간")),
        Row("분", Base("분")),
        Row("초", Base("초")),
        Row("원", Base("원")),
        Row("천원", Base("원", 1000)),
        Row("만원", Base("원", 10_000)),
        Row("억원", Base("원", 100_000_000)),
        Row("세대", Base("세대")),
        Row("세", Base("세")),
        Row("채널", Base("채널")),
        Row("코어", Base("코어")),
        Row("배", Base("배")),
    ]

    private static let byForm: [[UInt8]: Unit] = {
        var table: [[UInt8]: Unit] = [:]
        for row in measures + counts {
            for form in row.forms { table[Array(form.utf8)] = row.unit }
        }
        return table
    }()

    private static let hangulForms: Set<[UInt16]> = Set(
        (measures + counts).flatMap(\.forms).map { Array($0.utf16) }
            .filter { $0.allSatisfy { $0 >= 0xAC00 } })

    /// Units that are counted with the numerals of speech: 두 개, 한 박스. Not 일, 분 or 도: 한 분 is a person.
    private static let spokenForms: Set<[UInt16]> = Set(
        """
        개 병 팩 캔 포 봉 봉지 롤 켤레 쌍 세트 셋트 박스 상자 통 벌 묶음 장 매 알 정 권 가지 칸 겹 단계 킬로 키로 그램 리터
        미터 센치 인치 미리
        """.split(whereSeparator: \.isWhitespace).map { Array($0.utf16) })

    /// Syllables of the longest unit in Hangul.
    static let maximumHangulLength = hangulForms.map(\.count).max() ?? 0
    /// Bytes of the longest unit.
    static let maximumByteCount = byForm.keys.map(\.count).max() ?? 0

    /// Whether these syllables are a unit.
    static func isHangulUnit(_ units: Slice<UnsafeBufferPointer<UInt16>>) -> Bool {
        hangulForms.contains(Array(units))
    }

    /// Whether these syllables are a unit that spoken numerals count.
    static func isSpokenUnit(_ units: Slice<UnsafeBufferPointer<UInt16>>) -> Bool {
        spokenForms.contains(Array(units))
    }

    /// Units of up to eight ASCII letters, each packed in one integer.
    private static let latinForms: Set<UInt64> = Set(
        byForm.keys.filter { $0.allSatisfy { $0 < 0x80 } && $0.count <= 8 }
            .map { $0.reduce(0) { $0 << 8 | UInt64($1) } })

    /// Whether these code points are a unit in Latin letters.
    static func isLatinUnit(_ scalars: some Collection<UInt32>) -> Bool {
        guard scalars.count <= 8, scalars.allSatisfy({ $0 < 0x80 }) else { return false }
        return latinForms.contains(scalars.reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// The unit written as these UTF-8 bytes.
    static func unit(_ form: some Collection<UInt8>) -> Unit? {
        form.count > maximumByteCount ? nil : byForm[Array(form)]
    }

    /// What the sign for inches stands for.
    static let inch = Unit(bases: [Base("inch"), Base("mm", 254, decimals: 1)], numbers: 1...200)
}
