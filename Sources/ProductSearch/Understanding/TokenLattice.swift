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
        /// Other ways to say it: all units of a way must be met. What synonyms add.
        var ways: [[Unit]] = []
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

    /// A unit and the positions it stands for.
    struct PlacedUnit: Sendable {
        let unit: Unit
        let positions: Range<Int>
    }

    /// Alternatives at each position, in order.
    private(set) var positions: [[[UInt8]]] = []
    private(set) var spans: [Span] = []
    /// Words one after another in the likeliest reading, each with its forms.
    private(set) var sequence: [[[UInt8]]] = []
    /// What is demanded as one thing where it is one, in the order of the text.
    private(set) var placedUnits: [PlacedUnit] = []
    /// The same taken apart as far as it goes.
    private(set) var placedParts: [PlacedUnit] = []
    /// Positions whose tokens only carry the request (찾고 있어요).
    private(set) var requestPositions: Set<Int> = []
    /// What words sound like; nothing for a request in a sentence, where it would be a guess.
    private(set) var sounds: [[UInt8]] = []
    /// Particles and endings that were left out.
    private(set) var grammarCount = 0
    /// Bytes of the text that each position stands for.
    private var bytes: [Range<Int>] = []
    private var pairs: [SyllablePair] = []
    /// Bytes of what was taken for an ending, which may be the rest of a name.
    private var endings: [Range<Int>] = []
    /// More positions are not looked at: a query has a few words.
    private static let positionCountMax = 192
    /// For each position, whether it belongs to a stretch with several readings, and to which: its first
    /// position.
    private var stretches: [Int: Range<Int>] = [:]

    init(_ tokens: borrowing TokenBuffer, net: SyllableNet = SyllableNet()) {
        collect(tokens)
        pairs = net.pairs
        grammarCount = tokens.removed.count
        endings = tokens.removed.filter { $0.reason != "particle" }.map { Int($0.start)..<Int($0.end) }
        findStretches()
        requestPositions = RequestWords.positions(in: tokens)
        sounds = requestPositions.isEmpty ? net.sounds : []
        placeUnits()
    }

    private mutating func collect(_ tokens: borrowing TokenBuffer) {
        for token in tokens.tokens {
            let position = Int(token.position)
            guard position + Int(token.positionLength) <= Self.positionCountMax else { break }
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
            span.length > 1 && span.kind != .alternative && span.kind != .syllable && span.kind != .variant
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
            if !(span.position..<span.end).contains(where: requestPositions.contains) {
                terms.append(span.term)
            }
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
        kind == .alternative || kind == .part || kind == .word || kind == .stem || kind == .variant
    }

    private static func isLikeliest(_ kind: TokenKind) -> Bool { kind != .alternative && kind != .variant }

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
                edges[known].isLikeliest = edges[known].isLikeliest || Self.isLikeliest(span.kind)
            } else {
                edges.append(
                    Edge(end: span.end, forms: [span.term], isLikeliest: Self.isLikeliest(span.kind)))
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
                ($0.kind == .alternative || $0.kind == .variant) && $0.position >= start && $0.end <= end
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
    private mutating func placeUnits() {
        var position = 0
        while position < positions.count {
            let (unit, parts, end) = demand(at: position)
            defer { position = end }
            guard let unit, !(position..<end).contains(where: requestPositions.contains) else { continue }
            placedUnits.append(PlacedUnit(unit: paired(unit, position..<end), positions: position..<end))
            placedParts += parts
        }
    }

    /// The demand that begins at a position: as one thing, in its parts, and where it ends.
    private mutating func demand(at position: Int) -> (unit: Unit?, parts: [PlacedUnit], end: Int) {
        if let stretch = stretches[position] {
            let ways = readings(of: stretch)
            guard let likeliest = ways.first else { return (nil, [], stretch.upperBound) }
            sequence += likeliest
            // A word of the likeliest reading may be the whole, where another reading cuts it.
            let wholes = spans.filter {
                $0.position == position && $0.end == stretch.upperBound
                    && ($0.kind == .compound || $0.kind == .word || $0.kind == .part)
            }
            var unit = Unit(
                words: wholes.map(\.term), readings: ways.map { way in way.map { Unit(words: $0) } })
            let part = PlacedUnit(unit: unit, positions: stretch)
            unit.isOneThing = true
            return (unit, [part], stretch.upperBound)
        }
        let whole = inseparable(at: position)
        guard let longest = whole.max(by: { $0.length < $1.length }) else {
            guard !positions[position].isEmpty else { return (nil, [], position + 1) }
            sequence.append(positions[position])
            let unit = part(at: position)
            return (unit, [PlacedUnit(unit: unit, positions: position..<position + 1)], position + 1)
        }
        let range = longest.position..<longest.end
        sequence += positions[range]
        let unit = Unit(
            words: whole.filter { $0.length == longest.length }.map(\.term) + joined(over: range),
            phrase: Array(positions[range]))
        let parts = range.filter { !positions[$0].isEmpty }.map {
            PlacedUnit(unit: part(at: $0), positions: $0..<$0 + 1)
        }
        return (unit, parts, longest.end)
    }

    /// The words at a position, each with what it makes together with its neighbours: of "sm s918n" sm or
    /// sms918n, and s918n or sms918n.
    func part(at position: Int) -> Unit {
        Unit(words: positions[position] + joined(over: position..<position + 1))
    }

    /// Letters and digits that may be one thing with what stands beside them, if they cover `range`.
    private func joined(over range: Range<Int>) -> [[UInt8]] {
        spans.filter { span in
            span.kind == .joined && span.position <= range.lowerBound && span.end >= range.upperBound
        }.map(\.term)
    }

    /// The innermost spans that begin at `position` and must not be taken apart.
    private func inseparable(at position: Int) -> [Span] {
        spans.filter { span in
            guard span.position == position, span.length > 1, span.kind != .surface,
                span.kind != .joined
            else { return false }
            guard !(span.position + 1..<span.end).contains(where: { stretches[$0] != nil }) else {
                return false
            }
            if span.kind == .quantity || span.kind == .model { return true }
            let isInnermost = !spans.contains { other in
                other.kind != .joined && other.length > 1 && other.length < span.length
                    && other.position >= span.position
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

    private func paired(_ unit: Unit, _ range: Range<Int>) -> Unit {
        var unit = unit
        unit.pairs = pairs(in: bytes(of: range))
        return unit
    }

    private func bytes(of range: Range<Int>) -> Range<Int> {
        let own = bytes[range]
        let start = own.map(\.lowerBound).min() ?? 0
        return start..<contentEnd(behind: max(start, own.map(\.upperBound).max() ?? 0))
    }

    private func contentEnd(behind end: Int) -> Int {
        var end = end
        for ending in endings where ending.lowerBound <= end { end = max(end, ending.upperBound) }
        return end
    }

    private func pairs(in range: Range<Int>) -> [[UInt8]] {
        pairs.filter {
            !$0.isAcrossBlank && Int($0.start) >= range.lowerBound && Int($0.end) <= range.upperBound
        }.map(\.term)
    }

    /// The run of Hangul in which a position stands: its bytes; nil for other scripts and lone syllables.
    func run(at position: Int) -> Range<Int>? {
        var run: Range<Int>?
        for pair in pairs where !pair.isAcrossBlank {
            if let last = run, last.upperBound > Int(pair.start) {
                run = last.lowerBound..<Int(pair.end)
            } else {
                if let last = run, last.contains(bytes[position].lowerBound) { return last }
                run = Int(pair.start)..<Int(pair.end)
            }
        }
        return run.flatMap { $0.contains(bytes[position].lowerBound) ? $0 : nil }
    }

    /// The pairs of a run from its beginning to the end of its content; where that is a lone syllable, of all
    /// of it.
    func pairs(of run: Range<Int>, contentEnd position: Int) -> [[UInt8]] {
        let content = pairs(
            in: run.lowerBound..<max(run.lowerBound, contentEnd(behind: bytes[position].upperBound)))
        return content.isEmpty ? pairs(in: run) : content
    }
}
