// CRC-32C of bytes that do not stand together.
import CKernels

/// A running CRC-32C.
struct Checksum {
    private(set) var value: UInt32 = 0

    mutating func add(_ view: ByteView) { value = saekin_crc32c(value, view.base, view.count) }

    mutating func add(_ bytes: [UInt8]) { value = saekin_crc32c(value, bytes, bytes.count) }
}
