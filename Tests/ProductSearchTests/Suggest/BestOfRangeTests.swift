// The tree of maxima must agree with sorting the range, rank by rank.

import Testing

@testable import ProductSearch

@Suite struct BestOfRangeTests {
    private func sorted(_ values: [UInt32], _ range: Range<Int>) -> [Int] {
        range.sorted { values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1 }
    }

    private func best(_ tree: BestOfRange, _ range: Range<Int>, limit: Int = .max) -> [Int] {
        var found: [Int] = []
        tree.forEach(in: range) {
            found.append($0)
            return found.count < limit
        }
        return found
    }

    @Test(arguments: [0, 1, 2, 15, 16, 17, 31, 255, 256, 257])
    func `every range of a small array comes in order`(_ count: Int) {
        var random = SeededRandom()
        let values = (0..<count).map { _ in UInt32.random(in: 0..<9, using: &random) }
        let tree = BestOfRange(values)
        let step = max(1, count / 40)
        for low in stride(from: 0, through: count, by: step) {
            for high in stride(from: low, through: count, by: step) {
                #expect(best(tree, low..<high) == sorted(values, low..<high))
            }
        }
    }

    @Test func `the best of ranges of a large array are those that sorting gives`() {
        var random = SeededRandom()
        let values = (0..<20_000).map { _ in UInt32.random(in: 0..<500, using: &random) }
        let tree = BestOfRange(values)
        for _ in 0..<40 {
            let low = Int.random(in: 0..<values.count, using: &random)
            let range = low..<Int.random(in: low...values.count, using: &random)
            #expect(best(tree, range, limit: 50) == Array(sorted(values, range).prefix(50)))
        }
    }
}
