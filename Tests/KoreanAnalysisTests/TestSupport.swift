// What the tests of this target share: the real dictionary, a tiny one, seeded randomness, and tokens as
// short strings.

import Glibc
import Testing

@testable import KoreanAnalysis

/// The dictionary that tools/dictionary makes.
enum RealDictionary {
    static let shared: Result<MorphologicalDictionary, DictionaryError> = {
        do throws(DictionaryError) { return .success(try MorphologicalDictionary.locate()) } catch {
            return .failure(error)
        }
    }()

    /// - Throws: the reason in words, with the remedy, where there is none.
    static func analyzer() throws -> KoreanAnalyzer { KoreanAnalyzer(dictionary: try shared.get()) }
}

/// Random numbers from a seed that can be given again: SAEKIN_SEED=1234 swift test.
struct SeededGenerator: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init() {
        let given = getenv("SAEKIN_SEED").flatMap { UInt64(String(cString: $0)) }
        self.init(seed: given ?? UInt64.random(in: 0...UInt64(UInt32.max)))
    }

    init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &self)] }
}

/// A dictionary of a few words over four contexts, small enough to follow by hand.
enum TinyDictionary {
    /// Context numbers on both sides.
    static let boundary = 0, noun = 1, particle = 2, verb = 3

    static func units(_ text: String) -> [UInt16] { Array(text.utf16) }

    static func word(
        _ text: String, _ tag: PartOfSpeech, _ context: Int, cost: Int16, penalty: UInt8 = 0,
        parts: [(String, PartOfSpeech)] = []
    ) -> DictionaryEntry {
        DictionaryEntry(
            surface: units(text), left: context, right: context, cost: cost, tag: tag, penalty: penalty,
            parts: parts.map { ExpressionPart(tag: $0.1, text: units($0.0)) })
    }

    static var source: DictionarySource {
        var source = DictionarySource()
        source.rightCount = 4
        source.leftCount = 4
        // cost(right, left) at right + 4 * left; a particle is cheap behind a noun alone.
        source.costs = [
            0, 10, 10, 10,
            10, 50, 60, 40,
            900, -100, 700, 800,
            20, 70, 30, 500,
        ]
        source.contexts = [[boundary], [noun], [noun], [noun]]
        source.endings = [boundary, noun]
        source.unknown = (noun, noun, 5000)
        source.penalties = [0, 600, 0, 0]
        source.entries = [
            word("가방", .NNG, noun, cost: 100),
            word("나무", .NNG, noun, cost: 150),
            word("가", .JKS, particle, cost: 50, penalty: 1),
            word("가", .NNG, noun, cost: 300),
            word("방", .NNG, noun, cost: 200),
            word("나무가방", .NNG, noun, cost: 120, parts: [("나무", .NNG), ("가방", .NNG)]),
            word("무가", .NNG, noun, cost: 280),
            word("나", .NP, noun, cost: 220),
            word("예쁜", .VA, verb, cost: 90, parts: [("예쁘", .VA), ("ᆫ", .ETM)]),
            word("를", .JKO, particle, cost: 10, penalty: 1),
        ]
        return source
    }

    static func dictionary() throws -> MorphologicalDictionary {
        try MorphologicalDictionary(image: DictionaryBuilder.build(source), name: "tiny")
    }
}

extension KoreanAnalyzer {
    /// The terms of a text, in the order of its tokens.
    func terms(_ text: String) -> [String] {
        var buffer = TokenBuffer()
        analyze(text, into: &buffer)
        return buffer.tokens.map { buffer.text($0) }
    }

    /// Tokens as `term@position`, `+length` behind those that span more than one position.
    func described(_ text: String) -> String {
        var buffer = TokenBuffer()
        analyze(text, into: &buffer)
        return buffer.tokens.map { token in
            "\(buffer.text(token))@\(token.position)"
                + (token.positionLength > 1 ? "+\(token.positionLength)" : "")
        }.joined(separator: " ")
    }

    /// What was left out, as `text/TAG`.
    func removed(_ text: String) -> [String] {
        var buffer = TokenBuffer()
        analyze(text, into: &buffer)
        let bytes = Array(text.utf8)
        return buffer.removed.map { span in
            String(decoding: bytes[Int(span.start)..<Int(span.end)], as: UTF8.self) + "/"
                + span.partOfSpeech.name
        }
    }
}
