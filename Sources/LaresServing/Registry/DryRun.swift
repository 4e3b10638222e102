import LaresForecast
import LaresLanguage
public import LaresNeural
import LaresTensor

/// Tries a network before it is published: random inputs of its signature must give finite outputs of its signature. Word vectors, translators and
/// controllers of signals are asked once for something that they know; forecasters and detectors are tried as they are read.
package enum DryRun {
    /// What a file is, and its signature.
    ///
    /// - Parameters:
    ///   - path: where the file is.
    ///   - name: what its publisher calls it.
    ///   - declared: what the publisher says the signature is; nil takes the file's word.
    /// - Throws: ``RegistryError`` with code `notANetwork` or `dryRunFailed`.
    static func trial(of path: String, named name: String, declared: NetworkSignature?) throws -> (ModelVersion.Kind, NetworkSignature) {
        guard let kind = kind(of: path) else { return (.network, try signature(of: path, named: name, declared: declared)) }
        defer { returnTensorMemory() }
        do {
            let model = try model(kind, at: path)
            try check(declared, of: model.signature)
            try call(model)
            return (kind, model.signature)
        } catch let error as RegistryError {
            throw error
        } catch {
            throw RegistryError(.notANetwork, "\(error)".replacing(path, with: name))
        }
    }

    /// What a file that is no network says of itself; nil: it is one, or nothing.
    private static func kind(of path: String) -> ModelVersion.Kind? {
        if WordVectors.isAnnounced(by: path) { return .words }
        if ServedSignals.isAnnounced(by: path) { return .signals }
        return TextTranslator.isAnnounced(by: path) ? .translator : SeriesModel.kind(of: path)
    }

    private static func model(_ kind: ModelVersion.Kind, at path: String) throws -> any ServedModel {
        switch kind {
        case .network: try Network(contentsOf: path)
        case .words: try WordModel(contentsOf: path)
        case .translator: try TranslatorModel(contentsOf: path)
        case .forecaster, .detector: try SeriesModel(kind, at: path)
        case .signals: try ServedSignals(contentsOf: path)
        }
    }

    /// The signature that a file declares and that its network was seen to keep.
    ///
    /// - Throws: ``RegistryError`` with code `notANetwork` or `dryRunFailed`.
    private static func signature(of path: String, named name: String, declared: NetworkSignature?) throws -> NetworkSignature {
        defer { returnTensorMemory() }
        let network: Network
        do { network = try Network(contentsOf: path, named: name) } catch {
            throw RegistryError(.notANetwork, "this is no network: \(error)")
        }
        try check(declared, of: network.signature)
        var random = SeededRandom(seed: 0x5EED)
        for rows in [1, 3] { try check(network, rows: rows, &random) }
        return network.signature
    }

    private static func check(_ declared: NetworkSignature?, of signature: NetworkSignature) throws {
        guard let declared, declared != signature else { return }
        throw RegistryError(
            .dryRunFailed,
            "the declared signature, \(declared.words), is not the file's, which is \(signature.words): publish what was trained, or declare "
                + "what it is")
    }

    /// Asks a model for its example, and gives it so many pieces of work: a translator writes no longer text.
    package static func call(_ model: any ServedModel) throws {
        guard let inputs = model.example else { return }
        struct Enough: Error {}
        var pieces = 0
        let outputs: [String: NetworkValue]
        do {
            outputs = try model(inputs) {
                pieces += 1
                if pieces > mostPieces { throw Enough() }
            }
        } catch is Enough {
            return
        } catch {
            throw RegistryError(.dryRunFailed, "it fails on what it should know: \(error)")
        }
        try check(outputs, model.signature)
    }

    private static let mostPieces = 64

    private static func check(_ network: Network, rows: Int, _ random: inout SeededRandom) throws {
        let outputs: [String: NetworkValue]
        let inputs = try inputs(of: network, rows: rows, &random)
        do { outputs = try network(inputs) } catch {
            throw RegistryError(.dryRunFailed, "the network fails on random inputs of its own signature: \(error)")
        }
        try check(outputs, network.signature)
    }

    /// Holds outputs against a signature.
    package static func check(_ outputs: [String: NetworkValue], _ signature: NetworkSignature) throws {
        guard Set(outputs.keys) == Set(signature.outputs.map(\.name)) else {
            throw RegistryError(.dryRunFailed, "the network gives \(outputs.keys.sorted()), its signature says \(signature.words)")
        }
        for output in signature.outputs {
            guard let value = outputs[output.name], value.fits(output) else {
                throw RegistryError(.dryRunFailed, "output '\(output.name)' is not the \(output.words) that the signature says")
            }
            guard value.isFinite else {
                throw RegistryError(.dryRunFailed, "output '\(output.name)' is not finite on random inputs: the training went astray")
            }
        }
    }

    /// Inputs of a network: normal numbers, whole numbers 0 and 1 (an index must be small to be one), texts that it knows, or short ones;
    /// open sizes are `rows`.
    ///
    /// - Throws: ``RegistryError`` for inputs of more than 2²⁴ elements, which no request could send.
    static func inputs(of network: Network, rows: Int, _ random: inout SeededRandom) throws -> [String: NetworkValue] {
        var inputs: [String: NetworkValue] = [:]
        for input in network.signature.inputs {
            let shape = input.shape.map { $0 ?? rows }
            guard let count = Bytes.elements(shape), count <= 1 << 24 else {
                throw RegistryError(.dryRunFailed, "input '\(input.name)' of \(input.words) is larger than any request may be")
            }
            switch input.datatype {
            case .fp16, .fp32, .fp64: inputs[input.name] = .floats((0..<count).map { _ in random.normal() }, shape: shape)
            case .bytes:
                let known = network.plan.hint(ofInput: input.name).names, texts = known.isEmpty ? ["a", "b"] : known
                inputs[input.name] = .strings((0..<count).map { texts[$0 % texts.count] }, shape: shape)
            default: inputs[input.name] = .integers((0..<count).map { _ in Int64.random(in: 0...1, using: &random) }, shape: shape)
            }
        }
        return inputs
    }
}

extension NetworkValue {
    /// Whether type and sizes are those of a signature.
    package func fits(_ signature: TensorSignature) -> Bool {
        guard shape.count == signature.shape.count, zip(shape, signature.shape).allSatisfy({ $1 == nil || $0 == $1 }) else { return false }
        return switch (self, signature.datatype) {
        case (.floats, .fp16), (.floats, .fp32), (.floats, .fp64), (.strings, .bytes): true
        case (.integers, let type): type.integers != nil
        default: false
        }
    }

    var isFinite: Bool {
        if case .floats(let values, _) = self { values.allSatisfy(\.isFinite) } else { true }
    }
}

extension TensorSignature {
    /// "FP32 [-1, 4]"
    public var words: String { "\(datatype.rawValue) [\(shape.map { $0.map(String.init) ?? "-1" }.joined(separator: ", "))]" }
}

extension NetworkSignature {
    /// "x: FP32 [-1, 4] → class: BYTES [-1]"
    public var words: String {
        func list(_ tensors: [TensorSignature]) -> String { tensors.map { "\($0.name): \($0.words)" }.joined(separator: ", ") }
        return "\(list(inputs)) → \(list(outputs))"
    }
}
