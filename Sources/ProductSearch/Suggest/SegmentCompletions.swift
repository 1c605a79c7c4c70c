// Reads what a segment's products can be found by - brands, categories and the words of their titles - and
// makes the completions of it. Products that are not shown take no part; what is left after deletes and
// changes of status is told by a fingerprint, so that completions are made anew only when it differs.

import Engine
import JSON
import KoreanAnalysis
import Store

/// Which products give completions.
public struct SuggestOptions: Sendable {
    /// Whether products that cannot be bought for now do, as they are found by searches.
    public var includesSoldOut = true

    public init() {}
}

/// The products of a segment that give completions, and how much each counts.
struct CompletedProducts {
    /// Documents of a window, as columns have them.
    private static let windowCount = 4_096

    private(set) var isIncluded: [Bool]
    private(set) var count = 0
    /// The same for the same products.
    private(set) var fingerprint: UInt64 = 0xCBF2_9CE4_8422_2325
    private let view: SegmentView
    private let fields: ProductFields

    init(_ view: SegmentView, fields: ProductFields, options: SuggestOptions) throws(SegmentError) {
        self.view = view
        self.fields = fields
        let documentCount = Int(view.segment.documentCount)
        isIncluded = (0..<documentCount).map { view.liveDocs?.contains(DocID($0)) ?? true }
        let hidden = ProductStatus.hidden.rawValue
        let soldOut = ProductStatus.soldOut.rawValue
        var included = isIncluded
        try Self.forEachValue(fields.status, view) { document, status in
            if status == hidden || status == soldOut && !options.includesSoldOut {
                included[document] = false
            }
        }
        if !options.includesSoldOut {
            try Self.forEachValue(fields.stock, view) { document, stock in
                if stock <= 0 { included[document] = false }
            }
        }
        isIncluded = included
        for isIncluded in isIncluded {
            fingerprint = (fingerprint ^ (isIncluded ? 1 : 2)) &* 0x100_0000_01B3
            count += isIncluded ? 1 : 0
        }
    }

    /// The weight of each product: one that sells or is spoken of counts more, by the order of magnitude.
    func weights() throws(SegmentError) -> [UInt32] {
        var weights = [UInt32](repeating: 16, count: isIncluded.count)
        for (field, factor) in [(fields.salesCount, UInt32(8)), (fields.reviewCount, UInt32(4))] {
            try Self.forEachValue(field, view) { document, count in
                let magnitude = count <= 0 ? 0 : UInt32(Int64.bitWidth - count.leadingZeroBitCount)
                weights[document] += factor * magnitude
            }
        }
        return weights
    }

    /// Hands the current values of a number to `body`.
    private static func forEachValue(
        _ field: FieldID, _ view: SegmentView, _ body: (Int, Int64) -> Void
    ) throws(SegmentError) {
        let column = view.segment.integerColumn(field)
        let overlay = view.overlay.flatMap { $0.hasValues(field) ? $0 : nil }
        guard column != nil || overlay != nil else { return }
        let documentCount = Int(view.segment.documentCount)
        var values = [Int64](repeating: 0, count: windowCount)
        var present = [UInt64](repeating: 0, count: windowCount / 64)
        for window in 0..<(documentCount + windowCount - 1) / windowCount {
            try values.withUnsafeMutableBufferPointer { values throws(SegmentError) in
                try present.withUnsafeMutableBufferPointer { present throws(SegmentError) in
                    // SAFETY: both have the sizes that column and overlay ask for, for one window.
                    guard let values = values.baseAddress, let present = present.baseAddress else { return }
                    if let column {
                        try column.decode(window: window, values: values, present: present)
                    } else {
                        present.update(repeating: 0, count: windowCount / 64)
                    }
                    overlay?.apply(field, window: window, values: values, present: present)
                }
            }
            for offset in 0..<min(windowCount, documentCount - window * windowCount)
            where present[offset / 64] >> UInt64(offset % 64) & 1 == 1 {
                body(window * windowCount + offset, values[offset])
            }
        }
    }
}

/// Makes the completions of one segment.
struct SegmentCompletions {
    /// Names of brands and categories are worth more than words of titles: a shop is sorted by them.
    private static let brandFactor: UInt32 = 4
    private static let categoryFactor: UInt32 = 2
    /// Up to so many products every phrase counts; beyond, those of one title alone do not.
    private static let everyPhraseCountMax = 1_000
    private static let frequentPhraseCountMin = 2

    private let view: SegmentView
    private let fields: ProductFields
    private let analyzer: KoreanAnalyzer
    private let products: CompletedProducts
    private let weights: [UInt32]
    private var entries: [CompletionEntry] = []
    private var titles: TitleIndex?

    private init(
        _ view: SegmentView, _ products: CompletedProducts, fields: ProductFields, analyzer: KoreanAnalyzer
    ) throws(SegmentError) {
        self.view = view
        self.products = products
        self.fields = fields
        self.analyzer = analyzer
        weights = try products.weights()
    }

