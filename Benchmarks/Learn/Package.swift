// swift-tools-version: 6.2
import PackageDescription

// Steps of training a second, beside Benchmarks/learn_peer.py.
let package = Package(
    name: "learn-benchmark",
    dependencies: [.package(name: "lares", path: "../..")],
    targets: [
        .executableTarget(
            name: "LearnBenchmark",
            dependencies: [.product(name: "LaresTensor", package: "lares"), .product(name: "LaresNeural", package: "lares")],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
    ]
)
