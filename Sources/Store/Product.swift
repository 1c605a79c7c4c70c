import JSON

/// One product of the catalogue: the members that search knows by name, and all others as they came.
///
/// Canonical JSON has the members in the order in which they stand here, those without a value left
/// out, then unknown members in the order they came, then the five updatable ones. Those five stand
/// last so that they can be put behind a stored product without reading it (`Product.splice`).
public struct Product: Sendable {
    /// Names the product; 1 to 512 bytes without control characters.
    public var id: String
    /// What the product is called; 1 to 4,096 bytes, not only spaces.
    public var title: String
    /// A longer text; up to 1 MiB.
    public var description: String?
    /// Who makes it; up to 1,024 bytes.
    public var brand: String?
    /// A path such as "패션 > 하의 > 데님팬츠"; up to 4,096 bytes.
    public var category: String?
    /// The price before discount in won.
    public var listPrice: Int64?
    /// How many reviews there are.
    public var reviewCount: Int64?
    /// When it was released, as given; up to 64 bytes.
    public var released: String?
    /// Addresses of pictures; up to 1,000 of up to 4,096 bytes.
    public var images: [String]?
    /// Properties with any JSON as value; an empty object counts as none.
    public var attributes: [(String, JSONValue)]
    /// Members that have no property here, in the order they came.
    public var unknown: [(String, JSONValue)]
    /// The members that the index can change without analysing the product again.
    public var updatable: UpdatableMembers

    /// A product with only what every product has.
    public init(id: String, title: String) {
        self.id = id
        self.title = title
        attributes = []
        unknown = []
        updatable = UpdatableMembers()
    }
}

extension Product {
    /// The price in won.
    public var price: Int64? {
        get { updatable.price }
        set { updatable.price = newValue }
    }

    /// How many can be sold.
    public var stock: Int64? {
        get { updatable.stock }
        set { updatable.stock = newValue }
    }

    /// Whether it is sold.
    public var status: ProductStatus {
        get { updatable.status }
        set { updatable.status = newValue }
    }

    /// The mean rating, 0 to 5.
    public var rating: Double? {
        get { updatable.rating }
        set { updatable.rating = newValue }
    }

    /// How many were sold.
    public var salesCount: Int64? {
        get { updatable.salesCount }
        set { updatable.salesCount = newValue }
    }
}

/// The members that change often. The store keeps them in columns beside the rest of the product, and
/// the index in updatable columns.
public struct UpdatableMembers: Sendable, Equatable {
    /// The price in won.
    public var price: Int64?
    /// How many can be sold.
    public var stock: Int64?
    /// Whether it is sold.
    public var status: ProductStatus
    /// The mean rating, 0 to 5.
    public var rating: Double?
    /// How many were sold.
    public var salesCount: Int64?

    /// The members of a product of which nothing is known.
    public init(
        price: Int64? = nil, stock: Int64? = nil, status: ProductStatus = .onSale, rating: Double? = nil,
        salesCount: Int64? = nil
    ) {
        self.price = price
        self.stock = stock
        self.status = status
        self.rating = rating
        self.salesCount = salesCount
    }
}

/// Whether a product is sold. The numbers are those in the store and the index and never change.
public enum ProductStatus: Int64, Sendable, CaseIterable {
    /// It can be bought; what a product is when nothing is said.
    case onSale = 0
    /// It is shown and cannot be bought for now.
    case soldOut = 1
    /// It is kept and not shown.
    case hidden = 2
    /// It is shown and will not be sold again.
    case discontinued = 3

    /// The status as JSON and filters write it.
    public var name: String {
        switch self {
        case .onSale: "on_sale"
        case .soldOut: "sold_out"
        case .hidden: "hidden"
        case .discontinued: "discontinued"
        }
    }

    /// The status of that name.
    public init?(name: String) {
        guard let status = Self.allCases.first(where: { $0.name.hasSameBytes(as: name) }) else { return nil }
        self = status
    }
}

/// A member of a product that has a meaning of its own, in canonical order.
public enum ProductMember: String, Sendable, CaseIterable {
    /// Members written as they are called here.
    case id, title, description, brand, category
    /// `list_price`.
    case listPrice = "list_price"
    /// `review_count`.
    case reviewCount = "review_count"
    /// The rest of what is stored as text.
    case released, images, attributes
    /// The updatable members.
    case price, stock, status, rating
    /// `sales_count`.
    case salesCount = "sales_count"

    /// Whether the store and the index keep it in a column of its own.
    public var isUpdatable: Bool {
        switch self {
        case .price, .stock, .status, .rating, .salesCount: true
        default: false
        }
    }
}

/// What a product may hold at most.
public enum ProductLimits {
    /// The whole product as JSON, in bytes.
    public static let productByteCount = 2 << 20
    /// An id, in UTF-8 bytes.
    public static let idByteCount = 512
    /// A title, in UTF-8 bytes.
    public static let titleByteCount = 4096
    /// A description, in UTF-8 bytes.
    public static let descriptionByteCount = 1 << 20
    /// A brand, in UTF-8 bytes.
    public static let brandByteCount = 1024
    /// A category path, in UTF-8 bytes.
    public static let categoryByteCount = 4096
    /// A release date, in UTF-8 bytes.
    public static let releasedByteCount = 64
    /// How many images.
    public static let imageCount = 1000
    /// One image address, in UTF-8 bytes.
    public static let imageByteCount = 4096
    /// Prices and counts: whole numbers that every JSON reader keeps exactly.
    public static let largestNumber: Int64 = 1 << 53 - 1
    /// A rating.
    public static let largestRating = 5.0
}

/// Why something is not a product.
public enum ProductError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is not JSON at all.
    case notJSON(JSONError)
    /// A member (`path`, such as `images[2]`; empty for the product itself) is not what it must be.
    case invalid(path: String, expected: String, got: String)

    /// Names the member, what was expected and what came.
    public var description: String {
        switch self {
        case .notJSON(let error): "not JSON: \(error)"
        case .invalid("", let expected, let got): "expected \(expected), got \(got)"
        case .invalid(let path, let expected, let got): "\(path): expected \(expected), got \(got)"
        }
    }
}
