import Foundation
import LaresJSON
import LaresLanguage
import LaresNeural
import LaresServing
import LaresStore
import Testing

/// Trials beside production, and what one request may ask of a translator.
struct TrialTests {
    private static let x = InferenceInput(name: "x", datatype: .fp32, value: .floats([1, 2], shape: [1, 2]))
    private static let question = InferenceRequest(model: "net", inputs: [x])

    /// Two versions, the first in production.
    private static func publish(_ networks: NetworkServing, _ home: LaresHome, versions: ClosedRange<UInt64> = 1...2) throws {
        let plan = try NetworkPlan([
            "inputs": [["name": "x", "type": "FP32", "shape": [-1, 2]]], "steps": [["name": "y", "layer": "linear", "outputs": 2]],
            "outputs": [["name": "y"]],
        ])
        for seed in versions {
            let path = home.path + "/network-\(seed).safetensors"
            try Network(plan, seed: seed).write(to: path)
            try networks.registry.publish(path, as: "net")
        }
        try networks.registry.promote("net", to: "1")
    }

    @Test func figuresStayWhileTheTrialDoes() async throws {
        try await withServing(of: [:]) { serving, _, home in
            let networks = serving.networks
            try Self.publish(networks, home)
            try networks.registry.tryOut("2", of: "net", .canary, percent: 100)
            for _ in 0..<3 { _ = try await networks.infer(Self.question) }
            #expect(networks.trial(of: "net")?.answers == 3)
            try Self.publish(networks, home, versions: 3...3)
            networks.registryChanged("net")
            try await networks.load("net")
            _ = try await networks.infer(Self.question)
            #expect(networks.trial(of: "net")?.answers == 4, "another version was published, the trial is the same")
            try networks.registry.endTrial(of: "net")
            try networks.registry.tryOut("2", of: "net", .canary, percent: 100)
            networks.registryChanged("net")
            _ = try await networks.infer(Self.question)
            #expect(networks.trial(of: "net")?.answers == 1, "begun again with the same settings it is another trial")
        }
    }

    @Test func aShadowThatCanNotKeepUpLeavesRequestsAndFailsNone() async throws {
        try await withServing(of: [:]) { serving, _, home in
            let networks = serving.networks, count = 500
            try Self.publish(networks, home)
            try networks.registry.tryOut("2", of: "net", .shadow, percent: 100)
            for _ in 0..<count { #expect(try await networks.infer(Self.question).version.number == 1) }
            let end = ContinuousClock.now + .seconds(30)
            while let trial = networks.trial(of: "net"), trial.answers + trial.skipped < count, .now < end { await Task.yield() }
            let trial = try #require(networks.trial(of: "net"))
            #expect(trial.answers + trial.skipped == count && trial.answers > 0 && trial.failures == 0)
        }
    }

    /// Word vectors of two texts, the first in production; the second knows no birds.
    private static func publishWords(_ networks: NetworkServing, _ home: LaresHome) throws {
        var settings = WordVectorSettings()
        (settings.dimensions, settings.sample) = (8, 0)
        for (number, text) in ["the cat and the dog and the bird", "a dog and a cat"].enumerated() {
            settings.seed = UInt64(number + 1)
            let path = home.path + "/words-\(number).safetensors"
            try WordVectorTrainer(TrainingText(lines: [text]), settings).train().write(to: path)
            try networks.registry.publish(path, as: "words")
        }
        try networks.registry.promote("words", to: "1")
    }

    @Test func questionsAboutWordsGoToTheCanaryAndComeBackWhenItFails() async throws {
        try await withServing(of: [:]) { serving, _, home in
            let networks = serving.networks
            try Self.publishWords(networks, home)
            try networks.registry.tryOut("2", of: "words", .canary, percent: 100)
            #expect(try await networks.ask(.similarity("cat", "dog"), of: "words").version.number == 2)
            #expect(try await networks.ask(.nearest("cat", count: 2), of: "words").version.number == 2)
            #expect(try await networks.ask(.nearest("cat", count: 2), of: "words", version: "production").version.number == 1)
            #expect(try await networks.ask(.nearest("bird", count: 2), of: "words").version.number == 1)
            let trial = try #require(networks.trial(of: "words"))
            #expect(trial.answers == 3 && trial.failures == 1)
            await #expect(throws: WordVectorError.self) { try await networks.ask(.nearest("fish", count: 2), of: "words") }
            #expect(networks.trial(of: "words")?.failures == 1, "what production doesn't know either is the question's fault")
        }
    }

    @Test func questionsAboutWordsAreComputedAgainByAShadow() async throws {
        try await withServing(of: [:]) { serving, _, home in
            let networks = serving.networks
            try Self.publishWords(networks, home)
            try networks.registry.tryOut("2", of: "words", .shadow, percent: 100, errorShare: 1)
            for question in [WordQuestion.similarity("cat", "dog"), .nearest("cat", count: 3), .nearest("bird", count: 2)] {
                #expect(try await networks.ask(question, of: "words").version.number == 1)
            }
            let end = ContinuousClock.now + .seconds(30)
            while networks.trial(of: "words")?.answers ?? 0 < 3, .now < end { await Task.yield() }
            let trial = try #require(networks.trial(of: "words"))
            #expect(trial.answers == 3 && trial.failures == 1 && trial.disagreements == 1 && trial.difference > 0)
        }
    }

    @Test func aRequestThatWouldHaveMuchWrittenIsRefused() async throws {
        try await withServing(of: [:]) { serving, _, home in
            let networks = serving.networks, path = home.path + "/long.safetensors"
            var training = TranslatorTraining()
            (training.form.width, training.epochs, training.held) = (16, 1, 0)
            let long = String(repeating: "b", count: TextTranslator.Form.longest)
            try training.run(on: TextPairs([(source: "a", target: long), (source: "aa", target: "b")])).write(to: path)
            try networks.registry.publish(path, as: "long")
            let texts = InferenceInput(name: "text", datatype: .bytes, value: .strings(.init(repeating: "a", count: 65), shape: [65]))
            let error = await #expect(throws: ServingError.self) {
                try await networks.infer(InferenceRequest(model: "long", inputs: [texts]))
            }
            #expect(error?.code == .invalidRequest && error?.message.contains("there may be 64") == true, "\(String(describing: error))")
        }
    }
}
