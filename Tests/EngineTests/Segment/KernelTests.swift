// The C kernels against the layouts of CKernels.h, computed bit by bit.
import CKernels
import Testing

@Suite("Kernels")
struct KernelTests {
    /// Packs values one bit at a time, as the header describes it.
    private func slowPack(_ values: [UInt32], width: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        let blockCount = values.count / 128
        for block in 0..<blockCount {
            var block128 = [UInt8](repeating: 0, count: 16 * width)
            for index in 0..<128 {
                for bit in 0..<width where values[block * 128 + index] >> UInt32(bit) & 1 == 1 {
                    let place = index / 4 * width + bit
                    block128[16 * (place / 32) + 4 * (index % 4) + place % 32 / 8] |= 1 << UInt8(place % 8)
                }
            }
            bytes += block128
        }
        let rest = Array(values[(blockCount * 128)...])
        var narrow = [UInt8](repeating: 0, count: (rest.count * width + 7) / 8)
        for (index, value) in rest.enumerated() {
            for bit in 0..<width where value >> UInt32(bit) & 1 == 1 {
                narrow[(index * width + bit) / 8] |= 1 << UInt8((index * width + bit) % 8)
            }
        }
        return bytes + narrow
    }

    private func values(_ count: Int, width: Int, _ generator: inout SeededGenerator) -> [UInt32] {
        let mask = width == 32 ? UInt32.max : (1 << UInt32(width)) - 1
        return (0..<count).map { _ in UInt32.random(in: 0...UInt32.max, using: &generator) & mask }
    }

    @Test("arrays of every width and length are packed as the header says", arguments: 0...32)
    func arrays(width: Int) {
        var generator = SeededGenerator()
        for count in [0, 1, 2, 3, 31, 127, 128, 129, 255, 256, 300] {
            let values = values(count, width: width, &generator)
            let expected = slowPack(values, width: width)
            var packed = [UInt8](repeating: 0xAA, count: expected.count + 1)
            let byteCount = saekin_pack_array(values, count, UInt32(width), &packed)
            #expect(byteCount == expected.count, "SAEKIN_SEED=\(generator.seed)")
            #expect(packed == expected + [0xAA], "a byte behind the array was written")
            var unpacked = [UInt32](repeating: 7, count: count + 1)
            // A copy of the exact size: a read behind its end is one that the sanitizer sees.
            expected.withUnsafeBufferPointer { bytes in
                saekin_unpack_array(bytes.baseAddress, count, UInt32(width), &unpacked)
                for index in 0..<count {
                    let value = saekin_array_value(bytes.baseAddress, count, UInt32(width), index)
                    #expect(value == values[index], "SAEKIN_SEED=\(generator.seed)")
                }
            }
            #expect(unpacked == values + [7], "SAEKIN_SEED=\(generator.seed)")
        }
    }

    @Test("gaps are added up", arguments: 0...32)
    func ascending(width: Int) {
        var generator = SeededGenerator()
        let gaps = values(128, width: width, &generator)
        for previous in [UInt32.max, 0, 77, 1 << 31] {
            var expected: [UInt32] = []
            var last = previous
            for gap in gaps {
                last = last &+ gap &+ 1
                expected.append(last)
            }
            var found = [UInt32](repeating: 0, count: 128)
            saekin_unpack128_ascending(slowPack(gaps, width: width), UInt32(width), previous, &found)
            #expect(found == expected, "SAEKIN_SEED=\(generator.seed)")
            for count in 0...127 {
                var narrow = [UInt32](repeating: 0, count: count)
                let bytes = slowPack(Array(gaps[..<count]), width: width)
                saekin_unpack_narrow_ascending(bytes, UInt32(count), UInt32(width), previous, &narrow)
                #expect(narrow == Array(expected[..<count]), "SAEKIN_SEED=\(generator.seed)")
            }
        }
    }

    /// The sizes of a patched run at every width, and the width that the kernel should choose.
    private func slowWidth(_ values: [UInt32], limit: Int, surcharge: Int) -> (byteCount: Int, width: Int) {
        let widest = values.map { 32 - $0.leadingZeroBitCount }.max() ?? 0
        var best = (byteCount: Int.max, width: widest)
        for width in (max(widest - 8, 0)...widest).reversed() {
            let exceptions = values.count { Int($0) >> width > 0 }
            if exceptions > limit { break }
            let packed = values.count == 128 ? 16 * width : (values.count * width + 7) / 8
            let byteCount = packed + 2 * exceptions + (exceptions > 0 ? surcharge : 0)
            if byteCount < best.byteCount { best = (byteCount, width) }
        }
        return best
    }

