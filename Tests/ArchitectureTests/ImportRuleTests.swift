// Which target may import which. The table is the architecture; Package.swift and the sources must agree.

import Foundation
import Testing

@Suite struct ImportRuleTests {
    /// What each target may import beside itself.
    static let allowed: [String: Set<String>] = [
        "Engine": ["CKernels", "CPlatform", "CZstd", "Glibc", "Synchronization"],
        "KoreanAnalysis": ["CICU", "CPlatform", "Glibc", "Synchronization"],
        "JSON": ["CSimdJSON", "Glibc"],
        "Store": ["CSQLite", "JSON", "Glibc", "Synchronization", "Dispatch"],
        "ProductSearch": [
            "Engine", "KoreanAnalysis", "JSON", "Store", "CPlatform", "CZstd", "Glibc", "Synchronization",
            "Dispatch",
        ],
        "Evaluation": ["Glibc"],
        "HTTPServer": ["CEvent", "CPlatform", "Glibc", "Synchronization", "Dispatch"],
        "SearchAPI": ["CPage", "HTTPServer", "ProductSearch", "JSON"],
        "saekin": [
            "SearchAPI", "ProductSearch", "Evaluation", "HTTPServer", "JSON", "Engine", "KoreanAnalysis",
            "Store",
            "Glibc", "Synchronization",
        ],
        "compile-dictionary": ["KoreanAnalysis", "Glibc"],
    ]

    @Test(arguments: allowed.keys.sorted())
    func `a target imports only what the table allows`(_ target: String) throws {
        let files = Repository.files(in: "Sources/\(target)", extensions: ["swift"])
        #expect(!files.isEmpty, "there is no target \(target)")
        for file in files {
            for line in try Repository.text(file).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index <= 2, words.count > index + 1,
                    words.prefix(index).allSatisfy({ $0.hasPrefix("@") || $0 == "public" || $0 == "internal" }
                    )
                else { continue }
                let module = String(words[index + 1].split(separator: ".")[0])
                #expect(Self.allowed[target]?.contains(module) == true, "\(file) imports \(module)")
            }
        }
    }

    @Test func `every folder under Sources is a target of the table, a C library or a document`() throws {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: Repository.root.appendingPathComponent("Sources").path)
        for name in names where !name.hasPrefix("C") || Self.allowed[name] != nil {
            let isKnown = Self.allowed[name] != nil || name == "ARCHITECTURE.md" || name == "Decisions"
            #expect(isKnown, "Sources/\(name) is not in the table of this test")
        }
    }
}
