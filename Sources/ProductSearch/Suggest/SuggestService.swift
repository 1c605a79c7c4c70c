// Completions of what is being typed: brands and categories whose name begins with it, then products whose
// title has the words typed so far and one that begins with the last.

import Engine
import JSON
import KoreanAnalysis
import Store

/// Answers `GET /api/v1/suggest`.
public final class SuggestService: Sendable {
    public static let limitMax = 50
    /// What is typed, in UTF-8 bytes.
    public static let queryByteCountMax = 1_024
    /// Names with the prefix that are looked at before the most frequent are taken.
    private static let scannedNameCountMax = 4_096
    private static let expansionCountMax = 64

    private let search: SearchService

    public init(search: SearchService) { self.search = search }

    /// The suggestions for `text` as JSON: `{"suggestions": [{"text", "kind", "count" or "id"}]}`.
    public func answer(_ text: String, limit: Int = 10) throws(RequestError) -> [UInt8] {
        guard text.utf8.count <= Self.queryByteCountMax else {
            throw RequestError(
                .queryTooLong, "'q' is longer than \(Self.queryByteCountMax) bytes; shorten it")
        }
        guard (0...Self.limitMax).contains(limit) else {
            throw RequestError(.badParameter, "'limit' must be a whole number from 0 to \(Self.limitMax)")
        }
        let state = search.view.current
        let folded = state.analysis.analyzer.folded(text)
        var suggestions: [JSONValue] = []
        if !folded.isEmpty, limit > 0 {
            let names = try names(folded, state)
            // Half of the list at most: whoever types a brand still wants to see its products.
            suggestions = names.prefix(max(1, limit / 2)).map { completion in
                .object([
                    ("text", .string(completion.shown)), ("kind", .string(completion.kind.name)),
                    ("count", .integer(Int64(completion.count))),
                ])
            }
            suggestions += try products(text, limit - suggestions.count, state)
        }
        return JSONValue.object([("suggestions", .array(suggestions))]).jsonBytes
    }

    /// Brands and categories that begin with `folded`, those with most products first.
    private func names(_ folded: [UInt8], _ state: LiveView.State) throws(RequestError) -> [Completion] {
        var counts: [[UInt8]: Int] = [:]
        for kind in Completion.Kind.allCases {
            let prefix = Completion.prefix(kind, folded: folded)
            for view in state.snapshot.segments {
                var scanned = 0
                do throws(SegmentError) {
                    try view.segment.forEachTerm(state.fields.completion, prefix: prefix) {
                        (term, entry) throws(SegmentError) in
                        counts[Array(term), default: 0] += Int(entry.documentFrequency)
                        scanned += 1
                        return scanned < Self.scannedNameCountMax
                    }
                } catch {
                    throw RequestError(.indexFailed, "\(error)")
                }
            }
        }
        let completions = counts.compactMap { Completion(term: $0.key, count: $0.value) }
        return completions.sorted { ($1.count, $0.shown) < ($0.count, $1.shown) }
    }

    /// Titles of products with the words of `text`, the last of them perhaps half-typed.
    private func products(
        _ text: String, _ limit: Int, _ state: LiveView.State
    ) throws(RequestError) -> [JSONValue] {
        guard limit > 0 else { return [] }
        let fields = state.fields
        let query = UnderstoodQuery(text, analysis: state.analysis)
        let lastWord = text.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
        let open = PrefixQuery(
            fields: [FieldWeight(fields.titleText, weight: 1, b: 0.5)],
            prefix: state.analysis.analyzer.folded(lastWord),
            maxExpansions: Self.expansionCountMax)
        var request = SearchRequest(
            query: query.completing(open, lastWord: lastWord, analysis: state.analysis, fields: fields),
            filter: .not(.integerRange(fields.status, lower: 2, upper: 2)), limit: limit * 2,
            deadline: .now + SearchService.timeLimit)
        request.countsTotal = false
        return try convertingErrors { () throws(SearchError) in
            let hits = try state.snapshot.search(request).hits
            var seen: Set<String> = []
            var suggestions: [JSONValue] = []
            for hit in hits where suggestions.count < limit {
                let stored = try state.snapshot.stored(hit.address)
                guard let title = try StoredTexts().read(stored).first(where: { $0.name == "title" })?.text,
                    seen.insert(title).inserted
                else { continue }
                let id = String(decoding: try state.snapshot.key(hit.address), as: UTF8.self)
                suggestions.append(
                    .object([("text", .string(title)), ("kind", .string("product")), ("id", .string(id))]))
            }
            return suggestions
        }
    }
}
