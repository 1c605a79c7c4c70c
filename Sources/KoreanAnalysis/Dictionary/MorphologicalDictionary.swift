// Opens and reads a dictionary file. `open` checks the checksum and every number in the file that is later
// used as an index, so the readers below, which run a few times per character, need no checks of their own.
// The layout is described in KoreanAnalysis.docc/DictionaryFile.md.

import Glibc

/// A compiled dictionary: words, their readings, and the costs of one following another. Immutable.
public final class MorphologicalDictionary: Sendable {
    /// Size of the file in bytes.
    public let byteCount: Int
    /// Identifies the dictionary's content: two files with the same checksum analyse the same way.
    public let checksum: UInt64
    package let layout: DictionaryLayout
    package let contextRights: [UInt16]
    package let endingLeft: UInt16
    package let unknownLeft: UInt16
    package let unknownRight: UInt16
    package let unknownCost: Int16
    package let penalties: [Int32]
    private let file: MappedFile

    /// Opens and checks a dictionary file. Takes a few milliseconds, nothing is parsed or copied.
    ///
    /// - Throws: `DictionaryError` with the path, the byte offset and what is wrong there.
    public static func open(path: String) throws(DictionaryError) -> MorphologicalDictionary {
        try MorphologicalDictionary(file: MappedFile(path: path), path: path)
    }

    /// Opens a dictionary from bytes in memory.
    package convenience init(image: [UInt8], name: String = "image") throws(DictionaryError) {
        try self.init(file: MappedFile(copying: image), path: name)
    }

    private init(file: MappedFile, path: String) throws(DictionaryError) {
        let bytes = file.bytes
        let header = try DictionaryHeader(bytes, path: path)
        layout = header.layout
        contextRights = header.contextRights
        endingLeft = header.endingLeft
        unknownLeft = header.unknownLeft
        unknownRight = header.unknownRight
        unknownCost = header.unknownCost
        penalties = header.penalties
        checksum = header.checksum
        byteCount = bytes.count
        self.file = file
        try DictionaryCheck(bytes: bytes, layout: header.layout, path: path).run()
    }

    /// Searches for `saekin-ko.dict` and opens it: the file named in the environment variable
    /// `SAEKIN_DICTIONARY`; then the folder of the running program and up to four folders above it, and
    /// `.build` in each; then `/usr/share/saekin` and `/usr/local/share/saekin`.
    ///
    /// - Throws: `notFound` with the places searched; any error of `open` for the file that was found.
    public static func locate() throws(DictionaryError) -> MorphologicalDictionary {
        if let named = getenv("SAEKIN_DICTIONARY") { return try open(path: String(cString: named)) }
        var searched: [String] = []
        for path in candidatePaths() {
            if access(path, R_OK) == 0 { return try open(path: path) }
            searched.append(path)
        }
        throw .notFound(searched: searched)
    }

