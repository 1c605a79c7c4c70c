// A file system for tests that counts every change, can stop or fail at the n-th, and forgets what was not
// synced when the power is cut. Files lie in a real folder, so that segments can be mapped from it.
//
// Durable are: the bytes a file had when it was last synced, and the names a folder had when it was last
// synced.

import Glibc
import Synchronization

@testable import Engine

final class FaultyFileSystem: FileSystem {
    enum Plan: Sendable {
        case none
        /// The process dies at the n-th change: it and all later operations do nothing and fail.
        case stop(at: Int)
        /// Only the n-th change fails, with EIO.
        case fail(at: Int)
    }

    /// What is left after `cutPower`.
    enum Survival: Sendable, CaseIterable {
        /// Only what was synced.
        case synced
        /// Everything: the process was killed, the machine ran on.
        case everything
        /// A random choice for every name and file.
        case mixture
    }

    fileprivate struct State {
        var plan: Plan
        var changes = 0
        var isStopped = false
        var nextFile = 0
        /// Path to file number, as the running process sees it.
        var names: [String: Int] = [:]
        /// Path to file number, as after a power cut.
        var durableNames: [String: Int] = [:]
        /// Bytes by file number at the last sync.
        var durableBytes: [Int: [UInt8]] = [:]
    }

    private let base = PosixFileSystem()
    private let state: Mutex<State>

    init(_ plan: Plan = .none) {
        state = Mutex(State(plan: plan))
    }

    /// How many changes were attempted.
    var changes: Int { state.withLock { $0.changes } }
    var isStopped: Bool { state.withLock { $0.isStopped } }

    func setPlan(_ plan: Plan) {
        state.withLock {
            $0.plan = plan
            $0.changes = 0
        }
    }

    func createFolder(_ path: String) throws(FileError) {
        try base.createFolder(path)
    }

    func write(_ bytes: [UInt8], toNewFile path: String) throws(FileError) {
        let failure = step(.write, path)
        if let failure {
            // A write that fails may have written a part.
            if failure.code != ECANCELED {
                try base.write(Array(bytes.prefix(bytes.count / 2)), toNewFile: path)
            }
            register(path)
            throw failure
        }
        try base.write(bytes, toNewFile: path)
        register(path)
    }

    func makeFile(_ path: String) throws(FileError) -> any NewFile {
        CollectedFile { [self] bytes throws(FileError) in try write(bytes, toNewFile: path) }
    }

    /// Becomes a file when it is closed, so that a plan has one change to stop at.
    private final class CollectedFile: NewFile {
        private var bytes: [UInt8] = []
        private let end: ([UInt8]) throws(FileError) -> Void

        init(_ end: @escaping ([UInt8]) throws(FileError) -> Void) { self.end = end }

        func append(_ bytes: [UInt8]) throws(FileError) { self.bytes += bytes }

        func close() throws(FileError) { try end(bytes) }
    }

    func writeDurably(_ bytes: [UInt8], toNewFile path: String) throws(FileError) {
        try write(bytes, toNewFile: path)
        try sync(file: path)
    }

    func sync(file path: String) throws(FileError) {
        if let failure = step(.sync, path) { throw failure }
        let bytes = try base.read(path, byteLimit: .max)
        state.withLock { $0.durableBytes[$0.number(path)] = bytes }
    }

    func sync(folder path: String) throws(FileError) {
        if let failure = step(.sync, path) { throw failure }
        let present = try files(in: path)
        state.withLock { state in
            state.durableNames = state.durableNames.filter { !$0.key.isInside(path) }
            for name in present {
                state.durableNames[name] = state.number(name)
            }
        }
    }

    func rename(_ path: String, to target: String) throws(FileError) {
        if let failure = step(.rename, path) { throw failure }
        try base.rename(path, to: target)
        state.withLock { state in
            state.names[target] = state.number(path)
            state.names[path] = nil
        }
    }

    func remove(_ path: String) throws(FileError) {
        if let failure = step(.remove, path) { throw failure }
        try base.remove(path)
        state.withLock { $0.names[path] = nil }
    }

    func removeFolder(_ path: String) throws(FileError) {
        if let failure = step(.remove, path) { throw failure }
        try base.removeFolder(path)
    }

    func read(_ path: String, byteLimit: Int) throws(FileError) -> [UInt8] {
        try base.read(path, byteLimit: byteLimit)
    }

    func list(_ folder: String) throws(FileError) -> [String] {
        try base.list(folder)
    }

    /// Leaves in `folder` what survives a power cut, and starts afresh without faults.
    func cutPower(_ folder: String, _ survival: Survival, using random: inout IndexTestRandom) throws {
        let before = state.withLock { $0 }
        var left: [(path: String, bytes: [UInt8])] = []
        let present = Set(try files(in: folder))
        for path in present.union(before.durableNames.keys).sorted() where path.isInside(folder) {
            let running = present.contains(path) ? before.names[path] ?? -1 : nil
            let durable = before.durableNames[path]
            let keepsRunning = survival == .everything || survival == .mixture && Bool.random(using: &random)
            guard let number = keepsRunning ? running : durable else { continue }
            let synced = before.durableBytes[number] ?? []
            let isPresent = number == running
            if survival == .synced || !isPresent {
                left.append((path, synced))
                continue
            }
            let bytes = try base.read(path, byteLimit: .max)
            if survival == .everything || bytes == synced {
                left.append((path, bytes))
            } else {
                left.append((path, Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))))
            }
        }
        for path in present { try base.remove(path) }
        state.withLock { $0 = State(plan: .none) }
        for (path, bytes) in left { try writeDurably(bytes, toNewFile: path) }
        try sync(folder: folder)
    }

    /// The paths of the files in a folder, without locks and folders.
    private func files(in folder: String) throws(FileError) -> [String] {
        try base.list(folder).map { "\(folder)/\($0)" }.filter { path in
            var information = stat()
            return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
                && !path.hasSuffix("/lock")
        }
    }

    private func register(_ path: String) {
        state.withLock { state in
            state.nextFile += 1
            state.names[path] = state.nextFile
        }
    }

    private func step(_ operation: FileError.Operation, _ path: String) -> FileError? {
        state.withLock { state in
            if state.isStopped { return FileError(operation, path: path, code: ECANCELED) }
            state.changes += 1
            switch state.plan {
            case .stop(let change) where change == state.changes:
                state.isStopped = true
                return FileError(operation, path: path, code: EINTR)
            case .fail(let change) where change == state.changes:
                return FileError(operation, path: path, code: EIO)
            default:
                return nil
            }
        }
    }
}

extension FaultyFileSystem.State {
    /// The number of a file, given now if something else made the file.
    fileprivate mutating func number(_ path: String) -> Int {
        if let known = names[path] { return known }
        nextFile += 1
        names[path] = nextFile
        return nextFile
    }
}

extension String {
    fileprivate func isInside(_ folder: String) -> Bool {
        hasPrefix(folder + "/") && !dropFirst(folder.count + 1).contains("/")
    }
}
