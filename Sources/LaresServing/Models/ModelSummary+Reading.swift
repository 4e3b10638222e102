import Foundation
import LaresLanguage
import LaresTensor

extension ModelSummary {
    /// What a GGUF file says about itself.
    ///
    /// Sizes and tensors are checked as for loading, so that a model that could never be served is refused when it comes in.
    ///
    /// - Throws: ``PullError`` with code `notAModel` when the file is damaged or no model of a family that can be served.
    init(gguf path: String) throws {
        do {
            let file = try GGUFFile(contentsOf: path)
            guard try !Adapter.isAdapter(file) else {
                throw PullError(.notAModel, "this is an adapter, which changes another model: say which one by its base (--base NAME)")
            }
            let family = try file.metadata.string("general.architecture")
            guard !family.hasSuffix("bert") else {
                throw PullError(.notAModel, "GGUF files of encoders ('\(family)') can't be served; a directory with model.safetensors can")
            }
            kind = .language
            self.family = family
            contextLength = try LanguageModel.needs(of: file).contextLength
            parameterCount = file.tensors.values.reduce(0) { Bytes.sum([$0, $1.count]) }
            quantisation = Self.quantisation(file)
            dimensions = nil
            chatTemplate = try file.metadata.stringIfPresent("tokenizer.chat_template") != nil
        } catch let error as GGUFError {
            throw PullError(.notAModel, "this is no usable GGUF model: \(error.message)")
        }
    }

    /// What the file of an adapter says, beside the model it changes.
    ///
    /// - Throws: ``PullError`` with code `notAModel` when it is no adapter, or one of another model.
    init(adapter path: String, of base: StoredModel, at basePath: String) throws {
        guard base.kind == .language, base.base == nil else {
            throw PullError(
                .notAModel, "'\(base.name)' can't be changed by an adapter: only language models can, and they by one at a time")
        }
        do {
            let file = try GGUFFile(contentsOf: path)
            try Adapter.check(file, of: GGUFFile(contentsOf: basePath))
            self = base.summary
            parameterCount = file.tensors.values.reduce(0) { Bytes.sum([$0, $1.count]) }
            quantisation = Self.quantisation(file)
            self.base = base.name
        } catch let error as GGUFError {
            throw PullError(.notAModel, "this is no usable adapter of '\(base.name)': \(error.message)")
        }
    }

    /// The name of the file's own type number (llama.cpp's `llama_ftype`), or the type most weights have.
    private static func quantisation(_ file: GGUFFile) -> String {
        let names = [
            0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
            13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 32: "BF16",
        ]
        if let type = try? file.metadata.intIfPresent("general.file_type"), let name = names[type] { return name }
        var counts: [String: Int] = [:]
        for tensor in file.tensors.values { counts["\(tensor.type)", default: 0] += tensor.bytes.count }
        return counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key.uppercased() ?? "F32"
    }

    /// What the files of a sentence-transformers directory say: `config.json` and `model.safetensors`.
    ///
    /// - Throws: ``PullError`` with code `notAModel`.
    init(directory: String) throws {
        struct Config: Decodable {
            var model_type: String?
            var max_position_embeddings: Int?
            var hidden_size: Int?
        }
        guard let file = try? OpenFile.reading(directory + "/config.json"), let bytes = try? file.read(at: 0, count: 1 << 20),
            let config = try? JSONDecoder().decode(Config.self, from: Data(bytes)), let family = config.model_type
        else { throw PullError(.notAModel, "'\(directory)/config.json' is missing or names no model_type") }
        guard family == "bert" else {
            throw PullError(
                .notAModel,
                "a directory with a model of type '\(family)' can't be served; 'bert' encoders can, GGUF files, and 'llama' decoders of which "
                    + "`lares import` makes a GGUF file"
            )
        }
        let tensors: [String: SafeTensors.Tensor]
        do {
            tensors = try SafeTensors(contentsOf: directory + "/model.safetensors").tensors
            try EmbeddingModel.check(directory: directory)
        } catch {
            throw PullError(.notAModel, "'\(directory)' can't be used: \(error)")
        }
        kind = .embedding
        self.family = family
        contextLength = config.max_position_embeddings
        parameterCount = tensors.values.reduce(0) { $0 &+ $1.shape.reduce(1, &*) }
        quantisation = tensors.values.max { $0.bytes.count < $1.bytes.count }?.typeName
        dimensions = config.hidden_size
        chatTemplate = false
    }
}
