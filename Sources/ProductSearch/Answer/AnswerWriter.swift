// Writes the answer of a search as JSON, straight from the engine's result: stored products are spliced with
// their current numbers and never parsed into objects where nothing asks for it.

import Engine
import JSON
import KoreanAnalysis
import Store

/// Everything an answer says.
struct SearchAnswer: Sendable {
    let result: SearchResult
    let facets: [PlannedFacet]
    let snapshot: Snapshot
    /// Which words a product had to have, where fewer than all were demanded.
    let relaxedTo: String?
    /// What was done to the typed text, where something was.
    let repair: Repair?
    /// What the words about the price were understood as.
    var priced: PricedQuery?
    let sequence: UInt64
    let age: Duration
    let took: Duration
}

/// Writes one answer.
struct AnswerWriter {
    let fields: ProductFields
    var highlighter: Highlighter?
    /// The explained scores, one a hit, where they were asked for.
    var explanations: [JSONValue] = []
    private let texts = StoredTexts()

    init(fields: ProductFields, highlighter: Highlighter?) {
        self.fields = fields
        self.highlighter = highlighter
    }

    /// The answer as JSON.
    mutating func json(_ answer: SearchAnswer) throws(SearchError) -> [UInt8] {
        var writer = JSONWriter(capacity: 512 + answer.result.hits.count * 1_024)
        writer.beginObject()
        writer.name("took_ms")
        writer.raw(Milliseconds.text(answer.took).utf8)
        writer.name("total")
        writer.integer(answer.result.total)
        if let relaxedTo = answer.relaxedTo {
            writer.name("match")
            writer.string(relaxedTo)
        }
        if let repair = answer.repair {
            writer.name("correction")
            writer.object([
                ("from", .string(repair.from)), ("to", .string(repair.to)),
                ("kind", .string(repair.kind.rawValue)),
            ])
        }
        if let priced = answer.priced {
            writer.name("understood")
            writer.value(priced.json)
        }
        writer.name("hits")
        writer.beginArray()
        for (index, hit) in answer.result.hits.enumerated() {
            try write(hit, index, answer.snapshot, &writer)
        }
        writer.endArray()
        writeFacets(answer, &writer)
        writer.name("index")
        writer.object([
            ("seq", .integer(Int64(answer.sequence))),
            ("age_ms", .integer(Milliseconds.whole(answer.age))),
        ])
        if !answer.result.profile.isEmpty {
            writer.name("profile")
            writer.object([("segments", .array(answer.result.profile.map(\.json)))])
        }
        if let next = answer.result.next {
            writer.name("cursor")
            writer.string("\(next)")
        }
        writer.endObject()
        return writer.bytes
    }

    private mutating func write(
        _ hit: Hit, _ index: Int, _ snapshot: Snapshot, _ writer: inout JSONWriter
    ) throws(SearchError) {
        writer.beginObject()
        writer.name("id")
        writer.string(String(decoding: try snapshot.key(hit.address), as: UTF8.self))
        writer.name("score")
        writer.raw(hit.score.description.utf8)
        let stored = try snapshot.stored(hit.address)
        writer.name("product")
        let updatable = try fields.updatableMembers(of: hit.address, in: snapshot)
        writer.raw(Product.splice(stored: stored, updatable))
        if highlighter != nil { try writeHighlights(stored, &writer) }
        if index < explanations.count {
            writer.name("explain")
            writer.value(explanations[index])
        }
        writer.endObject()
    }

    private mutating func writeHighlights(
        _ stored: [UInt8], _ writer: inout JSONWriter
    ) throws(SearchError) {
        writer.name("highlight")
        writer.beginObject()
        for (name, text) in try texts.read(stored) {
            if let marked = highlighter?.highlighted(text) {
                writer.name(name)
                writer.string(marked)
            }
        }
        writer.endObject()
    }

    private func writeFacets(_ answer: SearchAnswer, _ writer: inout JSONWriter) {
        guard !answer.facets.isEmpty else { return }
        writer.name("facets")
        writer.beginObject()
        for (facet, result) in zip(answer.facets, answer.result.facets) {
            writer.name(facet.name)
            writer.value(Self.json(facet, result))
        }
        writer.endObject()
    }

    private static func json(_ facet: PlannedFacet, _ result: FacetResult) -> JSONValue {
        switch (result, facet.shape) {
        case (.keyword(let values, let distinct), _):
            return .object([
                (
                    "values",
                    .array(
                        values.map { value in
                            self.value(
                                String(decoding: value.value, as: UTF8.self), value.count,
                                isSelected: value.isSelected)
                        })
                ),
                ("distinct", .integer(Int64(distinct))),
            ])
        case (.ranges(let counts, _, _, _), .statuses(let names)):
            let present = zip(names, counts).filter { $1 > 0 || facet.selected.contains($0) }
            let values = present.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(facet.limit).map {
                name, count in
                self.value(name, count, isSelected: facet.selected.contains(name))
            }
            return .object([("values", .array(values)), ("distinct", .integer(Int64(present.count)))])
        case (.ranges(let counts, let documentCount, _, _), .ranges(let ranges)):
            return self.ranges(ranges, counts, documentCount)
        case (_, .nothing(let ranges?)):
            return self.ranges(ranges, Array(repeating: 0, count: ranges.count), 0)
        case (.ranges, .values), (.ranges, .nothing):
            return .object([("values", .array([])), ("distinct", .integer(0))])
        }
    }

    private static func ranges(
        _ ranges: [ProductSearchRequest.Range], _ counts: [Int], _ documentCount: Int
    ) -> JSONValue {
        let shown = zip(ranges, counts).map { range, count in
            JSONValue.object([
                ("from", number(range.from)), ("to", number(range.to)), ("count", .integer(Int64(count))),
            ])
        }
        return .object([("ranges", .array(shown)), ("count", .integer(Int64(documentCount)))])
    }

    private static func value(_ value: String, _ count: Int, isSelected: Bool) -> JSONValue {
        .object([
            ("value", .string(value)), ("count", .integer(Int64(count))), ("selected", .bool(isSelected)),
        ])
    }

    private static func number(_ value: Double?) -> JSONValue {
        guard let value else { return .null }
        return value == value.rounded() && abs(value) < 1e15 ? .integer(Int64(value)) : .double(value)
    }
}

extension Explanation {
    /// The tree as JSON: the value, what it is, and its parts.
    var json: JSONValue {
        var members: [(String, JSONValue)] = [("value", .double(Double(value))), ("what", .string(text))]
        if !details.isEmpty { members.append(("parts", .array(details.map(\.json)))) }
        return .object(members)
    }
}

/// Durations as answers show them.
enum Milliseconds {
    /// With three digits behind the point.
    static func text(_ duration: Duration) -> String {
        let microseconds = Int64(duration / .microseconds(1))
        let fraction = String(microseconds % 1_000)
        return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    static func whole(_ duration: Duration) -> Int64 { Int64(duration / .milliseconds(1)) }
}
