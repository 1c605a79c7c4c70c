// Reads a text file line by line in bounded memory: one buffer of 64 KiB and the line at hand. Lines end in
// LF or CRLF, a byte order mark in front is dropped, every line must be UTF-8 and at most
// `LineReader.lineLimit` bytes.

import Glibc

/// A file's lines, one after another.
struct LineReader: ~Copyable {
    /// The longest line that is read: longer ones are no queries but a file of another kind.
    static let lineLimit = 1 << 20

    let path: String
    /// Number of the line given last, from 1.
    private(set) var lineNumber = 0

    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var start = 0
    private var end = 0

    init(path: String) throws(EvaluationError) {
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else {
            throw .system(path: path, operation: "open", code: errno)
        }
        self.path = path
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }

    /// The error that names the line given last.
    func malformed(_ reason: String) -> EvaluationError {
        .malformed(path: path, line: lineNumber, reason: reason)
    }

    /// The next line that is not blank, without its end; nil behind the last one.
    mutating func next() throws(EvaluationError) -> String? {
        while let bytes = try nextBytes() {
            var line = bytes[...]
            if lineNumber == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
            if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) { continue }
            guard let text = String(validating: line, as: UTF8.self) else {
                throw malformed("not UTF-8: convert the file")
            }
            return text
        }
        return nil
    }

    private mutating func nextBytes() throws(EvaluationError) -> [UInt8]? {
        var line: [UInt8] = []
        var found = false
        while true {
            if start == end {
                guard try fill() else { break }
            }
            found = true
            let lineEnd = buffer[start..<end].firstIndex(of: UInt8(ascii: "\n"))
            line += buffer[start..<(lineEnd ?? end)]
            guard line.count <= Self.lineLimit else {
                lineNumber += 1
                throw malformed("longer than \(Self.lineLimit) bytes")
            }
            start = lineEnd.map { $0 + 1 } ?? end
            if lineEnd != nil { break }
        }
        guard found else { return nil }
        lineNumber += 1
        return line
    }

    /// Reads on; false at the end of the file.
    private mutating func fill() throws(EvaluationError) -> Bool {
        while true {
            // SAFETY: read writes at most the given count into the array's own storage.
            let count = buffer.withUnsafeMutableBytes { [descriptor] in
                read(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                throw .system(path: path, operation: "read", code: code)
            }
            start = 0
            end = count
            return count > 0
        }
    }
}
