// Which postings a phrase reads in each segment of a snapshot.

/// The postings of a phrase: for each segment and field, position after position, the alternatives there.
/// In two arrays, however many segments, fields and positions there are.
struct PhraseSources: Sendable {
    private let fieldCount: Int
    private let length: Int
    private var list: [TermEntry] = []
    /// Where the postings of each segment, field and position end in the list.
    private var ends: [Int32] = []
    /// By field, position and alternative: documents with the term, deleted ones included.
    private(set) var documentFrequencies: [UInt64]

    /// - Parameters:
    ///   - places: by field, position and alternative, where the terms stand.
    ///   - alternativeCounts: by position.
    init(_ places: [TermPlaces], alternativeCounts: [Int], fieldCount: Int, segmentCount: Int) {
        self.fieldCount = fieldCount
        length = alternativeCounts.count
        documentFrequencies = Array(repeating: 0, count: places.count)
        list.reserveCapacity(places.count * segmentCount)
        ends.reserveCapacity(segmentCount * fieldCount * length)
        for segment in 0..<segmentCount {
            var next = 0
            for _ in 0..<fieldCount {
                let start = list.count
                var isThere = true
                for count in alternativeCounts {
                    let before = list.count
                    for place in next..<next + count where places[place].sources.count(in: segment) > 0 {
                        let entry = places[place].sources.first(in: segment).entry
                        guard entry.hasPositions else { continue }
                        list.append(entry)
                        documentFrequencies[place] += UInt64(entry.documentFrequency)
                    }
                    next += count
                    isThere = isThere && list.count > before
                    ends.append(Int32(list.count))
                }
                if isThere { continue }
                // Where the field lacks a position, the phrase is not there.
                list.removeLast(list.count - start)
                for place in ends.count - length..<ends.count { ends[place] = Int32(start) }
            }
        }
    }

    private func slot(_ segment: Int, _ field: Int, _ position: Int) -> Int {
        (segment * fieldCount + field) * length + position
    }

    private func range(_ slot: Int) -> Range<Int> { (slot == 0 ? 0 : Int(ends[slot - 1]))..<Int(ends[slot]) }

    /// The postings of a position, at least one where the phrase may be there.
    func entries(_ segment: Int, _ field: Int, _ position: Int) -> ArraySlice<TermEntry> {
        list[range(slot(segment, field, position))]
    }

    /// Whether a segment has a term at each position of a field.
    func isThere(_ segment: Int, _ field: Int) -> Bool { !range(slot(segment, field, 0)).isEmpty }

    /// Whether a segment has a term at each position of some field.
    func isThere(_ segment: Int) -> Bool {
        let first = slot(segment, 0, 0)
        return fieldCount > 0 && range(first + fieldCount * length - 1).upperBound > range(first).lowerBound
    }

    /// Positions of the phrase.
    var positions: Range<Int> { 0..<length }

    /// Whether there is one term at each position, in a field in which the phrase may be there.
    func hasOneTermEach(_ segment: Int, _ field: Int) -> Bool {
        let last = range(slot(segment, field, length - 1)).upperBound
        return last - range(slot(segment, field, 0)).lowerBound == length
    }

    /// Whether no segment has all positions of any field.
    var isEmpty: Bool { list.isEmpty }
}
