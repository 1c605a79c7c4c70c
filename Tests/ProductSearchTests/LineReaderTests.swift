import Foundation
import Testing

@testable import ProductSearch

@Suite struct LineReaderTests {
    private func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    private func lines(_ bytes: [UInt8], limit: Int = 1 << 20) throws -> [String] {
        try withFile(bytes) { path in
            let reader = try LineReader(path: path, lineByteCountMax: limit)
            var lines: [String] = []
            while let line = try reader.next() {
                switch line {
                case .text(let text): lines.append(String(decoding: text, as: UTF8.self))
                case .tooLong(let count): lines.append("long \(count)")
                }
                #expect(reader.lineNumber == lines.count)
            }
            return lines
        }
    }

    @Test(
        arguments: [
            ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("\n\n", ["", ""]),
            ("a\r\nb\r\n", ["a", "b"]),
            ("a\rb\n", ["a\rb"]), ("\r\n", [""]),
        ] as [(String, [String])])
    func `lines end at line feeds, with or without a carriage return`(_ text: String, _ expected: [String])
        throws
    {
        #expect(try lines(Array(text.utf8)) == expected)
    }

    @Test func `lines across chunks are whole, and long ones are skipped to their end`() throws {
        var random = SystemRandomNumberGenerator()
        var expected: [String] = []
        var bytes: [UInt8] = []
        for index in 0..<400 {
            let count =
                index % 7 == 0
                ? Int.random(in: 5_001...900_000, using: &random) : Int.random(in: 0...5_000, using: &random)
            let line = String(repeating: Character(Unicode.Scalar(97 + UInt8(index % 26))), count: count)
            expected.append(count > 5_000 ? "long \(count)" : line)
            bytes += Array(line.utf8) + [0x0A]
        }
        #expect(try lines(bytes, limit: 5_000) == expected)
    }

    @Test func `a missing file and a folder are named in the error`() {
        #expect {
            _ = try LineReader(path: "/nowhere/products.jsonl", lineByteCountMax: 10)
        } throws: { "\($0)".contains("/nowhere/products.jsonl") }
        #expect {
            _ = try LineReader(path: "/tmp", lineByteCountMax: 10)
        } throws: { "\($0)".contains("folder") }
    }

    @Test func `compressed files of several frames read like plain ones`() throws {
        // "가\n나\n" and "다" as two zstd frames: magic, single-segment header, one raw block each.
        func frame(_ text: String) -> [UInt8] {
            let body = Array(text.utf8)
            let header = UInt32(body.count) << 3 | 1
            return [0x28, 0xB5, 0x2F, 0xFD, 0x20, UInt8(body.count)]
                + [UInt8(header & 0xFF), UInt8(header >> 8 & 0xFF), UInt8(header >> 16)] + body
        }
        let packed = frame("가\n나\n") + frame("다")
        #expect(try lines(packed) == ["가", "나", "다"])
        for length in 5..<packed.count where length != frame("가\n나\n").count {
            #expect(throws: LineReader.Failure.self, "cut after \(length) bytes") {
                _ = try lines(Array(packed[..<length]))
            }
        }
    }
}
