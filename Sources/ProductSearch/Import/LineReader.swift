// Lines of a file or of standard input, plain or zstd-compressed, one at a time and in bounded memory: a line
// that is longer than allowed is skipped to its end and reported, whatever its length.

import CPlatform
import CZstd
import Glibc

/// Reads lines. Not shared between threads.
public final class LineReader {
    /// What stands at one line.
    public enum Line {
        /// The bytes without the line end (LF or CR LF).
        case text([UInt8])
        /// A line beyond the limit; so many bytes were skipped.
        case tooLong(byteCount: Int)
    }

    /// A file cannot be read; the message says which and why.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private static let chunkByteCount = 1 << 18

    /// What the file is called in messages.
    public let name: String
    /// The number of the line returned last, from 1.
    public private(set) var lineNumber = 0
    /// Bytes read from the file so far, compressed ones where it is compressed.
    public private(set) var byteCount = 0
    /// The size of the file, where it has one.
    public let fileByteCount: Int?

    private let descriptor: Int32
    private let lineByteCountMax: Int
    private var decompressor: Decompressor?
    private var input = [UInt8](repeating: 0, count: LineReader.chunkByteCount)
    private var buffer: [UInt8] = []
    private var offset = 0
    private var isAtEnd = false

    /// Opens `path`; `-` is standard input. A file that begins as a zstd frame is decompressed.
    public init(path: String, lineByteCountMax: Int) throws(Failure) {
        self.lineByteCountMax = lineByteCountMax
        if path == "-" {
            name = "standard input"
            descriptor = 0
            fileByteCount = nil
        } else {
            name = path
            descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw Failure(description: "cannot open \(path): \(String(cString: strerror(errno)))")
            }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
                close(descriptor)
                throw Failure(description: "cannot read \(path): it is a folder; name a file of JSON lines")
            }
            fileByteCount = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
        }
        buffer = try readChunk()
        if buffer.starts(with: Decompressor.magic) {
            let compressed = buffer
            let decompressor = Decompressor()
            self.decompressor = decompressor
            buffer = try decompressed(compressed, decompressor)
        }
    }

    deinit {
        if descriptor > 0 { close(descriptor) }
    }

    /// The next line, or nil behind the last.
    public func next() throws(Failure) -> Line? {
        var searchFrom = offset
        var skipped = 0
        while true {
            if let end = indexOfNewline(from: searchFrom) {
                lineNumber += 1
                let start = offset
                offset = end + 1
                let count = end - start
                if skipped + count > lineByteCountMax { return .tooLong(byteCount: skipped + count) }
                let hasReturn = count > 0 && buffer[end - 1] == UInt8(ascii: "\r")
                return .text(Array(buffer[start..<(hasReturn ? end - 1 : end)]))
            }
            if buffer.count - offset > lineByteCountMax {
                skipped += buffer.count - offset
                offset = buffer.count
            }
            searchFrom = buffer.count - offset
            buffer.removeSubrange(..<offset)
            offset = 0
            guard !isAtEnd else { return lastLine(skipped: skipped) }
            buffer += try moreBytes()
        }
    }

    private func lastLine(skipped: Int) -> Line? {
        guard skipped + buffer.count > 0 else { return nil }
        lineNumber += 1
        defer { buffer.removeAll() }
        return skipped + buffer.count > lineByteCountMax
            ? .tooLong(byteCount: skipped + buffer.count) : .text(buffer)
    }

    private func indexOfNewline(from start: Int) -> Int? {
        guard start < buffer.count else { return nil }
        return buffer.withUnsafeBufferPointer { bytes -> Int? in
            // SAFETY: start is inside the buffer, and memchr looks at no more than the rest of it.
            let base = UnsafeRawPointer(bytes.baseAddress!)
            guard let found = memchr(base + start, 0x0A, bytes.count - start) else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// At least one more byte of text, or none and `isAtEnd`.
    private func moreBytes() throws(Failure) -> [UInt8] {
        while !isAtEnd {
            let chunk = try readChunk()
            guard let decompressor else { return chunk }
            let text = try decompressed(chunk, decompressor)
            if !text.isEmpty { return text }
        }
        return []
    }

    private func readChunk() throws(Failure) -> [UInt8] {
        while true {
            let count = read(descriptor, &input, input.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw Failure(description: "cannot read \(name): \(String(cString: strerror(errno)))")
            }
            isAtEnd = count == 0
            byteCount += count
            return Array(input[..<count])
        }
    }

    private func decompressed(_ chunk: [UInt8], _ decompressor: Decompressor) throws(Failure) -> [UInt8] {
        if chunk.isEmpty, decompressor.isInFrame {
            throw Failure(description: "\(name) is cut short: the last zstd frame is not complete")
        }
        guard let text = decompressor.decompress(chunk) else {
            throw Failure(description: "\(name) is not sound zstd data near byte \(byteCount)")
        }
        return text
    }
}

/// A zstd stream; frames may follow one another.
private final class Decompressor {
    static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
    /// Frames that want a larger window than 2^27 bytes are refused: they would want as much memory.
    private static let windowLogMax: Int32 = 27

    private let stream: OpaquePointer
    private var output: [UInt8]
    /// Whether a frame has begun and not ended.
    private(set) var isInFrame = false

    init() {
        guard let stream = ZSTD_createDStream() else { fatalError("out of memory for a zstd stream") }
        self.stream = stream
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.windowLogMax)
        output = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
    }

    deinit { ZSTD_freeDStream(stream) }

    /// What `chunk` decompresses to, or nil where it is damaged.
    func decompress(_ chunk: [UInt8]) -> [UInt8]? {
        var text: [UInt8] = []
        let isSound = chunk.withUnsafeBytes { source -> Bool in
            var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
            var count = 0
            // A full output buffer may have left more behind, even with no input left.
            while input.pos < input.size || count == output.count {
                let result: Int
                (result, count) = output.withUnsafeMutableBytes { target -> (Int, Int) in
                    var produced = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    return (ZSTD_decompressStream(stream, &produced, &input), produced.pos)
                }
                guard ZSTD_isError(result) == 0 else { return false }
                isInFrame = result != 0
                text += output[..<count]
            }
            return true
        }
        return isSound ? text : nil
    }
}
