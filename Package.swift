// swift-tools-version: 6.2
import PackageDescription

// One folder per target; the arrows between our own targets point one way (docs/architecture.md).
let package = Package(
    name: "lares",
    products: [
        .executable(name: "lares", targets: ["lares"]),
        .library(name: "LaresJSON", targets: ["LaresJSON"]),
        .library(name: "LaresTime", targets: ["LaresTime"]),
        .library(name: "LaresYAML", targets: ["LaresYAML"]),
        .library(name: "LaresTensor", targets: ["LaresTensor"]),
        .library(name: "LaresNeural", targets: ["LaresNeural"]),
        .library(name: "LaresForecast", targets: ["LaresForecast"]),
        .library(name: "LaresControl", targets: ["LaresControl"]),
        .library(name: "LaresTemplates", targets: ["LaresTemplates"]),
        .library(name: "LaresLanguage", targets: ["LaresLanguage"]),
        .library(name: "LaresServing", targets: ["LaresServing"]),
        .library(name: "LaresThings", targets: ["LaresThings"]),
        .library(name: "LaresPlaces", targets: ["LaresPlaces"]),
        .library(name: "LaresStandards", targets: ["LaresStandards"]),
        .library(name: "LaresServer", targets: ["LaresServer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: ["JSON"]),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CWordBreaks", linkerSettings: [.linkedLibrary("icuuc")]),
        .target(name: "CLaresKernels", exclude: ["README.md"]),
        .target(name: "LaresJSON"),
        .target(name: "LaresTime"),
        .target(name: "LaresProcess"),
        .target(name: "LaresCrypto", dependencies: ["COpenSSL"]),
        .target(name: "LaresYAML", dependencies: ["CYAML", "LaresJSON"]),
        .target(name: "LaresTensor", dependencies: ["CLaresKernels"]),
        .target(name: "LaresNeural", dependencies: ["LaresJSON", "LaresTensor"]),
        .target(name: "LaresForecast", dependencies: ["LaresJSON", "LaresNeural", "LaresTensor", "LaresTime"]),
        .target(name: "LaresControl", dependencies: ["LaresForecast", "LaresJSON", "LaresNeural", "LaresProcess", "LaresTensor"]),
        .target(name: "LaresTemplates", dependencies: ["LaresTime"]),
        .target(name: "LaresLanguage", dependencies: ["CWordBreaks", "LaresNeural", "LaresTensor", "LaresTemplates"]),
        .target(name: "LaresStore", dependencies: [.product(name: "GRDB", package: "GRDB.swift")]),
        .target(
            name: "LaresAccess",
            dependencies: [
                "LaresCrypto", "LaresJSON", "LaresStore",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(
            name: "LaresServing",
            dependencies: [
                "CZlib", "LaresTensor", "LaresNeural", "LaresTemplates", "LaresLanguage", "LaresStore", "LaresAccess", "LaresJSON",
                "LaresControl", "LaresCrypto", "LaresForecast", "LaresProcess",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .target(
            name: "LaresThings",
            dependencies: [
                "CMosquitto", "LaresCrypto", "LaresJSON", "LaresProcess", "LaresTemplates", "LaresTime", "LaresStore",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .target(
            name: "LaresPlaces",
            dependencies: [
                "LaresControl", "LaresForecast", "LaresJSON", "LaresProcess", "LaresStore", "LaresTemplates", "LaresThings", "LaresTime",
                "LaresYAML",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        .target(
            name: "LaresStandards",
            dependencies: [
                "LaresJSON", "LaresStore", "LaresThings", "LaresTime",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        .target(
            name: "LaresServer",
            dependencies: [
                "LaresJSON", "LaresServing", "LaresAccess", "LaresControl", "LaresForecast", "LaresLanguage", "LaresNeural",
                "LaresPlaces", "LaresStandards", "LaresTensor", "LaresThings", "LaresYAML",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.copy("Console/Assets"), .copy("Console/Pages"), .copy("Console/Words"), .copy("openapi.json")]),
        .executableTarget(
            name: "lares",
            dependencies: [
                "LaresServer", "LaresServing", "LaresAccess", "LaresControl", "LaresForecast", "LaresLanguage", "LaresNeural",
                "LaresPlaces", "LaresStandards", "LaresStore", "LaresTensor", "LaresThings", "LaresJSON",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        .target(name: "LaresTesting", path: "Tests/Support"),
        .testTarget(name: "LaresJSONTests", dependencies: ["LaresJSON"]),
        .testTarget(name: "LaresCryptoTests", dependencies: ["LaresCrypto"]),
        .testTarget(name: "LaresProcessTests", dependencies: ["LaresProcess"]),
        .testTarget(name: "LaresTimeTests", dependencies: ["LaresTime"]),
        .testTarget(name: "LaresYAMLTests", dependencies: ["LaresJSON", "LaresTesting", "LaresYAML"], resources: [.copy("Golden")]),
        .testTarget(name: "LaresTensorTests", dependencies: ["LaresTensor", "LaresTesting"]),
        .testTarget(name: "LaresNeuralTests", dependencies: ["LaresJSON", "LaresNeural", "LaresTensor"]),
        .testTarget(
            name: "LaresForecastTests", dependencies: ["LaresForecast", "LaresJSON", "LaresTensor", "LaresTesting", "LaresTime"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "LaresControlTests", dependencies: ["LaresControl", "LaresForecast", "LaresJSON", "LaresTesting"],
            resources: [.copy("Energy/Golden")]),
        .testTarget(name: "LaresTemplatesTests", dependencies: ["LaresTemplates", "LaresTesting"], resources: [.copy("Golden")]),
        .testTarget(
            name: "LaresLanguageTests", dependencies: ["LaresLanguage", "LaresNeural", "LaresTemplates", "LaresTensor"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "LaresAccessTests",
            dependencies: ["LaresAccess", "LaresJSON", "LaresStore", "LaresTesting", .product(name: "GRDB", package: "GRDB.swift")]),
        .testTarget(
            name: "LaresServingTests",
            dependencies: [
                "CZlib", "LaresAccess", "LaresForecast", "LaresJSON", "LaresLanguage", "LaresNeural", "LaresServing", "LaresStore",
                "LaresTensor", "LaresTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ]),
        .testTarget(
            name: "LaresThingsTests", dependencies: ["LaresJSON", "LaresStore", "LaresTemplates", "LaresTesting", "LaresThings"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "LaresPlacesTests",
            dependencies: [
                "LaresControl", "LaresForecast", "LaresJSON", "LaresPlaces", "LaresStore", "LaresTesting", "LaresThings",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "LaresStandardsTests", dependencies: ["LaresJSON", "LaresStandards", "LaresStore", "LaresTesting", "LaresThings"]),
        .testTarget(
            name: "LaresServerTests",
            dependencies: [
                "LaresAccess", "LaresJSON", "LaresLanguage", "LaresNeural", "LaresPlaces", "LaresServer", "LaresServing", "LaresStandards",
                "LaresStore", "LaresTensor", "LaresTesting", "LaresThings",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
    ]
)

// Programs of under a hundred lines that use Lares as a library; `scripts/examples` runs them all, and each ends with an error when it hasn't learned.
let examples: KeyValuePairs<String, [Target.Dependency]> = [
    "BackPropagation": ["LaresNeural", "LaresTensor"],
    "Dates": ["LaresLanguage", "LaresNeural", "LaresTensor"],
    "Digits": ["LaresNeural", "LaresTensor"],
    "NumberSequences": ["LaresNeural", "LaresTensor"],
    "TinyGPT": ["LaresLanguage", "LaresNeural", "LaresTensor"],
    "TruthTable": ["LaresNeural", "LaresTensor"],
    "WordVectors": ["LaresLanguage"],
]
// `scripts/example-bugs` adds copies with the mistakes of textbooks in them.
let bugs = Context.environment["LARES_EXAMPLE_BUGS"]?.split(separator: " ").map(String.init) ?? []
for (name, uses) in examples {
    package.targets.append(.executableTarget(name: name, dependencies: uses, path: "Examples/Sources/\(name)"))
    package.targets += bugs.filter { $0.hasPrefix(name) }.map {
        .executableTarget(name: $0, dependencies: uses, path: "Examples/Bugs/\($0)")
    }
}

for target in package.targets where target.type != .system {
    var settings = target.swiftSettings ?? []
    settings += [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
    // What is tested is the optimised library; tests that compute little themselves compile in less than half the time without.
    let computes = ["LaresLanguageTests", "LaresTensorTests"]
    if target.type == .test, !computes.contains(target.name) { settings.append(.unsafeFlags(["-Onone"])) }
    target.swiftSettings = settings
}
