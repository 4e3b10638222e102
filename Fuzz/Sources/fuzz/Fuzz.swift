import Foundation
import Glibc
import LaresLanguage
import LaresServer
import LaresTemplates
import LaresTensor

/// Feeds one input to the parser that the environment variable `LARES_FUZZ_PARSER` names. Errors are what a parser should answer; a trap is a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    switch parser {
    case "gguf": withFile(bytes) { path in _ = try? GGUFFile(contentsOf: path) }
    case "model": withFile(bytes) { path in _ = try? LanguageModel(contentsOf: path) }
    case "safetensors": withFile(bytes) { path in _ = try? SafeTensors(contentsOf: path) }
    case "tokenizer": _ = try? TokenizerJSON([UInt8](bytes)).encode("Hello, 世界 <s>", addSpecial: true, parseSpecial: true)
    case "json": _ = try? RequestReading.requests(in: [UInt8](bytes))
    default: render(String(decoding: bytes, as: UTF8.self))
    }
    return 0
}

private let parser = ProcessInfo.processInfo.environment["LARES_FUZZ_PARSER"] ?? "template"
private let scratch = "/dev/shm/lares-fuzz-\(getpid())"

private func withFile(_ bytes: UnsafeRawBufferPointer, _ body: (String) -> Void) {
    guard FileManager.default.createFile(atPath: scratch, contents: Data(bytes)) else { return }
    body(scratch)
}

private func render(_ source: String) {
    let messages: TemplateValue = .array([.object(["role": .string("user"), "content": .string("hi")])])
    _ = try? Template(source).render(["messages": messages, "add_generation_prompt": .bool(true)], now: Date(timeIntervalSince1970: 0))
}
