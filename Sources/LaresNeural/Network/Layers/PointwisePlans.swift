import LaresJSON
import LaresTensor

/// A layer without options that applies a function to every number.
protocol FunctionPlan: LayerPlan {
    associatedtype Function: PointwiseLayer
    static var layer: Function { get }
    init()
}

extension FunctionPlan {
    init(_ fields: inout JSONFields) throws(JSONError) { self.init() }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        _ = try inputs.one(.floats, axes: 1...5)
        return inputs[0]
    }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation { LayerOperation(layer: Self.layer) }
}

/// `{"layer": "relu"}`
struct ReLUPlan: FunctionPlan { static var layer: ReLU { ReLU() } }
/// `{"layer": "sigmoid"}`
struct SigmoidPlan: FunctionPlan { static var layer: Sigmoid { Sigmoid() } }
/// `{"layer": "tanh"}`
struct TanhPlan: FunctionPlan { static var layer: Tanh { Tanh() } }
/// `{"layer": "gelu"}`
struct GELUPlan: FunctionPlan { static var layer: GELU { GELU() } }
/// `{"layer": "silu"}`
struct SiLUPlan: FunctionPlan { static var layer: SiLU { SiLU() } }

/// `{"layer": "softmax"}` along the last axis.
struct SoftmaxPlan: LayerPlan {
    init(_ fields: inout JSONFields) throws(JSONError) {}

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        _ = try inputs.one(.floats, axes: 2...4)
        return inputs[0]
    }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        PlainOperation { .tensor(softmax($0[0].tensor)) }
    }
}

/// `{"layer": "dropout", "rate": 0.5}`, while the network learns.
struct DropoutPlan: LayerPlan {
    let rate: Float

    init(_ fields: inout JSONFields) throws(JSONError) { rate = Float(try fields.double("rate", in: 0...0.99) ?? 0.5) }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        _ = try inputs.one(.floats, axes: 2...5)
        return inputs[0]
    }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation { LayerOperation(layer: Dropout(rate)) }
}

/// `{"layer": "flatten"}`: everything but the batch as one axis.
struct FlattenPlan: LayerPlan {
    init(_ fields: inout JSONFields) throws(JSONError) {}

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        let shape = try inputs.one(.floats, axes: 2...5)
        var size = 1
        for axis in 1..<shape.count { size *= try inputs[0].size(axis, "sizes") }
        return ValueType(.floats, [shape[0], size])
    }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation { LayerOperation(layer: Flatten()) }
}

/// `{"layer": "reshape", "shape": [8, 8, 1]}`: the sizes of a sample, without the batch.
struct ReshapePlan: LayerPlan {
    let shape: [Int]

    init(_ fields: inout JSONFields) throws(JSONError) {
        guard let shape = try fields.ints("shape", in: PlanBounds.sizes), (1...4).contains(shape.count) else {
            throw fields.error("shape", "must be one to four sizes, without the batch")
        }
        self.shape = shape
    }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        let from = try inputs.one(.floats, axes: 2...5)
        for axis in 1..<from.count { _ = try inputs[0].size(axis, "sizes") }
        let (old, new) = (from.dropFirst().reduce(1) { $0 * Double($1 ?? 1) }, shape.reduce(1) { $0 * Double($1) })
        guard old == new else { throw NetworkError(.shape, "makes \(shape) of \(inputs[0].words): the number of elements differs") }
        return ValueType(.floats, [from[0]] + shape)
    }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        let shape = shape
        return PlainOperation { inputs in
            let x = inputs[0].tensor
            return .tensor(x.reshaped(Shape([x.shape[0]] + shape)))
        }
    }
}
