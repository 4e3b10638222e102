public import LaresTensor

/// All that a training needs to go on as if it had never ended: parameters, the optimizer's memory, where the random numbers are.
///
/// One safetensors file; other programs read the parameters as "model.…". A resumed run computes the same bits as one that wasn't
/// interrupted.
public struct Checkpoint: Sendable {
    /// By name.
    public let parameters: [String: Tensor]
    /// The optimizer's memory.
    public let optimizer: OptimizerState
    /// Where the random numbers are.
    public let random: SeededRandom
    /// What else the training wants to remember, such as the epoch.
    public let notes: [String: String]

    /// What there is now.
    public init(_ model: some Module, _ optimizer: some Optimizer, _ random: SeededRandom, notes: [String: String] = [:]) {
        parameters = Dictionary(model.parameters.map { ($0.name, $0.value) }) { first, _ in first }
        self.optimizer = optimizer.state
        self.random = random
        self.notes = notes
    }

    /// Reads a file; throws `SafeTensorsError` when it is broken or cut short, `CheckpointError` when it is no checkpoint.
    public init(contentsOf path: String) throws {
        let file = try SafeTensors(contentsOf: path)
        guard file.metadata["format"] == Self.format, let steps = Int(file.metadata["optimizer.steps"] ?? ""), steps >= 0,
            let random = SeededRandom(state: (file.metadata["random"] ?? "").split(separator: " ").compactMap { UInt64($0, radix: 16) })
        else { throw CheckpointError("'\(path)' is no checkpoint of Lares: it has no '\(Self.format)' in its metadata") }
        var (parameters, state) = ([String: Tensor](), OptimizerState())
        var memory: [String: [Int: Tensor]] = [:]
        for (name, stored) in file.tensors {
            guard let tensor = stored.value else {
                throw CheckpointError("'\(path)': tensor '\(name)' is of a type or shape no checkpoint has")
            }
            let parts = name.split(separator: ".", maxSplits: 2).map(String.init)
            if parts.count >= 2, parts[0] == "model" {
                parameters[String(name.dropFirst("model.".count))] = tensor
            } else if parts.count == 3, parts[0] == "optimizer", let place = Int(parts[2]) {
                memory[parts[1], default: [:]][place] = tensor
            } else {
                throw CheckpointError("'\(path)' has a tensor '\(name)', which belongs to nothing")
            }
        }
        state.steps = steps
        state.tensors = memory.mapValues { slots in slots.sorted { $0.key < $1.key }.map(\.value) }
        (self.parameters, optimizer, self.random) = (parameters, state, random)
        notes = Dictionary(uniqueKeysWithValues: file.metadata.compactMap { $0.hasPrefix("note.") ? (String($0.dropFirst(5)), $1) : nil })
    }

    private static let format = "lares checkpoint 1"

    /// Writes a file of `limit` bytes at most: whole, or not at all. Throws `SafeTensorsError`.
    public func write(to path: String, atMost limit: Int = .max) throws {
        var tensors = parameters.map { ("model." + $0, StoredTensor($1, as: .f32)) }
        for (name, slots) in optimizer.tensors {
            tensors += slots.enumerated().map { ("optimizer.\(name).\($0)", StoredTensor($1, as: .f32)) }
        }
        var metadata = Dictionary(uniqueKeysWithValues: notes.map { ("note." + $0, $1) })
        metadata["format"] = Self.format
        metadata["optimizer.steps"] = String(optimizer.steps)
        metadata["random"] = random.state.map { String($0, radix: 16) }.joined(separator: " ")
        try SafeTensors.write(tensors, metadata: metadata, to: path, atMost: limit)
    }

    /// Puts everything back. Throws `CheckpointError`, and changes nothing, when the model has other names or shapes.
    public func restore(_ model: inout some Module, _ optimizer: inout some Optimizer, _ random: inout SeededRandom) throws {
        let expected = model.parameters
        for (name, value) in expected {
            guard let stored = parameters[name] else {
                throw CheckpointError("the checkpoint has no parameter '\(name)': it is of another model")
            }
            guard stored.shape == value.shape else {
                throw CheckpointError("parameter '\(name)' is \(value.shape) in the model and \(stored.shape) in the checkpoint")
            }
        }
        guard expected.count == parameters.count else {
            throw CheckpointError("the checkpoint has \(parameters.count) parameters, the model \(expected.count): it is of another model")
        }
        for (name, slots) in self.optimizer.tensors {
            guard slots.map(\.shape) == expected.map(\.value.shape) else {
                throw CheckpointError("the optimizer's '\(name)' doesn't fit the model: the checkpoint is damaged")
            }
        }
        model.forEachParameter { name, parameter in if let stored = parameters[name] { parameter = stored } }
        optimizer.state = self.optimizer
        random = self.random
    }
}

/// A checkpoint that can't be used.
public struct CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, where, and what to do, for people.
    public let message: String
    /// The message.
    public var description: String { message }

    package init(_ message: String) { self.message = message }
}
