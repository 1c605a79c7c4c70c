// Letters and digits that are written together, with the symbols that join them: words, numbers, sizes, model
// numbers. A group is cut into pieces at its joiners, or where letters and digits meet; each piece is a part,
// and the group without its joiners is the whole.

import CICU

extension TokenBuffer {
    /// Most parts that a group may have to be given whole as well.
    private static let maximumParts = 8

    /// Writes the tokens of the group that begins at `first`; says where it ends, and whether a number ends
    /// it.
    mutating func emitAlphanumerics(
        _ scalars: Scalars, from first: Int, neighbours: inout Neighbours
    ) -> (end: Int, number: PendingNumber?) {
        let end = groupEnd(scalars, from: first)
        let splits = isSimple(scalars, first..<end)
        let firstToken = tokens.count
        let firstPosition = positionCount
        var start = first
        var pieceCount = 0
        while start < end {
            let pieceEnd = self.pieceEnd(scalars, start, in: first..<end, splits: splits)
            emitPiece(scalars, start..<pieceEnd)
            pieceCount += 1
            start = pieceEnd
            if start < end, isJoiner(scalars[start].value) { start += 1 }
        }
        let length = Int(positionCount - firstPosition)
        if pieceCount > 1, length <= Self.maximumParts {
            insertWhole(scalars, first..<end, at: firstToken, position: firstPosition, length: length)
        }
        let isNumber = tokens.last?.kind == .number
        let suffixEnd = emitSuffix(scalars, after: end, isNumber: isNumber)
        guard suffixEnd == end else {
            neighbours.removeAll()
            return (suffixEnd, nil)
        }
        let isWhole = pieceCount == 1 || length <= Self.maximumParts
        joinNeighbours(
            scalars, first..<end, firstToken: firstToken, isWhole: isWhole, endsInNumber: isNumber,
            neighbours: &neighbours)
        guard isNumber else { return (end, nil) }
        let number = PendingNumber(token: tokens.count - 1)
        if pieceCount == 1, end == scalars.count || scalars[end].category != CharacterCategory.hangul {
            addShoeSize(number: number.token)
        }
        return (end, number)
    }

    /// The whole of a group: its code points without hyphens, points and apostrophes, at the place of its
    /// first part.
    private mutating func insertWhole(
        _ scalars: Scalars, _ range: Range<Int>, at index: Int, position: UInt32, length: Int
    ) {
        let termStart = termBytes.count
        for place in range {
            let value = scalars[place].value
            switch value {
            case Joiner.hyphen, Joiner.unicodeHyphen, Joiner.apostrophe, Joiner.quote, Joiner.comma: break
            case Joiner.point:
                if isDecimalPoint(scalars, place, range) { appendUTF8(value) }
            case Joiner.times, Joiner.asterisk: appendUTF8(Joiner.x)
            default: appendUTF8(value)
            }
        }
        addToken(termStart: termStart, scalars, range, position: position, length: length, kind: .model)
        tokens.insert(tokens.removeLast(), at: index)
        for part in index + 1..<tokens.count where tokens[part].kind == .model {
            tokens[part].kind = .modelPart
        }
    }

    // MARK: Extent

    private func groupEnd(_ scalars: Scalars, from first: Int) -> Int {
        let limit = min(scalars.count, first + KoreanAnalyzer.maximumTokenScalars)
        var index = first + 1
        while index < limit {
            if isAlphanumeric(scalars[index]) {
                index += 1
            } else if index + 1 < limit, isAlphanumeric(scalars[index + 1]),
                joins(scalars[index].value, scalars[index - 1], scalars[index + 1])
            {
                index += 2
            } else {
                break
            }
        }
        return index
    }

    @inline(__always)
    private func isAlphanumeric(_ scalar: cicu_scalar) -> Bool {
        scalar.category == CharacterCategory.letter || scalar.category == CharacterCategory.digit
    }

    /// Whether a symbol makes one group of what stands to its left and right.
    private func joins(_ value: UInt32, _ left: cicu_scalar, _ right: cicu_scalar) -> Bool {
        let areDigits = left.category == CharacterCategory.digit && right.category == CharacterCategory.digit
        let areLetters =
            left.category == CharacterCategory.letter && right.category == CharacterCategory.letter
        switch value {
        case Joiner.hyphen, Joiner.unicodeHyphen, Joiner.point: return true
        case Joiner.comma, Joiner.plus, Joiner.times, Joiner.asterisk: return areDigits
        case Joiner.ampersand, Joiner.apostrophe, Joiner.quote: return areLetters
        default: return false
        }
    }

