// swift-tools-version: 6.2
import PackageDescription

// libFuzzer over the parsers; a package of its own because everything in it is built with the fuzzer's instrumentation (scripts/fuzz).
let package = Package(
    name: "fuzz",
    dependencies: [.package(name: "lares", path: "..")],
    targets: [
        .executableTarget(
            name: "fuzz",
            dependencies: [
                .product(name: "LaresJSON", package: "lares"),
                .product(name: "LaresYAML", package: "lares"),
                .product(name: "LaresTensor", package: "lares"),
                .product(name: "LaresNeural", package: "lares"),
                .product(name: "LaresTemplates", package: "lares"),
                .product(name: "LaresLanguage", package: "lares"),
                .product(name: "LaresServer", package: "lares"),
                .product(name: "LaresThings", package: "lares"),
                .product(name: "LaresPlaces", package: "lares"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)])
    ]
)
