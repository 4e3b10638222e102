import LaresJSON
import LaresTensor

/// What a step of a plan does: its options, the type of its result, and the operation it becomes.
protocol LayerPlan: Sendable {
    /// Reads its options; the caller has read those that every step has.
    init(_ fields: inout JSONFields) throws(JSONError)
    /// The type of the result; throws `NetworkError` for inputs that it can't take, so that no operator ever meets them.
    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType
    /// Numbers it learns.
    func parameters(for inputs: [ValueType]) -> Double
    /// Floats a call takes beside its result.
    func workspace(for inputs: [ValueType]) -> Double
    /// What it becomes, for inputs whose result was inferred.
    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation
    /// Whether it only prepares data: it learns nothing, and training does it once.
    static var isPreparation: Bool { get }
}

extension LayerPlan {
    func parameters(for inputs: [ValueType]) -> Double { 0 }
    func workspace(for inputs: [ValueType]) -> Double { 0 }
    static var isPreparation: Bool { false }
}

/// A step at work. Inputs are as inference found them; throws `NetworkError` for values only.
protocol Operation: Module {
    func callAsFunction(_ inputs: [GraphValue]) throws(NetworkError) -> GraphValue
}

/// A layer of one tensor.
struct LayerOperation<L: Layer>: Operation {
    var layer: L
    mutating func visit(_ visitor: inout some ParameterVisitor) { layer.visit(&visitor) }
    func callAsFunction(_ inputs: [GraphValue]) -> GraphValue { .tensor(layer(inputs[0].tensor)) }
}

/// A layer with a function behind it.
struct FusedOperation<L: FusingLayer>: Operation {
    var layer: L
    let function: Nonlinearity
    mutating func visit(_ visitor: inout some ParameterVisitor) { layer.visit(&visitor) }
    func callAsFunction(_ inputs: [GraphValue]) -> GraphValue { .tensor(layer(inputs[0].tensor, then: function)) }
}

/// Something that learns nothing.
struct PlainOperation: Operation {
    let body: @Sendable ([GraphValue]) throws(NetworkError) -> GraphValue
    mutating func visit(_ visitor: inout some ParameterVisitor) {}
    func callAsFunction(_ inputs: [GraphValue]) throws(NetworkError) -> GraphValue { try body(inputs) }
}

/// The layers by their names in a plan.
enum LayerPlans {
    static let all: [String: any LayerPlan.Type] = [
        "linear": LinearPlan.self, "embedding": EmbeddingPlan.self, "conv1d": Convolution1DPlan.self, "conv2d": Convolution2DPlan.self,
        "maxpool": MaxPoolPlan.self, "averagepool": AveragePoolPlan.self, "rms_norm": RMSNormPlan.self, "flatten": FlattenPlan.self,
        "reshape": ReshapePlan.self, "lstm": LSTMPlan.self, "gru": GRUPlan.self,
        "transformer": TransformerPlan.self, "layer_norm": LayerNormPlan.self, "dropout": DropoutPlan.self, "relu": ReLUPlan.self,
        "sigmoid": SigmoidPlan.self, "tanh": TanhPlan.self, "gelu": GELUPlan.self, "silu": SiLUPlan.self, "softmax": SoftmaxPlan.self,
        "add": AddPlan.self, "subtract": SubtractPlan.self, "multiply": MultiplyPlan.self, "concatenate": ConcatenatePlan.self,
        "mean_over_time": MeanOverTimePlan.self, "standardise": StandardisePlan.self, "rescale": RescalePlan.self,
        "fill": FillPlan.self,
        "one_hot": OneHotPlan.self, "lookup": LookupPlan.self, "label": LabelPlan.self,
    ]
}

/// Bounds on what outside data may ask for.
enum PlanBounds {
    /// Widths, tokens and other sizes of a layer.
    static let sizes = 1...(1 << 20)
    /// Windows and strides.
    static let windows = 1...4096
    /// Numbers that all steps learn together: 1 GiB.
    static let parameters = Double(1 << 28)
    /// Elements of all values of one call together: 2 GiB of floats.
    static let activations = Double(1 << 29)
}

extension [ValueType] {
    /// The only input, of a kind and with some number of axes.
    func one(_ kind: ValueType.Kind, axes: ClosedRange<Int>) throws(NetworkError) -> [Int?] {
        guard count == 1 else { throw NetworkError(.plan, "takes one input, not \(count)") }
        try self[0].check(kind, axes)
        return self[0].shape
    }
}

extension ValueType {
    func check(_ kind: Kind, _ axes: ClosedRange<Int>) throws(NetworkError) {
        guard self.kind == kind else { throw NetworkError(.shape, "takes \(kind.rawValue), not \(words)") }
        guard axes.contains(shape.count) else {
            let expected = axes.count == 1 ? "\(axes.lowerBound)" : "\(axes.lowerBound) to \(axes.upperBound)"
            throw NetworkError(.shape, "takes values of \(expected) axes, the batch counted, not \(words)")
        }
    }

    /// The size of an axis, which the plan must know.
    func size(_ axis: Int, _ what: String) throws(NetworkError) -> Int {
        guard let size = shape[axis] else { throw NetworkError(.shape, "needs to know the \(what) ahead, but takes \(words)") }
        return size
    }
}

extension JSONFields {
    /// The function behind a layer.
    mutating func activation() throws(JSONError) -> Nonlinearity { try choice("activation") ?? .identity }

    /// A size that must be there.
    mutating func size(_ key: String) throws(JSONError) -> Int {
        guard let size = try int(key, in: PlanBounds.sizes) else { throw error(key, "is missing") }
        return size
    }
}
