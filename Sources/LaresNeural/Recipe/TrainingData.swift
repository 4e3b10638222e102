import LaresJSON
import LaresTensor

/// Rows of a table as a network takes them, with what it should answer.
struct Samples: Sendable {
    /// By node of the network: what preparation gave, row by row.
    let prepared: [Int: GraphValue]
    /// Places of the labels; empty for a target of numbers.
    let labels: [Int32]
    /// Numbers of the target.
    let numbers: [Float]
    let count: Int
}

/// Data, split and prepared, with the network's plan that follows from it.
struct TrainingData: Sendable {
    let plan: NetworkPlan
    /// The node whose numbers meet the target.
    let learn: Int
    let labels: [String]
    /// Mean and deviation that the network's numbers are scaled by.
    let target: ColumnStatistics?
    let all: Samples
    let test: Samples?
    let training: [Int]
    /// Those of each file, where several are mixed.
    let sources: [RowPlaces]
    let validation: [Int]
    let testing: [Int]
    let dropped: Int

    /// Reads the files of a recipe. Throws ``RecipeError``, `NetworkError`.
    init(_ recipe: Recipe, dataPaths: [String], testPath: String?) throws {
        var (table, ends): (Table, [Int]) = (try Table(dataPaths[0], recipe), [])
        for path in dataPaths.dropFirst() {
            ends.append(table.count)
            table.append(try Table(path, recipe))
        }
        try TrainingData.checkLabels(table.labels, recipe.target)
        let testTable = try testPath.map { try Table($0, recipe) }
        dropped = table.dropped
        (training, validation, testing) = TrainingData.split(table.count, recipe)
        guard !training.isEmpty else { throw RecipeError(.data, "the split leaves no rows of \(table.count) to learn from") }
        sources = try RowPlaces.parts(of: training, endingAt: ends + [table.count], dataPaths)
        let statistics = TrainingData.statistics(table, training)
        labels = recipe.target.kind == .class ? recipe.target.labels ?? Set(table.labels).sorted() : []
        guard recipe.target.kind == .number || labels.count >= 2 else {
            throw RecipeError(
                .data, "the target '\(recipe.target.name)' has one label only, \"\(labels.first ?? "")\": there is nothing to tell apart")
        }
        try TrainingData.checkSplit(table.count, recipe.split, validation.count, testing.count)
        let scaled = recipe.target.kind == .number && recipe.network.plan == nil
        target = scaled ? ColumnStatistics(table.numbers, width: 1, rows: training) : nil
        if recipe.network.plan == nil { try TrainingData.checkScales(statistics, target, recipe) }
        var writer = PlanWriter(recipe)
        let json =
            recipe.network.plan
            ?? writer.plan(
                statistics: statistics, categories: TrainingData.categories(table, training), labels: labels, target: target)
        do throws(NetworkError) { plan = try NetworkPlan(json) } catch {
            throw recipe.network.plan == nil ? writer.explained(error) : error
        }
        learn = try TrainingData.node(plan, recipe.network.learn ?? writer.learn, outputs: max(1, labels.count))
        let (plan, labels) = (plan, labels)
        all = try TrainingData.samples(table, statistics, recipe, plan, labels, dataPaths[0])
        test = try testTable.map { try TrainingData.samples($0, statistics, recipe, plan, labels, testPath ?? "") }
    }

    /// Numbers that nobody called classes are rarely ones.
    private static func checkLabels(_ labels: [String], _ target: Recipe.Target) throws {
        guard target.kind == .class, !target.isSaid else { return }
        let different = Set(labels)
        guard different.count > mostNumericClasses, different.allSatisfy({ Double($0) != nil }) else { return }
        throw RecipeError(
            .data,
            "the target '\(target.name)' has \(different.count) different labels, all of them numbers: say \"kind\": \"number\" in 'target' to "
                + "foretell a number, or \"kind\": \"class\" if each of them is a class of its own")
    }

    private static let mostNumericClasses = 20

    /// Plans take scales up to 1e30, and would name the step and not the column.
    private static func checkScales(_ statistics: [ColumnStatistics?], _ target: ColumnStatistics?, _ recipe: Recipe) throws {
        func check(_ statistics: ColumnStatistics?, _ names: [String]) throws {
            for (place, name) in names.enumerated() {
                guard let statistics, abs(statistics.mean[place]) > 1e30 || statistics.deviation[place] > 1e30 else { continue }
                throw RecipeError(
                    .data,
                    "column '\(name)' has a mean of \(statistics.mean[place]) and a deviation of \(statistics.deviation[place]): beyond 1e30 "
                        + "nothing can be learned from, give it in a larger unit")
            }
        }
        for (column, statistics) in zip(recipe.columns, statistics) where column.isStandardised { try check(statistics, column.from) }
        try check(target, [recipe.target.name])
    }

    /// A part that was asked for and has no rows would be missed only when it's over.
    private static func checkSplit(_ count: Int, _ split: Recipe.Split, _ looking: Int, _ testing: Int) throws {
        for (name, part, rows) in [("validation", split.validation, looking), ("test", split.test, testing)] where part > 0 && rows == 0 {
            throw RecipeError(
                .data, "'split.\(name)' is \(part), which is none of \(count) rows: give more rows, a larger part, or leave it out")
        }
    }

