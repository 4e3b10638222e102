// swift-tools-version: 6.2
import PackageDescription

// `scripts/example-bugs` adds copies of the programs with the mistakes of textbooks in them.
let bugs = Context.environment["LARES_EXAMPLE_BUGS"]?.split(separator: " ").map(String.init) ?? []

// Programs of under a hundred lines that use Lares as a library. `scripts/examples` runs them all; each ends with an error when it didn't learn.
let package = Package(
    name: "examples",
    dependencies: [.package(name: "lares", path: "..")],
    targets: (["TruthTable", "BackPropagation", "NumberSequences", "Digits", "Dates", "TinyGPT", "WordVectors"] + bugs).map {
        .executableTarget(
            name: $0,
            dependencies: ["LaresTensor", "LaresNeural", "LaresLanguage"].map { .product(name: $0, package: "lares") },
            path: bugs.contains($0) ? "Bugs/\($0)" : "Sources/\($0)",
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
    }
)
