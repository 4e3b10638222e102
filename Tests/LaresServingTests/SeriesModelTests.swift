import Foundation
import LaresForecast
import LaresJSON
import LaresNeural
import LaresServing
import LaresStore
import Logging
import Testing

/// Forecasters and detectors as versions of the registry, and as jobs.
@Suite struct SeriesModelTests {
    private func forecaster(_ path: String, horizon: Int = 4) throws {
        let plan = try ForecastPlan([
            "series": ["a/x", "a/y"], "step": 60, "horizon": .int(horizon), "seasons": [6], "model": "seasonal-naive", "levels": [0.5],
            "backtest": ["windows": 5],
        ])
        let series: [[Double]] = [0, 1].map { shift in (0..<120).map { Self.value($0, shift) } }
        try ForecastModel(fitting: plan, to: Panel(start: 0, step: 60_000, series: series)).write(to: path)
    }

    private static func value(_ place: Int, _ shift: Int) -> Double { Double((place + shift) % 6 + place * 7 % 4) }

    private func detector(_ path: String) throws {
        let samples = (0..<200).map { DetectorModel.Sample(Int64($0) * 60_000, Double($0 * 7 % 13)) }
        try DetectorModel(fitting: DetectorPlan(["series": ["a/x"], "learning": 50]), to: ["a/x": samples]).write(to: path)
    }

    @Test func aVersionSaysWhatItIs() async throws {
        try await withStore { store, home in
            let registry = NetworkRegistry(store: store)
            let (load, odd) = (home.path + "/f.json", home.path + "/d.json")
            try forecaster(load)
            try detector(odd)
            let first = try registry.publish(load, as: "load", card: ModelCard(metrics: ["backtest mase": 0.5]))
            #expect(first.kind == .forecaster && first.signature.inputs.map(\.shape) == [[2, nil], [1]])
            #expect(first.signature.outputs.map(\.name) == ["mean", "lower", "upper"] && first.signature.outputs[0].shape == [2, 4])
            #expect(try registry.publish(odd, as: "odd").kind == .detector)
            #expect(try registry.seriesModels().map(\.name) == ["load", "odd"])
            #expect(try registry.version(of: "load").kind == .forecaster)
            let error = #expect(throws: RegistryError.self) { try registry.publish(odd, as: "load") }
            #expect(error?.code == .badName && error?.message.contains("forecaster") == true)
            #expect(try registry.publish(load, as: "load").number == 2)
            #expect(try registry.promote("load") == 2)
            #expect(throws: RegistryError.self) { try registry.rollBack("load") }
        }
    }

    @Test func damagedFilesAreNotPublished() async throws {
        try await withStore { store, home in
            let registry = NetworkRegistry(store: store), path = home.path + "/f.json"
            try forecaster(path)
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            for cut in [60, whole.count / 2, whole.count - 1] {
                try whole.prefix(cut).write(to: URL(fileURLWithPath: path))
                let error = #expect(throws: RegistryError.self) { try registry.publish(path, as: "load") }
                #expect(error?.code == .notANetwork)
            }
            #expect(try registry.models().isEmpty)
        }
    }

    @Test func aForecasterAnswersRequestsWithTensors() async throws {
        try await withServing(of: [:]) { serving, store, home in
            let path = home.path + "/f.json"
            try forecaster(path)
            let networks = serving.networks
            try networks.registry.publish(path, as: "load")
            let odd = home.path + "/d.json"
            try detector(odd)
            try networks.registry.publish(odd, as: "odd")
            let history = InferenceInput(
                name: "history", datatype: .fp32, value: .floats([1, 2, 3, 9, 8, 7], shape: [2, 3]))
            let answer = try await networks.infer(InferenceRequest(model: "load", inputs: [history]))
            guard case .floats(let mean, let shape)? = answer.outputs["mean"], case .floats(let lower, _)? = answer.outputs["lower"] else {
                Issue.record("\(answer.outputs)")
                return
            }
            #expect(shape == [2, 4] && zip(mean, lower).allSatisfy { $0 > $1 })
            #expect(Array(mean[3..<4]) == [1], "the season is six steps, three of them came: \(mean)")
            await #expect(throws: ServingError.self) { try await networks.infer(InferenceRequest(model: "load", inputs: [])) }
            let refusal = await #expect(throws: ServingError.self) { try await networks.infer(InferenceRequest(model: "odd", inputs: [])) }
            #expect(refusal?.message.contains("detector") == true)
            try await networks.makeReady("odd")
        }
    }

    @Test(arguments: [
        #"{"data": {"file": 5}, "forecaster": {"series": ["a/x"], "step": 60, "horizon": 4}}"#,
        #"{"data": {"file": "x.csv"}, "forecaster": {"series": ["a/x"], "step": 60}}"#,
        #"{"name": "../x", "data": {"file": "x.csv"}, "forecaster": {"series": ["a/x"], "step": 60, "horizon": 4}}"#,
        #"{"data": {"file": "x.csv"}, "detector": {"series": []}}"#,
        #"{"data": {"history": {}}, "detector": {"series": ["a/x"]}, "columns": []}"#,
    ])
    func aBadRecipeIsNoJob(_ text: String) async throws {
        try await withStore { _, home in
            let jobs = try TrainingJobs(home: home, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let recipe = try JSON(parsing: Array(text.utf8))
            await #expect(throws: JobError.self) { try await jobs.submit(recipe, data: .bytes(Array("time,a/x\n".utf8))) }
            #expect(try await jobs.jobs().isEmpty)
        }
    }

    @Test func whatAsksForAHistoryNeedsOne() async throws {
        try await withStore { _, home in
            let jobs = try TrainingJobs(home: home, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let recipe: JSON = ["data": ["history": [:]], "forecaster": ["series": ["a/x"], "step": 60, "horizon": 4]]
            await #expect(throws: JobError.self) { try await jobs.submit(recipe, data: .named) }
            #expect(try await jobs.submit(recipe, data: .bytes(Array("time,a/x\n".utf8))).state == .queued)
        }
    }
}
