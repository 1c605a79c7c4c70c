import Testing

@testable import ProductSearch

@Suite struct SchemaTests {
    @Test(
        arguments: [
            ("2026-11-20", 20_261_120), ("2026.11.20", 20_261_120), ("2026-11", 20_261_101),
            ("2026", 20_260_101),
            ("20261120", 20_261_120), ("2026-11-20T10:00:00Z", 20_261_120), ("2026/1/5", 20_260_105),
            ("", nil), ("soon", nil), ("2026-13-01", nil), ("２０２６", nil), ("26-11-20", nil), ("가2026", nil),
        ] as [(String, Int64?)])
    func `dates are read as ordered numbers`(_ text: String, _ number: Int64?) {
        #expect(ReleaseDate.number(of: text) == number)
    }

    @Test func `a category is in itself and in all above it`() {
        let path = CategoryPath("패션>하의 >  데님팬츠")
        #expect(path.text == "패션 > 하의 > 데님팬츠")
        #expect(path.selfAndAncestors == ["패션", "패션 > 하의", "패션 > 하의 > 데님팬츠"])
        #expect(CategoryPath(" > ").names.isEmpty)
    }
}
