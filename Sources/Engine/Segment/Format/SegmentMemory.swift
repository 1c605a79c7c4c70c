// The memory behind a segment: a mapped file or a copy of an image.
import CPlatform
import Glibc

/// Immutable bytes, mapped from a file or held in memory, released with the last reference.
final class SegmentMemory: @unchecked Sendable {
    // SAFETY (Sendable): nothing writes to the memory after `init`, and only `deinit` releases it.
    let view: ByteView
    private let isMapped: Bool

    /// Copies an image, so that its address never changes.
    init(image: [UInt8]) {
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(image.count, 1))
        image.withUnsafeBufferPointer { bytes in
            if let start = bytes.baseAddress { copy.update(from: start, count: bytes.count) }
        }
        view = ByteView(base: UnsafePointer(copy), count: image.count)
        isMapped = false
    }

    /// Maps a file. The file must not be cut short while it is mapped: segments are immutable, and the kernel
    /// answers a read behind the end with SIGBUS.
    init(path: String) throws(SegmentError) {
        func failure(_ operation: String) -> SegmentError {
            SegmentError(.system(errno: saekin_errno()), file: path, "cannot \(operation) the file")
        }
        let descriptor = saekin_open(path, O_RDONLY)
        guard descriptor >= 0 else { throw failure("open") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("read the size of") }
        let count = Int(status.st_size)
        guard count > 0 else { throw SegmentError(.damaged, file: path, byteOffset: 0, "the file is empty") }
        guard let start = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED else {
            throw failure("map")
        }
        view = ByteView(base: UnsafePointer(start.assumingMemoryBound(to: UInt8.self)), count: count)
        isMapped = true
    }

    /// Lets the pages of a mapped file go, which are read again from the page cache when they are needed: who
    /// reads all of a file does not hold all of it.
    func releasePages() {
        guard isMapped else { return }
        // SAFETY: the pages are those of a file that nobody changes, so that they come back as they were.
        madvise(UnsafeMutablePointer(mutating: view.base), view.count, MADV_DONTNEED)
    }

    deinit {
        let start = UnsafeMutablePointer(mutating: view.base)
        if isMapped {
            munmap(start, view.count)
        } else {
            start.deallocate()
        }
    }
}
