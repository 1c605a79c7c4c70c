// Reads a search request from URL parameters or from a JSON body. Unknown names and wrong types are errors
// that say which names there are: a filter that is silently ignored shows the wrong products.

import JSON

extension ProductSearchRequest {
    /// The parameters of `GET /api/v1/search`, already percent-decoded.
    public init(parameters: [(name: String, value: String)]) throws(RequestError) {
        self.init()
        var seen: Set<String> = []
        for (name, value) in parameters {
            guard seen.insert(name).inserted else {
                throw RequestError(.badParameter, "'\(name)' is given twice; give it once")
            }
            switch name {
            case "q": query = value
            case "filter": filter = given(value)
            case "facets": facets = facetNames(value)
            case "sort": sort = try Self.parseSort(value)
            case "limit": limit = try integer(name, value, 0...Limits.hitCountMax)
            case "offset": offset = try integer(name, value, 0...Limits.depthMax)
            case "cursor": cursor = given(value)
            case "highlight": highlight = try boolean(name, value)
            case "explain": explain = try boolean(name, value)
            case "profile": profile = try boolean(name, value)
            case "match": match = try matchMode(value)
            case "signals": signals = try integer(name, value, 0...Limits.signalsMax)
            case "min_seq": minimumSequence = UInt64(try integer(name, value, 0...Int.max))
            case "wait_ms": waitMilliseconds = try integer(name, value, 0...Limits.waitMillisecondsMax)
            case "facet_filters":
                facetFilters = try readFacetFilters(try parseJSON(Array(value.utf8)))
            default: throw Self.unknownName(name)
            }
        }
        self = try validated()
    }

    /// The body of `POST /api/v1/search`.
    public init(json bytes: [UInt8]) throws(RequestError) {
        self.init()
        guard case .object(let members) = try parseJSON(bytes) else {
            throw RequestError(.badJSON, "the body must be a JSON object such as {\"q\": \"무선 이어폰\"}")
        }
        for (name, value) in members {
            if value.isNull {
                guard Self.names.contains(name) else { throw Self.unknownName(name) }
                continue
            }
            try read(name, value)
        }
        self = try validated()
    }

    private mutating func read(_ name: String, _ value: JSONValue) throws(RequestError) {
        switch name {
        case "q": query = try string(name, value)
        case "filter": filter = given(try string(name, value))
        case "facets": facets = try readFacets(value)
        case "facet_filters": facetFilters = try readFacetFilters(value)
        case "sort": sort = try readSort(value)
        case "limit": limit = try integer(name, value, 0...Limits.hitCountMax)
        case "offset": offset = try integer(name, value, 0...Limits.depthMax)
        case "cursor": cursor = given(try string(name, value))
        case "highlight": highlight = try boolean(name, value)
        case "explain": explain = try boolean(name, value)
        case "profile": profile = try boolean(name, value)
        case "match": match = try matchMode(try string(name, value))
        case "signals": signals = try integer(name, value, 0...Limits.signalsMax)
        case "min_seq": minimumSequence = UInt64(try integer(name, value, 0...Int.max))
        case "wait_ms": waitMilliseconds = try integer(name, value, 0...Limits.waitMillisecondsMax)
        default: throw Self.unknownName(name)
        }
    }

    private static func unknownName(_ name: String) -> RequestError {
        RequestError(
            .badParameter,
            "unknown parameter '\(name)'; there are: \(names.joined(separator: ", "))")
    }

    private static let names = [
        "q", "filter", "facets", "facet_filters", "sort", "limit", "offset", "cursor", "highlight", "explain",
        "profile", "match", "signals", "min_seq", "wait_ms",
    ]
}

private func readSort(_ value: JSONValue) throws(RequestError) -> [ProductSearchRequest.SortKey] {
    guard case .array(let parts) = value else {
        return try ProductSearchRequest.parseSort(try string("sort", value))
    }
    try ProductSearchRequest.checkSortCount(parts.count)
    var keys: [ProductSearchRequest.SortKey] = []
    for part in parts {
        if case .object(let members) = part {
            if let key = try sortKey(members) { keys.append(key) }
        } else {
            keys += try ProductSearchRequest.parseSort(try string("sort", part))
        }
    }
    return keys
}

