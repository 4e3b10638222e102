import Foundation

/// Damages bytes the same way each time, from a seed.
struct TrafficMutations {
    /// How many a test damages; LARES_FUZZ raises it.
    static let inputs = ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap { Int($0) } ?? 20_000

    private var random: Seeded

    init(seed: UInt64) { random = Seeded(seed) }

    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where at < bytes.count: bytes[at] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...8, using: &random)))
            case 2: bytes.insert(contentsOf: [0x7F, 0xFF, 0xFF, 0xFF], at: at)
            case 3 where at < bytes.count: bytes[at] = [0, 1, 0x0E, 0x0F, 0x10, 0xFF].randomElement(using: &random) ?? 0
            default: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: at)
            }
        }
        return bytes
    }
}
