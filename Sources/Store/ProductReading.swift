// A product is read straight from the parsed document; only attributes and unknown members become trees.

import JSON

extension Product {
    /// Reads one product from JSON bytes of at most 2 MiB. The parser is reused between products.
    public init(parsing json: [UInt8], with parser: JSONParser) throws(ProductError) {
        self = try json.withUnsafeBufferPointer { buffer in
            Result { () throws(ProductError) in try Product(parsing: buffer, with: parser) }
        }.get()
    }

    /// Reads one product from JSON bytes of at most 2 MiB. The parser is reused between products.
    public init(parsing json: UnsafeBufferPointer<UInt8>, with parser: JSONParser) throws(ProductError) {
        if json.count > ProductLimits.productByteCount {
            throw .invalid(
                path: "", expected: "a product of at most \(ProductLimits.productByteCount) bytes",
                got: "\(json.count)")
        }
        let outcome: Result<Product, ProductError>
        do throws(JSONError) {
            outcome = try parser.withDocument(json) { root in
                do throws(ProductError) {
                    return .success(try Product(element: root))
                } catch {
                    return .failure(error)
                }
            }
        } catch {
            throw .notJSON(error)
        }
        self = try outcome.get()
    }

    /// Reads one product from a tree.
    public init(json: JSONValue) throws(ProductError) {
        try self.init(parsing: json.jsonBytes, with: JSONParser())
    }

    /// Reads one product from a value of a parsed document.
    public init(element: borrowing JSONElement) throws(ProductError) {
        guard element.kind == .object else {
            throw .invalid(path: "", expected: "an object with id and title", got: element.summary)
        }
        var product = Product(id: "", title: "")
        var hasID = false
        var hasTitle = false
        var unknownNames = JSONNameIndex(expectedCount: element.count)
        try element.forEachMember { (name, value) throws(ProductError) in
            switch ProductMember(name) {
            case .id?:
                product.id = try value.required(.id)
                hasID = true
            case .title?:
                product.title = try value.required(.title)
                hasTitle = true
            case let member?: try product.read(member, value)
            case nil: try product.readUnknown(name, value, &unknownNames)
            }
        }
        if !hasID { throw .invalid(path: "id", expected: "a text", got: "nothing") }
        if !hasTitle { throw .invalid(path: "title", expected: "a text", got: "nothing") }
        try product.validate()
        self = product
    }

    private mutating func read(_ member: ProductMember, _ value: borrowing JSONElement) throws(ProductError) {
        switch member {
        case .id, .title: break
        case .description: description = try value.text(member)
        case .brand: brand = try value.text(member)
        case .category: category = try value.text(member)
        case .released: released = try value.text(member)
        case .listPrice: listPrice = try value.number(member)
        case .reviewCount: reviewCount = try value.number(member)
        case .price: price = try value.number(member)
        case .stock: stock = try value.number(member)
        case .salesCount: salesCount = try value.number(member)
        case .rating: rating = try value.rating()
        case .status: status = try value.status()
        case .images: images = try value.images()
        case .attributes: attributes = try value.attributes()
        }
    }

    private mutating func readUnknown(
        _ name: borrowing JSONName, _ value: borrowing JSONElement, _ names: inout JSONNameIndex
    ) throws(ProductError) {
        let text = name.string
        let tree = try value.tree(path: text)
        if let place = names.insert(text, unknown) {
            unknown[place].1 = tree
        } else {
            unknown.append((text, tree))
        }
    }
}

extension ProductMember {
    /// The member of that name; decided by length first, so that at most four names are compared.
    init?(_ name: borrowing JSONName) {
        switch name.byteCount {
        case 2 where name.matches("id"): self = .id
        case 5 where name.matches("title"): self = .title
        case 5 where name.matches("price"): self = .price
        case 5 where name.matches("brand"): self = .brand
        case 5 where name.matches("stock"): self = .stock
        case 6 where name.matches("status"): self = .status
        case 6 where name.matches("rating"): self = .rating
        case 6 where name.matches("images"): self = .images
        case 8 where name.matches("category"): self = .category
        case 8 where name.matches("released"): self = .released
        case 10 where name.matches("attributes"): self = .attributes
        case 10 where name.matches("list_price"): self = .listPrice
        case 11 where name.matches("description"): self = .description
        case 11 where name.matches("sales_count"): self = .salesCount
        case 12 where name.matches("review_count"): self = .reviewCount
        default: return nil
        }
    }
}

extension JSONElement {
    /// The value in a few words, for messages.
    var summary: String {
        if let text = string {
            return text.count > 40 ? "a string \"\(text.prefix(40))…\"" : "a string \"\(text)\""
        }
        if kind == .double, let double { return "\(double)" }
        return "\(kind)"
    }

    func wrong(_ path: String, _ expected: String) -> ProductError {
        .invalid(path: path, expected: expected, got: summary)
    }

    func required(_ member: ProductMember) throws(ProductError) -> String {
        guard let text = string else { throw wrong(member.rawValue, "a text") }
        return text
    }

    func text(_ member: ProductMember) throws(ProductError) -> String? {
        if isNull { return nil }
        return try required(member)
    }

    func number(_ member: ProductMember) throws(ProductError) -> Int64? {
        if isNull { return nil }
        guard let number = integer else { throw wrong(member.rawValue, Product.wholeNumber) }
        return number
    }

    func rating() throws(ProductError) -> Double? {
        if isNull { return nil }
        guard let number = double else { throw wrong("rating", "a number from 0 to 5") }
        return number
    }

    func status() throws(ProductError) -> ProductStatus {
        if isNull { return .onSale }
        guard let name = string, let status = ProductStatus(name: name) else {
            let names = ProductStatus.allCases.map { "\"\($0.name)\"" }.joined(separator: ", ")
            throw wrong("status", "one of \(names)")
        }
        return status
    }

    func images() throws(ProductError) -> [String]? {
        if isNull { return nil }
        guard kind == .array else { throw wrong("images", "an array of texts") }
        var images: [String] = []
        try forEachElement { (element) throws(ProductError) in
            guard let image = element.string else { throw element.wrong("images[\(images.count)]", "a text") }
            images.append(image)
        }
        return images
    }

    func attributes() throws(ProductError) -> [(String, JSONValue)] {
        if isNull { return [] }
        guard kind == .object else { throw wrong("attributes", "an object") }
        do throws(JSONError) {
            return try members()
        } catch {
            throw .invalid(path: "attributes", expected: "JSON", got: "\(error)")
        }
    }

    func tree(path: String) throws(ProductError) -> JSONValue {
        do throws(JSONError) {
            return try value()
        } catch {
            throw .invalid(path: path, expected: "JSON", got: "\(error)")
        }
    }
}
