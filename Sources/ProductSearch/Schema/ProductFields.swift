// The fields of the products index: which there are, what each weighs, and what a name in a filter, a facet
// or a sort stands for. Adding a field to search is adding it here and in ProductProjection.

import Engine
import Store

/// The fields of a product in one index; ids come from the index's registry.
public struct ProductFields: Sendable {
    /// Changes of the projection that need a reindex raise this; the manifest remembers it.
    public static let projectionVersion = 4

    /// Attributes get a field each up to this many; further ones stay searchable as text.
    public static let attributeFieldCountMax = 2_000
    /// Longer values are text only, no facet: nobody picks a paragraph from a list.
    public static let facetValueByteCountMax = 256

    public let registry: FieldRegistry

    // Text, searched.
    let titleText: FieldID
    let brandText: FieldID
    let categoryText: FieldID
    let descriptionText: FieldID
    let attributesText: FieldID
    /// Pairs of syllables and sounds of title and brand, searched where words find too little.
    let syllableNet: FieldID

    // Keywords, filtered and counted.
    let brand: FieldID
    let category: FieldID

    // Numbers; the updatable ones change without a new analysis.
    let price: FieldID
    let stock: FieldID
    let status: FieldID
    let rating: FieldID
    let salesCount: FieldID
    let listPrice: FieldID
    let reviewCount: FieldID
    let released: FieldID
    /// What the product is worth before anybody has asked (`ProductPrior`).
    let prior: FieldID

    /// Registers what is missing in `registry`. Fails only where the registry is full of other fields.
    public init(registry: FieldRegistry) throws(RequestError) {
        self.registry = registry
        func field(
            _ name: String, _ kind: FieldKind, isUpdatable: Bool = false, hasColumn: Bool = true
        ) throws(RequestError) -> FieldID {
            guard let id = registry.register(name, kind, isUpdatable: isUpdatable, hasColumn: hasColumn)
            else {
                throw RequestError(
                    .indexFailed,
                    "the index has no room for the field '\(name)'; rebuild it with saekin reindex")
            }
            return id
        }
        titleText = try field("title", .text)
        brandText = try field("brand", .text)
        categoryText = try field("category", .text)
        descriptionText = try field("description", .text)
        attributesText = try field("attributes", .text)
        syllableNet = try field("_syllables", .text)
        brand = try field("brand", .keyword)
        category = try field("category", .keyword)
        price = try field("price", .integer, isUpdatable: true)
        stock = try field("stock", .integer, isUpdatable: true)
        status = try field("status", .integer, isUpdatable: true)
        rating = try field("rating", .decimal, isUpdatable: true)
        salesCount = try field("sales_count", .integer, isUpdatable: true)
        listPrice = try field("list_price", .integer)
        reviewCount = try field("review_count", .integer)
        released = try field("released", .integer)
        prior = try field("_prior", .integer, isUpdatable: true)
    }

    /// The searched fields with what a match in each is worth. A title names the product, a brand narrows
    /// it; the rest only tells what it is like. `b` is small where length says little: titles are stuffed
    /// alike, and a long description is one that says more, not one that says less of each thing.
    var searchedFields: [FieldWeight] {
        [
            FieldWeight(titleText, weight: 3, b: 0.5),
            FieldWeight(brandText, weight: 2, b: 0.3),
            FieldWeight(categoryText, weight: 1, b: 0.5),
            FieldWeight(descriptionText, weight: 1, b: 0.5),
            FieldWeight(attributesText, weight: 1, b: 0.75),
        ]
    }

    /// The field of syllables, as a query searches it.
    var netFields: [FieldWeight] { [FieldWeight(syllableNet, weight: 1, b: 0)] }

    /// The prefix that attribute names carry in filters, facets and sorts.
    static let attributePrefix = "attributes."

    /// By bytes: a name may begin with a mark that joins the full stop before it to one character.
    private static func isAttribute(_ name: String) -> Bool {
        name.utf8.starts(with: attributePrefix.utf8)
    }

    /// Names that can be filtered by, for "did you mean" in error messages.
    var filterNames: [String] {
        [
            "brand", "category", "price", "stock", "status", "rating", "sales_count", "list_price",
            "review_count",
            "released",
        ] + attributeNames
    }

    /// The attributes that the catalogue has taught so far, with their prefix, each once, sorted.
    var attributeNames: [String] {
        Set(registry.definitions.map(\.name).filter(Self.isAttribute)).sorted()
    }

    /// What `name` in a filter means; nil for a name that is no field. An attribute no product has is no
    /// error: the catalogue may teach it with the next import.
    func target(_ name: String) -> FilterTarget? {
        switch name {
        case "brand": FilterTarget(keyword: brand)
        case "category": FilterTarget(keyword: category, keywordBytes: { CategoryPath($0).bytes })
        case "price": FilterTarget(integer: price)
        case "stock": FilterTarget(integer: stock)
        case "status": FilterTarget(integer: status, integerValue: { ProductStatus(name: $0)?.rawValue })
        case "rating": FilterTarget(decimal: rating)
        case "sales_count": FilterTarget(integer: salesCount)
        case "list_price": FilterTarget(integer: listPrice)
        case "review_count": FilterTarget(integer: reviewCount)
        case "released": FilterTarget(integer: released, integerValue: { ReleaseDate.number(of: $0) })
        default:
            Self.isAttribute(name)
                ? FilterTarget(
                    keyword: registry.id(name, .keyword), decimal: registry.id(name, .decimal))
                : nil
        }
    }
}

/// A path in the category tree, `패션 > 하의 > 데님팬츠`, with blanks around the arrows made uniform.
struct CategoryPath: Sendable {
    /// The names from the root down.
    let names: [String]

    init(_ text: String) {
        names = text.unicodeScalars.split(separator: ">").compactMap { part in
            let scalars = part.drop(while: Self.isBlank)
            return scalars.lastIndex { !Self.isBlank($0) }.map { String(scalars[...$0]) }
        }
    }

    /// Properties are looked up for the few scalars that can be blanks: none is from Hangul syllables on.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            ? scalar == " " || (9...13).contains(scalar.value)
            : scalar.value < 0xAC00 && scalar.properties.isWhitespace
    }

    /// The whole path in its uniform form.
    var text: String { names.joined(separator: " > ") }
    var bytes: [UInt8] { Array(text.utf8) }

    /// The path and every path above it, the root first: a product is in all of them.
    var selfAndAncestors: [String] {
        names.indices.map { names[...$0].joined(separator: " > ") }
    }
}

/// Dates as ordered numbers: 2026-11-20 is 20261120.
enum ReleaseDate {
    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD` (also with dots, slashes or a time behind); nil for anything
    /// else.
    static func number(of text: String) -> Int64? {
        let parts = text.split(whereSeparator: { !$0.isASCII || !$0.isNumber }).prefix(3)
        guard let first = parts.first, text.first?.isASCII == true, text.first?.isNumber == true else {
            return nil
        }
        if first.count == 8, parts.count == 1 || parts[1].count <= 2 { return Int64(first) }
        guard first.count == 4, let year = Int64(first) else { return nil }
        let month = parts.count > 1 ? Int64(parts[1]) ?? 0 : 1
        let day = parts.count > 2 ? Int64(parts[2]) ?? 0 : 1
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        return year * 10_000 + month * 100 + day
    }
}
