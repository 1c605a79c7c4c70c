// The kernels of windows against plain loops over documents:
//
// 1. a window gives up the documents that reach a score, however many there are, and is empty afterwards.

import CKernels
import Testing

@testable import Engine

@Suite("Kernels of windows")
struct WindowKernelTests {
    @Test("a window gives up its candidates, however dense they are", arguments: [0, 1, 7, 8, 9, 40, 64])
    func takeCandidates(mean: Int) {
        var generator = SeededGenerator()
        let wordCount = 33
        let base: UInt32 = 4_096
        var words = [UInt64](repeating: 0, count: wordCount)
        var scores = [Float](repeating: 0, count: 64 * wordCount)
        let least: Float = 0.5
        var expected: [(document: UInt32, score: Float)] = []
        for document in 0..<64 * wordCount where Int.random(in: 0..<64, using: &generator) < mean {
            let score = Float(Int.random(in: 1...4, using: &generator)) / 4
            words[document / 64] |= 1 << UInt64(document % 64)
            scores[document] = score
            if score >= least { expected.append((base + UInt32(document), score)) }
        }
        var found = [UInt32](repeating: 0, count: 64 * wordCount)
        var foundScores = [Float](repeating: 0, count: 64 * wordCount)
        let count = saekin_take_candidates(&words, &scores, wordCount, least, base, &found, &foundScores)
        #expect(found[..<count].elementsEqual(expected.map(\.document)), "SAEKIN_SEED=\(generator.seed)")
        #expect(foundScores[..<count].elementsEqual(expected.map(\.score)), "SAEKIN_SEED=\(generator.seed)")
        #expect(words.allSatisfy { $0 == 0 } && scores.allSatisfy { $0 == 0 })
    }
}
