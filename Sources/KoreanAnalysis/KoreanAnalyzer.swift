// The analyzer: text to tokens. It cuts the text at white space, symbols and changes of script; runs of
// Hangul go to the lattice (by way of the cache), runs of letters and digits to the rules in Latin/ and
// Numbers/. Nothing to the right of white space changes what is to its left.

import CICU

/// Splits Korean text, and the Latin words, numbers and model numbers among it, into tokens for a search
/// index.
///
/// Safe to share between threads; the working memory is in the `TokenBuffer`, of which each thread has its
/// own.
public final class KoreanAnalyzer: Sendable {
    /// The dictionary in use.
    public let dictionary: MorphologicalDictionary
    /// Words beside it.
    public let userDictionary: UserDictionary

    /// Longest run of letters and digits that is one token; a longer one is cut here.
    public static let maximumTokenScalars = 255
    /// Longest run of Hangul without white space that is analysed at once; a longer one is cut here.
    public static let maximumHangulRun = Lattice.maximumLength
    /// Text is worked on in stretches of about so many bytes, cut at white space where there is any.
    static let windowByteCount = 16_384

    /// An analyzer over a dictionary and the words beside it.
    public init(dictionary: MorphologicalDictionary, userDictionary: UserDictionary = .empty) {
        self.dictionary = dictionary
        self.userDictionary = userDictionary
    }

    /// Analyses UTF-8 text and puts the tokens into `buffer`, in place of what it held. Invalid bytes are
    /// read as U+FFFD. Time is linear in the length of the text.
    ///
    /// - Precondition: the text is shorter than 4 GiB, the range of token offsets.
    public func analyze(_ text: UnsafeBufferPointer<UInt8>, into buffer: inout TokenBuffer) {
        precondition(text.count <= Int(UInt32.max), "text of 4 GiB or more")
        buffer.removeAll()
        let scratch = buffer.scratch
        let cache = scratch.cache(for: dictionary, userDictionary)
        scratch.neighbours.removeAll()
        var start = 0
        while start < text.count {
            let end = Self.windowEnd(text, from: start)
            scratch.text.normalize(text, start..<end)
            scratch.text.scalars.withUnsafeBufferPointer {
                buffer.emit($0, cache: cache, neighbours: &scratch.neighbours)
            }
            start = end
        }
    }

    /// Analyses UTF-8 bytes.
    public func analyze(_ text: [UInt8], into buffer: inout TokenBuffer) {
        text.withUnsafeBufferPointer { analyze($0, into: &buffer) }
    }

    /// Analyses a string.
    public func analyze(_ text: String, into buffer: inout TokenBuffer) {
        var text = text
        text.withUTF8 { analyze($0, into: &buffer) }
    }

    /// Where a window that begins at `start` ends: at the end of the text; after the last blank in reach;
    /// else before the last character in reach that combines with nothing before it; else between two code
    /// points.
    static func windowEnd(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let limit = start + windowByteCount
        guard limit < text.count else { return text.count }
        var index = limit
        while index > start {
            if text[index - 1] == 0x20 || text[index - 1] == 0x0A { return index }
            index -= 1
        }
        index = limit
        while index > start {
            if text[index] < 0x80 || UTF8Decoder.syllable(text, at: index, end: text.count) != nil {
                return index
            }
            index -= 1
        }
        index = limit
        while index > limit - 3, text[index] & 0xC0 == 0x80 { index -= 1 }
        return text[index] & 0xC0 == 0x80 ? limit : index
    }
}

/// Working memory of one thread's analyses.
final class AnalysisScratch {
    var text = NormalizedText()
    var stem: [UInt8] = []
    var neighbours = Neighbours()
    private var cache: AnalysisCache?
    private var dictionary: MorphologicalDictionary?
    private var fingerprint: UInt64 = 0

    /// The cache of analyses with these dictionaries; that of others is forgotten.
    func cache(for dictionary: MorphologicalDictionary, _ user: UserDictionary) -> AnalysisCache {
        if let cache, self.dictionary === dictionary, fingerprint == user.fingerprint { return cache }
        let made = AnalysisCache(dictionary, user: user)
        self.dictionary = dictionary
        fingerprint = user.fingerprint
        cache = made
        return made
    }
}
