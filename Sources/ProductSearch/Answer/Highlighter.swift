// Marks the matched words in a text. Offsets come from analysing the text again, the way it was analysed when
// it was indexed, so what is marked is what matched. Removing the marks gives the text back, byte for byte.

import KoreanAnalysis

/// Marks terms in texts. Not shared between threads.
struct Highlighter {
    static let opening = "<mark>"
    static let closing = "</mark>"
    /// Longer texts are marked up to here; the rest follows unmarked.
    private static let analysedByteCountMax = 16_384

    private let analysis: TextAnalysis
    private let terms: Set<[UInt8]>
    /// A bit for the hash of each term: most words of a text are told apart by it alone.
    private var hashBits = [UInt64](repeating: 0, count: 16)

    init(analysis: TextAnalysis, terms: Set<[UInt8]>) {
        self.analysis = analysis
        self.terms = terms
        for term in terms {
            let hash = Self.hash(term[...])
            hashBits[hash >> 6] |= 1 << UInt64(hash & 63)
        }
    }

    private static func hash(_ term: ArraySlice<UInt8>) -> Int {
        let hash = term.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        return Int((hash ^ hash >> 15) & 1_023)
    }

    private func isMatch(_ term: ArraySlice<UInt8>) -> Bool {
        let hash = Self.hash(term)
        return hashBits[hash >> 6] >> UInt64(hash & 63) & 1 == 1 && terms.contains(Array(term))
    }

    /// `text` with its matches marked, or nil where nothing matches.
    func highlighted(_ text: String) -> String? {
        guard !terms.isEmpty else { return nil }
        let bytes = Array(text.utf8)
        let ranges = matchedRanges(bytes)
        guard !ranges.isEmpty else { return nil }
        var marked: [UInt8] = []
        marked.reserveCapacity(
            bytes.count + ranges.count * (Self.opening.utf8.count + Self.closing.utf8.count))
        var written = 0
        for range in ranges {
            marked += bytes[written..<range.lowerBound]
            marked += Self.opening.utf8
            marked += bytes[range]
            marked += Self.closing.utf8
            written = range.upperBound
        }
        marked += bytes[written...]
        return String(decoding: marked, as: UTF8.self)
    }

    /// The matched stretches, in order, without overlap; stretches that touch are one.
    private func matchedRanges(_ bytes: [UInt8]) -> [Range<Int>] {
        var found = bytes.withUnsafeBufferPointer { buffer in
            let length = Self.characterBoundary(buffer, atMost: Self.analysedByteCountMax)
            return analysis.withTokens(of: UnsafeBufferPointer(rebasing: buffer[..<length])) { tokens in
                tokens.tokens.compactMap { token in
                    isMatch(tokens.term(token)) ? Int(token.start)..<Int(token.end) : nil
                }
            }
        }
        found.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
        var joined: [Range<Int>] = []
        for range in found where !range.isEmpty {
            if let last = joined.last, range.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }

    /// The greatest length up to `limit` that does not cut a character.
    private static func characterBoundary(_ bytes: UnsafeBufferPointer<UInt8>, atMost limit: Int) -> Int {
        guard bytes.count > limit else { return bytes.count }
        var length = limit
        while length > 0, bytes[length] & 0xC0 == 0x80 { length -= 1 }
        return length
    }
}
