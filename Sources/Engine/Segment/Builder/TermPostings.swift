// How a builder keeps the postings of a term in its stream.
//
//   text      new document: gap * 2 + 1, then its first position; further position: distance * 2. Gaps count
//             from the document before, the first from 0.
//   keyword   gaps of all documents but the last, which stands in the table: most keys have no other.

extension BuilderTerm {
    /// Adds an occurrence in a text field. Documents ascend, and in each of them positions do; a position
    /// that is there is not added again.
    ///
    /// - Returns: whether it was added.
    @inline(__always)
    mutating func add(_ document: DocID, position: UInt32, _ pool: inout SlicePool) -> Bool {
        if documentFrequency > 0, lastDocument == document {
            if position == last { return false }
            pool.appendVarint(UInt64(position - last) << 1, to: &postings)
        } else {
            pool.appendVarint(UInt64(document - lastDocument) << 1 | 1, to: &postings)
            pool.appendVarint(UInt64(position), to: &postings)
            documentFrequency += 1
            lastDocument = document
        }
        last = position
        return true
    }

    /// Adds a document that has this value of a keyword field. Documents ascend.
    @inline(__always)
    mutating func add(_ document: DocID, _ pool: inout SlicePool) {
        if documentFrequency > 0 {
            pool.appendVarint(UInt64(lastDocument - last), to: &postings)
            last = lastDocument
        }
        documentFrequency += 1
        lastDocument = document
    }
}

/// Postings of up to 128 documents, as they go from a builder to a writer.
struct PostingsRun: ~Copyable {
    static let capacity = SegmentFormat.postingsBlockCount

    let documents = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    let frequencies = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    /// Distances of positions, the first of each document from 0.
    var distances = PageBuffer<UInt32>()
    var count = 0

    deinit {
        documents.deallocate()
        frequencies.deallocate()
    }
}

/// Reads what `BuilderTerm.add` wrote.
struct TermPostingsReader {
    private var reader: SliceReader
    private let term: BuilderTerm
    private let isText: Bool
    private var readCount: UInt32 = 0
    private var document: UInt32 = 0
    /// The document that the reader has met the beginning of.
    private var isInside = false

    init(_ term: BuilderTerm, isText: Bool, _ pool: borrowing SlicePool) {
        self.term = term
        self.isText = isText
        reader = SliceReader(term.postings, pool)
    }

    /// Reads the next documents, at most 128; false when there are none.
    mutating func next(_ run: inout PostingsRun) -> Bool {
        run.count = min(PostingsRun.capacity, Int(term.documentFrequency - readCount))
        run.distances.removeAll(keepingMemory: true)
        guard run.count > 0 else { return false }
        // SAFETY: a run has room for `capacity` documents.
        if isText {
            for index in 0..<run.count { run.frequencies[index] = readPositions(run.documents + index, &run) }
        } else {
            for index in 0..<run.count {
                readCount += 1
                if readCount < term.documentFrequency {
                    document += UInt32(truncatingIfNeeded: reader.next())
                } else {
                    document = term.lastDocument
                }
                run.documents[index] = document
                run.frequencies[index] = 1
            }
        }
        return true
    }

    /// Reads a document and its positions; returns how many there are.
    @inline(__always)
    private mutating func readPositions(
        _ place: UnsafeMutablePointer<UInt32>, _ run: inout PostingsRun
    ) -> UInt32 {
        if !isInside { document += UInt32(truncatingIfNeeded: reader.next() >> 1) }
        place.pointee = document
        run.distances.append(UInt32(truncatingIfNeeded: reader.next()))
        readCount += 1
        isInside = false
        var frequency: UInt32 = 1
        while !reader.isAtEnd {
            let code = reader.next()
            if code & 1 == 1 {
                document += UInt32(truncatingIfNeeded: code >> 1)
                isInside = true
                break
            }
            run.distances.append(UInt32(truncatingIfNeeded: code >> 1))
            frequency += 1
        }
        return frequency
    }
}
