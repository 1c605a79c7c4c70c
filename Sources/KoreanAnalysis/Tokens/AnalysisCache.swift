// Remembers analyses of runs of Hangul. Words follow a steep distribution, so most runs of a catalogue are
// answered from here. Bounded: when it is full it is emptied, which costs one analysis of each word that
// comes again.

/// Analyses by run and left context.
final class AnalysisCache {
    /// Most runs that are remembered.
    static let maximumRuns = 1 << 15
    /// Most syllables, and most bytes of terms, that are remembered.
    private static let maximumUnits = 1 << 18
    private static let maximumTermBytes = 1 << 22

    private struct Key {
        var hash: UInt64
        var start: UInt32
        var length: UInt8
        var context: LeftContext
        var previous: UInt16?
        var entry: RunTokens.Entry
    }

    /// The tokens that entries refer to.
    private(set) var output = RunTokens()
    private var keys: [Key] = []
    private var units: [UInt16] = []
    /// Open addressing; 0 is free, otherwise index of the key + 1. A power of two, grown at half full.
    private var slots = [UInt32](repeating: 0, count: 256)
    private var analysis: RunAnalysis

    init(_ dictionary: MorphologicalDictionary, user: UserDictionary = .empty) {
        analysis = RunAnalysis(dictionary, user: user)
    }

    /// The right context that stands for what goes before.
    func contextRight(_ context: LeftContext) -> UInt16 {
        analysis.dictionary.contextRights[Int(context.rawValue)]
    }

    /// The analysis of a run of composed syllables, remembered or made. `hash` depends on units and contexts
    /// alone.
    @inline(__always)
    func entry(
        _ run: UnsafeBufferPointer<UInt16>, hash: UInt64, context: LeftContext, previous: UInt16? = nil
    ) -> RunTokens.Entry {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count &- 1)
        while slots[slot] != 0 {
            let key = keys[Int(slots[slot]) &- 1]
            if key.hash == hash, key.context == context, key.previous == previous, matches(key, run) {
                return key.entry
            }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
        return remember(run, hash: hash, context: context, previous: previous)
    }

    @inline(__always)
    private func matches(_ key: Key, _ run: UnsafeBufferPointer<UInt16>) -> Bool {
        guard Int(key.length) == run.count else { return false }
        let start = Int(key.start)
        for index in 0..<run.count where units[start &+ index] != run[index] { return false }
        return true
    }

    private func remember(
        _ run: UnsafeBufferPointer<UInt16>, hash: UInt64, context: LeftContext, previous: UInt16?
    ) -> RunTokens.Entry {
        if keys.count == Self.maximumRuns || units.count + run.count > Self.maximumUnits
            || output.bytes.count > Self.maximumTermBytes
        {
            removeAll()
        }
        let entry = analysis.analyze(run, context: context, previous: previous, into: &output)
        let start = UInt32(units.count)
        units.append(contentsOf: run)
        keys.append(
            Key(
                hash: hash, start: start, length: UInt8(run.count), context: context, previous: previous,
                entry: entry))
        if keys.count * 2 > slots.count { grow() } else { insert(keys.count) }
        return entry
    }

    private func insert(_ number: Int) {
        var slot = Int(truncatingIfNeeded: keys[number - 1].hash) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(number)
    }

    private func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for number in 1...keys.count { insert(number) }
    }

    private func removeAll() {
        keys.removeAll(keepingCapacity: true)
        units.removeAll(keepingCapacity: true)
        output.removeAll()
        for slot in slots.indices { slots[slot] = 0 }
    }
}
