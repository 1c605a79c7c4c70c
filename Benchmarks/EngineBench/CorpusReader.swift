// Reads a corpus file line by line into one document that is used again and again.

import Engine
import Glibc
import JSON

/// The records of a JSON-lines file as documents.
final class CorpusReader {
    private let file: UnsafeMutablePointer<FILE>
    private let fields: CorpusFields
    private let parser = JSONParser()
    private var line: UnsafeMutablePointer<CChar>?
    private var capacity = 0
    private var textBytes: [UInt8] = []
    private(set) var lineNumber: UInt64 = 0

    /// Opens a corpus.
    init(path: String, fields: CorpusFields) throws {
        guard let file = fopen(path, "r") else { throw BenchmarkFailure("cannot read \(path)") }
        self.file = file
        self.fields = fields
    }

    deinit {
        fclose(file)
        free(line)
    }

    /// The lines of a file; what follows the last line break is one too.
    static func lineCount(path: String) throws -> UInt64 {
        guard let file = fopen(path, "r") else { throw BenchmarkFailure("cannot read \(path)") }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        var count: UInt64 = 0
        while getline(&line, &capacity, file) > 0 { count += 1 }
        return count
    }

    /// Reads the next record into `document`; false at the end.
    func next(_ document: inout IndexDocument) throws -> Bool {
        let count = getline(&line, &capacity, file)
        guard count > 0, let line else { return false }
        lineNumber += 1
        let bytes = UnsafeRawBufferPointer(start: line, count: count)
        document.removeAll(key: [], version: lineNumber)
        // SAFETY: `getline` wrote `count` bytes there, and nothing else uses the buffer until the next call.
        try parser.withDocument(bytes.assumingMemoryBound(to: UInt8.self)) { (root) throws(JSONError) in
            root.forEachMember { (name, value) in self.add(name, value, to: &document) }
        }
        guard !document.key.isEmpty else { throw BenchmarkFailure("line \(lineNumber) has no id") }
        return true
    }

    private func add(
        _ name: borrowing JSONName, _ value: borrowing JSONElement, to document: inout IndexDocument
    ) {
        if name.matches("id") {
            value.name.withBytes { document.key = Array($0) }
        } else if name.matches("text") {
            value.name.withBytes { addText($0, to: &document) }
        } else if name.matches("price") {
            document.addInteger(fields.price, value.integer ?? 0)
        } else if name.matches("category") {
            value.name.withBytes { document.addKeyword(fields.facets[0], $0) }
        } else if name.matches("brand") {
            value.name.withBytes { document.addKeyword(fields.facets[1], $0) }
        } else if name.matches("tags") {
            value.forEachElement { (tag: borrowing JSONElement) in
                tag.name.withBytes { document.addKeyword(fields.facets[2], $0) }
            }
        }
    }

    /// Adds the tokens of the text and stores it.
    private func addText(_ text: UnsafeBufferPointer<UInt8>, to document: inout IndexDocument) {
        document.stored.append(contentsOf: text)
        let offset = UInt32(document.bytes.count)
        document.bytes.append(contentsOf: text)
        var position: UInt32 = 0
        var start = 0
        for index in 0...text.count where index == text.count || text[index] == UInt8(ascii: " ") {
            if index > start, index - start <= IndexDocument.termByteCountMax {
                document.terms.append(
                    TermOccurrence(
                        field: fields.text, start: offset + UInt32(start), length: UInt16(index - start),
                        position: position))
                position += 1
            }
            start = index + 1
        }
        document.setLength(fields.text, position)
    }
}
