// The one way in which the engine reads bytes from disk.
//
// A `ByteView` is a range of a segment's memory. Every access is checked twice: the reader of a structure
// compares its lengths with the range and throws a typed error, and the view itself traps rather than read
// outside of it. It holds no reference: whoever keeps a view keeps the segment.
import CKernels

/// A range of bytes of a segment that is kept alive by whoever uses the view.
struct ByteView: @unchecked Sendable {
    // SAFETY (Sendable): the memory is immutable for the life of the segment that owns it.
    let base: UnsafePointer<UInt8>
    let count: Int

    /// Whether `byteCount` bytes at `offset` lie inside.
    func contains(_ offset: UInt64, _ byteCount: UInt64) -> Bool {
        let limit = UInt64(count)
        return offset <= limit && byteCount <= limit - offset
    }

    func contains(_ offset: Int, _ byteCount: Int) -> Bool {
        offset >= 0 && byteCount >= 0 && offset <= count && byteCount <= count - offset
    }

    /// A part of the view.
    ///
    /// - Precondition: `contains(offset, byteCount)`.
    func slice(_ offset: Int, _ byteCount: Int) -> ByteView {
        precondition(contains(offset, byteCount), "range outside of its section")
        return ByteView(base: base + offset, count: byteCount)
    }

    @inline(__always)
    func u8(_ offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < count, "byte outside of its section")
        return base[offset]
    }

    @inline(__always)
    func u16(_ offset: Int) -> UInt16 { number(offset) }

    @inline(__always)
    func u32(_ offset: Int) -> UInt32 { number(offset) }

    @inline(__always)
    func u64(_ offset: Int) -> UInt64 { number(offset) }

    @inline(__always)
    private func number<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> Number {
        precondition(contains(offset, MemoryLayout<Number>.size), "number outside of its section")
        // SAFETY: the precondition keeps the load inside the view; unaligned loads are allowed for trivial
        // types.
        return Number(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: Number.self))
    }

    /// The CRC-32C of all bytes.
    var checksum: UInt32 { saekin_crc32c(0, base, count) }

    /// A copy of the bytes.
    var array: [UInt8] { Array(buffer) }

    /// The bytes as a buffer.
    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }
}

/// Reads varints one after another; what lies outside of the view, or is longer than ten bytes, sets
/// `hasFailed` and reads as 0, so that a loop checks once, at its end.
struct VarintReader {
    let view: ByteView
    var offset: Int
    private(set) var hasFailed = false

    init(_ view: ByteView, at offset: Int = 0) {
        self.view = view
        self.offset = offset
    }

    @inline(__always)
    mutating func next() -> UInt64 {
        if offset < view.count {
            let byte = view.base[offset]
            if byte < 0x80 {
                offset += 1
                return UInt64(byte)
            }
        }
        return nextLong()
    }

    /// A byte that is no varint.
    @inline(__always)
    mutating func nextByte() -> UInt8 {
        guard offset < view.count else {
            hasFailed = true
            return 0
        }
        offset += 1
        return view.base[offset - 1]
    }

    /// A varint that must fit 32 bits.
    @inline(__always)
    mutating func next32() -> UInt32 {
        let number = next()
        if number > UInt64(UInt32.max) {
            hasFailed = true
            return 0
        }
        return UInt32(truncatingIfNeeded: number)
    }

    /// A varint that must fit into a positive `Int` of 48 bits, so that sums of a block never overflow.
    @inline(__always)
    mutating func nextByteCount() -> Int {
        let number = next()
        if number >= 1 << 48 {
            hasFailed = true
            return 0
        }
        return Int(number)
    }

    /// Records that what was read makes no sense.
    mutating func fail() { hasFailed = true }

    /// Steps over bytes that are not varints.
    mutating func skip(_ byteCount: Int) {
        if view.contains(offset, byteCount) { offset += byteCount } else { hasFailed = true }
    }

    private mutating func nextLong() -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while offset < view.count, shift < 64 {
            let byte = view.base[offset]
            offset += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        hasFailed = true
        return 0
    }
}
