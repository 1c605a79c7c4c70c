// Quantities of which a part is Hangul and stands over a blank or is a numeral: 500 미리, 두 개, 한박스, 오백 ml.
// They are found when the unit arrives, to the left alone, and only add tokens: what was there stays.

extension TokenBuffer {
    /// Adds the quantities that a run of Hangul completes, and remembers the numeral that it may be.
    ///
    /// - Parameter run: the syllables, whose first token is at `firstToken`.
    mutating func insertHangulQuantities(
        _ run: UnsafeBufferPointer<UInt16>, firstToken: Int, start: Int, scalars: Scalars,
        neighbours: inout Neighbours
    ) {
        let number = neighbours.number(before: start, scalars)
        neighbours.removeAll()
        let scalars = Scalars(rebasing: scalars[start..<start + run.count])
        if let number, let unit = leadingUnit(run, from: 0, firstToken, scalars, isSpoken: number.isSpoken) {
            insertQuantity(number: number.token, unit: unit, digits: number.digits)
            return
        }
        guard let numeral = HangulNumeral(run) else { return }
        let digits = Array(String(numeral.value).utf8)
        // A quantity begins where the run does; its end is the unit's, so a cut between them is certain.
        guard tokens.count > firstToken, tokens[firstToken].start == scalars[0].start else { return }
        if numeral.length == run.count {
            neighbours.setNumber(
                Neighbours.Number(token: firstToken, digits: digits, isSpoken: numeral.isSpoken),
                end: start + run.count)
        } else if !isOneWord(numeral, run),
            let unit = leadingUnit(
                run, from: numeral.length, firstToken, scalars, isSpoken: numeral.isSpoken)
        {
            insertQuantity(number: firstToken, unit: unit, digits: digits)
        }
    }

    /// Whether a run of two syllables is rather a word than one of 십, 백, 천 and 만 with a unit (백도, 천정); 천원
    /// is not.
    private func isOneWord(_ numeral: HangulNumeral, _ run: UnsafeBufferPointer<UInt16>) -> Bool {
        !numeral.isSpoken && numeral.length == 1 && run.count == 2 && run[1] != 0xC6D0  // 원
    }

    /// The token of the longest unit that begins at syllable `offset` of a run, if the analysis cuts there.
    private func leadingUnit(
        _ run: UnsafeBufferPointer<UInt16>, from offset: Int, _ firstToken: Int, _ scalars: Scalars,
        isSpoken: Bool
    ) -> Int? {
        var length = min(UnitTable.maximumHangulLength, run.count - offset)
        while length > 0 {
            let form = run[offset..<offset + length]
            if isSpoken ? UnitTable.isSpokenUnit(form) : UnitTable.isHangulUnit(form),
                let token = token(from: firstToken, scalars, offset..<offset + length)
            {
                return token
            }
            length -= 1
        }
        return nil
    }

    /// A token that stands for exactly these syllables of the run whose tokens begin at `firstToken`.
    private func token(from firstToken: Int, _ scalars: Scalars, _ span: Range<Int>) -> Int? {
        let start = scalars[span.lowerBound].start
        let end = scalars[span.upperBound - 1].end
        return tokens.indices[firstToken...].first { tokens[$0].start == start && tokens[$0].end == end }
    }
}
