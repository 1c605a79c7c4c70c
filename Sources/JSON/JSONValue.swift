/// A JSON document or a part of one, as a tree.
///
/// Numbers keep their kind: what was written without fraction and exponent is an `integer`, all else
/// a `double` (`6.0` stays a double and is written `6.0`; `1e3` is written `1000.0`).
public enum JSONValue: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction and exponent.
    case integer(Int64)
    /// Any other number; never infinite or not-a-number when it was parsed.
    case double(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object; members keep their order, and a parsed object has each name once.
    case object([(String, JSONValue)])
}

extension JSONValue: Equatable {
    /// Equal when both would be written as the same bytes: member order and number kind count, and
    /// strings are compared byte by byte, not by canonical equivalence.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
        case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)):
            a.elementsEqual(b) { $0.0.hasSameBytes(as: $1.0) && $0.1 == $1.1 }
        default: false
        }
    }
}

extension JSONValue {
    /// The kind of the value, as messages name it.
    public var kind: JSONKind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .integer: .integer
        case .double: .double
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// The member of that name, if this is an object that has it.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.0.hasSameBytes(as: name) }?.1
    }

    /// The element at that place, if this is an array that long.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The text, if this is a string.
    public var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The number, if this is an integer or a double without fraction that fits.
    public var integerValue: Int64? {
        switch self {
        case .integer(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The number, if this is one; integers beyond 2^53 are rounded.
    public var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// The truth value, if this is one.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements, if this is an array.
    public var arrayValue: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members in order, if this is an object.
    public var objectValue: [(String, JSONValue)]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// Whether this is `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The value as compact JSON.
    public var jsonBytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// This value changed by a merge patch (RFC 7396): members of `patch` replace those of the same
    /// name, objects are merged member by member, and `null` removes.
    public func merged(with patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members: [(String, JSONValue)] = []
        let own = objectValue ?? []
        members.reserveCapacity(own.count + changes.count)
        var names = JSONNameIndex(expectedCount: own.count + changes.count)
        for (name, value) in own where names.insert(name, members) == nil { members.append((name, value)) }
        var removed: Set<Int> = []
        for (name, change) in changes {
            if change.isNull {
                if let place = names.place(of: name, in: members) { removed.insert(place) }
            } else if let place = names.insert(name, members) {
                members[place].1 = members[place].1.merged(with: change)
            } else {
                members.append((name, JSONValue.null.merged(with: change)))
            }
        }
        if !removed.isEmpty {
            members = members.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
        }
        return .object(members)
    }
}

/// What a JSON value can be.
public enum JSONKind: Sendable, Hashable, CustomStringConvertible {
    /// The kinds that a `JSONValue` can have.
    case null, bool, integer, double, string, array, object
    /// A whole number from 2^63 to 2^64 - 1. It can be seen in a `JSONElement` only: a tree has none.
    case oversizedInteger

    /// The kind with its article, for messages.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .integer: "an integer"
        case .double: "a number with a fraction"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        case .oversizedInteger: "an integer beyond 64 bits"
        }
    }
}

extension String {
    /// Whether both are the same UTF-8 bytes. `==` also holds for canonically equivalent strings,
    /// which are different names and keys in JSON.
    public func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}
