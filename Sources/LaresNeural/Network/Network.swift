import LaresTensor

/// A network that a plan describes, with what it has learned.
///
/// ```swift
/// let network = try Network(contentsOf: "iris.safetensors")
/// let answer = try network(["x": .floats([5.1, 3.5, 1.4, 0.2], shape: [1, 4])])
/// ```
/// It may be called from several threads at once.
public struct Network: Module {
    /// What it is made of.
    public let plan: NetworkPlan
    private var operations: [any Operation] = []

    /// What it takes and gives.
    public var signature: NetworkSignature { plan.signature }

    /// A network that has learned nothing yet; the same seed gives the same numbers.
    public init(_ plan: NetworkPlan, seed: UInt64 = 0) {
        self.plan = plan
        var random = SeededRandom(seed: seed)
        for step in plan.graph.steps {
            operations.append(step.layer.operation(for: step.from.map { plan.graph.types[$0] }, using: &random))
        }
    }

    /// Names the steps.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        for (i, step) in plan.graph.steps.enumerated() { visitor.visit(step.name, &operations[i]) }
    }

    /// Outputs for inputs, by name; `between` is called before each step.
    ///
    /// Throws ``NetworkError``: for names that are missing or unknown, types and shapes that don't fit the signature, numbers that are not
    /// finite or outside their type, and calls that would take too much memory.
    public func callAsFunction(
        _ inputs: [String: NetworkValue], between: () -> Void = {}
    ) throws(NetworkError) -> [String: NetworkValue] {
        let results = try values(of: plan.graph.outputs.map(\.from), given: known(inputs), between: between)
        var outputs: [String: NetworkValue] = [:]
        for (output, value) in zip(plan.graph.outputs, results) {
            outputs[output.signature.name] = try NetworkValue(value, as: output.signature)
        }
        return outputs
    }

    /// Checks inputs in full, shapes of all steps included, before anything runs.
    func known(_ inputs: [String: NetworkValue]) throws(NetworkError) -> [Int: GraphValue] {
        let expected = signature.inputs
        for name in inputs.keys.sorted() where !expected.contains(where: { $0.name == name }) {
            throw NetworkError(.shape, "there is no input '\(name)'; there are \(expected.map(\.name).joined(separator: ", "))")
        }
        var (known, types): ([Int: GraphValue], [ValueType]) = ([:], [])
        for (node, input) in expected.enumerated() {
            guard let value = inputs[input.name] else { throw NetworkError(.shape, "the input '\(input.name)' is missing") }
            let checked = try GraphValue(value, as: input, mayMiss: plan.graph.mayMiss.contains(node))
            for categories in plan.graph.known[node] ?? [] { try categories.check(checked, input) }
            known[node] = checked
            types.append(checked.type)
        }
        try plan.graph.concrete(types)
        return known
    }

    /// Values of nodes; what is known already isn't computed again. Only steps that are needed run.
    func values(
        of targets: [Int], given known: [Int: GraphValue], between: () -> Void = {}
    ) throws(NetworkError) -> [GraphValue] {
        var values = known
        for node in plan.graph.needed(for: targets, given: known) {
            between()
            let step = plan.graph.steps[node - plan.graph.inputs.count]
            do throws(NetworkError) {
                values[node] = try operations[node - plan.graph.inputs.count](step.from.compactMap { values[$0] })
            } catch {
                throw NetworkError(error.code, "step '\(step.name)' (\(step.kind)) \(error.message)")
            }
        }
        return targets.compactMap { values[$0] }
    }
}

extension PlanGraph {
    /// Steps that some nodes need, in order.
    fileprivate func needed(for targets: [Int], given known: [Int: GraphValue]) -> [Int] {
        var isNeeded = [Bool](repeating: false, count: types.count)
        for target in targets { isNeeded[target] = true }
        for node in types.indices.reversed() where isNeeded[node] && known[node] == nil {
            for source in steps[node - inputs.count].from { isNeeded[source] = true }
        }
        return types.indices.filter { isNeeded[$0] && known[$0] == nil }
    }

    /// Whether a step only prepares data: training does it once.
    func isPreparation(_ node: Int) -> Bool {
        guard node >= inputs.count else { return true }
        let step = steps[node - inputs.count]
        return type(of: step.layer).isPreparation && step.from.allSatisfy(isPreparation)
    }
}
