// Loads files of products into the store: lines are read and checked one by one, good ones are written in
// transactions, bad ones are reported and left out. What a transaction has written survives any crash.

import JSON
import Store

/// Loads products from files.
public struct ProductImport {
    /// What an import did so far.
    public struct Counts: Sendable {
        /// Lines that are not blank.
        public var read = 0
        /// Products written, or found there unchanged.
        public var imported = 0
        public var rejected = 0

        public init() {}
    }

    /// Products written in one transaction: large enough that a sync is cheap per product.
    private static let transactionCount = 2_000

    private let store: ProductStore
    private let parser = JSONParser()
    private var pending: [Product] = []
    public private(set) var counts = Counts()
    /// Told of every line that is left out: file, line, reason.
    private let onRejected: (String, Int, String) -> Void
    /// Called after every transaction.
    private let onWritten: (Counts, LineReader) -> Void

    public init(
        store: ProductStore, onRejected: @escaping (String, Int, String) -> Void,
        onWritten: @escaping (Counts, LineReader) -> Void
    ) {
        self.store = store
        self.onRejected = onRejected
        self.onWritten = onWritten
    }

    /// Loads one file; `-` is standard input. `shouldStop` is asked between transactions.
    /// - Throws: `LineReader.Failure` where the file cannot be read, `StoreError` where the store fails. What
    ///   written until then stays.
    public mutating func load(path: String, shouldStop: () -> Bool = { false }) throws {
        let reader = try LineReader(path: path, lineByteCountMax: ProductLimits.productByteCount)
        do {
            while !shouldStop(), let line = try reader.next() {
                try read(line, reader)
            }
        } catch let failure as LineReader.Failure {
            // The lines before the damage are good.
            try flush(reader)
            throw failure
        }
        try flush(reader)
    }

    private mutating func read(_ line: LineReader.Line, _ reader: LineReader) throws {
        switch line {
        case .tooLong(let byteCount):
            counts.read += 1
            reject(reader, "the line has \(byteCount) bytes, at most \(ProductLimits.productByteCount)")
        case .text(let bytes):
            let isFirst = reader.lineNumber == 1
            // A byte order mark is how some spreadsheets begin a file.
            let text = isFirst && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
            guard text.contains(where: { $0 > UInt8(ascii: " ") }) else { return }
            counts.read += 1
            do throws(ProductError) {
                pending.append(try Product(parsing: text, with: parser))
            } catch {
                reject(reader, "\(error)")
            }
            if pending.count >= Self.transactionCount { try flush(reader) }
        }
    }

    private mutating func reject(_ reader: LineReader, _ reason: String) {
        counts.rejected += 1
        onRejected(reader.name, reader.lineNumber, reason)
    }

    private mutating func flush(_ reader: LineReader) throws {
        guard !pending.isEmpty else { return }
        _ = try store.putBatch(pending)
        counts.imported += pending.count
        pending.removeAll(keepingCapacity: true)
        onWritten(counts, reader)
    }
}