    private static func split(_ count: Int, _ recipe: Recipe) -> ([Int], [Int], [Int]) {
        var random = SeededRandom(seed: recipe.seed ^ 0x5051_4954)
        let order = (0..<count).shuffled(using: &random)
        let testing = Int((Double(count) * recipe.split.test).rounded()), looking = Int((Double(count) * recipe.split.validation).rounded())
        return (
            Array(order[Swift.min(count, testing + looking)...]).sorted(), Array(order[testing..<Swift.min(count, testing + looking)]),
            Array(order[..<testing])
        )
    }

    private static func statistics(_ table: Table, _ rows: [Int]) -> [ColumnStatistics?] {
        table.columns.map {
            if case .numbers(let numbers, let width) = $0 { ColumnStatistics(numbers, width: width, rows: rows) } else { nil }
        }
    }

    private static func categories(_ table: Table, _ rows: [Int]) -> [[String]] {
        table.columns.map { if case .texts(let texts) = $0 { Set(rows.map { texts[$0] }).sorted() } else { [] } }
    }

    private static func node(_ plan: NetworkPlan, _ name: String, outputs: Int) throws -> Int {
        guard let node = plan.graph.node(name) else {
            throw RecipeError(.recipe, "'network.learn' is \"\(name)\", which is no step of the plan")
        }
        let type = plan.graph.types[node]
        guard type.kind == .floats, type.shape.count == 2, type.shape[1] == outputs else {
            throw RecipeError(.recipe, "step '\(name)' gives \(type.words); the target needs floats [any, \(outputs)]")
        }
        return node
    }

    /// The columns by the plan's inputs, each of the type and shape that the plan says.
    private static func inputs(
        _ table: Table, _ statistics: [ColumnStatistics?], _ recipe: Recipe, _ plan: NetworkPlan
    ) throws -> [Int: GraphValue] {
        var inputs: [Int: GraphValue] = [:]
        for (i, column) in recipe.columns.enumerated() {
            guard let node = plan.graph.node(column.name), node < plan.graph.inputs.count else {
                throw RecipeError(.recipe, "the plan has no input '\(column.name)', which is a column of the recipe")
            }
            let value = column.value(table.columns[i], statistics[i])
            let planned = plan.graph.types[node], given = ValueType(value.type.kind, [nil] + value.type.shape.dropFirst())
            guard planned == given else {
                throw RecipeError(
                    .recipe,
                    "the plan's input '\(column.name)' is \(planned.words), the column gives \(given.words): change the shape in the plan, or the "
                        + "column's 'from'")
            }
            inputs[node] = value
        }
        if let missing = plan.graph.inputs.indices.first(where: { inputs[$0] == nil }) {
            throw RecipeError(
                .recipe, "the plan's input '\(plan.graph.inputs[missing].name)' is no column of the recipe: add it to 'columns'")
        }
        return inputs
    }

    private static func samples(
        _ table: Table, _ statistics: [ColumnStatistics?], _ recipe: Recipe, _ plan: NetworkPlan, _ labels: [String], _ path: String
    ) throws -> Samples {
        let inputs = try inputs(table, statistics, recipe, plan)
        let places = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, Int32($0)) })
        let found = try zip(table.labels, table.lines).map { label, line in
            guard let place = places[label] else {
                throw RecipeError(
                    .data, "'\(path)' line \(line), column '\(recipe.target.name)' is \"\(label)\", a label the training data doesn't have")
            }
            return place
        }
        return Samples(prepared: try prepare(inputs, plan, table.count), labels: found, numbers: table.numbers, count: table.count)
    }

    /// Runs the steps that only prepare data, once; keeps what other steps take.
    private static func prepare(_ inputs: [Int: GraphValue], _ plan: NetworkPlan, _ rows: Int) throws -> [Int: GraphValue] {
        let graph = plan.graph
        var wanted: Set<Int> = []
        for (i, step) in graph.steps.enumerated() where !graph.isPreparation(graph.inputs.count + i) {
            wanted.formUnion(step.from.filter(graph.isPreparation))
        }
        let nodes = wanted.sorted()
        guard nodes.reduce(0, { $0 + graph.types[$1].elements }) * Double(rows) <= PlanBounds.activations else {
            throw RecipeError(
                .data, "\(rows) rows take too much memory when prepared: use embeddings instead of one-hot columns, or fewer rows")
        }
        return Dictionary(uniqueKeysWithValues: zip(nodes, try Network(plan).values(of: nodes, given: inputs)))
    }
}

extension Recipe.Column {
    fileprivate func value(_ cells: Table.Cells, _ statistics: ColumnStatistics?) -> GraphValue {
        switch cells {
        case .numbers(let numbers, let width):
            .tensor(Tensor(statistics?.filled(numbers) ?? numbers, [numbers.count / width, width]))
        case .texts(let texts): .strings(texts, [texts.count, 1])
        }
    }
}
