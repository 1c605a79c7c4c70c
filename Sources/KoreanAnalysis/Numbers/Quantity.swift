// One spelling for equal quantities: 0.5l, 500ml and 500미리 all become 500ml. Exact decimal arithmetic; what
// does not fit 18 digits keeps the spelling it has.
//
// Lengths of 100 mm and more are rounded to whole millimetres, half up: screens are sold as 27인치 (685.8 mm)
// and as 68.6cm, and both become 686mm. Shorter lengths are exact.

/// Brings a number with a unit to the base unit.
enum Quantity {
    /// Digits behind the point of a spelling; what has more (1,000 MB in binary GB) is not given.
    private static let maximumDecimals = 6
    /// From here on, lengths are rounded to whole millimetres.
    private static let roundedLengthMin: Int64 = 100

    /// The canonical spellings of `number` (digits with at most one point) in `unit`'s base units, none if it
    /// does not fit them or the unit does not go with it.
    static func canonical(number: some Collection<UInt8>, unit: UnitTable.Unit) -> [[UInt8]] {
        guard let number = Decimal(number) else { return [] }
        if let range = unit.numbers {
            guard let whole = number.rounded(halfUp: false), range.contains(whole) else { return [] }
        }
        return unit.bases.compactMap { base in
            guard var value = number.times(base.factor, decimals: base.decimals) else { return nil }
            if base.name == "mm", let whole = value.rounded(halfUp: true), whole >= Self.roundedLengthMin {
                value = Decimal(whole)
            }
            let spelling = value.spelling
            guard spelling.decimals <= maximumDecimals else { return nil }
            return spelling.digits + Array(base.name.utf8)
        }
    }

    /// mantissa / 10^decimals, not negative.
    private struct Decimal {
        var mantissa: Int64
        var decimals = 0

        init(_ whole: Int64) { mantissa = whole }

        init?(_ number: some Collection<UInt8>) {
            mantissa = 0
            var sawPoint = false
            for byte in number {
                if byte == UInt8(ascii: ".") {
                    guard !sawPoint else { return nil }
                    sawPoint = true
                    continue
                }
                guard byte >= 48, byte <= 57 else { return nil }
                let (product, tooBig) = mantissa.multipliedReportingOverflow(by: 10)
                guard !tooBig, product < Int64.max - 10 else { return nil }
                mantissa = product + Int64(byte - 48)
                if sawPoint { decimals += 1 }
            }
        }

        func times(_ factor: Int64, decimals more: Int) -> Decimal? {
            let (product, tooBig) = mantissa.multipliedReportingOverflow(by: factor)
            guard !tooBig else { return nil }
            var result = Decimal(product)
            result.decimals = decimals + more
            return result
        }

        /// The nearest or the lower whole number; nil where the divisor does not fit.
        func rounded(halfUp: Bool) -> Int64? {
            guard decimals <= 18 else { return nil }
            let divisor = (0..<decimals).reduce(Int64(1)) { power, _ in power * 10 }
            let (whole, rest) = mantissa.quotientAndRemainder(dividingBy: divisor)
            return halfUp && rest >= divisor - rest ? whole + 1 : whole
        }

        /// The shortest spelling, and how many digits stand behind its point.
        var spelling: (digits: [UInt8], decimals: Int) {
            var digits = Array(String(mantissa).utf8)
            while digits.count <= decimals { digits.insert(48, at: 0) }
            var fraction = Array(digits.suffix(decimals))
            while fraction.last == 48 { fraction.removeLast() }
            let whole = Array(digits.dropLast(decimals))
            return fraction.isEmpty
                ? (whole, 0) : (whole + [UInt8(ascii: ".")] + fraction, fraction.count)
        }
    }
}
