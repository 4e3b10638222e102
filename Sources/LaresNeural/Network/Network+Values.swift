import LaresTensor

extension GraphValue {
    /// A value that a caller sent for an input, whose numbers may be NaN where they may be missing; throws `NetworkError` unless type, shape and
    /// every number are what the signature says.
    init(_ value: NetworkValue, as input: TensorSignature, mayMiss: Bool) throws(NetworkError) {
        let shape = try input.check(value)
        switch value {
        case .floats(let numbers, _):
            if let place = numbers.firstIndex(where: { !$0.isFinite && !(mayMiss && $0.isNaN) }) {
                throw NetworkError(.value, "input '\(input.name)' has \(numbers[place]) at \(place): every number must be finite")
            }
            self = .tensor(Tensor(numbers, Shape(shape)))
        case .integers(let numbers, _):
            let range = input.datatype.integers ?? .min ... .max
            if let place = numbers.firstIndex(where: { !range.contains($0) }) {
                throw NetworkError(
                    .value, "input '\(input.name)' has \(numbers[place]) at \(place), which is no \(input.datatype.rawValue)")
            }
            self = .integers(numbers, shape)
        case .strings(let texts, _): self = .strings(texts, shape)
        }
    }
}

extension NetworkValue {
    /// What a node gave; throws `NetworkError` for numbers that the output's type doesn't hold.
    init(_ value: GraphValue, as output: TensorSignature) throws(NetworkError) {
        switch value {
        case .tensor(let tensor):
            var numbers = tensor.array
            guard numbers.allSatisfy(\.isFinite) else {
                throw NetworkError(.value, "output '\(output.name)' is not finite: the inputs are too large for this network")
            }
            if output.datatype == .fp16 { numbers = try NetworkValue.halves(numbers, output) }
            self = .floats(numbers, shape: Array(tensor.shape))
        case .integers(let numbers, let shape):
            if let range = output.datatype.integers, let wrong = numbers.first(where: { !range.contains($0) }) {
                throw NetworkError(.value, "output '\(output.name)' would be \(wrong), which is no \(output.datatype.rawValue)")
            }
            self = .integers(numbers, shape: shape)
        case .strings(let texts, let shape): self = .strings(texts, shape: shape)
        }
    }

    /// Numbers rounded to 16 bits.
    private static func halves(_ numbers: [Float], _ output: TensorSignature) throws(NetworkError) -> [Float] {
        let halves = numbers.map { Float(Float16($0)) }
        if let place = halves.firstIndex(where: \.isInfinite) {
            throw NetworkError(.value, "output '\(output.name)' would be \(numbers[place]), which is no FP16")
        }
        return halves
    }
}

extension TensorSignature {
    /// The shape of a value, checked against this and against how many elements there are.
    fileprivate func check(_ value: NetworkValue) throws(NetworkError) -> [Int] {
        let isRightKind =
            switch (value, datatype.kind) {
            case (.floats, .floats), (.integers, .integers), (.strings, .strings): true
            default: false
            }
        guard isRightKind else { throw NetworkError(.shape, "input '\(name)' takes \(datatype.rawValue)") }
        let sizes = value.shape
        let fits = sizes.count == shape.count && zip(sizes, shape).allSatisfy { $0 > 0 && ($1 == nil || $0 == $1) }
        guard fits else {
            let expected = shape.map { $0.map(String.init) ?? "-1" }.joined(separator: ", ")
            throw NetworkError(.shape, "input '\(name)' has the shape \(sizes); expected [\(expected)], every size 1 or more")
        }
        guard sizes.reduce(1.0, { $0 * Double($1) }) == Double(value.count) else {
            throw NetworkError(.shape, "input '\(name)' has \(value.count) elements for the shape \(sizes)")
        }
        return sizes
    }
}

extension Categories {
    /// Refuses texts that an input doesn't know.
    func check(_ value: GraphValue, _ input: TensorSignature) throws(NetworkError) {
        guard case .strings(let texts, _) = value, let place = texts.firstIndex(where: { places[$0] == nil }) else { return }
        let some = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
        throw NetworkError(
            .value,
            "input '\(input.name)' has \"\(texts[place].prefix(40))\" at \(place), which is none of its \(names.count) categories: \(some)")
    }
}
