public import LaresTensor

extension GGUFContents {
    /// A model with the changes of an adapter added to its weights, for every family that is served: W + scale · B · A.
    ///
    /// All else is as the model has it. Each matrix is unpacked, changed and rounded to `type`, one of `DType.writable`, when the file is written.
    ///
    /// - Throws: `GGUFError` when one of the files isn't what it should be, or the adapter is another model's.
    public init(merging adapter: GGUFFile, into model: GGUFFile, as type: DType) throws {
        let changes = try Adapter.factors(adapter, of: model)
        self.init(architecture: try model.metadata.string("general.architecture"))
        values = model.metadata.all
        values["general.file_type"] = .count(type.fileType)
        // Of the file that was read; this one has its own.
        values["general.alignment"] = nil
        for tensor in model.tensors.values.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            let change = changes[tensor.name], shape = Shape(tensor.dimensions.reversed())
            append(tensor.name, shape, as: type) { change.map { tensor.matrix + $0.product } ?? Tensor(tensor.floats, shape) }
        }
    }
}

extension AdapterFile.Factors {
    /// What is added to the map's weight, `[outputs, inputs]`.
    fileprivate var product: Tensor { matmul(b.matrix, a.matrix) * scale }
}

extension DType {
    /// `general.file_type` of a file whose matrices are mostly of this type.
    var fileType: Int {
        switch self {
        case .f16: 1
        case .q8_0: 7
        case .bf16: 32
        default: 0
        }
    }
}
