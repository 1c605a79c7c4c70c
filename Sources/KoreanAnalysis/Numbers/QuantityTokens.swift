// Tokens for a number with its unit: the whole as written, and the whole in the base unit where that differs.

extension TokenBuffer {
    /// Given a number token and, one position later, its unit's token, adds the whole before the number.
    mutating func insertQuantity(number: Int, unit: Int) {
        let first = tokens[number]
        let last = tokens[unit]
        let form = term(last)
        let known = UnitTable.unit(form)
        let canonical = known.flatMap { Quantity.canonical(number: term(first), unit: $0) }
        let termStart = termBytes.count
        appendTerm(of: first)
        appendTerm(of: last)
        var whole = Token(
            termStart: UInt32(truncatingIfNeeded: termStart), start: first.start, end: last.end,
            position: first.position, termLength: first.termLength + last.termLength,
            positionLength: UInt16(last.position - first.position) + 1, kind: .quantity,
            partOfSpeech: .unknown)
        tokens.insert(whole, at: number)
        guard let canonical, !canonical.elementsEqual(term(whole)) else { return }
        whole.termStart = UInt32(truncatingIfNeeded: termBytes.count)
        whole.termLength = UInt16(canonical.count)
        termBytes += canonical
        tokens.insert(whole, at: number + 1)
    }

    /// Appends a copy of a token's term to the terms' bytes.
    private mutating func appendTerm(of token: Token) {
        let start = Int(token.termStart)
        for index in start..<start + Int(token.termLength) { termBytes.append(termBytes[index]) }
    }
}
