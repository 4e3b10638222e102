import LaresJSON
import LaresTensor

/// A layer of two inputs of one shape, element by element; whole numbers stay whole.
protocol PairPlan: LayerPlan {
    static func floats(_ a: Tensor, _ b: Tensor) -> Tensor
    static func integers(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool)
    init()
}

extension PairPlan {
    init(_ fields: inout JSONFields) throws(JSONError) { self.init() }

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        guard inputs.count == 2 else { throw NetworkError(.plan, "takes two inputs, not \(inputs.count): name them in \"from\"") }
        guard inputs[0].kind == inputs[1].kind, inputs[0].kind != .strings, let shape = merged(inputs[0].shape, inputs[1].shape) else {
            throw NetworkError(.shape, "takes numbers of one shape, not \(inputs[0].words) and \(inputs[1].words)")
        }
        return ValueType(inputs[0].kind, shape)
    }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        PlainOperation { inputs throws(NetworkError) in
            guard case .integers(let a, let shape) = inputs[0], case .integers(let b, _) = inputs[1] else {
                return .tensor(Self.floats(inputs[0].tensor, inputs[1].tensor))
            }
            var results: [Int64] = []
            results.reserveCapacity(a.count)
            for (x, y) in zip(a, b) {
                let (value, overflow) = Self.integers(x, y)
                if overflow { throw NetworkError(.value, "leaves 64 bits at \(x) and \(y)") }
                results.append(value)
            }
            return .integers(results, shape)
        }
    }
}

/// Two shapes as one: an open size takes what the other says; nil when they differ.
private func merged(_ a: [Int?], _ b: [Int?]) -> [Int?]? {
    guard a.count == b.count else { return nil }
    for case (let x?, let y?) in zip(a, b) where x != y { return nil }
    return zip(a, b).map { $0 ?? $1 }
}

/// `{"layer": "add", "from": ["a", "b"]}`
struct AddPlan: PairPlan {
    static func floats(_ a: Tensor, _ b: Tensor) -> Tensor { a + b }
    static func integers(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) { a.addingReportingOverflow(b) }
}

/// `{"layer": "subtract", "from": ["a", "b"]}`
struct SubtractPlan: PairPlan {
    static func floats(_ a: Tensor, _ b: Tensor) -> Tensor { a - b }
    static func integers(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) { a.subtractingReportingOverflow(b) }
}

/// `{"layer": "multiply", "from": ["a", "b"]}`
struct MultiplyPlan: PairPlan {
    static func floats(_ a: Tensor, _ b: Tensor) -> Tensor { a * b }
    static func integers(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) { a.multipliedReportingOverflow(by: b) }
}

/// `{"layer": "concatenate", "from": ["a", "b", "c"]}` along the last axis.
struct ConcatenatePlan: LayerPlan {
    static var isPreparation: Bool { true }

    init(_ fields: inout JSONFields) throws(JSONError) {}

    func result(of inputs: [ValueType]) throws(NetworkError) -> ValueType {
        guard let first = inputs.first else { throw NetworkError(.plan, "takes inputs: name them in \"from\"") }
        var (front, width) = (Array(first.shape.dropLast()), 0)
        for input in inputs {
            try input.check(.floats, 2...4)
            width += try input.size(input.shape.count - 1, "last size")
            guard let both = merged(front, Array(input.shape.dropLast())) else {
                throw NetworkError(.shape, "joins \(first.words) and \(input.words), which differ before the last axis")
            }
            front = both
        }
        return ValueType(.floats, front + [width])
    }

    func operation(for inputs: [ValueType], using random: inout SeededRandom) -> any Operation {
        PlainOperation { .tensor(concatenated($0.map(\.tensor), along: -1)) }
    }
}
