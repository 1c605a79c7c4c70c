// Completions of what is being typed: popular queries first, then brands, categories and phrases of titles by
// their popularity, then products. What was typed is taken literally, or as initials, first; where that gives
// little, as typed with the keyboard in the other layout.

import Engine
import JSON
import KoreanAnalysis
import Store

/// Answers `GET /api/v1/suggest`.
public final class SuggestService: Sendable {
    public static let limitMax = 50
    /// What is typed, in UTF-8 bytes.
    public static let queryByteCountMax = 1_024
    /// Pairs of words that are tried as one.
    private static let joinedCountMax = 6

    private let search: SearchService
    private let cache: CompletionCache

    public init(search: SearchService, options: SuggestOptions = SuggestOptions()) {
        self.search = search
        cache = CompletionCache(analyzer: search.analysis.analyzer, options: options)
    }

    /// What the completions are and cost.
    public struct Figures: Sendable {
        /// Completions of products, over all segments.
        public let completionCount: Int
        public let byteCount: Int
        public let buildTime: Duration
    }

    /// Makes the completions now, on the caller's thread, and says what they cost.
    public func prepare() throws(RequestError) -> Figures {
        cache.make(search.view.current)
        if let failure = cache.known?.failure { throw RequestError(.indexFailed, "\(failure)") }
        return figures
    }

    /// Begins to make the completions on another thread, so that the first query finds them.
    public func warmUp() { cache.schedule(search.view.current) }

    /// Figures of the completions that queries are answered from.
    public var figures: Figures {
        let parts = cache.known?.parts ?? []
        return Figures(
            completionCount: parts.reduce(0) { $0 + $1.index.count },
            byteCount: parts.reduce(0) { $0 + $1.index.byteCount + ($1.titles?.byteCount ?? 0) },
            buildTime: parts.reduce(.zero) { $0 + $1.took })
    }

    /// The suggestions for `text` as JSON: `{"suggestions": [{"text", "kind", "count" or "id"}]}`.
    public func answer(_ text: String, limit: Int = 10) throws(RequestError) -> [UInt8] {
        guard text.utf8.count <= Self.queryByteCountMax else {
            throw RequestError(
                .queryTooLong, "'q' is longer than \(Self.queryByteCountMax) bytes; shorten it")
        }
        guard (0...Self.limitMax).contains(limit) else {
            throw RequestError(.badParameter, "'limit' must be a whole number from 0 to \(Self.limitMax)")
        }
        let live = search.view.current
        let typed = TypedPrefix(text, folded: live.analysis.analyzer.folded(text))
        var suggestions: [JSONValue] = []
        if !typed.isEmpty, limit > 0 {
            let state = cache.current(for: live)
            if let failure = state?.failure { throw RequestError(.indexFailed, "\(failure)") }
            let found = Self.varied(completions(typed, limit, state?.parts ?? []), limit)
            // Whoever has typed a name still wants to see products of it.
            let named = found.prefix(limit - limit / 4)
            suggestions = named.map(Self.json)
            // Addresses are those of the index that the completions are of.
            if let state, state.registry == ObjectIdentifier(live.snapshot.registry) {
                let rest = limit - suggestions.count
                let phrases = found.filter { $0.kind == .phrase }.map(\.product)
                suggestions +=
                    try products(phrases.isEmpty ? titled(text, rest, state.parts) : phrases, rest, live)
            }
        }
        return JSONValue.object([("suggestions", .array(suggestions))]).jsonBytes
    }

