// Held by whoever makes or removes generations: one rebuild at a time, and no clean-up beside it, which could
// take a finished generation away before it is made the live one.

/// The right to make and remove generations of an index, until the last reference goes.
public final class RebuildLock: Sendable {
    private let lock: FolderLock

    init(path: String) throws(IndexError) {
        lock = try FolderLock(path: path)
    }
}
