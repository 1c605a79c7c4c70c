import JSON

extension Product {
    /// The whole product as canonical JSON.
    public var canonicalJSON: [UInt8] {
        Self.splice(stored: storedJSON, updatable)
    }

    /// The product as JSON without the updatable members: what the store and the index keep as text.
    public var storedJSON: [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writeStored(into: &writer)
        return writer.bytes
    }

    /// Writes the product without the updatable members, in canonical order, as one object.
    public func writeStored(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("id")
        writer.string(id)
        writer.name("title")
        writer.string(title)
        writer.text("description", description)
        writer.text("brand", brand)
        writer.text("category", category)
        writer.number("list_price", listPrice)
        writer.number("review_count", reviewCount)
        writer.text("released", released)
        if let images {
            writer.name("images")
            writer.beginArray()
            for image in images { writer.string(image) }
            writer.endArray()
        }
        if !attributes.isEmpty {
            writer.name("attributes")
            writer.object(attributes)
        }
        for (name, value) in unknown {
            writer.name(name)
            writer.value(value)
        }
        writer.endObject()
    }

    /// A stored product with the updatable members put in again; equal to `canonicalJSON` of the whole.
    /// Precondition: `stored` is what `writeStored` wrote. Complexity: one copy.
    public static func splice(stored: [UInt8], _ updatable: UpdatableMembers) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(stored.count + 128)
        splice(stored: stored[...], updatable, into: &bytes)
        return bytes
    }

    /// Appends a stored product with the updatable members to `bytes`.
    public static func splice(
        stored: ArraySlice<UInt8>, _ updatable: UpdatableMembers, into bytes: inout [UInt8]
    ) {
        precondition(stored.last == UInt8(ascii: "}"), "not a stored product")
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        updatable.write(into: &writer)
        writer.endObject()
        bytes.append(contentsOf: stored.dropLast())
        bytes.append(UInt8(ascii: ","))
        bytes.append(contentsOf: writer.bytes.dropFirst())
    }
}

extension UpdatableMembers {
    /// Writes those that have a value as members of the object begun last; the status always.
    public func write(into writer: inout JSONWriter) {
        writer.number("price", price)
        writer.number("stock", stock)
        writer.name("status")
        writer.string(status.name)
        if let rating {
            writer.name("rating")
            writer.double(rating)
        }
        writer.number("sales_count", salesCount)
    }
}

extension JSONWriter {
    fileprivate mutating func text(_ name: String, _ text: String?) {
        guard let text else { return }
        self.name(name)
        string(text)
    }

    fileprivate mutating func number(_ name: String, _ number: Int64?) {
        guard let number else { return }
        self.name(name)
        integer(number)
    }
}

extension Product: Equatable {
    /// Equal when both have the same canonical JSON.
    public static func == (left: Product, right: Product) -> Bool {
        left.updatable == right.updatable && left.storedJSON == right.storedJSON
    }
}
