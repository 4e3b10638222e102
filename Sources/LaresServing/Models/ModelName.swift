/// The rule of model names: 1…64 letters, digits, dots, dashes and underscores, beginning with a letter or digit.
///
/// Such a name is safe in a URL, a file name and a shell.
enum ModelName {
    static func check(_ name: String) throws {
        let isPlain = name.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 45 || $0 == 46 || $0 == 95 }
        guard (1...64).contains(name.utf8.count), isPlain, name.utf8.first.map(isLetterOrDigit) ?? false else {
            throw PullError(
                .badName,
                "'\(name.prefix(80))' can't be a model's name: use 1 to 64 letters, digits, '.', '-' or '_', a letter or digit first")
        }
    }

    /// A name made from a file name: "SmolLM2-135M.Q4_1.gguf" gives "smollm2-135m.q4_1".
    static func suggested(from file: String) -> String {
        var stem = file.split(separator: "/").last.map(String.init) ?? file
        if stem.lowercased().hasSuffix(".gguf") { stem.removeLast(5) }
        let plain = stem.lowercased().utf8.map { isLetterOrDigit($0) || $0 == 46 || $0 == 95 ? $0 : 45 }
        let trimmed = plain.drop { !isLetterOrDigit($0) }.prefix(64)
        return trimmed.isEmpty ? "model" : String(decoding: trimmed, as: UTF8.self)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}
