// Reads the field table of a segment. See the page FieldTable.

/// Statistics of a field in a segment, deleted documents included.
public struct FieldStatistics: Hashable, Sendable {
    /// Documents with the field: text of at least one token, or a value.
    public let documentCount: UInt32
    /// Text: the documents' lengths added up, each rounded as its norm is.
    public let sumOfLengths: UInt64
    /// Different terms.
    public let termCount: UInt32
}

/// The fields of a segment.
struct FieldTable {
    static let headerByteCount = 24
    static let entryByteCount = 42

    let documentCount: UInt32
    let termCount: UInt32
    let versionsOffset: UInt64
    let fields: [FieldEntry]
    private let slots: [Int16]

    /// Reads and checks the table. Places in other sections are checked against their sizes.
    init(_ frame: SegmentFrame, file: String) throws(SegmentError) {
        try frame.verify(.fields, file: file)
        let range = frame[.fields]
        let view = range.view
        guard view.count >= Self.headerByteCount else { throw range.damaged(file, 0, "too short") }
        documentCount = view.u32(0)
        termCount = view.u32(8)
        versionsOffset = view.u64(16)
        let columnByteCount = ColumnFormat.blockCount(documentCount) * ColumnFormat.entryByteCount
        guard documentCount <= SegmentFormat.documentCountMax, view.u32(12) == 0 else {
            throw range.damaged(file, 0, "impossible document count")
        }
        let columnIndex = frame[.columnIndex].view
        guard columnIndex.contains(versionsOffset, UInt64(columnByteCount)) else {
            throw range.damaged(file, 16, "versions lie outside of the column index")
        }
        var fields: [FieldEntry] = []
        var slots: [Int16] = []
        var offset = Self.headerByteCount
        var ordinal: UInt64 = 0
        for _ in 0..<min(view.u32(4), UInt32(FieldRegistry.fieldCountMax) + 1) {
            let (entry, next) = try Self.entry(range, offset, file: file)
            let id = entry.definition.id
            guard fields.last.map({ $0.definition.id < id }) ?? true,
                Int(id.rawValue) < FieldRegistry.fieldCountMax,
                entry.documentCount <= documentCount, UInt64(entry.firstOrdinal) == ordinal
            else { throw range.damaged(file, offset, "\(id) contradicts the fields before it") }
            let hasNorms = entry.normsOffset != FieldEntry.absentOffset
            let hasColumn = entry.columnIndexOffset != FieldEntry.absentOffset
            let kind = entry.definition.kind
            guard hasNorms == (kind == .text),
                hasColumn == (kind != .text && (kind != .keyword || entry.definition.hasColumn)),
                !hasNorms || frame[.norms].view.contains(entry.normsOffset, UInt64(documentCount)),
                !hasColumn || columnIndex.contains(entry.columnIndexOffset, UInt64(columnByteCount))
            else {
                throw range.damaged(file, offset, "norms or column of \(id) lie outside of their section")
            }
            ordinal += UInt64(entry.termCount)
            slots.append(contentsOf: repeatElement(-1, count: Int(id.rawValue) + 1 - slots.count))
            slots[Int(id.rawValue)] = Int16(fields.count)
            fields.append(entry)
            offset = next
        }
        guard offset == view.count, fields.count == Int(view.u32(4)), ordinal == UInt64(termCount) else {
            throw range.damaged(file, offset, "the table's counts disagree with its entries")
        }
        self.fields = fields
        self.slots = slots
    }

    /// The entry of a field that the segment has.
    @inline(__always)
    subscript(field: FieldID) -> FieldEntry? {
        let number = Int(field.rawValue)
        guard number < slots.count, slots[number] >= 0 else { return nil }
        return fields[Int(slots[number])]
    }

    /// Where the norms of a field start; `FieldEntry.absentOffset` without any.
    func normsOffset(_ field: FieldID) -> UInt64 {
        let number = Int(field.rawValue)
        guard number < slots.count, slots[number] >= 0 else { return FieldEntry.absentOffset }
        return fields[Int(slots[number])].normsOffset
    }

    private static func entry(
        _ range: SectionRange, _ offset: Int, file: String
    ) throws(SegmentError) -> (FieldEntry, Int) {
        let view = range.view
        guard view.contains(offset, entryByteCount) else {
            throw range.damaged(file, offset, "a field's entry is cut")
        }
        let nameByteCount = Int(view.u16(offset + 40))
        let end = offset + entryByteCount + nameByteCount
        guard let kind = FieldKind(rawValue: view.u8(offset + 2)), view.u8(offset + 3) < 4,
            nameByteCount > 0, end <= view.count,
            let name = String(
                validating: view.slice(offset + entryByteCount, nameByteCount).buffer, as: UTF8.self)
        else { throw range.damaged(file, offset, "a field's kind, flags or name is impossible") }
        let flags = view.u8(offset + 3)
        var entry = FieldEntry(
            definition: FieldDefinition(
                id: FieldID(rawValue: view.u16(offset)), name: name, kind: kind, isUpdatable: flags & 1 != 0,
                hasColumn: flags & 2 != 0))
        entry.documentCount = view.u32(offset + 4)
        entry.sumOfLengths = view.u64(offset + 8)
        entry.firstOrdinal = view.u32(offset + 16)
        entry.termCount = view.u32(offset + 20)
        entry.normsOffset = view.u64(offset + 24)
        entry.columnIndexOffset = view.u64(offset + 32)
        return (entry, end)
    }
}
