import LaresJSON
import LaresNeural

/// Tensors as JSON: row-major, nested or flat (Open Inference Protocol, "Tensor Data").
enum TensorText {
    /// Reads the data of a tensor.
    ///
    /// - Throws: ``APIError`` (400) for data that are nested in another way than the shape, or have another number or kind of elements.
    static func value(_ data: JSON, _ type: SignatureType, shape: [Int], name: String) throws -> NetworkValue {
        guard let count = TensorBytes.count(shape), case .array = data else {
            throw APIError.invalid("the data of '\(name)' must be an array", param: "inputs")
        }
        var elements: [JSON] = []
        elements.reserveCapacity(min(count, 1 << 16))
        try flatten(data, depth: 0, shape, name, into: &elements)
        guard elements.count == count else {
            throw APIError.invalid("'\(name)' has \(elements.count) elements for the shape \(shape)", param: "inputs")
        }
        switch type {
        case .fp16, .fp32, .fp64: return .floats(try elements.map { try float($0, type, name) }, shape: shape)
        case .bytes: return .strings(try elements.map { try text($0, name) }, shape: shape)
        default: return .integers(try elements.map { try integer($0, type, name) }, shape: shape)
        }
    }

    /// Puts elements in a row: those of a flat array, or of arrays nested as the shape says.
    private static func flatten(_ data: JSON, depth: Int, _ shape: [Int], _ name: String, into elements: inout [JSON]) throws {
        guard let parts = data.elements else { return elements.append(data) }
        guard let first = parts.first else { return }
        if case .array = first {
            guard depth + 1 < shape.count, parts.count == shape[depth] else { throw nesting(name, shape) }
            for part in parts {
                guard case .array = part else { throw nesting(name, shape) }
                try flatten(part, depth: depth + 1, shape, name, into: &elements)
            }
        } else {
            guard depth == 0 || (depth + 1 == shape.count && parts.count == shape[depth]) else { throw nesting(name, shape) }
            for part in parts {
                if case .array = part { throw nesting(name, shape) }
                elements.append(part)
            }
        }
    }

    private static func nesting(_ name: String, _ shape: [Int]) -> APIError {
        APIError.invalid("the data of '\(name)' must be flat, or nested as its shape \(shape) says", param: "inputs")
    }

    private static func float(_ element: JSON, _ type: SignatureType, _ name: String) throws -> Float {
        switch element {
        case .double(let number): try TensorBytes.float(number, type, name)
        case .int(let number): try TensorBytes.float(Double(number), type, name)
        // A number that is missing: the network knows whether it may be.
        case .null: .nan
        default: throw wrong(element, "a number", name)
        }
    }

    private static func text(_ element: JSON, _ name: String) throws -> String {
        guard case .string(let text) = element else { throw wrong(element, "a string", name) }
        return text
    }

    private static func integer(_ element: JSON, _ type: SignatureType, _ name: String) throws -> Int64 {
        let number: Int64? =
            switch element {
            case .int(let number): Int64(number)
            case .double(let number): Int64(exactly: number)
            case .bool(let flag) where type == .bool: flag ? 1 : 0
            default: nil
            }
        let range = type.integers ?? 0...0
        guard let number, range.contains(number) else {
            let whole = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            throw wrong(element, type == .bool ? "true or false" : "\(whole) (\(type.rawValue))", name)
        }
        return number
    }

    private static func wrong(_ element: JSON, _ expected: String, _ name: String) -> APIError {
        let shown =
            switch element {
            case .int, .double: String(element.serialized.prefix(40))
            default: element.kind
            }
        return APIError.invalid("'\(name)' has \(shown) where \(expected) was expected", param: "inputs")
    }

    /// The elements of a tensor, flat.
    static func json(_ value: NetworkValue, _ type: SignatureType) -> JSON {
        switch value {
        case .integers(let numbers, _) where type == .bool: .array(numbers.map { .bool($0 != 0) })
        case .integers(let numbers, _): .array(numbers.map { .int(Int($0)) })
        case .strings(let texts, _): .array(texts.map { .string($0) })
        case .floats(let numbers, _):
            // The shortest text of the 32-bit number, not of its 64-bit widening.
            .array(numbers.map { $0.isNaN ? .null : .double(type == .fp64 ? Double($0) : Double($0.description) ?? Double($0)) })
        }
    }
}
