// Walks the terms of a field of several segments side by side.

/// The terms of a field in byte order, each with its entry in every segment that has it.
struct JoinedTerms {
    /// The walks that stand on a term.
    private var walks: [(source: Int, walk: TermWalk)] = []
    private var places: [Int] = []

    init(_ sources: [SegmentSource], _ field: FieldID) throws(SegmentError) {
        for (number, source) in sources.enumerated() {
            var walk = source.segment.walkTerms(field)
            if try walk.next() { walks.append((number, walk)) }
        }
    }

    /// The entries of the next term, by their source; nil behind the last.
    mutating func next() throws(SegmentError) -> [(source: Int, entry: TermEntry)]? {
        guard !walks.isEmpty else { return nil }
        places.removeAll(keepingCapacity: true)
        for place in walks.indices {
            if let first = places.first {
                let isSmaller = walks[place].walk.term.lexicographicallyPrecedes(walks[first].walk.term)
                if isSmaller {
                    places.removeAll(keepingCapacity: true)
                } else if walks[first].walk.term.lexicographicallyPrecedes(walks[place].walk.term) {
                    continue
                }
            }
            places.append(place)
        }
        let entries = places.map { (walks[$0].source, walks[$0].walk.entry) }
        for place in places.reversed() where try !walks[place].walk.next() { walks.remove(at: place) }
        return entries
    }
}