    private static func candidatePaths() -> [String] {
        var paths: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        let length = buffer.withUnsafeMutableBytes { bytes in
            readlink("/proc/self/exe", bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        if length > 0 {
            var folder = buffer[..<length]
            for _ in 0..<5 {
                guard let slash = folder.lastIndex(of: UInt8(ascii: "/")) else { break }
                folder = folder[..<slash]
                let name = String(decoding: folder, as: UTF8.self)
                paths.append(name + "/saekin-ko.dict")
                paths.append(name + "/.build/saekin-ko.dict")
            }
        }
        return paths + ["/usr/share/saekin/saekin-ko.dict", "/usr/local/share/saekin/saekin-ko.dict"]
    }

    /// The sections as typed pointers, for the lattice.
    package var view: DictionaryView { DictionaryView(file.bytes.baseAddress!, layout) }

    /// The inner structure of a morpheme; empty for a simple word.
    package func parts(of morpheme: PackedMorpheme) -> [ExpressionPart] {
        withExtendedLifetime(file) {
            var parts: [ExpressionPart] = []
            var cursor = view.expression(of: morpheme)
            while let part = cursor.next() {
                var text: [UInt16] = []
                for index in 0..<part.unitCount { text.append(part.unit(index)) }
                parts.append(ExpressionPart(tag: part.tag, text: text))
            }
            return parts
        }
    }
}

/// One reading of a word, as it lies in the file.
package struct PackedMorpheme {
    package let left: UInt16
    package let right: UInt16
    package let cost: Int16
    package let tagValue: UInt8
    package let penalty: UInt8
    package let expression: UInt32

    /// The part of speech; of the first part where the word is inflected.
    package var tag: PartOfSpeech { PartOfSpeech(rawValue: tagValue) ?? .unknown }
}

/// Typed pointers to the sections of a checked dictionary. Only valid while the dictionary lives.
package struct DictionaryView {
    let codes: UnsafePointer<UInt16>
    let cells: UnsafePointer<UInt64>
    let costs: UnsafePointer<Int16>
    let morphemes: UnsafePointer<PackedMorpheme>
    let expressions: UnsafePointer<UInt8>
    let rightCount: Int

    init(_ base: UnsafeRawPointer, _ layout: DictionaryLayout) {
        // SAFETY: sections start at multiples of eight in page- or 16-aligned memory, which suits each
        // element type; PackedMorpheme is 12 bytes of plain integers. Their counts were checked against the
        // file's size.
        codes = (base + layout.codeTable).assumingMemoryBound(to: UInt16.self)
        cells = (base + layout.cells).assumingMemoryBound(to: UInt64.self)
        costs = (base + layout.costs).assumingMemoryBound(to: Int16.self)
        morphemes = (base + layout.morphemes).assumingMemoryBound(to: PackedMorpheme.self)
        expressions = (base + layout.expressions).assumingMemoryBound(to: UInt8.self)
        rightCount = layout.rightCount
    }

    /// The connection cost of a left neighbour's right context and a right neighbour's left context.
    @inline(__always)
    package func cost(right: UInt16, left: UInt16) -> Int32 {
        // SAFETY: both numbers come from checked morphemes or the checked header.
        Int32(costs[Int(right) &+ rightCount &* Int(left)])
    }

    /// Walks the readings' inner structure; yields nothing for a simple word.
    @inline(__always)
    func expression(of morpheme: PackedMorpheme) -> ExpressionCursor {
        guard morpheme.expression != DictionaryFormat.noExpression else {
            return ExpressionCursor(next: expressions, remaining: 0)
        }
        // SAFETY: every morpheme's expression was walked to its end when the file was opened.
        let start = expressions + Int(morpheme.expression)
        return ExpressionCursor(next: start + 1, remaining: Int(start[0]))
    }
}

/// Iterates over the parts of one expression.
struct ExpressionCursor {
    private var position: UnsafePointer<UInt8>
    private(set) var remaining: Int

    init(next: UnsafePointer<UInt8>, remaining: Int) {
        position = next
        self.remaining = remaining
    }

    /// One part: its tag, and either a length in syllables or units of its own.
    struct Part {
        let tagValue: UInt8
        let isLiteral: Bool
        let unitCount: Int
        let units: UnsafePointer<UInt8>

        var tag: PartOfSpeech { PartOfSpeech(rawValue: tagValue) ?? .unknown }

        /// A unit of a part that is not literal; 0 for a literal part.
        func unit(_ index: Int) -> UInt16 {
            isLiteral ? 0 : UInt16(units[2 * index]) | UInt16(units[2 * index + 1]) << 8
        }
    }

    mutating func next() -> Part? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        // SAFETY: inside of the expression, which was walked when the file was opened.
        let length = position[1]
        let part = Part(
            tagValue: position[0], isLiteral: length & 0x80 == 0, unitCount: Int(length & 0x7F),
            units: position + 2)
        position += 2 + (part.isLiteral ? 0 : 2 * part.unitCount)
        return part
    }
}
