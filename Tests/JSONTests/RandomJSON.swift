import Glibc

@testable import JSON

/// Random numbers that can be repeated: the seed is printed by a failing test and read from SAEKIN_SEED.
enum Seeded {
    static let seed: UInt64 =
        getenv("SAEKIN_SEED").flatMap { UInt64(String(cString: $0)) } ?? .random(in: 0...(.max))
    static var note: String { "SAEKIN_SEED=\(seed)" }

    static func generator() -> SplitMix { SplitMix(state: seed) }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Trees of every kind of value.
enum RandomJSON {
    static func value(depth: Int, using random: inout SplitMix) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random))
        case 3: return .double(double(using: &random))
        case 4, 5: return .string(text(using: &random))
        case 6:
            return .array(
                (0..<Int.random(in: 0..<6, using: &random)).map { _ in value(depth: depth - 1, using: &random)
                })
        default:
            return .object(
                (0..<Int.random(in: 0..<6, using: &random)).map {
                    ("\($0)" + text(using: &random), value(depth: depth - 1, using: &random))
                })
        }
    }

    static func double(using random: inout SplitMix) -> Double {
        if Bool.random(using: &random) {
            return Double(Int.random(in: -100_000...100_000, using: &random)) / 100
        }
        let value = Double(bitPattern: random.next())
        return value.isFinite ? value : 0.1
    }

    static func text(using random: inout SplitMix) -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "Z", "0", " ", "\"", "\\", "/", "\u{0}", "\u{1F}", "\n", "\t", "\r", "\u{8}", "\u{C}",
            "\u{7F}",
            "\u{80}", "é", "가", "힣", "ㄱ", "\u{2028}", "\u{FFFD}", "\u{FEFF}", "😀", "\u{10FFFF}",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0..<30, using: &random) {
            text.unicodeScalars.append(
                Int.random(in: 0..<3, using: &random) > 0 ? "b" : alphabet.randomElement(using: &random)!)
        }
        return text
    }
}
