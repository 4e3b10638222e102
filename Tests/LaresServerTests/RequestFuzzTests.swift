import Foundation
import LaresJSON
import LaresServer
import Testing

/// Mutated request bodies: each is answered or refused with one of our errors, and never traps.
struct RequestFuzzTests {
    private static let seeds = [
        chatBody,
        #"{"model":"m","messages":[{"role":"system","content":"é汉𝄞\ud834\udd1e"},{"role":"user","content":[{"type":"text","text":"a"}]}],"stream":true,"stream_options":{"include_usage":true},"n":2,"logit_bias":{"5":-1.5},"stop":["x","\n"],"seed":9223372036854775807,"temperature":1e-3}"#,
        #"{"model":"m","prompt":[[1,2],[3]],"max_tokens":5,"echo":false,"logprobs":3,"best_of":1,"suffix":null}"#,
        #"{"model":"m","input":["a","b"],"dimensions":3,"encoding_format":"base64"}"#,
    ]
    private static let pieces = [
        "[", "]", "{", "}", "\"", ",", ":", "null", "true", "-", "0", "1e999", "1e308", "9223372036854775808", "-9223372036854775808",
        "\\u", "\\ud800",
        "\"n\":", "\"prompt\":", "\"input\":", "[[[[[[[[", "\u{0}", "\"messages\":", "0.1",
    ].map { Array($0.utf8) }

    private static var count: Int { ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap { Int($0) } ?? 100_000 }

    @Test func mutatedBodiesAreReadOrRefused() {
        var random = Mutations(state: 0x1A5E5)
        var accepted = 0
        for round in 0..<Self.count {
            let body = Self.mutate(Array(Self.seeds[round % Self.seeds.count].utf8), &random)
            accepted += Self.decodes(body) ? 1 : 0
        }
        #expect(accepted > 0, "no mutated body was still a request: the mutations are too wild to reach the decoders")
    }

    private static func mutate(_ seed: [UInt8], _ random: inout Mutations) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where at < bytes.count: bytes[at] = UInt8.random(in: .min ... .max, using: &random)
            case 1 where at < bytes.count: bytes.remove(at: at)
            case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
            case 3:
                let end = Int.random(in: at...bytes.count, using: &random)
                bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0...bytes.count, using: &random))
            default: bytes.removeLast(min(bytes.count, Int.random(in: 0...8, using: &random)))
            }
        }
        return bytes
    }

    private static func decodes(_ body: [UInt8]) -> Bool {
        do { return try RequestReading.requests(in: body) > 0 } catch {
            #expect(error is JSONError, "\(error)")
            return false
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014), so that a failure can be had again from its seed.
struct Mutations: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
