// Which readings of a run are given, and where their words stand. The likeliest reading gives the run's
// words, parts and stems; a word that only another competitive reading has is an `alternative` over the
// syllables that it covers. Positions lie between the boundaries of all readings together, so 카라반팔 as 카라반+팔
// and as 카라+반팔 has three: 카라, 반, 팔. 카라반 spans the first two, 반팔 the last two, and 반, which no reading has,
// is a `syllable`.

extension RunAnalysis {
    /// A word of another reading.
    struct Alternative: Equatable {
        var start: UInt8
        var end: UInt8
        var tag: PartOfSpeech
        /// The standard spelling, where the word is a foreign one that is written otherwise.
        var standard: [UInt16]?
        /// Whether it is of the reading by the dictionary, beside a word that is coined.
        var isUsual = false
        var position: UInt8 = 0
        var length: UInt8 = 0
    }

    /// What competes: how much dearer than the best a reading may be, how many are looked at, and how many
    /// may add words.
    enum Competition {
        static let margin: Int32 = 600
        static let readingCountMax = 12
        static let addedReadingCountMax = 3
        /// A run longer than this is text without blanks, where combinations would be endless.
        static let runLengthMax = 24
    }

    /// Lays out the likeliest reading in `pieces` and collects the words of its rivals. In a sentence the
    /// reading by what goes before is the likeliest, and what it would be alone is the first of the rivals.
    /// So too where a word that the dictionary does not know costs less than those that it cuts it into.
    mutating func collectReadings(
        _ units: UnsafeBufferPointer<UInt16>, context: LeftContext, previous: UInt16?,
        _ hasContentBefore: Bool
    ) {
        let afterSpace = context == .space
        let isShort = units.count > 1 && units.count <= Competition.runLengthMax
        defer { if isShort { addSpellings(units) } }
        let usual = lattice.path
        var rivals: [[PathMorpheme]] = []
        if isShort {
            rivals = lattice.rivals(
                length: units.count, afterSpace: afterSpace, margin: Competition.margin,
                count: Competition.readingCountMax
            ).map(\.path)
        }
        if previous != nil || isShort && Lattice.mayBeCoined(at: lattice.cost) {
            lattice.search(units, context: context, previous: previous, coined: isShort)
        }
        let least = lattice.path
        lay(least, hasContentBefore)
        if rivals.count <= 1, rivals.first ?? least == least, usual == least { return }
        var chosen = least
        if let best = rivals.first, hasGrammarInside(afterSpace: afterSpace) {
            // What a model of sentences takes for grammar inside of a name is content: 로고 in 와이드로고팬츠.
            chosen = best
        }
        if usual != least, usual != chosen {
            lay(chosen, hasContentBefore)
            let contents = pieces.filter { $0.role != .grammar }
            lay(usual, hasContentBefore)
            if isCoined(chosen, beside: usual) {
                addUsual(units)
            } else {
                addAlternatives(beside: chosen, evenShort: true)
            }
            if losesNoun(beside: contents) {
                chosen = usual
                alternatives.removeAll(keepingCapacity: true)
            }
        }
        var added = 0
        for rival in rivals where added < Competition.addedReadingCountMax {
            lay(rival, hasContentBefore)
            if addAlternatives(beside: chosen) { added += 1 }
        }
        lay(chosen, hasContentBefore)
        guard areDisjoint else { return alternatives.removeAll(keepingCapacity: true) }
        alternatives.removeAll { word in
            pieces.contains { $0.role != .grammar && $0.start == word.start && $0.end == word.end }
        }
    }

    /// Listed spellings of foreign words, wherever the readings have their boundaries.
    private mutating func addSpellings(_ units: UnsafeBufferPointer<UInt16>) {
        guard areDisjoint else { return }
        var position = 0
        while position < units.count {
            guard let (length, standard) = LoanwordSpelling.listed(units, at: position) else {
                position += 1
                continue
            }
            alternatives.append(
                Alternative(
                    start: UInt8(position), end: UInt8(position + length), tag: .NNG, standard: standard))
            position += length
        }
    }

