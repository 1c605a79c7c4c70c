// Shows how a text is analysed: what `saekin analyze` and GET /api/v1/analyze answer.

import JSON
import KoreanAnalysis

/// Answers how texts are analysed.
public final class AnalyzeService: Sendable {
    public static let textByteCountMax = 16_384

    private let analysis: @Sendable () -> TextAnalysis

    /// Answers with one analysis.
    public init(analysis: TextAnalysis) { self.analysis = { analysis } }

    /// Answers with the analysis of what `view` shows, as it changes.
    public init(view: LiveView) { analysis = { view.current.analysis } }

    /// `{"tokens": [{"term", "start", "end", "position", "length", "kind", "tag"}], "removed": [...],
    /// "words": [...], "synonyms": [...], "vocabulary": version}`; offsets are UTF-8 bytes of `text`. `words`
    /// are those beside the dictionary that stand in the text, `synonyms` what a query of this text looks for
    /// as well.
    public func answer(_ text: String) throws(RequestError) -> [UInt8] {
        guard text.utf8.count <= Self.textByteCountMax else {
            throw RequestError(.tooLarge, "the text is longer than \(Self.textByteCountMax) bytes; send less")
        }
        let bytes = Array(text.utf8)
        let analysis = analysis()
        var members = analysis.withTokens(of: text) { Self.members($0, bytes) }
        members += analysis.withTokens(of: text) { tokens in
            [
                ("words", .array(Self.words(text, analysis.vocabulary))),
                (
                    "synonyms",
                    .array(
                        Self.synonyms(SynonymExpansion(text, tokens, analysis: analysis, hearsSounds: true)))
                ),
            ]
        }
        members.append(("vocabulary", .integer(Int64(analysis.vocabulary.version))))
        return JSONValue.object(members).jsonBytes
    }

    /// The words beside the dictionary that stand in the text: whose they are, and how they are kept.
    private static func words(_ text: String, _ vocabulary: Vocabulary) -> [JSONValue] {
        let folded = String(decoding: KoreanAnalyzer.folded(text), as: UTF8.self)
        return vocabulary.dictionary.words(in: folded).map { word in
            let name = String(decoding: word.syllables, as: UTF16.self)
            let isUser = vocabulary.words.contains { $0.word == name }
            let learned = vocabulary.learnedWords.first { $0.name == name }
            var members: [(String, JSONValue)] = [
                ("word", .string(name)), ("origin", .string(isUser ? "user" : "learned")),
                ("weight", .integer(Int64(word.weight))), ("split", .strings(word.parts)),
            ]
            if !isUser, let learned {
                members.append(("kind", .string(learned.kind.rawValue)))
                members.append(("count", .integer(Int64(learned.count))))
            }
            return .object(members)
        }
    }

    private static func synonyms(_ expansion: SynonymExpansion) -> [JSONValue] {
        expansion.matches.map { match in
            .object([
                ("start", .integer(Int64(match.bytes.lowerBound))),
                ("end", .integer(Int64(match.bytes.upperBound))),
                ("position", .integer(Int64(match.positions.lowerBound))),
                ("length", .integer(Int64(match.positions.count))),
                ("synonym", .string(match.synonym.text)), ("origin", .string(match.synonym.origin.rawValue)),
                ("rule", .string(match.synonym.rule)),
            ])
        }
    }

    private static func members(
        _ tokens: borrowing TokenBuffer, _ bytes: [UInt8]
    ) -> [(String, JSONValue)] {
        let shown = tokens.tokens.map { token in
            JSONValue.object([
                ("term", .string(String(decoding: tokens.term(token), as: UTF8.self))),
                ("start", .integer(Int64(token.start))), ("end", .integer(Int64(token.end))),
                ("position", .integer(Int64(token.position))),
                ("length", .integer(Int64(token.positionLength))),
                ("kind", .string(token.kind.name)),
                ("tag", .string(token.partOfSpeech.name)),
            ])
        }
        let removed = tokens.removed.map { span in
            JSONValue.object([
                ("text", .string(String(decoding: bytes[Int(span.start)..<Int(span.end)], as: UTF8.self))),
                ("start", .integer(Int64(span.start))), ("end", .integer(Int64(span.end))),
                ("reason", .string(span.reason)),
            ])
        }
        return [("tokens", .array(shown)), ("removed", .array(removed))]
    }
}
