// What a bisection works on: for each document the numbers of its terms, the postings turned round.
//
// Memory: two bytes a posting of the terms that count, at most `BisectionLimits.postingCountMax` of them, and
// four a document.
import CKernels

/// Which terms of a merge count for the order of its documents, and how far the order is refined.
struct BisectionLimits: Sendable {
    /// Terms in fewer documents say little about the order, and are many.
    var documentFrequencyMin: UInt32 = 8
    /// Terms in a larger share of the documents are everywhere in any order.
    var documentShareMax = 0.5
    /// The most postings held; when there are more, the rarest terms are left out.
    var postingCountMax = 1 << 27
    /// Parts of at most this many documents keep the order in which the documents came.
    var leafDocumentCount = 32
    /// How often the documents of a part change sides at most.
    var iterationCountMax = 12
    /// A part is settled once less than this share of its documents changes sides.
    var settledShare = 0.01
    /// Parts of at most so many postings are copied together, so that they stay in the processor's cache.
    var localPostingCount = 1 << 19

    /// Numbers have two bytes, and the last of them stands for no term.
    static let termCountMax = Int(UInt16.max)
}

/// The terms of the documents of a merge. Documents are numbered by the order in which they came.
final class BisectionGraph: @unchecked Sendable {
    // SAFETY (Sendable): written while it is made, only read afterwards.
    let documentCount: Int
    private(set) var termCount = 0
    private let starts: UnsafeMutablePointer<UInt32>
    private var terms: UnsafeMutablePointer<UInt16>?

    /// What the kernels read.
    var view: saekin_bisection_graph { saekin_bisection_graph(starts: starts, terms: terms) }

    /// How many terms all documents have.
    var postingCount: Int { Int(starts[documentCount]) }

    private init(documentCount: Int) {
        self.documentCount = documentCount
        // One more than is needed in the end: while the lists are filled, each start is that of the document
        // before.
        starts = .allocate(capacity: documentCount + 2)
        starts.initialize(repeating: 0, count: documentCount + 2)
    }

    deinit {
        starts.deallocate()
        terms?.deallocate()
    }

    /// The terms of the text fields of the listed documents.
    convenience init(
        _ sources: [SegmentSource], _ documents: [SourceDocument], limits: BisectionLimits,
        check: () throws(SegmentError) -> Void
    ) throws(SegmentError) {
        self.init(documentCount: documents.count)
        var postings = BisectionPostings(sources, documents)
        let lists = try BisectionTerms(sources, limits, documentCount: documents.count, check: check).lists
        termCount = lists.count
        for entries in lists {
            try check()
            for (source, entry) in entries {
                try postings.forEach(source, entry) { starts[$0 + 2] += 1 }
            }
        }
        for document in 0..<documentCount { starts[document + 2] += starts[document + 1] }
        let filled = UnsafeMutablePointer<UInt16>.allocate(capacity: max(Int(starts[documentCount + 1]), 1))
        terms = filled
        for (number, entries) in lists.enumerated() {
            try check()
            for (source, entry) in entries {
                // SAFETY: the same lists as before: each document has room for the terms counted then.
                try postings.forEach(source, entry) { document in
                    filled[Int(starts[document + 1])] = UInt16(number)
                    starts[document + 1] += 1
                }
            }
        }
    }

    /// A graph of lists of terms, for tests.
    convenience init(termCount: Int, _ documents: [[UInt16]]) {
        self.init(documentCount: documents.count)
        self.termCount = termCount
        let all = documents.flatMap { $0 }
        let filled = UnsafeMutablePointer<UInt16>.allocate(capacity: max(all.count, 1))
        for (index, term) in all.enumerated() { filled[index] = term }
        terms = filled
        for (number, document) in documents.enumerated() {
            starts[number + 1] = starts[number] + UInt32(document.count)
        }
    }
}

