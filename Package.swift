// swift-tools-version: 6.2
import PackageDescription

// The walls of ARCHITECTURE.md: a target may import what is listed here and nothing else
// (`scripts/lint` builds with `--explicit-target-dependency-import-check error`).

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]

extension Target.Dependency {
    static let argumentParser: Self = .product(name: "ArgumentParser", package: "swift-argument-parser")
    static let crypto: Self = .product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras: Self = .product(name: "CryptoExtras", package: "swift-crypto")
    static let grdb: Self = .product(name: "GRDB", package: "GRDB.swift")
    static let nioCore: Self = .product(name: "NIOCore", package: "swift-nio")
    static let nioPosix: Self = .product(name: "NIOPosix", package: "swift-nio")
    static let nioHPACK: Self = .product(name: "NIOHPACK", package: "swift-nio-http2")
    static let nioHTTP2: Self = .product(name: "NIOHTTP2", package: "swift-nio-http2")
    static let nioHTTP1: Self = .product(name: "NIOHTTP1", package: "swift-nio")
    static let nioSSL: Self = .product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioTLS: Self = .product(name: "NIOTLS", package: "swift-nio")
    static let nioWebSocket: Self = .product(name: "NIOWebSocket", package: "swift-nio")
    static let yams: Self = .product(name: "Yams", package: "Yams")
}

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// `exclude` is for what tests read from the source tree.
func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: strict)
}

