import Foundation

/// Damages texts the same way each time, from a seed.
public struct Mutations {
    /// How many texts a test damages; LARES_FUZZ raises it.
    public static let inputs = ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap { Int($0) } ?? 50_000

    private var random: SplitMix
    private let pieces: [[UInt8]]

    /// - Parameter pieces: What is put in between; texts that the format gives a meaning find more.
    public init(seed: UInt64, pieces: [String] = Self.data) {
        random = SplitMix(seed: seed)
        self.pieces = pieces.map { Array($0.utf8) }
    }

    /// What has a meaning in JSON, in tables and in dates.
    public static let data = [
        "\"", ",", ";", ":", "=", "\r\n", "\n ", "\t", "\u{0}", "é汉", "[", "]", "{", "}", "null", "0", "-1", "1e999", "9223372036854775807",
        "-0", "*/", "7", "2199-12-31T23:59:59Z", "1900-01-01", "02-29", "24:00", "-12:00", "*,", "1-31/2", "FREQ=YEARLY", "BYDAY=53MO",
        "COUNT=99999", "29991231", "P999W",
    ]

    /// What has a meaning in announcements of things and their templates.
    public static let announcements =
        Array(data.prefix(22)) + [
            "{{", "}}", "{%", "value_json", "~", "homeassistant", "topic", "\u{202E}", "<script>", "%}", " | ", "[0]", "true",
        ]

    /// What has a meaning in YAML.
    public static let yaml = [
        ": ", "- ", "? ", "\n", "\n  ", "\t", "#", " #", "[", "]", "{", "}", ",", "&a ", "*a", "!!str ", "|\n", ">-\n", "\"", "'", "---\n",
        "...\n", "%YAML 1.2\n", "\\x", "\u{0}", "\u{85}", "\u{FEFF}", "é汉", "null", "0x", "1e999", "<<: ",
    ]

    /// A text with one to four damages.
    public mutating func mutate(_ text: [UInt8]) -> [UInt8] {
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
            default: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
            }
        }
        return bytes
    }
}
