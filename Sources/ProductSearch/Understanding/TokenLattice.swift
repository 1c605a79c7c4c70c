// The tokens of a query by position, as the query builder needs them.
//
// At every position stand the smallest tokens, one position long: a word, a part of a compound, a stem beside
// its surface. Longer tokens span several positions: 삼성노트북 over 삼성, 노트 and 북, and 노트북 over the last two. Some
// spans are one thing whose parts say little alone, because a part is a single syllable (노트+북, 운동+화) or
// because it is a quantity or a model number: those are demanded as a whole, or with their parts side by
// side. The parts of all others may stand anywhere in a product.
//
// Where a run can be split in several ways (카라반+팔 or 카라+반팔), the stretch between the boundaries that all
// readings share is one demand: all words of one reading.

import KoreanAnalysis

/// One analysed stretch of a query.
struct TokenLattice: Sendable {
    /// What a product must have: any of the words, or the phrase, or all units of a reading.
    struct Unit: Sendable, Hashable {
        /// Terms of which one is enough.
        var words: [[UInt8]]
        /// Terms side by side, alternatives at each position; empty where there is none.
        var phrase: [[[UInt8]]] = []
        /// Ways to split it, the likeliest first; empty where there is but one.
        var readings: [[Unit]] = []
        /// The pairs of syllables of what was typed for it.
        var pairs: [[UInt8]] = []
        /// Whether readings with words of one syllable must have them side by side.
        var isOneThing = false

        /// Whether all it stands for is one syllable.
        var isOneSyllable: Bool { words.allSatisfy(TokenLattice.isOneSyllable) }
    }

    /// A term over several positions.
    struct Span: Sendable {
        let term: [UInt8]
        let position: Int
        let length: Int
        let kind: TokenKind
        let bytes: Range<Int>
        var end: Int { position + length }
    }

    /// What is written together and demanded together: a run of Hangul, or one unit of anything else.
    struct Group: Sendable {
        /// What is one thing as one.
        var units: [Unit] = []
        /// The same taken apart as far as it goes.
        var parts: [Unit] = []
        /// The pairs of syllables from the first to the last content.
        var pairs: [[UInt8]] = []
    }

    /// Alternatives at each position, in order.
    private(set) var positions: [[[UInt8]]] = []
    private(set) var spans: [Span] = []
    /// Words one after another in the likeliest reading, each with its forms.
    private(set) var sequence: [[[UInt8]]] = []
    /// What is demanded, in order.
    private(set) var groups: [Group] = []
    /// Positions whose tokens only carry the request (찾고 있어요).
    private(set) var requestPositions: Set<Int> = []
    /// What words sound like; nothing for a request in a sentence, where it would be a guess.
    private(set) var sounds: [[UInt8]] = []
    /// Particles and endings that were left out.
    private(set) var grammarCount = 0
    /// Bytes of the text that each position stands for.
    private var bytes: [Range<Int>] = []
    /// For each position, whether it belongs to a stretch with several readings, and to which: its first
    /// position.
    private var stretches: [Int: Range<Int>] = [:]

    init(_ tokens: borrowing TokenBuffer, net: SyllableNet = SyllableNet()) {
        collect(tokens)
        grammarCount = tokens.removed.count
        findStretches()
        requestPositions = RequestWords.positions(in: tokens)
        sounds = requestPositions.isEmpty ? net.sounds : []
        makeGroups(net.pairs)
    }

    private mutating func collect(_ tokens: borrowing TokenBuffer) {
        for token in tokens.tokens {
            let position = Int(token.position)
            let term = Array(tokens.term(token))
            let range = Int(token.start)..<Int(token.end)
            while positions.count < position + Int(token.positionLength) {
                positions.append([])
                bytes.append(0..<0)
            }
            if token.positionLength > 1 {
                spans.append(
                    Span(
                        term: term, position: position, length: Int(token.positionLength), kind: token.kind,
                        bytes: range))
            } else {
                if !positions[position].contains(term) { positions[position].append(term) }
                if bytes[position].isEmpty || token.kind != .surface { bytes[position] = range }
                if token.kind == .syllable || token.kind == .alternative {
                    spans.append(
                        Span(term: term, position: position, length: 1, kind: token.kind, bytes: range))
                }
            }
        }
    }

