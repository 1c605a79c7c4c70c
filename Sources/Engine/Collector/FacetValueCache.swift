// Numbers for facet values that mean the same in every segment of an index.
//
// Ordinals are a segment's own, so counts of several segments would have to be joined by the bytes of every
// value that occurs. Instead each value of a field gets a number when a segment is first faceted, and each
// segment keeps a map from ordinals to numbers: a new segment after a refresh costs its own values alone, and
// a search joins counts by number and reads the bytes of only the values that it shows.
import Synchronization

/// What a search needs to count a field in several segments at once. Nothing changes after `init`.
final class FacetJoin: Sendable {
    /// Per segment, the number of each ordinal.
    let numbers: [[UInt32]]
    /// The bytes of each number.
    let values: [[UInt8]]

    init(numbers: [[UInt32]], values: [[UInt8]]) {
        self.numbers = numbers
        self.values = values
    }
}

/// The numbered values of an index's keyword fields. Safe to use from any thread.
final class FacetValueCache: Sendable {

    private struct Field {
        var numbers: [[UInt8]: UInt32] = [:]
        var values: [[UInt8]] = []
    }

    private struct State {
        private static let stateCount = Atomic<UInt64>(0)

        /// Numbers of another state mean other values.
        let id = State.stateCount.wrappingAdd(1, ordering: .relaxed).newValue
        var fields: [FieldID: Field] = [:]
        var valueCount = 0
    }

    /// Fields with more values in a segment are joined by bytes: numbering them would take longer than it
    /// saves.
    static let termCountMax: UInt32 = 65_536
    /// Values of all fields together; beyond, the cache starts anew.
    private static let valueCountMax = 1_000_000

    private let state = Mutex(State())

    init() {}

    /// The numbers of a field in some segments; nil when a segment has too many values.
    func join(_ field: FieldID, _ segments: [Segment]) throws(SegmentError) -> FacetJoin? {
        for segment in segments
        where (segment.fieldStatistics(field)?.termCount ?? 0) > Self.termCountMax { return nil }
        return try state.withLock { state throws(SegmentError) in
            if state.valueCount > Self.valueCountMax { state = State() }
            var numbers: [[UInt32]] = []
            for segment in segments { numbers.append(try Self.map(field, segment, &state)) }
            return FacetJoin(numbers: numbers, values: state.fields[field]?.values ?? [])
        }
    }

    private static func map(
        _ field: FieldID, _ segment: Segment, _ state: inout State
    ) throws(SegmentError) -> [UInt32] {
        if let map = segment.facetNumbers.map(field, state.id) { return map }
        var map: [UInt32] = []
        map.reserveCapacity(Int(segment.fieldStatistics(field)?.termCount ?? 0))
        var values = state.fields.removeValue(forKey: field) ?? Field()
        let before = values.values.count
        var walk = segment.walkTerms(field)
        defer {
            state.valueCount += values.values.count - before
            state.fields[field] = values
        }
        while try walk.next() {
            let bytes = Array(walk.term)
            if let number = values.numbers[bytes] {
                map.append(number)
            } else {
                let number = UInt32(values.values.count)
                values.numbers[bytes] = number
                values.values.append(bytes)
                map.append(number)
            }
        }
        segment.facetNumbers.keep(map, field, state.id)
        return map
    }
}

/// What facets keep of a segment: maps from ordinals to numbers, and runs of values. They go with it.
final class FacetNumbers: Sendable {
    private struct Map {
        let state: UInt64
        let numbers: [UInt32]
    }

    private let maps = Mutex<[FieldID: Map]>([:])
    /// Nil where a column has no runs worth keeping.
    private let runs = Mutex<[FieldID: FacetRuns?]>([:])

    /// The map of a field, if it was made with the numbers of a state.
    func map(_ field: FieldID, _ state: UInt64) -> [UInt32]? {
        maps.withLock { $0[field].flatMap { $0.state == state ? $0.numbers : nil } }
    }

    func keep(_ numbers: [UInt32], _ field: FieldID, _ state: UInt64) {
        maps.withLock { $0[field] = Map(state: state, numbers: numbers) }
    }

    /// The runs of a field's column, made when they are first asked for; nil where it has none to speak of.
    func runs(_ field: FieldID, of column: KeywordColumn, documentCount: UInt32) -> FacetRuns? {
        if let known = runs.withLock({ $0[field] }) { return known }
        let made: FacetRuns?
        do {
            made = try FacetRuns(column, documentCount: documentCount)
        } catch {
            // Damage is reported by whoever counts the documents that it concerns.
            made = nil
        }
        runs.withLock { $0[field] = .some(made) }
        return made
    }
}

/// The joins of a snapshot's segments, each made when it is first asked for. Safe to use from any thread.
final class FacetJoins: Sendable {
    private let segments: [Segment]
    private let registry: FieldRegistry?
    /// Nil where a segment has too many values.
    private let joins = Mutex<[FieldID: FacetJoin?]>([:])

    /// - Parameter registry: that of the index; nil for segments that belong to none.
    init(_ segments: [Segment], _ registry: FieldRegistry?) {
        self.segments = segments
        self.registry = registry
    }

    /// The numbers of a field in all segments; nil when one of them has too many values.
    func join(_ field: FieldID) throws(SegmentError) -> FacetJoin? {
        if let known = joins.withLock({ $0[field] }) { return known }
        let cache = registry.map { FacetValueCache.of($0) } ?? FacetValueCache()
        let join = try cache.join(field, segments)
        joins.withLock { $0[field] = .some(join) }
        return join
    }
}

// MARK: - One cache an index

extension FacetValueCache {
    private struct Owned {
        weak var registry: FieldRegistry?
        let cache: FacetValueCache
    }

    private static let caches = Mutex<[ObjectIdentifier: Owned]>([:])

    /// The cache of the index to which a registry belongs: every snapshot of the index shares it.
    static func of(_ registry: FieldRegistry) -> FacetValueCache {
        caches.withLock { caches in
            let id = ObjectIdentifier(registry)
            if let owned = caches[id], owned.registry === registry { return owned.cache }
            caches = caches.filter { $0.value.registry != nil && $0.key != id }
            let cache = FacetValueCache()
            caches[id] = Owned(registry: registry, cache: cache)
            return cache
        }
    }
}
