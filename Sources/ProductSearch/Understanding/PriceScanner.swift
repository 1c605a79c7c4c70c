// The grammar of prices in words. Offsets are indices of code points; every step is a look ahead of bounded
// length, and numbers that do not fit are no prices.

/// Reads clauses about the price from the code points of a query.
struct PriceScanner {
    let scalars: [Unicode.Scalar]

    /// A price of more won than this is none.
    private static let valueMax: Int64 = 1_000_000_000_000

    /// The price that is named from `start`, the beginning of a word, and where its words end.
    func clause(at start: Int) -> (range: PriceRange, end: Int)? {
        var index = start
        if let announced = end(of: Words.announcements, at: start) {
            index = skippingBlanks(announced)
            guard index > announced else { return nil }
        }
        if let tilde = end(of: Words.tildes, at: index) {
            guard let amount = amount(at: skippingBlanks(tilde)), amount.isMoney, isWordEnd(amount.end)
            else { return nil }
            return (PriceRange(from: nil, to: amount.value), amount.end)
        }
        guard let amount = amount(at: index) else { return nil }
        if let between = between(amount) { return between }
        return amount.isMoney ? band(amount) ?? bound(amount) ?? openAbove(amount) : nil
    }

    /// Whether a code point is a decimal digit, ASCII or full-width, and which.
    static func digit(_ scalar: Unicode.Scalar) -> Int64? {
        switch scalar.value {
        case 0x30...0x39: Int64(scalar.value - 0x30)
        case 0xFF10...0xFF19: Int64(scalar.value - 0xFF10)
        default: nil
        }
    }

    // MARK: Clauses

    /// 5만~10만원, 5~10만원, 5만원에서 10만원 사이.
    private func between(_ first: Amount) -> (range: PriceRange, end: Int)? {
        guard let mark = end(of: Words.between, at: skippingBlanks(first.end)),
            let second = amount(at: skippingBlanks(mark)), second.isMoney
        else { return nil }
        var from = first.value
        if !first.isMoney, first.value < second.value / second.multiplier {
            from = first.value * second.multiplier
        }
        guard from <= second.value else { return nil }
        if let (band, close) = band(second) { return (PriceRange(from: from, to: band.to), close) }
        let close = end(of: Words.closings, at: skippingBlanks(second.end)) ?? second.end
        return endOfClause(close).map { (PriceRange(from: from, to: second.value), $0) }
    }

    /// 5만원대: all prices that begin with these digits.
    private func band(_ amount: Amount) -> (range: PriceRange, end: Int)? {
        guard let close = end(of: Words.bands, at: amount.end) else { return nil }
        var width: Int64 = 1
        while amount.value % (width * 10) == 0 { width *= 10 }
        let range = PriceRange(from: amount.value, to: amount.value + width - 1)
        return endOfClause(close).map { (range, $0) }
    }

    /// 10만원 이하.
    private func bound(_ amount: Amount) -> (range: PriceRange, end: Int)? {
        let start = skippingBlanks(amount.end)
        for (words, lower, upper) in Words.bounds {
            guard let close = end(of: words, at: start) else { continue }
            let range = PriceRange(from: lower.map { amount.value + $0 }, to: upper.map { amount.value + $0 })
            return endOfClause(close).map { (range, $0) }
        }
        return nil
    }

    /// 5만원~.
    private func openAbove(_ amount: Amount) -> (range: PriceRange, end: Int)? {
        guard let close = end(of: Words.tildes, at: amount.end), isWordEnd(close) else { return nil }
        return (PriceRange(from: amount.value, to: nil), close)
    }

    // MARK: Amounts

    private struct Amount {
        var value: Int64 = 0
        /// What the digits of the last part were multiplied by: 10,000 in 5만.
        var multiplier: Int64 = 1
        /// Whether 원 says that it is money, or 만 or 억 behind digits.
        var isMoney = false
        var end: Int
    }

    /// 10000원, 12,000원, 1.5만, 1만5천원, 1만 5천 원, 만원.
    private func amount(at start: Int) -> Amount? {
        guard var amount = part(at: start, below: .max) else { return nil }
        while amount.multiplier > 1 {
            let next = skippingBlanks(amount.end)
            guard let more = part(at: next, below: amount.multiplier), more.value < amount.multiplier,
                next == amount.end || endOfWon(more.end) != nil
            else { break }
            amount.value += more.value
            amount.multiplier = more.multiplier
            amount.end = more.end
        }
        guard amount.value > 0, amount.value <= Self.valueMax else { return nil }
        if let won = endOfWon(amount.end) {
            amount.isMoney = true
            amount.end = won
        }
        return amount
    }

