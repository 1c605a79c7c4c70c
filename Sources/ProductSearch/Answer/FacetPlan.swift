// The facets and facet filters of a request, bound to the fields of the index: which engine facet answers
// which part, and how its values are shown. Numbers without ranges get ranges that suit shop prices.

import Engine
import Store

/// How one facet of the request is counted and shown.
struct PlannedFacet: Sendable {
    enum Shape: Sendable {
        case values
        case ranges([ProductSearchRequest.Range])
        /// One range a status code, shown as values.
        case statuses([String])
        /// No product has the field; ranges that were asked for are shown as empty.
        case nothing([ProductSearchRequest.Range]?)
    }

    let name: String
    let shape: Shape
    let request: FacetRequest
    /// The chosen values, shown as selected.
    let selected: Set<String>
    let limit: Int
}

/// All facets of a request.
struct FacetPlan: Sendable {
    private(set) var groups: [FacetGroup] = []
    private(set) var facets: [PlannedFacet] = []

    init(_ request: ProductSearchRequest, fields: ProductFields) throws(RequestError) {
        var groupOf: [String: Int] = [:]
        var chosen: [String: Set<String>] = [:]
        for selection in request.facetFilters {
            let filter = try Self.filter(selection, fields)
            let name = Self.canonicalName(selection.field, fields)
            guard groupOf[name] == nil else {
                throw RequestError(
                    .facetField, "'facet_filters' names the field '\(name)' twice; once is enough")
            }
            groupOf[name] = groups.count
            chosen[name] = Set(selection.values)
            groups.append(FacetGroup(filter))
        }
        for facet in request.facets {
            let name = Self.canonicalName(facet.field, fields)
            facets.append(
                try Self.plan(
                    facet, name: name, group: groupOf[name], selected: chosen[name] ?? [], fields: fields))
        }
    }

    /// `color` is a shorthand for `attributes.color` where no field of its own has the name.
    private static func canonicalName(_ name: String, _ fields: ProductFields) -> String {
        if fields.target(name) != nil { return name }
        return ProductFields.attributePrefix + name
    }

    private static func filter(
        _ selection: ProductSearchRequest.FacetFilter, _ fields: ProductFields
    ) throws(RequestError) -> Filter {
        let name = canonicalName(selection.field, fields)
        guard let target = fields.target(name) else { throw unknown(selection.field, fields) }
        var parts: [Filter] = []
        if let keyword = target.keyword {
            parts.append(
                .keyword(keyword, values: selection.values.map { target.keywordBytes?($0) ?? Array($0.utf8) })
            )
        }
        for value in selection.values {
            if let integer = target.integer, let number = target.integerValue?(value) ?? Int64(value) {
                parts.append(.integerRange(integer, lower: number, upper: number))
            }
            if let decimal = target.decimal, let number = Double(value) {
                let encoded = OrderedDouble.encode(number)
                parts.append(.integerRange(decimal, lower: encoded, upper: encoded))
            }
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .none : .or(parts)
    }

    private static func plan(
        _ facet: ProductSearchRequest.Facet, name: String, group: Int?, selected: Set<String>,
        fields: ProductFields
    ) throws(RequestError) -> PlannedFacet {
        guard let target = fields.target(name) else { throw unknown(facet.field, fields) }
        func planned(_ shape: PlannedFacet.Shape, _ kind: FacetRequest.Kind) -> PlannedFacet {
            PlannedFacet(
                name: facet.field, shape: shape, request: FacetRequest(kind, group: group),
                selected: selected, limit: facet.limit)
        }
        if name == "status" {
            let names = ProductStatus.allCases.map(\.name)
            let ranges = ProductStatus.allCases.map { FacetRequest.Range($0.rawValue, $0.rawValue) }
            return planned(.statuses(names), .ranges(fields.status, ranges))
        }
        if let keyword = target.keyword, facet.ranges == nil {
            return planned(
                .values,
                .keyword(
                    keyword, limit: facet.limit, order: facet.order == .count ? .count : .value,
                    selected: selected.map { target.keywordBytes?($0) ?? Array($0.utf8) }))
        }
        let ranges = facet.ranges ?? Self.defaultRanges(name)
        if let integer = target.integer {
            return planned(.ranges(ranges), .ranges(integer, ranges.map(Self.integerRange)))
        }
        if let decimal = target.decimal {
            return planned(.ranges(ranges), .ranges(decimal, ranges.map(Self.decimalRange)))
        }
        guard facet.ranges == nil || target.keyword == nil else {
            throw RequestError(
                .facetField, "the facet '\(facet.field)' holds texts and has no ranges; leave 'ranges' out")
        }
        // An attribute that no product has yet: known, and empty.
        return planned(.nothing(facet.ranges), .ranges(fields.status, []))
    }

    private static func integerRange(_ range: ProductSearchRequest.Range) -> FacetRequest.Range {
        FacetRequest.Range(
            range.from.map { Self.clamped($0.rounded(.up)) },
            range.to.map { Self.clamped($0.rounded(.up) - 1) })
    }

    private static func decimalRange(_ range: ProductSearchRequest.Range) -> FacetRequest.Range {
        FacetRequest.Range(
            range.from.map(OrderedDouble.encode), range.to.map { OrderedDouble.encode($0.nextDown) })
    }

    private static func clamped(_ value: Double) -> Int64 {
        // 2^62 is beyond every price, and safely inside Int64.
        Int64(min(max(value, -4.6e18), 4.6e18))
    }

    private static func defaultRanges(_ name: String) -> [ProductSearchRequest.Range] {
        let bounds: [Double] =
            switch name {
            case "price", "list_price": [0, 10_000, 30_000, 50_000, 100_000, 300_000, 1_000_000]
            case "rating": [0, 1, 2, 3, 4]
            case "released":
                [0, 20_200_101, 20_210_101, 20_220_101, 20_230_101, 20_240_101, 20_250_101, 20_260_101]
            default: [0, 1, 10, 100, 1_000, 10_000, 100_000]
            }
        return bounds.indices.map { index in
            ProductSearchRequest.Range(
                from: bounds[index], to: index + 1 < bounds.count ? bounds[index + 1] : nil)
        }
    }

    private static func unknown(_ name: String, _ fields: ProductFields) -> RequestError {
        RequestError(
            .facetField,
            "there is no field '\(name)' to count; there are: \(fields.filterNames.prefix(30).joined(separator: ", "))"
        )
    }
}
