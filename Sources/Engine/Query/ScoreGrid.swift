// Scores are rounded to a grid on which float addition is exact.
//
// Which clause is evaluated first differs by segment and by method (the fused pass, block-max pruning,
// explain), and float addition in another order gives another last bit: equal documents would stop being
// ties, and pages would overlap. So each contribution is rounded to a multiple of a power of two, small
// enough not to matter (2^-22 of the greatest score that the query can give) and large enough that no sum
// needs more than 24 bits. Every order of addition then gives the same float.

import Glibc

/// Rounds the contributions of one query.
struct ScoreGrid: Sendable {
    /// Adding and subtracting this rounds to the grid: at its magnitude the float spacing is the grid step.
    let magic: Float
    /// The distance between two scores.
    let step: Float

    /// A grid for scores up to `scoreMax`, the sum of the greatest contributions of all clauses.
    init(scoreMax: Float) {
        guard scoreMax > 0, scoreMax.isFinite else {
            magic = 0
            step = 0
            return
        }
        // Kept inside the normal floats; a boost this small or large has no ranking to preserve.
        let exponent = min(max(Int(scoreMax.exponent) + 1, -80), 80)
        step = Float(sign: .plus, exponent: exponent - 22, significand: 1)
        magic = Float(sign: .plus, exponent: exponent + 1, significand: 1.5)
    }

    /// The nearest score on the grid.
    @inline(__always)
    func round(_ score: Float) -> Float {
        (score + magic) - magic
    }
}

/// BM25 in the form that all scorers share, so that they agree to the bit.
enum BM25 {
    /// Inverse document frequency: `ln(1 + (N - df + 0.5) / (df + 0.5))`.
    static func idf(documentCount: UInt64, documentFrequency: UInt64) -> Float {
        let n = Double(documentCount)
        let df = Double(min(documentFrequency, documentCount))
        return Float(log(1 + (n - df + 0.5) / (df + 0.5)))
    }

    /// What a weighted frequency of 1 is multiplied with in a field of this length: `w / (1 - b + b * len /
    /// avg)`.
    static func lengthFactor(weight: Float, b: Float, length: UInt32, averageLength: Float) -> Float {
        weight / (1 - b + b * Float(max(length, 1)) / averageLength)
    }

    /// The contribution of a unit, not yet on the grid; `weight` is idf times boost.
    @inline(__always)
    static func contribution(weight: Float, weightedFrequency: Float, k1: Float) -> Float {
        weight * (weightedFrequency / (k1 + weightedFrequency))
    }
}
