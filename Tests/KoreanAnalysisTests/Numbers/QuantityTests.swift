// Quantities: what equals what, as terms at exact offsets, and what must not.

import Testing

@testable import KoreanAnalysis

@Suite struct QuantityTests {
    private func canonical(_ number: String, _ unit: String) throws -> [String] {
        let unit = try #require(UnitTable.unit(Array(unit.utf8)))
        return Quantity.canonical(number: Array(number.utf8), unit: unit).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// Texts that mean the same quantity, a row each.
    static let equals: [[String]] = [
        [
            "500ml", "0.5L", "500 ml", "500미리", "500밀리리터", "500 밀리리터", "500cc", "50cl", "5dl", "오백미리",
            "오백 ml", "500㎖",
        ],
        ["1kg", "1000g", "1킬로", "1 kg", "1000 그램", "1,000g", "1키로", "1킬로그램"],
        ["250mg", "0.25g"], ["2m", "200cm", "2000mm", "2 미터", "0.002km"],
        ["27인치", "27\"", "27형", "27 inch", "27in", "27 인치", "27”", "27''", "27″", "68.6cm", "686mm"],
        ["10.1인치", "10.1\"", "10.1 inch"], ["15.6인치", "39.6cm", "39.62cm"],
        ["240mm", "24cm", "240 mm", "24센치", "240"],
        ["2개입", "2입", "2p", "2개", "2ea", "2 개", "두 개", "두개", "2 pcs"],
        ["10매", "10장", "10매입", "10 매", "열 장"], ["60정", "60알", "60캡슐", "60 캡슐"],
        ["3겹", "3ply", "3 ply"], ["한박스", "1박스", "한 박스", "1 box"], ["세 병", "3병", "3 병입"],
        ["1TB", "1024GB", "1테라", "1 tb"], ["1TB", "1000GB"], ["1GB", "1024MB", "1기가"], ["0.5GB", "512MB"],
        ["1.5kW", "1500W", "1500와트"], ["20000mAh", "20Ah", "20 Ah"], ["5GHz", "5000MHz"],
        ["144Hz", "144헤르츠"],
        ["1600dpi", "1600 dpi"], ["220V", "220볼트", "220 v"], ["3단계", "3 단계"], ["스무 개", "20개"],
        ["다섯 켤레", "5켤레", "5족"],
        ["10만원", "100,000원", "십만원"], ["만원", "10000원"], ["16도", "16 도수"], ["21호", "21 호"],
    ]

    @Test(arguments: equals)
    func equalQuantitiesHaveATermInCommon(texts: [String]) throws {
        let analyzer = try RealDictionary.analyzer()
        var buffer = TokenBuffer()
        var shared: Set<String>?
        for text in texts {
            analyzer.analyze(text, into: &buffer)
            checkInvariants(buffer, byteCount: text.utf8.count, text)
            // Wholes that stand for all of the text.
            let wholes = buffer.tokens.filter {
                [.quantity, .joined].contains($0.kind) && $0.start == 0 && Int($0.end) == text.utf8.count
            }
            let terms = Set(wholes.map { buffer.text($0) })
            shared = shared?.intersection(terms) ?? terms
            #expect(shared?.isEmpty == false, "\(text) is \(terms.sorted())")
        }
    }

    /// Pairs that must have no quantity in common.
    @Test(arguments: [
        ("500ml", "500g"), ("500ml", "50ml"), ("10.1인치", "10인치"), ("10.1인치", "1인치"), ("240mm", "245mm"),
        ("1080p", "1080개"), ("2024형", "2024인치"), ("3단", "3단계"), ("10매", "10정"), ("0.5L", "5L"),
        ("235", "240mm"),
        ("240", "240ml"), ("350", "350mm"), ("243", "243mm"), ("27인치", "24인치"), ("1TB", "1GB"),
    ])
    func otherQuantitiesHaveNone(one: String, other: String) throws {
        let analyzer = try RealDictionary.analyzer()
        func quantities(_ text: String) -> Set<String> {
            var buffer = TokenBuffer()
            analyzer.analyze(text, into: &buffer)
            return Set(buffer.tokens.filter { $0.kind == .quantity }.map { buffer.text($0) })
        }
        #expect(quantities(one).isDisjoint(with: quantities(other)))
    }

    @Test(arguments: [
        ("500ml", "500ml@0+2 500@0 ml@1"), ("0.5L", "0.5l@0+2 500ml@0+2 0.5@0 l@1"),
        ("500미리", "500미리@0+2 500ml@0+2 500@0 미리@1"), ("240mm", "240mm@0+2 240@0 mm@1"),
        ("4개입", "4개입@0+2 4ea@0+2 4@0 개입@1"),
        ("10.1인치", "10.1인치@0+2 10.1inch@0+2 257mm@0+2 10.1@0 인치@1"),
        ("1+1", "1+1@0+2 1@0 1@1"), ("2+1", "2+1@0+2 2@0 1@1"), ("10P", "10p@0+2 10ea@0+2 10@0 p@1"),
        ("1,290원", "1290원@0+2 1290@0 원@1"), ("1080p", "1080p@0+2 1080@0 p@1"),
        ("50%", "50@0 50%@0"), ("㎖", "ml@0"), ("10㎖", "10ml@0+2 10@0 ml@1"),
        ("100x200", "100x200@0+2 100@0 200@1"), ("30x30 cm", "30x30@0+2 30@0 30cm@1+2 300mm@1+2 30@1 cm@2"),
        ("1.5kg", "1.5kg@0+2 1500g@0+2 1.5@0 kg@1"), ("2023.12.31", "20231231@0+3 2023@0 12@1 31@2"),
        ("500 ml", "500ml@0+2 500@0 ml@1"), ("27\"", "27inch@0 686mm@0 27@0"), ("250", "250@0 250mm@0"),
        ("두 개", "2개@0+2 2ea@0+2 두@0 개@1"), ("500 ml 2 개", "500ml@0+2 500@0 ml@1 2개@2+2 2ea@2+2 2@2 개@3"),
    ])
    func quantitiesStandBesideTheirParts(text: String, expected: String) throws {
        #expect(try RealDictionary.analyzer().described(text) == expected)
    }

    @Test(arguments: [
        "2 구매", "500  ml", "500, ml", "500\tx", "한정", "네일", "두부", "백도", "이 개", "사장", "두 원", "세일", "한우",
        "1 장갑", "삼성", "오일", "만두", "천장", "구두 병",
    ])
    func whatIsNoQuantityGivesNone(text: String) throws {
        var buffer = TokenBuffer()
        try RealDictionary.analyzer().analyze(text, into: &buffer)
        #expect(!buffer.tokens.contains { $0.kind == .quantity }, "\(buffer.tokens.map { buffer.text($0) })")
    }

    @Test func offsetsOfAQuantityOverABlankAreExact() throws {
        let text = "생수 500 미리를 산다"
        var buffer = TokenBuffer()
        try RealDictionary.analyzer().analyze(text, into: &buffer)
        let quantities = buffer.tokens.filter { $0.kind == .quantity }
        #expect(quantities.map { buffer.text($0) } == ["500미리", "500ml"])
        for token in quantities {
            let bytes = Array(text.utf8)[Int(token.start)..<Int(token.end)]
            #expect(String(decoding: bytes, as: UTF8.self) == "500 미리")
            #expect(token.position == 1 && token.positionLength == 2)
        }
    }

    @Test func canonicalSpellingsAreExact() throws {
        #expect(try canonical("1.250", "kg") == ["1250g"])
        #expect(try canonical("2.5", "mg") == ["0.0025g"])
        #expect(try canonical("17", "인치") == ["17inch", "432mm"])
        #expect(try canonical("0", "g") == ["0g"])
        #expect(try canonical("0.1", "l") == ["100ml"])
        #expect(try canonical("9.94", "cm") == ["99.4mm"])
        #expect(try canonical("10.05", "cm") == ["101mm"])
        #expect(try canonical("10.04", "cm") == ["100mm"])
        #expect(try canonical("1000", "mb") == ["1gb"])
        #expect(try canonical("512", "mb") == ["0.512gb", "0.5gb"])
    }

    @Test(arguments: [
        ("1.2.3", "l"), ("99999999999999999999", "ml"), ("12345678901234", "km"), ("", "형"), ("1080", "p"),
        ("2024", "형"), ("0.99999999999999999999999999", "l"),
    ])
    func whatIsNoNumberOrDoesNotFitHasNone(number: String, unit: String) throws {
        #expect(try canonical(number, unit) == [])
    }

    @Test(arguments: [
        "1e400", "999999999999999999999ml", "99999999999999999999 ml", "0.0000000000000000000001 kg", "1.",
        ".5l", "5.l",
        "-0ml", "1,,000원", "٣ ml", "１２ ｍｌ", "\"\"27\"\"", "1'' 2'''", "5\"5\"5\"", "만만만원", "백천만억원",
        "일이삼사오육칠팔구십백천만",
        "열열열 개", "\u{2033}", "1\u{2033}", "27\"\u{301}",
    ])
    func hostileNumbersKeepThePromises(text: String) throws {
        let analyzer = try RealDictionary.analyzer()
        var buffer = TokenBuffer()
        for text in [text, text + text, String(repeating: text + " ", count: 500), "a" + text + "가"] {
            analyzer.analyze(text, into: &buffer)
            checkInvariants(buffer, byteCount: text.utf8.count, text)
        }
    }

    @Test func aUnitInTheNextWindowStillMeetsItsNumber() throws {
        let analyzer = try RealDictionary.analyzer()
        var buffer = TokenBuffer()
        // Wherever windows are cut, one of these is cut between the number and the unit.
        for filler in 0..<8 {
            let text =
                String(repeating: "a", count: filler) + " " + String(repeating: "500 ml ", count: 5_000)
            analyzer.analyze(text, into: &buffer)
            #expect(buffer.tokens.filter { buffer.text($0) == "500ml" }.count == 5_000)
        }
    }
}

@Suite struct HangulNumeralTests {
    @Test(arguments: [
        ("한", 1, 1), ("두개", 2, 1), ("열두", 12, 2), ("스물다섯", 25, 4), ("이십", 20, 2), ("오백", 500, 2),
        ("천오백", 1500, 3),
        ("만", 10_000, 1), ("이십오만", 250_000, 4), ("십이만삼천", 123_000, 5), ("천이백삼십사", 1234, 6), ("백천", 100, 1),
    ])
    func numeralsAreRead(text: String, value: Int64, length: Int) throws {
        let numeral = try #require(Array(text.utf16).withUnsafeBufferPointer { HangulNumeral($0) })
        #expect(numeral.value == value)
        #expect(numeral.length == length)
    }

    @Test(arguments: ["", "이", "사과", "가방", "구"])
    func otherWordsAreNoNumerals(text: String) {
        #expect(Array(text.utf16).withUnsafeBufferPointer { HangulNumeral($0) == nil })
    }
}