    private static func json(_ candidate: CompletionCandidate) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("text", .string(candidate.text)), ("kind", .string(candidate.kind.name)),
        ]
        if candidate.count > 0 { members.append(("count", .integer(Int64(clamping: candidate.count)))) }
        return .object(members)
    }

    // MARK: Names

    /// Queries, brands, categories and phrases, each text once, the best first.
    private func completions(
        _ typed: TypedPrefix, _ limit: Int, _ parts: [CompletionCache.Part]
    ) -> [CompletionCandidate] {
        let sources = parts.map { (id: $0.id, index: $0.index) }
        let popular = search.popular.map { [(id: SegmentID(rawValue: 0), index: $0.completions)] } ?? []
        var found: [CompletionCandidate] = []
        var places: [[UInt8]: Int] = [:]
        func add(_ candidates: [CompletionCandidate]) {
            for candidate in candidates {
                let same = CompletionKey.key(folded: search.analysis.analyzer.folded(candidate.text))
                guard let place = places[same] else {
                    places[same] = found.count
                    found.append(candidate)
                    continue
                }
                // A popular query that is a brand leads to the brand, at the query's place.
                if candidate.kind == .brand, found[place].kind != .brand {
                    found[place] = candidate
                } else if candidate.kind == .phrase, found[place].kind == .query {
                    found[place].count = candidate.count
                }
            }
        }
        for reading in [TypedPrefix.Reading.literal, .initials, .layout] {
            // What another layout would have typed is only shown where what was typed gives little.
            if reading == .layout, found.count * 2 >= limit { break }
            // How often a query was searched for is nobody's business; products behind it are counted below.
            add(CompletionCandidates.best(typed, reading, popular, wantedCount: limit / 2).map(\.uncounted))
            add(CompletionCandidates.best(typed, reading, sources, wantedCount: limit * 2))
        }
        return found
    }

    /// Without the categories beyond a quarter of the list: many a tree has one of a name in every branch.
    private static func varied(_ found: [CompletionCandidate], _ limit: Int) -> [CompletionCandidate] {
        var categoryCount = 0
        return found.filter { candidate in
            guard candidate.kind == .category else { return true }
            categoryCount += 1
            return categoryCount <= max(1, limit / 4)
        }
    }

    // MARK: Products

    /// Products whose titles have the words of `text`, each perhaps half-typed, in any order; where there are
    /// none, the same with the keyboard in the other layout.
    private func titled(
        _ text: String, _ limit: Int, _ parts: [CompletionCache.Part]
    ) -> [(segment: SegmentID, document: DocID)] {
        for typed in [text, Dubeolsik.otherLayout(text)] {
            let words = TitleWords.pieces(of: typed).map { word in
                CompletionKey.key(folded: search.analysis.analyzer.folded(word))
            }.filter { !$0.isEmpty }
            for typed in [words] + Self.joined(words) {
                let found = titled(typed, limit, parts)
                if !found.isEmpty { return found }
            }
        }
        return []
    }

    /// The words with two neighbours written together, for each pair: 갤럭시 북4 is 갤럭시북4 in titles.
    private static func joined(_ words: [[UInt8]]) -> [[[UInt8]]] {
        words.indices.dropLast().prefix(joinedCountMax).map { first in
            var joined = words
            joined[first] += joined.remove(at: first + 1).dropFirst()
            return joined
        }
    }

    private func titled(
        _ words: [[UInt8]], _ limit: Int, _ parts: [CompletionCache.Part]
    ) -> [(segment: SegmentID, document: DocID)] {
        var hits: [(segment: SegmentID, hit: TitleIndex.Hit)] = []
        for part in parts {
            // A few more than wanted: some are not shown any more, and titles are shown once.
            let found = part.titles?.products(having: words, limit: limit * 2) ?? []
            hits += found.map { (part.id, $0) }
        }
        return hits.sorted { left, right in
            if left.hit.weight != right.hit.weight { return left.hit.weight > right.hit.weight }
            return (left.segment, left.hit.document) < (right.segment, right.hit.document)
        }.map { ($0.segment, $0.hit.document) }
    }

    /// The products at these addresses as suggestions, each title once.
    private func products(
        _ addresses: [(segment: SegmentID, document: DocID)], _ limit: Int, _ live: LiveView.State
    ) throws(RequestError) -> [JSONValue] {
        let segments = live.snapshot.segments
        var seen: Set<String> = []
        var suggestions: [JSONValue] = []
        for found in addresses where suggestions.count < limit {
            // A segment that has just been merged away is looked for in vain until its successor is read.
            guard let index = segments.firstIndex(where: { $0.id == found.segment }),
                found.document < segments[index].segment.documentCount,
                segments[index].liveDocs?.contains(found.document) ?? true
            else { continue }
            let address = DocAddress(segment: index, document: found.document)
            let suggestion = try convertingErrors { () throws(SearchError) -> JSONValue? in
                let status = try live.snapshot.integer(live.fields.status, address)
                guard status != ProductStatus.hidden.rawValue else { return nil }
                return try self.suggestion(address, &seen, live)
            }
            if let suggestion { suggestions.append(suggestion) }
        }
        return suggestions
    }

    /// A product with its title; nil where the title is there already.
    private func suggestion(
        _ address: DocAddress, _ seen: inout Set<String>, _ live: LiveView.State
    ) throws(SearchError) -> JSONValue? {
        let stored = try live.snapshot.stored(address)
        guard let title = try StoredTexts().read(stored).first(where: { $0.name == "title" })?.text,
            seen.insert(title).inserted
        else { return nil }
        let id = String(decoding: try live.snapshot.key(address), as: UTF8.self)
        return .object([("text", .string(title)), ("kind", .string("product")), ("id", .string(id))])
    }
}
