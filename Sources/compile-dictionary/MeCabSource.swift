// Turns a MeCab folder of mecab-ko-dic into what the dictionary builder takes. Only words written in Hangul
// are kept: other scripts are split by rules, not by the dictionary.

import KoreanAnalysis

/// A dictionary folder of mecab-ko-dic.
struct MeCabSource {
    private let folder: String
    private(set) var dictionary = DictionarySource()
    private(set) var skippedCount = 0
    /// Added to the cost of every word, so that 등산화 is preferred to 등산 and 화: the parts of a compound are
    /// given anyway, but a whole that the path does not go through is lost. Measured on marked-up text and
    /// product titles.
    private static let costOfPart = 700
    /// Last syllables of the endings that only sentences end with.
    private static let sentenceEnds = Set("다요까".utf16)
    /// The right context of all final endings that end in a vowel, and that of those in `sentenceEnds`.
    private var sentenceEnding = (general: -1, own: -1)
    /// Penalty class by MeCab's part-of-speech id.
    private var penaltyClasses: [Int: UInt8] = [:]

    init(folder: String) throws {
        self.folder = folder
        let matrix = try MeCabMatrix(path: folder + "/matrix.bin")
        dictionary.costs = matrix.costs
        dictionary.rightCount = matrix.rightCount
        dictionary.leftCount = matrix.leftCount
        try readPenalties()
        try readContexts()
        try MeCabLexicon(path: folder + "/unk.dic").forEachToken { token in
            guard token.surface == Array("HANGUL".utf8) else { return }
            dictionary.unknown = (token.left, token.right, token.cost)
        }
        try MeCabLexicon(path: folder + "/sys.dic").forEachToken { token in
            if let entry = entry(of: token) { dictionary.entries.append(entry) } else { skippedCount += 1 }
        }
    }

    /// `left-space-penalty-factor = id,cost,id,cost...`: what MeCab-ko adds where such a word follows white
    /// space.
    private mutating func readPenalties() throws {
        let path = folder + "/dicrc"
        let text = String(decoding: try readFile(path), as: UTF8.self)
        var costs: [Int16] = [0]
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("left-space-penalty-factor")
        {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let numbers = line[line.index(after: equals)...].split(separator: ",").map { field in
                Int(String(field.filter { !$0.isWhitespace }))
            }
            for pair in stride(from: 0, to: numbers.count - 1, by: 2) {
                guard let id = numbers[pair], let number = numbers[pair + 1],
                    let cost = Int16(exactly: number)
                else {
                    throw SourceError(path, "bad line: \(line)")
                }
                if !costs.contains(cost) { costs.append(cost) }
                penaltyClasses[id] = UInt8(costs.firstIndex(of: cost)!)
            }
        }
        guard costs.count > 1, costs.count <= dictionary.penalties.count else {
            throw SourceError(path, "has \(costs.count - 1) left-space penalties; 1 to 3 can be kept")
        }
        for (index, cost) in costs.enumerated() { dictionary.penalties[index] = cost }
    }

    /// What stands for "white space goes before", "a number goes before", and so on, and for "the word ends
    /// here".
    ///
    /// The dictionary's costs are of running text, where white space leaves no trace. A word after white
    /// space follows the beginning of a sentence, a noun or an ending alike, and what ends a word mostly goes
    /// before a noun; with the costs of a sentence's true end, 신발의 would not keep its particle.
    private mutating func readContexts() throws {
        let right = try MeCabContexts(path: folder + "/right-id.def")
        dictionary.contexts = [
            try ["BOS/EOS", "ETM", "NNG", "EC"].flatMap { try right.general($0) },
            try right.general("SN"),
            try right.general("NNG"),
            try right.general("SSC"),
        ]
        try addEndings(after: right.general("EF")[0])
    }

