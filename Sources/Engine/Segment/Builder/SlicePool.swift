// Byte streams that grow side by side in one array.
//
// Each term of a builder owns one or two streams. A stream is a chain of slices, each twice as long as the
// one before up to 4 KiB; the last four bytes of a slice hold the offset of the next. Nothing is allocated
// for a token.

/// The write end of a stream, and where its first slice is.
struct SliceChain {
    fileprivate static let none = UInt32.max
    fileprivate var head = SliceChain.none
    fileprivate var tail: UInt32 = 0
    /// Where the slice's link starts.
    fileprivate var end: UInt32 = 0
    fileprivate var level: UInt8 = 0

    var isEmpty: Bool { head == Self.none }
}

/// The array that holds all slices.
struct SlicePool {
    fileprivate static let linkByteCount: UInt32 = 4
    fileprivate static let levelMax: UInt8 = 9
    fileprivate private(set) var bytes: [UInt8] = []

    /// Bytes in use. The caller keeps it below 4 GiB.
    var count: Int { bytes.count }
    var memoryByteCount: Int { bytes.capacity }

    fileprivate static func byteCount(ofLevel level: UInt8) -> UInt32 { 8 << UInt32(level) }

    @inline(__always)
    private mutating func append(_ byte: UInt8, to chain: inout SliceChain) {
        if chain.tail == chain.end { extend(&chain) }
        bytes[Int(chain.tail)] = byte
        chain.tail += 1
    }

    @inline(__always)
    mutating func appendVarint(_ number: UInt64, to chain: inout SliceChain) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80, to: &chain)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest), to: &chain)
    }

    private mutating func extend(_ chain: inout SliceChain) {
        let start = UInt32(bytes.count)
        if chain.isEmpty {
            chain.head = start
        } else {
            for index in 0..<4 {
                bytes[Int(chain.end) + index] = UInt8(truncatingIfNeeded: start >> (8 * index))
            }
            chain.level = min(chain.level + 1, Self.levelMax)
        }
        let byteCount = Self.byteCount(ofLevel: chain.level)
        bytes.append(contentsOf: repeatElement(0, count: Int(byteCount)))
        chain.tail = start
        chain.end = start + byteCount - Self.linkByteCount
    }

    mutating func removeAll() { bytes = [] }
}

/// Reads a stream from its start.
struct SliceReader {
    private var offset: UInt32
    private var end: UInt32
    private var level: UInt8 = 0

    init(_ chain: SliceChain) {
        offset = chain.head
        end = chain.isEmpty ? 0 : chain.head + SlicePool.byteCount(ofLevel: 0) - SlicePool.linkByteCount
    }

    /// The next varint of the stream, which must have one.
    @inline(__always)
    mutating func next(_ pool: borrowing SlicePool) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            if offset == end { follow(pool) }
            let byte = pool.bytes[Int(offset)]
            offset += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
    }

    private mutating func follow(_ pool: borrowing SlicePool) {
        var next: UInt32 = 0
        for index in 0..<4 { next |= UInt32(pool.bytes[Int(end) + index]) << (8 * UInt32(index)) }
        level = min(level + 1, SlicePool.levelMax)
        offset = next
        end = next + SlicePool.byteCount(ofLevel: level) - SlicePool.linkByteCount
    }
}
