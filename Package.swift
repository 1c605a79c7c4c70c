// swift-tools-version: 6.2
import PackageDescription

// Every target builds without warnings: a warning is a defect that has not been read yet.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "saekin",
    products: [
        .executable(name: "saekin", targets: ["saekin"]),
        .executable(name: "compile-dictionary", targets: ["compile-dictionary"]),
    ],
    targets: [
        // C libraries and shims.
        .target(
            name: "CICU",
            linkerSettings: [.linkedLibrary("icuuc")]),
        .target(
            name: "CSimdJSON",
            linkerSettings: [.linkedLibrary("simdjson")]),
        .target(
            name: "CEvent",
            linkerSettings: [.linkedLibrary("event"), .linkedLibrary("event_pthreads")]),
        .target(name: "CKernels"),
        .target(name: "CPage"),
        .target(name: "CPlatform"),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

        // The engine and what surrounds it, from the bytes up.
        .target(name: "Engine", dependencies: ["CKernels", "CPlatform", "CZstd"], swiftSettings: strict),
        .target(name: "KoreanAnalysis", dependencies: ["CICU", "CPlatform"], swiftSettings: strict),
        .target(name: "JSON", dependencies: ["CSimdJSON"], swiftSettings: strict),
        .target(name: "Store", dependencies: ["CSQLite", "JSON"], swiftSettings: strict),
        .target(
            name: "ProductSearch",
            dependencies: ["Engine", "KoreanAnalysis", "JSON", "Store", "CPlatform", "CZstd"],
            swiftSettings: strict),
        .target(name: "Evaluation", swiftSettings: strict),
        .target(name: "HTTPServer", dependencies: ["CEvent", "CPlatform"], swiftSettings: strict),
        .target(
            name: "SearchAPI", dependencies: ["CPage", "HTTPServer", "ProductSearch", "JSON"],
            exclude: ["Page"],
            swiftSettings: strict),

        // What a person starts.
        .executableTarget(
            name: "saekin",
            dependencies: [
                "SearchAPI", "ProductSearch", "Evaluation", "HTTPServer", "JSON", "Engine", "KoreanAnalysis", "Store",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "compile-dictionary", dependencies: ["KoreanAnalysis"], swiftSettings: strict),

        // The engine beside other engines; see Benchmarks/README.md.
        .executableTarget(
            name: "engine-bench", dependencies: ["Engine", "JSON"], path: "Benchmarks/EngineBench",
            swiftSettings: strict),

        .testTarget(
            name: "EngineTests", dependencies: ["Engine", "CKernels"], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(name: "KoreanAnalysisTests", dependencies: ["KoreanAnalysis"], swiftSettings: strict),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: strict),
        .testTarget(name: "StoreTests", dependencies: ["Store", "JSON"], swiftSettings: strict),
        .testTarget(name: "EvaluationTests", dependencies: ["Evaluation"], swiftSettings: strict),
        .testTarget(name: "HTTPServerTests", dependencies: ["HTTPServer"], swiftSettings: strict),
        .testTarget(
            name: "ProductSearchTests",
            dependencies: ["ProductSearch", "Engine", "KoreanAnalysis", "Store", "JSON"],
            swiftSettings: strict),
        .testTarget(
            name: "SearchAPITests",
            dependencies: ["SearchAPI", "ProductSearch", "HTTPServer", "Store", "KoreanAnalysis", "JSON"],
            swiftSettings: strict),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
