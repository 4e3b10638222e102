import Foundation
import LaresLanguage
import LaresTensor
import Testing

@Suite(.serialized) struct EmbeddingModelTests {
    struct Golden: Decodable {
        struct Entry: Decodable {
            var text: String
            var tokens: [Int32]
            var embedding: Data

            var vector: [Float] {
                embedding.withUnsafeBytes { bytes in
                    (0..<(bytes.count / 4)).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
                }
            }
        }

        var entries: [Entry]
    }

    private func cosine(_ a: [Float], _ b: [Float]) -> Float {
        func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
    }

    @Test func vectorsAreThoseOfSentenceTransformers() throws {
        let golden: Golden = try decodeGolden("minilm")
        try withPool { pool in
            let model = try EmbeddingModel(directory: testModel("minilm"), pool: pool)
            let vectors = try model.embed(golden.entries.map(\.tokens))
            let cosines = zip(golden.entries, vectors).map { cosine($0.vector, $1) }
            print("minilm: lowest cosine \(cosines.min() ?? 0) over \(cosines.count) texts")
            #expect(cosines.count == golden.entries.count && cosines.allSatisfy { $0 > 0.99999 })
            #expect(vectors.allSatisfy { $0.count == 384 && abs($0.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4 })
        }
    }

    @Test func textsBecomeTheGoldenTokens() throws {
        let golden: Golden = try decodeGolden("minilm")
        try withPool { pool in
            let model = try EmbeddingModel(directory: testModel("minilm"), pool: pool)
            for entry in golden.entries where entry.tokens.count < model.contextLength {
                #expect(model.tokenizer.encode(entry.text, addSpecial: true, parseSpecial: false) == entry.tokens)
            }
        }
    }

    @Test func aVectorDoesNotDependOnTheTextsBesideIt() throws {
        let golden: Golden = try decodeGolden("minilm")
        try withPool { pool in
            let model = try EmbeddingModel(directory: testModel("minilm"), pool: pool)
            let texts = golden.entries.prefix(12).map(\.tokens)
            let together = try model.embed(Array(texts))
            for (text, vector) in zip(texts, together) { #expect(try model.embed([text]) == [vector]) }
        }
    }

    @Test func aPassThatIsGivenUpLeavesNothingBehind() throws {
        let golden: Golden = try decodeGolden("minilm")
        try withPool { pool in
            let model = try EmbeddingModel(directory: testModel("minilm"), pool: pool)
            let text = golden.entries[0].tokens
            let vectors = try model.embed([text])
            #expect(try model.embed([text, text]) { true } == nil)
            #expect(try model.embed([text]) == vectors)
        }
    }

    @Test func memoryGrowsWithTheLongestText() throws {
        let golden: Golden = try decodeGolden("minilm")
        try withPool { pool in
            let usual = try EmbeddingModel(directory: testModel("minilm"), pool: pool)
            let small = try EmbeddingModel(directory: testModel("minilm"), pool: pool, rows: 8)
            let texts = golden.entries.map(\.tokens).sorted { $0.count < $1.count }
            #expect(texts.last.map { $0.count > 16 } == true)
            #expect(try texts.map { try small.embed([$0]) } == texts.map { try usual.embed([$0]) })
        }
    }

    @Test func whatCannotBeEmbeddedIsRefused() throws {
        try withPool { pool in
            let model = try EmbeddingModel(directory: testModel("minilm"), pool: pool)
            func refuses(_ code: LanguageModelError.Code, _ tokens: [Token]) {
                #expect { try model.embed([tokens]) } throws: { ($0 as? LanguageModelError)?.code == code }
            }
            refuses(.badToken, [])
            refuses(.badToken, [101, -1])
            refuses(.badToken, [101, 30522])
            refuses(.contextTooLong, [Token](repeating: 101, count: model.contextLength + 1))
            #expect(try model.embed([]).isEmpty)
        }
    }

    @Test(arguments: [
        ("config.json", "{}"), ("config.json", "[[[["), ("config.json", #"{"model_type":"gpt2"}"#),
        ("1_Pooling/config.json", #"{"pooling_mode_max_tokens":true}"#),
    ])
    func aBrokenFolderIsAClearError(_ file: String, _ content: String) throws {
        let source = try testModel("minilm")
        let folder = NSTemporaryDirectory() + "lares-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/1_Pooling", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: source + "/config.json", toPath: folder + "/config.json")
        try Data(content.utf8).write(to: URL(fileURLWithPath: folder + "/" + file))
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        #expect { try EmbeddingModel(directory: folder, pool: pool) } throws: { ($0 as? LanguageModelError)?.code == .badModel }
    }
}
