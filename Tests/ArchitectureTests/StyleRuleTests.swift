// Rules of the house that a machine can hold: sizes, marks of unfinished work, links, the top level.

import Foundation
import Testing

@Suite struct StyleRuleTests {
    static let sources =
        Repository.files(in: "Sources", extensions: ["swift", "c", "cpp", "h"])
        + Repository.files(in: "Tests", extensions: ["swift"])

    @Test func `no source file is far over five hundred lines`() throws {
        for file in Self.sources {
            let count = try Repository.text(file).split(separator: "\n", omittingEmptySubsequences: false)
                .count
            #expect(count <= 560, "\(file) has \(count) lines")
        }
    }

    @Test func `no line is longer than 110 characters, but for long literals`() throws {
        for file in Self.sources {
            for (index, line) in try Repository.text(file).components(separatedBy: "\n").enumerated() {
                let limit = line.contains("\"") ? 160 : 110
                #expect(line.count <= limit, "\(file), line \(index + 1) has \(line.count) characters")
            }
        }
    }

    @Test func `nothing is left open in the sources`() throws {
        // Written apart, so that this file does not find itself.
        let mark = try NSRegularExpression(pattern: #"\b(TO"# + #"DO|FIX"# + #"ME|XX"# + #"X|HA"# + #"CK)\b"#)
        for file in Self.sources {
            let text = try Repository.text(file)
            let found = mark.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
            #expect(!found, "\(file) is not finished")
        }
    }

    @Test func `errors are not swallowed outside the tests`() throws {
        for file in Self.sources where file.hasPrefix("Sources/") && file.hasSuffix(".swift") {
            let text = try Repository.text(file)
            let dropsError = text.range(of: #"[ (=]try\? "#, options: .regularExpression) != nil
            #expect(!dropsError, "\(file) drops an error")
            let hasEmptyCatch = text.contains("catch {}")
            #expect(!hasEmptyCatch, "\(file) has an empty catch")
        }
    }

    @Test func `links in documents lead to files`() throws {
        let documents =
            Repository.files(in: "Sources", extensions: ["md"])
            + Repository.files(in: "Benchmarks", extensions: ["md"])
            + Repository.files(in: "corpora", extensions: ["md"]) + ["README.md"]
        let link = try NSRegularExpression(pattern: #"\]\(([^)#\s]+)[^)]*\)"#)
        for document in documents {
            let text = try Repository.text(document)
            let range = NSRange(text.startIndex..., in: text)
            for match in link.matches(in: text, range: range) {
                let target = String(text[Range(match.range(at: 1), in: text)!])
                if target.hasPrefix("http") || target.hasPrefix("doc:") { continue }
                let folder = (document as NSString).deletingLastPathComponent
                let path = folder.isEmpty ? target : "\(folder)/\(target)"
                #expect(Repository.exists(path), "\(document) links to \(target), which is not there")
            }
        }
    }

    @Test func `the top level shows what was agreed and nothing else`() throws {
        let agreed: Set<String> = [
            "Package.swift", "Sources", "Tests", "Benchmarks", "corpora", "tools", "README.md",
        ]
        let shown = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path)
            .filter { !$0.hasPrefix(".") }
        #expect(Set(shown) == agreed)
    }
}
