// Numbers in Hangul: those of speech (한, 두, 열두) and those of reckoning (오백, 이십, 천). Read only at the
// beginning of an eojeol and only as a quantity, that is before a unit: elsewhere 이 and 사 are anything.

/// A number written in Hangul.
struct HangulNumeral {
    let value: Int64
    /// Syllables it takes.
    let length: Int
    /// Whether it is of speech: 두 개, but never 두 원.
    let isSpoken: Bool

    private static let ones: [(String, Int64)] = [
        ("하나", 1), ("한", 1), ("두", 2), ("세", 3), ("석", 3), ("네", 4), ("넉", 4), ("다섯", 5), ("여섯", 6),
        ("일곱", 7), ("여덟", 8), ("아홉", 9),
    ]
    private static let tens: [(String, Int64)] = [
        ("열", 10), ("스물", 20), ("스무", 20), ("서른", 30), ("마흔", 40), ("쉰", 50),
    ]
    private static let onesUnits = ones.map { (Array($0.0.utf16), $0.1) }
    private static let tensUnits = tens.map { (Array($0.0.utf16), $0.1) }
    private static let digits = Array("일이삼사오육칠팔구".utf16)
    private static let multipliers: [(unit: UInt16, value: Int64)] =
        [("십", 10), ("백", 100), ("천", 1000)].map { (Array($0.0.utf16)[0], $0.1) }
    private static let myriad = Array("만".utf16)[0]

    /// What a numeral may begin with.
    private static let firsts: Set<UInt16> = Set(
        onesUnits.map { $0.0[0] } + tensUnits.map { $0.0[0] } + digits + multipliers.map(\.unit) + [myriad])

    /// The longest numeral at the beginning of the syllables.
    init?(_ units: UnsafeBufferPointer<UInt16>) {
        guard let first = units.first, Self.firsts.contains(first) else { return nil }
        if let spoken = Self.spoken(units) {
            (value, length, isSpoken) = (spoken.value, spoken.length, true)
        } else if let reckoned = Self.reckoned(units) {
            (value, length, isSpoken) = (reckoned.value, reckoned.length, false)
        } else {
            return nil
        }
    }

    private static func spoken(_ units: UnsafeBufferPointer<UInt16>) -> (value: Int64, length: Int)? {
        let ten = tensUnits.first { starts(units, with: $0.0, at: 0) }
        let offset = ten?.0.count ?? 0
        let one = onesUnits.first { starts(units, with: $0.0, at: offset) }
        guard ten != nil || one != nil else { return nil }
        return ((ten?.1 ?? 0) + (one?.1 ?? 0), offset + (one?.0.count ?? 0))
    }

    /// 오백, 천오백, 이십오만; a single digit (이, 사, 오) is too often something else.
    private static func reckoned(_ units: UnsafeBufferPointer<UInt16>) -> (value: Int64, length: Int)? {
        var total: Int64 = 0
        var part: Int64 = 0
        var digit: Int64 = 0
        var limit: Int64 = 10_000
        var length = 0
        var hasMultiplier = false
        var hasMyriad = false
        for unit in units {
            if digit == 0, let place = digits.firstIndex(of: unit) {
                digit = Int64(place + 1)
            } else if let multiplier = multipliers.first(where: { $0.unit == unit }),
                multiplier.value < limit
            {
                part += max(digit, 1) * multiplier.value
                (digit, limit, hasMultiplier) = (0, multiplier.value, true)
            } else if unit == myriad, !hasMyriad {
                total = max(part + digit, 1) * 10_000
                (part, digit, limit, hasMultiplier, hasMyriad) = (0, 0, 10_000, true, true)
            } else {
                break
            }
            length += 1
        }
        return hasMultiplier ? (total + part + digit, length) : nil
    }

    private static func starts(
        _ units: UnsafeBufferPointer<UInt16>, with form: [UInt16], at offset: Int
    ) -> Bool {
        units.count >= offset + form.count && units[offset..<offset + form.count].elementsEqual(form)
    }
}
