// Filters that are asked for again, as sets of documents. A set belongs to one immutable segment, knows
// nothing of deletes, and is kept only for filters over values that no update has replaced, so it never has
// to be invalidated: it goes with its segment.
import Synchronization

/// The sets of one segment. Safe to use from any thread.
final class FilterSets: Sendable {
    private struct Entry {
        let set: DocumentSet
        var lastUse: UInt64
    }

    private struct State {
        /// Filters that were asked for once, the newest last.
        var seen: [Filter] = []
        var sets: [Filter: Entry] = [:]
        var clock: UInt64 = 0
    }

    /// Filters of which it is remembered that they were asked for once.
    private static let seenCountMax = 32
    /// Bytes of all sets of a segment; the one used longest ago goes first.
    private static let byteCountMax = 16 << 20
    /// Smaller segments are filtered faster than a set is found.
    private static let documentCountMin: UInt32 = 16_384

    private let state = Mutex(State())

    init() {}

    /// The set of a filter, made when it is asked for the second time; nil where there is none.
    func set(_ filter: Filter, _ view: SegmentView) throws(SearchError) -> DocumentSet? {
        guard view.segment.documentCount >= Self.documentCountMin, filter.isUnchanged(in: view) else {
            return nil
        }
        let (known, isWanted) = state.withLock { Self.look(up: filter, &$0) }
        if let known { return known }
        guard isWanted else { return nil }
        let set = try Self.evaluate(filter, view)
        state.withLock { state in
            let countMax = max(1, Self.byteCountMax / (Int(view.segment.documentCount) / 8))
            while state.sets.count >= countMax,
                let oldest = state.sets.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.sets.removeValue(forKey: oldest.key)
            }
            state.sets[filter] = Entry(set: set, lastUse: state.clock)
        }
        return set
    }

    private static func look(up filter: Filter, _ state: inout State) -> (DocumentSet?, isWanted: Bool) {
        state.clock += 1
        if let entry = state.sets[filter] {
            state.sets[filter]?.lastUse = state.clock
            return (entry.set, false)
        }
        if let place = state.seen.firstIndex(of: filter) {
            state.seen.remove(at: place)
            return (nil, true)
        }
        if state.seen.count == seenCountMax { state.seen.removeFirst() }
        state.seen.append(filter)
        return (nil, false)
    }

    private static func evaluate(_ filter: Filter, _ view: SegmentView) throws(SearchError) -> DocumentSet {
        let documentCount = view.segment.documentCount
        var scorer = try FilterScorer(filter, view: view)
        let set = DocumentSet(documentCount: documentCount)
        let words = FoundWords(set.words, documentCount: documentCount)
        var bits = BitSlots()
        do {
            var window = try scorer.nextWindow(0)
            while window != .max {
                let candidates = bits.take()
                let out = bits.take()
                bits.fillExisting(candidates, window: window, documentCount: documentCount)
                try scorer.match(window, candidates: candidates, out: out, &bits)
                bits.store(out, to: words, window: window)
                bits.giveBack(candidates)
                window = try scorer.nextWindow(window + 1)
            }
        } catch {
            throw .segment(error)
        }
        return set
    }
}

extension Filter {
    /// Whether no value that the filter looks at was replaced by an update.
    fileprivate func isUnchanged(in view: SegmentView) -> Bool {
        guard let overlay = view.overlay else { return true }
        switch self {
        case .all, .none, .keyword: return true
        case .integerRange(let field, _, _), .exists(let field): return !overlay.hasValues(field)
        case .and(let parts), .or(let parts): return parts.allSatisfy { $0.isUnchanged(in: view) }
        case .not(let part): return part.isUnchanged(in: view)
        }
    }
}
