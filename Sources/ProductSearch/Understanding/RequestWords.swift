// Words by which people ask rather than what they ask for: 찾고 있어요, 파는 곳, 추천해 주세요, 얼마예요. A product that
// happens to say 있어요 is no better for it, so they are left out of a query that asks for anything else.

import KoreanAnalysis

/// Which positions of a query only carry the request.
enum RequestWords {
    /// Stems that, with an ending, ask or offer.
    private static let verbs = terms([
        "찾", "사", "팔", "있", "보이", "보", "알리", "구하", "싶", "되", "원하", "나오", "만들", "주", "계시", "하", "부탁",
        "가르치", "파",
    ])
    /// Words that ask.
    private static let questions = terms([
        "얼마", "무엇", "뭐", "누구", "어디", "언제", "몇", "어느", "어떤", "왜", "어떻", "어떻게", "무슨",
    ])
    /// Words that ask where they end a query.
    private static let closings = terms(["추천", "가격", "부탁", "구매", "구입", "판매"])
    /// Words that say nothing behind a verb: 파는 곳.
    private static let bound = terms(["곳", "것", "거", "데", "수"])
    /// Words that only tie two others, with 의: 소루 브랜드의 팬츠.
    private static let ties = terms(["브랜드", "느낌", "제품", "상품"])

    private static func terms(_ words: [String]) -> Set<[UInt8]> { Set(words.map { Array($0.utf8) }) }

    private struct Word {
        var forms: [[UInt8]] = []
        var isStem = false
        var isNoun = false
        /// What is written, particles and endings included.
        var surface: [UInt8] = []
        var isInCompound = false
    }

    /// The positions; none where nothing else would be left.
    static func positions(in tokens: borrowing TokenBuffer) -> Set<Int> {
        var words = [Word](repeating: Word(), count: Int(tokens.positionCount))
        for token in tokens.tokens {
            let first = Int(token.position)
            if token.positionLength > 1 {
                for position in first..<first + Int(token.positionLength) {
                    words[position].isInCompound = true
                }
            } else if token.kind == .surface {
                words[first].surface = Array(tokens.term(token))
            } else {
                words[first].forms.append(Array(tokens.term(token)))
                words[first].isStem = words[first].isStem || token.kind == .stem
                words[first].isNoun = words[first].isNoun || token.kind == .word
            }
        }
        var found: Set<Int> = []
        for (index, word) in words.enumerated() where isRequest(word, index, words, found) {
            found.insert(index)
        }
        for index in words.indices.reversed() {
            if found.contains(index) { continue }
            guard has(words[index], closings), !words[index].isInCompound else { break }
            found.insert(index)
        }
        return found.count < words.count ? found : []
    }

    private static func isRequest(_ word: Word, _ index: Int, _ words: [Word], _ found: Set<Int>) -> Bool {
        guard !word.isInCompound else { return false }
        if word.isStem, !word.surface.isEmpty, has(word, verbs) { return true }
        if has(word, questions) { return true }
        if has(word, bound), index > 0, words[index - 1].isStem { return true }
        if has(word, ties), word.surface.suffix(3).elementsEqual("의".utf8), index > 0 { return true }
        // 사고 is an accident, unless somebody wants to buy.
        return index + 1 < words.count && words[index + 1].isStem && has(words[index + 1], terms(["싶"]))
            && (has(word, terms(["사고", "보고"])))
    }

    private static func has(_ word: Word, _ terms: Set<[UInt8]>) -> Bool {
        word.forms.contains { terms.contains($0) }
    }
}