let package = Package(
    name: "stagectl",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "stagectl", targets: ["stagectl"]),
        .executable(name: "SampleService", targets: ["SampleService"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C libraries, imported only inside Transport and SourceControl.
        .systemLibrary(
            name: "Clibcurl", path: "Sources/Transport/Clibcurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .systemLibrary(
            name: "Clibz", path: "Sources/Transport/Clibz", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "Clibgit2", path: "Sources/SourceControl/Clibgit2", pkgConfig: "libgit2",
            providers: [.apt(["libgit2-dev"]), .brew(["libgit2"])]),

        // Values that every module may speak.
        module("JSON", []),
        module("Configuration", ["JSON", .yams]),

        // The domain: decisions are pure, roles are small protocols, no adapter is imported.
        module("Releases", ["JSON", "Configuration"]),
        module("Verification", ["JSON", "Configuration"]),
        module("Loop", ["JSON", "Configuration", "Releases", "Verification"]),

        // Adapters: how the outside world is really reached.
        .target(
            name: "Transport",
            dependencies: ["Clibcurl", "Clibz", .nioCore, .nioPosix, .nioHTTP1, .nioSSL, .nioTLS, .nioWebSocket],
            exclude: ["Clibcurl", "Clibz"], swiftSettings: strict),
        .target(
            name: "SourceControl", dependencies: ["Clibgit2"], exclude: ["Clibgit2"], swiftSettings: strict),
        module("Images", ["JSON", "Configuration", "Releases", "GoogleCloud", "Transport", .crypto]),
        module("Infrastructure", ["JSON", "Configuration", "Transport"]),
        module("State", ["JSON", "Releases", "Verification", "Loop", .grdb]),
        module("GoogleCloud", ["JSON", "Releases", "Transport", .crypto, .cryptoExtras]),
        module(
            "LocalCloudRun",
            ["JSON", "Transport", .grdb, .crypto, .nioCore, .nioPosix, .nioHTTP1, .nioHTTP2, .nioHPACK]),

        // What people see, and the command line that connects it all.
        module("Reporting", ["JSON", "Configuration", "Releases", "Verification", "Loop", "Infrastructure"]),
        module(
            "Commands",
            [
                "JSON", "Configuration", "Releases", "Verification", "Loop", "Transport", "SourceControl", "Images",
                "State",
                "Infrastructure", "GoogleCloud", "LocalCloudRun", "Reporting", .argumentParser, .crypto, .cryptoExtras,
            ]),
        .executableTarget(
            name: "stagectl", dependencies: ["Commands"], swiftSettings: strict,
            // Nobody looks up symbols in it; the table of all of them would be in the memory of each run. The linker is
            // the toolchain's own, which can also pack relocations.
            linkerSettings: [
                .unsafeFlags(
                    ["-use-ld=lld", "-Xlinker", "--no-export-dynamic"],
                    .when(platforms: [.linux], configuration: .release))
            ]),

        // The small backend, auth and frontend that the quick start deploys and tests break on purpose.
        .executableTarget(
            name: "SampleService",
            dependencies: [.nioCore, .nioPosix, .nioHTTP1, .nioWebSocket, .crypto],
            swiftSettings: strict,
            // A container image from scratch has no dynamic loader.
            linkerSettings: [
                .unsafeFlags(
                    [
                        "-static-executable", "-l_FoundationCShims", "-l_FoundationCollections",
                        "-lswiftSynchronization",
                    ], .when(platforms: [.linux]))
            ]),

        // What several test targets share: Google's description of its API, and whether a document keeps to it.
        .target(name: "Discovery", dependencies: ["JSON"], path: "Tests/Discovery", swiftSettings: strict),
        // Cloud Storage and Cloud Build on loopback, for tests of what builds there.
        .target(
            name: "GoogleCloudStub", dependencies: ["JSON", "Discovery", .crypto], path: "Tests/GoogleCloudStub",
            swiftSettings: strict),
        // The release engine in worlds that one seed decides; `scripts/simulate` runs them by the thousand.
        .target(
            name: "Simulation", dependencies: ["Configuration", "Releases", "State", "Verification"],
            path: "Tests/Simulation", swiftSettings: strict),
        .executableTarget(
            name: "simulate",
            dependencies: ["JSON", "Simulation", "LabelledFailures", "Loop", "Verification", .argumentParser],
            path: "Tests/simulate-tool", swiftSettings: strict),
        // Processes that contend for one lock, for StateTests to start.
        .executableTarget(
            name: "contend", dependencies: ["Commands", "GoogleCloud", "Releases", "State"], path: "Tests/contend-tool",
            swiftSettings: strict),
        tests("JSONTests", ["JSON"]),
        tests("ConfigurationTests", ["JSON", "Configuration"]),
        tests(
            "ReleasesTests", ["JSON", "Configuration", "Releases", "GoogleCloud", "Simulation"],
            resources: [.copy("Journals")]),
        tests("SimulationTests", ["Simulation", "Releases", "Verification"]),
        tests(
            "VerificationTests", ["JSON", "Configuration", "Verification"],
            resources: [.copy("Corpus"), .copy("JUnit"), .copy("Oracles")]),
        // Failures whose causes are known, for tests and `scripts/bench-causes`.
        .target(
            name: "LabelledFailures", dependencies: ["Loop", "Verification"], path: "Tests/LabelledFailures",
            swiftSettings: strict),
        tests("LoopTests", ["JSON", "Configuration", "Releases", "Verification", "Loop", "LabelledFailures"]),
        tests(
            "TransportTests", ["Transport", .nioCore, .nioPosix, .nioHTTP1, .nioHTTP2, .nioSSL, .nioWebSocket]),
        tests("SourceControlTests", ["SourceControl"]),
        tests(
            "ImagesTests",
            ["JSON", "Configuration", "Releases", "GoogleCloud", "Images", "Transport", "Discovery", "GoogleCloudStub"]),
        tests(
            "StateTests",
            [
                "JSON", "Configuration", "Releases", "Verification", "Loop", "State", "GoogleCloud", "Commands",
                "Transport", "GoogleCloudStub",
            ]),
        tests(
            "GoogleCloudTests",
            [
                "JSON", "Configuration", "Releases", "GoogleCloud", "Transport", "Discovery", "GoogleCloudStub",
                .crypto,
                .cryptoExtras,
            ]),
        tests(
            "LocalCloudRunTests",
            [
                "JSON", "Configuration", "Releases", "GoogleCloud", "LocalCloudRun", "Transport", "Discovery", .crypto,
                .nioCore, .nioPosix, .nioHTTP1, .nioHTTP2, .nioHPACK,
            ]),
        tests(
            "ReportingTests", ["JSON", "Configuration", "Releases", "Verification", "Loop", "Reporting"],
            exclude: ["Report/Goldens", "Loop/Goldens"]),
        tests(
            "CommandsTests",
            [
                "JSON", "Configuration", "Releases", "Verification", "Loop", "SourceControl", "GoogleCloud",
                "Reporting",
                "Transport", "Commands", .argumentParser,
            ], exclude: ["Diagnoses", "HeldOutDiagnoses"]),
        // The suites of environments/, against samples that are broken in one way each.
        tests("SuiteMutationTests", ["JSON", "Configuration", "Verification", "Transport", "Commands"]),
        tests("InfrastructureTests", ["JSON", "Configuration", "Transport", "Infrastructure"]),
        // Drives the real binaries, as a person would.
        tests("Acceptance", ["JSON", "Transport", "Verification", "GoogleCloudStub"]),
        // Google's own Python clients against the real binary.
        .testTarget(
            name: "Conformance", dependencies: ["Transport"], exclude: ["clients"], swiftSettings: strict),
    ]
)
