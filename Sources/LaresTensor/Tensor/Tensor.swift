/// Floats in a shape: an eager, Sendable value.
///
/// ```swift
/// let x = Tensor([[1, 2], [3, 4]])
/// let y = relu(matmul(x, x.transposed()) + 1).mean(along: 1)
/// ```
/// Operators compute at once, on the shared pool. Shapes that don't match trap and name both; what comes from outside is checked before it
/// becomes a tensor. Reshaping, transposing and slicing make views, which copy nothing.
public struct Tensor: Sendable {
    var storage: TensorStorage
    let offset: Int
    /// Sizes of the axes, outermost first.
    public let shape: Shape
    let strides: Shape
    /// Where a tape records what is made from this tensor; nil when nothing does.
    var mark: Tape.Mark?

    init(_ storage: TensorStorage, offset: Int, shape: Shape, strides: Shape, mark: Tape.Mark? = nil) {
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.strides = strides
        self.mark = mark
    }

    /// A tensor whose numbers `body` writes, all of them.
    init(_ shape: Shape, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        self.init(TensorStorage(count: shape.elementCount), offset: 0, shape: shape, strides: shape.rowMajorStrides)
        body(storage.base)
    }

    /// Numbers in row-major order; trap when there are more or fewer than the shape holds.
    public init(_ numbers: some Collection<Float>, _ shape: Shape) {
        demand(numbers.count == shape.elementCount, "\(numbers.count) numbers for the shape \(shape)")
        self.init(shape) { out in
            let copied: Void? = numbers.withContiguousStorageIfAvailable { source in
                if let first = source.baseAddress { out.update(from: first, count: source.count) }
            }
            guard copied == nil else { return }
            var at = out
            for number in numbers {
                at.pointee = number
                at += 1
            }
        }
    }

    /// A vector.
    public init(_ numbers: [Float]) { self.init(numbers, [numbers.count]) }

    /// A matrix of rows of one length.
    public init(_ rows: [[Float]]) {
        let columns = rows.first?.count ?? 0
        demand(rows.allSatisfy { $0.count == columns }, "rows of different lengths: \(Set(rows.map(\.count)).sorted())")
        self.init(Array(rows.joined()), [rows.count, columns])
    }

    /// A single number.
    public init(_ number: Float) { self.init([]) { $0.pointee = number } }

    /// The same number everywhere.
    public init(repeating number: Float, _ shape: Shape) { self.init(shape) { $0.update(repeating: number, count: shape.elementCount) } }

    /// All zero.
    public static func zeros(_ shape: Shape) -> Tensor { Tensor(repeating: 0, shape) }

    /// How many numbers it holds.
    public var count: Int { shape.elementCount }

    /// The numbers in row-major order.
    public var array: [Float] { withFloats(Array.init) }

    /// The only number of a tensor of one element; more trap.
    public var scalar: Float {
        demand(count == 1, "a tensor of shape \(shape) is not a single number")
        return storage.base[offset]
    }

    /// Without what a tape would record: gradients stop here.
    public var detached: Tensor { Tensor(storage, offset: offset, shape: shape, strides: strides) }

    /// Whether a tape follows it, that is, whether a gradient is wanted.
    public var isRecorded: Bool { mark != nil }
}

extension Tensor: Equatable, CustomStringConvertible {
    /// Whether shape and numbers are the same; NaN is unlike itself.
    public static func == (a: Tensor, b: Tensor) -> Bool {
        a.shape == b.shape && a.withFloats { x in b.withFloats { y in x.elementsEqual(y) } }
    }

    /// The shape, and the first numbers.
    public var description: String {
        let numbers = withFloats { $0.prefix(8).map { "\($0)" } }
        return "Tensor\(shape): " + numbers.joined(separator: ", ") + (count > 8 ? ", …" : "")
    }
}

extension Tensor {
    var isContiguous: Bool {
        var step = 1
        for axis in shape.indices.reversed() where shape[axis] != 1 {
            guard strides[axis] == step else { return false }
            step *= shape[axis]
        }
        return true
    }

    /// The same numbers in row-major order without gaps; itself when it is so already. Not recorded.
    var packed: Tensor {
        if isContiguous { return detached }
        return Tensor(shape) { copy(to: $0) }
    }

    /// The first float; only for packed tensors.
    var floats: UnsafeMutablePointer<Float> { storage.base + offset }

    /// Calls `body` with the numbers in row-major order.
    public func withFloats<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
        let packed = packed
        defer { extendLifetime(packed) }
        return try body(UnsafeBufferPointer(start: packed.floats, count: count))
    }

    /// Changes the numbers in place; copies them first when other tensors share them. The result is not recorded.
    package mutating func withMutableFloats<R>(_ body: (UnsafeMutableBufferPointer<Float>) throws -> R) rethrows -> R {
        if !isContiguous || !isKnownUniquelyReferenced(&storage) {
            self = Tensor(shape) { copy(to: $0) }
        }
        mark = nil
        defer { extendLifetime(storage) }
        return try body(UnsafeMutableBufferPointer(start: floats, count: count))
    }

    /// Writes the numbers row-major, whatever the strides.
    func copy(to out: UnsafeMutablePointer<Float>) {
        guard !isContiguous else { return out.update(from: floats, count: count) }
        guard let first = shape.first, shape.count > 1, count > 4096 else { return copyRows(to: out) }
        let part = count / first
        let parts = (0..<first).map {
            Tensor(storage, offset: offset + $0 * strides[0], shape: Shape(shape.dropFirst()), strides: Shape(strides.dropFirst()))
        }
        ComputePool.shared.forEach(first) { parts[$0].copyRows(to: out + $0 * part) }
    }

    private func copyRows(to out: UnsafeMutablePointer<Float>) {
        let columns = shape.last ?? 1
        let step = strides.last ?? 1
        var rows = Odometer(Shape(shape.dropLast()), [Shape(strides.dropLast())])
        for row in 0..<rows.count {
            let source = floats + rows.offsets[0]
            let target = out + row * columns
            if step == 1 { target.update(from: source, count: columns) } else { for i in 0..<columns { target[i] = source[i * step] } }
            rows.advance()
        }
    }
}

/// Walks all positions of a shape in row-major order, with the offset in each of several tensors.
struct Odometer {
    let count: Int
    private(set) var offsets: [Int]
    private let shape: Shape
    private let strides: [Shape]
    private var position: Shape

    init(_ shape: Shape, _ strides: [Shape]) {
        self.shape = shape
        self.strides = strides
        count = shape.elementCount
        offsets = [Int](repeating: 0, count: strides.count)
        position = Shape(shape.map { _ in 0 })
    }

    mutating func advance() {
        for axis in shape.indices.reversed() {
            position[axis] += 1
            for i in offsets.indices { offsets[i] += strides[i][axis] }
            if position[axis] < shape[axis] { return }
            for i in offsets.indices { offsets[i] -= strides[i][axis] * shape[axis] }
            position[axis] = 0
        }
    }
}
