// The dictionary file: the worked example of the format page, and what a damaged file leads to.

import Glibc
import Testing

@testable import KoreanAnalysis

@Suite struct DictionaryFileTests {
    private func readings(_ text: String, in dictionary: MorphologicalDictionary) -> [PackedMorpheme] {
        var walk = TrieWalk(dictionary.view)
        for unit in text.utf16 where !walk.step(unit) { return [] }
        guard let (first, count) = walk.value else { return [] }
        return (first..<first + count).map { dictionary.view.morphemes[$0] }
    }

    @Test func theWorkedExampleOfTheFormatPageIsWhatTheBuilderWrites() throws {
        var source = DictionarySource()
        source.rightCount = 2
        source.leftCount = 2
        source.costs = [0, 7, -7, 14]
        source.contexts = [[0], [1], [1], [1]]
        source.endings = [0]
        source.unknown = (1, 1, 9440)
        source.penalties = [0, 3000, 6000, 0]
        source.entries = [
            TinyDictionary.word("가방", .NNG, 1, cost: 100, parts: [("가", .NNG), ("방", .NNG)])
        ]
        let image = try DictionaryBuilder.build(source)
        let rows = try workedExample()
        #expect(rows.count == 13)
        var inRows: Set<Int> = []
        for (offset, bytes) in rows {
            #expect(Array(image[offset..<min(offset + 16, image.count)]) == bytes, "at \(offset)")
            inRows.formUnion(offset..<offset + bytes.count)
        }
        #expect(image.indices.allSatisfy { image[$0] == 0 || inRows.contains($0) })
        // Header: magic, version, zero, file size, checksum.
        #expect(image[0..<12] == [0x53, 0x4B, 0x44, 0x49, 0x43, 0x54, 0, 0, 1, 0, 0, 0])
        let layout = DictionaryLayout(
            leftCount: 2, rightCount: 5, cellCount: image.u32(40), codeCount: 3, morphemeCount: 1,
            expressionByteCount: 5)
        #expect(image.count == layout.fileByteCount)
        #expect([32, 36, 44, 48, 52].map { image.u32($0) } == [2, 5, 3, 1, 5])
        // Codes: 가 and 방 are as frequent, so the order of Unicode decides.
        #expect(image[layout.codeTable..<layout.codeTable + 2] == [1, 0])
        let bang = layout.codeTable + 2 * (0xBC29 - 0xAC00)
        #expect(image[bang..<bang + 2] == [2, 0])
        // Cells: root -> 가 (code 1) -> 방 (code 2), a leaf whose value is morpheme 0, one of it.
        let first = image.u32(layout.cells) + 1
        let second = image.u32(layout.cells + 8 * first) + 2
        #expect(image.u32(layout.cells + 8 * first + 4) == 0)
        #expect(image.u32(layout.cells + 8 * second) == 0x8000_0001)
        #expect(image.u32(layout.cells + 8 * second + 4) == first)
        // Morpheme: left 0, right 0, cost 100, NNG, no penalty, expression at 0; then two parts of one
        // syllable each.
        let nng = PartOfSpeech.NNG.rawValue
        #expect(image[layout.morphemes..<layout.morphemes + 12] == [0, 0, 0, 0, 100, 0, nng, 0, 0, 0, 0, 0])
        #expect(image[layout.expressions..<layout.expressions + 5] == [2, nng, 1, nng, 1])
    }

