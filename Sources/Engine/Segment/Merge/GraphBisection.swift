// Orders documents so that those with the same terms stand close together: recursive graph bisection, after
// Dhulipala, Kabiljo, Karrer, Ottaviano, Pupyrev and Shalita, "Compressing Graphs and Indexes with Recursive
// Graph Bisection", KDD 2016. The page DocumentOrder says what it does and what it costs.
import CKernels
import Glibc
import Synchronization

/// Orders the documents of a graph.
enum GraphBisection {
    /// The documents in their new order.
    ///
    /// The result depends on the graph and the limits alone. A second thread does half of the work.
    ///
    /// - Parameters:
    ///   - shouldStop: asked every few thousand documents.
    ///   - progress: told how many documents have their place.
    /// - Returns: nil when it was stopped.
    /// - Complexity: O(postings log documents), at most `iterationCountMax` passes a level.
    static func order(
        _ graph: BisectionGraph, limits: BisectionLimits = BisectionLimits(),
        shouldStop: () -> Bool = { false }, progress: (Int) -> Void = { _ in }
    ) -> [UInt32]? {
        let count = graph.documentCount
        let run = BisectionRun(graph, limits)
        let worker = BisectionWorker(run)
        func watch() {
            if shouldStop() { run.isStopped.store(true, ordering: .relaxed) }
            progress(run.placedCount.load(ordering: .relaxed))
        }
        if count <= limits.leafDocumentCount {
            worker.place(0..<count, watch: watch)
        } else {
            let middle = worker.split(0..<count, watch: watch)
            do {
                let thread = try WorkerThread { [run] in BisectionWorker(run).place(0..<middle, watch: {}) }
                worker.place(middle..<count, watch: watch)
                thread.join()
            } catch {
                // Without another thread it only takes longer.
                worker.place(0..<middle, watch: watch)
                worker.place(middle..<count, watch: watch)
            }
        }
        watch()
        return run.isStopped.load(ordering: .relaxed) ? nil : run.order
    }

    /// What one more document with a term costs a half, by how many documents of the half have the term, in
    /// 1/1024 bit.
    ///
    /// A half of n documents, d of them with the term, pays d log2(n / (d + 1)) bits for the gaps between
    /// them. As both halves have the same size, only f(d) = d log2(d + 1) tells orders apart, and a document
    /// that leaves saves what one that comes pays: the step from f(d) to f(d + 1).
    static let costs: [Int16] = (0..<Int(SAEKIN_BISECTION_COST_COUNT)).map { degree in
        Int16((1_024 * (saved(degree + 1) - saved(degree))).rounded())
    }

    /// log2 in 1/1024, for `logGaps`.
    static let logs: [Int16] = (0..<Int(SAEKIN_BISECTION_COST_COUNT)).map { gap in
        gap == 0 ? 0 : Int16((1_024 * log2(Double(gap))).rounded())
    }

    /// How many bits the gaps between the documents of each term have in this order, all together.
    static func logGaps(_ graph: BisectionGraph, _ order: [UInt32]) -> Double {
        precondition(order.count == graph.documentCount)
        var view = graph.view
        var last = [UInt32](repeating: 0, count: max(graph.termCount, 1))
        let sum = saekin_bisection_log_gaps(&view, order, order.count, graph.termCount, logs, &last)
        return withExtendedLifetime(graph) { Double(sum) / 1_024 }
    }

    private static func saved(_ degree: Int) -> Double { Double(degree) * log2(Double(degree) + 1) }
}

/// A bisection under way: what its threads share.
private final class BisectionRun: @unchecked Sendable {
    // SAFETY (Sendable): the threads write different parts of `documents` and `sums`; the rest is constant or
    // atomic.
    let graph: BisectionGraph
    let limits: BisectionLimits
    /// The documents in the order so far.
    let documents: UnsafeMutablePointer<UInt32>
    /// How strongly each of them is pulled to the left.
    let sums: UnsafeMutablePointer<Int32>
    let isStopped = Atomic(false)
    let placedCount = Atomic(0)

    init(_ graph: BisectionGraph, _ limits: BisectionLimits) {
        self.graph = graph
        self.limits = limits
        documents = .allocate(capacity: max(graph.documentCount, 1))
        sums = .allocate(capacity: max(graph.documentCount, 1))
        for document in 0..<graph.documentCount { documents[document] = UInt32(document) }
        sums.initialize(repeating: 0, count: graph.documentCount)
    }

    deinit {
        documents.deallocate()
        sums.deallocate()
    }

    var order: [UInt32] { Array(UnsafeBufferPointer(start: documents, count: graph.documentCount)) }
}

/// Bisects one part after another on one thread.
private final class BisectionWorker {
    private let run: BisectionRun
    private let degrees: UnsafeMutablePointer<UInt32>
    private let pulls: UnsafeMutablePointer<Int16>
    private let numbers: UnsafeMutablePointer<UInt16>
    private let costs = GraphBisection.costs
    /// Copies of the two halves at each depth below the parts that are large.
    private var copies: [(left: BisectionPart, right: BisectionPart)] = []

    private static let termRoom = Int(UInt16.max) + 1

