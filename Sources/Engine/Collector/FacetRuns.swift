// The values of a keyword column by runs of neighbouring documents that have the same. Segments are written
// in an order in which neighbours have much in common (Engine.docc/DocumentOrder.md), so a run is counted
// with one look at its bits where the column would be unpacked for each of its documents.
import CKernels
import Synchronization

/// The runs of a column: nothing changes after `init`.
final class FacetRuns: @unchecked Sendable {
    // SAFETY (Sendable): the memory is written by `init` alone.
    private let starts: UnsafeMutablePointer<UInt64>
    private let before: UnsafeMutablePointer<UInt32>
    private let ordinals: UnsafeMutablePointer<UInt32>
    private let ends: UnsafeMutablePointer<UInt32>?
    private let wordCount: Int
    private var kernel: saekin_runs

    /// Numbers that runs may take for each document: more than that, and they are no gain.
    private static let numbersPerDocumentMax = 2.0

    /// Nil where neighbours differ so often that the packed column is better.
    ///
    /// - Complexity: decodes the column, or as much of it as shows that.
    init?(_ column: KeywordColumn, documentCount: UInt32) throws(SegmentError) {
        guard
            let built = try Builder(column, documentCount, numberCountMax: Self.numberCountMax(documentCount))
        else { return nil }
        wordCount = built.starts.count
        starts = .allocate(capacity: wordCount)
        before = .allocate(capacity: wordCount)
        ordinals = .allocate(capacity: built.ordinals.count)
        ends = built.isSingle ? nil : .allocate(capacity: built.ends.count)
        // SAFETY: each has the capacity of what it is filled with.
        starts.initialize(from: built.starts, count: wordCount)
        before.initialize(from: built.before, count: wordCount)
        ordinals.initialize(from: built.ordinals, count: built.ordinals.count)
        ends?.initialize(from: built.ends, count: built.ends.count)
        kernel = saekin_runs(starts: starts, before: before, ends: ends, ordinals: ordinals)
    }

    deinit {
        starts.deallocate()
        before.deallocate()
        ordinals.deallocate()
        ends?.deallocate()
    }

    private static func numberCountMax(_ documentCount: UInt32) -> Int {
        Int(Double(documentCount) * numbersPerDocumentMax)
    }

    /// Adds 1 to the count of each ordinal of the documents whose bits are set in `words`, as
    /// `KeywordColumn.count` does.
    ///
    /// - Precondition: `words` has 64 words, none of which names a document beyond the last; `numbers` has
    ///   `termCount` values, and `counts` room for two a number.
    func count(
        window: Int, where words: UnsafePointer<UInt64>, numbers: UnsafePointer<UInt32>?,
        into counts: UnsafeMutablePointer<UInt32>
    ) {
        let first = window * Window.wordCount
        // SAFETY: the runs have a word for each 64 documents.
        withUnsafePointer(to: kernel) {
            saekin_count_runs($0, first, words, min(Window.wordCount, wordCount - first), numbers, counts)
        }
    }
}

/// Collects runs, document after document.
private struct Builder {
    var starts: [UInt64]
    var before: [UInt32] = []
    var ends: [UInt32] = []
    var ordinals: [UInt32] = []
    /// Whether each document has exactly one value.
    var isSingle = true

    /// Nil when more than `numberCountMax` numbers are needed.
    init?(_ column: KeywordColumn, _ documentCount: UInt32, numberCountMax: Int) throws(SegmentError) {
        starts = Array(repeating: 0, count: (Int(documentCount) + 63) / 64)
        before.reserveCapacity(starts.count)
        var decoded = KeywordWindow()
        for window in 0..<column.windowCount {
            try column.decode(window: window, into: &decoded)
            let first = window * Window.size
            for offset in 0..<min(Window.size, Int(documentCount) - first) {
                if offset % 64 == 0 { before.append(UInt32(ends.count)) }
                if add(decoded, offset) { starts[(first + offset) / 64] |= 1 << UInt64(offset % 64) }
            }
            if ordinals.count + (isSingle ? 0 : ends.count) > numberCountMax { return nil }
        }
    }

    /// Adds a document; whether it starts a run.
    private mutating func add(_ decoded: KeywordWindow, _ offset: Int) -> Bool {
        if !decoded.isEmpty, decoded.isSingleValued, decoded.ordinals[offset] != KeywordWindow.missing {
            let ordinal = decoded.ordinals[offset]
            if isRun(of: CollectionOfOne(ordinal)) { return false }
            ordinals.append(ordinal)
        } else if decoded.isEmpty || decoded.isSingleValued {
            isSingle = false
            if isRun(of: EmptyCollection()) { return false }
        } else {
            let list = decoded.ordinals[Int(decoded.starts[offset])..<Int(decoded.starts[offset + 1])]
            if list.count != 1 { isSingle = false }
            if isRun(of: list) { return false }
            ordinals += list
        }
        ends.append(UInt32(ordinals.count))
        return true
    }

    /// Whether the last run has these ordinals.
    private func isRun(of list: some Collection<UInt32>) -> Bool {
        guard let end = ends.last else { return false }
        let start = ends.count == 1 ? 0 : Int(ends[ends.count - 2])
        return ordinals[start..<Int(end)].elementsEqual(list)
    }
}
