import LaresJSON
import LaresTensor

/// `{"layer": "conv1d", "outputs": 16, "window": 5, "stride": 1, "padding": 2}` over `[batch, time, channels]`.
struct Convolution1DPlan: LayerPlan {
    let outputs: Int
    let window: Int
    let stride: Int
    let padding: Int
    let function: Nonlinearity

    init(_ fields: inout JSONFields) throws(JSONError) {
        outputs = try fields.size("outputs")
        window = try fields.int("window", in: PlanBounds.windows) ?? 3
        stride = try fields.int("stride", in: PlanBounds.windows) ?? 1
        padding = try fields.int("padding", in: 0...4096) ?? 0
        function = try fields.activation()
    }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        let shape = try inputs.one(.floats, axes: 3...3)
        _ = try inputs[0].size(2, "channels")
        return ValueType(.floats, [shape[0], try windowCount(shape[1], window, stride, padding), outputs])
    }

    func parameters(for inputs: [ValueType]) -> Double { (Double(window) * inputs[0].lastSize + 1) * Double(outputs) }
    func workspace(for inputs: [ValueType]) -> Double { inputs[0].elements * Double(window) / Double(stride) }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        let channels = Int(inputs[0].lastSize)
        return FusedOperation(
            layer: Convolution1D(channels, outputs, window: window, stride: stride, padding: padding, using: &random), function: function)
    }
}

/// `{"layer": "conv2d", "outputs": 16, "window": [3, 3], "stride": 1, "padding": [1, 1]}` over `[batch, height, width, channels]`.
struct Convolution2DPlan: LayerPlan {
    let outputs: Int
    let window: Window2D
    let function: Nonlinearity

    init(_ fields: inout JSONFields) throws(JSONError) {
        outputs = try fields.size("outputs")
        let size = try fields.pair("window", in: PlanBounds.windows) ?? (3, 3)
        let padding = try fields.pair("padding", in: 0...4096) ?? (0, 0)
        window = Window2D(
            size.0, size.1, stride: try fields.int("stride", in: PlanBounds.windows) ?? 1, paddingY: padding.0, paddingX: padding.1)
        function = try fields.activation()
    }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        let shape = try inputs.one(.floats, axes: 4...4)
        _ = try inputs[0].size(3, "channels")
        let height = try windowCount(shape[1], window.height, window.stride, window.paddingY)
        return ValueType(.floats, [shape[0], height, try windowCount(shape[2], window.width, window.stride, window.paddingX), outputs])
    }

    private var area: Double { Double(window.height) * Double(window.width) }
    func parameters(for inputs: [ValueType]) -> Double { (area * inputs[0].lastSize + 1) * Double(outputs) }

    func workspace(for inputs: [ValueType]) -> Double {
        guard let result = try? result(of: inputs) else { return 0 }
        return result.elements / Double(outputs) * area * inputs[0].lastSize
    }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        FusedOperation(layer: Convolution2D(Int(inputs[0].lastSize), outputs, window, using: &random), function: function)
    }
}

/// `{"layer": "maxpool", "window": 2}`: windows side by side over `[batch, height, width, channels]`; what is left at the edges is dropped.
struct MaxPoolPlan: PoolPlan {
    let window: Int
    init(_ fields: inout JSONFields) throws(JSONError) { window = try Self.window(&fields) }
    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation { LayerOperation(layer: MaxPool2D(window)) }
}

/// `{"layer": "averagepool", "window": 2}`: the same, with means.
struct AveragePoolPlan: PoolPlan {
    let window: Int
    init(_ fields: inout JSONFields) throws(JSONError) { window = try Self.window(&fields) }
    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        LayerOperation(layer: AveragePool2D(window))
    }
}

/// Windows side by side.
protocol PoolPlan: LayerPlan {
    var window: Int { get }
}

extension PoolPlan {
    fileprivate static func window(_ fields: inout JSONFields) throws(JSONError) -> Int {
        try fields.int("window", in: PlanBounds.windows) ?? 2
    }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        let shape = try inputs.one(.floats, axes: 4...4)
        let height = try windowCount(shape[1], window, window, 0)
        return ValueType(.floats, [shape[0], height, try windowCount(shape[2], window, window, 0), shape[3]])
    }
}

/// How many windows fit along an axis. Throws when there is not even one.
private func windowCount(_ size: Int?, _ window: Int, _ stride: Int, _ padding: Int) throws(NetworkError) -> Int? {
    guard let size else { return nil }
    guard size + 2 * padding >= window else {
        throw NetworkError(.shape, "has a window of \(window) over \(size) with \(padding) zeros at both ends: make it smaller")
    }
    return (size + 2 * padding - window) / stride + 1
}

extension JSONFields {
    /// Two numbers, or one for both.
    fileprivate mutating func pair(_ key: String, in range: ClosedRange<Int>) throws(JSONError) -> (Int, Int)? {
        if case .int? = value(key) {
            guard let both = try int(key, in: range) else { return nil }
            return (both, both)
        }
        guard let two = try ints(key, in: range) else { return nil }
        guard two.count == 2 else { throw error(key, "must be a number, or two: height and width") }
        return (two[0], two[1])
    }
}
