import Foundation

/// Damages texts the same way each time, from a seed.
struct YAMLMutations {
    /// How many texts a test damages; LARES_FUZZ raises it.
    static let inputs = ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap { Int($0) } ?? 50_000

    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private static let pieces = [
        ": ", "- ", "? ", "\n", "\n  ", "\t", "#", " #", "[", "]", "{", "}", ",", "&a ", "*a", "!!str ", "|\n", ">-\n", "\"", "'", "---\n",
        "...\n", "%YAML 1.2\n", "\\x", "\u{0}", "\u{85}", "\u{FEFF}", "é汉", "null", "0x", "1e999", "<<: ",
    ].map { Array($0.utf8) }

    mutating func mutate(_ text: [UInt8]) -> [UInt8] {
        var bytes = text
        for _ in 0...below(3) {
            let at = below(bytes.count + 1)
            switch below(4) {
            case 0 where at < bytes.count: bytes[at] = UInt8(below(256))
            case 1: bytes.removeSubrange(at..<min(bytes.count, at + 1 + below(8)))
            case 2: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 1 + below(40))], at: below(bytes.count + 1))
            default: bytes.insert(contentsOf: Self.pieces[below(Self.pieces.count)], at: at)
            }
        }
        return bytes
    }

    /// SplitMix64 (Steele, Lea and Flood 2014).
    private mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) >> 1) % bound
    }
}
