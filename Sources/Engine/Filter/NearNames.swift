// Names close to a mistyped one, by edit distance over characters.

/// Finds the names that a mistyped name may have meant.
enum NearNames {
    /// Names longer than this are not compared: the cost is the product of the lengths.
    private static let lengthMax = 64

    /// At most `limit` names within a third of the length (at least one, at most three edits), nearest first.
    static func of(_ name: String, in names: [String], limit: Int = 3) -> [String] {
        let wanted = Array(name.lowercased())
        guard !wanted.isEmpty, wanted.count <= lengthMax else { return [] }
        let distanceMax = min(3, max(1, wanted.count / 3))
        var near: [(distance: Int, name: String)] = []
        for candidate in names {
            let characters = Array(candidate.lowercased())
            guard characters.count <= lengthMax, abs(characters.count - wanted.count) <= distanceMax
            else { continue }
            let distance = editDistance(wanted, characters)
            if distance <= distanceMax { near.append((distance, candidate)) }
        }
        near.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
        return near.prefix(limit).map(\.name)
    }

    /// Insertions, deletions and replacements that turn one into the other.
    private static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
        var previous = Array(0...b.count)
        var current = previous
        for (row, character) in a.enumerated() {
            current[0] = row + 1
            for column in b.indices {
                let replaced = previous[column] + (character == b[column] ? 0 : 1)
                current[column + 1] = min(replaced, previous[column + 1] + 1, current[column] + 1)
            }
            swap(&previous, &current)
        }
        return previous[b.count]
    }
}
