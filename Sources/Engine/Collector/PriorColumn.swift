// The static priors of a segment as a search sees them, in memory: a byte a document, with the greatest of
// each stretch. A refresh that replaces some values makes a new column from the one before and reads only the
// windows that changed.
import CKernels
import Synchronization

/// The priors of a segment's documents at one time.
final class PriorColumn: @unchecked Sendable {
    // SAFETY (Sendable): nothing is written once `init` has returned.
    /// Documents for which the greatest value is known.
    private static let blockSize = 256
    private static let blocksPerWindow = Window.size / PriorColumn.blockSize

    /// A byte a document, for every document of every window; nil when no document has a value above 0.
    let values: UnsafePointer<UInt8>?
    /// The greatest value of all.
    let greatest: UInt8
    private let blockMaxima: [UInt8]
    private let windowMaxima: [UInt8]
    /// What was laid over the segment's values.
    private let overlay: ColumnOverlay?

    /// The column of `view`, which may take from `previous`, an earlier one of the same source and segment.
    init(_ source: PriorSource, _ view: SegmentView, previous: PriorColumn?) throws(SegmentError) {
        overlay = view.overlay
        var window = PriorWindow(source, view)
        guard window.hasValues else {
            (values, greatest, blockMaxima, windowMaxima) = (nil, 0, [], [])
            return
        }
        let windowCount = Int(Window.count(view.segment.documentCount))
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: windowCount * Window.size)
        var blocks = [UInt8](repeating: 0, count: windowCount * Self.blocksPerWindow)
        do throws(SegmentError) {
            for number in 0..<windowCount {
                let target = bytes + number * Window.size
                if let previous, let known = previous.values,
                    source.isSame(number, view.overlay, previous.overlay)
                {
                    target.update(from: known + number * Window.size, count: Window.size)
                } else {
                    try window.read(UInt32(number), into: target)
                }
                for block in 0..<Self.blocksPerWindow {
                    // SAFETY: a window has so many blocks.
                    blocks[number * Self.blocksPerWindow + block] = saekin_greatest_byte(
                        target + block * Self.blockSize, Self.blockSize)
                }
            }
        } catch {
            bytes.deallocate()
            throw error
        }
        blockMaxima = blocks
        windowMaxima = (0..<windowCount).map { window in
            blocks[(window * Self.blocksPerWindow)..<((window + 1) * Self.blocksPerWindow)].max() ?? 0
        }
        greatest = windowMaxima.max() ?? 0
        if greatest == 0 { bytes.deallocate() }
        values = greatest == 0 ? nil : UnsafePointer(bytes)
    }

    deinit { values?.deallocate() }

    /// The value of a document of the segment.
    func value(_ document: UInt32) -> UInt8 { values?[Int(document)] ?? 0 }

    /// The greatest value of the documents `start..<end`, or of some more around them.
    ///
    /// - Precondition: `start < end`, and `end` is not beyond the documents of the segment.
    func greatest(_ start: UInt32, _ end: UInt32) -> UInt8 {
        if values == nil { return 0 }
        let first = Int(start) / Self.blockSize
        let behind = (Int(end) + Self.blockSize - 1) / Self.blockSize
        let (firstWindow, lastWindow) = (Int(start) / Window.size, Int(end - 1) / Window.size)
        if lastWindow - firstWindow < 2 { return Self.greatest(blockMaxima, first, behind) }
        return max(
            Self.greatest(blockMaxima, first, (firstWindow + 1) * Self.blocksPerWindow),
            Self.greatest(windowMaxima, firstWindow + 1, lastWindow),
            Self.greatest(blockMaxima, lastWindow * Self.blocksPerWindow, behind))
    }

    private static func greatest(_ maxima: [UInt8], _ start: Int, _ end: Int) -> UInt8 {
        precondition(start >= 0 && start <= end && end <= maxima.count, "no such documents")
        return maxima.withUnsafeBufferPointer { maxima in
            // SAFETY: the precondition keeps the range inside of the array.
            maxima.baseAddress.map { saekin_greatest_byte($0 + start, end - start) } ?? 0
        }
    }
}

/// Reads the values of a source, a window at a time.
private struct PriorWindow {
    private let source: PriorSource
    private let values: IntegerReader?
    private let bonuses: IntegerReader?
    private var integers = [Int64](repeating: 0, count: Window.size)
    private var present = [UInt64](repeating: 0, count: Window.wordCount)

    init(_ source: PriorSource, _ view: SegmentView) {
        self.source = source
        values = IntegerReader(source.field, view: view)
        bonuses = source.bonus.flatMap { IntegerReader($0.field, view: view) }
    }

    /// Whether any document may have a value above 0.
    var hasValues: Bool { values != nil || bonuses != nil }

    /// Writes the values of a window's documents, and 0 behind the last.
    mutating func read(_ window: UInt32, into target: UnsafeMutablePointer<UInt8>) throws(SegmentError) {
        target.update(repeating: 0, count: Window.size)
        if let values {
            try values.load(window: window, values: &integers, present: &present)
            for offset in 0..<Window.size { target[offset] = UInt8(clamping: integers[offset]) }
        }
        guard let bonuses, let bonus = source.bonus else { return }
        try bonuses.load(window: window, values: &integers, present: &present)
        let integers = integers
        present.withUnsafeBufferPointer { present in
            guard let words = present.baseAddress else { return }
            forEachBit(words) { offset in
                let (sum, isOver) = target[offset].addingReportingOverflow(bonus.value(of: integers[offset]))
                target[offset] = isOver ? StaticPrior.valueMax : sum
            }
        }
    }
}

/// Where priors come from, whatever they weigh.
struct PriorSource: Hashable, Sendable {
    let field: FieldID
    let bonus: StaticPrior.Bonus?

    /// Whether a window has the same values under two overlays of its segment.
    func isSame(_ window: Int, _ a: ColumnOverlay?, _ b: ColumnOverlay?) -> Bool {
        ColumnOverlay.areSame(field, window: window, a, b)
            && (bonus.map { ColumnOverlay.areSame($0.field, window: window, a, b) } ?? true)
    }
}

/// The prior column that was made last of a view or of a segment.
final class LastPriorColumn: Sendable {
    private let last = Mutex<(source: PriorSource, column: PriorColumn)?>(nil)

    init() {}

    subscript(_ source: PriorSource) -> PriorColumn? {
        get { last.withLock { $0.flatMap { $0.source == source ? $0.column : nil } } }
        set { last.withLock { last in last = newValue.map { (source, $0) } } }
    }
}

extension SegmentView {
    /// The priors of a source; made when they are first asked for.
    func prior(_ source: PriorSource) throws(SegmentError) -> PriorColumn {
        if let known = lastPrior[source] { return known }
        let column = try PriorColumn(source, self, previous: segment.lastPrior[source])
        lastPrior[source] = column
        segment.lastPrior[source] = column
        return column
    }
}
