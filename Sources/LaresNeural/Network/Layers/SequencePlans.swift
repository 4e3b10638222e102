import LaresJSON
import LaresTensor

/// `{"layer": "lstm", "hidden": 64, "outputs": "last"}` over `[batch, time, inputs]`: `[batch, hidden]`, or with "all" every step's.
struct LSTMPlan: LayerPlan {
    let options: RecurrentOptions
    init(_ fields: inout JSONFields) throws(JSONError) { options = try RecurrentOptions(&fields) }
    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType { try options.result(of: inputs) }
    func parameters(for inputs: [ValueType]) -> Double { options.parameters(for: inputs, gates: 4) }
    func workspace(for inputs: [ValueType]) -> Double { options.workspace(for: inputs) }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        LSTMOperation(lstm: LSTM(Int(inputs[0].lastSize), options.hidden, using: &random), keepsAll: options.outputs == .all)
    }
}

/// The same with a gated recurrent unit.
struct GRUPlan: LayerPlan {
    let options: RecurrentOptions
    init(_ fields: inout JSONFields) throws(JSONError) { options = try RecurrentOptions(&fields) }
    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType { try options.result(of: inputs) }
    func parameters(for inputs: [ValueType]) -> Double { options.parameters(for: inputs, gates: 3) }
    func workspace(for inputs: [ValueType]) -> Double { options.workspace(for: inputs) }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        GRUOperation(gru: GRU(Int(inputs[0].lastSize), options.hidden, using: &random), keepsAll: options.outputs == .all)
    }
}

/// What both recurrent layers ask for.
struct RecurrentOptions: Sendable {
    enum Outputs: String, CaseIterable {
        case last, all
    }
    let hidden: Int
    let outputs: Outputs

    init(_ fields: inout JSONFields) throws(JSONError) {
        (hidden, outputs) = (try fields.size("hidden"), try fields.choice("outputs") ?? .last)
    }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        let shape = try inputs.one(.floats, axes: 3...3)
        _ = try inputs[0].size(2, "numbers of a step")
        return ValueType(.floats, outputs == .all ? [shape[0], shape[1], hidden] : [shape[0], hidden])
    }

    func parameters(for inputs: [ValueType], gates: Double) -> Double {
        gates * Double(hidden) * (inputs[0].lastSize + Double(hidden) + 2)
    }

    /// Gates, cells, their functions and all outputs.
    func workspace(for inputs: [ValueType]) -> Double { 8 * Double(hidden) * inputs[0].elements / max(1, inputs[0].lastSize) }
}

private struct LSTMOperation: Operation {
    var lstm: LSTM
    let keepsAll: Bool
    mutating func visit(_ visitor: inout some ParameterVisitor) { lstm.visit(&visitor) }
    func callAsFunction(_ inputs: [GraphValue]) -> GraphValue {
        let (outputs, state) = lstm(inputs[0].tensor.transposed(0, 1))
        return .tensor(keepsAll ? outputs.transposed(0, 1) : state.output)
    }
}

private struct GRUOperation: Operation {
    var gru: GRU
    let keepsAll: Bool
    mutating func visit(_ visitor: inout some ParameterVisitor) { gru.visit(&visitor) }
    func callAsFunction(_ inputs: [GraphValue]) -> GraphValue {
        let (outputs, state) = gru(inputs[0].tensor.transposed(0, 1))
        return .tensor(keepsAll ? outputs.transposed(0, 1) : state)
    }
}

/// `{"layer": "transformer", "heads": 4, "hidden": 256, "causal": false, "dropout": 0.1, "places": true}` over `[batch, time, width]`.
/// With `places`, sines that tell places apart are added first.
struct TransformerPlan: LayerPlan {
    let heads: Int
    let hidden: Int?
    let isCausal: Bool
    let rate: Float
    let addsPlaces: Bool

    init(_ fields: inout JSONFields) throws(JSONError) {
        heads = try fields.int("heads", in: 1...1024) ?? 1
        hidden = try fields.int("hidden", in: PlanBounds.sizes)
        isCausal = try fields.bool("causal") ?? false
        rate = Float(try fields.double("dropout", in: 0...0.99) ?? 0)
        addsPlaces = try fields.bool("places") ?? false
    }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        _ = try inputs.one(.floats, axes: 3...3)
        let width = try inputs[0].size(2, "width")
        guard width % heads == 0 else { throw NetworkError(.shape, "has \(heads) heads, which don't divide the width \(width)") }
        return inputs[0]
    }

    private func inner(_ inputs: [ValueType]) -> Double { hidden.map(Double.init) ?? 4 * inputs[0].lastSize }

    func parameters(for inputs: [ValueType]) -> Double {
        let width = inputs[0].lastSize, inner = inner(inputs)
        return 4 * (width * width + width) + 2 * width * inner + inner + 5 * width
    }

    func workspace(for inputs: [ValueType]) -> Double {
        let time = Double(inputs[0].shape[1] ?? 1), batch = Double(inputs[0].shape[0] ?? 1)
        return batch * (Double(heads) * time * time + time * (inner(inputs) + 8 * inputs[0].lastSize))
    }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        let width = Int(inputs[0].lastSize)
        let block = TransformerEncoderBlock(width, heads: heads, hidden: hidden, dropout: rate, using: &random)
        return TransformerOperation(block: block, isCausal: isCausal, addsPlaces: addsPlaces)
    }
}

private struct TransformerOperation: Operation {
    var block: TransformerEncoderBlock
    let isCausal: Bool
    let addsPlaces: Bool
    mutating func visit(_ visitor: inout some ParameterVisitor) { block.visit(&visitor) }
    func callAsFunction(_ inputs: [GraphValue]) -> GraphValue {
        var x = inputs[0].tensor
        if addsPlaces { x = x + positionalEncoding(x.shape[1], x.shape[2]) }
        return .tensor(block(x, mask: isCausal ? .causal : .none))
    }
}

/// `{"layer": "mean_over_time"}`: `[batch, time, …]` to `[batch, …]`.
struct MeanOverTimePlan: LayerPlan {
    init(_ fields: inout JSONFields) throws(JSONError) {}

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        let shape = try inputs.one(.floats, axes: 3...4)
        return ValueType(.floats, [shape[0]] + shape.dropFirst(2))
    }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        PlainOperation { .tensor($0[0].tensor.mean(along: 1)) }
    }
}
