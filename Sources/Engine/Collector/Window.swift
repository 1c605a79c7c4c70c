// Working memory of the window pass: 4,096 documents at a time, a bit and a score for each.
//
// A slot is a window's worth of bits or scores, named by its offset in one array. Slots are taken and given
// back like a stack, so a pass over a segment allocates only while its first window grows the arrays.
import CKernels

/// Sizes of a window.
enum Window {
    /// Documents in a window.
    static let size = 4_096
    /// 64-bit words in a window.
    static let wordCount = 64
    static let shift: UInt32 = 12

    /// The windows of a segment.
    static func count(_ documentCount: UInt32) -> UInt32 {
        (documentCount >> shift) + (documentCount & UInt32(size - 1) == 0 ? 0 : 1)
    }

    /// The window of a document; `UInt32.max` stays itself: no document, no window.
    @inline(__always)
    static func of(_ document: UInt32) -> UInt32 {
        document == .max ? .max : document >> shift
    }
}

/// The documents of a segment that were found, a bit each.
struct FoundWords {
    // SAFETY: whoever makes one keeps the memory as long as it is used.
    let words: UnsafeMutablePointer<UInt64>
    let count: Int

    /// Words for the documents of a segment, from the one at `words` on.
    init(_ words: UnsafeMutablePointer<UInt64>, documentCount: UInt32) {
        self.words = words
        count = (Int(documentCount) + 63) / 64
    }

    /// The first window, from `window` on, in which something was found; `UInt32.max` if there is none.
    func nextWindow(_ window: UInt32) -> UInt32 {
        var word = Int(window) * Window.wordCount
        while word < count, words[word] == 0 { word += 1 }
        return word < count ? UInt32(word / Window.wordCount) : .max
    }
}

/// Slots of match bits.
struct BitSlots: Sendable {
    var words: [UInt64] = []
    private var used = 0

    /// A slot with no bit set.
    mutating func take() -> Int {
        let slot = used
        used += Window.wordCount
        if words.count < used {
            words.append(contentsOf: repeatElement(0, count: used - words.count))
        } else {
            clear(slot)
        }
        return slot
    }

    /// Gives back `slot` and every slot taken after it.
    mutating func giveBack(_ slot: Int) {
        used = slot
    }

    // The loops below run several times a window. One check of the slots' ends stands for those of their
    // words.

    private func check(_ slot: Int) {
        precondition(slot >= 0 && slot + Window.wordCount <= words.count, "no such slot")
    }

    /// Lends the words of all slots, of which `slot` is checked.
    @inline(__always)
    private mutating func withWords<Result>(
        _ slot: Int, _ other: Int, _ body: (UnsafeMutablePointer<UInt64>) -> Result
    ) -> Result {
        check(slot)
        check(other)
        return words.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    }

    // SAFETY: for all below: `check` keeps a slot's words inside of the array.

    mutating func clear(_ slot: Int) {
        withWords(slot, slot) { ($0 + slot).update(repeating: 0, count: Window.wordCount) }
    }

    mutating func copy(_ source: Int, to target: Int) {
        withWords(source, target) { ($0 + target).update(from: $0 + source, count: Window.wordCount) }
    }

    /// target = target AND source; whether anything is left.
    @discardableResult
    mutating func and(_ target: Int, _ source: Int) -> Bool {
        withWords(source, target) { saekin_and($0 + target, $0 + source, Window.wordCount) } != 0
    }

    /// target = target AND NOT source; whether anything is left.
    @discardableResult
    mutating func andNot(_ target: Int, _ source: Int) -> Bool {
        withWords(source, target) { saekin_and_not($0 + target, $0 + source, Window.wordCount) } != 0
    }

    mutating func or(_ target: Int, _ source: Int) {
        withWords(source, target) { saekin_or_into($0 + target, $0 + source, Window.wordCount) }
    }

    func isEmpty(_ slot: Int) -> Bool {
        check(slot)
        return words.withUnsafeBufferPointer { saekin_any($0.baseAddress! + slot, Window.wordCount) } == 0
    }

    func count(_ slot: Int) -> Int {
        check(slot)
        return words.withUnsafeBufferPointer { saekin_count_bits($0.baseAddress! + slot, Window.wordCount) }
    }

    /// Writes those of a slot's bits that are in a set of documents.
    mutating func intersect(_ source: Int, with set: DocumentSet, window: UInt32, into out: Int) {
        copy(source, to: out)
        words.withUnsafeMutableBufferPointer {
            // SAFETY: `copy` has checked the slot; a set has the words of every window of its segment.
            _ = saekin_and(
                $0.baseAddress! + out, set.words + Int(window) * Window.wordCount, Window.wordCount)
        }
    }

    /// Writes a window's bits into the words of a segment's documents.
    func store(_ slot: Int, to segment: FoundWords, window: UInt32) {
        check(slot)
        words.withUnsafeBufferPointer {
            let first = Int(window) * Window.wordCount
            // SAFETY: no more words are written than the segment has.
            (segment.words + first).update(
                from: $0.baseAddress! + slot, count: min(Window.wordCount, segment.count - first))
        }
    }

