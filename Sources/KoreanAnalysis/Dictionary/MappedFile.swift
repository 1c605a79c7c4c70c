// A file's bytes, mapped or in memory, at an address that stays put for the life of the object.

import Glibc

/// Bytes that do not change and do not move.
final class MappedFile: @unchecked Sendable {
    // SAFETY: the memory is only read after `init`, so sharing the object between threads is safe. A
    // dictionary file is replaced by renaming another over it, never rewritten in place, so the mapping keeps
    // its content.
    let bytes: UnsafeRawBufferPointer
    private let isMapped: Bool

    /// Maps a whole file for reading.
    init(path: String) throws(DictionaryError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "open", path: path, errno: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .system(operation: "stat", path: path, errno: errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unsupported(path: path, found: "not a regular file")
        }
        let count = Int(status.st_size)
        guard count > 0 else { throw .damaged(path: path, byteOffset: 0, what: "the file is empty") }
        guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED
        else {
            throw .system(operation: "map", path: path, errno: errno)
        }
        bytes = UnsafeRawBufferPointer(start: address, count: count)
        isMapped = true
    }

    /// Copies bytes to memory of its own.
    init(copying image: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(image.count, 1), alignment: 16)
        copy.copyBytes(from: image)
        bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(copy)[..<image.count])
        isMapped = false
    }

    deinit {
        guard let address = bytes.baseAddress else { return }
        // SAFETY: nobody can hold the object any more, and each kind of memory goes back the way it came.
        if isMapped {
            munmap(UnsafeMutableRawPointer(mutating: address), bytes.count)
        } else {
            UnsafeMutableRawPointer(mutating: address).deallocate()
        }
    }
}
