import Foundation
import LaresNeural
import LaresServing
import LaresStore
import Testing

/// Controllers of signals as versions of the registry.
@Suite struct ServedSignalsTests {
    /// Twelve quantities as textbooks have them, and what those cost who are left when a plan ends.
    private static let usual = [Float](repeating: 0, count: 12) + [3, 0, 4]

    private func controller(_ path: String, format: Int = 2, _ values: [Float] = usual) throws {
        let list = values.map { "\($0)" }.joined(separator: ",")
        try Data("{\"format\":\"lares signal controller \(format)\",\"parameters\":[\(list)]}".utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test func aVersionSaysWhatItIs() async throws {
        try await withStore { store, home in
            let registry = NetworkRegistry(store: store), path = home.path + "/signals.json"
            try controller(path)
            let version = try registry.publish(path, as: "planner")
            #expect(version.kind == .signals && version.signature.words == "queues: FP32 [-1, 3] → cost: FP32 [-1, 1]")
        }
    }

    @Test func whatControlsNothingIsNotPublished() async throws {
        try await withStore { store, home in
            let registry = NetworkRegistry(store: store), path = home.path + "/signals.json"
            func refusal(_ say: String) {
                let error = #expect(throws: RegistryError.self) { try registry.publish(path, as: "planner") }
                #expect(error?.code == .notANetwork && error?.message.contains(say) == true, "\(String(describing: error))")
            }
            try controller(path, format: 1)
            refusal("train it anew")
            try controller(path, [1, 2])
            refusal("15 numbers")
            try controller(path, .init(repeating: 3e38, count: 15))
            refusal("no street has")
            #expect(try registry.models().isEmpty)
        }
    }

    @Test func itAnswersRequestsWithWhatQueuesCost() async throws {
        try await withServing(of: [:]) { serving, _, home in
            let path = home.path + "/signals.json", networks = serving.networks
            try controller(path)
            try networks.registry.publish(path, as: "planner")
            func ask(_ rows: [Float]) async throws -> [Float] {
                let queues = InferenceInput(name: "queues", datatype: .fp32, value: .floats(rows, shape: [rows.count / 3, 3]))
                let answer = try await networks.infer(InferenceRequest(model: "planner", inputs: [queues]))
                guard case .floats(let costs, let shape)? = answer.outputs["cost"], shape == [rows.count / 3, 1] else {
                    Issue.record("\(answer.outputs)")
                    return []
                }
                return costs
            }
            // With red each of two waits 6 s, and their queue half of 1.9 s · 2² at full saturation, twice that at half of it.
            let costs = try await ask([2, 0, 1, 2, 1, 0.5, 0, 1, 1])
            #expect(costs.count == 3 && zip(costs, [15.8, 7.6, 0]).allSatisfy { abs($0 - $1) < 1e-4 })
            for row: [Float] in [[-1, 0, 1], [.nan, 0, 1], [2, 0.5, 1], [2, 1, 0], [2, 1, 1.5], [1e9, 0, 1]] {
                await #expect(throws: (any Error).self) { try await ask(row) }
            }
        }
    }
}
