// Reads the compiled files of a MeCab dictionary folder. Layouts, all little-endian:
//   sys.dic, unk.dic   10 integers of 32 bits (magic xor file size, version, type, word count, left size,
//                      right size, bytes of double array, of tokens, of features, zero), 32 bytes of
//                      character set name, then the three sections. Double array: (base, check) of 32
//                      bits each over bytes. Token of 16 bytes: left, right, part-of-speech id, cost (16 bits
//                      each), feature offset, compound (32 bits each).
//   matrix.bin         right count, left count (16 bits each), then costs of 16 bits, cost(r, l) at
//                      r + right count * l.
//   *.def, dicrc       text.

import Glibc
import KoreanAnalysis

/// Why a source folder cannot be compiled.
struct SourceError: Error, CustomStringConvertible {
    let description: String

    init(_ path: String, _ what: String) {
        description = "\(path): \(what)"
    }
}

/// Reads a whole file.
func readFile(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw SourceError(path, "cannot be opened (errno \(errno))") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let count = fread(&chunk, 1, chunk.count, file)
        if count == 0 { break }
        bytes += chunk[..<count]
    }
    guard ferror(file) == 0 else { throw SourceError(path, "cannot be read (errno \(errno))") }
    return bytes
}

/// Integers at byte offsets, refused where they lie outside of the file.
struct ByteReader {
    let path: String
    let bytes: [UInt8]

    func unsigned(_ offset: Int, byteCount: Int) throws -> Int {
        guard offset >= 0, offset + byteCount <= bytes.count else {
            throw SourceError(path, "ends before byte \(offset + byteCount)")
        }
        var value = 0
        for index in (0..<byteCount).reversed() { value = value << 8 | Int(bytes[offset + index]) }
        return value
    }

    func signed16(_ offset: Int) throws -> Int16 {
        Int16(truncatingIfNeeded: try unsigned(offset, byteCount: 2))
    }
}

/// One reading of one word in sys.dic or unk.dic.
struct MeCabToken {
    let surface: [UInt8]
    let left: Int
    let right: Int
    let partOfSpeechID: Int
    let cost: Int16
    /// Fields of the feature string: tag, meaning, final consonant, reading, type, first tag, last tag,
    /// expression.
    let features: [Substring]
}

/// sys.dic or unk.dic.
struct MeCabLexicon {
    private let reader: ByteReader
    private let arrayByteCount: Int
    private let tokenByteCount: Int
    private let featureByteCount: Int
    private static let magic = 0xEF71_8F77
    private static let headerByteCount = 72

    init(path: String) throws {
        reader = ByteReader(path: path, bytes: try readFile(path))
        guard try reader.unsigned(0, byteCount: 4) ^ Self.magic == reader.bytes.count else {
            throw SourceError(path, "is not a compiled MeCab dictionary, or is cut off")
        }
        arrayByteCount = try reader.unsigned(24, byteCount: 4)
        tokenByteCount = try reader.unsigned(28, byteCount: 4)
        featureByteCount = try reader.unsigned(32, byteCount: 4)
        let total = Self.headerByteCount + arrayByteCount + tokenByteCount + featureByteCount
        guard total == reader.bytes.count else { throw SourceError(path, "section sizes do not add up") }
    }

    /// Calls `body` for every reading of every word, words in no special order.
    func forEachToken(_ body: (MeCabToken) throws -> Void) throws {
        let cellCount = arrayByteCount / 8
        guard cellCount > 0 else { return }
        var stack: [(base: Int, word: [UInt8])] = [(try cell(0).base, [])]
        while let (base, word) = stack.popLast() {
            if base >= 0, base < cellCount {
                let own = try cell(base)
                if own.check == base, own.base < 0 { try readings(of: word, value: -own.base - 1, body) }
            }
            guard word.count < 256 else { throw SourceError(reader.path, "has a word longer than 256 bytes") }
            for byte in 0..<256 {
                let child = base + byte + 1
                guard child >= 0, child < cellCount else { continue }
                let found = try cell(child)
                if found.check == base { stack.append((found.base, word + [UInt8(byte)])) }
            }
        }
    }

    private func cell(_ index: Int) throws -> (base: Int, check: Int) {
        let offset = Self.headerByteCount + 8 * index
        let base = Int32(truncatingIfNeeded: try reader.unsigned(offset, byteCount: 4))
        return (Int(base), try reader.unsigned(offset + 4, byteCount: 4))
    }

    private func readings(of word: [UInt8], value: Int, _ body: (MeCabToken) throws -> Void) throws {
        for index in 0..<value & 0xFF {
            let offset = Self.headerByteCount + arrayByteCount + 16 * (value >> 8 + index)
            let feature = try reader.unsigned(offset + 8, byteCount: 4)
            guard feature < featureByteCount else {
                throw SourceError(reader.path, "feature outside of the file")
            }
            let start = Self.headerByteCount + arrayByteCount + tokenByteCount + feature
            let end = reader.bytes[start...].firstIndex(of: 0) ?? reader.bytes.count
            let text = String(decoding: reader.bytes[start..<end], as: UTF8.self)
            try body(
                MeCabToken(
                    surface: word,
                    left: try reader.unsigned(offset, byteCount: 2),
                    right: try reader.unsigned(offset + 2, byteCount: 2),
                    partOfSpeechID: try reader.unsigned(offset + 4, byteCount: 2),
                    cost: try reader.signed16(offset + 6),
                    features: text.split(separator: ",", omittingEmptySubsequences: false)))
        }
    }
}

/// matrix.bin.
struct MeCabMatrix {
    let rightCount: Int
    let leftCount: Int
    let costs: [Int16]

    init(path: String) throws {
        let reader = ByteReader(path: path, bytes: try readFile(path))
        rightCount = try reader.unsigned(0, byteCount: 2)
        leftCount = try reader.unsigned(2, byteCount: 2)
        guard reader.bytes.count == 4 + 2 * rightCount * leftCount else {
            throw SourceError(path, "has not the size that its header says")
        }
        var costs: [Int16] = []
        costs.reserveCapacity(rightCount * leftCount)
        for index in 0..<rightCount * leftCount { costs.append(try reader.signed16(4 + 2 * index)) }
        self.costs = costs
    }
}

/// left-id.def or right-id.def: the number of each context.
struct MeCabContexts {
    private var numbers: [(id: Int, features: [Substring])] = []
    private let path: String

    init(path: String) throws {
        self.path = path
        let text = String(decoding: try readFile(path), as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: " ", maxSplits: 1)
            guard fields.count == 2, let id = Int(fields[0]) else {
                throw SourceError(path, "bad line: \(line)")
            }
            numbers.append((id, fields[1].split(separator: ",", omittingEmptySubsequences: false)))
        }
    }

    /// Every context of a tag with no meaning and no reading of its own, with or without a final consonant.
    func general(_ tag: String) throws -> [Int] {
        let found = numbers.filter { $0.features.count > 3 && $0.features[0] == tag && $0.features[1] == "*" }
            .filter { $0.features[3] == "*" }
        guard !found.isEmpty else { throw SourceError(path, "has no context for \(tag)") }
        return found.map(\.id)
    }
}
