// Walks over normalised code points, cuts them at white space, symbols and changes of script, and writes the
// tokens of each piece. Symbols themselves give no token; they only cut, join (SM-S918N, 1+1, H&M) or
// complete (C++, 50%) what stands beside them.

import CICU

/// Normalised code points of a window, and offsets into them.
typealias Scalars = UnsafeBufferPointer<cicu_scalar>

extension TokenBuffer {
    /// A number that has just been written and may still get a unit in Hangul.
    struct PendingNumber {
        /// Index of its token.
        var token: Int
    }

    /// Appends the tokens of a window.
    mutating func emit(_ scalars: Scalars, cache: AnalysisCache, neighbours: inout Neighbours) {
        var index = 0
        var context = LeftContext.space
        var number: PendingNumber?
        // The right context before the next run, once something has shown that this is a sentence.
        var previous: UInt16?
        while index < scalars.count {
            // SAFETY: every function below returns an end in index + 1 ... scalars.count.
            let scalar = scalars[index]
            switch scalar.category {
            case CharacterCategory.space:
                context = .space
                index &+= 1
                continue
            case CharacterCategory.hangul:
                index = emitHangul(
                    scalars, from: index, context: context, previous: &previous, number: number,
                    cache: cache, neighbours: &neighbours)
                context = .closing
                continue
            case CharacterCategory.letter, CharacterCategory.digit:
                let group = emitAlphanumerics(scalars, from: index, neighbours: &neighbours)
                index = group.end
                number = group.number
                context = number == nil ? .latin : .number
            case CharacterCategory.symbol:
                context = Self.isClosing(scalar.value) ? .closing : .space
                index &+= 1
            case CharacterCategory.han:
                index = emitHan(scalars, from: index)
                context = .closing
            default:
                let kind: TokenKind =
                    scalar.category == CharacterCategory.jamo
                    ? .word : scalar.category == CharacterCategory.kana ? .han : .other
                let first = index
                index = emitRun(scalars, from: index, kind: kind)
                if kind == .word, scalars[first..<index].allSatisfy({ $0.value == scalars[first].value }) {
                    // ㅋㅋ and ㅠㅠ are interjections; ㄱㅅㅎㄴ stands for something.
                    tokens[tokens.count - 1].partOfSpeech = .IC
                }
                context = .space
            }
            if previous != nil { previous = cache.contextRight(.space) }
        }
        neighbours.beginWindow(after: scalars)
    }

    /// Symbols after which a particle may stand: 나이키(NIKE)는.
    private static func isClosing(_ value: UInt32) -> Bool {
        switch value {
        case 0x22, 0x27, 0x29, 0x3E, 0x5D, 0x7D, 0x2019, 0x201D, 0x3009, 0x300B, 0x300D, 0x300F, 0x3011: true
        default: false
        }
    }

