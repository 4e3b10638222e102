import LaresJSON

/// A plan, read: inputs and steps are nodes, numbered in order, inputs first; a step takes earlier nodes only, so there are no circles.
struct PlanGraph: Sendable {
    struct Step: Sendable {
        let name: String
        let kind: String
        let layer: any LayerPlan
        let from: [Int]
    }
    struct Output: Sendable {
        let signature: TensorSignature
        let from: Int
    }

    private(set) var inputs: [TensorSignature] = []
    private(set) var steps: [Step] = []
    private(set) var outputs: [Output] = []
    /// What inputs and steps give, as far as the plan knows.
    private(set) var types: [ValueType] = []
    private(set) var parameters = 0.0
    /// Inputs whose numbers may be missing: all that takes them fills them in.
    private(set) var mayMiss: Set<Int> = []
    /// For inputs that refuse other texts: the categories they know.
    private(set) var known: [Int: [Categories]] = [:]
    private var places: [String: Int] = [:]

    private static let mostInputs = 4096, mostSteps = 4096, mostOutputs = 256

    init(_ json: JSON) throws {
        var fields = try JSONFields(json, at: "")
        let inputs = try fields.objects("inputs") ?? []
        let steps = try fields.objects("steps") ?? []
        let outputs = try fields.objects("outputs") ?? []
        try fields.end()
        try PlanGraph.check(inputs.count, 1...PlanGraph.mostInputs, "inputs")
        try PlanGraph.check(steps.count, 1...PlanGraph.mostSteps, "steps")
        try PlanGraph.check(outputs.count, 1...PlanGraph.mostOutputs, "outputs")
        for input in inputs { try readInput(input) }
        for step in steps { try readStep(step) }
        for output in outputs { try readOutput(output) }
        look()
        try concrete(Array(types.prefix(inputs.count)))
    }

    /// Finds what calls may send beyond types and shapes.
    private mutating func look() {
        var filled: Set<Int> = [], other = Set(outputs.map(\.from))
        for step in steps {
            if step.layer is FillPlan { filled.formUnion(step.from) } else { other.formUnion(step.from) }
            if let layer = step.layer as? any CategoryPlan, layer.unknown == .refuse, let categories = layer.categories {
                for node in step.from where node < inputs.count { known[node, default: []].append(categories) }
            }
        }
        mayMiss = filled.subtracting(other)
    }

    /// The number of an input or a step.
    func node(_ name: String) -> Int? { places[name] }

    /// The name of an input or a step.
    func name(_ node: Int) -> String { node < inputs.count ? inputs[node].name : steps[node - inputs.count].name }

    private static func check(_ count: Int, _ range: ClosedRange<Int>, _ what: String) throws {
        guard range.contains(count) else {
            throw NetworkError(.plan, "the plan has \(count) \(what); it must have \(range.lowerBound) to \(range.upperBound)")
        }
    }

    private mutating func readInput(_ fields: JSONFields) throws {
        var fields = fields
        let name = try readName(&fields)
        guard let type: SignatureType = try fields.choice("type") else { throw fields.error("type", "is missing") }
        guard let sizes = try fields.ints("shape", in: -1...PlanBounds.sizes.upperBound), (1...5).contains(sizes.count), !sizes.contains(0)
        else { throw fields.error("shape", "must be one to five sizes; -1 is the batch, or any size") }
        try fields.end()
        let shape = sizes.map { $0 == -1 ? nil : $0 }
        inputs.append(TensorSignature(name: name, datatype: type, shape: shape))
        types.append(ValueType(type.kind, shape))
        places[name] = inputs.count - 1
    }

    private mutating func readStep(_ fields: JSONFields) throws {
        var fields = fields
        guard let kind = try fields.string("layer") else { throw fields.error("layer", "is missing") }
        guard let plan = LayerPlans.all[kind] else {
            throw fields.error("layer", "is \"\(kind)\"; there are \(LayerPlans.all.keys.sorted().joined(separator: ", "))")
        }
        let name = fields.value("name") == nil ? "step\(steps.count)" : try readName(&fields)
        guard places[name] == nil, !name.contains(".") else {
            throw fields.error("name", "is \"\(name)\", which an input or a step before has, or which has a dot: choose another")
        }
        let from = try readFrom(&fields)
        let layer = try plan.init(&fields)
        try fields.end()
        // What was learned has no missing numbers, and its gradient would end here.
        guard !(layer is FillPlan) || from.allSatisfy({ $0 < inputs.count }) else { throw fields.error("from", "must name an input") }
        let step = Step(name: name, kind: kind, layer: layer, from: from)
        types.append(try infer(step, from.map { types[$0] }))
        parameters += layer.parameters(for: from.map { types[$0] })
        guard parameters <= PlanBounds.parameters else {
            throw NetworkError(.tooLarge, "\(words(step)): the network would learn more than \(Int(PlanBounds.parameters)) numbers")
        }
        steps.append(step)
        places[name] = types.count - 1
    }

