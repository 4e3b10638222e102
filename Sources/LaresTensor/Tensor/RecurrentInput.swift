import CLaresKernels

/// What a recurrent layer reads: sequences of vectors, or of places in a table of vectors.
///
/// A map of looked-up rows is a look-up in the mapped table. With fewer rows in the table than places, as in all text by characters,
/// that saves most of the products of the input, forward and backward.
enum RecurrentInput: Sendable {
    /// `[time, batch, inputs]`, packed
    case vectors(Tensor)
    /// `[time, batch]` in a packed table `[rows, inputs]`
    case rows(Indices, of: Tensor)

    /// x · weight + bias, into `[time · batch, width]`.
    func multiply(by weight: Tensor, bias: Tensor, into gates: Tensor) {
        let width = weight.shape[1]
        switch self {
        case .vectors(let x):
            LaresTensor.multiply(
                x.rowsByLast, weight.matrix, into: gates.floats, row: width, Epilogue(bias: UnsafePointer(bias.floats)))
        case .rows(let places, let table):
            let mapped = Tensor([table.shape[0], width]) {
                LaresTensor.multiply(table.matrix, weight.matrix, into: $0, row: width, Epilogue(bias: UnsafePointer(bias.floats)))
            }
            let (from, to) = (mapped.floats, gates.floats)  // threads that share tensors would count references for every row
            places.values.withUnsafeBufferPointer { places in
                ComputePool.shared.forRows(places.count, columns: width) { i in
                    (to + i * width).update(from: from + Int(places[i]) * width, count: width)
                }
            }
            extendLifetime(mapped)
        }
    }

    /// Adds the gradients of the weight and of what was read, `x`: vectors or the table.
    func addGradients(_ d: Tensor, of weight: Tensor, and x: Tensor, packedWeight: Tensor, to gradients: inout Gradients) {
        let width = packedWeight.shape[1]
        let (read, d) =
            if case .rows(let places, let table) = self { (table, d.summed(at: places, of: table.shape[0])) } else { (packed, d) }
        gradients.accumulate(to: x) {
            LaresTensor.multiply(
                d.rowsByLast, packedWeight.matrix.transposed, into: $0, row: packedWeight.shape[0], Epilogue(adding: $1))
        }
        gradients.accumulate(to: weight) {
            LaresTensor.multiply(read.rowsByLast.transposed, d.rowsByLast, into: $0, row: width, Epilogue(adding: $1))
        }
    }

    var steps: Int {
        switch self {
        case .vectors(let x): x.shape[0]
        case .rows(let places, _): places.shape[0]
        }
    }

    private var packed: Tensor {
        switch self {
        case .vectors(let x): x
        case .rows(_, let table): table
        }
    }
}

extension Tensor {
    /// Sums of the rows that belong to each place: `[limit, columns]`. Threads share the columns, so the order of summation is that of the rows.
    fileprivate func summed(at places: Indices, of limit: Int) -> Tensor {
        let columns = shape.last ?? 1, part = 64, rows = floats, add = Loops.shared.set.pointee.add_scaled!
        return Tensor([limit, columns]) { out in
            out.update(repeating: 0, count: limit * columns)
            places.values.withUnsafeBufferPointer { places in
                ComputePool.shared.forRows((columns + part - 1) / part, columns: places.count * part) { i in
                    let from = i * part, count = Swift.min(part, columns - from)
                    for (row, place) in places.enumerated() {
                        add(out + Int(place) * columns + from, rows + row * columns + from, 1, count)
                    }
                }
            }
        }
    }
}
