// What the documents of a builder store, compressed while they come in: a buffer of documents would else
// consist mostly of them.

/// Collects stored documents.
struct StoredBuffer: ~Copyable {
    /// Documents of this many bytes are held before a dictionary is trained on a sample of them.
    private static let heldByteCountMax = 4 << 20

    private var held = PageBuffer<UInt8>()
    private var heldEnds: [Int] = []
    private var writer: StoredFieldsWriter?
    private var compressedByteCount = 0
    /// Why a block could not be compressed; told when the segment is finished.
    private var failure: SegmentError?
    private static let file = "segment in memory"

    /// Memory in use.
    var byteCount: Int { held.byteCount + heldEnds.count * 8 + compressedByteCount }

    /// Adds the bytes of the next document.
    mutating func add(_ document: [UInt8]) {
        do throws(SegmentError) {
            if var writer = writer.take() {
                try writer.add(document)
                compressedByteCount = writer.memoryByteCount
                self.writer = consume writer
            } else {
                document.withUnsafeBufferPointer { held.append(contentsOf: $0) }
                heldEnds.append(held.count)
                if held.count >= Self.heldByteCountMax { try compressHeld() }
            }
        } catch {
            failure = failure ?? error
        }
    }

    /// The writer with all documents. The buffer is empty afterwards.
    mutating func take() throws(SegmentError) -> StoredFieldsWriter {
        defer { removeAll(keepingMemory: true) }
        if writer == nil { try compressHeld() }
        if let failure { throw failure }
        guard let writer = writer.take() else { preconditionFailure("no writer was made") }
        return writer
    }

    mutating func removeAll(keepingMemory: Bool) {
        held.removeAll(keepingMemory: keepingMemory)
        heldEnds.removeAll(keepingCapacity: keepingMemory)
        writer = nil
        compressedByteCount = 0
        failure = nil
    }

    private mutating func compressHeld() throws(SegmentError) {
        var writer = try StoredFieldsWriter(storage: .memory, file: Self.file, dictionary: dictionary())
        var start = 0
        for end in heldEnds {
            // SAFETY: ends ascend to the number of bytes held.
            try writer.add(UnsafeBufferPointer(start: held.base + start, count: end - start))
            start = end
        }
        held.removeAll(keepingMemory: true)
        heldEnds.removeAll(keepingCapacity: true)
        self.writer = consume writer
    }

    private func dictionary() -> [UInt8] {
        guard held.count >= StoredFormat.dictionaryThreshold else { return [] }
        var sampler = StoredSampler(totalByteCount: UInt64(held.count))
        var start = 0
        for end in heldEnds {
            if sampler.wants(end - start) {
                sampler.add(UnsafeBufferPointer(start: held.base + start, count: end - start))
            }
            start = end
        }
        return sampler.train()
    }
}
