// Words of a query that say what the product may cost:
//
//     10만원 이하 이어폰       up to 100,000
//     5만~10만원 노트북       50,000 to 100,000; so do 5~10만원, 5만원에서 10만원 사이, 5만원부터 10만원까지
//     5만원대 마우스           50,000 to 59,999; 10만원대 is 100,000 to 199,999
//     3만원 미만, 1만5천원 초과, 5만원 이상 10만원 이하, ~5만원, 5만원~
//
// They are read only where they can mean nothing else: at the beginning of a word, with a unit of money, and
// with a word that makes a bound of them. 10만원 상품권 is a product. What stands in quotes is left alone.

import JSON

/// A range of prices in won, both ends inclusive; nil is open.
struct PriceRange: Sendable, Equatable {
    var from: Int64?
    var to: Int64?

    /// What both ranges hold; nil if that is nothing.
    func intersection(_ other: PriceRange) -> PriceRange? {
        let from = [self.from, other.from].compactMap { $0 }.max()
        let to = [self.to, other.to].compactMap { $0 }.min()
        if let from, let to, from > to { return nil }
        return PriceRange(from: from, to: to)
    }
}

/// A query with the words that stand for its price taken out.
struct PricedQuery: Sendable, Equatable {
    /// What is left to search for.
    let text: String
    let price: PriceRange
    /// The words that were understood as the price.
    let priceText: String

    /// Reads `query`; nil where it says nothing about the price that is beyond doubt.
    init?(_ query: String) {
        let scalars = Array(query.unicodeScalars)
        let scanner = PriceScanner(scalars: scalars)
        var range: PriceRange?
        var taken: [Range<Int>] = []
        var index = 0
        var isQuoted = false
        while index < scalars.count {
            let isWordStart = index == 0 || scalars[index - 1].properties.isWhitespace
            if "\"\u{201C}\u{201D}".unicodeScalars.contains(scalars[index]) {
                let isInchSign = !isQuoted && index > 0 && PriceScanner.digit(scalars[index - 1]) != nil
                if !isInchSign { isQuoted.toggle() }
            } else if isWordStart, !isQuoted, let (found, end) = scanner.clause(at: index) {
                guard let both = range.map({ $0.intersection(found) }) ?? found else { return nil }
                range = both
                taken.append(index..<end)
                index = end
                continue
            }
            index += 1
        }
        guard let range else { return nil }
        price = range
        func string(_ part: some Sequence<Unicode.Scalar>) -> String {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: part)
            return String(view)
        }
        priceText = taken.map { string(scalars[$0]) }.joined(separator: " ")
        var rest: [Unicode.Scalar] = []
        for (index, scalar) in scalars.enumerated() where !taken.contains(where: { $0.contains(index) }) {
            let isBlank = scalar.properties.isWhitespace
            if !isBlank || rest.last?.properties.isWhitespace == false { rest.append(scalar) }
        }
        while rest.last?.properties.isWhitespace == true { rest.removeLast() }
        text = string(rest)
    }
}

extension PricedQuery {
    /// As answers show it: the range without its open end, and the words.
    var json: JSONValue {
        var ends: [(String, JSONValue)] = []
        if let from = price.from { ends.append(("from", .integer(from))) }
        if let to = price.to { ends.append(("to", .integer(to))) }
        return .object([("price", .object(ends)), ("text", .string(priceText))])
    }
}
