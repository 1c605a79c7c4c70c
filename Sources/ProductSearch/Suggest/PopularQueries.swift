// What shoppers search for, counted, to complete what the next one types. A count loses half of its worth in
// a week. Nothing tells who searched; what few have searched for, or what may be a number of theirs, is never
// shown.
//
// A search page asks with every keystroke, so every query is also counted by its beginnings: 나, 나이, 나이키.
// What counts for a query is therefore how often it was searched for beyond the queries that continue it.

import Dispatch
import Glibc
import KoreanAnalysis
import Synchronization

/// The queries that found something. Safe to use from any thread.
public final class PopularQueries: Sendable {
    /// Fewer requests than this do not make a query popular.
    static let requestCountMin = 3.0
    private static let queryCountMax = 50_000
    private static let queryByteCountMax = 100
    /// Longer numbers may be those of a person, an order or a telephone.
    private static let digitCountMax = 6
    private static let halfLifeSeconds = 7.0 * 86_400
    /// Completions are made anew so much later at the earliest; of few queries at once.
    private static let renewalSeconds: Int64 = 10
    private static let fewCount = 500
    private static let saveSeconds: Int64 = 30

    struct State: Sendable {
        /// Requests by folded query, worth what they were worth at `decayedAt`.
        var counts: [[UInt8]: Double] = [:]
        var decayedAt: Int64
        var isChanged = false
        var isSaved = true
        var madeAt: Int64
        var savedAt: Int64
        var completions = CompletionIndex([], rows: CompletionRows())
        /// Why the last attempt to save failed.
        var failure: PopularQueriesFile.Failure?
    }

    private let analyzer: KoreanAnalyzer
    private let file: PopularQueriesFile?
    private let now: @Sendable () -> Int64
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "popular-queries", qos: .utility)

    /// Counts from what was saved in `folder`; nil keeps the counts in memory only.
    ///
    /// - Parameter now: Seconds since 1970.
    /// - Throws: `PopularQueriesFile.Failure` where the saved counts cannot be read.
    public init(
        folder: DataFolder?, analyzer: KoreanAnalyzer,
        now: @escaping @Sendable () -> Int64 = PopularQueriesFile.secondsSince1970
    ) throws(PopularQueriesFile.Failure) {
        self.analyzer = analyzer
        self.now = now
        file = folder.map { PopularQueriesFile(folder: $0) }
        var state = State(decayedAt: now(), madeAt: 0, savedAt: now())
        if let saved = try file?.read() {
            state.counts = saved.counts
            state.decayedAt = min(saved.decayedAt, now())
            state.isChanged = true
        }
        self.state = Mutex(state)
    }

    /// Why counts could not be saved, while that is so.
    public var failure: String? { state.withLock { $0.failure?.description } }

    // MARK: Counting

    /// Counts a search that found something.
    func record(_ query: String) {
        // With a blank behind it the next word is on its way.
        guard query.utf8.count <= Self.queryByteCountMax, query.last?.isWhitespace == false else { return }
        let parts = QueryText(query).parts
        guard parts.count == 1, parts[0].kind == .words, !parts[0].isExcluded else { return }
        let folded = analyzer.folded(query)
        guard !CompletionKey.key(folded: folded).isEmpty, !folded.contains(UInt8(ascii: "@")),
            folded.count(where: { $0 >= 0x30 && $0 <= 0x39 }) <= Self.digitCountMax
        else { return }
        let isSaveDue = state.withLock { state in
            if state.counts.count >= Self.queryCountMax, state.counts[folded] == nil { Self.makeRoom(&state) }
            state.counts[folded, default: 0] += 1
            state.isChanged = true
            state.isSaved = false
            guard file != nil, now() - state.savedAt >= Self.saveSeconds else { return false }
            state.savedAt = now()
            return true
        }
        if isSaveDue { queue.async { [self] in save() } }
    }

    /// Forgets the rarer half.
    private static func makeRoom(_ state: inout State) {
        let kept = state.counts.sorted { left, right in
            left.value != right.value
                ? left.value > right.value : left.key.lexicographicallyPrecedes(right.key)
        }
        state.counts = Dictionary(
            uniqueKeysWithValues: kept.prefix(queryCountMax / 2).map { ($0.key, $0.value) })
    }

    // MARK: Completing

    /// The popular queries as completions; made anew from time to time, off the caller's thread where there
    /// are many.
    var completions: CompletionIndex {
        let (known, isDue, isSmall) = state.withLock { state in
            let isSmall = state.counts.count <= Self.fewCount
            let isDue = state.isChanged && (isSmall || now() - state.madeAt >= Self.renewalSeconds)
            if isDue {
                state.isChanged = false
                state.madeAt = now()
            }
            return (state.completions, isDue, isSmall)
        }
        guard isDue else { return known }
        guard isSmall else {
            queue.async { [self] in _ = renew() }
            return known
        }
        return renew()
    }

    private func renew() -> CompletionIndex {
        let counts = state.withLock { state in
            Self.decay(&state, now: now())
            return state.counts
        }
        let completions = Self.index(of: counts)
        state.withLock { $0.completions = completions }
        return completions
    }

    private static func decay(_ state: inout State, now: Int64) {
        let hour: Int64 = 3_600
        let passed = now - state.decayedAt
        guard passed >= hour else { return }
        let factor = exp2(-Double(passed) / halfLifeSeconds)
        state.counts = state.counts.mapValues { $0 * factor }.filter { $0.value >= 0.25 }
        state.decayedAt = now
        state.isSaved = false
    }

    /// The queries that several requests ended with.
    private static func index(of counts: [[UInt8]: Double]) -> CompletionIndex {
        let sorted = counts.map { (key: CompletionKey.key(folded: $0.key), folded: $0.key, count: $0.value) }
            .sorted { left, right in
                left.key != right.key
                    ? left.key.lexicographicallyPrecedes(right.key)
                    : left.folded.lexicographicallyPrecedes(right.folded)
            }
        var ended = sorted.map(\.count)
        // The queries that the one at hand continues, from the shortest.
        var open: [Int] = []
        for (index, query) in sorted.enumerated() {
            while let last = open.last, !query.key.starts(with: sorted[last].key) { open.removeLast() }
            if let last = open.last, sorted[last].key != query.key { ended[last] -= query.count }
            open.append(index)
        }
        var rows = CompletionRows()
        var entries: [CompletionEntry] = []
        for (index, query) in sorted.enumerated() where ended[index] >= requestCountMin {
            guard let row = rows.append(folded: query.folded, shown: query.folded) else { continue }
            entries.append(
                CompletionEntry(
                    words: CompletionWords(first: row), rank: UInt32(min(ended[index], 1e9)),
                    count: UInt32(min(ended[index], 1e9)), product: 0, kind: .query))
        }
        return CompletionIndex(entries, rows: rows)
    }

    // MARK: Saving

    /// Saves the counts where there are new ones; a failure is kept for `failure`.
    public func save() {
        let saved = state.withLock { state -> PopularQueriesFile.Content? in
            guard !state.isSaved else { return nil }
            Self.decay(&state, now: now())
            state.isSaved = true
            return PopularQueriesFile.Content(counts: state.counts, decayedAt: state.decayedAt)
        }
        guard let file, let saved else { return }
        do throws(PopularQueriesFile.Failure) {
            try file.write(saved)
            state.withLock { $0.failure = nil }
        } catch {
            state.withLock {
                $0.failure = error
                $0.isSaved = false
            }
        }
    }
}