    /// A run of composed syllables: tokens from the cache, moved to where the run stands.
    private mutating func emitHangul(
        _ scalars: Scalars, from first: Int, context: LeftContext, previous: inout UInt16?,
        number: PendingNumber?, cache: AnalysisCache, neighbours: inout Neighbours
    ) -> Int {
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: Lattice.maximumLength) { units in
            var end = first
            var hash = UInt64(context.rawValue) &+ 0x9E37_79B9_7F4A_7C15
            // SAFETY: at most maximumLength units are written; composed syllables fit 16 bits.
            while end < scalars.count, end &- first < Lattice.maximumLength,
                scalars[end].category == CharacterCategory.hangul
            {
                let unit = UInt16(truncatingIfNeeded: scalars[end].value)
                units[end &- first] = unit
                hash = (hash ^ UInt64(unit)) &* 0xFF51_AFD7_ED55_8CCD
                hash ^= hash >> 29
                end &+= 1
            }
            let run = UnsafeBufferPointer(rebasing: units[..<(end &- first)])
            if context != .space, previous != nil { previous = cache.contextRight(context) }
            hash = (hash ^ UInt64(previous ?? .max)) &* 0xFF51_AFD7_ED55_8CCD
            hash ^= hash >> 29
            let entry = cache.entry(run, hash: hash, context: context, previous: previous)
            if entry.isOfSentence || previous != nil {
                previous = entry.lastRight ?? cache.contextRight(.space)
            }
            let firstToken = tokens.count
            append(entry, from: cache.output, at: Scalars(rebasing: scalars[first..<end]))
            if entry.unitLength > 0, let number {
                insertQuantity(number: number.token, unit: firstToken)
                neighbours.removeAll()
            } else {
                insertHangulQuantities(
                    run, firstToken: firstToken, start: first, scalars: scalars, neighbours: &neighbours)
            }
            return end
        }
    }

    @inline(__always)
    private mutating func append(_ entry: RunTokens.Entry, from output: RunTokens, at run: Scalars) {
        let firstPosition = positionCount
        output.bytes.withUnsafeBufferPointer { bytes in
            for index in Int(entry.firstToken)..<Int(entry.firstToken) &+ Int(entry.tokenCount) {
                let token = output.tokens[index]
                let termStart = UInt32(truncatingIfNeeded: termBytes.count)
                let first = Int(token.termStart)
                termBytes.append(
                    contentsOf: UnsafeBufferPointer(rebasing: bytes[first..<first &+ Int(token.termLength)]))
                tokens.append(
                    Token(
                        termStart: termStart, start: run[Int(token.start)].start,
                        end: run[Int(token.end) &- 1].end,
                        position: firstPosition &+ UInt32(token.position), termLength: token.termLength,
                        positionLength: UInt16(token.positionLength), kind: token.kind,
                        partOfSpeech: token.partOfSpeech))
            }
        }
        for index in Int(entry.firstRemoved)..<Int(entry.firstRemoved) &+ Int(entry.removedCount) {
            let span = output.removed[index]
            removed.append(
                RemovedSpan(
                    start: run[Int(span.start)].start, end: run[Int(span.end) &- 1].end,
                    partOfSpeech: span.partOfSpeech))
        }
        positionCount = firstPosition &+ UInt32(entry.positionCount)
    }

    /// Chinese characters: each is a part; a short run is also given whole.
    private mutating func emitHan(_ scalars: Scalars, from first: Int) -> Int {
        var end = first
        while end < scalars.count, scalars[end].category == CharacterCategory.han { end += 1 }
        let count = end - first
        if count > 1, count <= RunAnalysis.maximumParts {
            addToken(scalars, first..<end, position: positionCount, length: count, kind: .compound)
        }
        for index in first..<end {
            addToken(scalars, index..<index + 1, position: positionCount, length: 1, kind: .han)
            positionCount += 1
        }
        return end
    }

    /// A run of one category as one token.
    private mutating func emitRun(_ scalars: Scalars, from first: Int, kind: TokenKind) -> Int {
        var end = first + 1
        while end < scalars.count, scalars[end].category == scalars[first].category,
            end - first < KoreanAnalyzer.maximumTokenScalars
        {
            end += 1
        }
        addToken(scalars, first..<end, position: positionCount, length: 1, kind: kind)
        positionCount += 1
        return end
    }

    /// Adds a token whose term is the code points of `range`, without those that `skips` names.
    mutating func addToken(
        _ scalars: Scalars, _ range: Range<Int>, position: UInt32, length: Int, kind: TokenKind
    ) {
        let termStart = termBytes.count
        for index in range { appendUTF8(scalars[index].value) }
        addToken(termStart: termStart, scalars, range, position: position, length: length, kind: kind)
    }

    /// Adds a token whose term is what has been appended to `termBytes` since `termStart`.
    mutating func addToken(
        termStart: Int, _ scalars: Scalars, _ range: Range<Int>, position: UInt32, length: Int,
        kind: TokenKind
    ) {
        tokens.append(
            Token(
                termStart: UInt32(truncatingIfNeeded: termStart), start: scalars[range.lowerBound].start,
                end: scalars[range.upperBound - 1].end, position: position,
                termLength: UInt16(termBytes.count - termStart), positionLength: UInt16(length), kind: kind,
                partOfSpeech: .unknown))
    }

    /// Appends one code point to the terms' bytes.
    @inline(__always)
    mutating func appendUTF8(_ value: UInt32) {
        if value < 0x80 {
            termBytes.append(UInt8(truncatingIfNeeded: value))
            return
        }
        if value < 0x800 {
            termBytes.append(UInt8(truncatingIfNeeded: 0xC0 | value >> 6))
        } else {
            if value < 0x10000 {
                termBytes.append(UInt8(truncatingIfNeeded: 0xE0 | value >> 12))
            } else {
                termBytes.append(UInt8(truncatingIfNeeded: 0xF0 | value >> 18))
                termBytes.append(UInt8(truncatingIfNeeded: 0x80 | value >> 12 & 0x3F))
            }
            termBytes.append(UInt8(truncatingIfNeeded: 0x80 | value >> 6 & 0x3F))
        }
        termBytes.append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
    }
}
