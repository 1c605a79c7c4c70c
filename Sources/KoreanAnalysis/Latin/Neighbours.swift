// What stands to the left of a group of letters and digits, across one blank. A shopper types SM-S918N as "sm
// s918n" and 500ml as "500 ml"; where neighbours may be one thing, the whole is added as a token over all of
// them when the last one arrives. It is the only look across a blank, it goes to the left, and it only adds.

import CICU

/// The groups, or the number, that end directly before a blank.
struct Neighbours {
    /// A number that may get its unit across a blank.
    struct Number {
        var token: Int
        /// Its digits, where it is written in Hangul.
        var digits: [UInt8]?
        var isSpoken = false
    }

    /// A group of letters and digits.
    struct Group {
        /// Its first token, which is the whole of it.
        var token: Int
        var hasLetters: Bool
        var hasDigits: Bool
        var isQuantity: Bool
        var isMixed: Bool { hasLetters && hasDigits && !isQuantity }
        /// One or two letters, as model numbers begin: z 890m.
        var isInitial: Bool
    }

    /// Most groups that are given as one.
    static let maximumGroups = 4
    /// Longest whole in bytes: longer than any model number.
    static let maximumByteCount = 32
    /// A word of letters alone that is longer is no part of a model number.
    static let maximumWordLength = 8

    fileprivate var groups: [Group] = []
    private var number: Number?
    /// Where the last of them ends, an index into the window's code points; -1 for the end of the one before.
    private var end = Int.min

    mutating func removeAll() {
        groups.removeAll(keepingCapacity: true)
        number = nil
        end = .min
    }

    /// Moves to the next window of a text.
    mutating func beginWindow(after scalars: Scalars) {
        let endsInBlank = scalars.last?.category == CharacterCategory.space
        end = endsInBlank && end == scalars.count - 1 ? -1 : .min
    }

    /// Whether they end one blank before `index`.
    fileprivate func endOneBlank(before index: Int, _ scalars: Scalars) -> Bool {
        index == end &+ 1 && (end < 0 || scalars[end].category == CharacterCategory.space)
    }

    /// The number that ends one blank before `index`.
    func number(before index: Int, _ scalars: Scalars) -> Number? {
        endOneBlank(before: index, scalars) ? number : nil
    }

    /// A number and nothing else stands at the end of what was read.
    mutating func setNumber(_ number: Number, end: Int) {
        groups.removeAll(keepingCapacity: true)
        finish(number, end: end)
    }

    fileprivate mutating func finish(_ number: Number?, end: Int) {
        self.number = number
        self.end = end
    }

    /// Whether two groups may be one thing: letters and digits between them, and no number with its unit
    /// beside a plain word.
    static func mayJoin(_ left: Group, _ right: Group) -> Bool {
        guard left.hasDigits || right.hasDigits, left.hasLetters || right.hasLetters else { return false }
        if right.isQuantity { return left.isMixed || left.isInitial }
        return !left.isQuantity || right.isMixed
    }
}

extension TokenBuffer {
    /// Adds the wholes that the group of `firstToken...` makes with what stands before it, and remembers the
    /// group for what comes.
    mutating func joinNeighbours(
        _ scalars: Scalars, _ group: Range<Int>, firstToken: Int, isWhole: Bool,
        endsInNumber: Bool, neighbours: inout Neighbours
    ) {
        let isWord = tokens[firstToken].kind == .latin
        if isWord, let number = neighbours.number(before: group.lowerBound, scalars), !number.isSpoken,
            UnitTable.isLatinUnit(group.lazy.map { scalars[$0].value })
        {
            // "95 l" may be a size; "500 ml" is a quantity.
            insertQuantity(
                number: number.token, unit: firstToken, digits: number.digits,
                kind: group.count == 1 ? .joined : .quantity)
            neighbours.removeAll()
            return
        }
        guard isWhole, !isWord || Int(tokens[firstToken].termLength) <= Neighbours.maximumWordLength else {
            neighbours.removeAll()
            return
        }
        var new = Neighbours.Group(
            token: firstToken, hasLetters: false, hasDigits: false,
            isQuantity: tokens[firstToken].kind == .quantity, isInitial: isWord && group.count <= 2)
        for index in group {
            if scalars[index].category == CharacterCategory.letter { new.hasLetters = true }
            if scalars[index].category == CharacterCategory.digit { new.hasDigits = true }
        }
        let follows = neighbours.endOneBlank(before: group.lowerBound, scalars)
        if !follows || !(neighbours.groups.last.map { Neighbours.mayJoin($0, new) } ?? false) {
            neighbours.groups.removeAll(keepingCapacity: true)
        }
        neighbours.groups.append(new)
        if neighbours.groups.count > Neighbours.maximumGroups { neighbours.groups.removeFirst() }
        if neighbours.groups.count > 1 { insertJoined(&neighbours.groups) }
        neighbours.finish(
            endsInNumber ? Neighbours.Number(token: tokens.count - 1) : nil, end: group.upperBound)
    }

    /// Adds a whole of the last two groups, of the last three, and so on; moves the groups' tokens.
    private mutating func insertJoined(_ groups: inout [Neighbours.Group]) {
        let newest = groups[groups.count - 1].token
        // The group ends where the longest of its tokens does, which need not be the first.
        let end = tokens[newest...].map(\.end).max() ?? tokens[newest].end
        var joined = Array(term(tokens[newest]))
        for first in groups.indices.dropLast().reversed() {
            let token = tokens[groups[first].token]
            joined = Array(term(token)) + joined
            guard joined.count <= Neighbours.maximumByteCount else { break }
            let length = UInt16(positionCount - token.position)
            var place = groups[first].token
            while place > 0, tokens[place - 1].position == token.position,
                tokens[place - 1].positionLength < length
            {
                place -= 1
            }
            tokens.insert(
                Token(
                    termStart: UInt32(truncatingIfNeeded: termBytes.count), start: token.start, end: end,
                    position: token.position, termLength: UInt16(joined.count),
                    positionLength: length, kind: .joined, partOfSpeech: .unknown), at: place)
            termBytes += joined
            for group in first..<groups.count { groups[group].token += 1 }
        }
    }
}