    private mutating func lay(_ path: [PathMorpheme], _ hasContentBefore: Bool) {
        collectPieces(path, from: 0)
        assignRoles(hasContentBefore: hasContentBefore)
    }

    /// Whether grammar stands directly before a noun, or begins a run that has more.
    private func hasGrammarInside(afterSpace: Bool) -> Bool {
        for (index, piece) in pieces.enumerated() where index + 1 < pieces.count && piece.role == .grammar {
            if index == 0, afterSpace { return true }
            if piece.tag != .ETM, pieces[index + 1].role == .noun, pieces[index + 1].start >= piece.end {
                return true
            }
        }
        return false
    }

    /// Whether the reading in `pieces` has a noun of two syllables or more, or a compound, that is neither in
    /// `contents` nor an alternative.
    private func losesNoun(beside contents: [Piece]) -> Bool {
        func isKept(_ start: UInt8, _ end: UInt8) -> Bool {
            end - start < 2 || contents.contains { $0.start == start && $0.end == end }
                || alternatives.contains { $0.start == start && $0.end == end }
        }
        return pieces.contains { $0.role == .noun && !isKept($0.start, $0.end) }
            || groups.contains { !isKept(pieces[$0.first].start, pieces[$0.end - 1].end) }
    }

    /// Whether no two pieces of content share a syllable, so that boundaries tell where each stands.
    private var areDisjoint: Bool {
        var end: UInt8 = 0
        for piece in pieces where piece.role != .grammar {
            if piece.start < end { return false }
            end = piece.end
        }
        return true
    }

    /// Takes the words of the reading in `pieces` that are not known yet; false if there are none. A
    /// reading in verbs adds nothing: shops sell nouns. Words of one syllable are not worth a reading of
    /// their own, unless `evenShort`.
    @discardableResult
    private mutating func addAlternatives(beside chosen: [PathMorpheme], evenShort: Bool = false) -> Bool {
        let contents = pieces.filter { $0.role != .grammar }
        guard areDisjoint, contents.allSatisfy({ $0.role == .noun && $0.lemma.isEmpty }) else { return false }
        var hasNew = false
        var found: [Alternative] = []
        for piece in contents
        where !chosen.contains(where: { $0.start == piece.start && $0.end == piece.end }) {
            let word = Alternative(start: piece.start, end: piece.end, tag: piece.tag)
            if alternatives.contains(where: { $0.start == word.start && $0.end == word.end }) { continue }
            found.append(word)
            hasNew = hasNew || evenShort || word.end - word.start > 1
        }
        guard hasNew else { return false }
        alternatives += found
        return true
    }

    /// Whether a reading begins with a word that is coined.
    private func isCoined(_ path: [PathMorpheme], beside usual: [PathMorpheme]) -> Bool {
        path.first?.morpheme == -1 && path.first != usual.first
    }

    /// Takes what is written of the reading by the dictionary in `pieces`, beside a word that is coined: its
    /// nouns, its verbs with their endings, its wholes, and the standard spelling of what is foreign.
    private mutating func addUsual(_ units: UnsafeBufferPointer<UInt16>) {
        guard areDisjoint else { return }
        func add(_ start: UInt8, _ end: UInt8, _ tag: PartOfSpeech, _ standard: [UInt16]? = nil) {
            let isKnown = alternatives.contains {
                $0.start == start && $0.end == end && $0.standard == standard
            }
            guard !isKnown else { return }
            alternatives.append(
                Alternative(start: start, end: end, tag: tag, standard: standard, isUsual: true))
        }
        for (index, piece) in pieces.enumerated() where piece.role != .grammar {
            add(piece.start, piece.role == .predicate ? endOfWord(index) : piece.end, piece.tag)
            guard isNoun(piece.tag), piece.lemma.isEmpty,
                let standard = LoanwordSpelling.standard(units[Int(piece.start)..<Int(piece.end)])
            else { continue }
            add(piece.start, piece.end, piece.tag, standard)
        }
        for whole in wholes() where whole.end - whole.first <= Self.maximumParts {
            let contents = pieces[whole.first..<whole.end]
            guard contents.first?.role != .grammar, contents.last?.role != .grammar else { continue }
            add(pieces[whole.first].start, pieces[whole.end - 1].end, whole.tag)
        }
        for (index, standard) in splitSpellings(units) {
            add(pieces[index].start, pieces[index + 1].end, .unknown, standard)
        }
    }

