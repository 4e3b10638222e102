import LaresLanguage
import LaresTensor
import Testing

struct WordVectorFileTests {
    private func trained(_ grams: CharacterGrams? = nil) throws -> WordVectors {
        var settings = WordVectorSettings()
        (settings.dimensions, settings.epochs, settings.grams) = (7, 1, grams)
        return try WordVectorTrainer(try TrainingText(lines: ["the cat drinks milk", "der Bär trinkt 牛奶"]), settings).train()
    }

    @Test(arguments: WordVectorFormat.allCases) func whatIsWrittenIsReadBack(_ format: WordVectorFormat) throws {
        let vectors = try trained()
        try withFile("") { path in
            try vectors.write(to: path, as: format)
            let read = try WordVectors(contentsOf: path)
            #expect(read.words == vectors.words)
            #expect(read.matrix.array == vectors.matrix.array)
            #expect(read.counts == (format == .safetensors ? vectors.counts : nil))
        }
    }

    @Test func piecesSurviveInSafetensors() throws {
        let vectors = try trained(CharacterGrams(buckets: 300))
        try withFile("") { path in
            try vectors.write(to: path, as: .safetensors)
            let read = try WordVectors(contentsOf: path)
            for word in ["unseen", "cat"] {
                let (before, after) = (try vectors.vector(of: word), try read.vector(of: word))
                #expect(before == after)
            }
        }
    }

    @Test func theTextOfGloVeHasNoFirstLine() throws {
        let vectors = try withFile("the 0.5 1 -2e-1\ncat 1 2 3\n") { try WordVectors(contentsOf: $0) }
        #expect(vectors.words == ["the", "cat"])
        #expect(try vectors.vector(of: "the") == [0.5, 1, -0.2])
    }

    @Test func binaryOfWord2VecHasLineEndsBetweenRows() throws {
        let bytes = Array("2 1\na ".utf8) + [0, 0, 0x80, 0x3F, 10] + Array("b ".utf8) + [0, 0, 0, 0x40, 10]
        let vectors = try withFile(bytes) { try WordVectors(contentsOf: $0) }
        #expect(vectors.words == ["a", "b"])
        #expect(vectors.matrix.array == [1, 2])
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let code: WordVectorError.Code
        init(_ what: String, _ code: WordVectorError.Code, _ text: String, _ tail: [UInt8] = []) {
            (testDescription, bytes, self.code) = (what, Array(text.utf8) + tail, code)
        }
    }

    private static let magic: [UInt8] = [0xBA, 0x16, 0x4F, 0x2F]

    static let bad: [Bad] = [
        Bad("empty", .unsupported, ""), Bad("not vectors", .unsupported, "hello\nworld\n"),
        Bad("no words", .malformed, "0 3\n"), Bad("no dimensions", .malformed, "3 0\n"),
        Bad("negative", .malformed, "-3 -2\n"), Bad("a huge count", .truncated, "9223372036854775807 3\na 1 2 3\n"),
        Bad("huge dimensions", .malformed, "1 9223372036854775807\n"),
        Bad("fewer rows", .truncated, "2 3\na 1 2 3\n"), Bad("a short row", .malformed, "2 3\na 1 2 3\nb 1 2\nc 1 2 3\n"),
        Bad("a long row", .malformed, "2 3\na 1 2 3\nb 1 2 3 4\n\n"), Bad("nan", .malformed, "1 3\na 1 nan 3\n"),
        Bad("infinity", .malformed, "1 3\na 1 inf 3\n"),
        Bad("not a number in GloVe", .malformed, "a 1 2\nb 1 x\nc 1 2\n"),
        Bad("binary cut short", .truncated, "2 2\na ", [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]),
        Bad("binary of nan", .malformed, "1 1\na ", [0, 0, 0xC0, 0x7F]),
        Bad("fastText without the rest", .truncated, "", magic), Bad("an old fastText", .unsupported, "", magic + [1, 0, 0, 0]),
    ]

    @Test(arguments: bad) func badFilesAreRefused(_ bad: Bad) throws {
        try withFile(bad.bytes) { path in
            let error = #expect(throws: WordVectorError.self) { _ = try WordVectors(contentsOf: path) }
            #expect(error?.code == bad.code, "\(error?.message ?? "")")
        }
    }

    @Test func aWordWithASpaceIsNotWrittenAsText() throws {
        let vectors = try withFile(Array("1 1\n".utf8) + [0xC2, 0xA0, 9, 32, 0, 0, 0x80, 0x3F]) { try WordVectors(contentsOf: $0) }
        #expect(throws: WordVectorError.self) { try vectors.write(to: "/nowhere/vectors.txt") }
        #expect(throws: WordVectorError.self) { try self.trained().write(to: "/nowhere/vectors.bin") }
    }

    /// Cut at every byte, and with bytes changed at random: an error or vectors, never a trap.
    @Test(arguments: WordVectorFormat.allCases) func noFileTraps(_ format: WordVectorFormat) throws {
        let whole = try withFile("") { path in
            try trained(CharacterGrams(buckets: 3)).write(to: path, as: format)
            return try bytes(of: path)
        }
        for end in 0..<whole.count { try withFile(Array(whole[..<end])) { _ = try? WordVectors(contentsOf: $0) } }
        var random = SeededRandom(seed: 11)
        for _ in 0..<500 {
            var broken = whole
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                broken[Int.random(in: 0..<min(broken.count, 600), using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            try withFile(broken) { path in _ = try? WordVectors(contentsOf: path).nearest(to: "cat") }
        }
    }

    @Test func noFastTextFileTraps() throws {
        let whole = FastTextBytes.model
        let vectors = try withFile(whole) { try WordVectors(contentsOf: $0) }
        #expect(vectors.words == ["ab", "cd"])
        #expect(vectors.counts == [9, 4])
        for end in 0..<whole.count {
            try withFile(Array(whole[..<end])) { path in
                let error = #expect(throws: WordVectorError.self) { _ = try WordVectors(contentsOf: path) }
                #expect(end < 4 || error?.code == .truncated)
            }
        }
        var random = SeededRandom(seed: 12)
        for _ in 0..<1_000 {
            var broken = whole
            broken[Int.random(in: 4..<whole.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            try withFile(broken) { path in _ = try? WordVectors(contentsOf: path).nearest(to: "ab") }
        }
    }
}

/// A fastText model of two words, two numbers and three buckets.
enum FastTextBytes {
    static var model: [UInt8] {
        func int(_ x: Int32) -> [UInt8] { withUnsafeBytes(of: x.littleEndian, Array.init) }
        func long(_ x: Int64) -> [UInt8] { withUnsafeBytes(of: x.littleEndian, Array.init) }
        var bytes = int(793_712_314) + int(12)
        for field: Int32 in [2, 5, 5, 1, 5, 1, 2, 2, 3, 3, 6, 100] { bytes += int(field) }
        bytes += long(0) + int(2) + int(2) + int(0) + long(13) + long(-1)
        bytes += Array("ab".utf8) + [0] + long(9) + [0] + Array("cd".utf8) + [0] + long(4) + [0]
        bytes += [0] + long(5) + long(2)
        for x in 0..<10 { bytes += withUnsafeBytes(of: Float(x).bitPattern.littleEndian, Array.init) }
        return bytes
    }
}
