// Strict percent-decoding of request targets (RFC 3986): what cannot be decoded is refused with its
// position instead of being guessed. Unescaped UTF-8 is accepted, as command line tools send it.

/// Why a request target cannot be decoded.
public struct TargetError: Error, Equatable, Sendable {
    /// What is wrong.
    public enum Reason: String, Sendable {
        /// A `%` without two hexadecimal digits behind it.
        case badEscape = "bad_escape"
        /// Bytes that are no UTF-8 once decoded.
        case badUTF8 = "bad_utf8"
    }

    /// What is wrong.
    public let reason: Reason
    /// Byte offset in the target as it was sent.
    public let position: Int

    /// A sentence for the caller.
    public var message: String {
        switch reason {
        case .badEscape:
            "a % must be followed by two hexadecimal digits (write %25 for the sign itself)"
        case .badUTF8:
            "the decoded bytes are not valid UTF-8; encode the text as UTF-8 before escaping it"
        }
    }
}

enum PercentDecoding {
    /// Decodes `text`; `offset` is added to positions in errors. `plusIsSpace` is for query strings.
    static func decode(_ text: Substring, offset: Int, plusIsSpace: Bool) throws(TargetError) -> String {
        let utf8 = text.utf8
        if !utf8.contains(where: { $0 == UInt8(ascii: "%") || (plusIsSpace && $0 == UInt8(ascii: "+")) }) {
            return String(text)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        /// Where each decoded byte began is needed only for an error; the first escape is near enough.
        var firstEscape: Int?
        var position = offset
        var iterator = utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next()?.hexadecimalValue,
                    let low = iterator.next()?.hexadecimalValue
                else { throw TargetError(reason: .badEscape, position: position) }
                bytes.append(high << 4 | low)
                if high >= 8, firstEscape == nil { firstEscape = position }
                position += 3
            case UInt8(ascii: "+") where plusIsSpace:
                bytes.append(UInt8(ascii: " "))
                position += 1
            default:
                bytes.append(byte)
                position += 1
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw TargetError(reason: .badUTF8, position: firstEscape ?? offset)
        }
        return decoded
    }

    /// Splits a query string at `&` and `=` and decodes names and values; empty pieces are skipped.
    static func query(_ text: Substring, offset: Int) throws(TargetError) -> [HTTPRequest.QueryItem] {
        var items: [HTTPRequest.QueryItem] = []
        var position = offset
        for piece in text.split(separator: "&", omittingEmptySubsequences: false) {
            let byteCount = piece.utf8.count
            if byteCount > 0 {
                let end = piece.utf8.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
                let name = try decode(piece[..<end], offset: position, plusIsSpace: true)
                var value = ""
                if end < piece.endIndex {
                    let start = piece.utf8.index(after: end)
                    let skipped = piece.utf8.distance(from: piece.startIndex, to: start)
                    value = try decode(piece[start...], offset: position + skipped, plusIsSpace: true)
                }
                items.append(HTTPRequest.QueryItem(name: name, value: value))
            }
            position += byteCount + 1
        }
        return items
    }
}

extension UInt8 {
    /// The value of an ASCII hexadecimal digit.
    var hexadecimalValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
