// A document as the engine takes it: analysed, flat, and free of any structure per token.
//
// Terms and keyword values are ranges of one byte array, so that a document costs a handful of allocations
// however long it is, and none when it is reused after `removeAll`.

/// One occurrence of a term in a document.
public struct TermOccurrence: Hashable, Sendable {
    public var field: FieldID
    /// How many bytes the term has.
    public var length: UInt16
    /// Where the term starts in the document's `bytes`.
    public var start: UInt32
    public var position: UInt32

    @inlinable
    public init(field: FieldID, start: UInt32, length: UInt16, position: UInt32) {
        self.field = field
        self.start = start
        self.length = length
        self.position = position
    }
}

/// One value of a keyword field of a document.
public struct KeywordValue: Hashable, Sendable {
    public var field: FieldID
    /// How many bytes the value has.
    public var length: UInt16
    /// Where the value starts in the document's `bytes`.
    public var start: UInt32

    @inlinable
    public init(field: FieldID, start: UInt32, length: UInt16) {
        self.field = field
        self.start = start
        self.length = length
    }
}

/// One analysed document. The order of terms and values does not matter, and what occurs twice counts once.
public struct IndexDocument: Sendable {
    /// The longest document key, in bytes.
    public static let keyByteCountMax = 512
    /// The longest term or keyword value, in bytes; longer ones are left out and counted.
    public static let termByteCountMax = 1_024
    /// The most values of one keyword field in one document.
    public static let keywordValueCountMax = 65_535

    /// The caller's key, 1 to 512 bytes.
    public var key: [UInt8]
    /// The position of the event that wrote this document; a newer version replaces an older one.
    public var version: UInt64
    /// What `terms` and `keywords` point into.
    public var bytes: [UInt8] = []
    public var terms: [TermOccurrence] = []
    /// Lengths of text fields in tokens. A text field with terms and no length here has as its length the
    /// number of its different positions and terms.
    public var lengths: [(field: FieldID, length: UInt32)] = []
    public var keywords: [KeywordValue] = []
    /// At most one value a field; decimals through `OrderedDouble`.
    public var integers: [(field: FieldID, value: Int64)] = []
    /// Bytes that come back with a hit.
    public var stored: [UInt8] = []
    /// Terms and values that were longer than `termByteCountMax` when added, and were left out.
    public var skippedTermCount: Int { skippedTerms }
    @usableFromInline var skippedTerms = 0

    public init(key: [UInt8], version: UInt64) {
        self.key = key
        self.version = version
    }

    /// Adds one occurrence of a term. Empty terms are ignored; too long ones are counted and left out.
    @inlinable
    public mutating func addTerm(_ field: FieldID, _ term: some Collection<UInt8>, position: UInt32) {
        guard let (start, length) = append(term) else { return }
        terms.append(TermOccurrence(field: field, start: start, length: length, position: position))
    }

    /// Adds one occurrence of a term given as text.
    @inlinable
    public mutating func addTerm(_ field: FieldID, _ term: String, position: UInt32) {
        addTerm(field, term.utf8, position: position)
    }

    /// Adds a value of a keyword field. Empty values are ignored; too long ones are counted and left out.
    @inlinable
    public mutating func addKeyword(_ field: FieldID, _ value: some Collection<UInt8>) {
        guard let (start, length) = append(value) else { return }
        keywords.append(KeywordValue(field: field, start: start, length: length))
    }

    /// Adds a value of a keyword field given as text.
    @inlinable
    public mutating func addKeyword(_ field: FieldID, _ value: String) { addKeyword(field, value.utf8) }

    /// Sets the value of an integer field.
    public mutating func addInteger(_ field: FieldID, _ value: Int64) { integers.append((field, value)) }

    /// Sets the value of a decimal field.
    public mutating func addDecimal(_ field: FieldID, _ value: Double) {
        integers.append((field, OrderedDouble.encode(value)))
    }

    /// Sets the length of a text field, in tokens.
    public mutating func setLength(_ field: FieldID, _ length: UInt32) { lengths.append((field, length)) }

    /// Makes this an empty document with another key, keeping the memory.
    public mutating func removeAll(key: [UInt8], version: UInt64) {
        self.key = key
        self.version = version
        bytes.removeAll(keepingCapacity: true)
        terms.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        keywords.removeAll(keepingCapacity: true)
        integers.removeAll(keepingCapacity: true)
        stored.removeAll(keepingCapacity: true)
        skippedTerms = 0
    }

    // Inlinable, as its callers are: not specialised, the loop over a term costs more than all else here.
    @inlinable
    mutating func append(_ value: some Collection<UInt8>) -> (start: UInt32, length: UInt16)? {
        let start = bytes.count
        let count = value.count
        guard count > 0 else { return nil }
        guard count <= Self.termByteCountMax, start + count <= Int(UInt32.max) else {
            skippedTerms += 1
            return nil
        }
        bytes.append(contentsOf: value)
        return (UInt32(start), UInt16(count))
    }
}