/// Reads postings as the numbers of documents in a list.
private struct BisectionPostings {
    private let sources: [SegmentSource]
    /// For each source and document, its number; `noMoreDocuments` for those not listed.
    private var numbers: [[UInt32]]
    private var documents = [UInt32](repeating: 0, count: PostingsCursor.blockCapacity)

    init(_ sources: [SegmentSource], _ listed: [SourceDocument]) {
        self.sources = sources
        numbers = sources.map {
            [UInt32](repeating: .noMoreDocuments, count: Int($0.segment.documentCount))
        }
        for (number, document) in listed.enumerated() {
            numbers[Int(document.source)][Int(document.document)] = UInt32(number)
        }
    }

    /// Hands the number of each listed document of a term to `body`.
    mutating func forEach(
        _ source: Int, _ entry: TermEntry, _ body: (Int) -> Void
    ) throws(SegmentError) {
        var cursor = sources[source].segment.postings(entry)
        var left = Int(entry.documentFrequency)
        while try cursor.nextBlock() {
            let count = try cursor.decodeDocuments(into: &documents)
            left -= count
            // The sum of the frequencies is what memory was planned with.
            guard left >= 0 else { throw cursor.damaged(0, "a term has more documents than it says") }
            for index in 0..<count {
                let number = numbers[source][Int(documents[index])]
                if number != .noMoreDocuments { body(Int(number)) }
            }
        }
    }
}

/// The terms that count, with their postings in each source, the most frequent first: their numbers then lie
/// close together in the tables that are read for every posting.
private struct BisectionTerms {
    private(set) var lists: [[(source: Int, entry: TermEntry)]] = []

    init(
        _ sources: [SegmentSource], _ limits: BisectionLimits, documentCount: Int,
        check: () throws(SegmentError) -> Void
    ) throws(SegmentError) {
        let most = UInt64(Double(documentCount) * limits.documentShareMax)
        let least = UInt64(max(limits.documentFrequencyMin, 2))
        var frequencies: [UInt32] = []
        try Self.forEachTerm(sources, check) { entries in
            let frequency = Self.frequency(entries)
            if least <= frequency, frequency <= most { frequencies.append(UInt32(frequency)) }
        }
        frequencies.sort(by: >)
        var bound = least
        var postingCount = 0
        for (index, frequency) in frequencies.enumerated() {
            postingCount += Int(frequency)
            if index == BisectionLimits.termCountMax || postingCount > limits.postingCountMax {
                // Of equally frequent terms all are taken, or none.
                bound = UInt64(frequency) + 1
                break
            }
        }
        var chosen: [(frequency: UInt64, entries: [(source: Int, entry: TermEntry)])] = []
        try Self.forEachTerm(sources, check) { entries in
            let frequency = Self.frequency(entries)
            if bound <= frequency, frequency <= most { chosen.append((frequency, entries)) }
        }
        let order = chosen.indices.sorted {
            (chosen[$1].frequency, $0) < (chosen[$0].frequency, $1)
        }
        lists = order.map { chosen[$0].entries }
    }

    private static func frequency(_ entries: [(source: Int, entry: TermEntry)]) -> UInt64 {
        entries.reduce(0) { $0 + UInt64($1.entry.documentFrequency) }
    }

    /// Hands each term of the text fields to `body`, field by field in byte order.
    private static func forEachTerm(
        _ sources: [SegmentSource], _ check: () throws(SegmentError) -> Void,
        _ body: ([(source: Int, entry: TermEntry)]) -> Void
    ) throws(SegmentError) {
        let fields = Set(
            sources.flatMap { $0.segment.fieldDefinitions }.filter { $0.kind == .text }.map(\.id))
        var count = 0
        for field in fields.sorted() {
            var terms = try JoinedTerms(sources, field)
            while let entries = try terms.next() {
                body(entries)
                count += 1
                if count % 4_096 == 0 { try check() }
            }
        }
    }
}