    /// The hex rows of the format page, by offset.
    private func workedExample() throws -> [(offset: Int, bytes: [UInt8])] {
        let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = "/\(folder)/Sources/KoreanAnalysis/KoreanAnalysis.docc/DictionaryFile.md"
        let file = try #require(fopen(path, "r"), "\(path) is missing")
        defer { fclose(file) }
        var page = [UInt8](repeating: 0, count: 1 << 16)
        let text = String(decoding: page[..<fread(&page, 1, page.count, file)], as: UTF8.self)
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ":")
            guard fields.count == 2, let offset = Int(fields[0].filter { $0 != " " }) else { return nil }
            let bytes = fields[1].split(separator: " ").compactMap { UInt8($0, radix: 16) }
            return bytes.isEmpty ? nil : (offset, bytes)
        }
    }

    @Test func everyWordOfATinyDictionaryIsFoundAgain() throws {
        let dictionary = try TinyDictionary.dictionary()
        for entry in TinyDictionary.source.entries {
            let found = readings(String(decoding: entry.surface, as: UTF16.self), in: dictionary)
            #expect(found.contains { $0.cost == entry.cost && $0.tag == entry.tag })
        }
        #expect(readings("나무가", in: dictionary).isEmpty)
        #expect(readings("각", in: dictionary).isEmpty)
    }

    @Test func costsSurviveTheFoldingOfContexts() throws {
        let source = TinyDictionary.source
        let dictionary = try TinyDictionary.dictionary()
        for left in source.entries {
            for right in source.entries {
                let expected = source.costs[left.right + source.rightCount * right.left]
                let a = readings(String(decoding: left.surface, as: UTF16.self), in: dictionary).first {
                    $0.cost == left.cost
                }
                let b = readings(String(decoding: right.surface, as: UTF16.self), in: dictionary).first {
                    $0.cost == right.cost
                }
                let (found, next) = (try #require(a), try #require(b))
                #expect(dictionary.view.cost(right: found.right, left: next.left) == Int32(expected))
            }
        }
    }

    @Test func randomDictionariesHoldExactlyTheirWords() throws {
        var random = SeededGenerator()
        let syllables = Array("가각간나낙난다닥단".utf16)
        for _ in 0..<20 {
            var source = TinyDictionary.source
            var words: Set<[UInt16]> = []
            for _ in 0..<60 {
                words.insert((0..<Int.random(in: 1...4, using: &random)).map { _ in random.pick(syllables) })
            }
            source.entries = words.sorted { $0.lexicographicallyPrecedes($1) }.enumerated().map {
                number, word in
                DictionaryEntry(surface: word, left: 1, right: 1, cost: Int16(number), tag: .NNG)
            }
            let dictionary = try MorphologicalDictionary(image: DictionaryBuilder.build(source))
            for entry in source.entries {
                let found = readings(String(decoding: entry.surface, as: UTF16.self), in: dictionary)
                #expect(found.map(\.cost) == [entry.cost], "SAEKIN_SEED=\(random.seed)")
            }
            for _ in 0..<100 {
                let word = (0..<Int.random(in: 1...5, using: &random)).map { _ in random.pick(syllables) }
                let found = readings(String(decoding: word, as: UTF16.self), in: dictionary)
                #expect(found.isEmpty != words.contains(word), "SAEKIN_SEED=\(random.seed)")
            }
        }
    }

    @Test func everyTruncationIsRefused() throws {
        let image = try DictionaryBuilder.build(TinyDictionary.source)
        for count in Array(0..<200) + Array(stride(from: 200, to: image.count, by: 97)) + [image.count - 1] {
            #expect(throws: DictionaryError.self) {
                try MorphologicalDictionary(image: Array(image[..<count]))
            }
        }
    }

    @Test func everyFlippedBitIsRefused() throws {
        let image = try DictionaryBuilder.build(TinyDictionary.source)
        let layout = try TinyDictionary.dictionary().layout
        let bytes =
            Array(0..<128) + Array(stride(from: 128, to: layout.cells, by: 211))
            + Array(layout.cells..<image.count)
        for byte in bytes {
            var damaged = image
            damaged[byte] ^= 1 << UInt8(byte % 8)
            #expect(throws: DictionaryError.self) { try MorphologicalDictionary(image: damaged) }
        }
    }

    @Test func aRightChecksumOverWrongNumbersIsRefusedOrHarmless() throws {
        let image = try DictionaryBuilder.build(TinyDictionary.source)
        let layout = try TinyDictionary.dictionary().layout
        var random = SeededGenerator()
        var refused = 0
        for _ in 0..<1500 {
            var hostile = image
            let byte = Int.random(
                in: (random.next() % 2 == 0 ? 32..<96 : layout.cells..<image.count), using: &random)
            hostile[byte] = UInt8.random(in: 0...255, using: &random)
            repairChecksum(&hostile)
            do {
                let analyzer = KoreanAnalyzer(dictionary: try MorphologicalDictionary(image: hostile))
                #expect(!analyzer.terms("나무가방가 예쁜나무를").isEmpty, "SAEKIN_SEED=\(random.seed)")
            } catch {
                refused += 1
            }
        }
        #expect(refused > 0)
    }

    @Test func aWordWhosePartsDoNotAddUpStaysWhole() throws {
        var image = try DictionaryBuilder.build(TinyDictionary.source)
        let layout = try TinyDictionary.dictionary().layout
        let ending = PartOfSpeech.ETM.rawValue
        // 예쁜 is 예쁘 and one unit of an ending; let that be 127 syllables of the word instead.
        let place = try #require(
            (layout.expressions..<image.count - 1).first { image[$0] == ending && image[$0 + 1] == 0x81 })
        image[place + 1] = 0x7F
        repairChecksum(&image)
        let analyzer = KoreanAnalyzer(dictionary: try MorphologicalDictionary(image: image))
        #expect(analyzer.terms("예쁜") == ["예쁜"])
    }

    private func repairChecksum(_ image: inout [UInt8]) {
        let checksum = image.withUnsafeBytes {
            DictionaryChecksum.of(UnsafeRawBufferPointer(rebasing: $0[32...]))
        }
        for index in 0..<8 { image[24 + index] = UInt8(truncatingIfNeeded: checksum >> UInt64(8 * index)) }
    }

    @Test func errorsSayWhereAndWhatToDo() {
        #expect(throws: DictionaryError.system(operation: "open", path: "/nowhere/x.dict", errno: ENOENT)) {
            try MorphologicalDictionary.open(path: "/nowhere/x.dict")
        }
        let missing = DictionaryError.notFound(searched: ["/a", "/b"]).description
        #expect(missing.contains("/a, /b") && missing.contains("tools/dictionary"))
        let damaged = DictionaryError.damaged(path: "/d", byteOffset: 24, what: "wrong checksum").description
        #expect(damaged.contains("/d") && damaged.contains("24") && damaged.contains("tools/dictionary"))
    }

    @Test func theBuilderRefusesWhatItCannotWrite() {
        var source = TinyDictionary.source
        source.entries.append(TinyDictionary.word("abc", .NNG, 1, cost: 1))
        #expect(throws: DictionaryError.self) { try DictionaryBuilder.build(source) }
        source = TinyDictionary.source
        source.entries[0].left = 99
        #expect(throws: DictionaryError.self) { try DictionaryBuilder.build(source) }
    }

    @Test func tagNamesAreThoseOfTheTagSet() {
        #expect(PartOfSpeech(name: "NNG") == .NNG)
        #expect(PartOfSpeech(name: "UNKNOWN") == .unknown)
        #expect(PartOfSpeech(name: "XYZ") == nil)
        for tag in PartOfSpeech.allCases { #expect(PartOfSpeech(name: tag.name) == tag) }
    }
}

extension [UInt8] {
    fileprivate func u32(_ offset: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(self[offset + $1]) << (8 * $1) }
    }
}
