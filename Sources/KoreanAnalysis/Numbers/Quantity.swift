// One spelling for equal quantities: 0.5l, 500ml and 500미리 all become 500ml. Exact decimal arithmetic; what
// does not fit 18 digits keeps the spelling it has.

/// Brings a number with a unit to the base unit.
enum Quantity {
    /// The canonical spelling of `number` (digits with at most one point) in `unit`'s base unit, nil if it
    /// does not fit.
    static func canonical(number: some Collection<UInt8>, unit: UnitTable.Unit) -> [UInt8]? {
        var mantissa: Int64 = 0
        var decimals = 0
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
        let (scaled, tooBig) = mantissa.multipliedReportingOverflow(by: unit.scale)
        guard !tooBig else { return nil }
        // The scale counts ten-millionths of the base.
        return decimal(scaled, decimals: decimals + 7) + Array(unit.base.utf8)
    }

    /// `value` / 10^decimals in its shortest spelling.
    private static func decimal(_ value: Int64, decimals: Int) -> [UInt8] {
        var digits = Array(String(value).utf8)
        while digits.count <= decimals { digits.insert(48, at: 0) }
        var fraction = Array(digits.suffix(decimals))
        while fraction.last == 48 { fraction.removeLast() }
        let whole = Array(digits.dropLast(decimals))
        return fraction.isEmpty ? whole : whole + [UInt8(ascii: ".")] + fraction
    }
}
