import LaresJSON
import LaresTensor

/// `{"layer": "linear", "outputs": 64, "activation": "relu", "bias": true}`
struct LinearPlan: LayerPlan {
    let outputs: Int
    let hasBias: Bool
    let function: Nonlinearity

    init(_ fields: inout JSONFields) throws(JSONError) {
        (outputs, hasBias, function) = (try fields.size("outputs"), try fields.bool("bias") ?? true, try fields.activation())
    }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        let shape = try inputs.one(.floats, axes: 2...4)
        _ = try inputs[0].size(shape.count - 1, "last size")
        return ValueType(.floats, shape.dropLast() + [outputs])
    }

    func parameters(for inputs: [ValueType]) -> Double { inputs[0].lastSize * Double(outputs) + Double(hasBias ? outputs : 0) }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        FusedOperation(layer: Linear(Int(inputs[0].lastSize), outputs, hasBias: hasBias, using: &random), function: function)
    }
}

/// `{"layer": "embedding", "tokens": 1000, "width": 16}`: whole numbers in 0..<tokens to vectors.
struct EmbeddingPlan: LayerPlan {
    let tokens: Int
    let width: Int

    init(_ fields: inout JSONFields) throws(JSONError) { (tokens, width) = (try fields.size("tokens"), try fields.size("width")) }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        ValueType(.floats, try inputs.one(.integers, axes: 1...3) + [width])
    }

    func parameters(for inputs: [ValueType]) -> Double { Double(tokens) * Double(width) }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        EmbeddingOperation(embedding: Embedding(tokens, width, deviation: 1 / Float(width).squareRoot(), using: &random))
    }
}

private struct EmbeddingOperation: Operation {
    var embedding: Embedding
    mutating func visit(_ visitor: inout some ParameterVisitor) { embedding.visit(&visitor) }

    func callAsFunction(_ inputs: [GraphValue]) throws(NetworkError) -> GraphValue {
        guard case .integers(let values, let shape) = inputs[0] else { fatalError("whole numbers were inferred") }
        let tokens = embedding.weight.shape[0]
        for value in values where value < 0 || value >= tokens {
            throw NetworkError(.value, "has no token \(value): there are \(tokens), counted from 0")
        }
        return .tensor(embedding(Indices(values.map { Int32($0) }, Shape(shape))))
    }
}

/// `{"layer": "layer_norm"}` over the last axis.
struct LayerNormPlan: LayerPlan {
    init(_ fields: inout JSONFields) throws(JSONError) {}

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        let shape = try inputs.one(.floats, axes: 2...4)
        _ = try inputs[0].size(shape.count - 1, "last size")
        return inputs[0]
    }

    func parameters(for inputs: [ValueType]) -> Double { 2 * inputs[0].lastSize }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        LayerOperation(layer: LayerNorm(Int(inputs[0].lastSize)))
    }
}

/// `{"layer": "rms_norm"}` over the last axis.
struct RMSNormPlan: LayerPlan {
    init(_ fields: inout JSONFields) throws(JSONError) {}

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        let shape = try inputs.one(.floats, axes: 2...4)
        _ = try inputs[0].size(shape.count - 1, "last size")
        return inputs[0]
    }

    func parameters(for inputs: [ValueType]) -> Double { inputs[0].lastSize }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        LayerOperation(layer: RMSNorm(Int(inputs[0].lastSize)))
    }
}

extension ValueType {
    /// The last size, which inference has found to be known.
    var lastSize: Double { Double((shape.last ?? nil) ?? 0) }
}
