public import LaresTensor

/// A recurrent layer of which a model knows only the outputs: what else it carries from step to step begins with zeros.
public protocol RecurrentLayer: Module {
    /// A layer from `inputs` numbers to `hidden`.
    init(_ inputs: Int, _ hidden: Int, using random: inout SeededRandom)
    /// All outputs `[time, batch, hidden]` over tokens `[time, batch]` of an embedding.
    /// - Parameter output: what came before the first step, `[batch, hidden]`; zeros when nil.
    func outputs(over tokens: Indices, in embedding: Embedding, after output: Tensor?) -> Tensor
    /// What it carries from step to step before the first, each `[batch, hidden]`; `output`, what came before, is the first of them.
    func state(after output: Tensor) -> [Tensor]
    /// What it carries after one more step over `x` `[batch, inputs]`; the first is the step's output.
    func step(_ x: Tensor, from state: [Tensor]) -> [Tensor]
}

extension LSTM: RecurrentLayer {
    /// The outputs; the cell begins with zeros.
    public func outputs(over tokens: Indices, in embedding: Embedding, after output: Tensor?) -> Tensor {
        self(tokens, in: embedding, from: output.map { State(output: $0, cell: .zeros($0.shape)) }).outputs
    }

    /// The output, and a cell of zeros.
    public func state(after output: Tensor) -> [Tensor] { [output, .zeros(output.shape)] }

    /// The output and the cell.
    public func step(_ x: Tensor, from state: [Tensor]) -> [Tensor] {
        let after = self(x.expanded(at: 0), from: State(output: state[0], cell: state[1])).state
        return [after.output, after.cell]
    }
}

extension GRU: RecurrentLayer {
    /// The outputs.
    public func outputs(over tokens: Indices, in embedding: Embedding, after output: Tensor?) -> Tensor {
        self(tokens, in: embedding, from: output).outputs
    }

    /// The output alone.
    public func state(after output: Tensor) -> [Tensor] { [output] }

    /// The output alone.
    public func step(_ x: Tensor, from state: [Tensor]) -> [Tensor] { [self(x.expanded(at: 0), from: state[0]).state] }
}

/// A long short-term memory over sequences `[time, batch, inputs]`; see `lstm`.
public struct LSTM: Module {
    /// Shapes as `lstm` says.
    public var weights: RecurrentWeights

    /// What it carries from step to step, each `[batch, hidden]`.
    public struct State: Sendable {
        /// The last output.
        public var output: Tensor
        /// The cell.
        public var cell: Tensor

        /// A state to begin with.
        public init(output: Tensor, cell: Tensor) {
            self.output = output
            self.cell = cell
        }
    }

    /// Weights evenly spread within ±1/√hidden, as PyTorch has them.
    public init(_ inputs: Int, _ hidden: Int, using random: inout SeededRandom) {
        weights = RecurrentWeights(inputs: inputs, hidden: hidden, gates: 4, using: &random)
    }

    /// Names `input`, `recurrent`, `bias` and `recurrentBias`.
    public mutating func visit(_ visitor: inout some ParameterVisitor) { weights.visit(&visitor) }

    /// All outputs `[time, batch, hidden]`, and the state after the last step; from zeros when no state is given.
    public func callAsFunction(_ x: Tensor, from state: State? = nil) -> (outputs: Tensor, state: State) {
        let zeros = Tensor.zeros([x.shape[1], weights.recurrent.shape[0]])
        let (outputs, cell) = lstm(x, from: state?.output ?? zeros, cell: state?.cell ?? zeros, weights)
        return (outputs, State(output: outputs.at(x.shape[0] - 1), cell: cell))
    }

    /// The same over tokens `[time, batch]` of an embedding: what `self(embedding(tokens))` gives, faster where tokens come again and again.
    public func callAsFunction(_ tokens: Indices, in embedding: Embedding, from state: State? = nil) -> (outputs: Tensor, state: State) {
        let zeros = Tensor.zeros([tokens.shape[1], weights.recurrent.shape[0]])
        let (outputs, cell) = lstm(tokens, in: embedding.weight, from: state?.output ?? zeros, cell: state?.cell ?? zeros, weights)
        return (outputs, State(output: outputs.at(tokens.shape[0] - 1), cell: cell))
    }
}

/// A gated recurrent unit over sequences `[time, batch, inputs]`; see `gru`.
public struct GRU: Module {
    /// Shapes as `gru` says.
    public var weights: RecurrentWeights

    /// Weights evenly spread within ±1/√hidden, as PyTorch has them.
    public init(_ inputs: Int, _ hidden: Int, using random: inout SeededRandom) {
        weights = RecurrentWeights(inputs: inputs, hidden: hidden, gates: 3, using: &random)
    }

    /// Names `input`, `recurrent`, `bias` and `recurrentBias`.
    public mutating func visit(_ visitor: inout some ParameterVisitor) { weights.visit(&visitor) }

    /// All outputs `[time, batch, hidden]` and the last one `[batch, hidden]`; from zeros when no state is given.
    public func callAsFunction(_ x: Tensor, from state: Tensor? = nil) -> (outputs: Tensor, state: Tensor) {
        let outputs = gru(x, from: state ?? .zeros([x.shape[1], weights.recurrent.shape[0]]), weights)
        return (outputs, outputs.at(x.shape[0] - 1))
    }

    /// The same over tokens `[time, batch]` of an embedding: what `self(embedding(tokens))` gives, faster where tokens come again and again.
    public func callAsFunction(_ tokens: Indices, in embedding: Embedding, from state: Tensor? = nil) -> (outputs: Tensor, state: Tensor) {
        let zeros = Tensor.zeros([tokens.shape[1], weights.recurrent.shape[0]])
        let outputs = gru(tokens, in: embedding.weight, from: state ?? zeros, weights)
        return (outputs, outputs.at(tokens.shape[0] - 1))
    }
}

extension RecurrentWeights {
    fileprivate init(inputs: Int, hidden: Int, gates: Int, using random: inout SeededRandom) {
        let bound = 1 / Float(max(1, hidden)).squareRoot(), width = gates * hidden
        func spread(_ shape: Shape) -> Tensor { .uniform(shape, in: -bound..<bound, using: &random) }
        self.init(
            input: spread([inputs, width]), recurrent: spread([hidden, width]), bias: spread([width]), recurrentBias: spread([width]))
    }

    fileprivate mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("input", &input)
        visitor.visit("recurrent", &recurrent)
        visitor.visit("bias", &bias)
        visitor.visit("recurrentBias", &recurrentBias)
    }
}
