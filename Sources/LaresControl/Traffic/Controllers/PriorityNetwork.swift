internal import Foundation
internal import LaresJSON
public import LaresNeural
public import LaresTensor

/// How much each phase deserves to be green now, learned: the same small network for every phase of every signal.
///
/// What a phase is worth is a linear map of who comes and who waits, which at first is that of the greedy controller, and a correction by a
/// hidden layer, which at first is none: what is learned can only be found better than where it began.
public struct PriorityNetwork: Module {
    /// The linear map.
    public var direct: Linear
    /// To the hidden layer.
    public var first: Linear
    /// From the hidden layer.
    public var second: Linear

    /// Numbers that describe a phase.
    public static let inputs = 2 * values + 3
    /// Numbers that describe the demand before a phase.
    static let values = 7
    /// Numbers of the hidden layer.
    public static let width = 6

    /// The greedy controller's worth, which prefers the phase that is green.
    public init(seed: UInt64 = 1) {
        var random = SeededRandom(seed: seed)
        var weights = [Float](repeating: 0, count: Self.inputs)
        (weights[0], weights[1], weights[2]) = (1, 1, 0.3)
        weights[2 * Self.values] = 1
        direct = Linear(Tensor(weights, [Self.inputs, 1]))
        first = Linear(Self.inputs, Self.width, using: &random)
        second = Linear(.zeros([Self.width, 1]))
    }

    /// Names `direct`, `first` and `second`.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("direct", &direct)
        visitor.visit("first", &first)
        visitor.visit("second", &second)
    }

    /// `[phases, inputs]` to `[phases, 1]`.
    public func callAsFunction(_ x: Tensor) -> Tensor { direct(x) + second(first(x, then: .tanh)) }

    /// All parameters in the order in which they are named.
    public var flat: [Float] { parameters.flatMap { $0.value.array } }

    /// With other parameters, in that order; nil: their number or one of them is no good.
    public init?(flat: [Float]) {
        self.init()
        guard flat.count == parameterCount, flat.allSatisfy(\.isFinite) else { return nil }
        var place = 0
        forEachParameter { _, tensor in
            let count = tensor.count
            tensor = Tensor(Array(flat[place..<place + count]), tensor.shape)
            place += count
        }
    }
}

extension PriorityNetwork {
    /// Reads what was learned: a JSON array of all parameters.
    ///
    /// - Throws: ``TrafficError`` with `bad_setting`.
    public init(contentsOf path: String) throws {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        guard data.count <= 1 << 20, let values = try? JSON(parsing: Array(data)).elements?.compactMap(\.number),
            let network = PriorityNetwork(flat: values.map { Float($0) })
        else { throw TrafficError(.badSetting, "\(path) isn't a list of the \(PriorityNetwork().parameterCount) numbers that are learned") }
        self = network
    }

    /// Writes what was learned.
    public func write(to path: String) throws {
        let text = JSON.array(flat.map { .double(Double($0)) }).serialized
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}

/// The controller that was learned: the phase that deserves it most.
public struct LearnedController: SignalController {
    /// What it learned.
    public var network: PriorityNetwork

    /// With what was learned; by default what comes with Lares.
    public init(_ network: PriorityNetwork = .trained) { self.network = network }

    /// The phase that deserves it most; nil when the network's values are no numbers.
    public mutating func wish(_ view: SignalView) -> Int? {
        let phases = view.plan.phases.count
        let described = view.plan.phases.indices.flatMap { Self.description(of: $0, in: view) }
        let worth = network(Tensor(described, [phases, PriorityNetwork.inputs])).array
        guard worth.allSatisfy(\.isFinite) else { return nil }
        return worth.indices.max { worth[$0] < worth[$1] }
    }

    /// Demand as it stands when the phase isn't shown, again when it is, and how long that has been.
    static func description(of phase: Int, in view: SignalView) -> [Float] {
        var values = [Float](repeating: 0, count: PriorityNetwork.values)
        for (place, demand) in view.demand.enumerated() {
            // Who gives way gets through more slowly.
            let served = min(1, view.plan.priority[phase][place] + 0.7 * view.plan.yielding[phase][place])
            guard served > 0 else { continue }
            let numbers = [
                demand.standing, demand.soon, demand.next, demand.later, demand.waited, demand.presence, demand.standing * demand.blocked,
            ]
            for i in numbers.indices { values[i] += served * numbers[i] }
        }
        let isShown = phase == view.phase
        let none = [Float](repeating: 0, count: PriorityNetwork.values)
        let green = Float(min(view.green, 40)) / 10
        return (isShown ? none + values : values + none) + (isShown ? [1, green, green * green / 4] : [0, 0, 0])
    }
}
