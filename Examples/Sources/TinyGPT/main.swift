// A small language model, from nothing: it reads a text byte by byte and learns what comes next (Radford et al. 2019). It is written as a GGUF
// file, which Lares serves like any other model and llama.cpp reads too.
//
//     swift run -c release TinyGPT [text.txt] [steps] [model.gguf]
import Foundation
import LaresLanguage
import LaresNeural
import LaresTensor

let given = CommandLine.arguments.dropFirst()
let source = given.first ?? "LICENSE"
let steps = Int(given.dropFirst().first ?? "200") ?? 200
let place = given.dropFirst(2).first ?? NSTemporaryDirectory() + "tiny.gguf"

let context = 64
let text = ByteVocabulary.tokens(of: try String(contentsOfFile: source, encoding: .utf8))
precondition(text.count > 20 * context, "'\(source)' is too short to learn from: \(text.count) bytes")
let cut = text.count * 9 / 10
let learnt = TextWindows(Array(text[..<cut]), of: context), unseen = TextWindows(Array(text[cut...]), of: context)

// The sizes of nanoGPT's recipe for a processor; the rates are those of LanguageTraining.
var random = SeededRandom(seed: 1)
var model = CausalTransformer(.init(vocabulary: ByteVocabulary.count, width: 128, layers: 4, heads: 4, context: context), using: &random)
var curve = LossCurve()
let before = model.loss(on: unseen)
try LanguageTraining(steps: steps).run(&model, on: learnt) {
    curve.append($0.loss)
    return true
}
let after = model.loss(on: unseen, batches: 200)
print("loss \(curve.bars()); on text it hasn't seen \(before) before, \(after) after \(steps) steps")
guard after < before - 2 else { fatalError("it hasn't learnt") }

// The engine that serves SmolLM2 continues a text, always with the likeliest byte.
try model.contents(ByteVocabulary.values).write(to: place)
let served = try LanguageModel(contentsOf: place)
let cache = served.makeCache(pages: context / 16)
var tokens = served.tokenizer.encode("that ", addSpecial: true, parseSpecial: false), fresh = tokens
let (sequence, _) = cache.open(prompt: tokens)
var logits = LogitRows()
while tokens.count < context {
    try served.step([StepEntry(sequence: sequence, tokens: fresh)], cache: cache, into: &logits)
    fresh = [Token(logits[0].indices.max { logits[0][$0] < logits[0][$1] } ?? 0)]
    tokens += fresh
}
print("\(place) says: \(String(decoding: tokens.flatMap { served.tokenizer.bytes(of: $0) }, as: UTF8.self))")
