import LaresJSON
public import LaresTensor

extension Network {
    private static let format = "lares network 1"
    private static let longestPlan = 64 << 20

    /// Reads a file that `write` made: one safetensors with the plan in its metadata. Throws ``NetworkError`` for what is no network or
    /// damaged, `SafeTensorsError` for what is no safetensors; both call the file `name`, or by its path.
    public init(contentsOf path: String, named name: String? = nil) throws {
        let file = try SafeTensors(contentsOf: path, named: name), path = name ?? path
        let plan = try Network.plan(in: file, path)
        // Before memory is taken: a small file mustn't ask for a large network.
        let stored = file.tensors.values.reduce(0) { $0 + $1.bytes.count / ($1.dtype?.bytesPerBlock ?? 4) }
        guard stored == plan.parameterCount else {
            throw NetworkError(.file, "'\(path)' has \(stored) numbers, its plan needs \(plan.parameterCount): it is damaged")
        }
        self.init(plan)
        try load(file, path)
    }

    fileprivate static func plan(in file: SafeTensors, _ path: String) throws -> NetworkPlan {
        guard file.metadata["format"] == Network.format, let text = file.metadata["plan"], text.utf8.count <= Network.longestPlan else {
            throw NetworkError(.file, "'\(path)' is no network of Lares: its metadata has no '\(Network.format)' with a plan")
        }
        do {
            return try NetworkPlan(parsing: Array(text.utf8))
        } catch {
            throw NetworkError(.file, "'\(path)': \(error.message)")
        }
    }

    private mutating func load(_ file: SafeTensors, _ path: String) throws {
        var loaded: [String: Tensor] = [:]
        for (name, value) in parameters {
            guard let tensor = file.tensors[name]?.value, tensor.shape == value.shape else {
                throw NetworkError(
                    .file, "'\(path)' has no tensor '\(name)' of shape \(value.shape) and type F32, F16 or BF16: it is damaged")
            }
            guard tensor.withFloats({ $0.allSatisfy(\.isFinite) }) else {
                throw NetworkError(.file, "'\(path)': tensor '\(name)' has a number that is not finite: it is damaged")
            }
            loaded[name] = tensor
        }
        forEachParameter { name, parameter in if let tensor = loaded[name] { parameter = tensor } }
    }

    /// Writes a file of `limit` bytes at most: whole, or not at all. Reading gives 32 bits again, whatever the type.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - type: `.f32`, which keeps every bit; `.f16` and `.bf16` round to the nearest, for half the bytes. Others trap.
    ///   - limit: So many bytes at most.
    /// - Throws: `SafeTensorsError`; ``NetworkError`` for a number that the type doesn't hold.
    public func write(to path: String, as type: DType = .f32, atMost limit: Int = .max) throws {
        let tensors = try parameters.map { ($0.name, try Network.stored($0.name, $0.value, as: type)) }
        try SafeTensors.write(tensors, metadata: ["format": Network.format, "plan": plan.json.serialized], to: path, atMost: limit)
    }

    /// The network that a file of a type gives when it is read.
    func rounded(to type: DType) throws(NetworkError) -> Network {
        guard type != .f32 else { return self }
        var (network, rounded) = (self, [String: Tensor]())
        for (name, value) in parameters { rounded[name] = try Network.stored(name, value, as: type).tensor }
        network.forEachParameter { name, parameter in if let tensor = rounded[name] { parameter = tensor } }
        return network
    }

    private static func stored(_ name: String, _ value: Tensor, as type: DType) throws(NetworkError) -> StoredTensor {
        let stored = StoredTensor(value, as: type)
        guard type == .f32 || stored.tensor.withFloats({ $0.allSatisfy(\.isFinite) }) else {
            throw NetworkError(.file, "parameter '\(name)' has a number that \(type.name) doesn't hold: write the network as F32")
        }
        return stored
    }
}

extension NetworkPlan {
    /// Reads the plan of a network's file, without what it has learned. Throws ``NetworkError``, `SafeTensorsError`.
    public init(contentsOf path: String) throws { self = try Network.plan(in: SafeTensors(contentsOf: path), path) }
}
