// Reads all of a segment and reports whatever is not as a writer would have written it.
//
// Searching checks what keeps it safe; this checks what keeps it right: every checksum, order, count and
// bound, and that what is kept twice agrees. A finding does not end the check of the other parts.

extension Segment {
    /// Checks every checksum, order, count and bound, and hands each finding to `report`.
    ///
    /// - Complexity: reads and decodes the whole segment, with memory for a few bytes a document.
    public func check(_ report: (SegmentError) -> Void) {
        var checksumsDiffer = false
        for section in SegmentSection.allCases {
            do throws(SegmentError) {
                try frame.verify(section, file: name)
            } catch {
                checksumsDiffer = true
                report(error)
            }
        }
        // Where a checksum differs everything behind it is suspect: the other findings would only repeat
        // that.
        if checksumsDiffer { return }
        checkPart(report) { () throws(SegmentError) in
            var terms = TermCheck(self)
            try terms.check()
            var columns = ColumnCheck(self, keywords: terms.keywordDocuments)
            try columns.check()
        }
        checkPart(report, checkNorms)
        checkPart(report) { () throws(SegmentError) in
            for block in 0..<storedFields.blockCount { _ = try storedFields.documents(ofBlock: block) }
        }
    }

    /// The findings of a check, at most `limit`.
    public func findings(limit: Int = 100) -> [SegmentError] {
        var findings: [SegmentError] = []
        check { if findings.count < limit { findings.append($0) } }
        return findings
    }

    private func checkPart(
        _ report: (SegmentError) -> Void, _ body: () throws(SegmentError) -> Void
    ) {
        do throws(SegmentError) {
            try body()
        } catch {
            report(error)
        }
    }

    private func checkNorms() throws(SegmentError) {
        let section = frame[.norms]
        var next: UInt64 = 0
        for field in fields.fields where field.definition.kind == .text {
            guard field.normsOffset == next, let norms = norms(field.definition.id) else {
                throw section.damaged(
                    name, Int(next), "the norms of \(field.definition.name) are not where they should be")
            }
            var documents: UInt32 = 0
            var sum: UInt64 = 0
            for document in 0..<documentCount where norms[document] > 0 {
                documents += 1
                sum += UInt64(FieldNorm.length(of: norms[document]))
            }
            guard documents == field.documentCount, sum == field.sumOfLengths else {
                throw frame[.fields].damaged(
                    name, 0, "the statistics of \(field.definition.name) disagree with its norms")
            }
            next += UInt64(documentCount)
        }
        guard next == UInt64(section.view.count) else {
            throw section.damaged(name, Int(next), "bytes that belong to no field")
        }
    }
}
