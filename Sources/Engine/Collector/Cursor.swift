// A place between two hits, as an opaque string that the caller hands back.
//
// Bytes: version (1), sort signature (4), then per sort key a tag and its value, then score (4), then the key
// of the hit; base64url without padding. It names the hit by value and not by address, so it stays meaningful
// when the index is refreshed between two pages: hits that moved across the place appear twice or not at all,
// all others exactly once.

/// Where a page of hits ended.
public struct Cursor: Hashable, Sendable, CustomStringConvertible {
    let sortSignature: UInt32
    let values: [SortValue]
    let score: Float
    let key: [UInt8]

    private static let version: UInt8 = 1
    /// Longer strings are refused before they are decoded.
    private static let characterCountMax = 8_192

    init(sort: [SortKey], values: [SortValue], score: Float, key: [UInt8]) {
        sortSignature = Self.signature(of: sort)
        self.values = values
        self.score = score
        self.key = key
    }

    /// Reads what `description` wrote; throws `SearchError.request` for anything else.
    public init(_ text: String) throws(SearchError) {
        guard text.utf8.count <= Self.characterCountMax, let bytes = Base64URL.decode(text.utf8) else {
            throw .cursor("The cursor is not one that a search answered with.")
        }
        var reader = ByteReader(bytes: bytes)
        guard reader.byte() == Self.version, let signature = reader.integer(4), let count = reader.byte(),
            count <= QueryLimits.sortKeyCountMax
        else { throw .cursor("The cursor is not one that a search answered with.") }
        var values: [SortValue] = []
        for _ in 0..<count {
            guard let value = reader.sortValue() else { throw .cursor("The cursor is cut off.") }
            values.append(value)
        }
        guard let scoreBits = reader.integer(4), let key = reader.countedBytes(), reader.isAtEnd else {
            throw .cursor("The cursor is cut off.")
        }
        let score = Float(bitPattern: UInt32(truncatingIfNeeded: scoreBits))
        guard score.isFinite, score >= 0 else { throw .cursor("The cursor holds an impossible score.") }
        sortSignature = UInt32(truncatingIfNeeded: signature)
        self.values = values
        self.score = score
        self.key = key
    }

    /// The opaque text.
    public var description: String {
        var bytes = [Self.version]
        Self.append(UInt64(sortSignature), 4, to: &bytes)
        bytes.append(UInt8(values.count))
        for value in values {
            switch value {
            case .missing: bytes.append(0)
            case .score(let score):
                bytes.append(1)
                Self.append(UInt64(score.bitPattern), 4, to: &bytes)
            case .integer(let integer):
                bytes.append(2)
                Self.append(UInt64(bitPattern: integer), 8, to: &bytes)
            case .keyword(let keyword):
                bytes.append(3)
                Self.append(UInt64(keyword.count), 2, to: &bytes)
                bytes += keyword
            }
        }
        Self.append(UInt64(score.bitPattern), 4, to: &bytes)
        Self.append(UInt64(key.count), 2, to: &bytes)
        bytes += key
        return Base64URL.encode(bytes)
    }

    /// FNV-1a over the sort keys: a cursor of one order is refused by another.
    static func signature(of sort: [SortKey]) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for key in sort {
            let (kind, field, descending): (UInt32, UInt32, UInt32) =
                switch key {
                case .score: (1, 0, 0)
                case .integer(let field, let descending): (2, UInt32(field.rawValue), descending ? 1 : 0)
                case .keyword(let field, let descending): (3, UInt32(field.rawValue), descending ? 1 : 0)
                }
            for part in [kind, field & 0xFF, field >> 8, descending] {
                hash = (hash ^ part) &* 16_777_619
            }
        }
        return hash
    }

    private static func append(_ value: UInt64, _ byteCount: Int, to bytes: inout [UInt8]) {
        for index in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }
}

private struct ByteReader {
    let bytes: [UInt8]
    var offset = 0

    var isAtEnd: Bool { offset == bytes.count }

    mutating func byte() -> UInt8? {
        guard offset < bytes.count else { return nil }
        offset += 1
        return bytes[offset - 1]
    }

    mutating func integer(_ byteCount: Int) -> UInt64? {
        guard bytes.count - offset >= byteCount else { return nil }
        var value: UInt64 = 0
        for index in 0..<byteCount { value |= UInt64(bytes[offset + index]) << (8 * index) }
        offset += byteCount
        return value
    }

    mutating func countedBytes() -> [UInt8]? {
        guard let count = integer(2), bytes.count - offset >= Int(count) else { return nil }
        offset += Int(count)
        return Array(bytes[offset - Int(count)..<offset])
    }

    mutating func sortValue() -> SortValue? {
        switch byte() {
        case 0: return .missing
        case 1:
            guard let bits = integer(4) else { return nil }
            let score = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
            return score.isFinite && score >= 0 ? .score(score) : nil
        case 2: return integer(8).map { .integer(Int64(bitPattern: $0)) }
        case 3: return countedBytes().map { .keyword($0) }
        default: return nil
        }
    }
}

/// RFC 4648 section 5, without padding.
enum Base64URL {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for index in 0..<3 { group = group << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
            for index in 0...count { text.append(alphabet[Int(group >> (18 - 6 * UInt32(index)) & 63)]) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var group: UInt32 = 0
        var bitCount: UInt32 = 0
        for character in text {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            group = group << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> bitCount))
            }
        }
        // What is left over must be padding zeros, fewer than a whole character.
        return bitCount < 6 && group & ((1 << bitCount) - 1) == 0 ? bytes : nil
    }
}
