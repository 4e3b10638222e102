import LaresTensor

/// Kind and sizes of what goes along an edge of the graph; nil is a size that only a call knows.
struct ValueType: Sendable, Hashable {
    enum Kind: String, Sendable {
        case floats, integers, strings
    }
    var kind: Kind
    var shape: [Int?]

    init(_ kind: Kind, _ shape: [Int?]) {
        self.kind = kind
        self.shape = shape
    }

    /// Elements of one sample, open sizes counted as 1. In floating point, where nothing overflows.
    var elements: Double { shape.reduce(1) { $0 * Double($1 ?? 1) } }

    var words: String { "\(kind.rawValue) [\(shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", "))]" }
}

/// What goes along an edge of the graph during a call.
enum GraphValue: Sendable {
    case tensor(Tensor)
    case integers([Int64], [Int])
    case strings([String], [Int])

    var type: ValueType {
        switch self {
        case .tensor(let tensor): ValueType(.floats, Array(tensor.shape))
        case .integers(_, let shape): ValueType(.integers, shape)
        case .strings(_, let shape): ValueType(.strings, shape)
        }
    }

    /// Inference has made sure that it is one.
    var tensor: Tensor {
        guard case .tensor(let tensor) = self else { fatalError("\(type.words) where floats were inferred") }
        return tensor
    }

    /// The samples at some places of the first axis.
    func rows(_ places: [Int]) -> GraphValue {
        switch self {
        case .tensor(let tensor): .tensor(tensor.rows(Indices(places)))
        case .integers(let values, let shape): .integers(taken(values, shape, places), [places.count] + shape.dropFirst())
        case .strings(let values, let shape): .strings(taken(values, shape, places), [places.count] + shape.dropFirst())
        }
    }

    private func taken<T>(_ values: [T], _ shape: [Int], _ places: [Int]) -> [T] {
        let size = shape.dropFirst().reduce(1, *)
        return places.flatMap { values[($0 * size)..<(($0 + 1) * size)] }
    }
}
