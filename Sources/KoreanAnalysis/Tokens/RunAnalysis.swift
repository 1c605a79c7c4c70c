// From the least-cost path of a run of Hangul to its tokens. What is left out, and only that, is decided in
// `Grammar.swift`; here stand the rules for what is given whole and in parts.

/// Analyses one run at a time.
struct RunAnalysis {
    /// Runs of more parts than this are not given whole.
    static let maximumParts = 6

    /// A piece of the path: a morpheme, or a part of a compound or inflected one.
    struct Piece {
        var start: UInt8
        var end: UInt8
        var tag: PartOfSpeech
        var role: GrammaticalRole
        /// The reading that it begins, where it is not one of several literal parts; -1 otherwise.
        var morpheme: Int32 = -1
        /// Units of its dictionary form in `lemmas`; empty where that is what is written.
        var lemma: Range<Int>
        var position: UInt8
        /// Positions that it spans: more than one where another reading has a boundary inside of it.
        var length: UInt8 = 1
    }

    var pieces: [Piece] = []
    private var lemmas: [UInt16] = []
    /// Compounds of the dictionary: pieces from, to (not including), and what the dictionary calls the whole.
    private(set) var groups: [(first: Int, end: Int, tag: PartOfSpeech)] = []
    /// Words of other readings.
    var alternatives: [Alternative] = []
    private var firstToken = 0
    /// The last morpheme of the reading laid out last, -1 for a word that is not the dictionary's.
    private var lastMorpheme: Int32 = -1
    let dictionary: MorphologicalDictionary
    let lattice: Lattice

    init(_ dictionary: MorphologicalDictionary, user: UserDictionary = .empty) {
        self.dictionary = dictionary
        lattice = Lattice(dictionary, user: user)
    }

    /// Appends the tokens of a run of composed syllables to `output`. `previous` is given where the run is
    /// read as part of a sentence: the right context before it.
    mutating func analyze(
        _ units: UnsafeBufferPointer<UInt16>, context: LeftContext, previous: UInt16? = nil,
        into output: inout RunTokens
    ) -> RunTokens.Entry {
        lattice.search(units, context: context)
        firstToken = output.tokens.count
        let firstRemoved = output.removed.count
        let unitLength = context == .number ? leadingUnit(units) : 0
        var positionCount = 0
        if unitLength > 0 {
            add(
                units[0..<unitLength], 0..<unitLength, position: 0, length: 1, kind: .unit, .NNBC, to: &output
            )
            positionCount = 1
        }
        let hasContentBefore = context == .number || context == .latin || unitLength > 0
        alternatives.removeAll(keepingCapacity: true)
        if unitLength == 0 {
            collectReadings(units, context: context, previous: previous, hasContentBefore)
        } else {
            collectPieces(lattice.path, from: unitLength)
            assignRoles(hasContentBefore: hasContentBefore)
        }
        positionCount = alternatives.isEmpty ? numberPieces(from: positionCount) : numberBoundaries()
        if positionCount == 0, !isParticleOnly(after: context, length: units.count) {
            // Nothing but grammar: what is written is kept, with the tag of its first piece.
            add(
                units[...], 0..<units.count, position: 0, length: 1, kind: .word,
                pieces.first?.tag ?? .unknown, to: &output)
            positionCount = 1
        } else {
            emitPieces(units, to: &output)
            emitWholes(units, to: &output)
            emitSplitSpellings(units, to: &output)
            if !alternatives.isEmpty { emitAlternatives(units, positionCount, to: &output) }
        }
        sortTokens(in: &output)
        for piece in pieces where piece.role == .grammar && !isAlternative(piece) {
            output.removed.append(RunRemoved(start: piece.start, end: piece.end, partOfSpeech: piece.tag))
        }
        return RunTokens.Entry(
            firstToken: UInt32(firstToken), tokenCount: UInt16(output.tokens.count - firstToken),
            removedCount: UInt16(output.removed.count - firstRemoved), firstRemoved: UInt32(firstRemoved),
            positionCount: UInt8(positionCount), unitLength: UInt8(unitLength),
            lastRight: lastMorpheme < 0 ? nil : dictionary.view.morphemes[Int(lastMorpheme)].right,
            isOfSentence: alternatives.allSatisfy(\.isUsual) && pieces.last?.tag.isGrammar ?? false)
    }