    @Test("patched runs have the smallest width and are read back", arguments: [0, 1, 9, 127, 128])
    func patchedRuns(count: Int) {
        var generator = SeededGenerator()
        for round in 0..<200 {
            let width = Int.random(in: 0...24, using: &generator)
            var input = values(count, width: width, &generator)
            for _ in 0..<round % 20 where count > 0 {
                let index = Int.random(in: 0..<count, using: &generator)
                input[index] |= UInt32.random(in: 0...255, using: &generator) << UInt32(width)
            }
            let (limit, surcharge) = (round % 32, round % 9)
            var exceptions: UInt32 = 0
            let chosen = saekin_patched_width(
                input, UInt32(count), UInt32(limit), UInt32(surcharge), &exceptions)
            let best = slowWidth(input, limit: limit, surcharge: surcharge)
            #expect(Int(chosen) == best.width, "SAEKIN_SEED=\(generator.seed)")
            let mask = chosen == 32 ? UInt32.max : (1 << chosen) - 1
            var expected = slowPack(input.map { $0 & mask }, width: Int(chosen))
            for (index, value) in input.enumerated() where value & ~mask != 0 {
                expected += [UInt8(index), UInt8(value >> chosen)]
            }
            var packed = [UInt8](repeating: 0xAA, count: 700)
            let byteCount = saekin_pack_patched(input, UInt32(count), chosen, &packed)
            #expect(Array(packed[..<byteCount]) == expected, "SAEKIN_SEED=\(generator.seed)")
            #expect(packed[byteCount] == 0xAA, "a byte behind the run was written")
            var found = [UInt32](repeating: 7, count: count + 1)
            saekin_unpack_patched(expected, UInt32(count), chosen, exceptions, &found)
            #expect(found == input + [7], "SAEKIN_SEED=\(generator.seed)")
            let single = (0..<count).map {
                saekin_patched_value(expected, UInt32(count), chosen, exceptions, UInt32($0))
            }
            #expect(single == input, "SAEKIN_SEED=\(generator.seed)")
            var last: UInt32 = 41
            let sums = input.map { gap in
                last = last &+ gap &+ 1
                return last
            }
            saekin_unpack_patched_ascending(expected, UInt32(count), chosen, exceptions, 41, &found)
            #expect(found == sums + [7], "SAEKIN_SEED=\(generator.seed)")
        }
    }

