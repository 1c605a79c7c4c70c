/// Bounds on a bound filter.
enum FilterLimits {
    /// Throws when the filter has too many clauses or values, or nests too deeply.
    static func check(_ filter: Filter) throws(SearchError) {
        var clauseCount = 0
        var valueCount = 0
        try check(filter, depth: 0, &clauseCount, &valueCount)
    }

    private static func check(
        _ filter: Filter, depth: Int, _ clauseCount: inout Int, _ valueCount: inout Int
    ) throws(SearchError) {
        clauseCount += 1
        guard clauseCount <= FilterParser.operandCountMax else {
            throw .limit("The filter has more than \(FilterParser.operandCountMax) clauses.")
        }
        // Binding adds a level or two to what the parser let through.
        guard depth <= FilterParser.depthMax * 4 else { throw .limit("The filter nests too deeply.") }
        switch filter {
        case .all, .none, .integerRange, .exists: break
        case .keyword(_, let values):
            valueCount += values.count
            guard valueCount <= QueryLimits.filterValueCountMax else {
                throw .limit("The filter has more than \(QueryLimits.filterValueCountMax) values.")
            }
        case .and(let parts), .or(let parts):
            for part in parts { try check(part, depth: depth + 1, &clauseCount, &valueCount) }
        case .not(let part): try check(part, depth: depth + 1, &clauseCount, &valueCount)
        }
    }
}
