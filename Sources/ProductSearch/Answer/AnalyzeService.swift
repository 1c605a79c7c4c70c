// Shows how a text is analysed: what `saekin analyze` and GET /api/v1/analyze answer.

import JSON
import KoreanAnalysis

/// Answers how texts are analysed.
public final class AnalyzeService: Sendable {
    public static let textByteCountMax = 16_384

    private let analysis: TextAnalysis

    public init(analysis: TextAnalysis) { self.analysis = analysis }

    /// `{"tokens": [{"term", "start", "end", "position", "length", "kind", "tag"}], "removed": [...]}`; offsets are
    /// UTF-8 bytes of `text`.
    public func answer(_ text: String) throws(RequestError) -> [UInt8] {
        guard text.utf8.count <= Self.textByteCountMax else {
            throw RequestError(.tooLarge, "the text is longer than \(Self.textByteCountMax) bytes; send less")
        }
        let bytes = Array(text.utf8)
        return analysis.withTokens(of: text) { Self.json($0, bytes) }
    }

    private static func json(_ tokens: borrowing TokenBuffer, _ bytes: [UInt8]) -> [UInt8] {
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
        return JSONValue.object([("tokens", .array(shown)), ("removed", .array(removed))]).jsonBytes
    }
}
