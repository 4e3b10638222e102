import LaresJSON

/// Writes the plan that a recipe's shorthand stands for: columns prepared and joined, the recipe's layers, a last layer for the target.
struct PlanWriter {
    let recipe: Recipe
    private var steps: [JSON] = []
    private var taken: Set<String>
    /// The step whose numbers meet the target.
    private(set) var learn = ""

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
        let standard = recipe.columns.indices.filter { recipe.columns[$0].kind == .number && recipe.columns[$0].isStandardised }
        if !standard.isEmpty {
            let names = standard.map { recipe.columns[$0].name }
            let joined = names.count == 1 ? names[0] : add("numbers", ["layer": "concatenate", "from": .strings(names)])
            let (mean, deviation) = (standard.flatMap { statistics[$0]?.mean ?? [] }, standard.flatMap { statistics[$0]?.deviation ?? [] })
            parts.append(
                add("standard", ["layer": "standardise", "from": .string(joined), "mean": .floats(mean), "deviation": .floats(deviation)]))
        }
        for (i, column) in recipe.columns.enumerated() {
            if column.kind == .category { parts.append(category(column, categories[i], i)) }
            if column.kind == .number, !column.isStandardised { parts.append(column.name) }
        }
        if parts.count > 1 { _ = add("features", ["layer": "concatenate", "from": .strings(parts)]) }
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

    private mutating func category(_ column: Recipe.Column, _ categories: [String], _ place: Int) -> String {
        guard let width = column.embedding else {
            return add("category\(place)", ["layer": "one_hot", "from": .string(column.name), "categories": .strings(categories)])
        }
        let tokens = add("tokens\(place)", ["layer": "lookup", "from": .string(column.name), "categories": .strings(categories)])
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
