// Words about the price: what they mean, what is left to search for, and what is no price.

import Engine
import Testing

@testable import ProductSearch

@Suite struct PriceRangeTests {
    typealias Row = (query: String, rest: String, from: Int64?, to: Int64?, words: String)

    static let prices: [Row] = [
        ("10만원 이하 이어폰", "이어폰", nil, 100_000, "10만원 이하"),
        ("이어폰 10만원 이하", "이어폰", nil, 100_000, "10만원 이하"),
        ("무선 10만원이하 이어폰", "무선 이어폰", nil, 100_000, "10만원이하"),
        ("10만원 이하의 이어폰", "이어폰", nil, 100_000, "10만원 이하의"),
        ("10만 원 이하 이어폰", "이어폰", nil, 100_000, "10만 원 이하"),
        ("5만~10만원 노트북", "노트북", 50_000, 100_000, "5만~10만원"),
        ("5~10만원 노트북", "노트북", 50_000, 100_000, "5~10만원"),
        ("5만원~10만원 노트북", "노트북", 50_000, 100_000, "5만원~10만원"),
        ("5만 ~ 10만 노트북", "노트북", 50_000, 100_000, "5만 ~ 10만"),
        ("5만～10만원", "", 50_000, 100_000, "5만～10만원"),
        ("5만-10만원 가방", "가방", 50_000, 100_000, "5만-10만원"),
        ("5000~1만원 양말", "양말", 5_000, 10_000, "5000~1만원"),
        ("10000~20000원 양말", "양말", 10_000, 20_000, "10000~20000원"),
        ("5만원에서 10만원 사이 가방", "가방", 50_000, 100_000, "5만원에서 10만원 사이"),
        ("5만원부터 10만원까지 가방", "가방", 50_000, 100_000, "5만원부터 10만원까지"),
        ("5만원 이상 10만원 이하 가방", "가방", 50_000, 100_000, "5만원 이상 10만원 이하"),
        ("5만원 이상 가방 10만원 미만", "가방", 50_000, 99_999, "5만원 이상 10만원 미만"),
        ("5만~10만원대 가방", "가방", 50_000, 199_999, "5만~10만원대"),
        ("5만원대 마우스", "마우스", 50_000, 59_999, "5만원대"), ("10만원대", "", 100_000, 199_999, "10만원대"),
        ("12만원대 신발", "신발", 120_000, 129_999, "12만원대"), ("3천원대 컵", "컵", 3_000, 3_999, "3천원대"),
        ("1만5천원대 컵", "컵", 15_000, 15_999, "1만5천원대"), ("만원대 티셔츠", "티셔츠", 10_000, 19_999, "만원대"),
        ("3만원 미만 컵", "컵", nil, 29_999, "3만원 미만"), ("3만원 초과 컵", "컵", 30_001, nil, "3만원 초과"),
        ("10000원 이상 컵", "컵", 10_000, nil, "10000원 이상"), ("10,000원 이상 컵", "컵", 10_000, nil, "10,000원 이상"),
        ("만원 이하 컵", "컵", nil, 10_000, "만원 이하"), ("천원 이하 컵", "컵", nil, 1_000, "천원 이하"),
        ("오만원 이하 컵", "컵", nil, 50_000, "오만원 이하"), ("1.5만원 이하 컵", "컵", nil, 15_000, "1.5만원 이하"),
        ("1만 5천 원 이하 컵", "컵", nil, 15_000, "1만 5천 원 이하"), ("1만5000원 이하", "", nil, 15_000, "1만5000원 이하"),
        ("1억2천만원 이하", "", nil, 120_000_000, "1억2천만원 이하"), ("２만원 이하 컵", "컵", nil, 20_000, "２만원 이하"),
        ("~5만원 컵", "컵", nil, 50_000, "~5만원"), ("5만원~ 컵", "컵", 50_000, nil, "5만원~"),
        ("컵 가격 5만원 이하", "컵", nil, 50_000, "가격 5만원 이하"), ("5만원부터 가방", "가방", 50_000, nil, "5만원부터"),
        ("5만원 이하 가방 -가죽", "가방 -가죽", nil, 50_000, "5만원 이하"),
        ("5만원 이하 \"가죽 가방\"", "\"가죽 가방\"", nil, 50_000, "5만원 이하"),
        ("27\" 모니터 30만원 이하", "27\" 모니터", nil, 300_000, "30만원 이하"),
    ]

    @Test(arguments: prices.indices)
    func wordsAboutThePriceAreUnderstood(index: Int) throws {
        let row = Self.prices[index]
        let priced = try #require(PricedQuery(row.query), "\(row.query)")
        #expect(priced.text == row.rest, "\(row.query)")
        #expect(priced.price == PriceRange(from: row.from, to: row.to), "\(row.query)")
        #expect(priced.priceText == row.words, "\(row.query)")
    }

    @Test(arguments: [
        "", "이어폰", "10만원 상품권", "만원의 행복", "10만원권", "5만원", "500 이하", "10 이상 가방", "백 이상", "천 이하", "5만mAh 이상",
        "\"10만원 이하\" 책", "-10만원", "갤럭시10만원 이하", "10만원 이하로만", "10만원 이하락", "10만원 대나무", "3~5개", "240~250mm",
        "10~20", "10만원에서 시작", "20만원~10만원", "10만원 이상 5만원 이하", "0원 이하", "1,2만원 이하", "1e400원 이하",
        "99999999999999999999만원 이하", "9999999999999999999999999999999원 이상", "~", "만만원 이하", "원 이하",
        "1..5만원 이하",
    ])
    func whatIsInDoubtIsText(query: String) {
        #expect(PricedQuery(query) == nil, "\(String(describing: PricedQuery(query)))")
    }

    @Test func anyTextIsReadAndNoWordIsLost() {
        var random = SeededRandom()
        let pieces = [
            "10", "만", "원", "천", "억", " ", "이하", "~", "5", "대", "에서", "\"", "-", "가방", ",", ".", "부터", "이상",
            "의",
            "가격", "9999999999", "사이", "0",
        ]
        for _ in 0..<20_000 {
            let query = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                pieces.randomElement(using: &random)!
            }.joined()
            guard let priced = PricedQuery(query) else { continue }
            let letters = { (text: String) in text.filter { !$0.isWhitespace }.sorted() }
            #expect(letters(priced.text + priced.priceText) == letters(query), "\(query)")
            let (from, to) = (priced.price.from, priced.price.to)
            #expect(from != nil || to != nil)
            if let from, let to { #expect(from <= to, "\(query)") }
        }
    }

    @Test func rangesMeetOrDoNot() {
        let low = PriceRange(from: nil, to: 5)
        let high = PriceRange(from: 6, to: nil)
        #expect(low.intersection(high) == nil)
        #expect(low.intersection(PriceRange(from: 5, to: 9)) == PriceRange(from: 5, to: 5))
    }
}