    /// Terms of several words written together.
    var wholes: [Span] {
        spans.filter { span in
            span.length > 1 && span.kind != .alternative && span.kind != .syllable
                && !(span.position..<span.end).contains(where: requestPositions.contains)
        }
    }

    /// Every term a match can stand on, for highlighting.
    var allTerms: [[UInt8]] {
        var terms: [[UInt8]] = []
        let syllables = Set(spans.filter { $0.kind == .syllable }.map(\.position))
        for position in positions.indices
        where !requestPositions.contains(position) && !syllables.contains(position) {
            terms += positions[position]
        }
        for span in spans where span.kind != .syllable {
            if !(span.position..<span.end).contains(where: requestPositions.contains) { terms.append(span.term) }
        }
        return terms
    }
}

// MARK: - Readings

extension TokenLattice {
    /// A word of a reading, or its forms where a stem stands beside its surface.
    private struct Edge {
        let end: Int
        var forms: [[UInt8]]
        var isLikeliest: Bool
    }

    private static func isOfReading(_ kind: TokenKind) -> Bool {
        kind == .alternative || kind == .part || kind == .word || kind == .stem
    }

    /// The words that begin at a position, those of the likeliest reading first.
    private func edges(from position: Int) -> [Edge] {
        var edges: [Edge] = []
        var isAlternative = false
        for span in spans where span.position == position && Self.isOfReading(span.kind) {
            guard span.length > 1 else {
                isAlternative = true
                continue
            }
            if let known = edges.firstIndex(where: { $0.end == span.end }) {
                edges[known].forms.append(span.term)
                edges[known].isLikeliest = edges[known].isLikeliest || span.kind != .alternative
            } else {
                edges.append(Edge(end: span.end, forms: [span.term], isLikeliest: span.kind != .alternative))
            }
        }
        if !spans.contains(where: { $0.kind == .syllable && $0.position == position }) {
            edges.append(Edge(end: position + 1, forms: positions[position], isLikeliest: !isAlternative))
        }
        return edges.filter(\.isLikeliest) + edges.filter { !$0.isLikeliest }
    }

    /// A stretch reaches from a boundary that no word of any reading crosses to the next, where it has a word
    /// of another reading than the likeliest.
    private mutating func findStretches() {
        var ends = positions.indices.map { $0 + 1 }
        for span in spans where Self.isOfReading(span.kind) {
            ends[span.position] = max(ends[span.position], span.end)
        }
        var start = 0
        while start < positions.count {
            var end = ends[start]
            var position = start
            while position < end {
                end = max(end, ends[position])
                position += 1
            }
            let hasAlternative = spans.contains {
                $0.kind == .alternative && $0.position >= start && $0.end <= end
            }
            if hasAlternative || end - start > 1 { stretches[start] = start..<end }
            start = end
        }
    }

    /// Most readings of one stretch that are asked for.
    private static let readingCountMax = 6

    /// Ways through a stretch, as words with their forms.
    private func readings(of stretch: Range<Int>) -> [[[[UInt8]]]] {
        var found: [[[[UInt8]]]] = []
        func walk(_ position: Int, _ path: [[[UInt8]]]) {
            guard found.count < Self.readingCountMax else { return }
            guard position < stretch.upperBound else {
                if !path.isEmpty, !found.contains(path) { found.append(path) }
                return
            }
            for edge in edges(from: position) { walk(edge.end, path + [edge.forms]) }
        }
        walk(stretch.lowerBound, [])
        return found
    }
}

// MARK: - Demands

