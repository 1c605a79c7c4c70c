// Turns words and costs into the bytes of a dictionary file. What makes the file small: contexts that no
// entry uses, or that cost the same everywhere, are folded; readings are shared between words that have the
// same ones; a compound keeps only the lengths of its parts.

/// Builds the bytes of a dictionary file.
package struct DictionaryBuilder {
    private let source: DictionarySource
    // Reduced contexts: a number of the source gives a number of the file.
    private var rightNumbers: [Int: Int] = [:]
    private var leftNumbers: [Int: Int] = [:]
    private var costs: [Int16] = []
    private var rightCount = 0
    private var leftCount = 0
    private var expressions: [UInt8] = []
    private var expressionOffsets: [[UInt8]: UInt32] = [:]

    private init(_ source: DictionarySource) {
        self.source = source
    }

    /// The bytes of a dictionary file with these words.
    ///
    /// - Throws: `DictionaryError.unbuildable` if a number does not fit the format or is outside of the
    ///   costs.
    package static func build(_ source: DictionarySource) throws(DictionaryError) -> [UInt8] {
        var builder = DictionaryBuilder(source)
        try builder.checkSource()
        builder.reduceCosts()
        return try builder.image()
    }

    private func checkSource() throws(DictionaryError) {
        guard source.costs.count == source.rightCount * source.leftCount, !source.costs.isEmpty else {
            throw .unbuildable(
                "\(source.costs.count) costs for \(source.rightCount) x \(source.leftCount) contexts")
        }
        guard source.contexts.count == LeftContext.allCases.count,
            source.contexts.allSatisfy({ !$0.isEmpty }),
            !source.endings.isEmpty, source.penalties.count == DictionaryFormat.penaltyCount
        else { throw .unbuildable("contexts, endings or penalties are missing") }
        let rights = source.entries.map(\.right) + source.contexts.flatMap { $0 } + [source.unknown.right]
        let lefts = source.entries.map(\.left) + source.endings + [source.unknown.left]
        guard rights.allSatisfy({ $0 >= 0 && $0 < source.rightCount }),
            lefts.allSatisfy({ $0 >= 0 && $0 < source.leftCount })
        else { throw .unbuildable("a context number lies outside of the costs") }
        for entry in source.entries {
            let limit = DictionaryFormat.maximumWordLength
            guard !entry.surface.isEmpty, entry.surface.count <= limit, entry.surface.allSatisfy(isSyllable),
                entry.penalty < DictionaryFormat.penaltyCount, entry.parts.count < 128,
                entry.parts.allSatisfy({ $0.text.count < 128 })
            else { throw .unbuildable("the word \(String(decoding: entry.surface, as: UTF16.self))") }
        }
    }

    /// Readings of one word in the order of the source; but of two that cost the same everywhere, of which
    /// the first counts, the one whose stem is written as it is goes before one that is altered.
    private func ordered(_ indices: [Int]) -> [Int] {
        var indices = indices
        for place in indices.indices where isAltered(indices[place]) {
            let entry = source.entries[indices[place]]
            let plain = indices[place...].firstIndex { index in
                let other = source.entries[index]
                return other.left == entry.left && other.right == entry.right && other.cost == entry.cost
                    && !isAltered(index)
            }
            if let plain { indices.swapAt(place, plain) }
        }
        return indices
    }

    /// Whether the first part loses letters in the word, as 듣 does in 들 and 쓸 in 쓰.
    private func isAltered(_ index: Int) -> Bool {
        let entry = source.entries[index]
        guard let first = entry.parts.first?.text else { return false }
        return !letters(entry.surface).starts(with: letters(first))
    }

    /// Consonants and vowels of composed syllables; other units as they are.
    private func letters(_ units: [UInt16]) -> [UInt16] {
        units.flatMap { unit -> [UInt16] in
            guard isSyllable(unit) else { return [unit] }
            let (rest, final) = (unit - 0xAC00).quotientAndRemainder(dividingBy: 28)
            return [rest / 21, 0x100 + rest % 21] + (final == 0 ? [] : [0x200 + final])
        }
    }

    private func isSyllable(_ unit: UInt16) -> Bool { unit >= 0xAC00 && unit <= 0xD7A3 }

    /// Keeps the contexts in use, the most frequent first, and folds those that cost the same everywhere.
    /// After them come one row for each left context and one column for the end of a run, both means of the
    /// given contexts.
    private mutating func reduceCosts() {
        var rightUse: [Int: Int] = [source.unknown.right: 1]
        var leftUse: [Int: Int] = [source.unknown.left: 1]
        for entry in source.entries {
            rightUse[entry.right, default: 0] += 1
            leftUse[entry.left, default: 0] += 1
        }
        let rights = rightUse.keys.sorted { (-rightUse[$0]!, $0) < (-rightUse[$1]!, $1) }
        let lefts = leftUse.keys.sorted { (-leftUse[$0]!, $0) < (-leftUse[$1]!, $1) }
        var keptLefts: [[Int]] = []
        var seenLefts: [[Int16]: Int] = [:]
        for left in lefts + [-1] {
            let sources = left < 0 ? source.endings : [left]
            let column = rights.map { right in mean(rights: [right], lefts: sources) }
            if left >= 0, let same = seenLefts[column] {
                leftNumbers[left] = same
            } else {
                leftNumbers[left] = keptLefts.count
                if left >= 0 { seenLefts[column] = keptLefts.count }
                keptLefts.append(sources)
            }
        }
        var keptRights: [[Int]] = []
        var seenRights: [[Int16]: Int] = [:]
        for right in rights + source.contexts.indices.map({ -1 - $0 }) {
            let sources = right < 0 ? source.contexts[-1 - right] : [right]
            let row = keptLefts.map { mean(rights: sources, lefts: $0) }
            if right >= 0, let same = seenRights[row] {
                rightNumbers[right] = same
            } else {
                rightNumbers[right] = keptRights.count
                if right >= 0 { seenRights[row] = keptRights.count }
                keptRights.append(sources)
            }
        }
        rightCount = keptRights.count
        leftCount = keptLefts.count
        costs = []
        costs.reserveCapacity(rightCount * leftCount)
        for left in keptLefts { for right in keptRights { costs.append(mean(rights: right, lefts: left)) } }
    }

    private func mean(rights: [Int], lefts: [Int]) -> Int16 {
        if rights.count == 1, lefts.count == 1 {
            return source.costs[rights[0] + source.rightCount * lefts[0]]
        }
        var sum = 0
        for right in rights {
            for left in lefts { sum += Int(source.costs[right + source.rightCount * left]) }
        }
        return Int16(sum / (rights.count * lefts.count))
    }

    private mutating func image() throws(DictionaryError) -> [UInt8] {
        let codes = codeTable()
        let codeCount = Int(codes.max()!) + 1
        let words = Dictionary(grouping: source.entries.indices) { source.entries[$0].surface }
        var lists: [[UInt8]: UInt32] = [:]
        var morphemes: [UInt8] = []
        var keyed: [(key: [UInt16], value: UInt32)] = []
        for (surface, indices) in words.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            var list: [UInt8] = []
            for index in ordered(indices).prefix(255) { append(entry: source.entries[index], to: &list) }
            let first: UInt32
            if let known = lists[list] {
                first = known
            } else {
                first = UInt32(morphemes.count / DictionaryFormat.morphemeByteCount)
                lists[list] = first
                morphemes += list
            }
            let count = UInt32(list.count / DictionaryFormat.morphemeByteCount)
            keyed.append(
                (surface.map { codes[Int($0) - DictionaryFormat.firstSyllable] }, first << 8 | count))
        }
        guard morphemes.count / DictionaryFormat.morphemeByteCount < 1 << 22 else {
            throw .unbuildable("more than 4,194,303 different readings")
        }
        keyed.sort { $0.key.lexicographicallyPrecedes($1.key) }
        let trie = DoubleArrayBuilder(
            keys: keyed.map(\.key), values: keyed.map(\.value), codeCount: codeCount)
        guard trie.bases.count < Int(DictionaryFormat.baseMask), costs.count < 1 << 30, rightCount < 65536
        else {
            throw .unbuildable("too many words or contexts")
        }
        return assemble(codes: codes, codeCount: codeCount, trie: trie, morphemes: morphemes)
    }

    /// Codes for syllables, the most frequent first; 0 for syllables in no word.
    private func codeTable() -> [UInt16] {
        var counts = [Int](repeating: 0, count: DictionaryFormat.syllableCount)
        for entry in source.entries { for unit in entry.surface { counts[Int(unit) - 0xAC00] += 1 } }
        let used = counts.indices.filter { counts[$0] > 0 }.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
        var codes = [UInt16](repeating: 0, count: DictionaryFormat.syllableCount)
        for (number, syllable) in used.enumerated() { codes[syllable] = UInt16(number + 1) }
        return codes
    }

    private mutating func append(entry: DictionaryEntry, to list: inout [UInt8]) {
        list.append(littleEndian: UInt16(leftNumbers[entry.left]!))
        list.append(littleEndian: UInt16(rightNumbers[entry.right]!))
        list.append(littleEndian: UInt16(bitPattern: entry.cost))
        list.append(entry.tag.rawValue)
        list.append(entry.penalty)
        list.append(littleEndian: expressionOffset(of: entry))
    }

    /// Writes a word's inner structure once: part count, then for each part its tag and either its length in
    /// syllables (the parts laid end to end are the surface) or 0x80 + unit count and the units.
    private mutating func expressionOffset(of entry: DictionaryEntry) -> UInt32 {
        guard !entry.parts.isEmpty else { return DictionaryFormat.noExpression }
        let isLiteral =
            entry.parts.flatMap(\.text) == entry.surface && entry.parts.allSatisfy { !$0.text.isEmpty }
        var bytes = [UInt8(entry.parts.count)]
        for part in entry.parts {
            bytes.append(part.tag.rawValue)
            bytes.append(UInt8(part.text.count) | (isLiteral ? 0 : 0x80))
            if !isLiteral { for unit in part.text { bytes.append(littleEndian: unit) } }
        }
        if let known = expressionOffsets[bytes] { return known }
        let offset = UInt32(expressions.count)
        expressionOffsets[bytes] = offset
        expressions += bytes
        return offset
    }

    private func assemble(
        codes: [UInt16], codeCount: Int, trie: DoubleArrayBuilder, morphemes: [UInt8]
    ) -> [UInt8] {
        let layout = DictionaryLayout(
            leftCount: leftCount, rightCount: rightCount, cellCount: trie.bases.count, codeCount: codeCount,
            morphemeCount: morphemes.count / DictionaryFormat.morphemeByteCount,
            expressionByteCount: expressions.count)
        var file: [UInt8] = []
        file.reserveCapacity(layout.fileByteCount)
        file.append(littleEndian: DictionaryFormat.magic)
        file.append(littleEndian: DictionaryFormat.version)
        file.append(littleEndian: UInt32(0))
        file.append(littleEndian: UInt64(layout.fileByteCount))
        file.append(littleEndian: UInt64(0))  // the checksum, below
        for count in layout.counts { file.append(littleEndian: UInt32(count)) }
        for index in source.contexts.indices { file.append(littleEndian: UInt16(rightNumbers[-1 - index]!)) }
        file.append(littleEndian: UInt16(leftNumbers[-1]!))
        file.append(littleEndian: UInt16(leftNumbers[source.unknown.left]!))
        file.append(littleEndian: UInt16(rightNumbers[source.unknown.right]!))
        file.append(littleEndian: UInt16(bitPattern: source.unknown.cost))
        for penalty in source.penalties { file.append(littleEndian: UInt16(bitPattern: penalty)) }
        file.pad(to: layout.codeTable)
        for code in codes { file.append(littleEndian: code) }
        file.pad(to: layout.cells)
        for (base, check) in zip(trie.bases, trie.checks) {
            file.append(littleEndian: base)
            file.append(littleEndian: check)
        }
        file.pad(to: layout.costs)
        for cost in costs { file.append(littleEndian: UInt16(bitPattern: cost)) }
        file.pad(to: layout.morphemes)
        file += morphemes
        file.pad(to: layout.expressions)
        file += expressions
        file.pad(to: layout.fileByteCount)
        let checksum = file.withUnsafeBytes {
            DictionaryChecksum.of(UnsafeRawBufferPointer(rebasing: $0[32...]))
        }
        for byte in 0..<8 { file[24 + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt64(byte))) }
        return file
    }
}

extension [UInt8] {
    /// Appends an integer's bytes, the lowest first.
    package mutating func append(littleEndian value: some FixedWidthInteger & UnsignedInteger) {
        var rest = value
        for _ in 0..<value.bitWidth / 8 {
            append(UInt8(truncatingIfNeeded: rest))
            rest = rest >> 8
        }
    }

    fileprivate mutating func pad(to count: Int) {
        while self.count < count { append(0) }
    }
}
