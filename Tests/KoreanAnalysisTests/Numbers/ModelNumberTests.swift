// Model numbers in the forms in which they are written and typed, and the whole that those have in common.

import Testing

@testable import KoreanAnalysis

@Suite struct ModelNumberTests {
    @Test(arguments: [
        ("SM-S918N", "sms918n@0+2 sm@0 s918n@1"), ("아이폰15프로", "아이폰@0 15@1 프로@2"),
        ("RTX3060TI", "rtx3060ti@0+2 rtx@0 3060ti@1"),
        ("NT550XDZ-AD5AW", "nt550xdzad5aw@0+2 nt550xdz@0 ad5aw@1"),
        ("C++", "c@0 c++@0"), ("C#", "c@0 c#@0"), ("H&M", "h&m@0+2 h@0 m@1"), ("S23+", "s23@0 s23+@0"),
        ("Wi-Fi", "wifi@0+2 wi@0 fi@1"), ("USB3.0", "usb3.0@0+2 usb@0 3.0@1"),
        ("Dr.Jart", "drjart@0+2 dr@0 jart@1"),
        ("men's", "mens@0 men@0"), ("Levi’s", "levis@0 levi@0"), ("shoes", "shoes@0 shoe@0"), ("a-", "a@0"),
        ("10+피카츄", "10@0 피카츄@1 피카추@1"),
        ("sm s918n", "sms918n@0+2 sm@0 s918n@1"),
        ("15 fa 1108tx", "15fa1108tx@0+3 15fa@0+2 15@0 fa1108tx@1+2 fa@1 1108tx@2"),
        ("27GP850-B", "27gp850b@0+2 27gp850@0 b@1"), ("WF-1000XM5/B", "wf1000xm5@0+2 wf@0 1000xm5@1 b@2"),
        ("ssd 512gb", "ssd@0 512gb@1+2 512@1 gb@2"), ("hello world", "hello@0 world@1"),
        ("12 34", "12@0 34@1"), ("s23+ ultra", "s23@0 s23+@0 ultra@1"), ("a1  b2", "a1@0 b2@1"),
    ])
    func modelsStandBesideTheirParts(text: String, expected: String) throws {
        #expect(try RealDictionary.analyzer().described(text) == expected)
    }

    /// Forms of one model number, a row each: all have the first one's letters and digits as a term.
    @Test(arguments: [
        [
            "sms918n", "SM-S918N", "sm s918n", "SM S918N", "갤럭시SM-S918N은", "(SM-S918N)", "[SM S918N]",
            "sm‐s918n", "SM-S918N/블랙",
        ],
        ["s918n", "SM-S918N", "sm s918n"], ["s23", "S23", "s 23", "s-23", "갤럭시S23", "갤럭시 s 23"],
        ["24gn65r", "24GN65R", "24gn 65r", "24gn-65r", "LG 24GN 65R"],
        ["27gp850b", "27GP850-B", "27gp850 b", "27GP 850 B"], ["27gp850", "27GP850-B", "27gp850 b"],
        ["wf1000xm5", "WF-1000XM5/B", "wf 1000xm5", "WF1000XM5블랙"], ["z890m", "z 890m", "Z890M"],
        ["16r1035tx", "16-r1035TX", "16r 1035tx", "16 r 1035tx"], ["iphone15", "iPhone 15", "iphone15"],
        ["rtx4070", "RTX 4070", "rtx4070 super", "RTX-4070"],
        ["anv16s41r6zq", "ANV16S-41-R6ZQ", "anv 16s41r6zq"],
        ["10x30cm", "10X30cm", "10x-30cm", "10×30cm"],
    ])
    func formsOfAModelNumberHaveItsWhole(forms: [String]) throws {
        let analyzer = try RealDictionary.analyzer()
        for form in forms {
            #expect(analyzer.terms(form).contains(forms[0]), "\(form): \(analyzer.terms(form))")
        }
    }

    @Test func aWholeOverBlanksCoversAllOfThem() throws {
        var buffer = TokenBuffer()
        let text = "갤럭시 SM S918N 블랙"
        try RealDictionary.analyzer().analyze(text, into: &buffer)
        let whole = try #require(buffer.tokens.first { buffer.text($0) == "sms918n" })
        #expect(whole.kind == .joined)
        #expect([whole.start, whole.end] == [10, 18])
    }

    @Test func endlessNeighboursGiveABoundedNumberOfTokens() throws {
        let analyzer = try RealDictionary.analyzer()
        var buffer = TokenBuffer()
        for word in ["a1", "s", "15 fa", "ab-12", "12345678901234567890a"] {
            let text = String(repeating: word + " ", count: 3_000)
            analyzer.analyze(text, into: &buffer)
            checkInvariants(buffer, byteCount: text.utf8.count, word)
            #expect(buffer.tokens.count <= 3 * 3_000 * (1 + Neighbours.maximumGroups))
        }
    }
}