    init(_ run: BisectionRun) {
        self.run = run
        degrees = .allocate(capacity: 2 * Self.termRoom)
        pulls = .allocate(capacity: 2 * Self.termRoom)
        numbers = .allocate(capacity: Self.termRoom)
    }

    deinit {
        degrees.deallocate()
        pulls.deallocate()
        numbers.deallocate()
    }

    private var left: UnsafeMutablePointer<UInt32> { degrees }
    private var right: UnsafeMutablePointer<UInt32> { degrees + Self.termRoom }

    /// Orders the documents of a range.
    func place(_ range: Range<Int>, watch: () -> Void) {
        if run.isStopped.load(ordering: .relaxed) { return }
        guard range.count > run.limits.leafDocumentCount else {
            finish(range)
            return
        }
        let view = run.graph.view
        var postingCount = 0
        for place in range {
            let document = Int(run.documents[place])
            postingCount += Int(view.starts[document + 1] - view.starts[document])
        }
        if postingCount <= run.limits.localPostingCount {
            placeCopy(range)
            watch()
        } else {
            let middle = split(range, watch: watch)
            place(range.lowerBound..<middle, watch: watch)
            place(middle..<range.upperBound, watch: watch)
        }
    }

    /// Splits a range in two; returns where the right half begins.
    func split(_ range: Range<Int>, watch: () -> Void) -> Int {
        let documents = run.documents + range.lowerBound
        let sums = run.sums + range.lowerBound
        return range.lowerBound
            + bisect(
                run.graph.view, termCount: run.graph.termCount, documents, range.count, sums, watch: watch)
    }

    /// Leaves the documents of a range in the order in which they came.
    private func finish(_ range: Range<Int>) {
        var part = UnsafeMutableBufferPointer(
            start: run.documents + range.lowerBound, count: range.count)
        part.sort()
        run.placedCount.wrappingAdd(range.count, ordering: .relaxed)
    }

    private func bisect(
        _ graph: saekin_bisection_graph, termCount: Int, _ order: UnsafeMutablePointer<UInt32>,
        _ count: Int, _ sums: UnsafeMutablePointer<Int32>, watch: () -> Void
    ) -> Int {
        // SAFETY: the orders of a part are numbers of its documents, its terms are below `termCount`, which
        // is at most 65,535, and every buffer has room for that many.
        var graph = graph
        let half = (count + 1) / 2
        left.update(repeating: 0, count: termCount)
        right.update(repeating: 0, count: termCount)
        saekin_bisection_count(&graph, order, half, left)
        saekin_bisection_count(&graph, order + half, count - half, right)
        let leftPulls = pulls
        let rightPulls = pulls + Self.termRoom
        let settled = Int(Double(count) * run.limits.settledShare)
        for _ in 0..<run.limits.iterationCountMax {
            if run.isStopped.load(ordering: .relaxed) { break }
            saekin_bisection_gains(left, right, termCount, costs, leftPulls, rightPulls)
            saekin_bisection_sum(&graph, order, half, leftPulls, sums)
            saekin_bisection_sum(&graph, order + half, count - half, rightPulls, sums + half)
            let bound = saekin_bisection_bound(sums, count, half)
            let swaps = saekin_bisection_swap(&graph, order, half, count, sums, bound, left, right)
            watch()
            if 2 * swaps <= settled { break }
        }
        return half
    }

    // MARK: Parts that were copied together

    /// Orders a range whose terms fit into the cache.
    private func placeCopy(_ range: Range<Int>) {
        let documents = run.documents + range.lowerBound
        var graph = run.graph.view
        let termCount = run.graph.termCount
        left.update(repeating: 0, count: termCount)
        saekin_bisection_count(&graph, documents, range.count, left)
        let part = copyPair(depth: 0).left
        part.copy(graph, documents, range.count, ids: nil, degrees: left, termCount: termCount, numbers)
        place(part, at: range.lowerBound, depth: 1)
    }

    private func place(_ part: BisectionPart, at start: Int, depth: Int) {
        let count = part.documentCount
        if count <= run.limits.leafDocumentCount {
            let documents = run.documents + start
            documents.update(from: part.ids, count: count)
            finish(start..<start + count)
            return
        }
        let half = bisect(
            part.graph, termCount: part.termCount, part.order, count, run.sums + start, watch: {})
        if half <= run.limits.leafDocumentCount {
            for place in 0..<count { run.documents[start + place] = part.ids[Int(part.order[place])] }
            finish(start..<start + half)
            finish(start + half..<start + count)
            return
        }
        let halves = copyPair(depth: depth)
        halves.left.copy(
            part.graph, part.order, half, ids: part.ids, degrees: left, termCount: part.termCount, numbers)
        halves.right.copy(
            part.graph, part.order + half, count - half, ids: part.ids, degrees: right,
            termCount: part.termCount, numbers)
        place(halves.left, at: start, depth: depth + 1)
        place(halves.right, at: start + half, depth: depth + 1)
    }

    private func copyPair(depth: Int) -> (left: BisectionPart, right: BisectionPart) {
        while copies.count <= depth { copies.append((BisectionPart(), BisectionPart())) }
        return copies[depth]
    }
}
