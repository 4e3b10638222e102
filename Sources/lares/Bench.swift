import ArgumentParser
import Foundation
import LaresJSON
import LaresLanguage
import LaresServer
import LaresServing
import LaresStore

struct Bench: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(abstract: say("cli.bench.abstract"), discussion: say("cli.bench.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.argument.model")))
    var model: String

    @Option(help: ArgumentHelp(say("cli.bench.prompt")))
    var prompt = 512

    @Option(help: ArgumentHelp(say("cli.bench.decode")))
    var decode = 128

    @Option(help: ArgumentHelp(say("cli.bench.runs")))
    var runs = 5

    @Option(help: ArgumentHelp(say("cli.bench.parallel")))
    var parallel = 1

    @Option(help: ArgumentHelp(say("cli.bench.compare"), valueName: "file"), completion: .file(extensions: ["json"]))
    var compare: String?

    @Flag(help: ArgumentHelp(say("cli.bench.speculate")))
    var speculate = false

    @OptionGroup var compute: ComputeOptions

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func validate() throws {
        guard (1...100_000).contains(prompt), (2...100_000).contains(decode), (1...1_000).contains(runs), (1...64).contains(parallel)
        else {
            throw ValidationError(say("cli.bench.bad-options"))
        }
    }

    func run() async throws {
        let earlier = try compare.map(earlierReport)
        let store = try common.store()
        let stored = try store.find(model)
        let name = stored.name
        let vocabulary = try vocabulary(of: stored)
        let settings = settings
        try await withServing(store: store, settings: settings) { client in
            let runner = BenchRunner(client: client, model: name, vocabulary: vocabulary, settings: settings)
            _ = try await runner.measure(prompt: min(prompt, 64), decode: 4, seed: 0)
            var measured: [BenchRun] = []
            for run in 1...runs {
                measured.append(try await runner.measure(prompt: prompt, decode: decode, parallel: parallel, seed: UInt64(run)))
            }
            let report = BenchReport(
                model: name, prompt: prompt, decode: decode, parallel: parallel, runs: measured,
                profile: try await runner.profile(tokens: decode, parallel: parallel))
            print(json ? report.json.serialized : report.text(comparedWith: earlier))
        }
    }

    /// Random prompts make a model repeat itself, which guessing would make look faster than it is.
    private var settings: ServingSettings {
        var settings = compute.settings
        settings.speculates = speculate
        return settings
    }

    private func earlierReport(_ path: String) throws -> JSON {
        guard let data = FileManager.default.contents(atPath: path), let json = try? JSON(parsing: Array(data)) else {
            throw Failure("cli.bench.not-a-report", ["file": path])
        }
        return json
    }

    /// How many tokens a model knows: its file says so before it is loaded. A file that says nothing gets the smallest usual vocabulary.
    private func vocabulary(of model: StoredModel) throws -> Int {
        let file = try common.folder().file("blobs") + "/sha256-" + model.description.sha256
        let tokens = try? GGUFFile(contentsOf: file).metadata.arrayIfPresent("tokenizer.ggml.tokens")
        return max(2, tokens?.count ?? 5_000)
    }
}

/// The middle value; the mean of the two middle ones when their number is even.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
