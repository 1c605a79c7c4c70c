// The slow twin: every document of the model is looked at, clause by clause, with statistics counted afresh.

import Glibc

@testable import Engine

/// Answers a request by looking at every document.
final class ExhaustiveSearch {
    struct Ranked: Equatable {
        let key: [UInt8]
        let score: Float
    }

    let model: SearchModel
    let request: SearchRequest
    /// Rounds as the engine does: `ScoreGrid` has tests of its own.
    private let grid: ScoreGrid
    private let all: [ModelDocument]
    private let weightOfPrior: Float
    // Counted once, because they do not depend on the document.
    private var documentFrequencies: [FieldID: [[UInt8]: Int]] = [:]
    private var averages: [FieldID: Float] = [:]
    private var expansions: [PrefixQuery: [(term: [UInt8], count: Int)]] = [:]

    init(_ model: SearchModel, _ request: SearchRequest, grid: ScoreGrid, weightOfPrior: Float = 0) {
        self.model = model
        self.request = request
        self.grid = grid
        self.weightOfPrior = weightOfPrior
        all = model.segments.flatMap { $0 }
    }

    // MARK: Hits

    /// Every hit in order.
    func hits() -> [(document: ModelDocument, score: Float)] {
        var found: [(document: ModelDocument, score: Float)] = []
        for (_, document) in model.liveDocuments {
            guard matches(request.filter ?? .all, document),
                request.facetFilters.allSatisfy({ matches($0.filter, document) }),
                let score = score(request.query, 1, document)
            else { continue }
            found.append((document, score + prior(document)))
        }
        return found.sorted { isBefore($0, $1) }
    }

    private func isBefore(
        _ a: (document: ModelDocument, score: Float), _ b: (document: ModelDocument, score: Float)
    ) -> Bool {
        for key in request.sort {
            switch key {
            case .score:
                if a.score != b.score { return a.score > b.score }
            case .integer(let field, let descending):
                switch (a.document.integers[field], b.document.integers[field]) {
                case (nil, nil): continue
                case (nil, _): return false
                case (_, nil): return true
                case (let x?, let y?):
                    if x != y { return descending ? x > y : x < y }
                }
            case .keyword(let field, let descending):
                func value(_ document: ModelDocument) -> [UInt8]? {
                    let values = document.keywords[field] ?? []
                    return descending
                        ? values.max { $0.lexicographicallyPrecedes($1) }
                        : values.min { $0.lexicographicallyPrecedes($1) }
                }
                switch (value(a.document), value(b.document)) {
                case (nil, nil): continue
                case (nil, _): return false
                case (_, nil): return true
                case (let x?, let y?):
                    if x != y { return x.lexicographicallyPrecedes(y) != descending }
                }
            }
        }
        if a.score != b.score { return a.score > b.score }
        return a.document.key.lexicographicallyPrecedes(b.document.key)
    }

    // MARK: Filters

    func matches(_ filter: Filter, _ document: ModelDocument) -> Bool {
        switch filter {
        case .all: true
        case .none: false
        case .keyword(let field, let values):
            values.contains { (document.keywords[field] ?? []).contains($0) }
        case .integerRange(let field, let lower, let upper):
            document.integers[field].map { $0 >= lower ?? .min && $0 <= upper ?? .max } ?? false
        case .exists(let field):
            document.integers[field] != nil || !(document.keywords[field] ?? []).isEmpty
        case .and(let parts): parts.allSatisfy { matches($0, document) }
        case .or(let parts): parts.contains { matches($0, document) }
        case .not(let part): !matches(part, document)
        }
    }

    // MARK: Scores

    private func prior(_ document: ModelDocument) -> Float {
        guard let prior = request.prior else { return 0 }
        var value = min(max(document.integers[prior.field] ?? 0, 0), 255)
        if let bonus = prior.bonus, let integer = document.integers[bonus.field] {
            value = min(255, value + Int64(bonus.steps.last { $0.least <= integer }?.value ?? 0))
        }
        return grid.round(weightOfPrior * (Float(value) / 255))
    }

    /// The document's score, or nil when it does not match.
    func score(_ query: Query, _ boost: Float, _ document: ModelDocument) -> Float? {
        switch query {
        case .all: return 0
        case .none: return nil
        case .boost(let inner, let factor): return score(inner, boost * factor, document)
        case .constant(let filter, let constant):
            return matches(filter, document) ? grid.round(constant * boost) : nil
        case .term(let term):
            let frequencies = term.fields.map { document.frequency($0.field, term.term) }
            let df = term.fields.map { documentFrequency($0.field, term.term) }.max() ?? 0
            return unit(term.fields, frequencies, document, weight: idf(df) * (term.boost * boost))
        case .prefix(let prefix): return score(prefix, boost, document)
        case .phrase(let phrase):
            let frequencies = phrase.fields.map { document.phraseFrequency($0.field, phrase.terms) }
            guard phrase.terms.allSatisfy({ !$0.isEmpty }) else { return nil }
            var sum: Float = 0
            for alternatives in phrase.terms {
                sum += idf(
                    alternatives.map { term in
                        phrase.fields.map { documentFrequency($0.field, term) }.max() ?? 0
                    }.max() ?? 0)
            }
            return unit(phrase.fields, frequencies, document, weight: sum * (phrase.boost * boost))
        case .anyOf(let alternatives):
            return alternatives.compactMap { score($0, boost, document) }.max()
        case .boolean(let must, let should, let mustNot, let minimum):
            let required = must.map { score($0, boost, document) }
            let optional = should.compactMap { score($0, boost, document) }
            guard !required.contains(nil), mustNot.allSatisfy({ score($0, 0, document) == nil }) else {
                return nil
            }
            guard optional.count >= (must.isEmpty && !should.isEmpty ? max(1, minimum) : minimum) else {
                return nil
            }
            return (required.compactMap { $0 } + optional).reduce(0, +)
        }
    }