    /// Whether a piece of grammar is content in another reading.
    func isAlternative(_ piece: Piece) -> Bool {
        alternatives.contains { $0.start < piece.end && piece.start < $0.end }
    }

    // MARK: Positions

    /// One position a piece of content; how many there are.
    mutating func numberPieces(from first: Int) -> Int {
        var count = first
        for index in pieces.indices where pieces[index].role != .grammar {
            pieces[index].position = UInt8(count)
            count += 1
        }
        return count
    }

    /// One position for each stretch between boundaries of any reading that some reading has content in.
    mutating func numberBoundaries() -> Int {
        var isBoundary = [Bool](repeating: false, count: Lattice.maximumLength + 1)
        var isContent = [Bool](repeating: false, count: Lattice.maximumLength + 1)
        func mark(_ start: UInt8, _ end: UInt8) {
            isBoundary[Int(start)] = true
            isBoundary[Int(end)] = true
            for unit in start..<end { isContent[Int(unit)] = true }
        }
        for piece in pieces where piece.role != .grammar { mark(piece.start, piece.end) }
        for word in alternatives { mark(word.start, word.end) }
        // The position of each syllable: that of the last boundary before it.
        var numbers = [UInt8](repeating: 0, count: Lattice.maximumLength + 2)
        var count: UInt8 = 0
        for unit in 0...Lattice.maximumLength {
            numbers[unit] = count
            if isContent[unit], unit == Lattice.maximumLength || isBoundary[unit + 1] { count += 1 }
        }
        for index in pieces.indices where pieces[index].role != .grammar {
            pieces[index].position = numbers[Int(pieces[index].start)]
            pieces[index].length = numbers[Int(pieces[index].end)] - pieces[index].position
        }
        for index in alternatives.indices {
            alternatives[index].position = numbers[Int(alternatives[index].start)]
            alternatives[index].length = numbers[Int(alternatives[index].end)] - alternatives[index].position
        }
        return Int(count)
    }

    /// The words of other readings, and what stands at positions at which no reading has a word.
    mutating func emitAlternatives(
        _ units: UnsafeBufferPointer<UInt16>, _ positionCount: Int, to output: inout RunTokens
    ) {
        var hasWord = [Bool](repeating: false, count: positionCount)
        var bounds = [(start: UInt8, end: UInt8)](repeating: (0, .max), count: positionCount)
        func note(_ start: UInt8, _ end: UInt8, _ position: UInt8, _ length: UInt8) {
            let (first, last) = (Int(position), Int(position + length) - 1)
            if length == 1 { hasWord[first] = true }
            bounds[first].start = max(bounds[first].start, start)
            bounds[last].end = min(bounds[last].end, end)
            // What ends here begins the next position, and the other way round, where content goes on.
            if first > 0 { bounds[first - 1].end = min(bounds[first - 1].end, start) }
            if last + 1 < positionCount { bounds[last + 1].start = max(bounds[last + 1].start, end) }
        }
        for piece in pieces where piece.role != .grammar {
            note(piece.start, piece.end, piece.position, piece.length)
        }
        for word in alternatives {
            note(word.start, word.end, word.position, word.length)
            let span = Int(word.start)..<Int(word.end)
            if let standard = word.standard {
                add(
                    standard[...], span, position: word.position, length: Int(word.length), kind: .variant,
                    word.tag, to: &output)
                // Beside it stands what is written, unless another reading has that.
                if word.length == 1 {
                    add(
                        units[span], span, position: word.position, length: 1, kind: .alternative, word.tag,
                        to: &output)
                }
                continue
            }
            add(
                units[span], span, position: word.position, length: Int(word.length), kind: .alternative,
                word.tag, to: &output)
        }
        for position in 0..<positionCount where !hasWord[position] {
            let span = Int(bounds[position].start)..<Int(bounds[position].end)
            add(
                units[span], span, position: UInt8(position), length: 1, kind: .syllable, .unknown,
                to: &output)
        }
    }
}
