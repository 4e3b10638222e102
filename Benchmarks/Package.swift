// swift-tools-version: 6.2
import PackageDescription

// MaskBench over the grammars of LaresLanguage; a package of its own so that the program's build is not longer for it (scripts/bench).
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "lares", path: "..")],
    targets: [
        .executableTarget(
            name: "maskbench",
            dependencies: [.product(name: "LaresLanguage", package: "lares")],
            swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)])
    ]
)