    /// The completions of `products`.
    static func index(
        of view: SegmentView, _ products: CompletedProducts, fields: ProductFields, analyzer: KoreanAnalyzer
    ) throws(SegmentError) -> (completions: CompletionIndex, titles: TitleIndex?) {
        var reading = try SegmentCompletions(view, products, fields: fields, analyzer: analyzer)
        var rows = try reading.readTitles()
        try reading.readNames(fields.brand, .brand, factor: brandFactor, &rows)
        try reading.readNames(fields.category, .category, factor: categoryFactor, &rows)
        return (CompletionIndex(reading.entries, rows: rows), reading.titles)
    }

    // MARK: Titles

    private mutating func readTitles() throws(SegmentError) -> CompletionRows {
        let parser = JSONParser()
        var titles = TitleWords(analyzer: analyzer)
        var documents: [DocID] = []
        var damage: JSONError?
        try view.segment.forEachStored { document, stored throws(SegmentError) in
            guard products.isIncluded[Int(document)] else { return true }
            stored.withUnsafeBufferPointer { bytes in
                do throws(JSONError) {
                    try parser.withDocument(bytes) { root in
                        root.forEachMember { name, value in
                            guard name.matches("title"), value.kind == .string else { return }
                            value.name.withBytes { titles.append($0) }
                            documents.append(document)
                        }
                    }
                } catch {
                    damage = damage ?? error
                }
            }
            return true
        }
        if let damage {
            throw SegmentError(
                .damaged, file: view.segment.name, section: .stored, "a product is not JSON: \(damage)")
        }
        let titleWeights = documents.map { weights[Int($0)] }
        self.titles = TitleIndex(titles, documents: documents, weights: titleWeights)
        let countMin = products.count <= Self.everyPhraseCountMax ? 1 : Self.frequentPhraseCountMin
        var counter = PhraseCounter(
            titles, weights: titleWeights, countMin: countMin)
        entries = counter.phrases().map { phrase in
            CompletionEntry(
                words: phrase.words, rank: phrase.weight, count: phrase.count,
                product: documents[Int(phrase.title)], kind: .phrase)
        }
        return titles.rows()
    }

    // MARK: Names

    private struct Name {
        var weight: UInt32 = 0
        var count: UInt32 = 0
        var product: UInt32 = .max
    }

    private mutating func readNames(
        _ field: FieldID, _ kind: CompletionKind, factor: UInt32, _ rows: inout CompletionRows
    ) throws(SegmentError) {
        guard let column = view.segment.keywordColumn(field) else { return }
        var names = [Name](repeating: Name(), count: Int(column.termCount))
        var values = KeywordWindow()
        for window in 0..<column.windowCount {
            try column.decode(window: window, into: &values)
            let first = window * 4_096
            for document in first..<min(first + 4_096, products.isIncluded.count)
            where products.isIncluded[document] {
                values.forEachOrdinal(document - first) { ordinal in
                    add(document, to: &names[Int(ordinal)])
                }
            }
        }
        var walk = view.segment.walkTerms(field)
        var ordinal = 0
        while try walk.next() {
            if names[ordinal].count > 0 {
                add(names[ordinal], String(decoding: walk.term, as: UTF8.self), kind, factor, &rows)
            }
            ordinal += 1
        }
    }

    private func add(_ document: Int, to name: inout Name) {
        let weight = weights[document]
        name.count += 1
        name.weight = name.weight.addingReportingOverflow(weight).overflow ? .max : name.weight + weight
        if name.product == .max || weight > weights[Int(name.product)] { name.product = UInt32(document) }
    }

    /// A name is completed from its beginning and, at half the rank, from each of its other words: 조거팬츠 of
    /// 트레이닝/조거팬츠. A category is completed by its own name and shown with its path.
    private mutating func add(
        _ name: Name, _ shown: String, _ kind: CompletionKind, _ factor: UInt32, _ rows: inout CompletionRows
    ) {
        let completed = kind == .category ? CategoryPath(shown).names.last ?? shown : shown
        let folded = analyzer.folded(completed)
        var rank = UInt32(clamping: UInt64(name.weight) * UInt64(factor))
        var starts = [folded.startIndex]
        for index in folded.indices where folded[index] == 0x20 || folded[index] == 0x2F {
            starts.append(index + 1)
        }
        for start in starts.prefix(4) {
            if let row = rows.append(folded: folded[start...], shown: shown.utf8) {
                entries.append(
                    CompletionEntry(
                        words: CompletionWords(first: row), rank: rank, count: name.count,
                        product: name.product, kind: kind))
            }
            rank = max(1, UInt32(clamping: UInt64(name.weight) * UInt64(factor)) / 2)
        }
    }
}
