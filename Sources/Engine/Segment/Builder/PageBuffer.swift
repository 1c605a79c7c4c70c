// Growable memory for what a builder collects.
//
// Growing moves pages instead of copying their content, only pages that are touched take memory, and the
// pages are kept from one segment to the next, so that the kernel clears them once.
import CPlatform
import Glibc

/// An append-only array of trivial elements.
struct PageBuffer<Element: BitwiseCopyable>: ~Copyable {
    private static var firstByteCount: Int { 64 << 10 }

    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private(set) var capacity: Int
    private var pageByteCount: Int

    init() {
        pageByteCount = Self.firstByteCount
        base = Self.grow(nil, 0, pageByteCount)
        capacity = pageByteCount / MemoryLayout<Element>.stride
    }

    deinit { munmap(base, pageByteCount) }

    /// Bytes in use.
    var byteCount: Int { count * MemoryLayout<Element>.stride }

    subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "index outside of the buffer")
            return base[index]
        }
    }

    /// Makes room for `additional` elements behind the last, and returns where they go.
    @inline(__always)
    mutating func reserve(_ additional: Int) -> UnsafeMutablePointer<Element> {
        if count + additional > capacity { grow(additional) }
        return base + count
    }

    /// Counts elements that were written behind the last.
    ///
    /// - Precondition: they were reserved.
    @inline(__always)
    mutating func advance(_ additional: Int) {
        assert(count + additional <= capacity)
        count += additional
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        reserve(1).initialize(to: element)
        count += 1
    }

    mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
        guard let start = elements.baseAddress else { return }
        reserve(elements.count).initialize(from: start, count: elements.count)
        count += elements.count
    }

    /// Forgets the elements. The memory is kept for the next, unless it is to be given back.
    mutating func removeAll(keepingMemory: Bool) {
        count = 0
        guard !keepingMemory, pageByteCount > Self.firstByteCount else { return }
        munmap(base, pageByteCount)
        pageByteCount = Self.firstByteCount
        base = Self.grow(nil, 0, pageByteCount)
        capacity = pageByteCount / MemoryLayout<Element>.stride
    }

    private mutating func grow(_ additional: Int) {
        let needed = (count + additional) * MemoryLayout<Element>.stride
        var grown = pageByteCount
        while grown < needed { grown *= 2 }
        // SAFETY: the old pages are `pageByteCount` long and not used after this.
        base = Self.grow(base, pageByteCount, grown)
        pageByteCount = grown
        capacity = grown / MemoryLayout<Element>.stride
    }

    private static func grow(
        _ old: UnsafeMutablePointer<Element>?, _ byteCount: Int, _ grownByteCount: Int
    ) -> UnsafeMutablePointer<Element> {
        guard let pages = saekin_grow_pages(old, byteCount, grownByteCount) else {
            // As for any other allocation, there is no way to go on.
            fatalError("out of memory: \(grownByteCount) bytes for documents that are being indexed")
        }
        return pages.bindMemory(to: Element.self, capacity: grownByteCount / MemoryLayout<Element>.stride)
    }
}