    private func score(_ prefix: PrefixQuery, _ boost: Float, _ document: ModelDocument) -> Float? {
        let chosen = expansion(prefix)
        let df = min(all.count, chosen.reduce(0) { $0 + $1.count })
        var weighted: Float = 0
        var isFound = false
        for (term, _) in chosen {
            for field in prefix.fields {
                let frequency = document.frequency(field.field, term)
                guard frequency > 0 else { continue }
                isFound = true
                weighted += Float(frequency) * factor(field, document)
            }
        }
        return isFound ? contribution(idf(df) * (prefix.boost * boost), weighted) : nil
    }

    private func unit(
        _ fields: [FieldWeight], _ frequencies: [Int], _ document: ModelDocument, weight: Float
    ) -> Float? {
        guard frequencies.contains(where: { $0 > 0 }) else { return nil }
        var weighted: Float = 0
        for (field, frequency) in zip(fields, frequencies) where frequency > 0 {
            weighted += Float(frequency) * factor(field, document)
        }
        return contribution(weight, weighted)
    }

    private func contribution(_ weight: Float, _ weighted: Float) -> Float {
        grid.round(weight * (weighted / (request.k1 + weighted)))
    }

    private func factor(_ field: FieldWeight, _ document: ModelDocument) -> Float {
        let average = averageLength(field.field)
        let length = max(1, Self.rounded(document.texts[field.field]?.count ?? 0))
        return field.weight / (1 - field.b + field.b * Float(length) / average)
    }

    private func documentFrequency(_ field: FieldID, _ term: [UInt8]) -> Int {
        if let known = documentFrequencies[field]?[term] { return known }
        let count = all.reduce(0) { $0 + ($1.frequency(field, term) > 0 ? 1 : 0) }
        documentFrequencies[field, default: [:]][term] = count
        return count
    }

    private func averageLength(_ field: FieldID) -> Float {
        if let known = averages[field] { return known }
        let lengths = all.compactMap { $0.texts[field]?.count }.filter { $0 > 0 }.map {
            Int(Self.rounded($0))
        }
        let sum = lengths.reduce(0, +)
        let average = sum > 0 ? Float(Double(sum) / Double(lengths.count)) : 1
        averages[field] = average
        return average
    }

    /// A length as its one-byte norm keeps it.
    private static func rounded(_ length: Int) -> UInt32 {
        FieldNorm.length(of: FieldNorm.byte(forLength: UInt32(length)))
    }

    /// The terms that a prefix stands for.
    private func expansion(_ prefix: PrefixQuery) -> [(term: [UInt8], count: Int)] {
        if let known = expansions[prefix] { return known }
        var counts: [[UInt8]: Int] = [:]
        for field in prefix.fields {
            for term in Set(all.flatMap { $0.terms(field.field) }) where term.starts(with: prefix.prefix) {
                counts[term] = max(counts[term] ?? 0, documentFrequency(field.field, term))
            }
        }
        let chosen = counts.sorted {
            $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key)
        }.prefix(prefix.maxExpansions).map { (term: $0.key, count: $0.value) }
        expansions[prefix] = chosen
        return chosen
    }

    private func idf(_ documentFrequency: Int) -> Float {
        let (n, df) = (Double(all.count), Double(documentFrequency))
        return Float(log(1 + (n - df + 0.5) / (df + 0.5)))
    }

    // MARK: Facets

    /// The counts of one facet, by a search of its own that leaves the facet's group out.
    func facet(_ facet: FacetRequest) -> FacetResult {
        var counted: [ModelDocument] = []
        for (_, document) in model.liveDocuments {
            let selections = request.facetFilters.enumerated().filter { $0.offset != facet.group }
            guard matches(request.filter ?? .all, document),
                selections.allSatisfy({ matches($0.element.filter, document) }),
                score(request.query, 1, document) != nil
            else { continue }
            counted.append(document)
        }
        switch facet.kind {
        case .ranges(let field, let ranges):
            let values = counted.compactMap { $0.integers[field] }
            let counts = ranges.map { range in
                values.filter { $0 >= range.lower ?? .min && $0 <= range.upper ?? .max }.count
            }
            return .ranges(
                counts: counts, documentCount: values.count, minimum: values.min(), maximum: values.max())
        case .keyword(let field, let limit, let order, let selected):
            var counts: [[UInt8]: Int] = [:]
            for document in counted {
                for value in document.keywords[field] ?? [] { counts[value, default: 0] += 1 }
            }
            let sorted = counts.sorted { a, b in
                if order == .count, a.value != b.value { return a.value > b.value }
                return a.key.lexicographicallyPrecedes(b.key)
            }
            var values = sorted.prefix(limit).map {
                FacetValue(value: $0.key, count: $0.value, isSelected: selected.contains($0.key))
            }
            let shown = Set(values.map(\.value))
            for (index, value) in selected.enumerated()
            where !shown.contains(value) && selected.firstIndex(of: value) == index {
                values.append(FacetValue(value: value, count: counts[value] ?? 0, isSelected: true))
            }
            return .keyword(values: values, distinct: counts.count)
        }
    }
}
