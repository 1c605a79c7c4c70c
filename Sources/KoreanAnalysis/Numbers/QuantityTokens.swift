// Tokens for a number with its unit: the whole as written, and the whole in the base unit where that differs.

extension TokenBuffer {
    /// Given a number's token and, at a later position, the first of its unit's tokens, adds the whole before
    /// the number.
    ///
    /// - Parameter digits: the number in digits, where its token is a numeral in Hangul.
    /// - Parameter kind: `joined` where it is no more than a guess that both belong together.
    mutating func insertQuantity(
        number: Int, unit: Int, digits: [UInt8]? = nil, kind: TokenKind = .quantity
    ) {
        let first = tokens[number]
        let last = tokens[unit]
        let form = Array(term(last))
        let digits = digits ?? Array(term(first))
        let known = UnitTable.unit(form)
        var forms = [digits + form]
        for canonical in known.map({ Quantity.canonical(number: digits, unit: $0) }) ?? []
        where !forms.contains(canonical) {
            forms.append(canonical)
        }
        let length = UInt16(last.position - first.position) + last.positionLength
        insertForms(forms, at: number, end: last.end, length: length, kind: kind)
    }

    /// Adds the quantities that a number and the sign for inches stand for, at the number's position.
    mutating func insertInches(number: Int, end: UInt32) {
        let forms = Quantity.canonical(number: term(tokens[number]), unit: UnitTable.inch)
        insertForms(forms, at: number, end: end, length: 1, kind: .quantity)
    }

    /// A number alone that may be a shoe size in millimetres (240) is also given with its unit.
    mutating func addShoeSize(number: Int) {
        var token = tokens[number]
        guard token.termLength == 3, let size = Int(text(token)), (220...300).contains(size), size % 5 == 0
        else { return }
        let digits = Array(term(token))
        token.termStart = UInt32(truncatingIfNeeded: termBytes.count)
        token.termLength += 2
        token.kind = .quantity
        termBytes += digits
        termBytes += "mm".utf8
        tokens.append(token)
    }

    /// Adds whole tokens that begin where the token at `index` does, behind those that span more.
    private mutating func insertForms(
        _ forms: [[UInt8]], at index: Int, end: UInt32, length: UInt16, kind: TokenKind
    ) {
        let first = tokens[index]
        var place = index
        while place < tokens.count, tokens[place].position == first.position,
            tokens[place].positionLength > length
        {
            place += 1
        }
        for (offset, form) in forms.enumerated() {
            tokens.insert(
                Token(
                    termStart: UInt32(truncatingIfNeeded: termBytes.count), start: first.start, end: end,
                    position: first.position, termLength: UInt16(form.count), positionLength: length,
                    kind: kind, partOfSpeech: .unknown), at: place + offset)
            termBytes += form
        }
    }
}
