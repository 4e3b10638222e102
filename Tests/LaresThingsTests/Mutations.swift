import Foundation

/// Damages texts the same way each time, from a seed.
struct Mutations {
    /// How many texts a test damages; LARES_FUZZ raises it.
    static let inputs = ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap { Int($0) } ?? 50_000

    private var random: Generator

    init(seed: UInt64) { random = Generator(state: seed) }

    private static let pieces = [
        "\"", ",", ";", ":", "=", "\r\n", "\n ", "\t", "\u{0}", "é汉", "[", "]", "{", "}", "null", "0", "-1", "1e999", "9223372036854775807",
        "-0", "*/", "7",
        "{{", "}}", "{%", "value_json", "~", "homeassistant", "topic", "\u{202E}", "<script>", "%}", " | ", "[0]", "true",
    ].map { Array($0.utf8) }

    mutating func mutate(_ text: [UInt8]) -> [UInt8] {
        var bytes = text
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where at < bytes.count: bytes[at] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...8, using: &random)))
            case 2:
                let end = min(bytes.count, at + Int.random(in: 1...60, using: &random))
                bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0...bytes.count, using: &random))
            case 3 where at < bytes.count: bytes[at] = UInt8.random(in: 0x30...0x39, using: &random)
            default: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: at)
            }
        }
        return bytes
    }

    /// SplitMix64 (Steele, Lea and Flood 2014).
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