    @Test("bit sets give the numbers of their bits, and never more than fit")
    func bitSets() {
        var generator = SeededGenerator()
        let bits = (0..<256).filter { _ in Bool.random(using: &generator) }
        var bytes = [UInt8](repeating: 0, count: 32)
        for bit in bits { bytes[bit / 8] |= 1 << UInt8(bit % 8) }
        var found = [UInt32](repeating: 0, count: 256)
        #expect(saekin_bits_to_values(bytes, 4, 1_000, &found, 256) == bits.count)
        #expect(
            Array(found[..<bits.count]) == bits.map { UInt32($0 + 1_000) }, "SAEKIN_SEED=\(generator.seed)")
        #expect(saekin_popcount(bytes, 4) == bits.count)
        var few = [UInt32](repeating: 5, count: 3)
        #expect(saekin_bits_to_values(bytes, 4, 0, &few, 2) == bits.count)
        #expect(few[2] == 5)
        var words = [UInt64](repeating: 1, count: 4)
        #expect(saekin_or_words(bytes, 4, &words) == bits.count)
        for bit in 0..<256 {
            #expect((words[bit / 64] >> UInt64(bit % 64) & 1 == 1) == (bits.contains(bit) || bit % 64 == 0))
        }
    }

    @Test("runs of documents become the bits that decoding gives")
    func runs() {
        var generator = SeededGenerator()
        for round in 0..<500 {
            let count = round % 3 == 0 ? 128 : Int.random(in: 1...128, using: &generator)
            var exceptions: [UInt8] = []
            for place in 0..<count where Int.random(in: 0..<20, using: &generator) == 0 {
                exceptions += [UInt8(place), UInt8.random(in: 1...255, using: &generator)]
            }
            let exceptionCount = UInt32(exceptions.count / 2)
            let first = UInt32.random(in: 0..<3_000, using: &generator)
            var documents = [UInt32](repeating: 0, count: count)
            saekin_unpack_patched_ascending(
                exceptions, UInt32(count), 0, exceptionCount, first &- 1, &documents)
            let base = UInt32.random(in: 0..<60, using: &generator) * 64
            let end = base + UInt32.random(in: 1...2_048, using: &generator)
            var expected = [UInt64](repeating: 0, count: 33)
            for document in documents where document >= base && document < end {
                expected[Int(document - base) / 64] |= 1 << UInt64((document - base) % 64)
            }
            func set(_ exceptions: [UInt8], _ last: UInt32, _ words: inout [UInt64]) -> Int32 {
                saekin_set_runs(exceptions, exceptionCount, UInt32(count), first, last, base, end, &words)
            }
            var words = [UInt64](repeating: 0, count: 33)
            #expect(set(exceptions, documents[count - 1], &words) == 1)
            #expect(words == expected, "SAEKIN_SEED=\(generator.seed)")
            words = Array(repeating: 0, count: 33)
            #expect(set(exceptions, documents[count - 1] + 1, &words) == 0)
            if exceptionCount > 1 {
                let swapped = Array(exceptions[2..<4] + exceptions[..<2] + exceptions[4...])
                #expect(set(swapped, documents[count - 1], &words) == 0)
            }
            #expect(words.allSatisfy { $0 == 0 }, "SAEKIN_SEED=\(generator.seed)")
        }
    }

    @Test("the checksum is CRC-32C, with the instruction and without, in one piece and in several")
    func checksums() {
        let digits = Array("123456789".utf8)
        #expect(saekin_crc32c(0, digits, 9) == 0xE306_9283)
        #expect(saekin_crc32c_portable(0, digits, 9) == 0xE306_9283)
        var generator = SeededGenerator()
        let bytes = (0..<1_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let cut = Int.random(in: 0...1_000, using: &generator)
        let first = saekin_crc32c(0, Array(bytes[..<cut]), cut)
        #expect(
            saekin_crc32c(first, Array(bytes[cut...]), 1_000 - cut) == saekin_crc32c_portable(0, bytes, 1_000)
        )
    }

    @Test("or, largest and ascending agree with loops")
    func reductions() {
        var generator = SeededGenerator()
        for count in [0, 1, 2, 5, 128] {
            let values = values(count, width: 20, &generator)
            #expect(saekin_or(values, count) == values.reduce(0, |))
            #expect(saekin_max(values, count) == values.max() ?? 0)
            let ascends = zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
            #expect((saekin_is_ascending(values, count) == 1) == ascends)
            #expect(saekin_is_ascending(values.sorted(), count) == (Set(values).count == count ? 1 : 0))
        }
    }

    @Test("members are counted and numbered counts are added as one by one")
    func counting() {
        var generator = SeededGenerator()
        for count in [0, 1, 63, 64, 300] {
            let words = (0..<40).map { _ in UInt64.random(in: 0 ... .max, using: &generator) }
            let documents = (0..<count).map { _ in UInt32.random(in: 0..<2_560, using: &generator) }
            func has(_ document: UInt32) -> Bool {
                words[Int(document / 64)] >> UInt64(document % 64) & 1 == 1
            }
            #expect(
                saekin_count_members(documents, count, words) == documents.filter(has).count,
                "SAEKIN_SEED=\(generator.seed)")
            let others = (0..<40).map { _ in UInt64.random(in: 0 ... .max, using: &generator) }
            var bytes: [UInt8] = [7]
            for word in others {
                for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(place * 8))) }
            }
            let expected = zip(words, others).reduce(0) { $0 + ($1.0 & $1.1).nonzeroBitCount }
            bytes.withUnsafeBufferPointer {
                // At any alignment.
                let both = saekin_count_words_of_both($0.baseAddress! + 1, words, 40)
                #expect(both == expected, "SAEKIN_SEED=\(generator.seed)")
            }
            let counts = (0..<2 * count).map { _ in UInt32.random(in: 0..<3, using: &generator) }
            var sums = [UInt32](repeating: 1, count: count)
            let present = saekin_add_pairs(counts, count, &sums)
            let pairs: [UInt32] = (0..<count).map { counts[2 * $0] + counts[2 * $0 + 1] }
            #expect(sums == pairs, "SAEKIN_SEED=\(generator.seed)")
            #expect(present == pairs.filter { $0 > 0 }.count, "SAEKIN_SEED=\(generator.seed)")
        }
    }
}
