import ArgumentParser
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

    @OptionGroup var compute: ThreadOptions

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func validate() throws {
        guard (1...100_000).contains(prompt), (2...100_000).contains(decode), (1...1_000).contains(runs) else {
            throw ValidationError(say("cli.bench.bad-options"))
        }
    }

    func run() async throws {
        let store = try common.store()
        let stored = try store.find(model)
        let name = stored.name
        let vocabulary = try vocabulary(of: stored)
        try await withServing(store: store, settings: compute.settings) { client in
            let runner = BenchRunner(client: client, model: name, vocabulary: vocabulary)
            _ = try await runner.measure(prompt: min(prompt, 64), decode: 4, seed: 0)
            var measured: [BenchRun] = []
            for run in 1...runs {
                measured.append(try await runner.measure(prompt: prompt, decode: decode, seed: UInt64(run)))
            }
            report(measured, name)
        }
    }

    /// How many tokens a model knows: its file says so before it is loaded. A file that says nothing gets the smallest usual vocabulary.
    private func vocabulary(of model: StoredModel) throws -> Int {
        let file = try common.folder().file("blobs") + "/sha256-" + model.description.sha256
        let tokens = try? GGUFFile(contentsOf: file).metadata.arrayIfPresent("tokenizer.ggml.tokens")
        return max(2, tokens?.count ?? 5_000)
    }

    private func report(_ measured: [BenchRun], _ name: String) {
        let promptRate = median(measured.map(\.promptRate))
        let decodeRate = median(measured.map(\.decodeRate))
        let first = median(measured.map(\.firstToken))
        if json {
            let result: JSON = [
                "model": .string(name), "prompt_tokens": .int(prompt), "decode_tokens": .int(decode),
                "prompt_tokens_per_second": .double(promptRate), "decode_tokens_per_second": .double(decodeRate),
                "time_to_first_token_seconds": .double(first), "runs": .array(measured.map(\.json)),
            ]
            return print(result.serialized)
        }
        print(
            say(
                "cli.bench.result",
                [
                    "name": name, "runs": "\(runs)", "prompt": "\(prompt)", "decode": "\(decode)",
                    "promptRate": Amounts.decimal(promptRate, 1), "decodeRate": Amounts.decimal(decodeRate, 1),
                    "first": Amounts.decimal(first * 1_000, 1),
                ]))
    }
}

/// The middle value; the mean of the two middle ones when their number is even.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
