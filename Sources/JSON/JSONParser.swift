import CSimdJSON

/// Reads JSON (RFC 8259) with simdjson. One parser is used for many documents, by one thread at a time.
///
/// Strict: UTF-8 only, one document, no comments, no trailing commas, no byte order mark, nothing
/// deeper than 128 arrays and objects. Of members with the same name the last counts. A whole number
/// beyond 64 bits with sign is an error, because as a double it would silently become another number.
/// The size of a document is the caller's to limit.
public final class JSONParser {
    /// How deep arrays and objects may be nested.
    public static let depthLimit = 128

    private let parser: OpaquePointer

    /// A parser without buffers; they grow with the first document.
    public init() {
        // simdjson counts the document itself as one level.
        guard let parser = saekin_json_parser_create(Self.depthLimit + 1) else {
            preconditionFailure("no memory for a JSON parser")
        }
        self.parser = parser
    }

    deinit {
        saekin_json_parser_destroy(parser)
    }

    /// The document as a tree.
    public func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        let outcome = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(JSONError) in try parse(buffer) }
        }
        return try outcome.get()
    }

    /// The document as a tree.
    public func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> JSONValue {
        do throws(JSONError) {
            return try withDocument(bytes) { (root) throws(JSONError) in try root.value() }
        } catch {
            // A whole number that is too large is met on the tape, which has no byte offsets.
            throw error.byteOffset == nil ? JSONScanner.firstError(in: bytes) ?? error : error
        }
    }

    /// Lends the parsed document to `body` without building a tree. `body` must not use this parser.
    public func withDocument<Result>(
        _ bytes: [UInt8], _ body: (borrowing JSONElement) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        // A typed error does not pass through withUnsafeBufferPointer's own generic parameter when the
        // closure is nested, so the outcome is carried out as a value.
        let outcome = bytes.withUnsafeBufferPointer { buffer in
            Swift.Result<Result, JSONError> { () throws(JSONError) in try withDocument(buffer, body) }
        }
        return try outcome.get()
    }

    /// Lends the parsed document to `body` without building a tree. `body` must not use this parser.
    public func withDocument<Result>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ body: (borrowing JSONElement) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        var document = saekin_json_document()
        let code = saekin_json_parse(parser, bytes.baseAddress, bytes.count, &document)
        guard code == 0, let tape = document.tape, let strings = document.strings else {
            // simdjson says what is wrong but not where: the scanner finds the place.
            throw JSONScanner.firstError(in: bytes)
                ?? JSONError(String(cString: saekin_json_message(code)))
        }
        let root = JSONElement(tape: tape, strings: strings, index: 1)
        return try body(root)
    }
}

extension JSONElement {
    /// The value as a tree. Throws for a whole number beyond 64 bits with sign.
    public func value() throws(JSONError) -> JSONValue {
        switch kind {
        case .null: return .null
        case .bool: return .bool(bool == true)
        case .integer: return .integer(Int64(bitPattern: tape[index + 1]))
        case .double: return .double(Double(bitPattern: tape[index + 1]))
        case .string: return .string(name.string)
        case .array:
            var elements: [JSONValue] = []
            elements.reserveCapacity(min(count, 4096))
            try forEachElement { (element) throws(JSONError) in elements.append(try element.value()) }
            return .array(elements)
        case .object: return .object(try members())
        case .oversizedInteger:
            throw JSONError(JSONScanner.oversizedInteger(String(tape[index + 1])))
        }
    }

    /// The members of an object as trees, each name once: the last value at the first place.
    public func members() throws(JSONError) -> [(String, JSONValue)] {
        var members: [(String, JSONValue)] = []
        members.reserveCapacity(min(count, 4096))
        var names = JSONNameIndex(expectedCount: count)
        try forEachMember { (name, element) throws(JSONError) in
            let value = try element.value()
            let text = name.string
            if let place = names.insert(text, members) {
                members[place].1 = value
            } else {
                members.append((text, value))
            }
        }
        return members
    }
}
