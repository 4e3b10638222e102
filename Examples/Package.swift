// swift-tools-version: 6.2
import PackageDescription

// Programs of under a hundred lines that use Lares as a library. `scripts/examples` runs them all; each ends with an error when it didn't learn.
let package = Package(
    name: "examples",
    dependencies: [.package(name: "lares", path: "..")],
    targets: ["TruthTable", "BackPropagation", "NumberSequences", "Digits", "Dates", "TinyGPT", "WordVectors"].map {
        .executableTarget(
            name: $0,
            dependencies: ["LaresTensor", "LaresNeural", "LaresLanguage"].map { .product(name: $0, package: "lares") },
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
    }
)
