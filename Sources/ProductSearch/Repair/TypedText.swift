// What was typed, cut into what can be repaired and what is taken as it is: stretches of Hangul, stretches of
// Latin letters, and the rest. Letters that touch digits belong to a model number and are never guessed;
// Hangul beside digits (아이폰15) is a word of its own.

import KoreanAnalysis

/// The text of a query, normalised and cut.
struct TypedText: Equatable {
    enum Kind: Equatable {
        case hangul
        case latin
        /// Numbers and models.
        case fixed
        /// Blanks and punctuation.
        case gap
    }

    struct Stretch: Equatable {
        let kind: Kind
        var text: String

        /// Whether it is nothing but consonants, as whoever saves keys types a word.
        var isInitials: Bool {
            kind == .hangul && text.unicodeScalars.count > 1
                && text.unicodeScalars.allSatisfy(Dubeolsik.isConsonant)
        }
    }

    private(set) var stretches: [Stretch] = []
    /// The text, normalised.
    let text: String

    init(_ text: String, analyzer: KoreanAnalyzer) {
        self.text = String(decoding: analyzer.folded(text), as: UTF8.self)
        for scalar in self.text.unicodeScalars {
            let kind = Self.kind(scalar)
            if let last = stretches.indices.last, stretches[last].kind == kind {
                stretches[last].text.unicodeScalars.append(scalar)
            } else {
                stretches.append(Stretch(kind: kind, text: String(scalar)))
            }
        }
        joinModels()
    }

    private static func kind(_ scalar: Unicode.Scalar) -> Kind {
        if Dubeolsik.isHangul(scalar) { return .hangul }
        if scalar.isASCII, Dubeolsik.keyIndex(UInt8(scalar.value)) != nil { return .latin }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil ? .fixed : .gap
    }

    /// Letters and digits side by side become one stretch.
    private mutating func joinModels() {
        var joined: [Stretch] = []
        for stretch in stretches {
            if let last = joined.last, last.kind == .fixed, stretch.kind == .latin || stretch.kind == .fixed {
                joined[joined.count - 1].text += stretch.text
            } else if let last = joined.last, last.kind == .latin, stretch.kind == .fixed {
                joined[joined.count - 1] = Stretch(kind: .fixed, text: last.text + stretch.text)
            } else {
                joined.append(stretch)
            }
        }
        stretches = joined
    }

    /// How many stretches are not gaps.
    var wordCount: Int { stretches.count { $0.kind != .gap } }

    /// The text with stretches replaced; several texts for one stretch become words.
    func replacing(_ replacements: [Replacement]) -> String {
        stretches.enumerated().map { index, stretch in
            let texts = replacements.filter { $0.stretch == index }.map(\.text)
            return texts.isEmpty ? stretch.text : texts.joined(separator: " ")
        }.joined()
    }
}

/// A text for a stretch.
struct Replacement: Equatable {
    let stretch: Int
    let text: String
}
