import Foundation
import Testing

/// The committed golden values of a language model (see `Golden/README.md`).
struct LanguageGolden: Decodable, Sendable {
    struct Position: Decodable, Sendable {
        var position: Int
        var ids: [Int]
        var logProbabilities: [Double]
        var rest: Double

        /// Kullback-Leibler divergence of a row of logits from the golden distribution.
        func divergence(from logits: [Float]) -> Double {
            let mine = logSoftmax(logits)
            var (sum, covered) = (0.0, 0.0)
            for (id, expected) in zip(ids, logProbabilities) {
                sum += exp(expected) * (expected - mine[id])
                covered += exp(mine[id])
            }
            return rest > 0 ? sum + rest * (log(rest) - log(max(1e-12, 1 - covered))) : sum
        }
    }

    struct Scored: Decodable, Sendable {
        var name: String
        var tokens: [Int32]
        /// llama.cpp as it serves, with activations rounded to 8 bits.
        var positions: [Position]
        /// llama.cpp on the same weights as F32.
        var exact: [Position]
    }

    struct Noise: Decodable, Sendable {
        var meanKL: Double
        var greedyEqual: Int
    }

    struct Greedy: Decodable, Sendable {
        var language: String
        var tokens: [Int32]
        var continuation: [Int32]
        var gaps: [Double]
    }

    /// How far llama.cpp as it serves is from its own exact run.
    var noise: Noise
    var logProbabilities: [Scored]
    var greedy: [Greedy]
    var exactGreedy: [Greedy]
    /// Prompts on which all of llama.cpp's runs agree.
    var decided: [Greedy]

    static func named(_ name: String) throws -> LanguageGolden { try decodeGolden(name) }
}

/// The golden values of the random-weight models of every family and tensor type.
struct RandomGolden: Decodable, Sendable {
    struct Position: Decodable, Sendable {
        var position: Int
        var logProbabilities: [Double]

        func divergence(from logits: [Float]) -> Double {
            zip(logProbabilities, logSoftmax(logits)).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
        }
    }

    struct Model: Decodable, Sendable, CustomTestStringConvertible {
        var file: String
        var family: String
        var tokens: [Int32]
        var positions: [Position]
        var noise: Double
        var testDescription: String { file }

        /// What two correct engines may differ by.
        var allowed: Double { max(1e-4, 4 * noise) }
    }

    var models: [Model]

    static let all: [Model] = (try? decodeGolden("random") as RandomGolden)?.models ?? []
}

func decodeGolden<Value: Decodable>(_ name: String) throws -> Value {
    let file = try #require(Bundle.module.url(forResource: "Golden/\(name)", withExtension: "json"))
    return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
}

func logSoftmax(_ logits: [Float]) -> [Double] {
    let highest = Double(logits.max() ?? 0)
    let sum = log(logits.reduce(0) { $0 + exp(Double($1) - highest) })
    return logits.map { Double($0) - highest - sum }
}

/// The folder of test models; `make test` provides it.
func testModel(_ name: String) throws -> String {
    let folder = try #require(
        ProcessInfo.processInfo.environment["LARES_TEST_MODELS"],
        "LARES_TEST_MODELS is not set: run `make test`, which fetches the models and sets it")
    let path = folder + "/" + name
    try #require(FileManager.default.fileExists(atPath: path), "\(path) is missing: run `make test`, which provides it")
    return path
}