    private func isJoiner(_ value: UInt32) -> Bool {
        switch value {
        case Joiner.hyphen, Joiner.unicodeHyphen, Joiner.point, Joiner.comma, Joiner.plus, Joiner.times,
            Joiner.asterisk, Joiner.ampersand:
            true
        default: false
        }
    }

    /// A point or comma that belongs to a number: 10.1, 1,290; not the first point of 1.2.3.
    private func isDecimalPoint(_ scalars: Scalars, _ index: Int, _ range: Range<Int>) -> Bool {
        guard index > range.lowerBound, index + 1 < range.upperBound,
            scalars[index - 1].category == CharacterCategory.digit,
            scalars[index + 1].category == CharacterCategory.digit
        else { return false }
        func digits(_ step: Int) -> (count: Int, stop: UInt32) {
            var place = index + step
            var count = 0
            while range.contains(place), scalars[place].category == CharacterCategory.digit {
                count += 1
                place += step
            }
            return (count, range.contains(place) ? scalars[place].value : 0)
        }
        let right = digits(1)
        let left = digits(-1)
        if scalars[index].value == Joiner.comma { return right.count == 3 && left.count <= 3 }
        return right.stop != Joiner.point && left.stop != Joiner.point
    }

    /// Where the piece of a group that begins at `start` ends.
    private func pieceEnd(_ scalars: Scalars, _ start: Int, in group: Range<Int>, splits: Bool) -> Int {
        let end = group.upperBound
        var index = start + 1
        var runStart = start
        while index < end {
            let value = scalars[index].value
            if value == Joiner.point || value == Joiner.comma {
                guard isDecimalPoint(scalars, index, group) else { return index }
            } else if isJoiner(value) {
                return index
            } else if value != Joiner.apostrophe, value != Joiner.quote,
                isDigitLike(scalars[index - 1]) != isDigitLike(scalars[index])
            {
                if cuts(scalars, runStart, index, start, end, splits: splits) { return index }
                runStart = index
            }
            index += 1
        }
        return end
    }

    private func isDigitLike(_ scalar: cicu_scalar) -> Bool { scalar.category != CharacterCategory.letter }

    /// Whether a group is cut where letters and digits meet: short, without hyphens, and not many rows of
    /// them. The parts of NT550XDZ-AD5AW are those that its maker has set apart.
    private func isSimple(_ scalars: Scalars, _ range: Range<Int>) -> Bool {
        guard range.count <= 16 else { return false }
        var meetings = 0
        for index in range.dropFirst() {
            let value = scalars[index].value
            if value == Joiner.hyphen || value == Joiner.unicodeHyphen { return false }
            if isAlphanumeric(scalars[index]), isAlphanumeric(scalars[index - 1]),
                scalars[index].category != scalars[index - 1].category
            {
                meetings += 1
            }
        }
        return meetings <= 2
    }

    /// Whether letters and digits that meet at `index` are different parts: rtx|3060, 15|pro, 100x|200; but
    /// s918n, m2, 500ml stay together, and a short row of letters only cuts at the beginning.
    private func cuts(
        _ scalars: Scalars, _ runStart: Int, _ index: Int, _ start: Int, _ end: Int, splits: Bool
    ) -> Bool {
        if isDigitLike(scalars[index]) { return splits && index - runStart >= (runStart == start ? 2 : 3) }
        var letters = index
        while letters < end, scalars[letters].category == CharacterCategory.letter { letters += 1 }
        if isUnit(scalars, index..<letters) { return false }
        let isTimes = letters - index == 1 && scalars[index].value == Joiner.x && letters < end
        return splits && letters - index >= 3 || isTimes
    }

    // MARK: Pieces

    private mutating func emitPiece(_ scalars: Scalars, _ range: Range<Int>) {
        var range = range
        if range.count > 1, scalars[range.lowerBound].value == Joiner.x,
            scalars[range.lowerBound + 1].category == CharacterCategory.digit, range.lowerBound > 0,
            scalars[range.lowerBound - 1].category == CharacterCategory.digit
        {
            range = range.lowerBound + 1..<range.upperBound  // the x of 100x200
        }
        var letters = 0
        var digits = 0
        var firstLetter = range.upperBound
        for index in range {
            if scalars[index].category == CharacterCategory.digit {
                digits += 1
            } else if scalars[index].category == CharacterCategory.letter {
                if letters == 0 { firstLetter = index }
                letters += 1
            }
        }
        if letters == 0 {
            emitNumber(scalars, range)
        } else if digits == 0 {
            emitWord(scalars, range)
        } else if range.upperBound - firstLetter == letters, isUnit(scalars, firstLetter..<range.upperBound) {
            emitNumber(scalars, range.lowerBound..<firstLetter)
            let number = tokens.count - 1
            addToken(
                scalars, firstLetter..<range.upperBound, position: positionCount, length: 1, kind: .unit)
            positionCount += 1
            insertQuantity(number: number, unit: number + 1)
        } else {
            addToken(scalars, range, position: positionCount, length: 1, kind: .model)
            positionCount += 1
        }
    }

