package import LaresNeural

extension NetworkValue {
    /// Values of several requests as one, joined along the first size; nil when they don't go together.
    package static func joined(_ values: [NetworkValue]) -> NetworkValue? {
        guard let first = values.first, let tail = first.shape.first.map({ _ in first.shape.dropFirst() }) else { return nil }
        guard values.allSatisfy({ $0.shape.dropFirst() == tail && !$0.shape.isEmpty }) else { return nil }
        let shape = [values.reduce(0) { $0 + $1.shape[0] }] + tail
        switch first {
        case .floats:
            var all: [Float] = []
            all.reserveCapacity(values.reduce(0) { $0 + $1.count })
            for case .floats(let numbers, _) in values { all += numbers }
            return .floats(all, shape: shape)
        case .integers:
            var all: [Int64] = []
            all.reserveCapacity(values.reduce(0) { $0 + $1.count })
            for case .integers(let numbers, _) in values { all += numbers }
            return .integers(all, shape: shape)
        case .strings:
            var all: [String] = []
            for case .strings(let texts, _) in values { all += texts }
            return .strings(all, shape: shape)
        }
    }

    /// The value in parts of so many rows; nil when they aren't all of them.
    package func split(_ rows: [Int]) -> [NetworkValue]? {
        guard let total = shape.first, total > 0, rows.reduce(0, +) == total, count % total == 0 else { return nil }
        let size = count / total, tail = shape.dropFirst()
        var at = 0
        return rows.map { rows in
            defer { at += rows * size }
            let range = at..<(at + rows * size)
            return switch self {
            case .floats(let numbers, _): .floats(Array(numbers[range]), shape: [rows] + tail)
            case .integers(let numbers, _): .integers(Array(numbers[range]), shape: [rows] + tail)
            case .strings(let texts, _): .strings(Array(texts[range]), shape: [rows] + tail)
            }
        }
    }

    /// The largest difference between two values of one shape; infinite for values that can't be compared, nil for equal ones.
    package func difference(from other: NetworkValue) -> Float? {
        if self == other { return nil }
        guard case .floats(let mine, let shape) = self, case .floats(let theirs, shape: shape) = other else { return .infinity }
        return zip(mine, theirs).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
}
