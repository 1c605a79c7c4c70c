import Testing

@testable import ProductSearch

@Suite struct SoundTests {
    @Test(
        arguments: [
            ("spyder", "스파이더"), ("covernat", "커버낫"), ("umbro", "엄브로"), ("nike", "나이키"), ("clio", "클리오"),
            ("innisfree", "이니스프리"), ("lenovo", "레노버"), ("intel", "인텔"), ("marshall", "마샬"),
            ("champion", "챔피온"), ("skinfood", "스킨푸드"), ("kappa", "카파"), ("oakley", "오클리"),
            ("vans", "반스"), ("gucci", "구찌"), ("canon", "캐논"), ("polo", "폴로"), ("zara", "자라"),
        ])
    func `one name in two scripts sounds alike`(latin: String, hangul: String) {
        #expect(SoundTable.areOne(latin: latin, hangul: hangul))
    }

    @Test(
        arguments: [
            ("nike", "나이스"), ("clio", "칼라"), ("puma", "포마드"), ("intel", "안달"), ("red", "루트"), ("canon", "코난"),
            ("adidas", "아디오스"), ("bag", "박스"), ("shoes", "세수"),
        ])
    func `other names do not`(latin: String, hangul: String) {
        let table = SoundTable(names: [hangul])
        #expect(table.matches(latin).isEmpty)
    }

    @Test func `a table finds the name in the other script only`() {
        let table = SoundTable(names: ["디미토", "쿨트", "아캄", "EGLIPS", "말본 골프"])
        #expect(table.matches("dimito") == ["디미토"])
        #expect(table.matches("KULTE") == ["쿨트"])
        #expect(table.matches("이글립스") == ["EGLIPS"])
        #expect(table.matches("malbon golf") == ["말본 골프"])
        #expect(table.matches("디미토").isEmpty)
        #expect(table.matches("").isEmpty)
        #expect(table.matches("g1").isEmpty)
    }

    @Test func `any letters are read in bounded time and number`() {
        var random = SeededRandom()
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        for _ in 0..<500 {
            let word = String(
                (0..<Int.random(in: 1...60, using: &random)).map { _ in
                    letters.randomElement(using: &random)!
                })
            #expect(Sound.latin(word.unicodeScalars).count <= 16)
        }
        #expect(Sound.hangul("가나a".unicodeScalars).isEmpty)
    }
}
