import Glibc

/// A small generator whose seed is printed with a failure and taken back from `SAEKIN_SEED`.
struct SeededRandom: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// The seed of the environment, or a fresh one.
    static func fromEnvironment() -> SeededRandom {
        if let text = getenv("SAEKIN_SEED"), let seed = UInt64(String(cString: text)) {
            return SeededRandom(seed: seed)
        }
        return SeededRandom(seed: UInt64.random(in: 0..<1 << 32))
    }

    /// How to repeat this run.
    var note: String { "SAEKIN_SEED=\(seed)" }

    // SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
