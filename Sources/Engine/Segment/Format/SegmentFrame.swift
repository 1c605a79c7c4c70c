// Opens the frame of a segment file: header, trailer, section table.

/// A section's place in the file.
struct SectionRange {
    let section: SegmentSection
    let byteOffset: UInt64
    let view: ByteView
    let checksum: UInt32

    /// An error at an offset in the section.
    func damaged(_ file: String, _ offset: Int, _ message: String) -> SegmentError {
        SegmentError(
            .damaged, file: file, section: section, byteOffset: byteOffset + UInt64(max(offset, 0)), message)
    }
}

/// The sections of a file whose header and table are sound.
struct SegmentFrame {
    private let sections: [SectionRange]

    /// Checks header, trailer and table.
    ///
    /// - Throws: `damaged` or `unsupportedVersion`.
    init(_ view: ByteView, file: String) throws(SegmentError) {
        func damaged(_ offset: Int, _ message: String) -> SegmentError {
            SegmentError(.damaged, file: file, byteOffset: UInt64(offset), message)
        }
        let smallest = SegmentFormat.headerByteCount + SegmentFormat.trailerByteCount
        guard view.count >= smallest else { throw damaged(view.count, "the file is too short for a segment") }
        guard view.slice(0, 8).buffer.elementsEqual(SegmentFormat.magic) else {
            throw damaged(0, "this is not a segment file")
        }
        let version = view.u32(8)
        guard version == SegmentFormat.version else {
            throw SegmentError(
                .unsupportedVersion(version), file: file, byteOffset: 8, "the segment has another format")
        }
        let trailer = view.count - SegmentFormat.trailerByteCount
        guard view.slice(trailer + 24, 8).buffer.elementsEqual(SegmentFormat.magic),
            view.u64(trailer + 16) == UInt64(view.count)
        else { throw damaged(trailer, "the file does not end where it should: it was cut or extended") }
        let sectionCount = Int(view.u32(trailer + 8))
        let tableByteCount = sectionCount * SegmentFormat.tableEntryByteCount
        let table = view.u64(trailer)
        guard sectionCount == SegmentSection.allCases.count,
            table >= UInt64(SegmentFormat.headerByteCount),
            table == UInt64(trailer - tableByteCount)
        else { throw damaged(trailer, "the section table is not where the trailer says") }
        var checksum = Checksum()
        checksum.add(view.slice(0, SegmentFormat.headerByteCount))
        checksum.add(view.slice(Int(table), tableByteCount))
        guard checksum.value == view.u32(trailer + 12) else {
            throw damaged(Int(table), "the section table's checksum differs")
        }
        var next = UInt64(SegmentFormat.headerByteCount)
        var sections: [SectionRange] = []
        for (index, section) in SegmentSection.allCases.enumerated() {
            let entry = Int(table) + index * SegmentFormat.tableEntryByteCount
            let byteCount = view.u64(entry + 16)
            guard view.u32(entry) == section.rawValue, view.u64(entry + 8) == next, byteCount <= table - next
            else { throw damaged(entry, "the section table lists other sections than it should") }
            sections.append(
                SectionRange(
                    section: section, byteOffset: next, view: view.slice(Int(next), Int(byteCount)),
                    checksum: view.u32(entry + 4)))
            next += byteCount
        }
        guard next == table else { throw damaged(Int(next), "bytes that belong to no section") }
        self.sections = sections
    }

    subscript(section: SegmentSection) -> SectionRange { sections[Int(section.rawValue) - 1] }

    /// Compares a section's checksum.
    func verify(_ section: SegmentSection, file: String) throws(SegmentError) {
        let range = self[section]
        guard range.view.checksum == range.checksum else {
            throw range.damaged(file, 0, "the section's checksum differs")
        }
    }
}