    /// Whether the run may go without a token: a short particle behind a number, a Latin word or a closing
    /// bracket.
    private func isParticleOnly(after context: LeftContext, length: Int) -> Bool {
        context != .space && length <= 3 && pieces.first?.tag.isParticle ?? false
    }

    /// Syllables at the beginning that are the unit of the number before them: the longest unit in the table
    /// that ends where a morpheme ends, or else a first morpheme that the dictionary calls a unit, if only
    /// grammar follows it.
    private func leadingUnit(_ units: UnsafeBufferPointer<UInt16>) -> Int {
        var best = 0
        for morpheme in lattice.path {
            let length = Int(morpheme.end)
            guard length <= UnitTable.maximumHangulLength else { break }
            if UnitTable.isHangulUnit(units[0..<length]) { best = length }
        }
        guard best == 0, let first = lattice.path.first, first.morpheme >= 0, tag(of: first) == .NNBC,
            lattice.path.dropFirst().allSatisfy({ tag(of: $0).isParticle })
        else { return best }
        return Int(first.end)
    }

    private func tag(of step: PathMorpheme) -> PartOfSpeech {
        step.morpheme < 0 ? .unknown : dictionary.view.morphemes[Int(step.morpheme)].tag
    }

    /// Lays a path out in pieces: compounds in their parts, inflected words in stem and endings.
    mutating func collectPieces(_ path: [PathMorpheme], from offset: Int) {
        pieces.removeAll(keepingCapacity: true)
        lemmas.removeAll(keepingCapacity: true)
        groups.removeAll(keepingCapacity: true)
        lastMorpheme = path.last?.morpheme ?? -1
        for step in path where Int(step.start) >= offset {
            if let index = step.userWord {
                appendUserWord(lattice.user.words[index], from: step.start)
                continue
            }
            guard step.morpheme >= 0 else {
                append(step.start, step.end, .unknown)
                continue
            }
            let morpheme = dictionary.view.morphemes[Int(step.morpheme)]
            var cursor = dictionary.view.expression(of: morpheme)
            guard cursor.remaining > 0, isSound(cursor, over: step) else {
                append(step.start, step.end, morpheme.tag)
                pieces[pieces.count - 1].morpheme = step.morpheme
                continue
            }
            let first = pieces.count
            var start = step.start
            var areLiteral = true
            while let part = cursor.next() {
                if part.isLiteral {
                    append(start, start + UInt8(part.unitCount), part.tag)
                    start += UInt8(part.unitCount)
                } else {
                    areLiteral = false
                    let lemmaStart = lemmas.count
                    for index in 0..<part.unitCount { lemmas.append(part.unit(index)) }
                    append(step.start, step.end, part.tag, lemma: lemmaStart..<lemmas.count)
                }
            }
            if !areLiteral { pieces[first].morpheme = step.morpheme }
            if areLiteral { groups.append((first, pieces.count, morpheme.tag)) }
        }
    }

    /// A user's word whole, or in the parts that the user gave, which count as a compound of the dictionary.
    private mutating func appendUserWord(_ word: UserWord, from start: UInt8) {
        let first = pieces.count
        var start = start
        for length in word.partLengths.isEmpty ? [word.syllables.count] : word.partLengths {
            append(start, start + UInt8(length), .NNP)
            start += UInt8(length)
        }
        if word.partLengths.count > 1 { groups.append((first, pieces.count, .NNP)) }
    }

    /// Whether all parts are literal and their lengths add up to the word, or all have text of their own. A
    /// damaged dictionary may say otherwise; offsets must stay inside of the run.
    private func isSound(_ cursor: ExpressionCursor, over step: PathMorpheme) -> Bool {
        var cursor = cursor
        var sum = 0
        var literalCount = 0
        var count = 0
        while let part = cursor.next() {
            guard part.unitCount > 0 else { return false }
            count += 1
            guard part.isLiteral else { continue }
            literalCount += 1
            sum += part.unitCount
        }
        return literalCount == 0 || literalCount == count && sum == Int(step.end - step.start)
    }

