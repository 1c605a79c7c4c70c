// The header fields of a request or an answer, in their order.

/// Header fields in order; names are compared without regard to case and kept in lower case.
public struct HTTPHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One field.
    public struct Field: Sendable, Equatable {
        /// In lower case.
        public let name: String
        /// Without surrounding blanks.
        public let value: String
    }

    /// All fields in order of arrival.
    public private(set) var fields: [Field] = []

    /// No fields.
    public init() {}

    /// The given fields in order.
    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }

    /// The value of the first field of that name.
    public subscript(name: String) -> String? {
        if let field = fields.first(where: { $0.name == name }) { return field.value }
        let lowered = name.lowercased()
        return lowered == name ? nil : fields.first { $0.name == lowered }?.value
    }

    /// Appends a field. Precondition: neither name nor value holds a line break.
    public mutating func add(_ name: String, _ value: String) {
        precondition(
            !name.utf8.contains(where: \.endsLine) && !value.utf8.contains(where: \.endsLine),
            "a header field must not hold a line break: \(name)")
        fields.append(Field(name: name.lowercased(), value: value))
    }

    /// Replaces all fields of that name by one.
    public mutating func set(_ name: String, _ value: String) {
        let lowered = name.lowercased()
        fields.removeAll { $0.name == lowered }
        add(lowered, value)
    }

    /// Appends a field the parser has validated and put in lower case.
    mutating func appendParsed(name: String, value: String) {
        fields.append(Field(name: name, value: value))
    }
}

extension UInt8 {
    /// Whether the byte would end a line of the head and so let a value add lines of its own.
    fileprivate var endsLine: Bool { self == 0x0A || self == 0x0D || self == 0 }
}
