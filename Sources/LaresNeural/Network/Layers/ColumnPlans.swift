import LaresJSON
import LaresTensor

/// `{"layer": "standardise", "mean": [3.5], "deviation": [1.2]}`: (x - mean) / deviation, for each number of the last axis.
struct StandardisePlan: LayerPlan {
    static var isPreparation: Bool { true }
    let mean: [Float]
    let deviation: [Float]

    init(_ fields: inout JSONFields) throws(JSONError) { (mean, deviation) = try fields.meanAndDeviation() }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType { try inputs.standardised(mean.count) }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        let (mean, scale) = (Tensor(mean), Tensor(deviation.map { 1 / $0 }))
        return PlainOperation { .tensor(($0[0].tensor - mean) * scale) }
    }
}

/// `{"layer": "rescale", "mean": [3.5], "deviation": [1.2]}`: x · deviation + mean, the way back from standardised numbers.
struct RescalePlan: LayerPlan {
    let mean: [Float]
    let deviation: [Float]

    init(_ fields: inout JSONFields) throws(JSONError) { (mean, deviation) = try fields.meanAndDeviation() }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType { try inputs.standardised(mean.count) }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        let (mean, scale) = (Tensor(mean), Tensor(deviation))
        return PlainOperation { .tensor($0[0].tensor * scale + mean) }
    }
}

/// `{"layer": "fill", "values": [3.5, 1]}`: these numbers where those of the last axis are missing (NaN). It takes an input, whose numbers may
/// then be missing.
struct FillPlan: LayerPlan {
    static var isPreparation: Bool { true }
    let values: [Float]

    init(_ fields: inout JSONFields) throws(JSONError) {
        guard let values = try fields.doubles("values", in: -3.4e38...3.4e38), !values.isEmpty else {
            throw fields.error("values", "must be an array of numbers, not empty")
        }
        self.values = values.map { Float($0) }
    }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        let shape = try inputs.one(.floats, axes: 2...5)
        guard try inputs[0].size(shape.count - 1, "last size") == values.count else {
            throw NetworkError(.shape, "has \(values.count) values for \(inputs[0].words)")
        }
        return inputs[0]
    }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        let values = values
        return PlainOperation { inputs in
            let x = inputs[0].tensor, numbers = x.array
            guard numbers.contains(where: \.isNaN) else { return inputs[0] }
            return .tensor(Tensor(numbers.enumerated().map { $1.isNaN ? values[$0 % values.count] : $1 }, x.shape))
        }
    }
}

/// What is done with a text that is no category.
enum UnknownPolicy: String, CaseIterable { case ignore, refuse }

/// A layer that looks texts up among categories.
protocol CategoryPlan: LayerPlan {
    /// Those it knows; nil where it takes whole numbers.
    var categories: Categories? { get }
    /// Whether calls with others are refused.
    var unknown: UnknownPolicy { get }
}

/// `{"layer": "one_hot", "categories": ["red", "blue"]}`: texts to 1 at their category, and to zeros when they are none; with
/// `"unknown": "refuse"` a call with such a text is refused. With `"size": 10` instead, whole numbers in 0..<10.
struct OneHotPlan: CategoryPlan {
    static var isPreparation: Bool { true }
    let categories: Categories?
    let unknown: UnknownPolicy
    let size: Int

    init(_ fields: inout JSONFields) throws(JSONError) {
        categories = try Categories(&fields, "categories")
        unknown = try fields.choice("unknown") ?? .ignore
        let given = try fields.int("size", in: PlanBounds.sizes)
        guard let size = categories?.names.count ?? given, categories == nil || given == nil else {
            throw fields.error("categories", "or 'size' must be there, and not both")
        }
        guard categories != nil || unknown == .ignore else { throw fields.error("unknown", "is for categories") }
        self.size = size
    }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        let shape = try inputs.one(categories == nil ? .integers : .strings, axes: 1...3)
        // One column of categories is a vector, not a matrix of one row.
        return ValueType(.floats, shape.count == 2 && shape[1] == 1 ? [shape[0], size] : shape + [size])
    }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        let plan = self
        return PlainOperation { inputs throws(NetworkError) in
            let places = try plan.places(inputs[0])
            var numbers = [Float](repeating: 0, count: places.count * plan.size)
            for (row, place) in places.enumerated() { if let place { numbers[row * plan.size + place] = 1 } }
            let shape = try plan.result(of: [inputs[0].type]).shape.map { $0 ?? 0 }
            return .tensor(Tensor(numbers, Shape(shape)))
        }
    }

    private func places(_ value: GraphValue) throws(NetworkError) -> [Int?] {
        switch value {
        case .strings(let texts, _): return texts.map { categories?.places[$0] }
        case .integers(let values, _):
            for value in values where value < 0 || value >= size {
                throw NetworkError(.value, "has no category \(value): there are \(size), counted from 0")
            }
            return values.map { Int($0) }
        case .tensor: throw NetworkError(.value, "has floats where categories were inferred")
        }
    }
}

