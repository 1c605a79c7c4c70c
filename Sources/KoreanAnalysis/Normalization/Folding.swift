// Text in the one form in which it is compared: what normalisation makes of it, with single blanks.

extension KoreanAnalyzer {
    /// `text` normalised (NFKC, lower case, ignorable characters removed), runs of white space as one blank,
    /// none at either end; as UTF-8. Two texts that a shopper would call the same give the same bytes.
    public func folded(_ text: String) -> [UInt8] { Self.folded(text) }

    /// The same without an analyzer: folding asks no dictionary.
    public static func folded(_ text: String) -> [UInt8] {
        var text = text
        var normalized = NormalizedText()
        text.withUTF8 { normalized.normalize($0, 0..<$0.count) }
        var folded: [UInt8] = []
        folded.reserveCapacity(text.utf8.count)
        var isBlankDue = false
        for scalar in normalized.scalars {
            guard scalar.category != CharacterCategory.space else {
                isBlankDue = !folded.isEmpty
                continue
            }
            if isBlankDue { folded.append(0x20) }
            isBlankDue = false
            folded.append(contentsOf: String(Unicode.Scalar(scalar.value) ?? "\u{FFFD}").utf8)
        }
        return folded
    }
}
