public import LaresTensor
import Synchronization

/// Something with parameters: a layer, or a model made of layers.
///
/// A module is a value and names its parameters itself; nothing is found by reflection.
/// ```swift
/// struct Residual: Layer {
///     var first: Linear, second: Linear
///     mutating func visit(_ visitor: inout some ParameterVisitor) {
///         visitor.visit("first", &first)
///         visitor.visit("second", &second)
///     }
///     func callAsFunction(_ x: Tensor) -> Tensor { x + second(first(x, then: .relu)) }
/// }
/// ```
public protocol Module: Sendable {
    /// Hands every parameter and every module inside to the visitor, always in the same order.
    mutating func visit(_ visitor: inout some ParameterVisitor)
}

/// A module that maps one tensor to another.
public protocol Layer: Module {
    /// The layer's result.
    func callAsFunction(_ x: Tensor) -> Tensor
}

/// What goes through the parameters of a module: to record, read, change, save or load them.
public protocol ParameterVisitor {
    /// A parameter, which may be changed but for its shape.
    mutating func visit(_ name: String, _ parameter: inout Tensor)
    /// A layer's source of noise.
    mutating func visit(_ name: String, _ noise: inout Noise)
    /// What follows belongs to a module of this name, until `leave`.
    mutating func enter(_ name: String)
    /// The end of a module.
    mutating func leave()
}

extension ParameterVisitor {
    /// Nothing by default.
    public mutating func visit(_ name: String, _ noise: inout Noise) {}
    /// Nothing by default.
    public mutating func enter(_ name: String) {}
    /// Nothing by default.
    public mutating func leave() {}

    /// A parameter that may be absent.
    public mutating func visit(_ name: String, _ parameter: inout Tensor?) {
        guard var present = parameter.take() else { return }
        visit(name, &present)
        parameter = present
    }

    /// A module inside.
    public mutating func visit(_ name: String, _ module: inout some Module) {
        enter(name)
        module.visit(&self)
        leave()
    }

    /// Modules inside, named by their places.
    public mutating func visit(_ name: String, _ modules: inout [some Module]) {
        for i in modules.indices { visit("\(name).\(i)", &modules[i]) }
    }
}

extension Module {
    /// Calls `body` with every parameter and its full name, such as "encoder.0.attention.query.weight".
    public mutating func forEachParameter(_ body: (String, inout Tensor) -> Void) {
        withoutActuallyEscaping(body) { body in
            var each = EachParameter(body: body)
            visit(&each)
        }
    }

    /// Names and values of all parameters.
    public var parameters: [(name: String, value: Tensor)] {
        var found: [(name: String, value: Tensor)] = []
        var copy = self
        copy.forEachParameter { name, tensor in found.append((name, tensor.detached)) }
        return found
    }

    /// How many numbers the parameters hold.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }
}

private struct EachParameter: ParameterVisitor {
    let body: (String, inout Tensor) -> Void
    private var path: [String] = []

    init(body: @escaping (String, inout Tensor) -> Void) { self.body = body }

    mutating func visit(_ name: String, _ parameter: inout Tensor) {
        body(path.isEmpty ? name : path.joined(separator: ".") + "." + name, &parameter)
    }
    mutating func enter(_ name: String) { path.append(name) }
    mutating func leave() { path.removeLast() }
}

/// Random numbers of a layer that makes noise while it learns, and none otherwise. `valueAndGradient(at:random:)` provides them.
public struct Noise: Sendable {
    fileprivate final class Source: Sendable {
        let random: Mutex<SeededRandom?>
        init(_ random: SeededRandom?) { self.random = Mutex(random) }
    }
    fileprivate var source: Source?

    /// No noise.
    public init() {}

    /// Calls `body` with the generator while the model learns, else returns nil.
    func draw<R: Sendable>(_ body: (inout SeededRandom) -> sending R) -> R? {
        source?.random.withLock { random in
            guard var drawn = random.take() else {
                fatalError("a layer makes noise: call valueAndGradient(at:random:) with a generator")
            }
            defer { random = drawn }
            return body(&drawn)
        }
    }
}

/// The gradient of a loss: one tensor for each parameter, in the module's order.
public struct Gradient: Sendable {
    /// In the order in which the module names its parameters.
    public var tensors: [Tensor]

    /// A gradient that was found in another way.
    public init(tensors: [Tensor]) { self.tensors = tensors }

    /// The length of all tensors as one vector.
    public var norm: Float { tensors.reduce(0) { $0 + $1.squaredNorm }.squareRoot() }

    /// Shortened to a norm where it is longer (Pascanu et al. 2013); one that isn't finite has no direction to keep, and stays as it is.
    public func clipped(toNorm limit: Float) -> Gradient {
        let norm = norm
        guard norm > limit, norm.isFinite else { return self }
        return scaled(by: limit / norm)
    }

    /// With every number brought into -limit...limit.
    public func clipped(toValue limit: Float) -> Gradient {
        Gradient(tensors: tensors.map { minimum(maximum($0, Tensor(-limit)), Tensor(limit)) })
    }

    /// Times a factor.
    public func scaled(by factor: Float) -> Gradient { Gradient(tensors: tensors.map { $0 * factor }) }

    /// Whether no number is infinite or NaN, and the norm neither.
    public var isFinite: Bool { norm.isFinite }

    /// The sum of two gradients of one model: batches that don't fit at once.
    public static func + (a: Gradient, b: Gradient) -> Gradient { Gradient(tensors: zip(a.tensors, b.tensors).map { $0 + $1 }) }
}

/// A loss and its gradient with respect to the model's parameters.
///
/// ```swift
/// let (loss, gradient) = valueAndGradient(at: model) { crossEntropy($0(batch.images), batch.labels) }
/// ```
/// `loss` gets the model with its parameters on a tape and returns a single number. Layers that make noise (`Dropout`) trap: give them
/// a generator by `valueAndGradient(at:random:_:)`.
public func valueAndGradient<M: Module>(at model: M, _ loss: (M) throws -> Tensor) rethrows -> (value: Float, gradient: Gradient) {
    try record(model, Noise.Source(nil), loss)
}

/// The same for models that make noise: layers draw from `random`, which afterwards goes on behind what they drew.
public func valueAndGradient<M: Module>(
    at model: M, random: inout SeededRandom, _ loss: (M) throws -> Tensor
) rethrows -> (value: Float, gradient: Gradient) {
    let source = Noise.Source(random)
    defer { random = source.random.withLock { $0 } ?? random }
    return try record(model, source, loss)
}

private func record<M: Module>(_ model: M, _ noise: Noise.Source, _ loss: (M) throws -> Tensor) rethrows -> (Float, Gradient) {
    var recorder = Recorder(noise: noise)
    var recorded = model
    recorded.visit(&recorder)
    let value = try loss(recorded)
    let gradients = recorder.tape.gradients(of: value)
    return (value.scalar, Gradient(tensors: recorder.watched.map { gradients.of($0) }))
}

private struct Recorder: ParameterVisitor {
    let noise: Noise.Source
    let tape = Tape()
    var watched: [Tensor] = []

    init(noise: Noise.Source) { self.noise = noise }

    mutating func visit(_ name: String, _ parameter: inout Tensor) {
        parameter = tape.watch(parameter.detached)
        watched.append(parameter)
    }
    mutating func visit(_ name: String, _ noise: inout Noise) { noise.source = self.noise }
}
