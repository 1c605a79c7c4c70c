// Chooses documents, spread evenly over a segment, on which its compression dictionary is trained.
import CZstd

/// Collects a bounded sample of documents.
struct StoredSampler {
    /// Enough samples for a good dictionary; training takes time in proportion.
    static let sampleByteCountMax = 2 << 20

    private var samples: [UInt8] = []
    private var sizes: [Int] = []
    private var seen: UInt64 = 0
    private var taken: UInt64 = 0
    private let total: UInt64

    /// A sampler for documents of so many bytes together.
    init(totalByteCount: UInt64) { total = max(totalByteCount, 1) }

    /// Whether the next document, of `byteCount` bytes, belongs to the sample; counts it as seen.
    mutating func wants(_ byteCount: Int) -> Bool {
        seen += UInt64(byteCount)
        let share = Double(Self.sampleByteCountMax) / Double(total)
        return byteCount > 0 && byteCount <= 128 << 10 && Double(taken) <= Double(seen) * share
    }

    /// Adds a document to the sample.
    mutating func add(_ document: some Collection<UInt8>) {
        samples.append(contentsOf: document)
        sizes.append(document.count)
        taken += UInt64(document.count)
    }

    /// A dictionary for documents like these; empty when they do not suffice for one.
    func train() -> [UInt8] {
        let capacity = min(StoredFormat.dictionaryByteCountMax, samples.count / 10)
        guard capacity >= 1 << 10 else { return [] }
        var dictionary = [UInt8](repeating: 0, count: capacity)
        let count = ZDICT_trainFromBuffer(&dictionary, capacity, samples, sizes, UInt32(sizes.count))
        if ZDICT_isError(count) != 0 { return [] }
        dictionary.removeLast(capacity - count)
        return dictionary
    }
}
