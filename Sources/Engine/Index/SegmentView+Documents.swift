// The live documents of a term: for look-ups by key, and to find every document that a word is in. A key has
// one live document at most; its list is longer where it was written several times before a refresh.

extension Snapshot {
    /// Where the document of a key is; nil where there is none.
    /// - Complexity: a look-up in every segment.
    public func address(of key: [UInt8]) throws(SegmentError) -> DocAddress? {
        for (number, view) in segments.enumerated() {
            guard let entry = try view.segment.term(FieldRegistry.key, key),
                let document = try view.liveDocuments(of: entry).first
            else { continue }
            return DocAddress(segment: number, document: document)
        }
        return nil
    }
}

extension SegmentView {
    /// The documents of a term that are not deleted, ascending.
    /// - Complexity: O(documents of the term).
    public func liveDocuments(of entry: TermEntry) throws(SegmentError) -> [DocID] {
        if entry.documentFrequency == 1 {
            return isLive(entry.singleton) ? [entry.singleton] : []
        }
        var live: [DocID] = []
        var cursor = segment.postings(entry)
        try withUnsafeTemporaryAllocation(
            of: UInt32.self, capacity: PostingsCursor.blockCapacity
        ) { buffer throws(SegmentError) in
            guard let documents = buffer.baseAddress else { return }
            while try cursor.nextBlock() {
                // SAFETY: the buffer has the capacity that the cursor asks for, and holds `count` documents
                // then.
                let count = try cursor.decodeDocuments(into: documents)
                for index in 0..<count where isLive(documents[index]) { live.append(documents[index]) }
            }
        }
        return live
    }

    /// Whether a document is not deleted.
    func isLive(_ document: DocID) -> Bool {
        liveDocs?.contains(document) ?? true
    }
}
