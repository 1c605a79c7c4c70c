// The analyzer of one version of the vocabulary, with working memory to lend: a token buffer holds a cache
// of analysed words, which is worth keeping from one request to the next.

import KoreanAnalysis
import Synchronization

/// Analyses texts on any thread.
public final class TextAnalysis: Sendable {
    public let analyzer: KoreanAnalyzer
    /// The words that the analyzer knows beside its dictionary, and the synonyms of queries.
    public let vocabulary: Vocabulary
    private let idle = Mutex<[Lendable]>([])

    /// More idle buffers than this are let go.
    private static let idleCountMax = 64

    // SAFETY: a buffer is in the pool or with one borrower, never both, and the pool is behind a lock.
    private struct Lendable: @unchecked Sendable {
        var buffer: TokenBuffer
    }

    /// An analysis with the dictionary of `analyzer` and the words of `vocabulary`.
    public init(_ analyzer: KoreanAnalyzer, vocabulary: Vocabulary = .builtIn) {
        self.analyzer = KoreanAnalyzer(
            dictionary: analyzer.dictionary, userDictionary: vocabulary.dictionary)
        self.vocabulary = vocabulary
    }

    /// Lends the tokens of `text` to `body`.
    func withTokens<Result, Failure: Error>(
        of text: String, _ body: (borrowing TokenBuffer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The closure of withUTF8 cannot throw a typed error; a result carries it through.
        var text = text
        return try text.withUTF8 { bytes in
            Swift.Result { () throws(Failure) in try withTokens(of: bytes, body) }
        }.get()
    }

    /// Lends the tokens of UTF-8 text to `body`.
    func withTokens<Result, Failure: Error>(
        of text: UnsafeBufferPointer<UInt8>, _ body: (borrowing TokenBuffer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var lent = idle.withLock { $0.popLast() } ?? Lendable(buffer: TokenBuffer())
        defer { idle.withLock { if $0.count < Self.idleCountMax { $0.append(lent) } } }
        analyzer.analyze(text, into: &lent.buffer)
        return try body(lent.buffer)
    }

    /// Lends the tokens and the net of syllables of `text` to `body`.
    func withNet<Result>(
        of text: String, _ body: (borrowing TokenBuffer, SyllableNet) -> Result
    ) -> Result {
        var text = text
        return text.withUTF8 { bytes in
            withTokens(of: bytes) { tokens in
                var net = SyllableNet()
                analyzer.syllableNet(bytes, with: tokens, into: &net)
                return body(tokens, net)
            }
        }
    }
}
