import Foundation
import LaresLanguage
import Testing

/// What a reference tokenizer made of the golden strings (scripts/golden/tokenizers.py).
struct GoldenTokens: Decodable {
    let ids: [[Token]]
    let parsedIds: [String: [Token]]
    let hashes: [String]
    let parsedHashes: [String]
    /// Which of the strings were asked, when not all.
    let strings: [Int]?
    let pieces: [String]?
    let scores: [Float]?
    let kinds: [UInt8]?

    static let folder = Bundle.module.bundleURL.appendingPathComponent("Golden/tokenizers")

    static func texts() throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(contentsOf: folder.appendingPathComponent("strings.json")))
    }

    static func named(_ name: String) throws -> GoldenTokens {
        try JSONDecoder().decode(GoldenTokens.self, from: Data(contentsOf: folder.appendingPathComponent("\(name).json")))
    }

    /// The tokenizer trained for a golden file.
    static func tokenizer(_ name: String) throws -> TokenizerJSON {
        try TokenizerJSON(contentsOf: folder.appendingPathComponent("\(name).tokenizer.json").path)
    }

    /// A file of the folder of test models; `make test` provides it.
    static func model(_ name: String) throws -> String {
        let folder = try #require(
            ProcessInfo.processInfo.environment["LARES_TEST_MODELS"],
            "LARES_TEST_MODELS is not set: run `make test`, which fetches the models")
        return folder + "/" + name
    }

    /// Expects the tokenizer's answer to every string to be the reference's.
    func check(_ tokenizer: any Tokenizer) throws {
        let all = try Self.texts()
        let texts = strings.map { $0.map { all[$0] } } ?? all
        #expect(texts.count >= 2000 && texts.count == hashes.count && texts.count == parsedHashes.count)
        var wrong: [String] = []
        for (index, text) in texts.enumerated() {
            let plain = tokenizer.encode(text, addSpecial: true, parseSpecial: false)
            if Self.hash(plain) != hashes[index] || (index < ids.count && plain != ids[index]) {
                wrong.append("\(index) \(text.debugDescription): \(plain), not \(index < ids.count ? "\(ids[index])" : "the reference's")")
            }
            let parsed = tokenizer.encode(text, addSpecial: true, parseSpecial: true)
            let wanted = index < ids.count ? parsedIds["\(index)"] ?? ids[index] : parsed
            if Self.hash(parsed) != parsedHashes[index] || parsed != wanted {
                wrong.append("\(index) parsed \(text.debugDescription): \(parsed), not \(wanted)")
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) of \(texts.count * 2) differ:\n\(wrong.prefix(12).joined(separator: "\n"))")
    }

    static func hash(_ tokens: [Token]) -> String {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for token in tokens {
            for shift in stride(from: 0, to: 32, by: 8) {
                value = (value ^ UInt64(UInt8(truncatingIfNeeded: token >> Int32(shift)))) &* 0x100_0000_01B3
            }
        }
        let digits = String(value & 0xFF_FFFF_FFFF, radix: 16)
        return String(repeating: "0", count: 10 - digits.count) + digits
    }
}
