// Graph bisection against what it promises: a permutation with smaller gaps, the same every time, and gains
// that are the differences of the cost they stand for.
import CKernels
import Glibc
import Synchronization
import Testing

@testable import Engine

@Suite("Graph bisection")
struct GraphBisectionTests {
    /// The sum of log2(gap) over all postings in an order.
    private func logGaps(_ documents: [[UInt16]], _ order: [UInt32]) -> Double {
        var last: [UInt16: Int] = [:]
        var sum = 0.0
        for (place, document) in order.enumerated() {
            for term in documents[Int(document)] {
                sum += log2(Double(place - (last[term] ?? -1)))
                last[term] = place
            }
        }
        return sum
    }

    /// Documents of a few topics, shuffled: each has words of its topic and words of all.
    private func clustered(
        topicCount: Int, size: Int, _ generator: inout SeededGenerator
    ) -> [[UInt16]] {
        (0..<topicCount * size).map { number in
            let topic = number % topicCount
            var terms: Set<UInt16> = []
            for _ in 0..<8 { terms.insert(UInt16(topic * 20 + Int.random(in: 0..<20, using: &generator))) }
            for _ in 0..<4 {
                terms.insert(UInt16(topicCount * 20 + Int.random(in: 0..<50, using: &generator)))
            }
            return terms.sorted()
        }.shuffled(using: &generator)
    }

    private func found(_ documents: [[UInt16]], _ limits: BisectionLimits = BisectionLimits()) -> [UInt32]? {
        let termCount = Int(documents.joined().max() ?? 0) + 1
        return GraphBisection.order(
            BisectionGraph(termCount: termCount, documents), limits: limits)
    }

    @Test("documents of the same topic come together, whatever the size of the parts that are copied")
    func topics() throws {
        var generator = SeededGenerator()
        let documents = clustered(topicCount: 32, size: 64, &generator)
        let unordered = (0..<UInt32(documents.count)).map { $0 }
        let before = logGaps(documents, unordered)
        let graph = BisectionGraph(termCount: 32 * 20 + 50, documents)
        let measured = GraphBisection.logGaps(graph, unordered)
        #expect(abs(measured - before) < 0.001 * before, "\(measured) is not \(before)")
        for localPostingCount in [0, 3_000, 1 << 19] {
            var limits = BisectionLimits()
            limits.localPostingCount = localPostingCount
            let order = try #require(found(documents, limits))
            #expect(order.sorted() == (0..<UInt32(documents.count)).map { $0 })
            let after = logGaps(documents, order)
            #expect(after < 0.75 * before, "\(after) of \(before); SAEKIN_SEED=\(generator.seed)")
            #expect(found(documents, limits) == order, "another order the second time")
        }
    }

