// Which postings a unit reads in each segment of a snapshot.

/// A term's postings in one segment, for one field of a unit.
struct UnitSource: Sendable {
    let entry: TermEntry
    /// Index into the unit's fields.
    let field: Int
}

/// The postings of a unit, segment after segment, in two arrays however many segments there are.
struct UnitSources: Sendable {
    private var list: [UnitSource] = []
    /// Where the postings of each segment end in the list.
    private var ends: [Int32] = []

    /// For a unit whose segments are added one by one, in their order.
    init(segmentCount: Int) {
        ends.reserveCapacity(segmentCount)
        list.reserveCapacity(segmentCount)
    }

    /// The postings of each segment.
    init(_ segments: [[UnitSource]]) {
        for sources in segments {
            for source in sources { append(source) }
            endSegment()
        }
    }

    /// Adds postings in the segment that has not been ended.
    mutating func append(_ source: UnitSource) { list.append(source) }

    /// Goes on to the next segment.
    mutating func endSegment() { ends.append(Int32(list.count)) }

    /// Segments of the snapshot.
    var segmentCount: Int { ends.count }

    private func start(_ segment: Int) -> Int { segment == 0 ? 0 : Int(ends[segment - 1]) }

    /// The postings in a segment.
    subscript(segment: Int) -> ArraySlice<UnitSource> { list[start(segment)..<Int(ends[segment])] }

    /// How many lists of postings there are in a segment.
    func count(in segment: Int) -> Int { Int(ends[segment]) - start(segment) }

    /// The first postings in a segment.
    ///
    /// - Precondition: `count(in: segment)` is above 0.
    func first(in segment: Int) -> UnitSource { list[start(segment)] }
}
