// Stems that share an inflected form: 들었는데 is 들다 or 듣다, 산 is 사다 or 살다. Where the dictionary's costs do
// not tell them apart, the text may mean either, so each is a stem at the position.

extension RunAnalysis {
    /// The stems of the other readings of a stem's stretch that cost the same before and behind everything.
    mutating func emitHomographs(
        of piece: Piece, _ units: UnsafeBufferPointer<UInt16>, to output: inout RunTokens
    ) {
        guard piece.morpheme >= 0, piece.tag.isPredicate else { return }
        let span = Int(piece.start)..<Int(piece.end)
        var walk = TrieWalk(dictionary.view)
        for unit in units[span] where !walk.step(unit) { return }
        guard let (first, count) = walk.value else { return }
        let own = dictionary.view.morphemes[Int(piece.morpheme)]
        for index in first..<first + count where index != Int(piece.morpheme) {
            let other = dictionary.view.morphemes[index]
            guard other.left == own.left, other.right == own.right, other.cost == own.cost else { continue }
            var cursor = dictionary.view.expression(of: other)
            guard let part = cursor.next() else {
                if other.tag.isPredicate, other.tag != .VCP {
                    addStem(units[span], other.tag, of: piece, to: &output)
                }
                continue
            }
            guard !part.isLiteral, part.tag.isPredicate, part.tag != .VCP else { continue }
            addStem((0..<part.unitCount).map(part.unit), part.tag, of: piece, to: &output)
        }
    }

    private mutating func addStem(
        _ stem: some Collection<UInt16>, _ tag: PartOfSpeech, of piece: Piece, to output: inout RunTokens
    ) {
        add(
            stem, Int(piece.start)..<Int(piece.end), position: piece.position, length: Int(piece.length),
            kind: .stem, tag, to: &output)
    }
}
