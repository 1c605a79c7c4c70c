// A TREC run: "query Q0 document rank score tag", one hit a line, ranks from 1. Any scorer of runs reads it.

import Glibc

/// Writes rankings to a TREC run file. Call `finish()` at the end: what is still buffered is written there.
public struct RunWriter: ~Copyable {
    private let path: String
    private let tag: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    /// Makes the file, or empties it.
    ///
    /// - Throws: `EvaluationError.system` when the file cannot be made, `.unwritable` when the tag holds a
    ///   blank.
    public init(path: String, tag: String) throws(EvaluationError) {
        try Self.check(tag)
        let opened = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard opened >= 0 else {
            throw .system(path: path, operation: "create", code: errno)
        }
        self.path = path
        self.tag = tag
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }

    /// Adds the hits of one query, best first.
    ///
    /// - Throws: `EvaluationError.unwritable` when an identifier is empty or holds a blank (nothing of this
    ///   query is then written), `.system` when the file cannot be written.
    public mutating func write(
        query: String, hits: some Sequence<(document: String, score: Double)>
    ) throws(EvaluationError) {
        try Self.check(query)
        let before = buffer.count
        var rank = 0
        for hit in hits {
            do throws(EvaluationError) {
                try Self.check(hit.document)
            } catch {
                buffer.removeSubrange(before...)
                throw error
            }
            rank += 1
            buffer += "\(query) Q0 \(hit.document) \(rank) \(hit.score) \(tag)\n".utf8
        }
        if buffer.count >= 1 << 16 { try flush() }
    }

    /// Writes what is buffered.
    ///
    /// - Throws: `EvaluationError.system` when the file cannot be written.
    public consuming func finish() throws(EvaluationError) {
        try flush()
    }

    private mutating func flush() throws(EvaluationError) {
        var written = 0
        while written < buffer.count {
            // SAFETY: the pointer and the count are those of the rest of the array.
            let count = buffer.withUnsafeBytes { [descriptor] bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                return Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                throw .system(path: path, operation: "write", code: code)
            }
            written += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private static func check(_ identifier: String) throws(EvaluationError) {
        guard !identifier.isEmpty, !identifier.contains(where: \.isWhitespace) else {
            throw .unwritable(identifier: identifier)
        }
    }
}
