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

    /// - Precondition: the table has 256 factors.
    init(weight: Float, k1: Float, grid: ScoreGrid, _ lengths: LengthTable) {
        let factors = lengths.factors
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
    ///
    /// - Parameter ratio: the greatest ratio of the factors to those of the postings' impacts.
    @inline(__always)
    func bound(_ impact: Impact, ratio: Float) -> Float {
        // A step more: the rounded quotient of a greater frequency may be smaller by a last bit.
        if impact.maxFrequency <= 1 { return kernel.contributions[Int(impact.minNorm)] + step }
        let weighted = impact.greatestWeightedFrequency(kernel.factors, ratio: ratio)
        let score = BM25.contribution(weight: kernel.weight, weightedFrequency: weighted, k1: kernel.k1)
        return (score + kernel.magic) - kernel.magic + step
    }

    /// The impacts whose scores may be at least `least`: all of those, and hardly more.
    @inline(__always)
    func reach(_ least: Float, ratio: Float) -> ImpactReach {
        // A score is off its formula by less than a step; the formula is solved for the weighted frequency.
        let needed = least - 2 * step
        let frequency =
            needed <= 0
            ? 0 : needed >= kernel.weight ? .infinity : kernel.k1 * needed / (kernel.weight - needed)
        return ImpactReach(factors: kernel.factors, ratio: ratio, least: frequency)
    }

    /// The score of a document with a norm and `frequency` occurrences, which is above 0.
    @inline(__always)
    func score(frequency: UInt32, norm: UInt8) -> Float {
        withUnsafePointer(to: kernel) { saekin_contribution($0, frequency, norm) }
    }
}

/// The impacts that offer at least a weighted frequency.
struct ImpactReach {
    // SAFETY: 256 factors, which the query's scores keep.
    fileprivate let factors: UnsafePointer<Float>
    /// The greatest ratio of the factors to those of the impacts.
    var ratio: Float
    fileprivate let least: Float

    @inline(__always)
    func contains(_ impact: Impact) -> Bool {
        impact.greatestWeightedFrequency(factors, ratio: ratio) >= least
    }

    /// The greatest norm with which a document of a range may be within reach; nil where there is none.
    func greatestNorm(_ impact: Impact) -> UInt8? {
        let ofRepeated = ImpactWeight.values[Int(impact.maxWeightOfRepeated)] * ratio
        let frequency = ofRepeated >= least ? Float(max(1, impact.maxFrequency)) : 1
        var (low, high) = (0, 256)
        while low < high {
            let middle = (low + high) / 2
            if frequency * factors[middle] >= least { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : UInt8(low - 1)
    }
}