/// `{"field": "price", "order": "desc"}`; nil for relevance, which is the order anyway. Names that hold
/// commas or blanks can be sorted by only so.
private func sortKey(
    _ members: [(String, JSONValue)]
) throws(RequestError) -> ProductSearchRequest.SortKey? {
    var (field, order) = ("", "asc")
    for (name, value) in members {
        switch name {
        case "field": field = try string("sort.field", value)
        case "order": order = try string("sort.order", value)
        default:
            throw RequestError(
                .badParameter, "unknown member '\(name)' of a sort key; there are: field, order")
        }
    }
    guard order == "asc" || order == "desc" else {
        throw RequestError(.sortField, "'\(order)' is no sort order; write 'asc' or 'desc'")
    }
    guard !field.isEmpty else { throw RequestError(.sortField, "a sort key needs a 'field'") }
    if ProductSearchRequest.isRelevance(field) { return nil }
    return ProductSearchRequest.SortKey(field: field, isDescending: order == "desc")
}

private func readFacets(_ value: JSONValue) throws(RequestError) -> [ProductSearchRequest.Facet] {
    if case .string(let names) = value {
        return facetNames(names)
    }
    guard case .array(let items) = value else {
        throw RequestError(.badParameter, "'facets' must be an array of names or of objects with 'field'")
    }
    var facets: [ProductSearchRequest.Facet] = []
    for item in items {
        if case .string(let name) = item {
            facets.append(ProductSearchRequest.Facet(field: name))
        } else {
            facets.append(try readFacet(item))
        }
    }
    return facets
}

/// Names with commas between.
private func facetNames(_ text: String) -> [ProductSearchRequest.Facet] {
    guard !text.isEmpty else { return [] }
    return text.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false).map { name in
        ProductSearchRequest.Facet(field: trimmed(Substring(name)))
    }
}

private func readFacet(_ value: JSONValue) throws(RequestError) -> ProductSearchRequest.Facet {
    guard case .object(let members) = value else {
        throw RequestError(.badParameter, "a facet is a name or an object such as {\"field\": \"brand\"}")
    }
    var facet = ProductSearchRequest.Facet(field: "")
    for (name, member) in members {
        switch name {
        case "field": facet.field = try string("facets.field", member)
        case "limit":
            facet.limit = try integer(
                "facets.limit", member, 0...ProductSearchRequest.Limits.facetValueCountMax)
        case "sort":
            let order = try string("facets.sort", member)
            guard let known = ProductSearchRequest.Facet.Order(rawValue: order) else {
                throw RequestError(.badParameter, "'facets.sort' is 'count' or 'value', not '\(order)'")
            }
            facet.order = known
        case "ranges": facet.ranges = try readRanges(member)
        default:
            throw RequestError(
                .badParameter, "unknown member '\(name)' of a facet; there are: field, limit, sort, ranges")
        }
    }
    guard !facet.field.isEmpty else { throw RequestError(.badParameter, "a facet needs a 'field'") }
    return facet
}

private func readRanges(_ value: JSONValue) throws(RequestError) -> [ProductSearchRequest.Range] {
    let shape = "'facets.ranges' is an array of [from, to], such as [[0, 10000], [10000, null]]"
    guard case .array(let items) = value else { throw RequestError(.badParameter, shape) }
    guard items.count <= ProductSearchRequest.Limits.facetRangeCountMax else {
        throw RequestError(
            .badParameter,
            "at most \(ProductSearchRequest.Limits.facetRangeCountMax) ranges, not \(items.count)")
    }
    var ranges: [ProductSearchRequest.Range] = []
    for item in items {
        guard case .array(let bounds) = item, bounds.count == 2 else {
            throw RequestError(.badParameter, shape)
        }
        ranges.append(
            ProductSearchRequest.Range(from: try bound(bounds[0], shape), to: try bound(bounds[1], shape)))
    }
    return ranges
}

