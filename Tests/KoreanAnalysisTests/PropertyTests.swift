// What holds for every text, tried on many: a few thousand in an ordinary run, a million with
//
//     tools/properties [COUNT] [FILE of real texts, a line each]
//
// 1. Positions rise without gaps, each has a token of one position, and offsets lie inside of the text.
// 2. Where a boundary is, nothing to its right changes what is to its left.
// 3. NFC, NFD, full-width, compatibility jamo, zero-width and soft-hyphen forms give the same terms.

import Glibc
import Testing

@testable import KoreanAnalysis

enum PropertyCounts {
    private static let given = getenv("SAEKIN_PROPERTIES").flatMap { Int(String(cString: $0)) }
    static var isLong: Bool { given != nil }
    static var count: Int { given ?? 3_000 }

    /// Lines of the file named in SAEKIN_TEXTS.
    static func texts() -> [String] {
        guard let path = getenv("SAEKIN_TEXTS"), let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var texts: [String] = []
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while texts.count < 2_000_000 {
            let length = getline(&line, &capacity, file)
            guard length > 0, let start = line else { break }
            let bytes = UnsafeBufferPointer(start: start, count: length)
            texts.append(
                String(decoding: bytes.map { UInt8(bitPattern: $0) }.filter { $0 != 10 }, as: UTF8.self))
        }
        return texts
    }
}

/// What `TokenBuffer` promises and this one does not keep; nil if it keeps all. Quicker than an expectation
/// each.
func invariantProblem(_ buffer: TokenBuffer, byteCount: Int) -> String? {
    var single = [Bool](repeating: false, count: Int(buffer.positionCount))
    var previous: UInt32 = 0
    for token in buffer.tokens {
        let end = token.position + UInt32(token.positionLength)
        if token.start >= token.end || Int(token.end) > byteCount {
            return "offsets of \(buffer.text(token))"
        }
        if token.termLength == 0 { return "an empty term" }
        if token.position < previous { return "positions fall" }
        if token.positionLength == 0 || end > buffer.positionCount {
            return "\(buffer.text(token)) reaches out"
        }
        previous = token.position
        if token.positionLength == 1 { single[Int(token.position)] = true }
    }
    if !single.allSatisfy({ $0 }) { return "a position without a token of its own" }
    for span in buffer.removed where span.start >= span.end || Int(span.end) > byteCount {
        return "removed spans"
    }
    return nil
}

@Suite struct PropertyTests {
    private static let pieces = [
        "삼성", "노트북", "나이키", "운동화", "를", "에서", "와이드", "로고", "팬츠", "카라", "반팔", "니트", "무", "비", "급여", "설탕",
        "악세사리", "쥬스", "케익", "500ml", "4개입", "10.1인치", "SM-S918N", "아이폰15프로", "C++", "USB", "예쁜", "샀는데", "뷁",
        "ㅋㅋ", "大韓", "1+1", "(", ")", ",", "-", "·", "용", "신제품", "가", "이", "은",
    ]

    private func randomText(_ random: inout SeededGenerator) -> String {
        let kind = Int.random(in: 0..<3, using: &random)
        let count = Int.random(in: 1...8, using: &random)
        if kind == 0 {
            return String((0..<count).map { _ in random.pick(Array(Words.syllables)) })
        }
        if kind == 1 {
            // Any syllables at all.
            return (0..<count).map { _ -> String in
                let value = UInt32.random(in: 0xAC00...0xD7A3, using: &random)
                return String(Character(Unicode.Scalar(value)!))
            }.joined(separator: Int.random(in: 0..<4, using: &random) == 0 ? " " : "")
        }
        return (0..<count).map { _ -> String in
            random.pick(Self.pieces) + (Int.random(in: 0..<3, using: &random) == 0 ? " " : "")
        }.joined()
    }

    private func text(_ number: Int, _ real: [String], _ random: inout SeededGenerator) -> String {
        number % 2 == 0 && !real.isEmpty ? random.pick(real) : randomText(&random)
    }

    @Test func positionsAndOffsetsOfAnyTextAreSound() throws {
        let analyzer = try RealDictionary.analyzer()
        let real = PropertyCounts.texts()
        var random = SeededGenerator()
        var buffer = TokenBuffer()
        for number in 0..<PropertyCounts.count {
            let text = text(number, real, &random)
            analyzer.analyze(text, into: &buffer)
            if let problem = invariantProblem(buffer, byteCount: text.utf8.count) {
                Issue.record("\(problem): \(text.debugDescription) SAEKIN_SEED=\(random.seed)")
            }
        }
    }

