// Brings stored documents into another order without decompressing a block for each of them.
//
// The new order is cut into stretches of about 16 MiB of documents. The blocks of the sources are
// decompressed once, one after another, and each document is appended to its stretch, which goes piece by
// piece to one temporary file; then stretch after stretch is read back and written in its order. Memory: one
// stretch, a piece for each, and six bytes a document.
import CPlatform
import Glibc

/// Stored documents on their way into another order.
struct StoredDistribution: ~Copyable {
    /// Documents that follow each other in the new order.
    private struct Stretch {
        var firstDocument: Int
        /// Documents, each behind its place in the stretch and its length, that are not in the file yet.
        var pending: [UInt8] = []
        /// Where its pieces are in the file.
        var pieces: [(offset: Int, byteCount: Int)] = []
    }

    private let plan: MergePlan
    private let storage: SpoolStorage
    private var stretches: [Stretch] = []
    /// For each document of the new order, the stretch in which it is.
    private var stretchOfDocument: [UInt16] = []
    private var descriptor: Int32 = -1
    private var fileByteCount = 0

    private static let stretchByteCount = 16 << 20
    private static let pieceByteCount = 64 << 10
    private static let headerByteCount = 8

    init(_ plan: MergePlan, storage: SpoolStorage) {
        self.plan = plan
        self.storage = storage
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Hands all documents to `body`, in the new order.
    mutating func forEach(
        shouldStop: () -> Bool, _ body: (ArraySlice<UInt8>) throws(SegmentError) -> Void
    ) throws(SegmentError) {
        cut()
        for (number, source) in plan.sources.enumerated() {
            let stored = source.segment.storedFields
            for block in 0..<stored.blockCount {
                if block % 64 == 0 { try plan.stop(if: shouldStop) }
                let first = Int(stored.firstDocument(ofBlock: block))
                for (index, bytes) in try stored.documents(ofBlock: block).enumerated() {
                    let new = plan.maps[number][first + index]
                    if new != .noMoreDocuments { try add(Int(new), bytes) }
                }
            }
        }
        for index in stretches.indices {
            try plan.stop(if: shouldStop)
            let end = index + 1 < stretches.count ? stretches[index + 1].firstDocument : plan.order.count
            let bytes = try read(index)
            try Self.forEach(bytes, documentCount: end - stretches[index].firstDocument, body)
        }
    }

    /// Cuts the order into stretches. A document is taken to be as long as the others of its block.
    private mutating func cut() {
        let lengths = plan.sources.map { source in
            let stored = source.segment.storedFields
            var lengths: [UInt32] = []
            lengths.reserveCapacity(Int(source.segment.documentCount))
            for block in 0..<stored.blockCount {
                let count = stored.documentCount(ofBlock: block)
                let length = UInt32(stored.contentByteCount(ofBlock: block) / max(count, 1))
                lengths.append(contentsOf: repeatElement(length, count: count))
            }
            return lengths
        }
        stretchOfDocument.reserveCapacity(plan.order.count)
        var byteCount = 0
        for (new, old) in plan.order.enumerated() {
            if stretches.isEmpty || byteCount >= Self.stretchByteCount, stretches.count < Int(UInt16.max) {
                stretches.append(Stretch(firstDocument: new))
                byteCount = 0
            }
            byteCount += Int(lengths[Int(old.source)][Int(old.document)]) + Self.headerByteCount
            stretchOfDocument.append(UInt16(stretches.count - 1))
        }
    }

    private mutating func add(_ new: Int, _ bytes: ArraySlice<UInt8>) throws(SegmentError) {
        let number = Int(stretchOfDocument[new])
        stretches[number].pending.appendLittleEndian(UInt32(new - stretches[number].firstDocument))
        stretches[number].pending.appendLittleEndian(UInt32(bytes.count))
        stretches[number].pending.append(contentsOf: bytes)
        guard stretches.count > 1, stretches[number].pending.count >= Self.pieceByteCount,
            case .files(let path) = storage
        else { return }
        if descriptor < 0 { descriptor = try SectionSpool.temporaryFile(besidePath: path) }
        let byteCount = stretches[number].pending.count
        try writeAll(stretches[number].pending, to: descriptor, file: path)
        stretches[number].pieces.append((fileByteCount, byteCount))
        stretches[number].pending.removeAll(keepingCapacity: true)
        fileByteCount += byteCount
    }

    /// All bytes of a stretch, which is then empty.
    private mutating func read(_ number: Int) throws(SegmentError) -> [UInt8] {
        let stretch = stretches[number]
        stretches[number].pending = []
        guard !stretch.pieces.isEmpty, case .files(let path) = storage else { return stretch.pending }
        let byteCount = stretch.pieces.reduce(0) { $0 + $1.byteCount }
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var done = 0
        for piece in stretch.pieces {
            var read = 0
            while read < piece.byteCount {
                let count = bytes.withUnsafeMutableBytes { buffer in
                    // SAFETY: the pieces fill the buffer one after another.
                    pread(
                        descriptor, buffer.baseAddress! + done + read, piece.byteCount - read,
                        off_t(piece.offset + read))
                }
                if count < 0, saekin_errno() == EINTR { continue }
                guard count > 0 else {
                    throw SegmentError(
                        .system(errno: saekin_errno()), file: path, "cannot read a temporary file back")
                }
                read += count
            }
            done += piece.byteCount
        }
        bytes.append(contentsOf: stretch.pending)
        return bytes
    }

    private static func forEach(
        _ bytes: [UInt8], documentCount: Int, _ body: (ArraySlice<UInt8>) throws(SegmentError) -> Void
    ) throws(SegmentError) {
        var ranges = [Range<Int>](repeating: 0..<0, count: documentCount)
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            // SAFETY: the view is used inside this closure only.
            let view = ByteView(base: base, count: buffer.count)
            var offset = 0
            while offset < view.count {
                let start = offset + headerByteCount
                let end = start + Int(view.u32(offset + 4))
                ranges[Int(view.u32(offset))] = start..<end
                offset = end
            }
        }
        for range in ranges { try body(bytes[range]) }
    }
}
