/// What a network takes or gives under one name, row-major.
public enum NetworkValue: Sendable, Hashable {
    /// FP16, FP32, FP64
    case floats([Float], shape: [Int])
    /// BOOL (0, 1), INT8 to INT64, UINT8 to UINT64
    case integers([Int64], shape: [Int])
    /// BYTES, which are UTF-8
    case strings([String], shape: [Int])

    /// Sizes, outermost first.
    public var shape: [Int] {
        switch self {
        case .floats(_, let shape), .integers(_, let shape), .strings(_, let shape): shape
        }
    }

    /// How many elements there are.
    public var count: Int {
        switch self {
        case .floats(let values, _): values.count
        case .integers(let values, _): values.count
        case .strings(let values, _): values.count
        }
    }
}
