// What the tests of this target share: folders that vanish, seeds that are printed, an analyzer.

import Foundation
import KoreanAnalysis

@testable import ProductSearch

enum TestAnalyzer {
    static let shared: KoreanAnalyzer = {
        do {
            return KoreanAnalyzer(
                dictionary: try MorphologicalDictionary.locate())
        } catch {
            fatalError("the tests need the Korean dictionary; make it with tools/dictionary (\(error))")
        }
    }()
}

/// A fresh data folder, removed when the test lets go of it.
final class TestFolder {
    let data: DataFolder

    init() throws {
        data = DataFolder(
            FileManager.default.temporaryDirectory.appendingPathComponent("saekin-test-\(UUID().uuidString)")
                .path)
        try data.create()
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: data.path)
        } catch {
            print("left behind: \(data.path): \(error)")
        }
    }
}

/// SplitMix64: the same numbers for the same seed everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    /// Takes the seed from SAEKIN_SEED, or makes one; prints it either way, so that a failure can be
    /// repeated.
    init(_ test: String = #function) {
        let given = ProcessInfo.processInfo.environment["SAEKIN_SEED"].flatMap { UInt64($0) }
        state = given ?? UInt64.random(in: 0..<1 << 48)
        print("\(test): SAEKIN_SEED=\(state)")
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