    /// The context of a word's end is that before a noun. Final endings hardly ever go before a noun, and at
    /// that cost 것이다 would be 것, 이 and the adverb 다; so those that only sentences end with have a right
    /// context of their own, which counts as much the mark of a sentence's end. 어 and 지 also end many names
    /// and are left as they are.
    private mutating func addEndings(after final: Int) throws {
        let lefts = try MeCabContexts(path: folder + "/left-id.def")
        let (nouns, marks) = try (lefts.general("NNG"), lefts.general("SF"))
        let (rightCount, leftCount) = (dictionary.rightCount, dictionary.leftCount)
        func mean(_ right: Int, before followers: [Int]) -> Int16 {
            let sum = followers.reduce(0) { $0 + Int(dictionary.costs[right + rightCount * $1]) }
            return Int16(sum / followers.count)
        }
        var costs: [Int16] = []
        costs.reserveCapacity((rightCount + 1) * (leftCount + 1))
        for left in 0..<leftCount {
            let row = dictionary.costs[rightCount * left..<rightCount * (left + 1)]
            costs += row
            costs.append(row[row.startIndex + final])
        }
        for right in 0..<rightCount { costs.append(mean(right, before: nouns)) }
        costs.append(mean(final, before: nouns + marks))
        dictionary.costs = costs
        sentenceEnding = (final, rightCount)
        dictionary.rightCount += 1
        dictionary.endings = [leftCount]
        dictionary.leftCount += 1
    }

    /// The right context of a reading: the own one of endings that only sentences end with.
    private func rightContext(of token: MeCabToken, _ surface: [UInt16]) -> Int {
        let isFinal = token.right == sentenceEnding.general && Self.sentenceEnds.contains(surface.last ?? 0)
        return isFinal ? sentenceEnding.own : token.right
    }

    private func entry(of token: MeCabToken) -> DictionaryEntry? {
        let surface = Array(String(decoding: token.surface, as: UTF8.self).utf16)
        guard surface.count <= 32, surface.allSatisfy({ $0 >= 0xAC00 && $0 <= 0xD7A3 }),
            token.features.count >= 8,
            let firstTag = token.features[0].split(separator: "+").first
        else { return nil }
        let tag = PartOfSpeech(name: firstTag) ?? .unknown
        let parts = token.features[4] == "*" ? [] : parts(of: token.features[7], surface: surface)
        if let first = parts.first, !beginsAlike(first, surface) { return nil }
        return DictionaryEntry(
            surface: surface, left: token.left, right: rightContext(of: token, surface),
            cost: Int16(clamping: Int(token.cost) + Self.costOfPart), tag: tag,
            penalty: penaltyClasses[token.partOfSpeechID] ?? 0,
            parts: parts)
    }

    /// Whether an inflected word begins with the consonant of its stem, as all do but colloquial and mistaken
    /// entries (를 as 의대 + 를, 카 as 하 + 아), which do harm among product names.
    private func beginsAlike(_ part: ExpressionPart, _ surface: [UInt16]) -> Bool {
        guard !part.tag.isParticle, !part.tag.isEnding, part.tag != .VCP, let own = part.text.first,
            own >= 0xAC00, own <= 0xD7A3
        else { return true }
        return (own - 0xAC00) / 588 == (surface[0] - 0xAC00) / 588
    }

    /// `text/tag/meaning+text/tag/meaning...`; empty, so that the word stays whole, where that says nothing
    /// sound.
    private func parts(of expression: Substring, surface: [UInt16]) -> [ExpressionPart] {
        var parts: [ExpressionPart] = []
        for piece in expression.split(separator: "+", omittingEmptySubsequences: false) {
            let fields = piece.split(separator: "/", omittingEmptySubsequences: false)
            guard fields.count >= 2, let tag = PartOfSpeech(name: fields[1]) else { return [] }
            let text = Array(withoutHomographNumber(fields[0]).utf16)
            guard !text.isEmpty, text.allSatisfy({ $0 >= 0x1100 }) else { return [] }
            parts.append(ExpressionPart(tag: tag, text: text))
        }
        let areNouns = parts.allSatisfy { !$0.tag.isParticle && !$0.tag.isEnding && !$0.tag.isPredicate }
        let isSound = !areNouns || parts.flatMap(\.text) == surface
        return isSound && parts.count > 1 || !areNouns ? parts : []
    }

    /// `가격__01` and `가격01` are `가격`: numbers that tell homographs apart are no part of a word.
    private func withoutHomographNumber(_ text: Substring) -> Substring {
        var end = text.endIndex
        while end > text.startIndex {
            let last = text[text.index(before: end)]
            guard last.isASCII, last.isNumber || last == "_" else { break }
            end = text.index(before: end)
        }
        return text[..<end]
    }
}
