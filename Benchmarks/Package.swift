// swift-tools-version: 6.2
import PackageDescription

// Benchmarks that call the libraries, not the program; a package of their own so that the program's build is not longer for them.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "lares", path: "..")],
    targets: [
        // MaskBench over the grammars of LaresLanguage (scripts/bench).
        .executableTarget(name: "maskbench", dependencies: [.product(name: "LaresLanguage", package: "lares")]),
        // Steps of training a second, beside learn_peer.py.
        .executableTarget(
            name: "learn",
            dependencies: [.product(name: "LaresTensor", package: "lares"), .product(name: "LaresNeural", package: "lares")]),
        // Sequence to sequence: numbers read aloud, words pronounced.
        .executableTarget(
            name: "translate",
            dependencies: ["LaresTensor", "LaresNeural", "LaresLanguage"].map { .product(name: $0, package: "lares") }),
        // Messages a second that a part's readers take, and announcements.
        .executableTarget(
            name: "things", dependencies: ["LaresJSON", "LaresThings"].map { .product(name: $0, package: "lares") }),
        // Readings a second into ClickHouse, and a year's dashboard out of it.
        .executableTarget(name: "clickhouse", dependencies: [.product(name: "LaresThings", package: "lares")]),
        // Changes a second under 1,000 rules.
        .executableTarget(
            name: "rules", dependencies: ["LaresJSON", "LaresPlaces", "LaresThings"].map { .product(name: $0, package: "lares") }),
        // Readings a second that detectors take in, 10,000 series.
        .executableTarget(name: "watch", dependencies: ["LaresForecast", "LaresJSON"].map { .product(name: $0, package: "lares") }),
        // Decisions on traffic signals, and a thousand signals on simulated streets.
        .executableTarget(name: "control", dependencies: ["LaresControl", "LaresJSON"].map { .product(name: $0, package: "lares") }),
        // A thousand series fitted and forecast, beside statsforecast.
        .executableTarget(
            name: "forecast1000", dependencies: ["LaresForecast", "LaresJSON"].map { .product(name: $0, package: "lares") }),
    ]
)

for target in package.targets {
    target.swiftSettings = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)]
}
