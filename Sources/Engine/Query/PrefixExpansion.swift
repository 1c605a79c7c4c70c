// The terms that a prefix stands for, chosen over the whole snapshot.

/// The most frequent terms with a prefix, and where their postings are.
struct PrefixExpansion {
    /// Per segment, the postings to read.
    let sources: UnitSources
    /// How many documents the expansions have together, each term counted in the field where it is most
    /// frequent.
    let documentFrequency: UInt64

    private struct Found {
        /// Summed over the segments, per field.
        var frequencies: [UInt64]
        var sources: [(segment: Int, source: UnitSource)] = []

        var documentFrequency: UInt64 { frequencies.max() ?? 0 }

        mutating func add(_ entry: TermEntry, segment: Int, field: Int) {
            frequencies[field] += UInt64(entry.documentFrequency)
            sources.append((segment, UnitSource(entry: entry, field: field)))
        }
    }

    /// Reads at most `QueryLimits.expansionScanMax` terms per field and segment.
    init(_ query: PrefixQuery, segments: [Segment]) throws(SearchError) {
        var terms: [[UInt8]: Found] = [:]
        for (segmentIndex, segment) in segments.enumerated() {
            for (fieldIndex, field) in query.fields.enumerated() {
                do {
                    var walk = segment.walkTerms(field.field)
                    var isThere = try walk.seek(query.prefix)
                    var scanned = 0
                    while isThere, walk.term.starts(with: query.prefix),
                        scanned < QueryLimits.expansionScanMax
                    {
                        terms[
                            Array(walk.term),
                            default: Found(frequencies: Array(repeating: 0, count: query.fields.count))
                        ].add(walk.entry, segment: segmentIndex, field: fieldIndex)
                        scanned += 1
                        isThere = try walk.next()
                    }
                } catch { throw .segment(error) }
            }
        }
        let chosen = terms.sorted {
            let (a, b) = ($0.value.documentFrequency, $1.value.documentFrequency)
            return a != b ? a > b : $0.key.lexicographicallyPrecedes($1.key)
        }.prefix(query.maxExpansions)
        var sources = Array(repeating: [UnitSource](), count: segments.count)
        var sum: UInt64 = 0
        for (_, found) in chosen {
            for (segment, source) in found.sources { sources[segment].append(source) }
            sum += found.documentFrequency
        }
        // Every segment lists them in the same order, so a document's weighted frequencies add up alike
        // everywhere.
        self.sources = UnitSources(sources)
        documentFrequency = sum
    }
}
