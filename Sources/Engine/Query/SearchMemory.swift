// Working memory of a search for the best hits: a stretch of up to 65,536 documents with a bit and a score
// each, and room for as many candidates. It is kept from one search to the next, because zeroing it costs
// more than many a search.

import Synchronization

/// Bits and sums of a stretch, all 0 between its uses.
final class SearchMemory: @unchecked Sendable {
    // SAFETY (Sendable): `lend` gives it to one search at a time.
    /// The longest stretch.
    static let capacity = 65_536

    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: SearchMemory.capacity / 64)
    let sums = UnsafeMutablePointer<Float>.allocate(capacity: SearchMemory.capacity)
    let documents = UnsafeMutablePointer<UInt32>.allocate(capacity: SearchMemory.capacity)
    let documentScores = UnsafeMutablePointer<Float>.allocate(capacity: SearchMemory.capacity)

    /// Searches at once beyond this allocate their own.
    private static let keptCountMax = 16
    private static let kept = Mutex<[SearchMemory]>([])

    private init() {
        words.initialize(repeating: 0, count: Self.capacity / 64)
        sums.initialize(repeating: 0, count: Self.capacity)
    }

    deinit {
        words.deallocate()
        sums.deallocate()
        documents.deallocate()
        documentScores.deallocate()
    }

    /// Lends memory to a search. What a failed search leaves behind is not used again.
    static func lend<Result>(_ body: (SearchMemory) throws -> Result) throws -> Result {
        let memory = kept.withLock { $0.popLast() } ?? SearchMemory()
        let result = try body(memory)
        kept.withLock { if $0.count < keptCountMax { $0.append(memory) } }
        return result
    }
}
