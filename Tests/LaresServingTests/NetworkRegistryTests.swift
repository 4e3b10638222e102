import Foundation
import LaresJSON
import LaresNeural
import LaresServing
import LaresStore
import LaresTensor
import Testing

/// A file of a network that adds its two inputs, or that has weights when `hidden` is given.
private func networkFile(_ home: String, seed: UInt64 = 1, inputs: Int = 4) throws -> String {
    let plan = try NetworkPlan([
        "inputs": [["name": "x", "type": "FP32", "shape": [-1, .int(inputs)]]], "steps": [["name": "y", "layer": "linear", "outputs": 2]],
        "outputs": [["name": "y"]],
    ])
    let path = home + "/network-\(seed).safetensors"
    try Network(plan, seed: seed).write(to: path)
    return path
}

struct NetworkRegistryTests {
    @Test func versionsRiseAndAliasesMove() async throws {
        try await withStore { store, home in
            let registry = NetworkRegistry(store: store)
            let card = ModelCard(summary: "a test", metrics: ["accuracy": 0.5], licence: "MIT", parents: ["other:1"])
            let first = try registry.publish(networkFile(home.path), as: "net", card: card, lineage: Lineage(job: "j", dataHash: "d"))
            let second = try registry.publish(networkFile(home.path, seed: 2), as: "net")
            #expect(first.number == 1 && second.number == 2)
            let read = try registry.version(of: "net", "1")
            #expect(read.card == card && read.lineage == Lineage(job: "j", dataHash: "d") && read.signature == first.signature)
            #expect(try registry.version(of: "net", "candidate").number == 2)
            #expect(try registry.promote("net", to: "1") == 1)
            #expect(try registry.promote("net") == 2)
            #expect(try registry.rollBack("net") == 1)
            #expect(throws: RegistryError.self) { try registry.rollBack("net") }
        }
    }

    @Test func anotherSignatureAnswersOnlyWhenThatIsSaid() async throws {
        try await withStore { store, home in
            let registry = NetworkRegistry(store: store)
            for inputs in [4, 5] { try registry.publish(networkFile(home.path, seed: UInt64(inputs), inputs: inputs), as: "net") }
            try registry.promote("net", to: "1")
            let changes: [() throws -> Void] = [
                { try registry.promote("net") }, { try registry.setAlias("production", of: "net", to: "2") },
                { try registry.tryOut("2", of: "net", .canary, percent: 10) },
            ]
            for change in changes {
                let error = #expect(throws: RegistryError.self) { try change() }
                let names = ["x: FP32 [-1, 4] → y: FP32 [-1, 2]", "x: FP32 [-1, 5] → y: FP32 [-1, 2]", "--new-signature"]
                let saysAll = names.filter { error?.message.contains($0) != true }.isEmpty
                #expect(error?.code == .otherSignature && saysAll, "\(error?.message ?? "")")
            }
            let model = try registry.model("net")
            #expect(model.standard?.number == 1 && model.rollout == nil)
            // A shadow's answers go nowhere, other names mean what they are told to, and what was in production may always come back.
            try registry.tryOut("2", of: "net", .shadow, percent: 10)
            try registry.setAlias("next", of: "net", to: "2")
            #expect(try registry.promote("net", newSignature: true) == 2)
            #expect(try registry.rollBack("net") == 1)
            try registry.tryOut("2", of: "net", .canary, percent: 10, newSignature: true)
            #expect(try registry.model("net").rollout?.number == 2)
        }
    }

    @Test func theSameFileIsKeptOnceAndGoesWithItsLastVersion() async throws {
        try await withStore { store, home in
            let registry = NetworkRegistry(store: store), path = try networkFile(home.path)
            try registry.publish(path, as: "a")
            try registry.publish(path, as: "b")
            #expect(try files(home.path + "/blobs").count == 1)
            #expect(try registry.remove("a") == 0)
            #expect(try registry.remove("b") > 0)
            #expect(try files(home.path + "/blobs").isEmpty)
            #expect(try registry.publish(path, as: "a").number == 2, "a number is never used again")
        }
    }

    @Test func theFileOfAVersionOutlivesWhatIsNoModel() async throws {
        try await withStore { store, home in
            let registry = NetworkRegistry(store: store), path = try networkFile(home.path)
            let version = try registry.publish(path, as: "net")
            await #expect(throws: PullError.self) { try await store.importModel(at: path, name: "model") }
            _ = try registry.file(of: version)
            #expect(try store.sweep() == 0)
            _ = try registry.file(of: version)
        }
    }

    @Test func aVersionInUseStays() async throws {
        try await withStore { store, home in
            let registry = NetworkRegistry(store: store)
            for seed in 1...3 { try registry.publish(networkFile(home.path, seed: UInt64(seed)), as: "net") }
            try registry.promote("net", to: "1")
            try registry.tryOut("2", of: "net", .canary, percent: 10)
            for number in ["1", "2", "3"] {
                let error = #expect(throws: RegistryError.self) { try registry.remove("net", version: number) }
                #expect(error?.code == .inUse)
            }
            #expect(try registry.endTrial(of: "net"))
            try registry.remove("net", version: "2")
            #expect(try registry.model("net").versions.map(\.number) == [1, 3])
        }
    }