    @Test func whatFollowsABoundaryNeverChangesASplitBeforeIt() throws {
        let analyzer = try RealDictionary.analyzer()
        let real = PropertyCounts.texts()
        var random = SeededGenerator()
        var alone = TokenBuffer()
        var together = TokenBuffer()
        for number in 0..<PropertyCounts.count {
            // Letters and digits may join over a blank; Hangul never does.
            let left = String(
                text(number, real, &random).filter { !$0.isASCII || $0 == " " })
            let right = random.pick([" ", ")", "! ", "\n", "~"]) + randomText(&random)
            analyzer.analyze(left, into: &alone)
            analyzer.analyze(left + right, into: &together)
            // A numeral in Hangul may also be the number of a unit behind a blank (만 도): that stands beside
            // the split, and reaches over the boundary.
            let end = left.utf8.count
            let kept = together.tokens.lazy.filter { $0.kind != .quantity || $0.end <= end }
                .prefix(alone.tokens.count)
            let isSame = zip(alone.tokens, kept).allSatisfy { a, b in
                a.start == b.start && a.end == b.end && a.position == b.position && a.kind == b.kind
                    && a.positionLength == b.positionLength && alone.text(a) == together.text(b)
            }
            if !isSame || kept.count < alone.tokens.count {
                Issue.record("\((left + right).debugDescription) SAEKIN_SEED=\(random.seed)")
            }
        }
    }

    @Test func allFormsOfATextGiveTheSameTerms() throws {
        let analyzer = try RealDictionary.analyzer()
        let real = PropertyCounts.texts()
        var random = SeededGenerator()
        for number in 0..<PropertyCounts.count / 4 {
            let text = text(number, real, &random)
            // Real texts hold what is no form of anything: jamo, marks, ignorable code points.
            guard text.unicodeScalars.allSatisfy({ Forms.isPlain($0) }) else { continue }
            let plain = analyzer.described(text)
            for (name, form) in [
                ("NFD", Forms.decomposed(text)), ("full width", Forms.fullWidth(text)),
                ("compatibility jamo", Forms.compatibilityJamo(text)),
                ("zero width", Forms.interspersed(text, "\u{200B}")),
                ("soft hyphen", Forms.interspersed(text, "\u{AD}")),
            ] where analyzer.described(form) != plain {
                let found = analyzer.described(form)
                Issue.record("\(name) of \(text): \(found), not \(plain); SAEKIN_SEED=\(random.seed)")
            }
        }
    }
}

/// Other ways to encode a text.
private enum Forms {
    static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        (0x20..<0x7F).contains(scalar.value) || (0xAC00...0xD7A3).contains(scalar.value)
    }

    private static func mapped(_ text: String, _ change: (UInt32) -> [UInt32]) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            for value in change(scalar.value) { result.unicodeScalars.append(Unicode.Scalar(value)!) }
        }
        return result
    }

    private static func jamo(_ value: UInt32) -> (UInt32, UInt32, UInt32)? {
        guard (0xAC00...0xD7A3).contains(value) else { return nil }
        let index = value - 0xAC00
        return (index / 588, index / 28 % 21, index % 28)
    }

    static func decomposed(_ text: String) -> String {
        mapped(text) { value in
            guard let (initial, vowel, final) = jamo(value) else { return [value] }
            return [0x1100 + initial, 0x1161 + vowel] + (final > 0 ? [0x11A7 + final] : [])
        }
    }

    static func compatibilityJamo(_ text: String) -> String {
        mapped(text) { value in
            guard let (initial, vowel, final) = jamo(value) else { return [value] }
            let letters = [0x1100 + initial, 0x1161 + vowel] + (final > 0 ? [0x11A7 + final] : [])
            return letters.map(Jamo.compatibility)
        }
    }

    static func fullWidth(_ text: String) -> String {
        mapped(text) { value in
            if value == 0x20 { return [0x3000] }
            return (0x21..<0x7F).contains(value) ? [value + 0xFEE0] : [value]
        }
    }

    static func interspersed(_ text: String, _ invisible: Unicode.Scalar) -> String {
        mapped(text) { [$0, invisible.value] }
    }
}
