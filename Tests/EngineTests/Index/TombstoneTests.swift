import Testing

@testable import Engine

@Suite struct TombstoneTests {
    @Test func anOlderDeleteDoesNotReplaceANewerOne() {
        var tombstones = Tombstones()
        expect(tombstones.insert([1], version: 5), true)
        expect(tombstones.insert([1], version: 4), false)
        expect(tombstones.insert([1], version: 5), false)
        #expect(tombstones.version(of: [1]) == 5)
        expect(tombstones.insert([1], version: 6), true)
        #expect(tombstones.version(of: [1]) == 6)
        expect(tombstones.remove([1]), true)
        expect(tombstones.remove([1]), false)
    }

    @Test func tombstonesAreForgottenByAgeAndThenByCount() {
        var tombstones = Tombstones()
        for version in 1...100 { _ = tombstones.insert([UInt8(version)], version: UInt64(version)) }
        let bounds = Tombstones.Bounds(countLimit: 30, ageLimit: 60)
        var aged = tombstones
        expect(aged.prune(.init(countLimit: 1_000, ageLimit: 60), eventPosition: 60), false)
        expect(aged.prune(.init(countLimit: 1_000, ageLimit: 60), eventPosition: 100), true)
        #expect(aged.count == 60)
        #expect(aged.version(of: [40]) == nil)
        #expect(aged.version(of: [41]) == 41)
        expect(tombstones.prune(bounds, eventPosition: 100), true)
        #expect(tombstones.count == 30)
        #expect(tombstones.version(of: [70]) == nil)
        #expect(tombstones.version(of: [71]) == 71)
        expect(tombstones.prune(bounds, eventPosition: 100), false)
    }

    /// A mutating call cannot stand inside the macro.
    private func expect(_ changed: Bool, _ expected: Bool, sourceLocation: SourceLocation = #_sourceLocation)
    {
        #expect(changed == expected, sourceLocation: sourceLocation)
    }
}
