// What the index asks of a file system, and nothing more. Every change of the folder goes through this
// protocol, so that a test can stop, fail or forget at the n-th of them.
//
// Durability follows POSIX: bytes survive a power cut once `sync(file:)` returned, names (creation, renaming,
// removal) once `sync(folder:)` of their folder returned.

/// The file operations the index is built on.
protocol FileSystem: Sendable {
    /// Creates a folder and its missing parents; an existing folder is no error.
    func createFolder(_ path: String) throws(FileError)

    /// Creates a file that must not exist yet and writes all bytes, without syncing them.
    func write(_ bytes: [UInt8], toNewFile path: String) throws(FileError)

    /// Creates a file that must not exist yet, to be written piece by piece, without syncing it.
    func makeFile(_ path: String) throws(FileError) -> any NewFile

    /// Creates a file that must not exist yet, writes all bytes and syncs them before it is closed, so that
    /// no write-back error can fall between two descriptors.
    func writeDurably(_ bytes: [UInt8], toNewFile path: String) throws(FileError)

    /// Makes the bytes of a file durable.
    func sync(file path: String) throws(FileError)

    /// Makes the names in a folder durable.
    func sync(folder path: String) throws(FileError)

    /// Renames a file, replacing the target in one step.
    func rename(_ path: String, to target: String) throws(FileError)

    /// Removes a file; open mappings of it stay valid.
    func remove(_ path: String) throws(FileError)

    /// Reads a whole file of at most `byteLimit` bytes; a longer one fails with `EFBIG`.
    func read(_ path: String, byteLimit: Int) throws(FileError) -> [UInt8]

    /// The names in a folder, sorted, without `.` and `..`.
    func list(_ folder: String) throws(FileError) -> [String]

    /// Removes an empty folder.
    func removeFolder(_ path: String) throws(FileError)
}

/// A file that is being written.
protocol NewFile: AnyObject {
    /// Writes bytes behind those before.
    func append(_ bytes: [UInt8]) throws(FileError)

    /// Ends the file. Without it, the file is left as it is.
    func close() throws(FileError)
}

extension FileSystem {
    /// Replaces a small file in one step: a reader, or a restart after a crash, sees the old bytes or the new
    /// ones. Writes `path.tmp`, syncs it, renames it and syncs the folder.
    func replaceAtomically(_ path: String, with bytes: [UInt8], in folder: String) throws(FileError) {
        let temporary = path + temporarySuffix
        do {
            try remove(temporary)
        } catch {
            // A temporary file is there only if an earlier replacement was interrupted.
            if !error.isMissing { throw error }
        }
        try writeDurably(bytes, toNewFile: temporary)
        try rename(temporary, to: path)
        try sync(folder: folder)
    }
}

/// Ends the name of a file that is being prepared to replace another.
let temporarySuffix = ".tmp"
