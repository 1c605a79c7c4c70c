// What the analyzer gives: tokens on a lattice of positions. See KoreanAnalysis.docc/Tokens.md.

/// What a token is.
public enum TokenKind: UInt8, Sendable, CaseIterable {
    /// A word of one part.
    case word
    /// Several parts written together, whole: spans all their positions.
    case compound
    /// One part of a compound.
    case part
    /// The stem of a verb or adjective, or of an English word, at the position of what was written.
    case stem
    /// What was written, with the particles and endings that its other tokens lack.
    case surface
    /// A word in Latin, Greek or Cyrillic letters.
    case latin
    /// A number.
    case number
    /// The unit after a number.
    case unit
    /// A number and its unit, as written or brought to a base unit.
    case quantity
    /// A model number or another mixture of letters, digits and joiners, whole, without the joiners.
    case model
    /// One part of a model number.
    case modelPart
    /// Letters and digits on both sides of a blank as if written together: a guess beside what is written.
    case joined
    /// A Chinese character or a run of them, or kana.
    case han
    /// A word in another script.
    case other
    /// A word of another reading of the same run: 반팔 beside 카라반 and 팔.
    case alternative
    /// What lies between the boundaries of different readings, where no reading has a word of its own.
    case syllable
    /// The spelling that all ways to write a foreign word share.
    case variant

    /// The kind's name in output.
    public var name: String { "\(self)" }
}

/// One term occurrence in the analysed text.
public struct Token: Sendable, Hashable {
    /// Where the term begins in `TokenBuffer.termBytes`.
    public var termStart: UInt32
    /// First byte of the occurrence in the original text.
    public var start: UInt32
    /// First byte after the occurrence in the original text.
    public var end: UInt32
    /// Position of the first part, counted from 0 over the text.
    public var position: UInt32
    /// Bytes of the term.
    public var termLength: UInt16
    /// How many positions the token spans; 1 unless it is whole beside its parts.
    public var positionLength: UInt16
    /// What the token is.
    public var kind: TokenKind
    /// Part of speech of the morpheme, `unknown` where the token is none. A compound is one where it is a
    /// word of the dictionary.
    public var partOfSpeech: PartOfSpeech
}

/// A stretch of text that gave no token of its own because it is grammar: a particle, an ending, the copula.
public struct RemovedSpan: Sendable, Hashable {
    /// First byte in the original text.
    public var start: UInt32
    /// First byte after it in the original text.
    public var end: UInt32
    /// Its part of speech, the reason for leaving it out.
    public var partOfSpeech: PartOfSpeech

    /// The reason in a word.
    public var reason: String {
        if partOfSpeech.isParticle { return "particle" }
        if partOfSpeech.isEnding { return "ending" }
        return partOfSpeech == .VCP ? "copula" : "suffix"
    }
}

/// Results of an analysis and the memory it works in. Reuse one for many texts: after the first few, an
/// analysis allocates nothing. A copy shares the working memory with the original, so both belong to one
/// thread.
public struct TokenBuffer {
    /// Tokens, by position; at one position those that span more come first.
    public internal(set) var tokens: [Token] = []
    /// The terms' bytes (UTF-8), one after another in no special order.
    public internal(set) var termBytes: [UInt8] = []
    /// Particles and endings that were left out, in the order of the text.
    public internal(set) var removed: [RemovedSpan] = []
    /// How many positions the text has; every position below it has a token of one position.
    public internal(set) var positionCount: UInt32 = 0
    let scratch = AnalysisScratch()

    /// An empty buffer.
    public init() {}

    /// The bytes of a token's term.
    public func term(_ token: Token) -> ArraySlice<UInt8> {
        termBytes[Int(token.termStart)..<Int(token.termStart) + Int(token.termLength)]
    }

    /// A token's term as a string.
    public func text(_ token: Token) -> String { String(decoding: term(token), as: UTF8.self) }

    mutating func removeAll() {
        tokens.removeAll(keepingCapacity: true)
        termBytes.removeAll(keepingCapacity: true)
        removed.removeAll(keepingCapacity: true)
        positionCount = 0
    }
}
