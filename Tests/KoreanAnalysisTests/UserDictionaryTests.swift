import Testing

@testable import KoreanAnalysis

@Suite struct UserDictionaryTests {
    private func terms(_ text: String, _ words: [UserWord], in buffer: inout TokenBuffer) throws -> [String] {
        let analyzer = KoreanAnalyzer(
            dictionary: try RealDictionary.shared.get(), userDictionary: UserDictionary(words))
        analyzer.analyze(text, into: &buffer)
        return buffer.tokens.map { buffer.text($0) }
    }

    @Test func `a word of the user is not taken apart`() throws {
        let word = try #require(UserWord("빠니깔레"))
        var buffer = TokenBuffer()
        let without = try terms("빠니깔레원피스를", [], in: &buffer)
        let with = try terms("빠니깔레원피스를", [word], in: &buffer)
        #expect(with.contains("빠니깔레"))
        #expect(with.contains("원피스"))
        #expect(with != without, "the cache of one buffer must not outlive the dictionary")
        #expect(try terms("빠니깔레원피스를", [], in: &buffer) == without)
    }

    @Test func `a split of the user gives the parts and the whole`() throws {
        let word = try #require(UserWord("꾸안꾸룩", parts: ["꾸안꾸", "룩"]))
        var buffer = TokenBuffer()
        #expect(Set(try terms("꾸안꾸룩은", [word], in: &buffer)).isSuperset(of: ["꾸안꾸", "룩", "꾸안꾸룩"]))
        #expect(buffer.positionCount == 2)
    }

    @Test func `offsets and positions stay sound whatever the words are`() throws {
        var random = SeededGenerator()
        print("SAEKIN_SEED=\(random.seed)")
        let syllables = ["나", "이", "키", "운", "동", "화", "를", "아"]
        var buffer = TokenBuffer()
        for _ in 0..<300 {
            let words = (0..<4).compactMap { _ in
                UserWord(
                    (0..<Int.random(in: 1...4, using: &random)).map { _ in random.pick(syllables) }.joined(),
                    weight: Int.random(in: 0...100, using: &random))
            }
            let text = (0..<12).map { _ in random.pick(syllables + [" "]) }.joined()
            _ = try terms(text, words, in: &buffer)
            var covered = [Bool](repeating: false, count: Int(buffer.positionCount))
            for token in buffer.tokens {
                #expect(token.start < token.end && Int(token.end) <= text.utf8.count)
                if token.positionLength == 1 { covered[Int(token.position)] = true }
            }
            #expect(!covered.contains(false))
        }
    }

    @Test func `what is no word is refused`() {
        #expect(UserWord("") == nil)
        #expect(UserWord("nike") == nil)
        #expect(UserWord("나이키", parts: ["나이"]) == nil)
        #expect(UserWord("나이키", parts: ["나이", "키키"]) == nil)
        #expect(UserWord("나이키", weight: 101) == nil)
        #expect(UserWord(String(repeating: "가", count: 33)) == nil)
    }

    @Test func `equal words give equal fingerprints in any order`() throws {
        let (a, b) = (try #require(UserWord("가나다")), try #require(UserWord("라마바", weight: 3)))
        #expect(UserDictionary([a, b]).fingerprint == UserDictionary([b, a, a]).fingerprint)
        #expect(UserDictionary([a]).fingerprint != UserDictionary([a, b]).fingerprint)
        #expect(UserDictionary.empty.fingerprint == 0)
    }
}
