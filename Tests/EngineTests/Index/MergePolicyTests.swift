import Testing

@testable import Engine

@Suite struct MergePolicyTests {
    private func candidate(
        _ id: UInt64, _ byteCount: Int, live: Double = 1, inMemory: Bool = false, merging: Bool = false
    ) -> MergePolicy.Candidate {
        MergePolicy.Candidate(
            id: SegmentID(rawValue: id), byteCount: byteCount, documentCount: 1_000,
            liveCount: UInt32(1_000 * live), isInMemory: inMemory, isMerging: merging)
    }

    private var policy: MergePolicy {
        MergePolicy(floorByteCount: 100, tierFactor: 3, resultByteLimit: 10_000, sourceLimit: 4)
    }

    @Test func tiersAreAsWideAsTheFactorSays() {
        #expect([0, 99, 100, 299, 300, 899, 900].map(policy.tier) == [0, 0, 1, 1, 2, 2, 3])
        #expect(policy.tier(.max) <= 64)
    }

    @Test func aTierIsMergedWhenItIsFullAndNotBefore() {
        #expect(policy.next([candidate(1, 50), candidate(2, 60)]) == nil)
        let full = [candidate(1, 70), candidate(2, 60), candidate(3, 50), candidate(4, 500)]
        #expect(policy.next(full) == [3, 2, 1].map(SegmentID.init))
    }

    @Test func segmentsThatAMergeReadsAreLeftAlone() {
        let busy = [candidate(1, 70), candidate(2, 60), candidate(3, 50, merging: true)]
        #expect(policy.next(busy) == nil)
    }

    @Test func aSegmentOfManyDeletesIsRewrittenAloneAndAnEmptyOneIsNot() {
        #expect(policy.next([candidate(1, 500, live: 0.7)]) == nil)
        #expect(
            policy.next([candidate(1, 500, live: 0.6), candidate(2, 5_000, live: 0.5)]) == [
                SegmentID(rawValue: 2)
            ])
        #expect(policy.next([candidate(1, 500, live: 0)]) == nil)
    }

    @Test func deletesMoveASegmentToALowerTier() {
        let candidates = [candidate(1, 290, live: 0.3), candidate(2, 60), candidate(3, 50)]
        #expect(policy.next(candidates) == [3, 2, 1].map(SegmentID.init))
    }

    @Test func aMergeThatWouldBeTooLargeIsNotPlanned() {
        #expect(policy.next((1...3).map { candidate($0, 8_000) }) == nil)
        #expect(policy.next((1...3).map { candidate($0, 4_900) })?.count == 2)
    }

    @Test func onlySmallSegmentsInMemoryAreMergedAtOnce() {
        let files = (1...3).map { candidate($0, 50) }
        #expect(policy.immediate(files, backgroundIsBusy: true) == nil)
        let memory = (1...3).map { candidate($0, 50, inMemory: true) }
        #expect(policy.immediate(memory, backgroundIsBusy: false)?.count == 3)
        let larger = (1...3).map { candidate($0, 200, inMemory: true) }
        #expect(policy.immediate(larger, backgroundIsBusy: false) == nil)
        #expect(policy.immediate(larger, backgroundIsBusy: true)?.count == 3)
    }

    @Test func forcingKeepsTheLargestSegmentsAndEndsWithoutDeletes() {
        let candidates = [candidate(1, 900), candidate(2, 50), candidate(3, 60)]
        #expect(policy.forced(candidates, segmentCountMax: 2) == [2, 3].map(SegmentID.init))
        #expect(policy.forced(candidates, segmentCountMax: 3) == nil)
        #expect(policy.forced(candidates, segmentCountMax: 0)?.count == 3)
        #expect(policy.forced([candidate(1, 900, live: 0.99)], segmentCountMax: 1)?.count == 1)
        #expect(policy.forced([candidate(1, 900)], segmentCountMax: 1) == nil)
    }

    @Test func aStreamOfSmallSegmentsKeepsTheirNumberLogarithmicAndRewritesEachByteOnceATier() {
        var policy = MergePolicy()
        policy.floorByteCount = 1_000
        var segments: [MergePolicy.Candidate] = []
        var nextID: UInt64 = 0
        var rewritten = 0
        var most = 0
        let count = 5_000
        for _ in 0..<count {
            nextID += 1
            segments.append(candidate(nextID, 500))
            while let ids = policy.next(segments).map(Set.init) {
                let total = segments.filter { ids.contains($0.id) }.reduce(0) { $0 + $1.byteCount }
                segments.removeAll { ids.contains($0.id) }
                nextID += 1
                segments.append(candidate(nextID, total))
                rewritten += total
            }
            most = max(most, segments.count)
        }
        // 2.5 MB span five tiers of 1 kB x 6^n.
        #expect(most <= 5 * 5 + 1)
        #expect(rewritten <= 6 * count * 500)
    }
}
