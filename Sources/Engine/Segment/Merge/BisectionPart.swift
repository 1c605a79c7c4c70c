// A part of a bisection that was copied together: its documents stand side by side, its terms are numbered
// anew, and terms that cannot tell its documents apart are gone. Without this, the deeper levels, which are
// most of the work, would read a few bytes here and there of a graph that is larger than any cache.
import CKernels

/// A few thousand documents and their terms. The memory is used again for the next part.
final class BisectionPart {
    private(set) var documentCount = 0
    private(set) var termCount = 0
    /// The documents of the part, by their numbers in the whole.
    private(set) var ids: UnsafeMutablePointer<UInt32>
    /// Their order: numbers in the part.
    private(set) var order: UnsafeMutablePointer<UInt32>
    private var starts: UnsafeMutablePointer<UInt32>
    private var terms: UnsafeMutablePointer<UInt16>
    private var documentRoom = 0
    private var termRoom = 0

    init() {
        ids = .allocate(capacity: 0)
        order = .allocate(capacity: 0)
        starts = .allocate(capacity: 1)
        terms = .allocate(capacity: 1)
    }

    deinit {
        ids.deallocate()
        order.deallocate()
        starts.deallocate()
        terms.deallocate()
    }

    var graph: saekin_bisection_graph { saekin_bisection_graph(starts: starts, terms: terms) }

    /// Takes `count` documents of a graph.
    ///
    /// - Parameters:
    ///   - chosen: the documents by their numbers in the graph.
    ///   - ids: for each number in the graph its number in the whole; nil when they are the same.
    ///   - degrees: how many of the documents have each term.
    ///   - numbers: room for a number a term.
    func copy(
        _ graph: saekin_bisection_graph, _ chosen: UnsafePointer<UInt32>, _ count: Int,
        ids oldIDs: UnsafePointer<UInt32>?, degrees: UnsafePointer<UInt32>, termCount oldTermCount: Int,
        _ numbers: UnsafeMutablePointer<UInt16>
    ) {
        var number: UInt16 = 0
        var postingCount = 0
        for term in 0..<oldTermCount {
            // What one document has, or all of them, is the same on either side.
            if degrees[term] >= 2, degrees[term] < count {
                numbers[term] = number
                number += 1
                postingCount += Int(degrees[term])
            } else {
                numbers[term] = .max
            }
        }
        reserve(documentCount: count, termCount: postingCount + 1)
        documentCount = count
        termCount = Int(number)
        // SAFETY: there is room for the documents, and for their terms and one more.
        var graph = graph
        let copied = saekin_bisection_copy(&graph, chosen, count, numbers, terms, starts)
        assert(copied == postingCount)
        for place in 0..<count {
            order[place] = UInt32(place)
            ids[place] = oldIDs.map { $0[Int(chosen[place])] } ?? chosen[place]
        }
    }

    private func reserve(documentCount: Int, termCount: Int) {
        if documentCount > documentRoom {
            ids.deallocate()
            order.deallocate()
            starts.deallocate()
            documentRoom = documentCount
            ids = .allocate(capacity: documentCount)
            order = .allocate(capacity: documentCount)
            starts = .allocate(capacity: documentCount + 1)
        }
        if termCount > termRoom {
            terms.deallocate()
            termRoom = termCount + termCount / 4
            terms = .allocate(capacity: termRoom)
        }
    }
}
