// 1. Queries that find too little are mended as the table says, and the answer says so.
// 2. Queries that find enough, that are exact, or that mean something unknown stay as they were typed.
// 3. What matches as it was typed stands above what matches only the repair.
// 4. No text, however odd or long, fails or takes long.

import JSON
import Store
import Testing

@testable import ProductSearch

/// A small shop whose titles repeat as titles do.
final class RepairShop: Sendable {
    let search: SearchService

    static let shared: RepairShop = {
        do {
            return try RepairShop()
        } catch {
            fatalError("the shop cannot be set up: \(error)")
        }
    }()

    private static let titles = [
        "삼성 갤럭시 버즈 무선 이어폰", "소니 무선 이어폰 블랙", "삼성 갤럭시북 노트북 SM-S918N", "삼성 노트북 거치대",
        "애플 아이폰15 실리콘 케이스", "아이폰15 강화유리 필름", "애플 에어팟 프로 무선 이어폰", "에어팟 케이스 투명",
        "Nike 에어맥스 운동화", "nike 트레이닝 팬츠 블랙", "스탠다드 와이드 데님 팬츠", "화이트 스트레이트 데님 팬츠",
        "콜라겐 수분크림 50ml", "수분크림 저자극 100ml", "Logitech wireless mouse", "wireless keyboard graphic",
        "성북구 쓰레기봉투 20L", "서울특별시 지도", "서울특별시 관광 지도 김포", "까르띠에 뽀송 크림",
        "스테인리스 텀블러 500ml", "보온 텀블러 블랙",
    ]

    private init() throws {
        search = try Self.search(
            Self.titles.enumerated().flatMap { index, title in
                (0..<4).map { Product(id: "p\(index)-\($0)", title: title) }
            })
    }

    /// A search over these products. Its folder is gone when it is returned: a snapshot needs no names.
    static func search(_ products: [Product]) throws -> SearchService {
        let folder = try TestFolder()
        return try withExtendedLifetime(folder) {
            let store = try ProductStore.open(path: folder.data.storePath)
            defer { store.close() }
            for product in products { _ = try store.put(product) }
            let indexer = try ProductIndexer(folder: folder.data, store: store, analyzer: TestAnalyzer.shared)
            try indexer.catchUp()
            try indexer.close()
            return SearchService(view: indexer.view)
        }
    }

    func answer(_ query: String, _ more: [(name: String, value: String)] = []) throws -> JSONValue {
        let request = try ProductSearchRequest(parameters: [("q", query)] + more)
        return try JSONParser().parse(try search.answer(request))
    }

    func correction(_ query: String) throws -> (to: String, kind: String)? {
        guard let correction = try answer(query)["correction"] else { return nil }
        #expect(correction["from"]?.stringValue != nil)
        return (correction["to"]?.stringValue ?? "", correction["kind"]?.stringValue ?? "")
    }
}

@Suite struct RepairTests {
    let shop = RepairShop.shared

    @Test(arguments: [
        // The other keyboard layout, both ways and mixed.
        ("dkdlvhs15", "아이폰15", "keyboard"), ("ㅜㅑㅏㄷ", "nike", "keyboard"),
        ("tkatjd 노트북", "삼성 노트북", "keyboard"),
        ("antjs dldjvhs", "무선 이어폰", "keyboard"),
        ("QhthD 크림", "뽀송 크림", "keyboard"), ("Qhthd 크림", "뽀송 크림", "keyboard"),
        ("TKATJD 노트북", "삼성 노트북", "keyboard"),
        // A slip in Hangul: a neighbour, a key too many or too few, two swapped, shift.
        ("텀블랴", "텀블러", "typo"), ("텀믈러", "텀블러", "typo"), ("스탠댜드 데님", "스탠다드 데님", "typo"),
        ("콜라겐 수ㅜ분크림", "콜라겐 수분크림", "typo"), ("갤럭씨 버즈", "갤럭시 버즈", "typo"), ("에엉팟 케이스", "에어팟 케이스", "typo"),
        // A slip in Latin letters.
        ("wirless mouse", "wireless mouse", "typo"), ("logitceh", "logitech", "typo"),
        ("grpahic keyboard", "graphic keyboard", "typo"),
        // Initials, one word, two words, two words together.
        ("ㄱㄹㅅ", "갤럭시", "initials"), ("ㅁㅅ ㅇㅇㅍ", "무선 이어폰", "initials"), ("ㅁㅅㅇㅇㅍ", "무선 이어폰", "initials"),
        ("삼성 ㄴㅌㅂ", "삼성 노트북", "initials"),
        // The last word is not finished.
        ("갤럭ㅅ", "갤럭시", "completion"), ("에어파", "에어팟", "completion"), ("서울특별시 ㄱ", "서울특별시 관광", "completion"),
        ("데님 팬ㅊ", "데님 팬츠", "completion"), ("스테인리스 텀브", "스테인리스 텀블러", "completion"),
        ("wireless keyb", "wireless keyboard", "completion"),
        // Slips and no spaces.
        ("와이드데님펜츠", "와이드 데님 팬츠", "typo"), ("무선이어펀블랙", "무선 이어폰 블랙", "typo"),
    ])
    func `what was meant is found`(_ typed: String, _ meant: String, _ kind: String) throws {
        let correction = try shop.correction(typed)
        #expect(correction?.to == meant)
        #expect(correction?.kind == kind)
        let found = try shop.answer(typed)["total"]?.integerValue ?? 0
        #expect(found > 0)
    }

