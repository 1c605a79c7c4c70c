// Finding members by name while an object is put together: objects of a few members are scanned, large ones
// get a dictionary, so that no document makes reading or merging it quadratic.

/// The places of names in a list of members that grows. Names are compared by their bytes.
public struct JSONNameIndex {
    /// In a small object a bit set says "surely not" for nearly all names.
    private var bits: UInt64 = 0
    private var places: [NameBytes: Int] = [:]
    private let isLarge: Bool

    /// An index of no names; `expectedCount` decides how it works, and may be wrong.
    public init(expectedCount: Int) {
        isLarge = expectedCount > 32
        if isLarge { places.reserveCapacity(min(expectedCount, 4096)) }
    }

    /// The place of the name in `members`; nil when it is not there.
    public func place(of name: String, in members: [(String, JSONValue)]) -> Int? {
        if isLarge { return places[NameBytes(text: name)] }
        return bits & Self.bit(name) == 0 ? nil : members.firstIndex { $0.0.hasSameBytes(as: name) }
    }

    /// The place of the name in `members`; nil, and remembered as the place behind the last, when it is not
    /// there.
    public mutating func insert(_ name: String, _ members: [(String, JSONValue)]) -> Int? {
        if let place = place(of: name, in: members) { return place }
        if isLarge {
            places[NameBytes(text: name)] = members.count
        } else {
            bits |= Self.bit(name)
        }
        return nil
    }

    private static func bit(_ name: String) -> UInt64 {
        let bytes = name.utf8
        let mix = bytes.count &* 31 &+ Int(bytes.first ?? 0) &* 7 &+ Int(bytes.last ?? 0)
        return UInt64(1) << UInt64(mix & 63)
    }
}

/// A name compared and hashed by its bytes.
private struct NameBytes: Hashable {
    let text: String

    static func == (left: NameBytes, right: NameBytes) -> Bool { left.text.hasSameBytes(as: right.text) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
