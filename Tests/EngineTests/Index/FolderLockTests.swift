// One writer a folder, within this process and across processes.

import Glibc
import Testing

@testable import Engine

@Suite struct FolderLockTests {
    @Test func aSecondWriterIsRefusedUntilTheFirstIsClosed() throws {
        let folder = IndexTestFolder()
        let writer = try IndexWriter.open(directory: folder.path)
        let lock = "\(folder.path)/\(IndexFileName.lock)"
        #expect(throws: IndexError.locked(path: lock, processID: getpid())) {
            try IndexWriter.open(directory: folder.path)
        }
        writer.close()
        writer.close()
        #expect(throws: IndexError.closed) { try writer.refresh(eventPosition: 1) }
        _ = try IndexWriter.open(directory: folder.path)
    }

    @Test func aWriterThatGoesOutOfScopeReleasesTheFolder() throws {
        let folder = IndexTestFolder()
        do { _ = try IndexWriter.open(directory: folder.path) }
        _ = try IndexWriter.open(directory: folder.path)
    }

    @Test func theLockHoldsAgainstAnotherProcess() throws {
        guard access("/usr/bin/flock", X_OK) == 0 else { return }
        let folder = IndexTestFolder()
        let writer = try IndexWriter.open(directory: folder.path)
        let lock = "\(folder.path)/\(IndexFileName.lock)"
        #expect(try run("/usr/bin/flock", "--nonblock", "--conflict-exit-code", "9", lock, "/bin/true") == 9)
        writer.close()
        #expect(try run("/usr/bin/flock", "--nonblock", "--conflict-exit-code", "9", lock, "/bin/true") == 0)
    }

    @Test func aLockOfAnotherProcessIsRespectedAndEndsWithIt() throws {
        guard access("/usr/bin/flock", X_OK) == 0 else { return }
        let folder = IndexTestFolder()
        let lock = "\(folder.path)/\(IndexFileName.lock)"
        let child = try start("/usr/bin/flock", "--no-fork", lock, "/bin/sleep", "60")
        defer { kill(child, SIGKILL) }
        var refused: IndexError?
        for _ in 0..<2_000 where refused == nil {
            do {
                try IndexWriter.open(directory: folder.path).close()
                usleep(2_000)
            } catch {
                refused = error
            }
        }
        guard case .locked = refused else { throw TestFailure("\(refused as Any)") }
        kill(child, SIGKILL)
        waitpid(child, nil, 0)
        _ = try IndexWriter.open(directory: folder.path)
    }

    private func start(_ program: String, _ arguments: String...) throws -> pid_t {
        try spawn(program, arguments)
    }

    private func run(_ program: String, _ arguments: String...) throws -> Int32 {
        var status: Int32 = 0
        waitpid(try spawn(program, arguments), &status, 0)
        return status >> 8 & 0xFF
    }

    private func spawn(_ program: String, _ arguments: [String]) throws -> pid_t {
        var pointers = ([program] + arguments).map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        pointers.append(nil)
        var child: pid_t = 0
        guard posix_spawn(&child, program, nil, nil, pointers, environ) == 0 else {
            throw TestFailure("\(program) does not start")
        }
        pointers.removeLast()
        return child
    }
}