    private mutating func append(_ start: UInt8, _ end: UInt8, _ tag: PartOfSpeech, lemma: Range<Int> = 0..<0)
    {
        pieces.append(Piece(start: start, end: end, tag: tag, role: .noun, lemma: lemma, position: 0))
    }

    mutating func assignRoles(hasContentBefore: Bool) {
        var previous: GrammaticalRole? = hasContentBefore ? .noun : nil
        for index in pieces.indices {
            let role = GrammaticalRole(of: pieces[index].tag, after: previous)
            pieces[index].role = role
            previous = role
        }
    }

    /// A token for each piece that is not grammar; for stems also what is written, endings included.
    private mutating func emitPieces(_ units: UnsafeBufferPointer<UInt16>, to output: inout RunTokens) {
        for (index, piece) in pieces.enumerated() where piece.role != .grammar {
            let span = Int(piece.start)..<Int(piece.end)
            let isStem = piece.role == .predicate || !piece.lemma.isEmpty
            let kind: TokenKind = isStem ? .stem : isJoined(index) ? .part : .word
            if piece.lemma.isEmpty {
                add(
                    units[span], span, position: piece.position, length: Int(piece.length), kind: kind,
                    piece.tag, to: &output)
            } else {
                add(
                    lemmas[piece.lemma], span, position: piece.position, length: Int(piece.length),
                    kind: kind, piece.tag, to: &output)
            }
            if isStem { emitHomographs(of: piece, units, to: &output) }
            guard isStem else {
                if let standard = LoanwordSpelling.standard(units[span]), isNoun(piece.tag) {
                    add(
                        standard[...], span, position: piece.position, length: Int(piece.length),
                        kind: .variant, piece.tag, to: &output)
                }
                continue
            }
            let end = endOfWord(index)
            for next in pieces[(index + 1)...] {
                guard next.role == .grammar, next.end <= end else { break }
                guard next.tag == .ETN, Int(next.end) < units.count else { continue }
                // A stem with a nominal ending is a noun: 쓰기 in 쓰기다.
                let noun = span.lowerBound..<Int(next.end)
                add(
                    units[noun], noun, position: piece.position, length: Int(piece.length), kind: .surface,
                    piece.tag, to: &output)
            }
            let written = span.lowerBound..<Int(end)
            add(
                units[written], written, position: piece.position, length: Int(piece.length),
                kind: .surface, piece.tag, to: &output)
        }
    }

    private mutating func emitSplitSpellings(
        _ units: UnsafeBufferPointer<UInt16>, to output: inout RunTokens
    ) {
        for (index, standard) in splitSpellings(units) {
            let (first, second) = (pieces[index], pieces[index + 1])
            add(
                standard[...], Int(first.start)..<Int(second.end), position: first.position,
                length: Int(first.length + second.length), kind: .variant, .unknown, to: &output)
        }
    }

    /// A foreign word that the dictionary does not know in this spelling falls into two pieces, one of them a
    /// syllable: 브+러쉬. The first of the two, and what the standard makes of both.
    func splitSpellings(_ units: UnsafeBufferPointer<UInt16>) -> [(index: Int, standard: [UInt16])] {
        var found: [(index: Int, standard: [UInt16])] = []
        for (index, (first, second)) in zip(pieces, pieces.dropFirst()).enumerated()
        where first.role == .noun && second.role == .noun && first.end == second.start
            && second.end - first.start <= 4 && min(first.end - first.start, second.end - second.start) == 1
            && first.lemma.isEmpty && second.lemma.isEmpty
        {
            guard let standard = LoanwordSpelling.standard(units[Int(first.start)..<Int(second.end)])
            else { continue }
            found.append((index, standard))
        }
        return found
    }

    /// Where the endings of the stem at `index` end.
    func endOfWord(_ index: Int) -> UInt8 {
        var end = pieces[index].end
        for next in pieces[(index + 1)...] {
            guard next.role == .grammar, next.start == end || next.end == end else { break }
            end = next.end
        }
        return end
    }

    func isNoun(_ tag: PartOfSpeech) -> Bool { tag == .NNG || tag == .NNP || tag == .unknown }

