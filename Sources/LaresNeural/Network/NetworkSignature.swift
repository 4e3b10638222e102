/// Element types of a network's inputs and outputs, by the names of the Open Inference Protocol (KServe V2, "Tensor Data Types").
public enum SignatureType: String, Sendable, Hashable, CaseIterable {
    case bool = "BOOL"
    case int8 = "INT8"
    case int16 = "INT16"
    case int32 = "INT32"
    case int64 = "INT64"
    case uint8 = "UINT8"
    case uint16 = "UINT16"
    case uint32 = "UINT32"
    case uint64 = "UINT64"
    case fp16 = "FP16"
    case fp32 = "FP32"
    case fp64 = "FP64"
    case bytes = "BYTES"

    /// The whole numbers it holds; nil for floats and texts. Of UINT64 the lower half.
    public var integers: ClosedRange<Int64>? {
        switch self {
        case .bool: 0...1
        case .int8: Int64(Int8.min)...Int64(Int8.max)
        case .int16: Int64(Int16.min)...Int64(Int16.max)
        case .int32: Int64(Int32.min)...Int64(Int32.max)
        case .int64: .min ... .max
        case .uint8: 0...Int64(UInt8.max)
        case .uint16: 0...Int64(UInt16.max)
        case .uint32: 0...Int64(UInt32.max)
        case .uint64: 0...Int64.max
        case .fp16, .fp32, .fp64, .bytes: nil
        }
    }
}

/// Name, element type and sizes of an input or output.
public struct TensorSignature: Sendable, Hashable {
    /// How callers name it.
    public let name: String
    /// What its elements are.
    public let datatype: SignatureType
    /// Sizes, outermost first; nil: the batch, or any size.
    public let shape: [Int?]

    /// A signature; sizes are 1 or more.
    public init(name: String, datatype: SignatureType, shape: [Int?]) {
        self.name = name
        self.datatype = datatype
        self.shape = shape
    }
}

/// What a network takes and gives.
public struct NetworkSignature: Sendable, Hashable {
    /// In the plan's order.
    public let inputs: [TensorSignature]
    /// In the plan's order.
    public let outputs: [TensorSignature]

    /// A signature.
    public init(inputs: [TensorSignature], outputs: [TensorSignature]) {
        self.inputs = inputs
        self.outputs = outputs
    }
}