    @Test func aNetworkThatRefusesUnknownTextsIsTriedWithThoseItKnows() async throws {
        try await withStore { store, home in
            let plan = try NetworkPlan([
                "inputs": [["name": "word", "type": "BYTES", "shape": [-1, 1]]],
                "steps": [["name": "y", "layer": "one_hot", "categories": ["rose", "iris"], "unknown": "refuse"]],
                "outputs": [["name": "y"]],
            ])
            let path = home.path + "/strict.safetensors"
            try Network(plan).write(to: path)
            #expect(try NetworkRegistry(store: store).publish(path, as: "strict").number == 1)
        }
    }

    @Test func aWrongDeclarationIsRefusedAndNothingStays() async throws {
        try await withStore { store, home in
            let registry = NetworkRegistry(store: store), path = try networkFile(home.path)
            let declared = NetworkSignature(
                inputs: [TensorSignature(name: "x", datatype: .fp32, shape: [nil, 5])],
                outputs: [TensorSignature(name: "y", datatype: .fp32, shape: [nil, 2])])
            let error = #expect(throws: RegistryError.self) { try registry.publish(path, as: "net", declared: declared) }
            #expect(error?.code == .dryRunFailed)
            #expect(try registry.models().isEmpty && files(home.path + "/blobs").isEmpty)
        }
    }

    @Test func aSignatureIsReadAsTheRegistryShowsIt() throws {
        let json: JSON = [
            "inputs": [["name": "x", "datatype": "FP32", "shape": [-1, 5]]], "outputs": [["name": "y", "datatype": "BYTES", "shape": [2]]],
        ]
        let expected = NetworkSignature(
            inputs: [TensorSignature(name: "x", datatype: .fp32, shape: [nil, 5])],
            outputs: [TensorSignature(name: "y", datatype: .bytes, shape: [2])])
        #expect(try NetworkSignature.declared(json) == expected)
        let wrong: [(JSON, String)] = [
            ("x", "object"), (["inputs": []], "'outputs' is missing"), (["inputs": [], "outputs": [], "x": 1], "'x' is unknown"),
            (["inputs": [["name": "x", "datatype": "FLOAT", "shape": []]], "outputs": []], "'inputs[0].datatype' is \"FLOAT\""),
            (["inputs": [["name": "x", "datatype": "FP32", "shape": [0]]], "outputs": []], "'inputs[0].shape' has a size of 0"),
            (["inputs": [["name": "x", "datatype": "FP32", "shape": [-2]]], "outputs": []], "'inputs[0].shape[0]'"),
        ]
        for (json, said) in wrong {
            let error = #expect(throws: RegistryError.self) { try NetworkSignature.declared(json) }
            #expect(error?.code == .badSignature && error?.message.contains(said) == true, "\(error?.message ?? "")")
        }
    }

    @Test func whatHasNoRandomInputsIsAskedOnce() throws {
        #expect(throws: Never.self) { try DryRun.call(Asked { _ in [1, 2] }) }
        let wrong: [@Sendable (() throws -> Void) throws -> [Float]] = [
            { _ in [1, .nan] }, { _ in [1, 2, 3] }, { _ in throw ServingError(.invalidRequest, "no") },
        ]
        for answer in wrong {
            let error = #expect(throws: RegistryError.self) { try DryRun.call(Asked(answer: answer)) }
            #expect(error?.code == .dryRunFailed)
        }
        // One that never ends by itself is left after some pieces of work.
        #expect(throws: Never.self) { try DryRun.call(Asked { between in while true { try between() } }) }
    }

    /// A model of one question.
    private struct Asked: ServedModel {
        let answer: @Sendable (() throws -> Void) throws -> [Float]
        let signature = NetworkSignature(inputs: [], outputs: [TensorSignature(name: "y", datatype: .fp32, shape: [2])])
        let example: [String: NetworkValue]? = [:]

        func callAsFunction(_ inputs: [String: NetworkValue], between: () throws -> Void) throws -> [String: NetworkValue] {
            let values = try answer(between)
            return ["y": .floats(values, shape: [values.count])]
        }
    }

    @Test(arguments: ["", "a b", "../x", "-x", String(repeating: "a", count: 65)])
    func badNamesAreRefused(name: String) async throws {
        try await withStore { store, home in
            let path = try networkFile(home.path)
            #expect(throws: PullError.self) { try NetworkRegistry(store: store).publish(path, as: name) }
        }
    }

    @Test func theDryRunSeesOutputsThatDoNotFit() throws {
        let signature = NetworkSignature(
            inputs: [], outputs: [TensorSignature(name: "y", datatype: .fp32, shape: [nil, 2])])
        #expect(throws: Never.self) { try DryRun.check(["y": .floats([1, 2], shape: [1, 2])], signature) }
        let wrong: [[String: NetworkValue]] = [
            [:], ["z": .floats([1, 2], shape: [1, 2])], ["y": .floats([1, 2, 3], shape: [1, 3])], ["y": .integers([1, 2], shape: [1, 2])],
            ["y": .floats([1, .nan], shape: [1, 2])], ["y": .floats([1, .infinity], shape: [1, 2])],
        ]
        for outputs in wrong { #expect(throws: RegistryError.self) { try DryRun.check(outputs, signature) } }
    }
}