    private func endOfWon(_ index: Int) -> Int? { end(of: Words.won, at: skippingBlanks(index)) }

    /// Digits with a multiplier, or one of them.
    private func part(at start: Int, below limit: Int64) -> Amount? {
        let number = number(at: start) ?? hangulDigit(at: start)
        var part = Amount(value: number?.digits ?? 1, end: number?.end ?? start)
        for (words, multiplier) in Words.multipliers where multiplier < limit {
            guard let close = end(of: words, at: part.end) else { continue }
            part.multiplier = multiplier
            part.isMoney = multiplier >= 10_000 && start < part.end && Self.digit(scalars[start]) != nil
            part.end = close
            break
        }
        guard part.end > start else { return nil }
        let (product, tooBig) = part.value.multipliedReportingOverflow(by: part.multiplier)
        let divisor = number?.divisor ?? 1
        guard !tooBig, product % divisor == 0, product / divisor <= Self.valueMax else { return nil }
        part.value = product / divisor
        return part
    }

    /// 12,000 or 1.5 as digits / divisor.
    private func number(at start: Int) -> (digits: Int64, divisor: Int64, end: Int)? {
        var digits: Int64 = 0
        var divisor: Int64 = 1
        var sawPoint = false
        var index = start
        while index < scalars.count {
            if let digit = Self.digit(scalars[index]) {
                guard digits <= Self.valueMax, divisor <= Self.valueMax else { return nil }
                digits = digits * 10 + digit
                if sawPoint { divisor *= 10 }
            } else if index > start, !sawPoint, scalars[index] == ".", digitCount(after: index) > 0 {
                sawPoint = true
            } else if index > start, !sawPoint, scalars[index] == ",", digitCount(after: index) == 3 {
                // The comma between groups of three.
            } else {
                break
            }
            index += 1
        }
        return index > start ? (digits, divisor, index) : nil
    }

    private func digitCount(after index: Int) -> Int {
        scalars[(index + 1)...].prefix(4).prefix { Self.digit($0) != nil }.count
    }

    private func hangulDigit(at index: Int) -> (digits: Int64, divisor: Int64, end: Int)? {
        guard index < scalars.count, let digit = Words.digits.firstIndex(of: scalars[index]) else {
            return nil
        }
        return (Int64(digit + 1), 1, index + 1)
    }

    // MARK: Words

    /// Where a clause ends whose words end at `index`: at the end of the word, behind a particle at most.
    private func endOfClause(_ index: Int) -> Int? {
        if isWordEnd(index) { return index }
        return end(of: Words.particles, at: index).flatMap { isWordEnd($0) ? $0 : nil }
    }

    private func isWordEnd(_ index: Int) -> Bool {
        index == scalars.count || scalars[index].properties.isWhitespace
    }

    private func skippingBlanks(_ start: Int) -> Int {
        var index = start
        while index < scalars.count, scalars[index].properties.isWhitespace { index += 1 }
        return index
    }

    /// Where the first of `words` that stands at `start` ends.
    private func end(of words: [[Unicode.Scalar]], at start: Int) -> Int? {
        words.first { scalars[start...].starts(with: $0) }.map { start + $0.count }
    }

    private enum Words {
        static func list(_ text: String) -> [[Unicode.Scalar]] {
            text.split(separator: " ").map { Array($0.unicodeScalars) }
        }
        static let won = list("원")
        static let multipliers: [([[Unicode.Scalar]], Int64)] = [
            (list("억"), 100_000_000), (list("천만"), 10_000_000), (list("백만"), 1_000_000),
            (list("십만"), 100_000), (list("만"), 10_000), (list("천"), 1_000), (list("백"), 100),
        ]
        static let tildes = list("~ \u{FF5E} \u{301C} \u{223C}")
        static let between = tildes + list("- \u{2013} 에서 부터")
        static let closings = list("사이 까지 이하")
        static let digits = Array("일이삼사오육칠팔구".unicodeScalars)
        static let bands = list("대")
        /// Words behind an amount, and what it gives below and above: 미만 is up to one won less.
        static let bounds: [([[Unicode.Scalar]], lower: Int64?, upper: Int64?)] = [
            (list("이하 이내 까지 아래 안쪽"), nil, 0), (list("미만"), nil, -1),
            (list("이상 부터"), 0, nil), (list("초과 넘는"), 1, nil),
        ]
        static let particles = list("으로 짜리 의 인 로 에")
        /// Words that may stand before a price and belong to it.
        static let announcements = list("가격대가 가격대는 가격대 가격은 가격이 가격")
    }
}
