// Byte streams that grow side by side in one piece of memory.
//
// Each term of a builder with more than one document owns a stream. A stream is a chain of slices, each twice
// as long as the one before up to 4 KiB; the last four bytes of a slice hold the offset of the next. Nothing
// is allocated for a token.

/// The write end of a stream, and where its first slice is. Offset 0 is no slice: the pool starts at 1.
struct SliceChain: BitwiseCopyable {
    fileprivate(set) var head: UInt32 = 0
    fileprivate(set) var tail: UInt32 = 0
    /// Where the slice's link starts.
    fileprivate var end: UInt32 = 0
    fileprivate var level: UInt32 = 0
}

/// The memory that holds all slices.
struct SlicePool: ~Copyable {
    fileprivate static let linkByteCount: UInt32 = 4
    fileprivate static let levelMax: UInt32 = 8
    /// The longest varint of 64 bits.
    fileprivate static let varintByteCountMax: UInt32 = 10

    fileprivate private(set) var bytes = PageBuffer<UInt8>()

    init() { bytes.append(0) }

    /// Bytes in use. The caller keeps it below 2 GiB.
    var count: Int { bytes.count }

    fileprivate static func byteCount(ofLevel level: UInt32) -> UInt32 { 16 << level }

    @inline(__always)
    mutating func appendVarint(_ number: UInt64, to chain: inout SliceChain) {
        var rest = number
        if chain.end - chain.tail < Self.varintByteCountMax { return appendSlowly(number, to: &chain) }
        // SAFETY: the slice has room for the longest varint before its link.
        var place = bytes.base + Int(chain.tail)
        let start = place
        while rest >= 0x80 {
            place.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
            place += 1
            rest >>= 7
        }
        place.pointee = UInt8(truncatingIfNeeded: rest)
        chain.tail += UInt32(truncatingIfNeeded: place - start + 1)
    }

    /// Near the end of a slice: byte by byte.
    private mutating func appendSlowly(_ number: UInt64, to chain: inout SliceChain) {
        var rest = number
        while true {
            if chain.tail == chain.end { extend(&chain) }
            // SAFETY: `tail` is before `end` in a slice that `extend` made.
            let place = bytes.base + Int(chain.tail)
            chain.tail += 1
            if rest < 0x80 {
                place.pointee = UInt8(truncatingIfNeeded: rest)
                return
            }
            place.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
        }
    }

    private mutating func extend(_ chain: inout SliceChain) {
        let start = UInt32(bytes.count)
        if chain.head == 0 {
            chain.head = start
        } else {
            // SAFETY: a slice ends with four bytes for this.
            UnsafeMutableRawPointer(bytes.base + Int(chain.end)).storeBytes(of: start, as: UInt32.self)
            chain.level = min(chain.level + 1, Self.levelMax)
        }
        let byteCount = Self.byteCount(ofLevel: chain.level)
        _ = bytes.reserve(Int(byteCount))
        bytes.advance(Int(byteCount))
        chain.tail = start
        chain.end = start + byteCount - Self.linkByteCount
    }

    mutating func removeAll(keepingMemory: Bool) {
        bytes.removeAll(keepingMemory: keepingMemory)
        bytes.append(0)
    }
}

/// Reads a stream from its start. Valid as long as nothing is added to its pool.
struct SliceReader {
    // SAFETY: offsets are those of slices that the pool has.
    private let base: UnsafePointer<UInt8>
    private var offset: UInt32
    private var end: UInt32
    private var level: UInt32 = 0
    private let tail: UInt32

    init(_ chain: SliceChain, _ pool: borrowing SlicePool) {
        base = UnsafePointer(pool.bytes.base)
        offset = chain.head
        tail = chain.tail
        end = chain.head == 0 ? 0 : chain.head + SlicePool.byteCount(ofLevel: 0) - SlicePool.linkByteCount
    }

    /// Whether everything was read.
    var isAtEnd: Bool { offset == tail }

    /// The next varint of the stream, which must have one.
    @inline(__always)
    mutating func next() -> UInt64 {
        if offset < end {
            let byte = base[Int(offset)]
            if byte < 0x80 {
                offset += 1
                return UInt64(byte)
            }
        }
        return nextLong()
    }

    private mutating func nextLong() -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            if offset == end { follow() }
            let byte = base[Int(offset)]
            offset += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
    }

    private mutating func follow() {
        let next = UnsafeRawPointer(base + Int(end)).loadUnaligned(as: UInt32.self)
        level = min(level + 1, SlicePool.levelMax)
        offset = next
        end = next + SlicePool.byteCount(ofLevel: level) - SlicePool.linkByteCount
    }
}