    /// Reads a window's bits from the words of a segment's documents into an empty slot.
    mutating func load(_ segment: FoundWords, window: UInt32, into slot: Int) {
        withWords(slot, slot) {
            let first = Int(window) * Window.wordCount
            // SAFETY: no more words are read than the segment has.
            ($0 + slot).update(
                from: segment.words + first, count: min(Window.wordCount, segment.count - first))
        }
    }

    /// Whether fewer than `limit` bits are set; looks no further than it must.
    func hasFewer(_ slot: Int, than limit: Int) -> Bool {
        check(slot)
        let words = words.span
        var count = 0
        for index in 0..<Window.wordCount {
            if count >= limit { return false }
            count += words[unchecked: slot + index].nonzeroBitCount
        }
        return count < limit
    }

    /// Keeps the documents of a slot whose score is at least `least`; whether any is left.
    mutating func keep(
        _ slot: Int, reaching least: Float, _ scores: Int, _ slots: borrowing ScoreSlots
    ) -> Bool {
        precondition(scores >= 0 && scores + Window.size <= slots.values.count, "no such slot")
        return slots.values.withUnsafeBufferPointer { values in
            // SAFETY: both slots are checked.
            withWords(slot, slot) {
                saekin_keep_reaching($0 + slot, values.baseAddress! + scores, least, Window.wordCount)
            }
        } != 0
    }

    /// Sets the bits of the documents that exist in a window.
    mutating func fillExisting(_ slot: Int, window: UInt32, documentCount: UInt32) {
        let base = Int(window) << Int(Window.shift)
        let count = min(Window.size, Int(documentCount) - base)
        if count == Window.size {
            withWords(slot, slot) { ($0 + slot).update(repeating: .max, count: Window.wordCount) }
            return
        }
        for index in 0..<Window.wordCount {
            let left = count - index * 64
            words[slot + index] = left >= 64 ? .max : left <= 0 ? 0 : (1 << UInt64(left)) - 1
        }
    }
}

/// Slots of scores.
struct ScoreSlots: Sendable {
    var values: [Float] = []
    private var used = 0

    /// A slot of zeros.
    mutating func take() -> Int {
        let slot = used
        if grow() { clear(slot) }
        return slot
    }

    /// A slot with zeros at the documents of `slot` among `bits`, and at all that share a word with one;
    /// anything elsewhere.
    mutating func take(for documents: Int, _ bits: borrowing BitSlots) -> Int {
        let slot = used
        if grow() { clear(slot, for: documents, bits) }
        return slot
    }

    /// Makes room for one more slot; whether it has been used before.
    private mutating func grow() -> Bool {
        used += Window.size
        guard values.count < used else { return true }
        values.append(contentsOf: repeatElement(0, count: used - values.count))
        return false
    }

    /// Gives back `slot` and every slot taken after it.
    mutating func giveBack(_ slot: Int) {
        used = slot
    }

    mutating func clear(_ slot: Int) {
        precondition(slot >= 0 && slot + Window.size <= values.count, "no such slot")
        values.withUnsafeMutableBufferPointer {
            // SAFETY: the precondition keeps the slot inside of the array.
            ($0.baseAddress! + slot).update(repeating: 0, count: Window.size)
        }
    }

    /// Adds to the scores of the documents of a slot of bits what a table has for their bytes.
    ///
    /// - Precondition: `table` has 256 scores, and `values` a byte for every document of the window.
    mutating func add(
        _ slot: Int, where documents: Int, _ bits: borrowing BitSlots, table: [Float],
        _ values: UnsafePointer<UInt8>
    ) {
        precondition(slot >= 0 && slot + Window.size <= self.values.count, "no such slot")
        precondition(documents >= 0 && documents + Window.wordCount <= bits.words.count, "no such slot")
        precondition(table.count == 256, "a table by byte has 256 scores")
        self.values.withUnsafeMutableBufferPointer { scores in
            bits.words.withUnsafeBufferPointer { words in
                // SAFETY: the preconditions keep both slots inside of their arrays.
                saekin_add_by_value(
                    words.baseAddress! + documents, Window.wordCount, values, table,
                    scores.baseAddress! + slot)
            }
        }
    }

    /// Zeros at the documents of `documents`, and at all that share a word with one.
    mutating func clear(_ slot: Int, for documents: Int, _ bits: borrowing BitSlots) {
        precondition(slot >= 0 && slot + Window.size <= values.count, "no such slot")
        let words = bits.words.span
        values.withUnsafeMutableBufferPointer { values in
            for index in 0..<Window.wordCount where words[documents + index] != 0 {
                // SAFETY: the precondition keeps the slot inside of the array.
                (values.baseAddress! + slot + index * 64).update(repeating: 0, count: 64)
            }
        }
    }
}
