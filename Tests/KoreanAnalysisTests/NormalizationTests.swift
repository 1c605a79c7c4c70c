// The short way for ASCII and Hangul against ICU, and offsets that point into the original text.

import Testing

@testable import KoreanAnalysis

@Suite struct NormalizationTests {
    private func normalized(_ bytes: [UInt8], usesShortWay: Bool = true) -> NormalizedText {
        var text = NormalizedText()
        bytes.withUnsafeBufferPointer { text.normalize($0, 0..<$0.count, usesShortWay: usesShortWay) }
        return text
    }

    private func string(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                normalized(Array(text.utf8)).scalars.compactMap { Unicode.Scalar($0.value) }))
    }

    /// Code points that make trouble beside one another.
    private static let troublesome: [UInt32] = [
        0x41, 0x65, 0x7A, 0x30, 0x20, 0x2D, 0x00, 0xAC00, 0xAC01, 0xD7A3, 0xB098, 0x1100, 0x1161, 0x11A8,
        0x11C2, 0x3131,
        0x314F, 0x3133, 0xFFA1, 0xFFC2, 0x301, 0x308, 0x323, 0x200B, 0xAD, 0xFEFF, 0xFE0F, 0x115F, 0xFF21,
        0xFF11, 0xFF76,
        0xFF9E, 0x30AB, 0x3099, 0x338E, 0x2122, 0xDF, 0x130, 0x3A3, 0x1F1E6, 0x1F600, 0xFFFD, 0xE000, 0xFDFA,
        0xFB01, 0xBD,
    ]

    @Test func theShortWayGivesWhatICUGives() {
        var random = SeededGenerator()
        for _ in 0..<3000 {
            let values = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Int.random(in: 0..<4, using: &random) == 0
                    ? UInt32.random(in: 0xAC00...0xD7A3, using: &random) : random.pick(Self.troublesome)
            }
            let bytes = Array(String(String.UnicodeScalarView(values.compactMap(Unicode.Scalar.init))).utf8)
            let short = normalized(bytes)
            let long = normalized(bytes, usesShortWay: false)
            let seed = "SAEKIN_SEED=\(random.seed)"
            #expect(short.scalars.map(\.value) == long.scalars.map(\.value), "\(values) \(seed)")
            #expect(short.scalars.map(\.start) == long.scalars.map(\.start), "\(values) \(seed)")
            #expect(short.scalars.map(\.end) == long.scalars.map(\.end), "\(values) \(seed)")
            #expect(short.scalars.map(\.category) == long.scalars.map(\.category), "\(values) \(seed)")
            let ignorable: Set<UInt32> = [0x200B, 0xAD, 0xFEFF, 0xFE0F, 0x115F]
            let plain = NormalizedText.normalizedPlainly(values.filter { !ignorable.contains($0) })
            #expect(short.scalars.map(\.value) == plain, "\(values) \(seed)")
        }
    }

    @Test func decodingAgreesWithTheStandardLibraryOnAnyBytes() {
        var random = SeededGenerator()
        let leads: [UInt8] = [
            0x41, 0x80, 0xBF, 0xC0, 0xC2, 0xE0, 0xEA, 0xED, 0xF0, 0xF4, 0xF5, 0xFF, 0x9F, 0xA0, 0x90,
        ]
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 1...10, using: &random)).map { _ in
                Bool.random(using: &random) ? random.pick(leads) : UInt8.random(in: 0...255, using: &random)
            }
            let found = bytes.withUnsafeBufferPointer { text in
                var values: [UInt32] = []
                var index = 0
                while index < text.count {
                    let scalar = UTF8Decoder.decode(text, at: index, end: text.count)
                    #expect(Int(scalar.start) == index && scalar.end > scalar.start)
                    values.append(scalar.value)
                    index = Int(scalar.end)
                }
                return values
            }
            let expected = String(decoding: bytes, as: UTF8.self).unicodeScalars.map(\.value)
            #expect(found == expected, "\(bytes) SAEKIN_SEED=\(random.seed)")
        }
    }

    @Test func formsOfOneTextBecomeOne() {
        #expect(string("ＡＢＣ１２３ ㎖ ﬁ Straße") == "abc123 ml fi strasse")
        #expect(string("\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}") == "한글")
        #expect(string("ﾊﾝﾄﾞ") == "ハンド")
        #expect(string("cafe\u{301}") == "caf\u{E9}")
        #expect(string("ㅋㅋ ㅠㅠ") == "ㅋㅋ ㅠㅠ")
        #expect(string("ㄱㅏ방") == "가방")
        #expect(string("ㅎㅏㄴㄱㅡㄹㅇㅣ") == "한글이")
        #expect(string("하ㅋㅋ ㄱㅅ") == "하ㅋㅋ ㄱㅅ")
    }

    @Test func ignorableCodePointsAreRemovedBeforeAnythingIsComposed() {
        #expect(string("가\u{AD}나\u{200B}다\u{FEFF}") == "가나다")
        #expect(string("e\u{200B}\u{301}") == "\u{E9}")
        #expect(string("\u{1112}\u{200B}\u{1161}\u{11AB}") == "한")
        #expect(string("♥\u{FE0F}") == "♥")
    }

    @Test func offsetsCoverWhatACodePointStandsFor() {
        let text = normalized(Array("a\u{AD}e\u{301}㎖".utf8))
        #expect(text.scalars.map(\.start) == [0, 3, 6, 6])
        #expect(text.scalars.map(\.end) == [1, 6, 9, 9])
    }

    @Test func longCombiningSequencesTakeLinearTime() {
        let marks = String(repeating: "\u{301}\u{323}", count: 20_000)
        let text = normalized(Array(("e" + marks).utf8))
        #expect(text.scalars.last?.end == UInt32(1 + 4 * 20_000))
    }
}
