// The real file system, over Glibc. Calls interrupted by a signal are repeated, short writes continued.

import Glibc

/// Files of the operating system.
struct PosixFileSystem: FileSystem {
    func createFolder(_ path: String) throws(FileError) {
        let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        if mkdir(path, 0o755) != 0 {
            let code = errno
            if code == EEXIST {
                guard Self.isFolder(path) else { throw FileError(.createFolder, path: path, code: ENOTDIR) }
                return
            }
            guard code == ENOENT, parent != "/", parent != "." else {
                throw FileError(.createFolder, path: path, code: code)
            }
            try createFolder(parent)
            if mkdir(path, 0o755) != 0, errno != EEXIST {
                throw FileError(.createFolder, path: path, code: errno)
            }
        }
        // The new folder's own name must survive a power cut too.
        try sync(folder: parent)
    }

    func write(_ bytes: [UInt8], toNewFile path: String) throws(FileError) {
        try write(bytes, toNewFile: path, durably: false)
    }

    func makeFile(_ path: String) throws(FileError) -> any NewFile {
        PosixNewFile(
            path: path, descriptor: try Self.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, .createFile))
    }

    func writeDurably(_ bytes: [UInt8], toNewFile path: String) throws(FileError) {
        try write(bytes, toNewFile: path, durably: true)
    }

    func sync(file path: String) throws(FileError) {
        let descriptor = try Self.open(path, O_RDONLY | O_CLOEXEC, .sync)
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { throw FileError(.sync, path: path, code: errno) }
    }

    func sync(folder path: String) throws(FileError) {
        let descriptor = try Self.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, .sync)
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { throw FileError(.sync, path: path, code: errno) }
    }

    func rename(_ path: String, to target: String) throws(FileError) {
        if Glibc.rename(path, target) != 0 { throw FileError(.rename, path: target, code: errno) }
    }

    func remove(_ path: String) throws(FileError) {
        if unlink(path) != 0 { throw FileError(.remove, path: path, code: errno) }
    }

    func removeFolder(_ path: String) throws(FileError) {
        if rmdir(path) != 0 { throw FileError(.remove, path: path, code: errno) }
    }

    func read(_ path: String, byteLimit: Int) throws(FileError) -> [UInt8] {
        let descriptor = try Self.open(path, O_RDONLY | O_CLOEXEC, .open)
        defer { close(descriptor) }
        var information = stat()
        if fstat(descriptor, &information) != 0 { throw FileError(.read, path: path, code: errno) }
        guard Int(information.st_size) <= byteLimit else { throw FileError(.read, path: path, code: EFBIG) }
        let expected = Int(information.st_size)
        var code: Int32 = 0
        // SAFETY: the initialised count is the number of bytes that read(2) reported as written.
        let bytes = [UInt8](unsafeUninitializedCapacity: expected) { buffer, count in
            while count < expected, let base = buffer.baseAddress {
                let read = Glibc.read(descriptor, base + count, expected - count)
                if read > 0 {
                    count += read
                } else if read == 0 {
                    return
                } else if errno != EINTR {
                    code = errno
                    return
                }
            }
        }
        if code != 0 { throw FileError(.read, path: path, code: code) }
        return bytes
    }

    func list(_ folder: String) throws(FileError) -> [String] {
        guard let stream = opendir(folder) else { throw FileError(.list, path: folder, code: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw FileError(.list, path: folder, code: errno) }
                return names.sorted()
            }
            // SAFETY: d_name is a NUL-terminated array inside the entry, valid until the next readdir.
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    private func write(_ bytes: [UInt8], toNewFile path: String, durably: Bool) throws(FileError) {
        let descriptor = try Self.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, .createFile)
        var failure = Self.write(bytes, to: descriptor, path: path)
        if failure == nil, durably, fsync(descriptor) != 0 {
            failure = FileError(.sync, path: path, code: errno)
        }
        // Network file systems report a failed write as late as here.
        if close(descriptor) != 0, failure == nil { failure = FileError(.write, path: path, code: errno) }
        if let failure { throw failure }
    }

    /// Writes all bytes at the descriptor's position; says what failed.
    fileprivate static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) -> FileError? {
        // SAFETY: the pointer is used inside the closure only, within the array's count.
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count, let base = buffer.baseAddress {
                let result = Glibc.write(descriptor, base + written, buffer.count - written)
                if result >= 0 {
                    written += result
                } else if errno != EINTR {
                    return FileError(.write, path: path, code: errno)
                }
            }
            return nil
        }
    }

    private static func open(
        _ path: String, _ flags: Int32, _ operation: FileError.Operation
    ) throws(FileError) -> Int32 {
        while true {
            let descriptor = Glibc.open(path, flags, 0o644)
            if descriptor >= 0 { return descriptor }
            if errno != EINTR { throw FileError(operation, path: path, code: errno) }
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }
}

/// A file of the operating system that is being written.
private final class PosixNewFile: NewFile {
    private let path: String
    private var descriptor: Int32

    init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    func append(_ bytes: [UInt8]) throws(FileError) {
        if let failure = PosixFileSystem.write(bytes, to: descriptor, path: path) { throw failure }
    }

    func close() throws(FileError) {
        let result = Glibc.close(descriptor)
        descriptor = -1
        if result != 0 { throw FileError(.write, path: path, code: errno) }
    }
}
