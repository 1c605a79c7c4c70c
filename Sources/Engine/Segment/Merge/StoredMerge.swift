// Merges stored fields. Blocks are compressed again, because documents move and the dictionary is another.

/// Copies stored documents in their new order.
struct StoredMerge {
    private let plan: MergePlan
    private let storage: SpoolStorage

    init(_ plan: MergePlan, storage: SpoolStorage) {
        self.plan = plan
        self.storage = storage
    }

    /// A dictionary trained on blocks spread evenly over the sources; empty for small segments.
    func dictionary() throws(SegmentError) -> [UInt8] {
        var total = 0
        for source in plan.sources {
            let liveCount = Int(source.liveDocs?.liveCount ?? source.segment.documentCount)
            let stored = source.segment.storedFields
            guard source.segment.documentCount > 0 else { continue }
            // Deleted documents are taken to be as long as others: an estimate is enough here.
            total += stored.contentByteCount / Int(source.segment.documentCount) * liveCount
        }
        guard total >= StoredFormat.dictionaryThreshold else { return [] }
        var sampler = StoredSampler(totalByteCount: UInt64(total))
        for (number, source) in plan.sources.enumerated() {
            let stored = source.segment.storedFields
            for block in 0..<stored.blockCount {
                guard sampler.wants(stored.contentByteCount(ofBlock: block)) else { continue }
                let first = Int(stored.firstDocument(ofBlock: block))
                for (index, document) in try stored.documents(ofBlock: block).enumerated()
                where plan.maps[number][first + index] != .noMoreDocuments {
                    sampler.add(document)
                }
            }
        }
        return sampler.train()
    }

    /// Writes all documents.
    func copy(to writer: inout SegmentWriter, shouldStop: () -> Bool) throws(SegmentError) {
        guard plan.keepsOrder else {
            var distribution = StoredDistribution(plan, storage: storage)
            return try distribution.forEach(shouldStop: shouldStop) { bytes throws(SegmentError) in
                try writer.addStored(bytes)
            }
        }
        var source = UInt32.max
        var first: DocID = 0
        var documents: [ArraySlice<UInt8>] = []
        for (new, old) in plan.order.enumerated() {
            if new % 1_024 == 0 { try plan.stop(if: shouldStop) }
            if old.source != source || old.document < first || Int(old.document - first) >= documents.count {
                let stored = plan.sources[Int(old.source)].segment.storedFields
                let block = stored.blockNumber(old.document)
                documents = try stored.documents(ofBlock: block)
                first = stored.firstDocument(ofBlock: block)
                source = old.source
            }
            try writer.addStored(documents[Int(old.document - first)])
        }
    }
}
