// What the small files beside a segment share: magic and version in front, a checksum behind.
import CKernels

/// The bytes of a generation file while they are read.
struct GenerationFile {
    let bytes: [UInt8]
    let file: String

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// Bytes before the checksum.
    var contentByteCount: Int { bytes.count - 4 }

    /// Compares magic, version and checksum.
    func verify(magic: [UInt8], version: UInt32, headerByteCount: Int) throws(SegmentError) {
        guard bytes.count >= headerByteCount + 4 else { throw damaged(bytes.count, "the file is too short") }
        guard bytes.starts(with: magic) else { throw damaged(0, "the file is of another kind") }
        guard u32(8) == version else {
            throw SegmentError(
                .unsupportedVersion(u32(8)), file: file, byteOffset: 8, "the file has another format")
        }
        guard saekin_crc32c(0, bytes, contentByteCount) == u32(contentByteCount) else {
            throw damaged(contentByteCount, "the file's checksum differs")
        }
    }

    func u16(_ offset: Int) -> UInt16 { UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8 }

    func u32(_ offset: Int) -> UInt32 { UInt32(u16(offset)) | UInt32(u16(offset + 2)) << 16 }

    func u64(_ offset: Int) -> UInt64 { UInt64(u32(offset)) | UInt64(u32(offset + 4)) << 32 }

    func damaged(_ offset: Int, _ message: String) -> SegmentError {
        SegmentError(.damaged, file: file, byteOffset: UInt64(offset), message)
    }
}
