import Glibc

/// Finds the first byte at which a document is not JSON.
///
/// simdjson is fast because it does not keep track of where it is. After it has refused a document,
/// this plain recursive scanner reads it once more, for the place and a message that names it. The
/// tests hold both to the same verdict on every input.
struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0

    /// The first error, or nil if the document is what `JSONParser.parse` accepts.
    static func firstError(in bytes: UnsafeBufferPointer<UInt8>) -> JSONError? {
        var scanner = JSONScanner(bytes: bytes)
        do throws(JSONError) {
            try scanner.document()
            return nil
        } catch {
            return error
        }
    }

    static func oversizedInteger(_ digits: String) -> String {
        "the integer \(digits) does not fit in 64 bits with sign; write it as a string"
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private func failure(_ message: String) -> JSONError {
        offset < bytes.count
            ? JSONError(message, at: offset)
            : JSONError("the document ends too early: \(message)", at: offset)
    }

    private mutating func document() throws(JSONError) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw JSONError("a byte order mark is not JSON; leave it out", at: 0)
        }
        skipSpace()
        if offset == bytes.count { throw JSONError("the document is empty", at: offset) }
        try value(depth: 0)
        skipSpace()
        if offset < bytes.count { throw failure("expected the end of the document") }
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func value(depth: Int) throws(JSONError) {
        guard let byte = current else { throw failure("expected a value") }
        switch byte {
        case UInt8(ascii: "{"): try object(depth: depth + 1)
        case UInt8(ascii: "["): try array(depth: depth + 1)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        default: throw failure("expected a value")
        }
    }

    private func checkDepth(_ depth: Int) throws(JSONError) {
        if depth > JSONParser.depthLimit {
            throw failure("nested deeper than \(JSONParser.depthLimit) levels")
        }
    }

    private mutating func object(depth: Int) throws(JSONError) {
        try checkDepth(depth)
        offset += 1
        skipSpace()
        if current == UInt8(ascii: "}") {
            offset += 1
            return
        }
        while true {
            skipSpace()
            if current != UInt8(ascii: "\"") { throw failure("expected a member name in double quotes") }
            try string()
            skipSpace()
            if current != UInt8(ascii: ":") { throw failure("expected ':' behind the member name") }
            offset += 1
            skipSpace()
            try value(depth: depth)
            skipSpace()
            if current == UInt8(ascii: ",") {
                offset += 1
                continue
            }
            if current == UInt8(ascii: "}") {
                offset += 1
                return
            }
            throw failure("expected ',' or '}'")
        }
    }

    private mutating func array(depth: Int) throws(JSONError) {
        try checkDepth(depth)
        offset += 1
        skipSpace()
        if current == UInt8(ascii: "]") {
            offset += 1
            return
        }
        while true {
            skipSpace()
            try value(depth: depth)
            skipSpace()
            if current == UInt8(ascii: ",") {
                offset += 1
                continue
            }
            if current == UInt8(ascii: "]") {
                offset += 1
                return
            }
            throw failure("expected ',' or ']'")
        }
    }

    private mutating func word(_ text: StaticString) throws(JSONError) {
        let start = offset
        for i in 0..<text.utf8CodeUnitCount {
            if current != text.utf8Start[i] {
                offset = start
                throw failure("expected \(text)")
            }
            offset += 1
        }
    }

    private mutating func digits() -> Int {
        let start = offset
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { offset += 1 }
        return offset - start
    }

    private mutating func number() throws(JSONError) {
        let start = offset
        var isInteger = true
        if current == UInt8(ascii: "-") { offset += 1 }
        let first = current
        let count = digits()
        if count == 0 { throw failure("expected a digit") }
        if first == UInt8(ascii: "0"), count > 1 {
            throw JSONError("a number must not start with 0", at: start)
        }
        if current == UInt8(ascii: ".") {
            isInteger = false
            offset += 1
            if digits() == 0 { throw failure("expected a digit behind the decimal point") }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            offset += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
            if digits() == 0 { throw failure("expected a digit in the exponent") }
        }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
        if isInteger, Int64(text) == nil {
            let shown = text.utf8.count > 40 ? String(text.prefix(40)) + "…" : text
            throw JSONError(Self.oversizedInteger(shown), at: start)
        }
        if !isInteger, strtod(text, nil).isInfinite {
            throw JSONError("the number is too large for a double", at: start)
        }
    }

    private mutating func string() throws(JSONError) {
        let start = offset
        offset += 1
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20: throw failure("a control character in a string must be escaped")
            case 0..<0x80: offset += 1
            default: try multibyteCharacter()
            }
        }
        throw JSONError("a string is not closed", at: start)
    }

    private mutating func escape() throws(JSONError) {
        let start = offset
        offset += 1
        guard let byte = current else { throw failure("expected the rest of an escape") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            let unit = try hexQuad()
            if unit < 0xD800 || unit > 0xDFFF { return }
            if unit < 0xDC00, current == UInt8(ascii: "\\"), offset + 1 < bytes.count,
                bytes[offset + 1] == UInt8(ascii: "u")
            {
                offset += 2
                let low = try hexQuad()
                if low >= 0xDC00, low <= 0xDFFF { return }
            }
            throw JSONError("a string holds half of a surrogate pair", at: start)
        default:
            throw JSONError("not an escape of JSON", at: start)
        }
    }

    private mutating func hexQuad() throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80
            else { throw failure("expected four hexadecimal digits") }
            unit = unit << 4 | UInt32(digit)
            offset += 1
        }
        return unit
    }

    /// One character of two to four bytes, by table 3-7 of the Unicode standard.
    private mutating func multibyteCharacter() throws(JSONError) {
        let lead = bytes[offset]
        let count: Int
        var range: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: count = 2
        case 0xE0: (count, range) = (3, 0xA0...0xBF)
        case 0xED: (count, range) = (3, 0x80...0x9F)
        case 0xE1...0xEF: count = 3
        case 0xF0: (count, range) = (4, 0x90...0xBF)
        case 0xF4: (count, range) = (4, 0x80...0x8F)
        case 0xF1...0xF3: count = 4
        default: throw failure("not UTF-8")
        }
        guard offset + count <= bytes.count else { throw failure("not UTF-8") }
        for i in 1..<count {
            if !range.contains(bytes[offset + i]) { throw failure("not UTF-8") }
            range = 0x80...0xBF
        }
        offset += count
    }
}