    private func isUnit(_ scalars: Scalars, _ range: Range<Int>) -> Bool {
        guard range.count <= UnitTable.maximumByteCount else { return false }
        return UnitTable.isLatinUnit(range.lazy.map { scalars[$0].value })
    }

    private mutating func emitNumber(_ scalars: Scalars, _ range: Range<Int>) {
        let termStart = termBytes.count
        for index in range where scalars[index].value != Joiner.comma { appendUTF8(scalars[index].value) }
        addToken(termStart: termStart, scalars, range, position: positionCount, length: 1, kind: .number)
        positionCount += 1
    }

    /// A word, and its stem at the same position. The possessive's apostrophe goes: levi's is levis and levi.
    private mutating func emitWord(_ scalars: Scalars, _ range: Range<Int>) {
        let termStart = termBytes.count
        var apostrophe: Int?
        for index in range {
            let value = scalars[index].value
            if value == Joiner.apostrophe || value == Joiner.quote {
                apostrophe = index
            } else {
                appendUTF8(value)
            }
        }
        addToken(termStart: termStart, scalars, range, position: positionCount, length: 1, kind: .latin)
        if let apostrophe, apostrophe + 2 == range.upperBound, scalars[apostrophe + 1].value == 0x73 {
            addToken(scalars, range.lowerBound..<apostrophe, position: positionCount, length: 1, kind: .stem)
        } else if LatinStemmer.stem(termBytes[termStart...], into: &scratch.stem) {
            let stemStart = termBytes.count
            termBytes += scratch.stem
            addToken(termStart: stemStart, scalars, range, position: positionCount, length: 1, kind: .stem)
        }
        positionCount += 1
    }

    /// `+`, `#` or `%` directly behind a group: c++, s23+, c#, 50% are terms beside what they end.
    private mutating func emitSuffix(_ scalars: Scalars, after end: Int, isNumber: Bool) -> Int {
        guard end < scalars.count, let last = tokens.last else { return end }
        let value = scalars[end].value
        var suffixEnd = end
        if value == Joiner.plus, last.kind == .latin || last.kind == .model || last.kind == .modelPart {
            while suffixEnd < scalars.count, suffixEnd < end + 2, scalars[suffixEnd].value == Joiner.plus {
                suffixEnd += 1
            }
        } else if value == 0x23 && !isNumber || value == 0x25 && isNumber {
            suffixEnd += 1
        } else if isNumber {
            let signEnd = inchSignEnd(scalars, end)
            if signEnd > end {
                insertInches(number: tokens.count - 1, end: scalars[signEnd - 1].end)
                return signEnd
            }
        }
        guard suffixEnd > end else { return end }
        if suffixEnd < scalars.count, value != 0x25, isAlphanumeric(scalars[suffixEnd]) { return end }
        let termStart = termBytes.count
        let start = Int(last.termStart)
        for index in start..<start + Int(last.termLength) { termBytes.append(termBytes[index]) }
        for index in end..<suffixEnd { appendUTF8(scalars[index].value) }
        var token = last
        token.termStart = UInt32(truncatingIfNeeded: termStart)
        token.termLength = UInt16(termBytes.count - termStart)
        token.end = scalars[suffixEnd - 1].end
        token.kind = value == 0x25 ? .quantity : .model
        tokens.append(token)
        return suffixEnd
    }
}

extension TokenBuffer {
    /// Where a sign for inches that begins at `start` ends: `"`, two apostrophes or two primes.
    private func inchSignEnd(_ scalars: Scalars, _ start: Int) -> Int {
        let value = scalars[start].value
        if value == 0x22 || value == 0x201D { return start + 1 }
        let isHalf = value == Joiner.apostrophe || value == Joiner.quote || value == 0x2032
        return isHalf && start + 1 < scalars.count && scalars[start + 1].value == value ? start + 2 : start
    }
}

/// Symbols between letters and digits that are more than a cut.
enum Joiner {
    static let hyphen: UInt32 = 0x2D
    static let unicodeHyphen: UInt32 = 0x2010
    static let point: UInt32 = 0x2E
    static let comma: UInt32 = 0x2C
    static let plus: UInt32 = 0x2B
    static let ampersand: UInt32 = 0x26
    static let apostrophe: UInt32 = 0x27
    static let quote: UInt32 = 0x2019
    static let times: UInt32 = 0xD7
    static let asterisk: UInt32 = 0x2A
    static let x: UInt32 = 0x78
}
