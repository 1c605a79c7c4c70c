// Doubles as integers of the same order, so that one kind of column serves both.

/// The order-preserving map between `Double` and `Int64`: a < b exactly when encode(a) < encode(b).
///
/// Negative zero is stored as zero, and every not-a-number as one value above positive infinity.
public enum OrderedDouble {
    /// The integer that stands for a double.
    public static func encode(_ double: Double) -> Int64 {
        if double == 0 { return 0 }
        let bits = Int64(bitPattern: (double.isNaN ? Double.nan : double).bitPattern)
        return bits >= 0 ? bits : bits ^ Int64.max
    }

    /// The double that an integer stands for.
    public static func decode(_ integer: Int64) -> Double {
        Double(bitPattern: UInt64(bitPattern: integer >= 0 ? integer : integer ^ Int64.max))
    }
}
