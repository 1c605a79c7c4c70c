// Where everything of one shop lies on disk:
//
//     DIR/store.sqlite            the truth: products, events, dead letters
//     DIR/popular-queries         counted searches, for completions
//     DIR/index/CURRENT           the name of the live generation
//     DIR/index/<generation>/     manifest, segments, lock: a derived view of the store
//     DIR/index/rebuild.lock      held while an offline reindex runs

import CPlatform
import Glibc

/// The paths of one data folder.
public struct DataFolder: Sendable {
    public let path: String

    public init(_ path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    public var storePath: String { path + "/store.sqlite" }
    public var indexPath: String { path + "/index" }

    /// Whether something was ever put here.
    public var exists: Bool { access(storePath, F_OK) == 0 }

    /// Makes the folder and those above it where they are missing.
    public func create() throws(DataFolderError) {
        var made = path.hasPrefix("/") ? "" : "."
        for name in path.split(separator: "/") {
            made += "/" + name
            if mkdir(made, 0o755) != 0, errno != EEXIST {
                throw DataFolderError("cannot make the folder \(made): \(String(cString: strerror(errno)))")
            }
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw DataFolderError("cannot write to \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Demands that the folder holds a store; reading commands do not make one.
    public func requireExisting() throws(DataFolderError) {
        guard exists else {
            throw DataFolderError(
                "there is no store in \(path); make one with: saekin import --data \(path) FILE")
        }
    }
}

/// The data folder cannot be used; the message says why and what to do.
public struct DataFolderError: Error, CustomStringConvertible, Sendable {
    public let description: String

    init(_ description: String) { self.description = description }
}
