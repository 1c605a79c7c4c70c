// From the bytes of a connection to requests: a state machine without sockets, clocks or threads. The
// connection feeds it what arrives and asks what is next until more bytes are needed.
//
//   head -> (body of fixed length | chunks -> trailers) -> complete -> head ...
//
// After the head it stops once, so that the connection can look up the route and set `bodyLimit` before any
// byte of the body is taken in.

struct RequestParser: Sendable {
    enum Step {
        case needsMore
        /// A head was read; what follows is its body.
        case head(RequestHead)
        /// The body of the last head is whole.
        case complete(body: [UInt8])
        /// Nothing after this can be trusted; the connection must end.
        case failure(RequestFailure)
    }

    private enum State {
        case head
        case bodyStart(BodyFraming)
        case fixedBody(remaining: Int)
        case chunkSize
        case chunkData(remaining: Int)
        case chunkEnd
        case trailers(byteCount: Int)
        case failed(RequestFailure)
    }

    /// Most bytes of a body; set by the connection after `.head`.
    var bodyLimit: Int
    private let headLimit: Int
    private var state = State.head
    /// Bytes received and not yet taken in, from `start` on.
    private var pending: [UInt8] = []
    private var start = 0
    /// Where the search for the end of the head goes on.
    private var scanned = 0
    private var body: [UInt8] = []

    init(headLimit: Int, bodyLimit: Int) {
        self.headLimit = headLimit
        self.bodyLimit = bodyLimit
    }

    /// Bytes held for the request being received.
    var heldByteCount: Int { pending.count - start + body.count }

    /// Whether no byte of a next request is there.
    var isIdle: Bool {
        if case .head = state { return start == pending.count }
        return false
    }

    /// Takes in what arrived.
    mutating func receive(_ bytes: ArraySlice<UInt8>) {
        if case .fixedBody(let remaining) = state, start == pending.count {
            // The bulk of a large body goes straight to its place.
            let taken = bytes.prefix(remaining)
            body.append(contentsOf: taken)
            state = .fixedBody(remaining: remaining - taken.count)
            pending.append(contentsOf: bytes.dropFirst(taken.count))
        } else {
            pending.append(contentsOf: bytes)
        }
    }

    /// The next step that the bytes at hand allow.
    mutating func next() -> Step {
        do {
            while true {
                if let step = try advance() {
                    if case .needsMore = step { compact() }
                    return step
                }
            }
        } catch {
            state = .failed(error)
            return .failure(error)
        }
    }

    /// One move of the machine; nil when it should move again.
    private mutating func advance() throws(RequestFailure) -> Step? {
        switch state {
        case .head:
            return try readHead()
        case .bodyStart(.none):
            return complete()
        case .bodyStart(.fixed(let length)):
            guard length <= bodyLimit else { throw .bodyTooLarge(limit: bodyLimit) }
            state = .fixedBody(remaining: length)
            return nil
        case .bodyStart(.chunked):
            state = .chunkSize
            return nil
        case .fixedBody(let remaining):
            let left = remaining - takeBody(atMost: remaining)
            state = .fixedBody(remaining: left)
            return left == 0 ? complete() : .needsMore
        case .chunkSize:
            return try readChunkSize()
        case .chunkData(let remaining):
            let left = remaining - takeBody(atMost: remaining)
            state = left == 0 ? .chunkEnd : .chunkData(remaining: left)
            return left == 0 ? nil : .needsMore
        case .chunkEnd:
            guard let line = try takeLine(atMost: 2) else { return .needsMore }
            guard line.isEmpty else { throw .malformed("a chunk is longer than its size says") }
            state = .chunkSize
            return nil
        case .trailers(let byteCount):
            guard let line = try takeLine(atMost: headLimit) else { return .needsMore }
            if line.isEmpty { return complete() }
            guard byteCount + line.count <= headLimit else { throw .headTooLarge(limit: headLimit) }
            state = .trailers(byteCount: byteCount + line.count + 2)
            return nil
        case .failed(let failure):
            throw failure
        }
    }

