import Testing

@testable import Engine

@Suite("Field norms and ordered doubles")
struct FieldNormTests {
    @Test("lengths up to 39 are exact")
    func exact() {
        for length in 0...FieldNorm.exactMax {
            #expect(FieldNorm.length(of: FieldNorm.byte(forLength: length)) == length)
        }
    }

    @Test("every byte is the byte of its own length, and lengths ascend")
    func ascending() {
        for byte in UInt8.min...UInt8.max {
            #expect(FieldNorm.byte(forLength: FieldNorm.length(of: byte)) == byte)
        }
        #expect(zip(FieldNorm.lengths, FieldNorm.lengths.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("longer lengths are rounded down by less than one part in eight")
    func rounding() {
        var generator = SeededGenerator()
        for _ in 0..<2_000 {
            let length =
                UInt32.random(in: 40...UInt32(Int32.max), using: &generator)
                >> UInt32.random(in: 0...25, using: &generator)
            let rounded = FieldNorm.length(of: FieldNorm.byte(forLength: length))
            #expect(
                rounded <= length && UInt64(length - rounded) * 8 <= UInt64(length),
                "SAEKIN_SEED=\(generator.seed)")
        }
        #expect(FieldNorm.byte(forLength: .max) == 255)
    }

    @Test("doubles keep their order as integers")
    func doubles() {
        let ordered: [Double] = [
            -.infinity, -.greatestFiniteMagnitude, -1.5, -.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude,
            0.1, 3,
            .greatestFiniteMagnitude, .infinity, .nan,
        ]
        let integers = ordered.map(OrderedDouble.encode)
        #expect(integers == integers.sorted() && Set(integers).count == ordered.count)
        for double in ordered.dropLast() {
            #expect(OrderedDouble.decode(OrderedDouble.encode(double)) == double)
        }
        #expect(OrderedDouble.decode(OrderedDouble.encode(.nan)).isNaN)
        #expect(OrderedDouble.encode(-0.0) == OrderedDouble.encode(0.0))
    }
}