    /// Whether a noun stands directly beside another.
    private func isJoined(_ index: Int) -> Bool {
        let hasLeft = index > 0 && pieces[index - 1].role == .noun
        let hasRight = index + 1 < pieces.count && pieces[index + 1].role == .noun
        return hasLeft || hasRight
    }

    /// Compounds of the dictionary, runs of nouns, everything from the first to the last content, and all of
    /// it with the particles and endings behind it. Only those of the dictionary are morphemes of the
    /// reading, and only they have a part of speech.
    private mutating func emitWholes(_ units: UnsafeBufferPointer<UInt16>, to output: inout RunTokens) {
        for whole in wholes() { emitWhole(whole.first, whole.end, whole.tag, units, to: &output) }
        guard let first = pieces.firstIndex(where: { $0.role != .grammar }),
            let last = pieces.lastIndex(where: { $0.role != .grammar })
        else { return }
        let length = Int(pieces[last].position + pieces[last].length - pieces[first].position)
        let count = pieces[first...last].count(where: { $0.role != .grammar })
        if units.count > Int(pieces[last].end), count <= Self.maximumParts {
            let span = Int(pieces[first].start)..<units.count
            add(
                units[span], span, position: pieces[first].position, length: length, kind: .surface, .unknown,
                to: &output)
        }
    }

    /// The wholes of the reading in `pieces`: from, to (not including), and part of speech. Whether each is
    /// given depends on how many parts it has.
    func wholes() -> [(first: Int, end: Int, tag: PartOfSpeech)] {
        var wholes = groups
        var index = 0
        while index < pieces.count {
            let first = index
            while index < pieces.count, pieces[index].role == .noun { index += 1 }
            if index - first > 1 { wholes.append((first, index, .unknown)) }
            index = max(index, first + 1)
        }
        if let first = pieces.firstIndex(where: { $0.role != .grammar }),
            let last = pieces.lastIndex(where: { $0.role != .grammar })
        {
            wholes.append((first, last + 1, .unknown))
        }
        return wholes
    }

    private mutating func emitWhole(
        _ first: Int, _ end: Int, _ tag: PartOfSpeech, _ units: UnsafeBufferPointer<UInt16>,
        to output: inout RunTokens
    ) {
        let contents = pieces[first..<end]
        guard contents.first?.role != .grammar, contents.last?.role != .grammar else { return }
        let length = Int(pieces[end - 1].position + pieces[end - 1].length - pieces[first].position)
        guard end - first > 1, length > 1, contents.count(where: { $0.role != .grammar }) <= Self.maximumParts
        else { return }
        let span = Int(pieces[first].start)..<Int(pieces[end - 1].end)
        add(
            units[span], span, position: pieces[first].position, length: length, kind: .compound, tag,
            to: &output)
    }

    /// Adds a token unless the same term already stands there with the same length.
    func add(
        _ term: some Collection<UInt16>, _ span: Range<Int>, position: UInt8, length: Int, kind: TokenKind,
        _ tag: PartOfSpeech, to output: inout RunTokens
    ) {
        let (start, count) = output.appendTerm(term)
        for index in firstToken..<output.tokens.count {
            let other = output.tokens[index]
            if other.position == position, Int(other.positionLength) == length, other.termLength == count,
                output.haveSameBytes(Int(other.termStart), Int(start), count: Int(count))
            {
                output.bytes.removeLast(Int(count))
                return
            }
        }
        output.tokens.append(
            RunToken(
                termStart: start, termLength: count, start: UInt8(span.lowerBound),
                end: UInt8(span.upperBound),
                position: position, positionLength: UInt8(length), kind: kind, partOfSpeech: tag))
    }

    /// By position, then those that span more first; stable, and quick for the handful that a run has.
    private func sortTokens(in output: inout RunTokens) {
        var index = firstToken + 1
        while index < output.tokens.count {
            let token = output.tokens[index]
            var place = index
            while place > firstToken {
                let other = output.tokens[place - 1]
                let isBefore =
                    (other.position, token.positionLength) <= (token.position, other.positionLength)
                if isBefore { break }
                output.tokens[place] = other
                place -= 1
            }
            output.tokens[place] = token
            index += 1
        }
    }
}