/// `{"layer": "lookup", "categories": ["red", "blue"]}`: texts to whole numbers: 1 for the first category, 0 for what is none; with
/// `"unknown": "refuse"` a call with such a text is refused.
struct LookupPlan: CategoryPlan {
    static var isPreparation: Bool { true }
    private let known: Categories
    let unknown: UnknownPolicy
    var categories: Categories? { known }

    init(_ fields: inout JSONFields) throws(JSONError) {
        guard let categories = try Categories(&fields, "categories") else { throw fields.error("categories", "is missing") }
        known = categories
        unknown = try fields.choice("unknown") ?? .ignore
    }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        ValueType(.integers, try inputs.one(.strings, axes: 1...3))
    }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        let places = known.places
        return PlainOperation { inputs throws(NetworkError) in
            guard case .strings(let texts, let shape) = inputs[0] else {
                throw NetworkError(.value, "has something else where texts were inferred")
            }
            return .integers(texts.map { text in places[text].map { Int64($0 + 1) } ?? 0 }, shape)
        }
    }
}

/// `{"layer": "label", "labels": ["no", "yes"]}`: the name of the largest number along the last axis. One number along it is a logit:
/// the second name above 0.
struct LabelPlan: LayerPlan {
    let labels: Categories

    init(_ fields: inout JSONFields) throws(JSONError) {
        guard let labels = try Categories(&fields, "labels"), labels.names.count >= 2 else {
            throw fields.error("labels", "must name two classes or more")
        }
        self.labels = labels
    }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        let shape = try inputs.one(.floats, axes: 2...3)
        let size = try inputs[0].size(shape.count - 1, "number of classes")
        guard size == labels.names.count || size == 1 && labels.names.count == 2 else {
            throw NetworkError(.shape, "names \(labels.names.count) classes, and takes \(inputs[0].words)")
        }
        return ValueType(.strings, shape.dropLast() + [1])
    }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        let names = labels.names
        return PlainOperation { inputs in
            let x = inputs[0].tensor, shape = x.shape.dropLast() + [1]
            if x.shape.last == 1 { return .strings(x.array.map { $0 > 0 ? names[1] : names[0] }, shape) }
            return .strings(x.argmax().values.map { names[Int($0)] }, shape)
        }
    }
}

/// Names, each once, and their places.
struct Categories: Sendable {
    let names: [String]
    let places: [String: Int]

    init?(_ fields: inout JSONFields, _ key: String) throws(JSONError) {
        guard let names = try fields.strings(key) else { return nil }
        guard !names.isEmpty else { throw fields.error(key, "is empty: name at least one") }
        self.names = names
        places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        guard places.count == names.count else { throw fields.error(key, "names the same one twice") }
    }
}

extension JSONFields {
    fileprivate mutating func meanAndDeviation() throws(JSONError) -> ([Float], [Float]) {
        guard let mean = try doubles("mean", in: -1e30...1e30), let deviation = try doubles("deviation", in: 1e-30...1e30),
            mean.count == deviation.count, !mean.isEmpty
        else { throw error("mean", "and 'deviation' must be arrays of one length, not empty") }
        return (mean.map { Float($0) }, deviation.map { Float($0) })
    }
}

extension [ValueType] {
    fileprivate func standardised(_ count: Int) throws(NetworkError) -> ValueType {
        let shape = try one(.floats, axes: 2...5)
        guard try self[0].size(shape.count - 1, "last size") == count else {
            throw NetworkError(.shape, "has \(count) means and deviations for \(self[0].words)")
        }
        return self[0]
    }
}
