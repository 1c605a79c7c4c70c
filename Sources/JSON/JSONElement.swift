// A value inside a parsed document, read in place from simdjson's tape (its layout: CSimdJSON.h).
// Elements and names cannot be copied and are only ever lent to a closure, so none can outlive the
// document it points into. The tape was written by simdjson, so its indices are trusted.

/// A value of a parsed document, lent to a closure of `JSONParser.withDocument`.
public struct JSONElement: ~Copyable {
    @usableFromInline let tape: UnsafePointer<UInt64>
    @usableFromInline let strings: UnsafePointer<UInt8>
    @usableFromInline let index: Int

    @inlinable
    init(tape: UnsafePointer<UInt64>, strings: UnsafePointer<UInt8>, index: Int) {
        self.tape = tape
        self.strings = strings
        self.index = index
    }

    @inlinable var word: UInt64 { tape[index] }
    @inlinable var type: UInt8 { UInt8(truncatingIfNeeded: tape[index] >> 56) }

    /// What the value is.
    @inlinable
    public var kind: JSONKind {
        switch type {
        case UInt8(ascii: "n"): .null
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "l"): .integer
        case UInt8(ascii: "u"): .oversizedInteger
        case UInt8(ascii: "d"): .double
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "["): .array
        default: .object
        }
    }

    /// Whether the value is `null`.
    @inlinable public var isNull: Bool { type == UInt8(ascii: "n") }

    /// The truth value, if it is one.
    @inlinable
    public var bool: Bool? {
        switch type {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }

    /// The number, if it is an integer or a double without fraction that fits.
    @inlinable
    public var integer: Int64? {
        switch type {
        case UInt8(ascii: "l"): Int64(bitPattern: tape[index + 1])
        case UInt8(ascii: "d"): Int64(exactly: Double(bitPattern: tape[index + 1]))
        default: nil
        }
    }

    /// The number, if it is one; integers beyond 2^53 are rounded.
    @inlinable
    public var double: Double? {
        switch type {
        case UInt8(ascii: "l"): Double(Int64(bitPattern: tape[index + 1]))
        case UInt8(ascii: "u"): Double(tape[index + 1])
        case UInt8(ascii: "d"): Double(bitPattern: tape[index + 1])
        default: nil
        }
    }

    /// The text, if it is a string.
    @inlinable
    public var string: String? {
        guard type == UInt8(ascii: "\"") else { return nil }
        return name.string
    }

    /// The string as bytes in place. Precondition: the value is a string.
    @inlinable
    public var name: JSONName {
        precondition(type == UInt8(ascii: "\""), "not a string")
        return JSONName(strings: strings, offset: Int(word & 0x00FF_FFFF_FFFF_FFFF))
    }

    /// The tape index behind this value.
    @inlinable
    var endIndex: Int {
        switch type {
        case UInt8(ascii: "{"), UInt8(ascii: "["): Int(UInt32(truncatingIfNeeded: word))
        case UInt8(ascii: "l"), UInt8(ascii: "u"), UInt8(ascii: "d"): index + 2
        default: index + 1
        }
    }

    /// The number of elements or members as written, 0 for other kinds; exact up to 16,777,214.
    @inlinable
    public var count: Int {
        switch type {
        case UInt8(ascii: "{"), UInt8(ascii: "["): Int(word >> 32 & 0xFF_FFFF)
        default: 0
        }
    }

    /// Lends each element of an array in order; nothing happens for other kinds.
    @inlinable
    public func forEachElement<Failure: Error>(
        _ body: (borrowing JSONElement) throws(Failure) -> Void
    ) throws(Failure) {
        guard type == UInt8(ascii: "[") else { return }
        let last = endIndex - 1
        var next = index + 1
        while next < last {
            let element = JSONElement(tape: tape, strings: strings, index: next)
            try body(element)
            next = element.endIndex
        }
    }

    /// Lends each member of an object in order, a name that was written twice twice (the last counts);
    /// nothing happens for other kinds.
    @inlinable
    public func forEachMember<Failure: Error>(
        _ body: (borrowing JSONName, borrowing JSONElement) throws(Failure) -> Void
    ) throws(Failure) {
        guard type == UInt8(ascii: "{") else { return }
        let last = endIndex - 1
        var next = index + 1
        while next < last {
            let key = JSONElement(tape: tape, strings: strings, index: next)
            let element = JSONElement(tape: tape, strings: strings, index: next + 1)
            try body(key.name, element)
            next = element.endIndex
        }
    }
}

/// A string of a parsed document in place: a member's name or a value.
public struct JSONName: ~Copyable {
    @usableFromInline let start: UnsafePointer<UInt8>
    /// The length in UTF-8 bytes.
    public let byteCount: Int

    @inlinable
    init(strings: UnsafePointer<UInt8>, offset: Int) {
        // SAFETY: simdjson wrote a 4-byte length and that many bytes at each offset on the tape.
        let length = UnsafeRawPointer(strings + offset).loadUnaligned(as: UInt32.self)
        start = strings + offset + 4
        byteCount = Int(length)
    }

    /// The bytes, lent to a closure.
    @inlinable
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeBufferPointer(start: start, count: byteCount))
    }

    /// The bytes as a string; they are valid UTF-8.
    @inlinable
    public var string: String {
        String(decoding: UnsafeBufferPointer(start: start, count: byteCount), as: UTF8.self)
    }

    /// Whether the bytes are those of the literal.
    @inlinable
    public func matches(_ literal: StaticString) -> Bool {
        guard byteCount == literal.utf8CodeUnitCount else { return false }
        // SAFETY: both have at least byteCount bytes.
        let other = literal.utf8Start
        for i in 0..<byteCount where start[i] != other[i] { return false }
        return true
    }
}