private func bound(_ value: JSONValue, _ shape: String) throws(RequestError) -> Double? {
    switch value {
    case .null: nil
    case .integer(let number): Double(number)
    case .double(let number): number
    default: throw RequestError(.badParameter, shape)
    }
}

private func readFacetFilters(_ value: JSONValue) throws(RequestError) -> [ProductSearchRequest.FacetFilter] {
    guard case .object(let members) = value else {
        throw RequestError(
            .badParameter, "'facet_filters' is an object of arrays, such as {\"brand\": [\"나이키\"]}")
    }
    var filters: [ProductSearchRequest.FacetFilter] = []
    for (field, chosen) in members {
        var values: [String] = []
        let items = if case .array(let items) = chosen { items } else { [chosen] }
        guard items.count <= ProductSearchRequest.Limits.facetFilterValueCountMax else {
            throw RequestError(
                .badParameter,
                "at most \(ProductSearchRequest.Limits.facetFilterValueCountMax) values of '\(field)' can be chosen"
            )
        }
        for item in items { values.append(try facetValue(field, item)) }
        if !values.isEmpty { filters.append(ProductSearchRequest.FacetFilter(field: field, values: values)) }
    }
    return filters
}

private func facetValue(_ field: String, _ value: JSONValue) throws(RequestError) -> String {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    case .double(let number): String(number)
    case .bool(let flag): flag ? "true" : "false"
    default:
        throw RequestError(
            .badParameter, "'facet_filters.\(field)' holds texts, numbers or true and false only")
    }
}

private func parseJSON(_ bytes: [UInt8]) throws(RequestError) -> JSONValue {
    let parser = JSONParser()
    do throws(JSONError) {
        return try parser.parse(bytes)
    } catch {
        throw RequestError(.badJSON, "the JSON cannot be read: \(error)", position: error.byteOffset)
    }
}

private func string(_ name: String, _ value: JSONValue) throws(RequestError) -> String {
    guard case .string(let text) = value else {
        throw RequestError(.badParameter, "'\(name)' must be a text")
    }
    return text
}

private func integer(
    _ name: String, _ value: JSONValue, _ bounds: ClosedRange<Int>
) throws(RequestError) -> Int {
    guard let number = value.integerValue, bounds.contains(Int(number)) else {
        throw outOfBounds(name, bounds)
    }
    return Int(number)
}

private func integer(_ name: String, _ text: String, _ bounds: ClosedRange<Int>) throws(RequestError) -> Int {
    guard let number = Int(text), bounds.contains(number) else { throw outOfBounds(name, bounds) }
    return number
}

private func outOfBounds(_ name: String, _ bounds: ClosedRange<Int>) -> RequestError {
    let upper = bounds.upperBound == Int.max ? "up" : "to \(bounds.upperBound)"
    return RequestError(.badParameter, "'\(name)' must be a whole number from \(bounds.lowerBound) \(upper)")
}

private func boolean(_ name: String, _ value: JSONValue) throws(RequestError) -> Bool {
    guard case .bool(let flag) = value else {
        throw RequestError(.badParameter, "'\(name)' must be true or false")
    }
    return flag
}

private func boolean(_ name: String, _ text: String) throws(RequestError) -> Bool {
    switch text {
    case "true", "1": true
    case "false", "0": false
    default: throw RequestError(.badParameter, "'\(name)' must be true or false")
    }
}

private func matchMode(_ text: String) throws(RequestError) -> ProductSearchRequest.MatchMode {
    guard let mode = ProductSearchRequest.MatchMode(rawValue: text) else {
        throw RequestError(.badParameter, "'match' is 'auto', 'all' or 'any', not '\(text)'")
    }
    return mode
}

/// A form that is sent with an empty field asks for nothing.
private func given(_ text: String) -> String? {
    text.utf8.allSatisfy { $0 == UInt8(ascii: " ") } ? nil : text
}

private func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
}
