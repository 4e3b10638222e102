import Foundation
import LaresJSON
import LaresServer
import LaresTesting
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
        var random = SplitMix(seed: 0x1A5E5)
        var accepted = 0
        for round in 0..<Self.count {
            let body = Self.mutate(Array(Self.seeds[round % Self.seeds.count].utf8), &random)
            accepted += Self.decodes(body) ? 1 : 0
        }
        #expect(accepted > 0, "no mutated body was still a request: the mutations are too wild to reach the decoders")
    }

    private static let tensorSeeds: [(json: String, tail: [UInt8])] = [
        (
            #"{"id":"1","inputs":[{"name":"a","shape":[2,2],"datatype":"INT32","data":[[1,2],[3,4]]},{"name":"b","shape":[4],"datatype":"FP16","data":[1,2.5,-3e2,0]}],"outputs":[{"name":"y","parameters":{"binary_data":true}}]}"#,
            []
        ),
        (
            #"{"inputs":[{"name":"a","shape":[1,2],"datatype":"UINT64","parameters":{"binary_data_size":16}},{"name":"w","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":11}}],"parameters":{"binary_data_output":true}}"#,
            [UInt8](repeating: 7, count: 16) + [1, 0, 0, 0, 97, 2, 0, 0, 0, 98, 99]
        ),
    ]

    @Test func mutatedTensorsAreReadOrRefused() throws {
        var random = SplitMix(seed: 0x7E4501)
        var tensors = 0
        for round in 0..<Self.count {
            let seed = Self.tensorSeeds[round % Self.tensorSeeds.count]
            let json = Self.mutate(Array(seed.json.utf8), &random)
            let tail = Bool.random(using: &random) ? seed.tail : Self.mutate(seed.tail, &random)
            let length = Bool.random(using: &random) ? json.count : Int.random(in: -1...(json.count + tail.count + 1), using: &random)
            tensors += try RequestReading.tensors(in: json + tail, headerLength: length)
        }
        #expect(tensors > 0, "no mutated body was still a request: the mutations are too wild to reach the tensors")
    }

    private static func mutate(_ seed: [UInt8], _ random: inout SplitMix) -> [UInt8] {
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