    private func readFrom(_ fields: inout JSONFields) throws -> [Int] {
        if case .string(let name)? = fields.value("from") { return [try node(name, &fields, "from")] }
        if let names = try fields.strings("from") {
            guard (1...PlanGraph.mostInputs).contains(names.count) else { throw fields.error("from", "must name inputs or earlier steps") }
            return try names.enumerated().map { try node($1, &fields, "from[\($0)]") }
        }
        guard !steps.isEmpty || inputs.count == 1 else { throw fields.error("from", "is missing: there are \(inputs.count) inputs") }
        return [types.count - 1]
    }

    private func node(_ name: String, _ fields: inout JSONFields, _ key: String) throws -> Int {
        guard let node = places[name] else { throw fields.error(key, "is \"\(name)\", which is no input and no earlier step") }
        return node
    }

    private mutating func readOutput(_ fields: JSONFields) throws {
        var fields = fields
        guard let name = try fields.string("name") else { throw fields.error("name", "is missing") }
        try check(name, fields)
        let source = try fields.string("from")
        let from = try node(source ?? name, &fields, source == nil ? "name" : "from")
        let type = types[from]
        let datatype = try fields.choice("type", of: SignatureType.self) ?? type.kind.datatype
        try fields.end()
        guard datatype.kind == type.kind else {
            throw NetworkError(.plan, "output '\(name)' can't be \(datatype.rawValue): it is made of \(type.words)")
        }
        guard !outputs.contains(where: { $0.signature.name == name }) else {
            throw NetworkError(.plan, "there are two outputs '\(name)'")
        }
        outputs.append(Output(signature: TensorSignature(name: name, datatype: datatype, shape: type.shape), from: from))
    }

    private func readName(_ fields: inout JSONFields) throws -> String {
        guard let name = try fields.string("name") else { throw fields.error("name", "is missing") }
        try check(name, fields)
        guard places[name] == nil else { throw fields.error("name", "is \"\(name)\", which another has: choose another") }
        return name
    }

    private func check(_ name: String, _ fields: JSONFields) throws {
        guard !name.isEmpty, name.utf8.count <= 256, name.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else {
            throw fields.error("name", "must have 1 to 256 bytes and no control characters")
        }
    }

    private func words(_ step: Step) -> String { "step '\(step.name)' (\(step.kind))" }

    private func infer(_ step: Step, _ inputs: [ValueType]) throws(NetworkError) -> ValueType {
        let result: ValueType
        do throws(NetworkError) {
            result = try step.layer.result(of: inputs)
        } catch {
            throw NetworkError(error.code, "\(words(step)) \(error.message)")
        }
        guard result.elements <= PlanBounds.activations else {
            throw NetworkError(.tooLarge, "\(words(step)) gives \(result.words), which is too large")
        }
        return result
    }

    /// Types of all nodes when the inputs' sizes are known; throws for shapes that don't fit and for too much memory, before anything runs.
    @discardableResult
    func concrete(_ inputs: [ValueType]) throws(NetworkError) -> [ValueType] {
        var (types, total) = (inputs, inputs.reduce(0) { $0 + $1.elements })
        for step in steps {
            let from = step.from.map { types[$0] }
            types.append(try infer(step, from))
            total += types[types.count - 1].elements + step.layer.workspace(for: from)
            guard total <= PlanBounds.activations else {
                throw NetworkError(
                    .tooLarge,
                    "\(words(step)): the call would compute more than \(Int(PlanBounds.activations)) numbers: send a smaller batch")
            }
        }
        return types
    }
}

extension SignatureType {
    var kind: ValueType.Kind { self == .bytes ? .strings : integers == nil ? .floats : .integers }
}

extension ValueType.Kind {
    var datatype: SignatureType {
        switch self {
        case .floats: .fp32
        case .integers: .int64
        case .strings: .bytes
        }
    }
}
