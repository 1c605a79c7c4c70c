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
            for count in [0, 1, 63, 127] {
                var narrow = [UInt32](repeating: 0, count: count)
                let bytes = slowPack(Array(gaps[..<count]), width: width)
                saekin_unpack_narrow_ascending(bytes, UInt32(count), UInt32(width), previous, &narrow)
                #expect(narrow == Array(expected[..<count]), "SAEKIN_SEED=\(generator.seed)")
            }
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
        saekin_or_words(bytes, 4, &words)
        for bit in 0..<256 {
            #expect((words[bit / 64] >> UInt64(bit % 64) & 1 == 1) == (bits.contains(bit) || bit % 64 == 0))
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
}
