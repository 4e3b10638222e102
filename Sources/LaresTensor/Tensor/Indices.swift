/// The tensor of whole numbers, as `Tensor` is that of floats: labels, token ids, places. 32 bits each.
public struct Indices: Sendable, Hashable {
    /// In row-major order.
    public var values: [Int32]
    /// Sizes of the axes, outermost first.
    public let shape: Shape

    /// Numbers in row-major order; trap when there are more or fewer than the shape holds.
    public init(_ values: [Int32], _ shape: Shape) {
        demand(values.count == shape.elementCount, "\(values.count) indices for the shape \(shape)")
        self.values = values
        self.shape = shape
    }

    /// A vector.
    public init(_ values: some Collection<Int>) {
        self.init(values.map(Int32.init), [values.count])
    }

    /// How many there are.
    public var count: Int { values.count }

    /// The same numbers in another shape of as many elements.
    public func reshaped(_ shape: Shape) -> Indices { Indices(values, shape) }

    /// Those at some places of the first axis.
    public func rows(_ places: some Collection<Int>) -> Indices {
        let size = shape.dropFirst().reduce(1, *)
        return Indices(places.flatMap { values[($0 * size)..<(($0 + 1) * size)] }, shape.replacing(0, with: places.count))
    }

    /// A matrix with its axes exchanged.
    public func transposed() -> Indices {
        precondition(shape.count == 2, "no matrix, but of shape \(shape)")
        let (rows, columns) = (shape[0], shape[1])
        return Indices((0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }, [columns, rows])
    }

    /// Traps unless all are in 0..<limit; data from outside is checked before.
    func check(below limit: Int, _ what: StaticString) {
        for value in values { demand(value >= 0 && value < limit, "\(what): index \(value) of \(limit)") }
    }
}
