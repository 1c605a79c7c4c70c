// The kernels of phrases against plain loops over positions:
//
// 1. positions are unpacked from the front as far as they are asked for, and cut packs are refused;
// 2. documents are found in a block whatever its form;
// 3. a phrase is counted as often as its terms follow each other.

import CKernels
import Testing

@testable import Engine

@Suite("Kernels of phrases")
struct PhraseKernelTests {
    /// Distances as a block of positions has them.
    private func packed(_ distances: [UInt32]) -> [UInt8] {
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: distances.count, by: 128) {
            let pack = Array(distances[start...].prefix(128))
            var exceptions: UInt32 = 0
            let width = saekin_patched_width(
                pack, UInt32(pack.count), PostingsFormat.positionExceptionCountMax, 1, &exceptions)
            bytes.append(UInt8(width) | (exceptions > 0 ? PostingsFormat.flag : 0))
            if exceptions > 0 { bytes.append(UInt8(exceptions)) }
            var run = [UInt8](repeating: 0, count: PostingsFormat.runByteCountMax)
            let byteCount = saekin_pack_patched(pack, UInt32(pack.count), width, &run)
            bytes += run[..<byteCount]
        }
        return bytes
    }

    private func distances(_ count: Int, _ generator: inout SeededGenerator) -> [UInt32] {
        (0..<count).map { _ in
            UInt32.random(
                in: 0...(Int.random(in: 0..<20, using: &generator) == 0 ? 900 : 30), using: &generator)
        }
    }

    @Test(
        "positions are unpacked as far as they are asked for", arguments: [1, 2, 127, 128, 129, 700, 1_280])
    func unpacking(count: Int) {
        var generator = SeededGenerator()
        for _ in 0..<40 {
            let expected = distances(count, &generator)
            let bytes = packed(expected)
            var found = [UInt32](repeating: 7, count: (count + 127) / 128 * 128)
            bytes.withUnsafeBufferPointer { bytes in
                var packs = saekin_position_packs(
                    bytes: bytes.baseAddress, byte_count: bytes.count, total: count, pack: 0, offset: 0)
                var start = 0
                while start < count {
                    start += Int.random(in: 0...min(200, count - start), using: &generator)
                    let end = start + Int.random(in: 0...min(150, count - start), using: &generator)
                    #expect(saekin_unpack_positions(&packs, start, end, &found) == 1)
                    #expect(found[start..<end] == expected[start..<end], "SAEKIN_SEED=\(generator.seed)")
                    start = max(end, start + 1)
                }
            }
        }
    }

    @Test("cut and impossible packs are refused")
    func cutPacks() {
        var generator = SeededGenerator()
        let bytes = packed(distances(300, &generator))
        var found = [UInt32](repeating: 0, count: 384)
        func unpack(_ bytes: [UInt8]) -> Int32 {
            // A copy of the exact size: a read behind its end is one that the sanitizer sees.
            let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
            defer { copy.deallocate() }
            copy.update(from: bytes, count: bytes.count)
            var packs = saekin_position_packs(
                bytes: copy, byte_count: bytes.count, total: 300, pack: 0, offset: 0)
            return saekin_unpack_positions(&packs, 299, 300, &found)
        }
        #expect(unpack(bytes) == 1)
        for length in 0..<bytes.count { #expect(unpack(Array(bytes[..<length])) == 0, "\(length) bytes") }
        #expect(unpack([33] + bytes.dropFirst()) == 0)
        #expect(unpack([128 + 4, 32] + [UInt8](repeating: 0, count: 4_000)) == 0)
        for _ in 0..<2_000 {
            _ = unpack((0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
    }

    /// A term of a phrase: by document, its positions.
    private typealias Occurrences = [UInt32: [UInt32]]

    /// What a term's block looks like to the kernels, with the memory that it points to.
    private final class Block {
        let documents: [UInt32]
        var bits: [UInt8]
        let ends: UnsafeMutablePointer<UInt32>
        let list: UnsafeMutablePointer<UInt32>
        let distances: UnsafeMutablePointer<UInt32>
        let places = UnsafeMutablePointer<UInt32>.allocate(capacity: 128)
        let positions: UnsafeMutablePointer<UInt8>
        let words: UnsafeMutablePointer<UInt8>
        var term = saekin_phrase_term()

        init(_ occurrences: Occurrences, offset: Int, form: Int, packed: ([UInt32]) -> [UInt8]) {
            documents = occurrences.keys.sorted()
            var all: [UInt32] = []
            ends = .allocate(capacity: 128)
            list = .allocate(capacity: 128)
            for (place, document) in documents.enumerated() {
                var last: UInt32 = 0
                for position in occurrences[document]! {
                    all.append(position - last)
                    last = position
                }
                ends[place] = UInt32(all.count)
                list[place] = document
            }
            distances = .allocate(capacity: (all.count + 127) / 128 * 128)
            let bytes = packed(all)
            positions = .allocate(capacity: bytes.count)
            positions.update(from: bytes, count: bytes.count)
            let firstWord = documents[0] / 64
            bits = [UInt8](repeating: 0, count: Int(documents.last! / 64 - firstWord + 1) * 8)
            for document in documents {
                let bit = Int(document - firstWord * 64)
                bits[bit / 8] |= 1 << UInt8(bit % 8)
            }
            words = .allocate(capacity: bits.count)
            words.update(from: bits, count: bits.count)
            term.count = UInt32(documents.count)
            let isWhole = Int(documents.last! - documents[0]) == documents.count - 1
            switch form {
            case 0: term.documents = UnsafePointer(list)
            case 1 where isWhole: term.first_document = documents[0]
            default:
                term.bits = UnsafePointer(words)
                term.first_document = firstWord * 64
            }
            let isSingle = occurrences.values.allSatisfy { $0.count == 1 }
            term.ends = isSingle ? nil : UnsafePointer(ends)
            term.distances = distances
            term.packs = saekin_position_packs(
                bytes: positions, byte_count: bytes.count, total: all.count, pack: 0, offset: 0)
            term.places = places
            term.offset = UInt32(offset)
        }

        deinit {
            for memory in [ends, list, distances, places] { memory.deallocate() }
            positions.deallocate()
            words.deallocate()
        }
    }

    @Test("phrases are found where their terms follow each other", arguments: 1...5)
    func phrases(termCount: Int) {
        var generator = SeededGenerator()
        for round in 0..<300 {
            let most = round % 3 == 0 ? 1 : Int.random(in: 1...9, using: &generator)
            let isDense = round % 4 == 0
            let occurrences: [Occurrences] = (0..<termCount).map { _ in
                var found: Occurrences = [:]
                for document in UInt32(0)..<128
                where isDense || Int.random(in: 0..<5, using: &generator) > 0 {
                    let positions = (0..<Int.random(in: 1...most, using: &generator)).map { _ in
                        UInt32.random(in: 0..<12, using: &generator)
                    }
                    found[1_000 + document] = Set(positions).sorted()
                }
                return found
            }
            let blocks = occurrences.enumerated().map { index, occurrences in
                let form = Int.random(in: 0..<3, using: &generator)
                return Block(occurrences, offset: index, form: form, packed: packed)
            }
            // The terms stand in any order, as their frequencies order them.
            let order = Array(blocks.indices).shuffled(using: &generator)
            var terms = order.map { blocks[$0].term }
            var documents = blocks[order[0]].documents
            for place in documents.indices { terms[0].places[place] = UInt32(place) }
            var count = documents.count
            for index in order.indices.dropFirst() {
                count = saekin_find_places(&terms, index, &documents, count)
            }
            let common = blocks[order[0]].documents.filter { document in
                occurrences.allSatisfy { $0[document] != nil }
            }
            #expect(Array(documents[..<count]) == common, "SAEKIN_SEED=\(generator.seed)")
            let expected = common.map { document in
                occurrences[0][document]!.count { start in
                    occurrences.indices.allSatisfy {
                        occurrences[$0][document]!.contains(start + UInt32($0))
                    }
                }
            }
            let isFirstEnough = round % 2 == 0
            var frequencies = [UInt32](repeating: 9, count: count + 1)
            let matches = saekin_phrase_frequencies(
                &terms, terms.count, count, isFirstEnough ? 1 : 0, &frequencies)
            #expect(matches == expected.count { $0 > 0 }, "SAEKIN_SEED=\(generator.seed)")
            let wanted = expected.map { UInt32(isFirstEnough ? min($0, 1) : $0) }
            #expect(frequencies == wanted + [9], "SAEKIN_SEED=\(generator.seed)")
        }
    }

    @Test("candidates of a block are those that reach the score")
    func candidatePlaces() {
        var generator = SeededGenerator()
        let factors = (0..<256).map { _ in Float.random(in: 0.1...1, using: &generator) }
        let norms = (0..<1_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        var contributions = [Float](repeating: 0, count: 256)
        for count in [0, 1, 63, 64, 65, 127, 128] {
            let documents = (0..<count).map { UInt32($0 * 7 + Int.random(in: 0..<7, using: &generator)) }
            let frequencies = documents.map { _ in UInt32.random(in: 1...5, using: &generator) }
            let least = Float.random(in: 0...1, using: &generator)
            factors.withUnsafeBufferPointer { factors in
                norms.withUnsafeBufferPointer { norms in
                    contributions.withUnsafeMutableBufferPointer { contributions in
                        var unit = saekin_unit_scores(
                            norms: norms.baseAddress, contributions: contributions.baseAddress,
                            factors: factors.baseAddress, weight: 1.5, k1: 0.9, magic: 0)
                        saekin_tabulate_contributions(&unit, contributions.baseAddress)
                        for isSingle in [false, true] {
                            var places = [UInt32](repeating: 0, count: 129)
                            var scores = [Float](repeating: 0, count: 129)
                            let found = saekin_candidate_places(
                                &unit, documents, isSingle ? nil : frequencies, count, least, &places,
                                &scores)
                            let all = documents.indices.map {
                                saekin_contribution(
                                    &unit, isSingle ? 1 : frequencies[$0], norms[Int(documents[$0])])
                            }
                            let expected = documents.indices.filter { all[$0] >= least }
                            #expect(
                                places[..<found].map(Int.init) == expected, "SAEKIN_SEED=\(generator.seed)")
                            #expect(
                                Array(scores[..<found]) == expected.map { all[$0] },
                                "SAEKIN_SEED=\(generator.seed)")
                        }
                    }
                }
            }
        }
    }
}
