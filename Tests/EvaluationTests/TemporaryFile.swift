// A file that a test writes and that goes away with it.

import Foundation

final class TemporaryFile {
    let path: String

    init(_ bytes: some Sequence<UInt8> = []) throws {
        let folder = FileManager.default.temporaryDirectory
        path = folder.appendingPathComponent("evaluation-\(UUID().uuidString)").path
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    func text() throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