extension TokenLattice {
    private mutating func makeGroups(_ pairs: [SyllablePair]) {
        let runs = Self.runs(of: pairs)
        var lastRun: Range<Int>?
        var position = 0
        while position < positions.count {
            let (units, parts, end) = demand(at: position)
            let range = bytes[position].lowerBound..<max(bytes[position].upperBound, bytes[end - 1].upperBound)
            defer { position = end }
            guard !(position..<end).contains(where: requestPositions.contains), !units.isEmpty else { continue }
            let run = runs.first { $0.contains(range.lowerBound) }
            if run == nil || run != lastRun { groups.append(Group()) }
            lastRun = run
            let last = groups.count - 1
            let own = Self.pairs(pairs, in: range)
            groups[last].units += units.map { unit in
                var unit = unit
                if units.count == 1 { unit.pairs = own }
                return unit
            }
            groups[last].parts += parts
            groups[last].pairs = Self.joined(groups[last].pairs, pairs, run ?? range, until: range.upperBound)
        }
    }

    /// The demand that begins at a position: as one thing, in its parts, and where it ends.
    private mutating func demand(at position: Int) -> (units: [Unit], parts: [Unit], end: Int) {
        if let stretch = stretches[position] {
            let ways = readings(of: stretch)
            guard let likeliest = ways.first else { return ([], [], stretch.upperBound) }
            sequence += likeliest
            let wholes = spans.filter {
                $0.position == position && $0.end == stretch.upperBound && $0.kind == .compound
            }
            let unit = Unit(
                words: wholes.map(\.term), readings: ways.map { way in way.map { Unit(words: $0) } })
            var whole = unit
            whole.isOneThing = true
            return ([whole], [unit], stretch.upperBound)
        }
        let whole = inseparable(at: position)
        guard let longest = whole.max(by: { $0.length < $1.length }) else {
            guard !positions[position].isEmpty else { return ([], [], position + 1) }
            sequence.append(positions[position])
            let unit = Unit(words: positions[position])
            return ([unit], [unit], position + 1)
        }
        let inner = positions[longest.position..<longest.end]
        sequence += inner
        let unit = Unit(
            words: whole.filter { $0.length == longest.length }.map(\.term), phrase: Array(inner))
        return ([unit], inner.filter { !$0.isEmpty }.map { Unit(words: $0) }, longest.end)
    }

    /// The innermost spans that begin at `position` and must not be taken apart.
    private func inseparable(at position: Int) -> [Span] {
        spans.filter { span in
            guard span.position == position, span.length > 1, span.kind != .surface else { return false }
            guard !(span.position + 1..<span.end).contains(where: { stretches[$0] != nil }) else { return false }
            if span.kind == .quantity || span.kind == .model { return true }
            let isInnermost = !spans.contains { other in
                other.length > 1 && other.length < span.length && other.position >= span.position
                    && other.end <= span.end
            }
            return isInnermost
                && positions[span.position..<span.end].contains { forms in
                    forms.allSatisfy(Self.isOneSyllable)
                }
        }
    }

    /// Whether a term is one character of three UTF-8 bytes, as Hangul syllables are.
    fileprivate static func isOneSyllable(_ term: [UInt8]) -> Bool { term.count == 3 && term[0] >= 0xE0 }

    // MARK: Pairs

    /// Bytes of the runs of two syllables and more.
    private static func runs(of pairs: [SyllablePair]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for pair in pairs where !pair.isAcrossBlank {
            if let last = runs.last, last.upperBound > Int(pair.start) {
                runs[runs.count - 1] = last.lowerBound..<Int(pair.end)
            } else {
                runs.append(Int(pair.start)..<Int(pair.end))
            }
        }
        return runs
    }

    private static func pairs(_ pairs: [SyllablePair], in range: Range<Int>) -> [[UInt8]] {
        pairs.filter { !$0.isAcrossBlank && Int($0.start) >= range.lowerBound && Int($0.end) <= range.upperBound }
            .map(\.term)
    }

    /// A group's pairs once its content reaches to `end`; a group of one syllable of content has the whole
    /// run's.
    private static func joined(
        _ known: [[UInt8]], _ all: [SyllablePair], _ run: Range<Int>, until end: Int
    ) -> [[UInt8]] {
        let content = pairs(all, in: run.lowerBound..<max(end, run.lowerBound))
        return content.isEmpty ? pairs(all, in: run) : content
    }
}