    @Test(arguments: [
        // Found as they are.
        "무선 이어폰", "노트북", "텀블러", "삼성노트북", "nike", "데님팬츠", "에어팟 케이스",
        // Numbers and model numbers are never guessed.
        "sm-s919n", "s917n", "아이폰16", "510ml", "sms918m",
        // Nothing is near.
        "양자컴퓨터", "zzzzqqqq", "ㅎㅎㅎㅎㅎㅎ", "ㅏㅏㅏ",
        // Known words that no product has together.
        "텀블러 노트북", "콜라겐 mouse",
        // Exact by its grammar.
        "\"무선 이어펀\"", "텀블랴 -블랙",
        "", "   ", "!!!", "😀",
    ])
    func `a query stays as it was typed`(_ query: String) throws {
        let correction = try shop.correction(query)
        #expect(correction == nil, "\(query) became \(correction?.to ?? "")")
    }

    @Test func `nothing is mended where all words are demanded as they are`() throws {
        let answer = try shop.answer("텀블랴", [("match", "all")])
        #expect(answer["correction"] == nil)
        #expect(answer["total"]?.integerValue == 0)
    }

    @Test func `the mended words are marked`() throws {
        let hits = try shop.answer("텀블랴")["hits"]?.arrayValue ?? []
        let title = hits.first?["highlight"]?["title"]?.stringValue ?? ""
        #expect(title.contains("<mark>텀블러</mark>"))
    }

    @Test func `what matches as typed stands above what matches the repair`() throws {
        // 에어파 is completed; the one product that says it stays first.
        let others = (0..<30).map { Product(id: "other-\($0)", title: "에어팟") }
        let search = try RepairShop.search(
            others + [Product(id: "literal", title: "에어파 정품 등록 스티커 모음 세트 대용량 포장")])
        let request = try ProductSearchRequest(parameters: [("q", "에어파")])
        let answer = try JSONParser().parse(try search.answer(request))
        #expect(answer["hits"]?.arrayValue?.first?["id"]?.stringValue == "literal")
        #expect(answer["total"]?.integerValue == 31)
    }

    @Test func `a narrowed search is mended as the wide one is`() throws {
        let wide = try shop.answer("텀블랴")
        let narrow = try shop.answer("텀블랴", [("filter", "status = \"on_sale\"")])
        #expect(narrow["correction"]?["to"]?.stringValue == wide["correction"]?["to"]?.stringValue)
        #expect(narrow["total"]?.integerValue == wide["total"]?.integerValue)
    }

    @Test func `no random text fails`() throws {
        var random = SeededRandom()
        let pieces = [
            "텀블", "랴", "ㄱ", "ㅏ", "ㄳ", "ㅘ", "갤럭", "dk", "Q", "wire", "15", "-", "\"", " ", " ", "ml", "é", "中",
            "\u{1100}", "\u{11AB}", "\u{200B}", "😀", "\n", "닭", "ㅅ", "무선",
        ]
        for _ in 0..<400 {
            let query = (0..<Int.random(in: 0...14, using: &random)).map { _ in
                pieces.randomElement(using: &random)!
            }.joined()
            _ = try shop.answer(query)
        }
    }

    @Test(arguments: [
        String(repeating: "ㄱ", count: 200), String(repeating: "ㄱ", count: 60),
        String(repeating: "a", count: 1_000),
        String(repeating: "텀블랴", count: 20), String(repeating: "텀 ", count: 100),
        String(repeating: "ㅏ", count: 130),
        String(repeating: "ㄱㄹㅅ ", count: 8), String(repeating: "q", count: 64),
    ])
    func `hostile texts are answered in time`(_ query: String) throws {
        let start = ContinuousClock.now
        _ = try shop.answer(query)
        #expect(ContinuousClock.now - start < .seconds(5))
    }
}
