// One writer a folder: an advisory lock (flock) on a file that carries the owner's process id. The kernel
// drops the lock when the process ends, however it ends, so a stale file never keeps anybody out.

import Glibc

/// An exclusive lock, held until it is released or its last reference goes.
final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock at `path`, creating the file.
    /// - Throws: `IndexError.locked` with the owner's process id if another writer holds it,
    ///   `IndexError.file` if the file cannot be opened.
    init(path: String) throws(IndexError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .file(FileError(.lock, path: path, code: errno)) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            let owner = Self.owner(descriptor)
            close(descriptor)
            if code == EWOULDBLOCK { throw .locked(path: path, processID: owner) }
            throw .file(FileError(.lock, path: path, code: code))
        }
        let text = Array("\(getpid())\n".utf8)
        // The id only informs: the lock holds without it.
        let written = ftruncate(descriptor, 0) == 0 ? pwrite(descriptor, text, text.count, 0) : -1
        guard written == text.count else {
            let code = errno
            close(descriptor)
            throw .file(FileError(.lock, path: path, code: code))
        }
        self.descriptor = descriptor
    }

    deinit {
        // Closing alone would leave the lock with a child process that another thread is just starting: it
        // holds a copy of the descriptor until it runs its own program.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func owner(_ descriptor: Int32) -> Int32? {
        var text = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &text, text.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: text[..<count].prefix { $0 != 10 }, as: UTF8.self))
    }
}
