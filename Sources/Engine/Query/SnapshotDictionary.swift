// What the segments of a snapshot say together: where a term's postings are, how long a field is on average,
// and what its lengths count.
//
// A term that was looked up is remembered with its places in all segments: a request asks for the same terms
// several times (all words, most words, any), and requests have many terms in common. A snapshot never
// changes, so nothing here is ever out of date; it goes with the snapshot.
import Synchronization

/// Where a term stands in the segments of a snapshot.
struct TermPlaces: Sendable {
    /// The postings, as those of a unit with this field alone.
    let sources: UnitSources
    /// Documents with the term, deleted ones included.
    let documentFrequency: UInt64
    let liveFrequency = LiveFrequency()
}

/// How many documents with a term are not deleted, once they were counted.
final class LiveFrequency: Sendable {
    private let count = Atomic<Int>(-1)

    var value: Int? {
        get {
            let count = count.load(ordering: .relaxed)
            return count < 0 ? nil : count
        }
        set { count.store(newValue ?? -1, ordering: .relaxed) }
    }
}

/// What occurrences in a field count, with a weight and a strength of lengths.
struct LengthTable: Sendable {
    /// By norm byte.
    let factors: [Float]
    /// By segment, the greatest ratio of these factors to those of its impacts.
    let ratios: [Float]
}

/// The dictionaries and statistics of a snapshot. Safe to use from any thread.
final class SnapshotDictionary: Sendable {
    private struct Key: Hashable {
        let field: FieldID
        let term: [UInt8]

        func hash(into hasher: inout Hasher) {
            hasher.combine(field.rawValue)
            term.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    /// Two generations of terms: what was not asked for while the younger one filled is forgotten.
    private struct State {
        var young: [Key: TermPlaces] = [:]
        var old: [Key: TermPlaces] = [:]
        var lengthTables: [FieldWeight: LengthTable] = [:]
    }

    let segments: [Segment]
    /// Documents of all segments, deleted ones included.
    let documentCount: UInt64
    /// By field id: the mean length of the field over the documents that have it, 0 where none has.
    private let averageLengths: [Float]
    private let state = Mutex(State())

    /// Entries of a generation: about 3 MB, and as much again for the longest terms.
    private static let entryCountMax = 32_768
    private static let termCountMax = 4_096
    private static let lengthTableCountMax = 64

    init(_ segments: [Segment]) {
        self.segments = segments
        documentCount = segments.reduce(0) { $0 + UInt64($1.documentCount) }
        var sums: [(length: UInt64, documentCount: UInt64)] = []
        let none: (length: UInt64, documentCount: UInt64) = (0, 0)
        for segment in segments {
            for field in segment.fields.fields {
                let id = Int(field.definition.id.rawValue)
                if id >= sums.count {
                    sums.append(contentsOf: repeatElement(none, count: id + 1 - sums.count))
                }
                sums[id].length += UInt64(field.sumOfLengths)
                sums[id].documentCount += UInt64(field.documentCount)
            }
        }
        averageLengths = sums.map {
            $0.length > 0 && $0.documentCount > 0 ? Float(Double($0.length) / Double($0.documentCount)) : 0
        }
    }

    /// The mean length of a field over the documents that have it; 1 if none has.
    func averageLength(_ field: FieldID) -> Float {
        let id = Int(field.rawValue)
        return id < averageLengths.count && averageLengths[id] > 0 ? averageLengths[id] : 1
    }

    /// What one occurrence in the field counts.
    func lengthTable(_ field: FieldWeight) -> LengthTable {
        if let known = state.withLock({ $0.lengthTables[field] }) { return known }
        let average = averageLength(field.field)
        let factors = FieldNorm.lengths.map {
            BM25.lengthFactor(weight: field.weight, b: field.b, length: $0, averageLength: average)
        }
        let ratios = segments.map { segment in
            let average = segment.fields[field.field]?.averageLength ?? 1
            return ImpactFactors(averageLength: average).greatestRatio(of: factors)
        }
        let table = LengthTable(factors: factors, ratios: ratios)
        state.withLock { state in
            if state.lengthTables.count == Self.lengthTableCountMax { state.lengthTables = [:] }
            state.lengthTables[field] = table
        }
        return table
    }

    /// Where a term of a field stands.
    func places(_ field: FieldID, _ term: [UInt8]) throws(SegmentError) -> TermPlaces {
        let key = Key(field: field, term: term)
        if let known = state.withLock({ known(key, &$0) }) { return known }
        var sources = UnitSources(segmentCount: segments.count)
        var documentFrequency: UInt64 = 0
        for segment in segments {
            if let entry = try segment.term(field, term) {
                sources.append(UnitSource(entry: entry, field: 0))
                documentFrequency += UInt64(entry.documentFrequency)
            }
            sources.endSegment()
        }
        let places = TermPlaces(sources: sources, documentFrequency: documentFrequency)
        state.withLock { keep(places, key, &$0) }
        return places
    }

    private func known(_ key: Key, _ state: inout State) -> TermPlaces? {
        if let known = state.young[key] { return known }
        guard let known = state.old.removeValue(forKey: key) else { return nil }
        keep(known, key, &state)
        return known
    }

    private func keep(_ places: TermPlaces, _ key: Key, _ state: inout State) {
        if state.young.count >= min(Self.termCountMax, Self.entryCountMax / max(1, segments.count)) {
            state.old = state.young
            state.young = [:]
        }
        state.young[key] = places
    }
}
