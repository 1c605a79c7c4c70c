// 1. Keys and composition are inverse on every syllable, alone and in sequences.
// 2. The other layout and back is the same text.

import Testing

@testable import ProductSearch

@Suite struct DubeolsikTests {
    @Test func `every syllable comes back from its keys`() {
        for value in Dubeolsik.syllables {
            let text = String(Unicode.Scalar(value)!)
            #expect(Dubeolsik.hangul(Dubeolsik.keys(text)) == text)
        }
    }

    @Test func `a sequence of syllables comes back from its keys`() {
        var random = SeededRandom()
        for _ in 0..<2_000 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                scalars.append(Unicode.Scalar(UInt32.random(in: Dubeolsik.syllables, using: &random))!)
            }
            let text = String(scalars)
            // A final of two keys may be typed as two consonants, so only what composes the same is compared.
            #expect(Dubeolsik.keys(Dubeolsik.hangul(Dubeolsik.keys(text))) == Dubeolsik.keys(text))
            #expect(Dubeolsik.hangul(Dubeolsik.keys(text)) == text)
        }
    }

    @Test(arguments: [
        ("아이폰", "dkdlvhs"), ("갤럭시", "roffjrtl"), ("까치", "Rkcl"), ("과일", "rhkdlf"),
        ("닭", "ekfr"), ("값", "rkqt"), ("ㅂ잘", "qwkf"), ("ㅋㅋ", "zz"), ("ㅘ", "hk"), ("의자", "dmlwk"),
    ])
    func `keys of words`(_ text: String, _ keys: String) {
        #expect(String(decoding: Dubeolsik.keys(text), as: UTF8.self) == keys)
    }

    @Test(arguments: [
        ("dkdlvhs15", "아이폰15"), ("ㅜㅑㅏㄷ", "nike"), ("tkatjd", "삼성"), ("ㅔㅐ찯ㅅㄴ", "pockets"), ("힘챧ㄱ", "glacier"),
        ("gksrmf", "한글"), ("Rkcl", "까치"), ("ㄸㄸ", "EE"), ("dkssud!", "안녕!"), ("", ""), ("15", "15"),
        ("ekfrrl", "닭기"), ("dkswdk", "앉아"), ("djqtdj", "없어"), ("DKDLVHS", "아이폰"),
    ])
    func `the other layout of a text`(_ typed: String, _ meant: String) {
        #expect(Dubeolsik.otherLayout(typed) == meant)
    }

    @Test func `a final moves to the syllable of the next vowel`() {
        #expect(Dubeolsik.hangul("rkrk".utf8) == "가가")
        #expect(Dubeolsik.hangul("ekfrk".utf8) == "달가")
        #expect(Dubeolsik.hangul("Rkq".utf8) == "깝")
        #expect(Dubeolsik.hangul("kk".utf8) == "ㅏㅏ")
        #expect(Dubeolsik.hangul("rkQ".utf8) == "가ㅃ")
    }

    @Test func `initials of words`() {
        #expect(Dubeolsik.initials("갤럭시").map { String(decoding: $0, as: UTF8.self) } == "rft")
        #expect(Dubeolsik.initials("ㄱㄹㅅ").map { String(decoding: $0, as: UTF8.self) } == "rft")
        #expect(Dubeolsik.initials("갤럭시s") == nil)
        #expect(Dubeolsik.initials("ㅏ") == nil)
    }

    @Test func `decomposed jamo have the keys of composed ones`() {
        #expect(Dubeolsik.keys("\u{1112}\u{1161}\u{11AB}") == Dubeolsik.keys("한"))
    }

    @Test func `slips of the finger cost less between neighbours`() {
        func cost(_ typed: Character, _ meant: Character) -> UInt8 {
            KeyCosts.substitution(typed.asciiValue!, meant.asciiValue!)
        }
        #expect(cost("a", "a") == 0)
        #expect(cost("r", "R") == KeyCosts.shift)
        #expect(cost("g", "h") == KeyCosts.neighbour)
        #expect(cost("g", "b") == KeyCosts.neighbour)
        #expect(cost("g", "t") == KeyCosts.neighbour)
        #expect(cost("q", "p") == KeyCosts.other)
        #expect(cost("q", "z") == KeyCosts.other)
        #expect(KeyCosts.insertion(0x61, before: 0x61, after: nil) == KeyCosts.grazed)
        #expect(KeyCosts.insertion(0x61, before: 0x70, after: nil) == KeyCosts.extra)
    }
}
