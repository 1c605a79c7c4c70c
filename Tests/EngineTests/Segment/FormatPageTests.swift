import Glibc
import Testing

// The worked examples of the format pages are decoded by the code that the pages describe.
@testable import Engine

@Suite("Format pages")
struct FormatPageTests {
    /// The bytes of the hex blocks of a page: of each line, what stands before two or more blanks in a row.
    private func blocks(_ page: String) throws -> [[UInt8]] {
        let folder = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let path = "/\(folder)/Sources/Engine/Engine.docc/\(page).md"
        let file = try #require(fopen(path, "r"), "no page \(path)")
        defer { fclose(file) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { text += chunk[..<count] }
        var blocks: [[UInt8]] = []
        var isInside = false
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            if line.hasPrefix("```") {
                isInside = line == "```hex"
                if isInside { blocks.append([]) }
            } else if isInside {
                for pair in line.split(separator: " ", omittingEmptySubsequences: false) {
                    if pair.isEmpty { break }
                    blocks[blocks.count - 1].append(try #require(UInt8(pair, radix: 16), "\(page): \(pair)"))
                }
            }
        }
        return blocks
    }

    @Test("the pages' bytes together are a segment with the documents that they tell of")
    func segmentFile() throws {
        let frame = try blocks("SegmentFile")
        let terms = try blocks("TermDictionary")
        let integers = try blocks("IntegerColumn")
        let keywords = try blocks("KeywordColumn")
        let stored = try blocks("StoredFields")
        var image = frame[0]
        image += try blocks("FieldTable")[0]
        image += terms[0] + terms[1]
        image += try blocks("Postings")[0]
        image += try blocks("Positions")[0]
        image += try blocks("FieldNorms")[0]
        image += keywords[0] + integers[0] + keywords[1] + integers[1]
        image += stored[0] + stored[1] + frame[1]
        let segment = try Segment(image: image, name: "the worked example")
        #expect(segment.findings().isEmpty)
        let (documents, registry) = WorkedExample.documents()
        #expect(try SegmentContents(segment) == SegmentContents(documents: documents, registry))
        #expect(segment.fieldDefinitions == registry.definitions)
    }

    @Test("the long list of the page on postings is what a builder writes")
    func longList() throws {
        let registry = FieldRegistry()
        let field = try #require(registry.register("flag", .keyword, hasColumn: false))
        var builder = SegmentBuilder(registry: registry, seed: 1)
        for number in 0..<260 {
            var document = IndexDocument(key: [UInt8(number >> 8), UInt8(number & 255)], version: 1)
            if number < 129 || number == 259 { document.addKeyword(field, "on") }
            _ = try builder.add(document)
        }
        let segment = try Segment(image: builder.finish(), name: "long list")
        #expect(try segment.frame[.postings].view.array == blocks("Postings")[1])
        let entry = try #require(try segment.term(field, Array("on".utf8)))
        let documents = try SegmentContents.postings(segment, entry).map(\.document)
        #expect(documents == Array(0...128) + [259])
    }

    @Test("the table of norms is the code's")
    func norms() {
        for norm in 40...255 {
            let length = 24 + (8 + (norm - 40) % 8) * (1 << ((norm - 40) / 8 + 1))
            #expect(Int(FieldNorm.length(of: UInt8(norm))) == length)
        }
    }

    @Test("the generation files of the pages are read and written back")
    func generationFiles() throws {
        let liveBytes = try blocks("LiveDocs")[0]
        let live = try LiveDocs(liveBytes, file: "live", documentCount: 3)
        #expect((0..<3).map { live.contains($0) } == [true, false, true])
        #expect(live.encoded() == liveBytes)
        let overlayBytes = try blocks("ColumnOverlay")[0]
        let overlay = try ColumnOverlay(overlayBytes, file: "overlay", documentCount: 3)
        let field = FieldID(rawValue: 4)
        #expect(overlay.value(field, 0) == .some(9_900))
        #expect(overlay.value(field, 1) == .some(nil))
        #expect(overlay.value(field, 2) == .none)
        #expect(overlay.encoded() == overlayBytes)
    }
}
