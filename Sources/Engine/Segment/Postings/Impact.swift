// What a range of postings can offer a score at best, whatever the query makes of frequencies and lengths.

/// The best that a range of postings can offer a score: no document in it has a higher frequency or is
/// shorter.
public struct Impact: Hashable, Sendable {
    /// No frequency in the range is higher; `UInt32.max` when it was too high to be kept.
    public var maxFrequency: UInt32
    /// No document in the range has a smaller field norm; 0 in fields without norms.
    public var minNorm: UInt8
    /// No document in the range with a frequency above 1 has a smaller field norm; 255 where there is none.
    public var minNormOfRepeated: UInt8
    /// No document in the range with a frequency above 1 has a greater weight, see `ImpactWeight`.
    var maxWeightOfRepeated: UInt8

    /// What one document, or a range that is known by these two, can offer.
    public init(maxFrequency: UInt32, minNorm: UInt8) {
        self.init(
            maxFrequency: maxFrequency, minNorm: minNorm,
            minNormOfRepeated: maxFrequency > 1 ? minNorm : .max,
            maxWeightOfRepeated: maxFrequency > 1 ? .max : 0)
    }

    init(maxFrequency: UInt32, minNorm: UInt8, minNormOfRepeated: UInt8, maxWeightOfRepeated: UInt8) {
        self.maxFrequency = maxFrequency
        self.minNorm = minNorm
        self.minNormOfRepeated = minNormOfRepeated
        self.maxWeightOfRepeated = maxWeightOfRepeated
    }

    /// Of no document.
    static let none = Impact(maxFrequency: 0, minNorm: .max)

    /// Of whatever documents: no bound.
    static let any = Impact(maxFrequency: .max, minNorm: 0)

    /// An impact as it is stored.
    @inline(__always)
    init(stored frequency: UInt8, _ norm: UInt8, ofRepeated repeatedNorm: UInt8, _ weight: UInt8) {
        let isCapped = UInt32(frequency) == PostingsFormat.largestFrequencyMax
        self.init(
            maxFrequency: isCapped ? .max : UInt32(frequency), minNorm: norm,
            minNormOfRepeated: repeatedNorm, maxWeightOfRepeated: weight)
    }

    /// Takes a document in. `factors` are those of its field.
    @inline(__always)
    mutating func add(frequency: UInt32, norm: UInt8, _ factors: ImpactFactors) {
        maxFrequency = max(maxFrequency, frequency)
        minNorm = min(minNorm, norm)
        if frequency > 1 {
            minNormOfRepeated = min(minNormOfRepeated, norm)
            maxWeightOfRepeated = max(maxWeightOfRepeated, factors.weight(frequency, norm))
        }
    }

    /// Takes another range in.
    mutating func add(_ other: Impact) {
        maxFrequency = max(maxFrequency, other.maxFrequency)
        minNorm = min(minNorm, other.minNorm)
        minNormOfRepeated = min(minNormOfRepeated, other.minNormOfRepeated)
        maxWeightOfRepeated = max(maxWeightOfRepeated, other.maxWeightOfRepeated)
    }

    /// What documents can offer that are in both ranges of postings.
    mutating func narrow(_ other: Impact) {
        maxFrequency = min(maxFrequency, other.maxFrequency)
        minNorm = max(minNorm, other.minNorm)
        minNormOfRepeated = max(minNormOfRepeated, other.minNormOfRepeated)
        maxWeightOfRepeated = min(maxWeightOfRepeated, other.maxWeightOfRepeated)
    }
}

/// How a frequency and a length become one byte: the frequency divided by 1 - b + b * length / average, with
/// b 0.75 and the average of the segment itself, rounded up to 3 bits of exponent and 5 of mantissa.
///
/// What a query makes of the two differs, for the average is that of the snapshot and b is the query's: see
/// `ImpactFactors.greatestRatio`.
enum ImpactWeight {
    static let b: Float = 0.75
    private static let mantissaBitCount: UInt32 = 5
    /// The bits of 1/4, the least weight that is told from less.
    private static let least = Float(0.25).bitPattern >> shift
    private static let shift = UInt32(Float.significandBitCount) - mantissaBitCount

    /// The least byte whose value is at least `weight`, which is above 0; 255 for what is too great.
    @inline(__always)
    static func byte(_ weight: Float) -> UInt8 {
        let raised = (weight.bitPattern &+ (1 << shift - 1)) >> shift
        return UInt8(clamping: max(raised, least) &- least)
    }

    /// The greatest weight of each byte; the last has none.
    // SAFETY: written here alone, and never deallocated.
    nonisolated(unsafe) static let values: UnsafePointer<Float> = {
        let values = UnsafeMutablePointer<Float>.allocate(capacity: 256)
        for byte in 0..<UInt32(255) { values[Int(byte)] = Float(bitPattern: (least + byte) << shift) }
        values[255] = .greatestFiniteMagnitude
        return UnsafePointer(values)
    }()
}

/// What one occurrence weighs by norm byte in a field of a segment: the same for who writes the segment and
/// who reads it.
struct ImpactFactors: Sendable {
    private let factors: [Float]

    init(averageLength: Float) {
        factors = FieldNorm.lengths.map {
            BM25.lengthFactor(weight: 1, b: ImpactWeight.b, length: $0, averageLength: averageLength)
        }
    }

    @inline(__always)
    func weight(_ frequency: UInt32, _ norm: UInt8) -> UInt8 {
        ImpactWeight.byte(Float(frequency) * factors[Int(norm)])
    }

    /// What a document's weighted frequency in a query is at most, divided by its weight here.
    ///
    /// - Parameter others: the query's factors by norm byte.
    func greatestRatio(of others: [Float]) -> Float {
        // Two products of three roundings each are compared: a little more covers them.
        zip(others, factors).reduce(0) { max($0, $1.0 / $1.1) } * (1 + 1e-6)
    }
}
