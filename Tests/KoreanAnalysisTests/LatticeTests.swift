// The least-cost path against an exhaustive search, and what is remembered against what is computed.

import Testing

@testable import KoreanAnalysis

@Suite struct LatticeTests {
    /// The cost of the cheapest way through `units`, by trying every one.
    private func exhaustiveCost(
        _ units: [UInt16], from position: Int, right: UInt16, penalized: Bool,
        _ dictionary: MorphologicalDictionary
    ) -> Int32 {
        let view = dictionary.view
        if position == units.count { return view.cost(right: right, left: dictionary.endingLeft) }
        var best = Int32.max
        var walk = TrieWalk(view)
        var end = position
        var found = false
        while end < units.count, walk.step(units[end]) {
            end += 1
            guard let (first, count) = walk.value else { continue }
            found = true
            for index in first..<first + count {
                let morpheme = view.morphemes[index]
                let penalty = penalized ? dictionary.penalties[Int(morpheme.penalty)] : 0
                var own = view.cost(right: right, left: morpheme.left) + Int32(morpheme.cost) + penalty
                if morpheme.tag == .MAG, position > 0 { own += Lattice.innerAdverbCost }
                if morpheme.tag == .XPN, end == units.count { own += Lattice.lastPrefixCost }
                best = min(
                    best,
                    own
                        + exhaustiveCost(
                            units, from: end, right: morpheme.right, penalized: false, dictionary))
            }
        }
        if found { return best }
        let own = view.cost(right: right, left: dictionary.unknownLeft) + Int32(dictionary.unknownCost)
        end = position
        repeat {
            end += 1
            best = min(
                best,
                own
                    + exhaustiveCost(
                        units, from: end, right: dictionary.unknownRight, penalized: false, dictionary))
        } while end < units.count && end - position < Lattice.maximumUnknownLength
            && !begins(units, end, dictionary)
        return best
    }

    private func begins(_ units: [UInt16], _ position: Int, _ dictionary: MorphologicalDictionary) -> Bool {
        (position + 1...units.count).contains { end in
            var walk = TrieWalk(dictionary.view)
            return units[position..<end].allSatisfy { walk.step($0) } && walk.value != nil
        }
    }

    @Test func thePathCostsWhatTheBestOfAllPathsCosts() throws {
        let dictionary = try TinyDictionary.dictionary()
        let lattice = Lattice(dictionary)
        let syllables = Array("가방나무예쁜를똠".utf16)
        var random = SeededGenerator()
        for _ in 0..<400 {
            let units = (0..<Int.random(in: 1...7, using: &random)).map { _ in random.pick(syllables) }
            let context = random.pick(LeftContext.allCases)
            units.withUnsafeBufferPointer { lattice.search($0, context: context) }
            let expected = exhaustiveCost(
                units, from: 0, right: dictionary.contextRights[Int(context.rawValue)],
                penalized: context == .space,
                dictionary)
            let text = String(decoding: units, as: UTF16.self)
            #expect(lattice.cost == expected, "\(text), SAEKIN_SEED=\(random.seed)")
            #expect(lattice.path.first?.start == 0)
            #expect(Int(lattice.path.last?.end ?? 0) == units.count)
            for (left, right) in zip(lattice.path, lattice.path.dropFirst()) {
                #expect(left.end == right.start)
            }
        }
    }

    @Test func thePathOfTheRealDictionaryIsTheBestToo() throws {
        let dictionary = try RealDictionary.shared.get()
        let lattice = Lattice(dictionary)
        for text in ["나이키는", "무설탕", "에어팟", "예쁜옷", "걷는", "용", "팟"] {
            let units = Array(text.utf16)
            units.withUnsafeBufferPointer { lattice.search($0, context: .space) }
            let expected = exhaustiveCost(
                units, from: 0, right: dictionary.contextRights[0], penalized: true, dictionary)
            #expect(lattice.cost == expected, "\(text)")
        }
    }

    @Test func aCoinedWordIsTakenWhereItAndTheRestCostLeast() throws {
        let dictionary = try RealDictionary.shared.get()
        let (lattice, name) = (Lattice(dictionary), ProperNounContext(dictionary))
        let right = dictionary.contextRights[0]
        var coinedCount = 0
        for text in ["운동화", "뾰냑이는", "뎅쿠리", "먹었다", "무설탕", "쁘뇰까지", "앙"] {
            let units = Array(text.utf16)
            var expected = exhaustiveCost(units, from: 0, right: right, penalized: true, dictionary)
            let known = expected
            for length in Lattice.coinedLengths where length <= units.count {
                expected = min(
                    expected,
                    dictionary.view.cost(right: right, left: name.left) + Lattice.coinedCost(of: length)
                        + exhaustiveCost(
                            units, from: length, right: name.right(behind: units[length - 1]),
                            penalized: false, dictionary))
            }
            units.withUnsafeBufferPointer { lattice.search($0, context: .space, coined: true) }
            #expect(lattice.cost == expected, "\(text)")
            if expected < known {
                coinedCount += 1
                #expect(lattice.path.first?.morpheme == -1 && Lattice.mayBeCoined(at: known), "\(text)")
            }
        }
        #expect(coinedCount > 1)
    }

    @Test func longRunsStayInsideOfTheLatticeAndCostLinearTime() throws {
        let analyzer = KoreanAnalyzer(dictionary: try TinyDictionary.dictionary())
        var buffer = TokenBuffer()
        analyzer.analyze(String(repeating: "나무가방똠", count: 4000), into: &buffer)
        #expect(buffer.tokens.last?.end == 60000)
        checkInvariants(buffer, byteCount: 60000)
    }

    @Test func theCacheGivesWhatAFreshAnalysisGives() throws {
        let dictionary = try TinyDictionary.dictionary()
        let cache = AnalysisCache(dictionary)
        var fresh = RunAnalysis(dictionary)
        let syllables = Array("가방나무예쁜를".utf16)
        var random = SeededGenerator()
        for _ in 0..<2000 {
            let units = (0..<Int.random(in: 1...4, using: &random)).map { _ in random.pick(syllables) }
            let context = random.pick(LeftContext.allCases)
            // A poor hash on purpose: different runs meet in one slot.
            let entry = units.withUnsafeBufferPointer {
                cache.entry($0, hash: UInt64(units.count), context: context)
            }
            var output = RunTokens()
            let expected = units.withUnsafeBufferPointer {
                fresh.analyze($0, context: context, into: &output)
            }
            func terms(_ entry: RunTokens.Entry, _ output: RunTokens) -> [[UInt8]] {
                output.tokens[Int(entry.firstToken)...].prefix(Int(entry.tokenCount)).map { token in
                    Array(output.bytes[Int(token.termStart)...].prefix(Int(token.termLength)))
                        + [token.position, token.positionLength, token.start, token.end]
                }
            }
            #expect(terms(entry, cache.output) == terms(expected, output), "SAEKIN_SEED=\(random.seed)")
            #expect(entry.positionCount == expected.positionCount)
        }
    }
}
