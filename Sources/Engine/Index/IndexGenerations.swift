// The folders an index lives in over time. A reindex fills the next numbered folder beside the live one and
// then swaps the file CURRENT, which names the live folder; readers and the writer see the old index or the
// new one.
//
//     DIR/index/CURRENT    generation 3 crc32c 5e1f0c2a
//     DIR/index/3/         the live index
//     DIR/index/4/         one that is being built, or was left behind

/// The numbered folders of an index and the one that is live.
public struct IndexGenerations: Sendable {
    /// The folder that holds the numbered folders.
    public let directory: String
    private let fileSystem: any FileSystem

    private static let currentName = "CURRENT"

    /// Looks at `directory`; nothing is read or made yet.
    public init(directory: String) {
        self.init(directory: directory, fileSystem: PosixFileSystem())
    }

    init(directory: String, fileSystem: any FileSystem) {
        self.directory = directory
        self.fileSystem = fileSystem
    }

    /// The folder of a generation.
    public func path(_ generation: UInt64) -> String {
        "\(directory)/\(generation)"
    }

    /// The live generation, or nil where no index was ever made.
    /// - Throws: `IndexError.damaged` if CURRENT is unreadable, or missing beside generations that hold
    ///   files.
    public func current() throws(IndexError) -> UInt64? {
        let file = "\(directory)/\(Self.currentName)"
        let bytes: [UInt8]
        do {
            bytes = try fileSystem.read(file, byteLimit: 128)
        } catch {
            guard error.isMissing else { throw .file(error) }
            for generation in try all() where try !files(generation).isEmpty {
                throw .damaged(
                    file: file, byteOffset: 0,
                    what: "the file is missing, although generation \(generation) holds an index")
            }
            return nil
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let words = text.split(separator: " ")
        guard words.count == 4, let generation = UInt64(words[1]), Self.line(generation) == text else {
            throw .damaged(file: file, byteOffset: 0, what: "the line or its checksum is wrong")
        }
        return generation
    }

    /// The live generation; a first, empty one is made where there is none.
    public func currentOrFirst() throws(IndexError) -> UInt64 {
        if let generation = try current() { return generation }
        // CURRENT comes before the first file of the index: a crash in between leaves an empty folder, which
        // is an empty index.
        let first = try all().last ?? 1
        try attempt { () throws(FileError) in try fileSystem.createFolder(path(first)) }
        try write(first)
        return first
    }

    /// Takes the right to make and remove generations.
    /// - Throws: `IndexError.locked` while another process has it.
    public func lockForRebuild() throws(IndexError) -> RebuildLock {
        try attempt { () throws(FileError) in try fileSystem.createFolder(directory) }
        return try RebuildLock(path: "\(directory)/rebuild.lock")
    }

    /// Makes the folder of a generation that was never used, for a reindex to fill.
    public func begin(_ lock: RebuildLock) throws(IndexError) -> UInt64 {
        let next = max(try all().last ?? 0, try namedByCurrent() ?? 0) + 1
        try attempt { () throws(FileError) in try fileSystem.createFolder(path(next)) }
        return next
    }

    /// What CURRENT names, or nil where it is lost or damaged: a rebuild is what mends that.
    private func namedByCurrent() throws(IndexError) -> UInt64? {
        do {
            return try current()
        } catch {
            guard case .damaged = error else { throw error }
            return nil
        }
    }

    /// Makes a generation the live one, in one step.
    /// - Throws: the error of opening the generation for reading, if that fails; the live one then stays.
    public func makeCurrent(_ generation: UInt64) throws(IndexError) {
        _ = try Index.openForReading(directory: path(generation))
        try write(generation)
    }

    /// Removes generations that are not live and that no writer holds. Readers that still have them open keep
    /// their mapped files. To be called while no reindex runs: a folder that was begun and has no writer yet
    /// would be taken for one that was left behind.
    /// - Returns: what was removed.
    public func removeUnused(_ lock: RebuildLock) throws(IndexError) -> [UInt64] {
        guard let live = try current() else { return [] }
        var removed: [UInt64] = []
        for generation in try all() where generation != live {
            let lock: FolderLock
            do {
                lock = try FolderLock(path: "\(path(generation))/\(IndexFileName.lock)")
            } catch .locked {
                continue
            }
            try withExtendedLifetime(lock) { () throws(IndexError) in try remove(generation) }
            removed.append(generation)
        }
        return removed
    }

    private func remove(_ generation: UInt64) throws(IndexError) {
        let folder = path(generation)
        // The manifest goes first: what a crash leaves behind is then no index that could be opened.
        let names = try files(generation).sorted { left, _ in left == IndexFileName.manifest }
        try attempt { () throws(FileError) in
            for name in names where name == IndexFileName.manifest || IndexFileName.isOwn(name) {
                try fileSystem.remove("\(folder)/\(name)")
            }
            try fileSystem.sync(folder: folder)
            try fileSystem.remove("\(folder)/\(IndexFileName.lock)")
            try fileSystem.removeFolder(folder)
            try fileSystem.sync(folder: directory)
        }
    }

    /// All numbered folders, ascending.
    private func all() throws(IndexError) -> [UInt64] {
        let names: [String]
        do {
            names = try fileSystem.list(directory)
        } catch {
            if error.isMissing { return [] }
            throw .file(error)
        }
        return names.compactMap { name in UInt64(name).flatMap { "\($0)" == name ? $0 : nil } }.sorted()
    }

    /// What a generation holds besides its lock.
    private func files(_ generation: UInt64) throws(IndexError) -> [String] {
        try attempt { () throws(FileError) in try fileSystem.list(path(generation)) }
            .filter { $0 != IndexFileName.lock }
    }

    private func write(_ generation: UInt64) throws(IndexError) {
        try attempt { () throws(FileError) in
            try fileSystem.replaceAtomically(
                "\(directory)/\(Self.currentName)", with: Array(Self.line(generation).utf8), in: directory)
        }
    }

    private static func line(_ generation: UInt64) -> String {
        let checksum = String(
            RecordFormat.checksum(Array("generation \(generation)".utf8)[...]), radix: 16)
        let padding = String(repeating: "0", count: 8 - checksum.count)
        return "generation \(generation) crc32c \(padding)\(checksum)\n"
    }
}

/// Runs file operations and speaks of their failure as the index does.
func attempt<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(IndexError) -> Result {
    do {
        return try body()
    } catch {
        throw .file(error)
    }
}