    private mutating func readHead() throws(RequestFailure) -> Step {
        // An empty line before a request is left over from a careless client (RFC 9112, 2.2).
        while pending.count - start >= 2, pending[start] == 0x0D, pending[start + 1] == 0x0A {
            start += 2
        }
        guard let end = findHeadEnd() else {
            if pending.count - start > headLimit { throw tooLargeHead() }
            return .needsMore
        }
        guard end - start <= headLimit else { throw tooLargeHead() }
        // A copy of its own: names are put in lower case in place.
        var bytes = Array(pending[start..<end])[...]
        start = end
        scanned = end
        let head = try RequestHead(parsing: &bytes)
        state = .bodyStart(head.framing)
        return .head(head)
    }

    /// The index behind the empty line that ends the head.
    private mutating func findHeadEnd() -> Int? {
        var index = max(scanned, start)
        while let lineEnd = pending[index...].firstIndex(of: 0x0A) {
            // LF LF ends the head too, so that it is refused at once instead of waited for.
            if lineEnd > start, pending[lineEnd - 1] == 0x0A { return lineEnd + 1 }
            if lineEnd - start >= 2, pending[lineEnd - 1] == 0x0D, pending[lineEnd - 2] == 0x0A {
                return lineEnd + 1
            }
            index = lineEnd + 1
        }
        scanned = pending.count
        return nil
    }

    private func tooLargeHead() -> RequestFailure {
        let firstLine = pending[start...].prefix(headLimit)
        if !firstLine.contains(0x0A) {
            return RequestFailure(
                status: 414, code: "uri_too_long",
                message: "the request line is longer than \(headLimit) bytes; send the query as a body")
        }
        return .headTooLarge(limit: headLimit)
    }

    private mutating func readChunkSize() throws(RequestFailure) -> Step? {
        guard let line = try takeLine(atMost: 256) else { return .needsMore }
        let digits = line.prefix { $0.hexadecimalValue != nil }
        let isExtended = digits.endIndex < line.endIndex
        guard (1...15).contains(digits.count),
            !isExtended || [0x3B, 0x20, 0x09].contains(line[digits.endIndex])
        else { throw .malformed("the size of a chunk must be a hexadecimal number") }
        var size = 0
        for digit in digits { size = size << 4 | Int(digit.hexadecimalValue ?? 0) }
        guard size <= bodyLimit - body.count else { throw .bodyTooLarge(limit: bodyLimit) }
        state = size == 0 ? .trailers(byteCount: 0) : .chunkData(remaining: size)
        return nil
    }

    private mutating func complete() -> Step {
        defer { body = [] }
        state = .head
        return .complete(body: body)
    }

    /// Moves bytes at hand to the body; returns how many.
    private mutating func takeBody(atMost limit: Int) -> Int {
        let count = min(limit, pending.count - start)
        body.append(contentsOf: pending[start..<(start + count)])
        start += count
        return count
    }

    /// Takes a line that ends with CR LF, without it; nil while it is not whole.
    private mutating func takeLine(atMost limit: Int) throws(RequestFailure) -> ArraySlice<UInt8>? {
        guard let end = pending[start...].prefix(limit).firstIndex(of: 0x0A) else {
            if pending.count - start >= limit { throw .malformed("a line of the chunked body is too long") }
            return nil
        }
        guard end > start, pending[end - 1] == 0x0D else {
            throw .malformed("each line of a chunked body must end with CR LF")
        }
        defer { start = end + 1 }
        return pending[start..<(end - 1)]
    }

    /// Gives up the bytes that were taken in.
    private mutating func compact() {
        if start == pending.count {
            pending.removeAll(keepingCapacity: pending.capacity <= headLimit)
        } else {
            pending.removeSubrange(..<start)
        }
        scanned = max(0, scanned - start)
        start = 0
    }
}

extension RequestFailure {
    static func bodyTooLarge(limit: Int) -> RequestFailure {
        RequestFailure(
            status: 413, code: "body_too_large",
            message: "the body must not be longer than \(limit) bytes; send it in parts")
    }

    static func headTooLarge(limit: Int) -> RequestFailure {
        RequestFailure(
            status: 431, code: "headers_too_large",
            message: "request line and headers must not be longer than \(limit) bytes")
    }
}
