import LaresJSON

/// Writes the plan that a recipe's shorthand stands for: columns prepared and joined, the recipe's layers, a last layer for the target.
struct PlanWriter {
    let recipe: Recipe
    private var steps: [JSON] = []
    private var taken: Set<String>
    /// The step whose numbers meet the target.
    private(set) var learn = ""
    /// Where the recipe's layers begin among the steps.
    private var firstLayer = 0

    init(_ recipe: Recipe) {
        self.recipe = recipe
        taken = Set(recipe.columns.map(\.name))
    }

    /// - Parameters:
    ///   - statistics: Of each column of numbers.
    ///   - categories: Of each column of categories.
    ///   - labels: The classes; empty for a target of numbers.
    ///   - target: Mean and deviation of a target of numbers.
    mutating func plan(statistics: [ColumnStatistics?], categories: [[String]], labels: [String], target: ColumnStatistics?) -> JSON {
        var parts: [String] = []
        let sources = recipe.columns.indices.map { source($0, statistics[$0]) }
        let standard = recipe.columns.indices.filter { recipe.columns[$0].kind == .number && recipe.columns[$0].isStandardised }
        if !standard.isEmpty {
            let names = standard.map { sources[$0] }
            let joined = names.count == 1 ? names[0] : add("numbers", ["layer": "concatenate", "from": .strings(names)])
            let (mean, deviation) = (standard.flatMap { statistics[$0]?.mean ?? [] }, standard.flatMap { statistics[$0]?.deviation ?? [] })
            parts.append(
                add("standard", ["layer": "standardise", "from": .string(joined), "mean": .floats(mean), "deviation": .floats(deviation)]))
        }
        for (i, column) in recipe.columns.enumerated() {
            if column.kind == .category { parts.append(category(column, categories[i], i)) }
            if column.kind == .number, !column.isStandardised { parts.append(sources[i]) }
        }
        if parts.count > 1 { _ = add("features", ["layer": "concatenate", "from": .strings(parts)]) }
        firstLayer = steps.count
        for layer in recipe.network.layers { steps.append(layer) }
        let outputs = outputs(labels, target)
        return ["inputs": .array(inputs), "steps": .array(steps), "outputs": .array(outputs)]
    }

    private var inputs: [JSON] {
        recipe.columns.map { column in
            column.kind == .number
                ? ["name": .string(column.name), "type": "FP32", "shape": [-1, .int(column.from.count)]]
                : ["name": .string(column.name), "type": "BYTES", "shape": [-1, 1]]
        }
    }

    /// What gives a column's values: the input, or what fills in its missing numbers.
    private mutating func source(_ place: Int, _ statistics: ColumnStatistics?) -> String {
        let column = recipe.columns[place]
        guard column.kind == .number, recipe.source.onMissing == .fill, let statistics else { return column.name }
        return add("filled\(place)", ["layer": "fill", "from": .string(column.name), "values": .floats(statistics.mean)])
    }

    /// An error of the plan by the names that the recipe has for its own layers.
    func explained(_ error: NetworkError) -> NetworkError {
        let message = recipe.network.layers.enumerated().reduce(error.message) { message, layer in
            let (place, step) = ("network.layers[\(layer.offset)]", firstLayer + layer.offset)
            let named = message.replacing("steps[\(step)]", with: place)
            return layer.element["name"] == nil ? named.replacing("step 'step\(step)'", with: place) : named
        }
        return NetworkError(error.code, message)
    }

    private mutating func category(_ column: Recipe.Column, _ categories: [String], _ place: Int) -> String {
        func lookedUp(_ layer: JSON) -> JSON.Members {
            var step: JSON.Members = ["layer": layer, "from": .string(column.name), "categories": .strings(categories)]
            if column.onUnknown == .refuse { step.append("unknown", "refuse") }
            return step
        }
        guard let width = column.embedding else { return add("category\(place)", lookedUp("one_hot")) }
        let tokens = add("tokens\(place)", lookedUp("lookup"))
        let vectors = add(
            "vectors\(place)", ["layer": "embedding", "from": .string(tokens), "tokens": .int(categories.count + 1), "width": .int(width)])
        return add("category\(place)", ["layer": "flatten", "from": .string(vectors)])
    }

    private mutating func outputs(_ labels: [String], _ target: ColumnStatistics?) -> [JSON] {
        let name = JSON.string(recipe.target.name)
        if let target {
            learn = add("prediction", ["layer": "linear", "outputs": 1])
            let numbers = add("rescaled", ["layer": "rescale", "mean": .floats(target.mean), "deviation": .floats(target.deviation)])
            return [["name": name, "from": .string(numbers)]]
        }
        learn = add("logits", ["layer": "linear", "outputs": .int(labels.count)])
        let probabilities = add("probabilities", ["layer": "softmax"])
        let label = add("label", ["layer": "label", "from": .string(learn), "labels": .strings(labels)])
        let second = recipe.target.name == "probabilities" ? "probabilities_" : "probabilities"
        return [["name": name, "from": .string(label)], ["name": .string(second), "from": .string(probabilities)]]
    }

    /// A step under a name that no input has.
    private mutating func add(_ name: String, _ step: JSON.Members) -> String {
        var free = name
        while !taken.insert(free).inserted { free += "_" }
        var members: JSON.Members = ["name": .string(free)]
        for (key, value) in step { members.append(key, value) }
        steps.append(.object(members))
        return free
    }
}

extension JSON {
    static func strings(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
    static func floats(_ numbers: [Float]) -> JSON { .array(numbers.map { .double(Double($0)) }) }
}
