// What the catalogue teaches. Brands and categories are names whatever the dictionary says; runs of nouns
// that titles repeat are product lines; and a word of a title that sounds like the brand of the product, in
// the other script, is the same name. Everything is counted over all products of one moment of the store, so
// the same products always teach the same.

import JSON
import KoreanAnalysis
import Store

/// Learns words and synonyms from the products of a store.
public struct VocabularyLearner {
    /// How much is kept, and from how many products on.
    enum Bounds {
        static let nameByteCountMax = 120
        static let brandCountMax = 20_000
        static let categoryCountMax = 5_000
        static let lineCountMax = 500
        /// A product line stands in this share of all products, and in so many at least.
        static let lineShare = 5_000
        static let lineCountMin = 20
        /// Names of fewer syllables would cut other words in two.
        static let entrySyllableCountMin = 3
        /// Products in which two names must have met.
        static let pairCountMin = 2
        static let pairsPerBrandMax = 3
        /// A name of a brand stands with other brands at most this many times as often as with its own.
        static let strangerRatioMax = 2
    }

    private let store: ProductStore
    private let analysis: TextAnalysis

    /// Learns beside the dictionary of `analyzer`, without words that were learned or entered before.
    public init(store: ProductStore, analyzer: KoreanAnalyzer) {
        self.store = store
        analysis = TextAnalysis(KoreanAnalyzer(dictionary: analyzer.dictionary), vocabulary: .builtIn)
    }

    /// Counts the products of the store and replaces what was learned before.
    @discardableResult
    public func learn() throws -> VocabularyReceipt {
        var tally = CatalogueTally()
        let texts = StoredTexts()
        try store.forEachProduct { stored in
            var (title, brand, category) = ("", "", "")
            for (name, text) in try texts.read(stored.stored) {
                switch name {
                case "title": title = text
                case "brand": brand = text
                case "category": category = text
                default: break
                }
            }
            tally.add(title: title, brand: brand, category: category)
        }
        let learned = entries(tally)
        return try store.changeVocabulary(
            VocabularyChange(put: learned, replacing: [.learnedWord, .learnedSynonym]))
    }

    private func entries(_ tally: CatalogueTally) -> [VocabularyEntry] {
        var words: [String: LearnedWord] = [:]
        func add(_ counts: [String: Int], _ kind: LearnedWord.Kind, from countMin: Int, atMost: Int) {
            let ordered = counts.filter {
                $0.value >= countMin && $0.key.utf8.count <= Bounds.nameByteCountMax
            }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            for (name, count) in ordered.prefix(atMost) where words[name] == nil {
                words[name] = word(name, kind, count)
            }
        }
        add(tally.brands, .brand, from: 1, atMost: Bounds.brandCountMax)
        add(tally.categories, .category, from: 1, atMost: Bounds.categoryCountMax)
        let countMin = max(Bounds.lineCountMin, tally.productCount / Bounds.lineShare)
        add(
            tally.runs.filter { isNounSequence($0.key) }, .line, from: countMin, atMost: Bounds.lineCountMax)
        let synonyms = pairs(tally).map(\.entry)
        return words.values.map(\.entry).sorted { $0.name < $1.name } + synonyms
    }

    // MARK: Words

    /// A name with the entry that keeps it together, where the dictionary alone would not.
    private func word(_ name: String, _ kind: LearnedWord.Kind, _ count: Int) -> LearnedWord {
        var learned = LearnedWord(name: name, kind: kind, count: count, weight: nil, split: [])
        let syllableCount = name.unicodeScalars.count
        guard count > 1, syllableCount >= Bounds.entrySyllableCountMin, UserWord(name) != nil,
            let split = split(of: name)
        else { return learned }
        learned = LearnedWord(name: name, kind: kind, count: count, weight: Self.weight(count), split: split)
        return learned
    }

    /// More frequent names hold more firmly, but never as firmly as what a person entered.
    private static func weight(_ count: Int) -> Int {
        min(40, 15 + 2 * (Int.bitWidth - count.leadingZeroBitCount))
    }

    /// The parts in which a name is found: those that the dictionary sees. Empty where these make no sense
    /// (all of one syllable, or grammar among them); nil where the dictionary knows the name.
    private func split(of name: String) -> [String]? {
        let bytes = Array(name.utf8)
        return analysis.withTokens(of: name) { tokens -> [String]? in
            var parts: [Range<Int>] = []
            var hasStem = false
            for token in tokens.tokens where token.positionLength == 1 {
                if token.kind == .stem || token.kind == .surface { hasStem = true }
                if Int(token.position) == parts.count { parts.append(Int(token.start)..<Int(token.end)) }
            }
            if parts.count == 1, parts[0] == 0..<bytes.count, !hasStem { return nil }
            let texts = parts.map { String(decoding: bytes[$0], as: UTF8.self) }
            let isSound = tokens.removed.isEmpty && !hasStem && texts.joined() == name
            return isSound && texts.contains { $0.unicodeScalars.count > 1 } ? texts : []
        }
    }

    /// Whether a run is made of several nouns and nothing else.
    private func isNounSequence(_ run: String) -> Bool {
        analysis.withTokens(of: run) { tokens in
            tokens.removed.isEmpty && tokens.positionCount > 1
                && tokens.tokens.allSatisfy { [.word, .part, .compound].contains($0.kind) }
        }
    }

    // MARK: Synonyms

    private func pairs(_ tally: CatalogueTally) -> [LearnedSynonym] {
        var pairs: [LearnedSynonym] = []
        for (brand, words) in tally.companions.sorted(by: { $0.key < $1.key }) {
            let frequent = words.filter { $0.value >= Bounds.pairCountMin }
                .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            var found = 0
            for (word, count) in frequent where found < Bounds.pairsPerBrandMax {
                let isLatin = SoundTable.script(SoundTable.letters(word)) == .latin
                let (latin, hangul) = isLatin ? (word, brand) : (brand, word)
                guard tally.occurrences[word, default: count] <= count * (1 + Bounds.strangerRatioMax),
                    SoundTable.areOne(latin: latin, hangul: hangul),
                    let pair = LearnedSynonym(latin: latin, hangul: hangul, count: count)
                else { continue }
                pairs.append(pair)
                found += 1
            }
        }
        pairs += brandPairs(tally)
        var seen: Set<String> = []
        return pairs.filter { seen.insert($0.name).inserted }
    }

    /// Brands that are there in both scripts, perhaps because sellers write them so.
    private func brandPairs(_ tally: CatalogueTally) -> [LearnedSynonym] {
        let table = SoundTable(names: tally.brands.keys.sorted())
        var pairs: [LearnedSynonym] = []
        for (brand, count) in tally.brands.sorted(by: { $0.key < $1.key })
        where SoundTable.script(SoundTable.letters(brand)) == .latin {
            for other in table.matches(brand) {
                let both = min(count, tally.brands[other] ?? 0)
                if let pair = LearnedSynonym(latin: brand.lowercased(), hangul: other, count: both) {
                    pairs.append(pair)
                }
            }
        }
        return pairs
    }
}
