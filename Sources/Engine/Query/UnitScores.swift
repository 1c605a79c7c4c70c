// How the occurrences of one term in one field score, in the form that the kernels take.
import CKernels

/// What the score of an occurrence depends on besides the document: the same in every segment of a snapshot.
final class ScoreTable: @unchecked Sendable {
    // SAFETY (Sendable): nothing changes after `init`.
    /// What the kernels read, without norms. Valid as long as this object.
    let kernel: saekin_unit_scores
    /// More than the last bit that a bound may be off by.
    let step: Float
    private let tables: UnsafeMutablePointer<Float>

    private static let normCount = 256

    /// - Precondition: `factors` has 256 values.
    init(weight: Float, k1: Float, grid: ScoreGrid, factors: [Float]) {
        precondition(factors.count == Self.normCount)
        tables = .allocate(capacity: 2 * Self.normCount)
        let ownFactors = tables + Self.normCount
        // SAFETY: the memory has room for both tables.
        ownFactors.initialize(from: factors, count: Self.normCount)
        var kernel = saekin_unit_scores(
            norms: nil, contributions: tables, factors: ownFactors, weight: weight, k1: k1, magic: grid.magic)
        saekin_tabulate_contributions(&kernel, tables)
        self.kernel = kernel
        step = max(grid.step, .leastNormalMagnitude)
    }

    deinit { tables.deallocate() }
}

/// The tables of a plan, made when they are first asked for.
final class ScoreTables {
    private var tables: [ScoreTable?] = []

    /// The table with this number, if it was made.
    func table(_ number: Int) -> ScoreTable? { number < tables.count ? tables[number] : nil }

    /// Keeps a table; there are `count` numbers.
    func add(_ table: ScoreTable, _ number: Int, of count: Int) -> ScoreTable {
        if tables.count < count {
            tables.append(contentsOf: repeatElement(nil, count: count - tables.count))
        }
        tables[number] = table
        return table
    }
}

/// The score of an occurrence by frequency and field norm, for a unit that reads one list of postings.
struct UnitScores: @unchecked Sendable {
    // SAFETY (Sendable): nothing changes after `init`; the norms belong to the segment, which the scorer's
    // view keeps.
    private let table: ScoreTable
    /// What the kernels read. Valid as long as this value.
    let kernel: saekin_unit_scores
    private let step: Float

    init(_ table: ScoreTable, norms: NormsReader?) {
        self.table = table
        var kernel = table.kernel
        kernel.norms = norms?.base
        self.kernel = kernel
        step = table.step
    }

    /// A bound of the scores of a range of postings.
    @inline(__always)
    func bound(_ impact: Impact) -> Float {
        // The shortest length has the greatest factor: norms ascend with lengths. A step more: the rounded
        // quotient of a greater frequency may be smaller by a last bit.
        let single = kernel.contributions[Int(impact.minNorm)]
        if impact.maxFrequency <= 1 { return single + step }
        let repeated = withUnsafePointer(to: kernel) {
            saekin_contribution($0, impact.maxFrequency, impact.minNormOfRepeated)
        }
        return max(single, repeated) + step
    }

    /// The score of a document with a norm and `frequency` occurrences, which is above 0.
    @inline(__always)
    func score(frequency: UInt32, norm: UInt8) -> Float {
        withUnsafePointer(to: kernel) { saekin_contribution($0, frequency, norm) }
    }
}
