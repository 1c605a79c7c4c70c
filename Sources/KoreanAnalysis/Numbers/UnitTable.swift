// Units that follow a number directly, and the base unit that each is brought to, so that 500ml, 0.5L and
// 500미리 have one term in common. To add a unit, add a line here.

/// Units known to the analyzer.
enum UnitTable {
    /// A unit's base and how many tens of millionths of the base it is: value in base = number * scale /
    /// 10,000,000.
    struct Unit {
        let base: String
        let scale: Int64
    }

    private static let one: Int64 = 10_000_000

    /// Written form, base unit, scale. Forms are lower-case and in NFKC.
    private static let all: [(forms: [String], base: String, scale: Int64)] = [
        (["ml", "cc", "미리", "밀리", "밀리리터", "미리리터"], "ml", one),
        (["cl", "센티리터"], "ml", 10 * one),
        (["dl", "데시리터"], "ml", 100 * one),
        (["l", "리터", "리타"], "ml", 1000 * one),
        (["g", "gr", "그램", "그람"], "g", one),
        (["mg", "밀리그램", "미리그램"], "g", one / 1000),
        (["kg", "킬로", "키로", "킬로그램", "키로그램"], "g", 1000 * one),
        (["mm", "밀리미터", "미리미터"], "mm", one),
        (["cm", "센치", "센티", "센티미터", "센치미터"], "mm", 10 * one),
        (["m", "미터", "메타"], "mm", 1000 * one),
        (["km", "킬로미터", "키로미터"], "mm", 1_000_000 * one),
        (["in", "inch", "inches", "인치"], "inch", one),
        (["ea", "pcs", "개", "개입", "입"], "ea", one),
        (["p"], "p", one),
        (["kb", "킬로바이트"], "kb", one),
        (["mb", "메가", "메가바이트"], "mb", one),
        (["gb", "기가", "기가바이트"], "gb", one),
        (["tb", "테라", "테라바이트"], "tb", one),
        (["w", "와트"], "w", one),
        (["kw", "킬로와트"], "w", 1000 * one),
        (["wh"], "wh", one),
        (["v", "볼트"], "v", one),
        (["a", "암페어"], "a", one),
        (["mah"], "mah", one),
        (["hz", "헤르츠"], "hz", one),
        (["khz"], "hz", 1000 * one),
        (["mhz"], "hz", 1_000_000 * one),
        (["ghz"], "hz", 1_000_000_000 * one),
        (["lm", "루멘"], "lm", one),
        (["oz", "온스"], "oz", one),
        (["lb", "파운드"], "lb", one),
        (["rpm"], "rpm", one),
        (["dpi"], "dpi", one),
        (["fps"], "fps", one),
        (["매", "매입"], "매", one),
        (["장"], "장", one),
        (["팩"], "팩", one),
        (["병", "병입"], "병", one),
        (["캔"], "캔", one),
        (["포", "포입"], "포", one),
        (["봉", "봉지"], "봉", one),
        (["롤"], "롤", one),
        (["켤레"], "켤레", one),
        (["쌍"], "쌍", one),
        (["세트", "셋트"], "세트", one),
        (["박스"], "박스", one),
        (["종"], "종", one),
        (["단"], "단", one),
        (["구"], "구", one),
        (["인용"], "인용", one),
        (["인"], "인", one),
        (["호"], "호", one),
        (["권"], "권", one),
        (["정"], "정", one),
        (["년", "년형"], "년", one),
        (["개월"], "개월", one),
        (["일"], "일", one),
        (["주"], "주", one),
        (["시간"], "시간", one),
        (["분"], "분", one),
        (["초"], "초", one),
        (["원"], "원", one),
        (["세대"], "세대", one),
        (["세"], "세", one),
        (["겹"], "겹", one),
        (["평"], "평", one),
        (["채널"], "채널", one),
        (["코어"], "코어", one),
        (["배"], "배", one),
        (["도"], "도", one),
    ]

    private static let byForm: [[UInt8]: Unit] = {
        var table: [[UInt8]: Unit] = [:]
        for row in all {
            for form in row.forms { table[Array(form.utf8)] = Unit(base: row.base, scale: row.scale) }
        }
        return table
    }()

    private static let hangulForms: Set<[UInt16]> = Set(
        all.flatMap(\.forms).map { Array($0.utf16) }.filter { $0.allSatisfy { $0 >= 0xAC00 } })

    /// Syllables of the longest unit in Hangul.
    static let maximumHangulLength = hangulForms.map(\.count).max() ?? 0
    /// Bytes of the longest unit.
    static let maximumByteCount = byForm.keys.map(\.count).max() ?? 0

    /// Whether these syllables are a unit.
    static func isHangulUnit(_ units: Slice<UnsafeBufferPointer<UInt16>>) -> Bool {
        hangulForms.contains(Array(units))
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
}
