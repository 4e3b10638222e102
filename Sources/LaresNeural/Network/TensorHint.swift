/// What a plan knows of an input or an output beyond type and sizes: for whoever asks people for the one and shows them the other.
public struct TensorHint: Sendable, Hashable {
    /// The texts that an input knows, or the classes whose numbers or names an output gives, in order; empty where there are none.
    public var names: [String] = []
    /// The whole numbers that an input takes; nil where only its type bounds them.
    public var range: ClosedRange<Int>?
    /// The mean of each number of an input, over the rows that were learned from.
    public var means: [Float] = []
    /// How far they lie from it: the standard deviation.
    public var deviations: [Float] = []
    /// Whether numbers of an input may be missing (NaN), and are filled in then.
    public var mayBeMissing = false
    /// Whether an output's numbers are probabilities of ``names``.
    public var areProbabilities = false

    /// Nothing is known.
    public init() {}
}

extension NetworkPlan {
    /// What is known of an input, from the steps that take it.
    public func hint(ofInput name: String) -> TensorHint {
        var hint = TensorHint()
        guard let node = graph.node(name), node < graph.inputs.count else { return hint }
        for (place, step) in graph.steps.enumerated() where step.from.contains(node) { graph.tell(place, of: node, &hint) }
        return hint
    }

    /// What is known of an output, from the step that gives it and those beside it.
    public func hint(ofOutput name: String) -> TensorHint {
        var hint = TensorHint()
        guard let output = graph.outputs.first(where: { $0.signature.name == name }), output.from >= graph.inputs.count else { return hint }
        let step = graph.steps[output.from - graph.inputs.count]
        if let label = step.layer as? LabelPlan {
            hint.names = label.labels.names
            return hint
        }
        let isSoftmax = step.layer is SoftmaxPlan
        let sources = Set([output.from] + (isSoftmax ? step.from : []))
        let labels = graph.steps.lazy.filter { $0.from.allSatisfy(sources.contains) }.compactMap { $0.layer as? LabelPlan }.first
        guard let names = labels?.labels.names, output.signature.shape.last == names.count else { return hint }
        (hint.names, hint.areProbabilities) = (names, isSoftmax)
        return hint
    }
}

extension PlanGraph {
    /// What the step at `place` tells of an input that it takes.
    fileprivate func tell(_ place: Int, of node: Int, _ hint: inout TensorHint) {
        let step = steps[place]
        switch step.layer {
        case let layer as OneHotPlan:
            hint.names = layer.categories?.names ?? []
            if layer.categories == nil { hint.range = 0...(layer.size - 1) }
        case let layer as LookupPlan: hint.names = layer.categories?.names ?? []
        case let layer as EmbeddingPlan: hint.range = 0...(layer.tokens - 1)
        case let layer as StandardisePlan: (hint.means, hint.deviations) = (layer.mean, layer.deviation)
        case is FillPlan:
            let filled = inputs.count + place
            hint.mayBeMissing = mayMiss.contains(node)
            for (later, step) in steps.enumerated() where step.from.contains(filled) { tell(later, of: filled, &hint) }
        case is ConcatenatePlan:
            let joined = inputs.count + place
            for later in steps where later.from == [joined] {
                if let layer = later.layer as? StandardisePlan { tell(layer, step.from, of: node, &hint) }
            }
        default: break
        }
    }

    /// The part of joined means and deviations that belongs to an input.
    private func tell(_ layer: StandardisePlan, _ joined: [Int], of node: Int, _ hint: inout TensorHint) {
        guard let place = joined.firstIndex(of: node), let width = types[node].shape.last ?? nil else { return }
        let start = joined[..<place].reduce(0) { $0 + (types[$1].shape.last.flatMap { $0 } ?? 0) }
        guard start + width <= layer.mean.count else { return }
        hint.means = Array(layer.mean[start..<(start + width)])
        hint.deviations = Array(layer.deviation[start..<(start + width)])
    }
}
