import Foundation
import Glibc
import LaresLanguage
import LaresNeural
import LaresServer
import LaresTemplates
import LaresTensor

/// Feeds one input to the parser that the environment variable `LARES_FUZZ_PARSER` names. Errors are what a parser should answer; a trap is a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    parser?(UnsafeRawBufferPointer(start: data, count: size))
    return 0
}

private let parser = ProcessInfo.processInfo.environment["LARES_FUZZ_PARSER"].flatMap { parsers[$0] }

private let parsers: [String: @Sendable (UnsafeRawBufferPointer) -> Void] = [
    "gguf": { withFile($0) { path in _ = try? GGUFFile(contentsOf: path) } },
    "model": { withFile($0) { path in _ = try? LanguageModel(contentsOf: path) } },
    "adapter": { withFile($0) { path in adapt(path) } },
    "safetensors": { withFile($0) { path in _ = try? SafeTensors(contentsOf: path) } },
    "tokenizer": { _ = try? TokenizerJSON([UInt8]($0)).encode("Hello, 世界 <s>", addSpecial: true, parseSpecial: true) },
    "json": { _ = try? RequestReading.requests(in: [UInt8]($0)) },
    "tensors": { tensors([UInt8]($0)) },
    "template": { render(String(decoding: $0, as: UTF8.self)) },
    "words": { withFile($0) { path in look(into: path) } },
    "csv": { withFile($0) { path in train(Recipes.csv, on: path) } },
    "jsonl": { withFile($0) { path in train(Recipes.jsonl, on: path) } },
    "recipe": { run(recipe: [UInt8]($0)) },
    "plan": { run(plan: [UInt8]($0)) },
    "discovery": { discover([UInt8]($0)) },
    "tasmota": { discoverTasmota([UInt8]($0)) },
    "zigbee": { hearZigbee([UInt8]($0)) },
    "points": { readPoints([UInt8]($0)) },
    "nats": { hearNATS([UInt8]($0)) },
    "yaml": { readYAML([UInt8]($0)) },
    "rule": { runRule([UInt8]($0)) },
    "calendar": { readCalendar([UInt8]($0)) },
    "network": { withFile($0) { path in if let network = try? Network(contentsOf: path) { run(network) } } },
]

private let scratch = "/dev/shm/lares-fuzz-\(getpid())"

private func withFile(_ bytes: UnsafeRawBufferPointer, _ body: (String) -> Void) {
    guard FileManager.default.createFile(atPath: scratch, contents: Data(bytes)) else { return }
    body(scratch)
}

private func render(_ source: String) {
    let messages: TemplateValue = .array([.object(["role": .string("user"), "content": .string("hi")])])
    _ = try? Template(source).render(["messages": messages, "add_generation_prompt": .bool(true)], now: Date(timeIntervalSince1970: 0))
}

/// A body of KServe V2 behind two bytes that say how long its JSON is; 65,535: there is nothing else.
private func tensors(_ bytes: [UInt8]) {
    guard bytes.count >= 2 else { return }
    let length = Int(bytes[0]) | Int(bytes[1]) << 8
    _ = try? RequestReading.tensors(in: Array(bytes[2...]), headerLength: length == 0xFFFF ? nil : length)
}

private func look(into path: String) {
    guard let vectors = try? WordVectors(contentsOf: path), let word = vectors.words.first else { return }
    _ = try? vectors.nearest(to: word, count: 3)
    _ = try? vectors.analogy(word, "b", "unseen", count: 2)
}

private let base: CausalTransformer = {
    var random = SeededRandom(seed: 1)
    return CausalTransformer(
        .init(vocabulary: ByteVocabulary.count, width: 8, layers: 1, heads: 2, feedForward: 16, context: 8), using: &random)
}()

private func adapt(_ path: String) {
    guard let file = try? GGUFFile(contentsOf: path), let adapter = try? LowRankAdapter(file, for: base) else { return }
    let tuned = AdaptedTransformer(base, adapter)
    _ = tuned(Indices([1, 2, 3], [1, 3])).array
    _ = tuned.merged
}
