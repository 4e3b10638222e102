public import LaresTensor

/// What changes a model's parameters along a gradient.
public protocol Optimizer: Sendable {
    /// The size of a step; schedules change it between steps.
    var learningRate: Float { get set }
    /// What it remembers between steps; a checkpoint keeps it.
    var state: OptimizerState { get set }
    /// One step. Gradients of another model trap.
    mutating func update(_ model: inout some Module, along gradient: Gradient)
}

/// What an optimizer remembers between steps.
public struct OptimizerState: Sendable {
    /// Steps taken.
    public var steps = 0
    /// By name, one tensor for each parameter.
    public var tensors: [String: [Tensor]] = [:]

    /// Nothing yet.
    public init() {}

    /// Takes tensors out so that they can change in place; zeros at first.
    mutating func take(_ name: String, like gradient: Gradient, startingAt start: Float = 0) -> [Tensor] {
        tensors.removeValue(forKey: name) ?? gradient.tensors.map { Tensor(repeating: start, $0.shape) }
    }
}

/// Parameters that shrink a little with every step, by groups: the first that a parameter is in counts; those in none don't shrink.
///
/// ```swift
/// let decay = WeightDecay([
///     WeightDecay.Group(0, rate: 0.1) { name, _ in name.hasPrefix("embedding.") },  // learns a tenth as fast
///     WeightDecay.Group(0.1) { _, shape in shape.count >= 2 },
/// ])
/// ```
public struct WeightDecay: Sendable {
    /// Some parameters.
    public struct Group: Sendable {
        /// The part that a step takes, times the learning rate.
        public let amount: Float
        /// Times the optimizer's learning rate.
        public let rate: Float
        fileprivate let applies: @Sendable (String, Shape) -> Bool

        /// Those parameters for which `applies` is true of name and shape.
        public init(_ amount: Float, rate: Float = 1, where applies: @escaping @Sendable (String, Shape) -> Bool) {
            (self.amount, self.rate, self.applies) = (amount, rate, applies)
        }

        fileprivate static let others = Group(0) { _, _ in true }
    }
    /// In order.
    public let groups: [Group]

    /// Groups, of which the first that a parameter is in counts.
    public init(_ groups: [Group]) { self.groups = groups }

    /// Those parameters for which `applies` is true of name and shape.
    public init(_ amount: Float, where applies: @escaping @Sendable (String, Shape) -> Bool) { self.init([Group(amount, where: applies)]) }

    /// None.
    public static let none = WeightDecay([])
    /// All parameters.
    public static func all(_ amount: Float) -> WeightDecay { WeightDecay(amount) { _, _ in true } }
    /// Matrices, but neither biases nor the weights of norms.
    public static func matrices(_ amount: Float) -> WeightDecay { WeightDecay(amount) { $1.count >= 2 } }

    func group(of name: String, _ shape: Shape) -> Group { groups.first { $0.applies(name, shape) } ?? .others }
}

extension Module {
    /// Calls `body` with each parameter, its place, its name and its gradient.
    mutating func forEachParameter(along gradient: Gradient, _ body: (Int, String, inout Tensor, Tensor) -> Void) {
        var place = 0
        forEachParameter { name, parameter in
            demand(
                place < gradient.tensors.count && gradient.tensors[place].shape == parameter.shape,
                "a gradient of another model, at '\(name)'")
            body(place, name, &parameter, gradient.tensors[place])
            place += 1
        }
        demand(
            place == gradient.tensors.count, "a gradient of another model: \(gradient.tensors.count) tensors for \(place) parameters")
    }
}