    @Test(
        "every small collection is ordered: empty ones, single documents, documents without terms, equal ones"
    )
    func tiny() throws {
        var generator = SeededGenerator()
        var limits = BisectionLimits()
        for leaf in [1, 2, 3, 32] {
            limits.leafDocumentCount = leaf
            for count in 0..<40 {
                let documents = (0..<count).map { _ in
                    Set(
                        (0..<Int.random(in: 0..<4, using: &generator)).map { _ in
                            UInt16.random(in: 0..<6, using: &generator)
                        }
                    ).sorted()
                }
                for documents in [documents, documents.map { _ in [] }, documents.map { _ in [1, 2] }] {
                    let order = try #require(found(documents, limits))
                    #expect(
                        order.sorted() == (0..<UInt32(count)).map { $0 }, "SAEKIN_SEED=\(generator.seed)")
                }
            }
        }
        // Nothing to tell documents apart: they stay as they came.
        #expect(found((0..<20).map { _ in [] }) == (0..<20).map { $0 })
    }

    @Test("stops when asked")
    func stop() {
        var generator = SeededGenerator()
        let documents = clustered(topicCount: 40, size: 50, &generator)
        let graph = BisectionGraph(termCount: 40 * 20 + 50, documents)
        var questions = 0
        let order = GraphBisection.order(graph) {
            questions += 1
            return questions == 2
        }
        #expect(order == nil)
        var last = 0
        _ = GraphBisection.order(graph, shouldStop: { false }) { placed in
            #expect(placed >= last)
            last = placed
        }
        #expect(last == documents.count)
    }

    // MARK: Gains

    /// d log2(n / (d + 1)) bits for each half, where n is the same for both and left out.
    private func cost(_ left: UInt32, _ right: UInt32) -> Double {
        -Double(left) * log2(Double(left) + 1) - Double(right) * log2(Double(right) + 1)
    }

    @Test("the pull of a term is the difference of the cost of moving a document")
    func pulls() {
        var generator = SeededGenerator()
        var left: [UInt32] = [0, 1, 0, 1, 5, 4_095, 4_096, 4_097, 1 << 30, 1]
        var right: [UInt32] = [0, 0, 1, 1, 5, 4_096, 4_095, 1, 0, 1 << 30]
        for _ in 0..<500 {
            let bits = UInt32.random(in: 0..<24, using: &generator)
            left.append(UInt32.random(in: 0...(1 << bits), using: &generator))
            right.append(UInt32.random(in: 0...(1 << bits), using: &generator))
        }
        var leftPulls = [Int16](repeating: 0, count: left.count)
        var rightPulls = leftPulls
        saekin_bisection_gains(left, right, left.count, GraphBisection.costs, &leftPulls, &rightPulls)
        for (index, (l, r)) in zip(left, right).enumerated() {
            // A step in 1/1024 bit is rounded to half a unit; beyond the table it is out by less than two.
            // Doubles of large costs lose some digits when they are subtracted.
            let tolerance = max(l, r) > 1 << 22 ? 8.0 : 3.0
            if l > 0 {
                let stays = 1_024 * (cost(l - 1, r + 1) - cost(l, r))
                #expect(abs(Double(leftPulls[index]) - stays) <= tolerance, "\(l) and \(r)")
            }
            if r > 0 {
                let comes = 1_024 * (cost(l, r) - cost(l + 1, r - 1))
                #expect(abs(Double(rightPulls[index]) - comes) <= tolerance, "\(l) and \(r)")
            }
        }
    }

    @Test("sums, bounds, swaps and copies are those of the slow way")
    func kernels() {
        var generator = SeededGenerator()
        for _ in 0..<200 {
            let termCount = Int.random(in: 1..<40, using: &generator)
            let count = Int.random(in: 2..<80, using: &generator)
            let documents = (0..<count).map { _ in
                Set(
                    (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
                        UInt16.random(in: 0..<UInt16(termCount), using: &generator)
                    }
                ).sorted()
            }
            let model = BisectionGraph(termCount: termCount, documents)
            var graph = model.view
            var order = (0..<UInt32(count)).shuffled(using: &generator)
            let half = (count + 1) / 2
            var left = degrees(documents, order[..<half], termCount)
            var right = degrees(documents, order[half...], termCount)
            var counted = [UInt32](repeating: 0, count: termCount)
            saekin_bisection_count(&graph, order, half, &counted)
            #expect(counted == left)

            let pulls = (0..<termCount).map { _ in Int16.random(in: -40...40, using: &generator) }
            var sums = [Int32](repeating: 0, count: count)
            saekin_bisection_sum(&graph, order, count, pulls, &sums)
            #expect(sums == order.map { documents[Int($0)].reduce(0) { $0 + Int32(pulls[Int($1)]) } })

            let bound = saekin_bisection_bound(sums, count, half)
            #expect(bound == sums.sorted(by: >)[half - 1])
            let staying = Set(order[..<half])
            let swaps = saekin_bisection_swap(&graph, &order, half, count, &sums, bound, &left, &right)
            #expect(swaps == staying.subtracting(order[..<half]).count)
            #expect(sums[..<half].allSatisfy { $0 >= bound } && sums[half...].allSatisfy { $0 <= bound })
            #expect(order.sorted() == (0..<UInt32(count)).map { $0 })
            #expect(left == degrees(documents, order[..<half], termCount))
            #expect(right == degrees(documents, order[half...], termCount))

            let part = BisectionPart()
            var numbers = [UInt16](repeating: 0, count: termCount)
            part.copy(graph, order, half, ids: nil, degrees: left, termCount: termCount, &numbers)
            let kept = (0..<termCount).filter { left[$0] >= 2 && left[$0] < half }
            #expect(part.termCount == kept.count && part.documentCount == half)
            for place in 0..<half {
                #expect(part.ids[place] == order[place] && part.order[place] == UInt32(place))
                let range = Int(part.graph.starts[place])..<Int(part.graph.starts[place + 1])
                let terms = range.map { kept[Int(part.graph.terms[$0])] }
                #expect(terms == documents[Int(order[place])].map { Int($0) }.filter { kept.contains($0) })
            }
            withExtendedLifetime(model) {}
        }
    }

    private func degrees(
        _ documents: [[UInt16]], _ chosen: ArraySlice<UInt32>, _ termCount: Int
    ) -> [UInt32] {
        var degrees = [UInt32](repeating: 0, count: termCount)
        for document in chosen { for term in documents[Int(document)] { degrees[Int(term)] += 1 } }
        return degrees
    }
}

@Suite("Radix sort")
struct RadixSortTests {
    @Test("sorts by the upper half and keeps the order of equal ones", arguments: [0, 1, 8, 11, 21, 31, 32])
    func sorts(keyBits: Int) {
        var generator = SeededGenerator()
        for count in [0, 1, 2, 47, 48, 49, 300, 8_191, 8_192, 30_000] {
            let mask = keyBits == 32 ? UInt64(UInt32.max) : (1 << UInt64(keyBits)) - 1
            var values = (0..<count).map { place in
                (UInt64.random(in: 0...UInt64(UInt32.max), using: &generator) & mask) << 32 | UInt64(place)
            }
            // The places ascend, so that a sort by all bits is the stable one.
            let expected = values.sorted()
            var scratch = [UInt64](repeating: 0, count: count)
            saekin_sort_by_high_word(&values, count, UInt32(keyBits), &scratch)
            #expect(values == expected, "SAEKIN_SEED=\(generator.seed)")
        }
    }
}
